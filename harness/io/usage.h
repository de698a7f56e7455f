#ifndef IO_USAGE_H
#define IO_USAGE_H

#include <sys/types.h>

#include "io/process.h"

/* Inside of io: what a process and its descendants use, out of /proc. False when it is gone. CPU
 * time of descendants that have ended is counted with whoever waited for them. */
bool usage_of(pid_t pid, struct io_usage *out);

#endif
