#ifndef PEER_CHANNEL_H
#define PEER_CHANNEL_H

#include "io/tcp.h"
#include "ws/conn.h"

/* The engine on a socket, what server and client have in common: it sends what the engine has to
 * say, and ends TCP so that nothing in flight is destroyed: FIN, then everything read until the
 * peer's, then close. */
struct channel {
    struct io_conn *io; /* owned */
    struct ws_conn ws;
    uint64_t linger_until_ms; /* our FIN is asked for; 0: not yet */
    /* Read no faster than the peer takes what we send. Right for who only answers; two peers that
     * both did so, each with much to say, would wait for each other for ever. */
    bool only_answers;
    bool paused; /* reading is off */
    bool ended;  /* the peer's end has come */
    bool gone;   /* and not as a FIN: nothing can be sent any more */
};

/* Takes `io` over, on failure too. The options as for ws_conn_init; a server only answers. */
NODISCARD bool channel_open(struct channel *c, struct io_conn *io,
                            const struct ws_conn_options *options, uint64_t now_ms);
void channel_close(struct channel *c); /* the socket at once; harmless a second time */

/* An event of its socket. Then pull with ws_conn_next until false, then settle. */
void channel_take(struct channel *c, const struct io_event *event, uint64_t now_ms);

/* One send of all that the engine wants out, and what follows from its state. True: it is over, and
 * the next thing is channel_close. */
bool channel_settle(struct channel *c, uint64_t now_ms);

/* When to pull and settle again though nothing comes; UINT64_MAX: never. */
uint64_t channel_deadline(const struct channel *c);

#endif
