#ifndef RUN_LISTENER_PARTS_H
#define RUN_LISTENER_PARTS_H

#include "run/listener.h"

/* Inside of a listener. */

/* An entry of the connection that it listens to. */
struct entry listener_blank(const struct listener *l, enum entry_kind kind, uint64_t us);

/* listener_head.c: heads, what lies behind those that open nothing, and where frames begin. */
enum heard listener_head(struct listener *l, uint64_t us, bool *no_memory);

/* A refused request leaves plain HTTP: behind the body there may be a further response. */
enum heard listener_body(struct listener *l, uint64_t us, bool *no_memory);

/* Behind our answer: is it a request that comes, or a frame? */
void listener_again(struct listener *l);

/* The stream ended: what had come of a head is recorded. False: no memory. */
NODISCARD bool listener_head_cut(struct listener *l, uint64_t us);

#endif
