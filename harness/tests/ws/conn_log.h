#ifndef TESTS_WS_CONN_LOG_H
#define TESTS_WS_CONN_LOG_H

#include "support/cut.h"
#include "wire.h"
#include "ws/conn.h"

#include "base/alloc.h"
#include "base/text.h"

#include <string.h>

/* What a connection told and sent, as text: one line an event, then one for each thing it sent. */
struct conn_log {
    struct ws_conn_options options;
    struct bytes in;        /* all that the peer sends; then it ends TCP */
    bool echo;              /* send each message back */
    uint16_t close_at_open; /* our side closes with this code as soon as it is open; 0: no */
};

static inline void log_quoted(struct buf *log, struct bytes text)
{
    if (text.len > 0)
        cr_assert(buf_print(log, " \"") && text_quote(text, 40, log) && buf_push(log, '"'));
}

static inline void log_violation(struct buf *log, const char *what, struct violation v)
{
    cr_assert(
        buf_print(log, "%s %s @%llu", what, ws_rule_row(v.rule)->name, (unsigned long long)v.at));
}

static inline void log_event(struct buf *log, const struct ws_conn *c, const struct ws_event *e)
{
    switch (e->kind) {
    case WS_EVENT_OPEN:
        cr_assert(
            buf_print(log, "open%s%s", c->protocol ? " " : "", c->protocol ? c->protocol : ""));
        break;
    case WS_EVENT_REFUSED: log_violation(log, "refused", e->broken); break;
    case WS_EVENT_MESSAGE:
        cr_assert(buf_print(log, "message %s len=%zu", ws_opcode_name(e->opcode), e->data.len));
        log_quoted(log, e->data);
        break;
    case WS_EVENT_PING:
    case WS_EVENT_PONG:
        cr_assert(buf_print(log, "%s", ws_opcode_name(e->opcode)));
        log_quoted(log, e->data);
        break;
    case WS_EVENT_CLOSE:
        cr_assert(buf_print(log, "close"));
        if (e->close.has_code)
            cr_assert(buf_print(log, " %u", e->close.code));
        log_quoted(log, e->close.reason);
        break;
    case WS_EVENT_FAILED: log_violation(log, "failed", e->broken); break;
    case WS_EVENT_TIMEOUT: cr_assert(buf_print(log, "timeout")); break;
    case WS_EVENT_END: cr_assert(buf_print(log, e->clean ? "end clean" : "end")); break;
    }
    cr_assert(buf_print(log, " [%s%s]\n", ws_conn_state_name(c->state),
                        ws_conn_wants_close(c) ? " wants close" : ""));
}

/* False: the connection ran out of memory. */
static inline bool log_events(struct conn_log *run, struct ws_conn *c, struct buf *log)
{
    struct ws_event e;

    while (ws_conn_next(c, &e, 1000)) {
        if (log)
            log_event(log, c, &e);
        if (e.kind == WS_EVENT_OPEN && run->close_at_open > 0 &&
            !ws_conn_close(c, run->close_at_open, BYTES_LIT("done"), 1000))
            return false;
        if (e.kind == WS_EVENT_MESSAGE && run->echo && !ws_conn_send(c, e.opcode, e.data))
            return false;
    }
    return !ws_conn_failed(c);
}

/* Start line of the head that was sent, then "@0 frame text fin len=5" for each frame. */
static inline void log_sent(struct buf *log, const struct ws_conn *c)
{
    struct bytes out = ws_conn_out(c);
    const struct bytes empty_line = BYTES_LIT("\r\n\r\n");
    const size_t head_end = bytes_find(out, empty_line);
    struct ws_head head;
    uint8_t payload[256];
    size_t used;

    if (head_end < out.len)
        cr_assert(
            buf_print(log, "sent %.*s\n", BYTES_ARG(bytes_take(out, bytes_index(out, 0, '\r')))));
    if (bytes_starts(out, BYTES_LIT("HTTP/1.1 ")) && out.ptr[9] != '1')
        return; /* a refusal: no frames follow its body */
    out = bytes_skip(out, head_end < out.len ? head_end + empty_line.len : 0);
    while (ws_frame_decode(out, &head, &used) == WS_OK) {
        const size_t len = (size_t)head.payload_len;
        cr_assert(buf_print(log, "sent %s%s%s len=%zu", ws_opcode_name(head.opcode),
                            head.fin ? " fin" : "", head.masked ? " masked" : "", len));
        cr_assert(used + len <= out.len);
        if (len > 0 && len < sizeof payload) {
            memcpy(payload, out.ptr + used, len);
            ws_mask_plain(payload, len, head.key, 0);
            log_quoted(log, bytes_of(payload, len));
        }
        cr_assert(buf_push(log, '\n'));
        out = bytes_skip(out, used + len);
    }
    cr_assert(out.len == 0, "%zu bytes were sent that are no frame", out.len);
}

/* Feeds copies, because a connection unmasks what it is fed. */
static inline bool log_feed(struct conn_log *run, struct ws_conn *c, struct bytes piece,
                            struct buf *log)
{
    uint8_t *copy = malloc(piece.len);

    cr_assert(copy);
    memcpy(copy, piece.ptr, piece.len);
    ws_conn_feed(c, copy, piece.len, 1000);
    const bool ok = log_events(run, c, log);
    free(copy);
    return ok;
}

static inline bool log_run(struct conn_log *run, const struct cut *cut, struct buf *log)
{
    struct ws_conn c;
    bool ok = ws_conn_init(&c, &run->options, 1000);

    for (size_t at = 0, n; ok && (n = cut_next(cut, at)) > 0; at += n)
        ok = log_feed(run, &c, bytes_of(run->in.ptr + at, n), log);
    if (ok) {
        ws_conn_feed_end(&c, 1000);
        ok = log_events(run, &c, log);
    }
    if (ok && log)
        log_sent(log, &c);
    ws_conn_free(&c);
    return ok;
}

/* The log is the same however the bytes are cut. */
static inline void expect_log(struct conn_log *run, const char *expected)
{
    FOR_EACH_CUT(run->in.len, cut)
    {
        struct buf log = wire_new();
        cr_assert(log_run(run, &cut, &log));
        cr_assert(buf_push(&log, '\0'));
        if (strcmp((const char *)log.ptr, expected) != 0)
            cr_assert_fail("cut %zu:\n%s\nbut expected:\n%s", cut.way, (const char *)log.ptr,
                           expected);
        buf_free(&log);
    }
}

#endif
