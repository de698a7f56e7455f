#include "faulty/peer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "faulty/close.h"
#include "faulty/echo.h"
#include "faulty/fault.h"
#include "faulty/greet.h"
#include "faulty/harm.h"
#include "io/clock.h"

#define GREETING_MS 10000 /* for the whole opening handshake */
#define LINGER_MS 3000    /* for the other side to end TCP */
#define GO_ON_MS 300
#define STAY_MS 60000     /* longer than anybody waits */
#define IN_MAX (1u << 20) /* a head and what one read gives; frames are taken as they come */
#define OUT_MAX (80u << 20)
#define WAITING_HIGH (1u << 20) /* while more than this waits to be sent, nothing is read */
#define KEPT_BUFFER (64u << 10)

struct house {
    struct io_loop *loop;
    struct io_listener *listener; /* NULL: a client */
    struct link peers;
};

void peer_tell(const struct peer *p, const char *fmt, ...)
{
    va_list args;

    if (p->is_server)
        return;
    va_start(args, fmt);
    vprintf(fmt, args);
    va_end(args);
    putchar('\n');
    fflush(stdout);
}

/* ---- ends ---- */

static void end_in(struct peer *p, enum peer_stage stage)
{
    p->stage = stage;
    p->deadline_ms = io_now_ms() + LINGER_MS;
}

void peer_leave(struct peer *p)
{
    end_in(p, PEER_LEAVING);
    p->shuts = true;
}

void peer_await_end(struct peer *p)
{
    end_in(p, PEER_LEAVING);
}

void peer_reset(struct peer *p)
{
    p->stage = PEER_GONE;
    p->resets = true;
}

void peer_stay(struct peer *p)
{
    p->stage = PEER_LEAVING;
    p->stays = true;
    p->deadline_ms = io_now_ms() + STAY_MS;
}

void peer_go_on(struct peer *p)
{
    p->deadline_ms = io_now_ms() + GO_ON_MS;
}

static void free_peer(struct peer *p)
{
    if (p->resets)
        io_conn_reset(p->io);
    else
        io_conn_close(p->io);
    if (p->talk.open)
        close_tell(p);
    link_remove(&p->link);
    talk_free(&p->talk);
    buf_free(&p->in);
    buf_free(&p->out);
    alloc_free(p);
}

/* ---- bytes ---- */

/* Memory that only one large message needed. */
static void let_go(struct buf *b, size_t max)
{
    if (b->cap <= KEPT_BUFFER) {
        buf_clear(b);
        return;
    }
    buf_free(b);
    buf_init(b, max);
}

/* What was said goes out, and what is over ends. */
static void settle(struct peer *p)
{
    if (p->no_memory)
        peer_reset(p);
    if (p->out.len > 0 && !p->resets)
        (void)io_conn_send(p->io, buf_bytes(&p->out));
    let_go(&p->out, OUT_MAX);
    if (p->stage == PEER_LEAVING && p->shuts)
        io_conn_shutdown(p->io);
    if (p->stage == PEER_GONE) {
        free_peer(p);
    } else if (p->stage != PEER_REACHING) {
        harm_by_waiting(io_conn_waiting(p->io));
        io_conn_read(p->io, io_conn_waiting(p->io) < WAITING_HIGH);
    }
}

/* One more thing of what has come; 0: that needs more bytes. */
static size_t take_some(struct peer *p, struct bytes rest)
{
    switch (p->stage) {
    case PEER_GREETING:
        return p->is_server ? greet_take_request(p, rest) : greet_take_response(p, rest);
    case PEER_TALKING: return talk_take(p, rest);
    case PEER_LEAVING: return rest.len;
    case PEER_REACHING:
    case PEER_GONE: return 0;
    }
    return 0;
}

static void take_data(struct peer *p, struct bytes data)
{
    size_t used = 0, n;

    if (!buf_append(&p->in, data))
        p->no_memory = true;
    while (used < p->in.len && (n = take_some(p, bytes_skip(buf_bytes(&p->in), used))) > 0)
        used += n;
    buf_drop(&p->in, used);
    talk_end_read(p, p->in.len);
}

/* ---- events ---- */

static struct peer *new_peer(struct house *h, bool is_server)
{
    struct peer *p = alloc_resize(NULL, sizeof *p);

    if (!p)
        return NULL;
    memset(p, 0, sizeof *p);
    p->is_server = is_server;
    p->stage = is_server ? PEER_GREETING : PEER_REACHING;
    p->deadline_ms = io_now_ms() + GREETING_MS;
    buf_init(&p->in, IN_MAX);
    buf_init(&p->out, OUT_MAX);
    talk_init(&p->talk);
    link_add(&h->peers, &p->link);
    return p;
}

static void accept_peer(struct house *h, struct io_conn *io)
{
    struct peer *p = new_peer(h, true);

    if (!p) {
        io_conn_close(io);
        return;
    }
    p->io = io;
    io_conn_set_owner(io, p);
}

/* The other side sends no more. What we still have to say may go out first. */
static void take_end(struct peer *p, const struct io_event *e)
{
    if (e->end == IO_END_NOT_REACHED)
        peer_tell(p, "error cannot connect: %s", e->why);
    else if (p->stage == PEER_GREETING)
        peer_tell(p, "error the connection ended in the opening handshake");
    if (p->stays)
        return;
    if (fault_is(FAULT_ECHOES_HALF_MESSAGE) && p->stage == PEER_TALKING && p->talk.in_message) {
        echo_message(p);
        peer_leave(p);
    } else if (e->end == IO_END_FIN && io_conn_waiting(p->io) > 0)
        peer_leave(p);
    else
        p->stage = PEER_GONE;
}

static void take_sent(struct peer *p)
{
    if (p->stage == PEER_LEAVING && p->talk.they_ended)
        p->stage = PEER_GONE;
}

static void take_event(struct house *h, const struct io_event *e)
{
    struct peer *p = e->owner;

    switch (e->kind) {
    case IO_ACCEPTED: accept_peer(h, e->conn); return;
    case IO_CONNECTED:
        p->stage = PEER_GREETING;
        greet_request(p);
        break;
    case IO_DATA: take_data(p, bytes_of(e->data, e->len)); break;
    case IO_SENT: take_sent(p); break;
    case IO_ENDED:
        p->talk.they_ended = true;
        harm_by_end(p, e->end);
        take_end(p, e);
        break;
    case IO_TIME:
    case IO_OUTPUT:
    case IO_EXITED:
    case IO_SIGNAL:
    case IO_TURNED_AWAY: return;
    }
    settle(p);
}

static uint64_t next_deadline(const struct house *h)
{
    uint64_t first = UINT64_MAX;

    for (const struct link *l = h->peers.next; l != &h->peers; l = l->next) {
        const struct peer *p = LINK_OWNER(l, const struct peer, link);
        if (p->deadline_ms < first)
            first = p->deadline_ms;
    }
    return first;
}

/* Who took too long is dropped. */
static void pass_time(struct house *h)
{
    uint64_t now = io_now_ms();

    for (struct link *l = h->peers.next, *next; l != &h->peers; l = next) {
        struct peer *p = LINK_OWNER(l, struct peer, link);
        next = l->next;
        if (p->deadline_ms > now)
            continue;
        p->stage = PEER_GONE;
        settle(p);
    }
}

/* A server for ever, a client until its connection is over. */
static bool live(struct house *h, struct err *err)
{
    struct io_event e;

    while (h->listener || !link_alone(&h->peers)) {
        if (!io_loop_next(h->loop, next_deadline(h), &e, err))
            return false;
        if (e.kind == IO_TIME)
            pass_time(h);
        else
            take_event(h, &e);
    }
    return true;
}

bool peer_serve(uint16_t port, struct err *err)
{
    struct house h = { .loop = io_loop_new(err) };
    bool ok = false;

    link_init(&h.peers);
    io_allow_many_files();
    if (h.loop)
        h.listener = io_listen(h.loop, "127.0.0.1", port, NULL, NULL, err);
    if (h.listener)
        ok = live(&h, err);
    io_loop_free(h.loop);
    return ok;
}

bool peer_visit(const struct peer_address *where, struct err *err)
{
    struct house h = { .loop = io_loop_new(err) };
    struct peer *p;
    bool ok = false;

    link_init(&h.peers);
    if (!h.loop)
        return false;
    p = new_peer(&h, false);
    if (p) {
        p->authority = where->authority;
        p->target = where->target;
        p->io = io_connect(h.loop, where->host, where->port, NULL, NULL, p, err);
        ok = p->io && live(&h, err);
    }
    io_loop_free(h.loop);
    return ok;
}
