#ifndef CLI_FUZZ_MINIMISE_H
#define CLI_FUZZ_MINIMISE_H

#include "cli/fuzz/options.h"

/* `wsproof fuzz --minimise FILE.case`: a case that fails is made smaller while it fails for the
 * same reason, and written as FILE.min.case. Each candidate is run as `wsproof test` runs it: slow,
 * and never wrong about it. Gives the exit code: 0 when there is a smaller one or it is small
 * already. */
int fuzz_minimise_file(const struct fuzz_words *w);

#endif
