#ifndef IO_USAGE_H
#define IO_USAGE_H

#include <sys/types.h>

#include "io/process.h"

/* Inside of io: what a process and its descendants use, out of /proc. False when it is gone. CPU
 * time of descendants that have ended is counted with whoever waited for them. */
bool usage_of(pid_t pid, struct io_usage *out);

/* For io_process_mark and io_process_since. */
bool usage_mark(pid_t pid, struct io_mark *out);
bool usage_since(pid_t pid, const struct io_mark *mark, struct io_growth *out);

/* Has it begun to end? Its connections end before it is a zombie. True also when it is gone. */
bool usage_is_ending(pid_t pid);

#endif
