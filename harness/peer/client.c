#include "peer/client.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "io/clock.h"
#include "peer/channel.h"
#include "peer/tunnel.h"

struct peer_client {
    struct channel channel; /* straight away, or once the tunnel is through */
    struct tunnel tunnel;
    struct peer_url url;
    struct ws_conn_options engine;
    bool only_answers;
    bool pulling; /* the owner is taking events: what it answers goes out in one send after that */
    enum peer_end end;
    char trouble[400]; /* "" while all is well; the first one stays */
};

static void set_trouble(struct peer_client *c, enum peer_end end, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
static void set_trouble(struct peer_client *c, enum peer_end end, const char *fmt, ...)
{
    va_list args;

    if (c->trouble[0])
        return;
    c->end = end;
    va_start(args, fmt);
    vsnprintf(c->trouble, sizeof c->trouble, fmt, args);
    va_end(args);
}

static struct ws_conn_options engine_options(const struct peer_client *c,
                                             const struct peer_client_options *o)
{
    return (struct ws_conn_options){
        .server = false,
        .target = bytes_str(c->url.target),
        .host = bytes_str(c->url.authority),
        .protocols = o->protocols,
        .n_protocols = o->n_protocols,
        .headers = o->headers,
        .n_headers = o->n_headers,
        .deflate = o->deflate,
        .message_max = o->message_max,
        .seed = o->seed,
    };
}

static bool open_channel(struct peer_client *c, struct io_conn *io, uint64_t now_ms)
{
    bool ok = channel_open(&c->channel, io, &c->engine, now_ms);

    c->channel.only_answers = ok && c->only_answers;
    return ok;
}

static bool start_straight(struct peer_client *c, struct io_loop *loop,
                           const struct peer_client_options *o, struct err *err)
{
    const struct io_tls *tls = c->url.secure ? o->tls : NULL;
    struct io_conn *io = io_connect(loop, c->url.host, c->url.port, tls, o->sni, c, err);

    if (!io)
        return false;
    if (!open_channel(c, io, io_now_ms()))
        return err_memory(err, "a client");
    /* It waits in io until TCP is up. */
    (void)channel_settle(&c->channel, io_now_ms());
    return true;
}

struct peer_client *peer_client_new(struct io_loop *loop, const struct peer_client_options *options,
                                    struct err *err)
{
    struct peer_client *c = alloc_resize(NULL, sizeof *c);

    if (!c) {
        err_memory(err, "a client");
        return NULL;
    }
    memset(c, 0, sizeof *c);
    c->url = *options->url;
    c->only_answers = options->only_answers;
    c->engine = engine_options(c, options);
    if (options->proxy ? tunnel_open(&c->tunnel, loop, options->proxy, &c->url, options->tls,
                                     options->sni, c, io_now_ms(), err)
                       : start_straight(c, loop, options, err))
        return c;
    alloc_free(c);
    return NULL;
}

void peer_client_free(struct peer_client *c)
{
    if (!c)
        return;
    tunnel_close(&c->tunnel);
    channel_close(&c->channel);
    alloc_free(c);
}

static void note_end(struct peer_client *c, const struct io_event *event)
{
    if (event->end == IO_END_NOT_REACHED)
        set_trouble(c, PEER_END_LOST, "cannot connect to %s", event->why);
    else if (event->end == IO_END_TLS_FAILED)
        set_trouble(c, PEER_END_TLS, "no TLS with %s: %s", c->url.host, event->why);
    else if (event->end != IO_END_FIN && !(c->channel.ws.sent_close && c->channel.ws.got_close))
        set_trouble(c, PEER_END_LOST, "%s", event->why);
}

/* What went wrong after the proxy had agreed is the server's, as far as anybody can tell. */
static void leave_tunnel(struct peer_client *c, const struct io_event *event, const char *why)
{
    bool tls = event && event->kind == IO_ENDED && event->end == IO_END_TLS_FAILED;

    set_trouble(c, tls ? PEER_END_TLS : PEER_END_LOST, "%s", why);
    tunnel_close(&c->tunnel);
}

static void take_tunnel(struct peer_client *c, const struct io_event *event, uint64_t now_ms)
{
    struct io_conn *io = c->tunnel.io;
    struct err err = { 0 };

    switch (tunnel_take(&c->tunnel, event, &err)) {
    case TUNNEL_WAITS: return;
    case TUNNEL_NO: leave_tunnel(c, event, err.text); return;
    case TUNNEL_THROUGH: break;
    }
    c->tunnel.io = NULL;
    tunnel_close(&c->tunnel);
    if (!open_channel(c, io, now_ms))
        set_trouble(c, PEER_END_LOST, "out of memory");
}

bool peer_client_take(struct peer_client *c, const struct io_event *event, uint64_t now_ms)
{
    if (event->owner != c || !event->conn)
        return false;
    if (event->conn == c->tunnel.io) {
        take_tunnel(c, event, now_ms);
        return true;
    }
    if (event->conn != c->channel.io)
        return false;
    if (event->kind == IO_ENDED)
        note_end(c, event);
    channel_take(&c->channel, event, now_ms);
    c->pulling = true;
    return true;
}

static void note_refusal(struct peer_client *c, const struct ws_event *event)
{
    const struct http1_head *head = event->head;

    if (head && head->status >= 300 && head->status < 400)
        set_trouble(c, PEER_END_REFUSED, "the server answered %u %.*s: redirects are not followed",
                    head->status, BYTES_ARG(head->reason));
    else if (head && head->status != 101)
        set_trouble(c, PEER_END_REFUSED, "the server answered %u %.*s", head->status,
                    BYTES_ARG(head->reason));
    else
        set_trouble(c, PEER_END_REFUSED, "the server's handshake is not good: %s",
                    ws_rule_row(event->broken.rule)->sentence);
}

static void note_trouble(struct peer_client *c, const struct ws_event *event)
{
    switch (event->kind) {
    case WS_EVENT_REFUSED: note_refusal(c, event); return;
    case WS_EVENT_FAILED:
        set_trouble(c, PEER_END_BROKEN, "the server broke a rule: %s",
                    ws_rule_row(event->broken.rule)->sentence);
        return;
    case WS_EVENT_TIMEOUT:
        set_trouble(c, PEER_END_LOST, "the server did not answer in time");
        return;
    case WS_EVENT_END:
        if (!event->clean)
            set_trouble(c, PEER_END_LOST, "the connection ended without a Close");
        return;
    case WS_EVENT_OPEN:
    case WS_EVENT_MESSAGE:
    case WS_EVENT_PING:
    case WS_EVENT_PONG:
    case WS_EVENT_CLOSE: return;
    }
}

static void settle(struct peer_client *c, uint64_t now_ms)
{
    if (ws_conn_failed(&c->channel.ws))
        set_trouble(c, PEER_END_LOST, "out of memory, or a limit of ours was passed");
    if (channel_settle(&c->channel, now_ms))
        channel_close(&c->channel);
}

bool peer_client_next(struct peer_client *c, struct ws_event *out, uint64_t now_ms)
{
    if (tunnel_is_late(&c->tunnel, now_ms))
        leave_tunnel(c, NULL, "the proxy did not answer in time");
    if (!c->channel.io)
        return false;
    if (ws_conn_next(&c->channel.ws, out, now_ms)) {
        note_trouble(c, out);
        return true;
    }
    c->pulling = false;
    settle(c, now_ms);
    return false;
}

uint64_t peer_client_deadline(const struct peer_client *c)
{
    if (c->tunnel.io)
        return c->tunnel.deadline_ms;
    return c->channel.io ? channel_deadline(&c->channel) : UINT64_MAX;
}

bool peer_client_send(struct peer_client *c, uint8_t opcode, struct bytes data)
{
    if (!c->channel.io)
        return true;
    if (!ws_conn_send(&c->channel.ws, opcode, data))
        return false;
    if (!c->pulling)
        settle(c, io_now_ms());
    return true;
}

bool peer_client_close(struct peer_client *c, uint16_t code, struct bytes reason, uint64_t now_ms)
{
    if (!c->channel.io)
        return true;
    if (!ws_conn_close(&c->channel.ws, code, reason, now_ms))
        return false;
    if (!c->pulling)
        settle(c, now_ms);
    return true;
}

size_t peer_client_waiting(const struct peer_client *c)
{
    return c->channel.io ? io_conn_waiting(c->channel.io) : 0;
}

bool peer_client_done(const struct peer_client *c)
{
    return !c->channel.io && !c->tunnel.io;
}

enum peer_end peer_client_end(const struct peer_client *c)
{
    return c->end;
}

const char *peer_client_trouble(const struct peer_client *c)
{
    return c->trouble[0] ? c->trouble : NULL;
}
