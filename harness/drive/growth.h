#ifndef DRIVE_GROWTH_H
#define DRIVE_GROWTH_H

#include "drive/slot.h"

/* What a case has cost its target: `expect memory` and `expect cpu`. */

/* From here on it counts: for a server when its case begins, for a client when it comes, since what
 * it took to start is its own affair. Does nothing for a case that does not ask. */
void growth_mark(struct slot *s);

/* Zero for a process that is not ours, or gone: the case says that it needs --exec. */
struct io_growth growth_of(const struct slot *s);

#endif
