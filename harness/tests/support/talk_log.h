#ifndef SUPPORT_TALK_LOG_H
#define SUPPORT_TALK_LOG_H

#include "base/buf.h"
#include "base/text.h"
#include "tests/support/talk.h"
#include "ws/close.h"

/* A transcript as text, to be compared with a golden. Times are left out: they are the driver's. */
static inline void log_bytes(struct buf *out, struct bytes data, uint64_t len)
{
    cr_assert(buf_print(out, " \"") && text_quote(data, 40, out) && buf_print(out, "\""));
    if (len > 40)
        cr_assert(buf_print(out, " len=%llu", (unsigned long long)len));
}

static inline void log_close(struct buf *out, struct bytes body)
{
    struct ws_close close = ws_close_decode(body);

    if (close.has_code)
        cr_assert(buf_print(out, " %u", close.code));
    if (close.reason.len > 0)
        log_bytes(out, close.reason, close.reason.len);
}

static inline void log_payload(struct buf *out, const struct entry *e)
{
    if (e->head.opcode == WS_CLOSE)
        log_close(out, e->data);
    else
        log_bytes(out, e->data, e->len);
}

static inline void log_frame(struct buf *out, const struct entry *e, const char *side)
{
    bool ok =
        buf_print(out, "%s %s%s", side, talk_opcodes[e->head.opcode], e->head.fin ? "" : " nofin");

    if (ok && e->head.rsv)
        ok = buf_print(out, " rsv=%u", e->head.rsv);
    if (ok && e->kind != ENTRY_MESSAGE_IN && e->head.payload_len != e->len)
        ok = buf_print(out, " declares=%llu", (unsigned long long)e->head.payload_len);
    cr_assert(ok);
    log_payload(out, e);
}

static inline void log_head(struct buf *out, const struct entry *e, const char *side)
{
    size_t end = bytes_index(e->data, 0, '\r');
    cr_assert(buf_print(out, "%s head %.*s", side, BYTES_ARG(bytes_take(e->data, end))));
}

/* Is it the whole message that the frame before it was? It needs no line of its own. */
static inline bool log_is_said(const struct transcript *t, size_t i)
{
    const struct entry *e = &t->entries[i], *frame = i > 0 ? e - 1 : NULL;

    if (!frame || (e->kind != ENTRY_MESSAGE_IN && e->kind != ENTRY_MESSAGE_OUT))
        return false;
    return (frame->kind == ENTRY_FRAME_IN || frame->kind == ENTRY_FRAME_OUT) && frame->head.fin &&
           frame->head.opcode == e->head.opcode && frame->hash == e->hash && !e->flag &&
           e->by == frame->by;
}

static inline void log_entry(struct buf *out, const struct entry *e)
{
    bool ok = true;

    switch (e->kind) {
    case ENTRY_HEAD_OUT: log_head(out, e, "out"); break;
    case ENTRY_HEAD_IN: log_head(out, e, "in"); break;
    case ENTRY_FRAME_OUT: log_frame(out, e, "out"); break;
    case ENTRY_FRAME_IN: log_frame(out, e, "in"); break;
    case ENTRY_MESSAGE_OUT: /* its bytes stand in its frames */
        ok = buf_print(out, "out message %s len=%llu", talk_opcodes[e->head.opcode],
                       (unsigned long long)e->len);
        break;
    case ENTRY_MESSAGE_IN: log_frame(out, e, "in message"); break;
    case ENTRY_HEAD_BAD: ok = buf_print(out, "in bad"); break;
    case ENTRY_RAW_OUT:
        ok = buf_print(out, "out raw");
        log_bytes(out, e->data, e->len);
        break;
    case ENTRY_MESSAGE_BAD: ok = buf_print(out, "in message bad"); break;
    case ENTRY_TURNS: ok = buf_print(out, "turns %llu", (unsigned long long)e->len); break;
    case ENTRY_PARTIAL_IN:
        ok = buf_print(out, "in partial");
        log_bytes(out, e->data, e->len);
        break;
    case ENTRY_END_IN: ok = buf_print(out, "in end %s", transcript_end_name(e->end)); break;
    case ENTRY_END_OUT: ok = buf_print(out, "out end %s", transcript_end_name(e->end)); break;
    case ENTRY_ALIVE: ok = buf_print(out, "alive %s", e->flag ? "yes" : "no"); break;
    case ENTRY_MEMORY: ok = buf_print(out, "memory %llu", (unsigned long long)e->len); break;
    case ENTRY_PROVOKED:
        ok = buf_print(out, "provoked");
        if (ok && e->flag)
            ok = buf_print(out, " yes %llu", (unsigned long long)e->len);
        break;
    case ENTRY_CPU:
        ok = buf_print(out, "cpu %llu%s", (unsigned long long)e->len, e->flag ? " busy" : "");
        break;
    case ENTRY_CONNECTED:
    case ENTRY_EXPECT:
    case ENTRY_PASSED:
    case ENTRY_SILENT:
    case ENTRY_CLOSING:
    case ENTRY_OUTPUT:
    case ENTRY_PROCESS:
    case ENTRY_METRIC:
    case ENTRY_NOTE:
    case ENTRY_ANOTHER:
    case ENTRY_KINDS: ok = buf_print(out, "%s", transcript_kind_name(e->kind)); break;
    }
    if (ok && e->flag && e->kind == ENTRY_MESSAGE_IN)
        ok = buf_print(out, " broken");
    if (ok && e->text)
        ok = buf_print(out, " \"%s\"", e->text);
    if (ok && e->step != ENTRY_NO_STEP)
        ok = buf_print(out, " @%zu", e->step);
    if (ok && e->by == BY_RUNNER &&
        (e->kind == ENTRY_FRAME_OUT || e->kind == ENTRY_FRAME_IN || e->kind == ENTRY_MESSAGE_IN ||
         e->kind == ENTRY_END_OUT))
        ok = buf_print(out, " ours");
    if (ok && e->connection > 0)
        ok = buf_print(out, " #%u", e->connection);
    if (ok && e->kind == ENTRY_MESSAGE_IN && e->diff_at != ENTRY_NO_DIFF)
        ok = buf_print(out, " diff=%llu", (unsigned long long)e->diff_at);
    cr_assert(ok && buf_push(out, '\n'));
}

static inline void talk_log(const struct transcript *t, struct buf *out)
{
    for (size_t i = 0; i < t->count; i++)
        if (!log_is_said(t, i))
            log_entry(out, &t->entries[i]);
}

#endif
