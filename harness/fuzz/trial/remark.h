#ifndef FUZZ_REMARK_H
#define FUZZ_REMARK_H

#include "fuzz/trial/convict.h"

/* What stands above a finding's case: what it shows, which fault it is, the command that runs it
 * again, the target's last words. Nothing of it changes from run to run but what the target says.
 * Lines without a mark in front. */
NODISCARD bool remark_write(const struct convict *c, const struct fuzz_options *o, struct buf *out);

/* "wsproof replay findings/x.case --exec './server {port}'", as a shell takes it. */
NODISCARD bool remark_command(const struct fuzz_options *o, const char *path, struct buf *out);

#endif
