#ifndef IO_CONN_H
#define IO_CONN_H

#include "io/capture_flow.h"
#include "io/outbox.h"
#include "io/tcp.h"
#include "io/tls_session.h"
#include "io/watch.h"

/* Inside of io: one connection. */
enum conn_state {
    CONN_REACHING, /* its address is looked up and connected to: reach.c */
    CONN_SHAKING,  /* TCP is up, TLS is not */
    CONN_UP,
    CONN_DEAD /* nothing more comes or goes; waits for its owner to close it */
};

struct reach;

struct io_conn {
    struct source source; /* first: the loop knows no more of us */
    struct watch *watch;  /* NULL while there is no socket */
    struct reach *reach;
    struct tls_session *tls;
    struct capture_flow *flow;    /* NULL: not captured */
    struct io_listener *listener; /* of an accepted connection until that was told */
    void *owner, *family;
    struct outbox outbox;
    enum conn_state state;
    bool reading;     /* the owner wants data */
    bool read_over;   /* IO_ENDED was told */
    bool send_over;   /* nothing more can be sent */
    bool was_reset;   /* a send has learned (and used up) the reset that reading would have told */
    bool overflowed;  /* more than may wait was sent */
    bool broke_tls;   /* the handshake failed for what the peer said, not for its going */
    bool shut_wanted; /* FIN after what waits */
    bool tell_sent;   /* IO_SENT is owed */
    /* What the next read and write wait for: as a rule UV_READABLE and UV_WRITABLE, but TLS may
     * have to write in order to read and the other way round. */
    int read_needs, write_needs;
};

/* wire.c: one read or write, plain or TLS. */
enum moved { MOVED, MOVED_LATER, MOVED_END, MOVED_CUT, MOVED_RESET, MOVED_BROKEN };
enum moved conn_shake(struct io_conn *c);
enum moved conn_take_in(struct io_conn *c, uint8_t *out, size_t cap, size_t *n);
enum moved conn_put_out(struct io_conn *c, struct bytes in, size_t *n);
void conn_put_end(struct io_conn *c); /* close_notify and FIN */

/* A connection without a socket yet. */
NODISCARD struct io_conn *conn_new(struct io_loop *loop, enum conn_state state, void *owner,
                                   struct err *err);

/* TCP is up: begin TLS if asked for, or tell that the connection is there. Gives whether `out` was
 * filled. */
bool conn_tcp_up(struct io_conn *c, const struct io_tls *tls, const char *server_name,
                 const char *sni, struct io_event *out);

/* For a listener: as conn_tcp_up, and ends the connection when TLS fails at once. */
bool conn_accepted(struct io_conn *c, const struct io_tls *tls, struct io_event *out);
void conn_drop_unborn(struct io_listener *listener); /* all that are not told of yet */

/* Nothing more will come of it. Fills `out`; true. */
bool conn_fail(struct io_conn *c, enum io_end end, const char *why, struct io_event *out);

/* reach.c */
bool reach_step(struct io_conn *c, struct io_event *out);
void reach_free(struct io_conn *c); /* also in the middle of a look-up */

/* listen.c */
struct io_loop *listener_loop(const struct io_listener *listener);
void listener_lost_one(struct io_listener *listener); /* TLS failed */

/* The TLS handshake of an accepted connection takes no longer. */
#define CONN_SHAKE_LIMIT_MS 10000

#endif
