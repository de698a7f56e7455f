#ifndef IO_OUTBOX_H
#define IO_OUTBOX_H

#include "base/buf.h"

/* Inside of io: what a connection still has to send. Bytes that are out stay in front for a while,
 * so that each is moved a bounded number of times. */
struct outbox {
    struct buf all;
    size_t out; /* of `all`; out <= all.len */
};

void outbox_init(struct outbox *o);
void outbox_free(struct outbox *o); /* empty, and takes nothing any more */

/* What is left to be sent: until the next change. */
struct bytes outbox_left(const struct outbox *o);

/* A copy of `more` behind that. False: more than 64 MiB would wait, or there is no memory. */
NODISCARD bool outbox_add(struct outbox *o, struct bytes more);

/* The first `n` bytes of what was left are out. When all are, memory of a large pile is given back.
 */
void outbox_sent(struct outbox *o, size_t n);

#endif
