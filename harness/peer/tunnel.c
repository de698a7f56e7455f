#include "peer/tunnel.h"

#include <stdio.h>
#include <string.h>

#include "ws/http1.h"

/* As long as an opening handshake may take. */
#define LATE_MS 10000

bool tunnel_open(struct tunnel *t, struct io_loop *loop, const struct peer_url *proxy,
                 const struct peer_url *to, const struct io_tls *tls, const char *sni, void *owner,
                 uint64_t now_ms, struct err *err)
{
    *t = (struct tunnel){ .to = to, .sni = sni, .deadline_ms = now_ms + LATE_MS };
    t->tls = to->secure ? tls : NULL;
    buf_init(&t->answer, HTTP1_HEAD_BYTES_MAX * 2);
    t->io = io_connect(loop, proxy->host, proxy->port, NULL, NULL, owner, err);
    return t->io != NULL;
}

void tunnel_close(struct tunnel *t)
{
    if (t->io)
        io_conn_close(t->io);
    t->io = NULL;
    buf_free(&t->answer);
}

/* The port is told even where it is the usual one: a proxy knows no scheme. */
static void ask(struct tunnel *t)
{
    bool v6 = bytes_index(bytes_str(t->to->host), 0, ':') < strlen(t->to->host);
    char place[PEER_HOST_MAX + 16], text[2 * sizeof place + 64];

    snprintf(place, sizeof place, v6 ? "[%s]:%u" : "%s:%u", t->to->host, (unsigned)t->to->port);
    int n = snprintf(text, sizeof text, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", place, place);
    /* A proxy that is gone is told by the end of reading. */
    (void)io_conn_send(t->io, bytes_of(text, (size_t)n));
    t->asked = true;
}

static enum tunnel_status no(struct err *err, const char *why)
{
    err_set(err, ERR_TARGET, "%s", why);
    return TUNNEL_NO;
}

static enum tunnel_status put_through(struct tunnel *t, struct err *err)
{
    t->through = true;
    if (!t->tls)
        return TUNNEL_THROUGH;
    return io_conn_start_tls(t->io, t->tls, t->to->host, t->sni, err) ? TUNNEL_WAITS : TUNNEL_NO;
}

static enum tunnel_status read_answer(struct tunnel *t, struct err *err)
{
    struct http1_head head;
    struct violation broken;
    size_t used;

    enum ws_status status = http1_decode(buf_bytes(&t->answer), HTTP1_RESPONSE,
                                         (struct http1_limits){ 0 }, &head, &used, &broken);
    if (status == WS_MORE)
        return TUNNEL_WAITS;
    if (status != WS_OK)
        return no(err, "the proxy's answer is no HTTP");
    if (head.status < 200) { /* an interim one: the answer proper is behind it */
        buf_drop(&t->answer, used);
        return read_answer(t, err);
    }
    if (head.status >= 300) {
        err_set(err, ERR_TARGET, "the proxy answered %u %.*s", head.status, BYTES_ARG(head.reason));
        return TUNNEL_NO;
    }
    /* A WebSocket server does not speak first, nor does one of TLS. */
    if (used < t->answer.len)
        return no(err, "the proxy sent more than its answer");
    return put_through(t, err);
}

static enum tunnel_status take_end(const struct tunnel *t, const struct io_event *event,
                                   struct err *err)
{
    if (event->end == IO_END_NOT_REACHED)
        err_set(err, ERR_TARGET, "cannot connect to the proxy %s", event->why);
    else if (event->end == IO_END_TLS_FAILED)
        err_set(err, ERR_TARGET, "no TLS with %s: %s", t->to->host, event->why);
    else
        err_set(err, ERR_TARGET, "the proxy did not put us through: %s", event->why);
    return TUNNEL_NO;
}

enum tunnel_status tunnel_take(struct tunnel *t, const struct io_event *event, struct err *err)
{
    if (event->kind == IO_ENDED)
        return take_end(t, event, err);
    if (event->kind == IO_CONNECTED && t->through)
        return TUNNEL_THROUGH;
    if (event->kind == IO_CONNECTED && !t->asked)
        ask(t);
    if (event->kind != IO_DATA)
        return TUNNEL_WAITS;
    if (!buf_append(&t->answer, bytes_of(event->data, event->len)))
        return no(err, "the proxy's answer is too long");
    return read_answer(t, err);
}

bool tunnel_is_late(const struct tunnel *t, uint64_t now_ms)
{
    return t->io && now_ms >= t->deadline_ms;
}
