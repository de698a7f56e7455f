#ifndef FAULTY_PEER_H
#define FAULTY_PEER_H

#include "base/buf.h"
#include "base/err.h"
#include "faulty/deal.h"
#include "faulty/talk.h"
#include "io/link.h"
#include "io/tcp.h"

#define PEER_KEY_TEXT 24 /* base64 of 16 bytes */

/* One end of one connection, of either role. What comes is appended to `in` and handed to the
 * greeting or the talk, which append to `out` and say when it is over; sockets are peer.c's. */
enum peer_stage {
    PEER_REACHING, /* a client without a connection yet */
    PEER_GREETING, /* waits for the other side's handshake */
    PEER_TALKING,  /* frames */
    PEER_LEAVING,  /* takes nothing more; waits for the other side to end TCP, not for ever */
    PEER_GONE      /* to be freed */
};

struct peer {
    struct link link;
    struct io_conn *io;
    bool is_server;
    enum peer_stage stage;
    bool shuts;     /* LEAVING: our side of TCP ends behind what waits */
    bool stays;     /* LEAVING: for ever, whatever the other side does */
    bool resets;    /* GONE: with a RST */
    bool no_memory; /* something could not be sent: nothing more can be right */
    uint64_t deadline_ms;
    struct buf in, out;
    struct deal deal;
    struct talk talk;
    const char *authority, *target; /* a client's request */
    char key[PEER_KEY_TEXT + 1];
};

/* Where a client goes; strings live as long as the program. */
struct peer_address {
    const char *host, *authority, *target;
    uint16_t port;
};

/* Serves until it is killed. Clients are let in at 127.0.0.1. */
NODISCARD bool peer_serve(uint16_t port, struct err *err);

/* One connection, from its handshake to its end. What the application of the client would see goes
 * to standard output, a line each. False when it could not be made. */
NODISCARD bool peer_visit(const struct peer_address *where, struct err *err);

/* How it ends. `leave` sends FIN behind what is to be sent and drops what still comes; `await`
 * waits for the other side's FIN instead; `reset` cuts. */
void peer_leave(struct peer *p);
void peer_await_end(struct peer *p);
void peer_reset(struct peer *p);

/* For faults: keeps TCP open and says nothing more; or goes on as if nothing had been, for a while.
 */
void peer_stay(struct peer *p);
void peer_go_on(struct peer *p);

/* A line for whoever runs a client; a server says nothing. */
void peer_tell(const struct peer *p, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
