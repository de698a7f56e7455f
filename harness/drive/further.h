#ifndef DRIVE_FURTHER_H
#define DRIVE_FURTHER_H

#include "base/buf.h"
#include "io/tcp.h"

/* Connections that a client makes beside the one its case is at: kept until the case turns to them.
 * What counts is who speaks, not who connects: a client may try two addresses of a host at once and
 * speak on the connection that is there first. */
#define FURTHER_MAX 4

struct further {
    struct io_conn *conn;
    struct buf first; /* what came first; it is not read on before the case turns to it */
};

/* Zeroed: none. Those that have spoken come first, in that order. */
struct further_list {
    struct further items[FURTHER_MAX];
    size_t count, n_spoken;
};

/* Takes it over, or hangs up where there is no room. */
void further_accept(struct further_list *l, struct io_conn *conn, void *owner);
bool further_owns(const struct further_list *l, const struct io_conn *conn);

/* Takes an event of one of them. True: it has spoken for the first time. */
bool further_event(struct further_list *l, const struct io_event *event);

/* The next one that has spoken goes over to the caller, who reads on and frees `first`. False:
 * there is none. */
NODISCARD bool further_take(struct further_list *l, struct further *out);
void further_forget(struct further_list *l); /* hangs up on all of them */

#endif
