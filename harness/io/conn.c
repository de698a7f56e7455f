#include "io/conn.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "io/clock.h"

static bool conn_step(struct source *s, struct io_event *out);
static void conn_drop(struct source *s);
static void settle(struct io_conn *c);

/* ---- beginning and end ---- */

struct io_conn *conn_new(struct io_loop *loop, enum conn_state state, void *owner, struct err *err)
{
    struct io_conn *c = io_alloc(sizeof *c, "a connection", err);

    if (!c)
        return NULL;
    io_source_open(&c->source, loop, conn_step, conn_drop);
    outbox_init(&c->outbox);
    c->state = state;
    c->owner = owner;
    c->reading = true;
    c->read_needs = UV_READABLE;
    c->write_needs = UV_WRITABLE;
    return c;
}

static void conn_drop(struct source *s)
{
    struct io_conn *c = (struct io_conn *)s;

    io_source_close(s);
    capture_our_end(c->flow, false);
    reach_free(c);
    tls_session_free(c->tls);
    io_watch_close(c->watch);
    outbox_free(&c->outbox);
    alloc_free(c);
}

/* ---- events ---- */

static bool tell(struct io_conn *c, enum io_event_kind kind, struct io_event *out)
{
    out->kind = kind;
    out->conn = c;
    out->owner = c->owner;
    out->family = c->family;
    return true;
}

static bool tell_end(struct io_conn *c, enum io_end end, const char *why, struct io_event *out)
{
    c->read_over = true;
    if (end != IO_END_NOT_REACHED)
        capture_peer_end(c->flow, end == IO_END_RESET);
    out->end = end;
    out->why = io_loop_why(c->source.loop, "%s", why);
    return tell(c, IO_ENDED, out);
}

static void stop_sending(struct io_conn *c)
{
    c->send_over = true;
    outbox_free(&c->outbox);
}

bool conn_fail(struct io_conn *c, enum io_end end, const char *why, struct io_event *out)
{
    c->state = CONN_DEAD;
    stop_sending(c);
    return tell_end(c, end, why, out);
}

/* ---- sending ---- */

static struct bytes unsent(const struct io_conn *c)
{
    return outbox_left(&c->outbox);
}

static void shut_down(struct io_conn *c)
{
    c->shut_wanted = false;
    c->send_over = true;
    conn_put_end(c);
}

/* The peer takes nothing any more; what it sent before may still be here to be read. */
static void send_failed(struct io_conn *c)
{
    stop_sending(c);
    c->watch->ready |= UV_READABLE;
    io_source_ready(&c->source);
}

static void flush(struct io_conn *c)
{
    size_t n = 0;

    if (unsent(c).len > 0) {
        enum moved moved = conn_put_out(c, unsent(c), &n);
        outbox_sent(&c->outbox, n);
        if (moved != MOVED && moved != MOVED_LATER) {
            send_failed(c);
            return;
        }
    }
    if (unsent(c).len > 0)
        return;
    if (c->shut_wanted)
        shut_down(c);
}

/* Keeps what the socket did not take. */
static bool keep(struct io_conn *c, struct bytes rest)
{
    if (outbox_add(&c->outbox, rest))
        return true;
    stop_sending(c);
    c->overflowed = true;
    io_source_ready(&c->source);
    return false;
}

enum io_sent io_conn_send(struct io_conn *c, struct bytes in)
{
    size_t n = 0;

    if (c->send_over || c->shut_wanted)
        return IO_GONE;
    if (in.len == 0 && unsent(c).len == 0)
        return IO_SENT_ALL;
    if (c->state == CONN_UP && unsent(c).len == 0) {
        enum moved moved = conn_put_out(c, in, &n);
        if (moved == MOVED && n == in.len)
            return IO_SENT_ALL;
        if (moved != MOVED && moved != MOVED_LATER) {
            send_failed(c);
            return IO_GONE;
        }
    }
    c->tell_sent = true;
    if (!keep(c, bytes_skip(in, n)))
        return IO_GONE;
    settle(c);
    return IO_WAITS;
}

size_t io_conn_waiting(const struct io_conn *c)
{
    return unsent(c).len;
}

/* ---- receiving ---- */

static bool receive(struct io_conn *c, struct io_event *out)
{
    struct io_loop *loop = c->source.loop;
    size_t n = 0;

    c->watch->ready &= ~UV_READABLE;
    switch (conn_take_in(c, loop->buffer, sizeof loop->buffer, &n)) {
    case MOVED_LATER: return false;
    case MOVED_END:
        if (c->was_reset)
            return tell_end(c, IO_END_RESET, "the peer reset the connection", out);
        return tell_end(c, IO_END_FIN, "the peer ended the connection", out);
    case MOVED_CUT:
        if (c->was_reset)
            return tell_end(c, IO_END_RESET, "the peer reset the connection", out);
        return tell_end(c, IO_END_TLS_CUT, "the peer ended TCP without TLS's close_notify", out);
    case MOVED_RESET: return tell_end(c, IO_END_RESET, "the peer reset the connection", out);
    case MOVED_BROKEN:
        return tell_end(c, IO_END_ERROR, c->tls ? c->tls->why : strerror(errno), out);
    case MOVED: break;
    }
    if (c->tls && tls_session_holds_more(c->tls))
        c->watch->ready |= UV_READABLE;
    out->data = loop->buffer;
    out->len = n;
    return tell(c, IO_DATA, out);
}

/* ---- the states ---- */

static bool tell_up(struct io_conn *c, struct io_event *out)
{
    c->state = CONN_UP;
    c->read_needs = UV_READABLE;
    /* The last bytes of a handshake may have come together with the first that are not. */
    if (c->tls && tls_session_holds_more(c->tls))
        c->watch->ready |= UV_READABLE;
    flush(c);
    if (!c->listener)
        return tell(c, IO_CONNECTED, out);
    out->listener = c->listener;
    tell(c, IO_ACCEPTED, out);
    out->owner = c->family;
    c->listener = NULL;
    return true;
}

static bool shake(struct io_conn *c, struct io_event *out)
{
    c->watch->ready = 0;
    switch (conn_shake(c)) {
    case MOVED: io_source_limit(&c->source, 0); return tell_up(c, out);
    case MOVED_LATER: return false;
    case MOVED_BROKEN: c->broke_tls = true; break;
    case MOVED_END:
    case MOVED_CUT:
    case MOVED_RESET: break;
    }
    return conn_fail(c, IO_END_TLS_FAILED, c->tls->why, out);
}

bool conn_tcp_up(struct io_conn *c, const struct io_tls *tls, const char *server_name,
                 const char *sni, struct io_event *out)
{
    struct err err;

    c->flow = capture_open(c->source.loop->capture, c->watch->fd, c->listener != NULL);
    if (!tls)
        return tell_up(c, out);
    c->tls = tls_session_new(tls, c->watch->fd, server_name, sni, &err);
    if (!c->tls)
        return conn_fail(c, IO_END_TLS_FAILED, err.text, out);
    tls_session_capture(c->tls, c->flow);
    c->state = CONN_SHAKING;
    return shake(c, out);
}

bool io_conn_start_tls(struct io_conn *c, const struct io_tls *tls, const char *server_name,
                       const char *sni, struct err *err)
{
    if (c->state != CONN_UP || c->tls || unsent(c).len > 0)
        return err_set(err, ERR_TARGET, "TLS can begin only where all was sent in the clear");
    c->tls = tls_session_new(tls, c->watch->fd, server_name, sni, err);
    if (!c->tls)
        return false;
    tls_session_capture(c->tls, c->flow);
    c->state = CONN_SHAKING;
    io_source_ready(&c->source);
    return true;
}

static bool wants_data(const struct io_conn *c)
{
    return c->reading && !c->read_over;
}

/* What waits goes first: that its end is told does not depend on whether the peer sends. */
static bool move(struct io_conn *c, struct io_event *out)
{
    int ready = c->watch->ready;

    if (c->overflowed && !c->read_over)
        return conn_fail(c, IO_END_ERROR, "more than 64 MiB waited to be sent", out);
    c->watch->ready &= ~UV_WRITABLE;
    if (ready & c->write_needs)
        flush(c);
    if (c->tell_sent && unsent(c).len == 0) {
        c->tell_sent = false;
        return tell(c, IO_SENT, out);
    }
    return wants_data(c) && (ready & c->read_needs) && receive(c, out);
}

/* A client that does not get through TLS was never told to anybody: it just goes. What it did wrong
 * is worth telling. */
static bool drop_unborn(struct io_conn *c, struct io_event *out)
{
    bool told = c->broke_tls;

    listener_lost_one(c->listener);
    out->conn = NULL;
    if (told) { /* conn_fail has said why */
        out->kind = IO_TURNED_AWAY;
        out->listener = c->listener;
        out->owner = c->family;
    }
    conn_drop(&c->source);
    return told;
}

static bool step_state(struct io_conn *c, struct io_event *out)
{
    switch (c->state) {
    case CONN_REACHING: return reach_step(c, out);
    case CONN_SHAKING: return shake(c, out);
    case CONN_UP: return move(c, out);
    case CONN_DEAD: return false;
    }
    return false;
}

/* What to watch for now. */
static int interest(const struct io_conn *c)
{
    switch (c->state) {
    case CONN_REACHING: return UV_WRITABLE;
    case CONN_SHAKING: return c->read_needs;
    case CONN_UP:
        return (wants_data(c) ? c->read_needs : 0) | (unsent(c).len > 0 ? c->write_needs : 0);
    case CONN_DEAD: return 0;
    }
    return 0;
}

/* After whatever happened to a connection: what the kernel will not tell again must not be lost. */
static void settle(struct io_conn *c)
{
    if (!c->watch)
        return;
    io_watch_want(c->watch, interest(c));
    if (c->state == CONN_UP && ((wants_data(c) && (c->watch->ready & c->read_needs)) ||
                                (c->tell_sent && unsent(c).len == 0)))
        io_source_again(&c->source);
}

static bool after_step(struct io_conn *c, bool told, struct io_event *out)
{
    if (c->listener && (c->state == CONN_DEAD || c->source.expired))
        return drop_unborn(c, out);
    settle(c);
    return told;
}

static bool conn_step(struct source *s, struct io_event *out)
{
    struct io_conn *c = (struct io_conn *)s;

    return after_step(c, step_state(c, out), out);
}

bool conn_accepted(struct io_conn *c, const struct io_tls *tls, struct io_event *out)
{
    return after_step(c, conn_tcp_up(c, tls, NULL, NULL, out), out);
}

void conn_drop_unborn(struct io_listener *listener)
{
    struct link *all = &listener_loop(listener)->all;

    for (struct link *l = all->next, *next; l != all; l = next) {
        struct io_conn *c = (struct io_conn *)LINK_OWNER(l, struct source, all);
        next = l->next;
        if (c->source.step == conn_step && c->listener == listener)
            conn_drop(&c->source);
    }
}

/* ---- what owners may do ---- */

void io_conn_set_owner(struct io_conn *c, void *owner)
{
    c->owner = owner;
}

void io_conn_label(struct io_conn *c, const char *text)
{
    capture_label(c->flow, text);
}

struct io_loop *io_conn_loop(const struct io_conn *c)
{
    return c->source.loop;
}

void io_conn_read(struct io_conn *c, bool on)
{
    c->reading = on;
    if (on && c->tls && c->watch && tls_session_holds_more(c->tls))
        c->watch->ready |= UV_READABLE;
    settle(c);
}

void io_conn_shutdown(struct io_conn *c)
{
    if (c->send_over)
        return;
    c->shut_wanted = true;
    if (c->state == CONN_UP && unsent(c).len == 0)
        shut_down(c);
}

void io_conn_reset(struct io_conn *c)
{
    struct linger now = { .l_onoff = 1, .l_linger = 0 };

    if (c->watch)
        (void)setsockopt(c->watch->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    capture_our_end(c->flow, true);
    conn_drop(&c->source);
}

void io_conn_close(struct io_conn *c)
{
    conn_drop(&c->source);
}

const char *io_conn_tls_name(const struct io_conn *c)
{
    return c->tls && c->tls->name[0] ? c->tls->name : NULL;
}

const char *io_conn_alpn(const struct io_conn *c)
{
    return c->tls && c->tls->alpn[0] ? c->tls->alpn : NULL;
}

const char *io_conn_sni(const struct io_conn *c)
{
    return c->tls ? SSL_get_servername(c->tls->ssl, TLSEXT_NAMETYPE_host_name) : NULL;
}
