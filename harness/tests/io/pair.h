#ifndef TESTS_IO_PAIR_H
#define TESTS_IO_PAIR_H

#include "io/clock.h"
#include "io/tcp.h"

/* A loop with a client and a server that are connected to each other over loopback. */
struct pair {
    struct io_loop *loop;
    struct io_listener *listener;
    struct io_conn *client, *server;
};

/* No test waits longer for anything than this. */
#define PAIR_PATIENCE_MS 5000

static inline struct io_event pair_next(struct io_loop *loop)
{
    struct io_event event;
    struct err err = { 0 };

    cr_assert(io_loop_next(loop, io_now_ms() + PAIR_PATIENCE_MS, &event, &err), "%s", err.text);
    cr_assert_neq(event.kind, IO_TIME, "nothing came in time");
    return event;
}

/* The next event of one kind; the other ones pass by. */
static inline struct io_event pair_wait(struct io_loop *loop, enum io_event_kind kind)
{
    struct io_event event;

    do {
        event = pair_next(loop);
    } while (event.kind != kind);
    return event;
}

static inline struct io_loop *pair_loop(void)
{
    struct err err = { 0 };
    struct io_loop *loop = io_loop_new(&err);

    cr_assert(loop, "%s", err.text);
    return loop;
}

static inline struct pair pair_open_in(struct io_loop *loop, const struct io_tls *server_tls,
                                       const struct io_tls *client_tls)
{
    struct pair p = { .loop = loop };
    struct err err = { 0 };

    p.listener = io_listen(p.loop, "127.0.0.1", 0, server_tls, NULL, &err);
    cr_assert(p.listener, "%s", err.text);
    struct io_conn *c =
        io_connect(p.loop, "127.0.0.1", io_listener_port(p.listener), client_tls, NULL, NULL, &err);
    cr_assert(c, "%s", err.text);
    while (!p.client || !p.server) {
        struct io_event event = pair_next(p.loop);
        cr_assert(event.kind == IO_ACCEPTED || event.kind == IO_CONNECTED, "kind %d: %s",
                  (int)event.kind, event.why);
        if (event.kind == IO_ACCEPTED)
            p.server = event.conn;
        else
            p.client = event.conn;
    }
    return p;
}

static inline struct pair pair_open(const struct io_tls *server_tls,
                                    const struct io_tls *client_tls)
{
    return pair_open_in(pair_loop(), server_tls, client_tls);
}

static inline void pair_close(struct pair *p)
{
    io_loop_free(p->loop);
}

#endif
