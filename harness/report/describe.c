#include "report/describe.h"

#include <inttypes.h>

#include "base/text.h"
#include "ws/close.h"

#define SHOWN_BYTES 48 /* of a payload: a line of a terminal holds it with what stands before */
#define SHOWN_TEXT 400 /* of what a process or a check says */

/* ` "…"`: the first bytes, and a sign when there were more of them than are kept. */
static bool quoted(struct bytes data, uint64_t len, struct buf *out)
{
    if (data.len == 0) /* none, or none kept: a message of ours stands in its frames */
        return true;
    if (!buf_print(out, " \"") || !text_quote(data, SHOWN_BYTES, out) || !buf_push(out, '"'))
        return false;
    return len <= data.len || data.len > SHOWN_BYTES || buf_print(out, "…");
}

/* ` why`, escaped: part of it may be the target's words. */
static bool with_text(const char *before, const char *text, struct buf *out)
{
    if (!text)
        return true;
    return buf_print(out, "%s", before) && text_quote(bytes_str(text), SHOWN_TEXT, out);
}

static bool by_whom(const struct entry *e, struct buf *out)
{
    return e->by == BY_CASE || buf_print(out, " from the runner");
}

/* What the header says beyond the usual. */
static bool bits(const struct ws_head *h, struct buf *out)
{
    static const struct {
        uint8_t bit;
        const char *word;
    } rsv[] = { { WS_RSV1, " rsv1" }, { WS_RSV2, " rsv2" }, { WS_RSV3, " rsv3" } };

    if (!buf_print(out, h->fin ? " fin" : " fin=0"))
        return false;
    for (size_t i = 0; i < sizeof rsv / sizeof rsv[0]; i++)
        if ((h->rsv & rsv[i].bit) && !buf_print(out, "%s", rsv[i].word))
            return false;
    if (h->len_form != 0 && h->len_form != ws_frame_shortest(h->payload_len))
        return buf_print(out, " length=%d", (int)h->len_form);
    return true;
}

/* A Close is known by its code; its bits are told only when they are wrong. */
static bool close_frame(const struct entry *e, struct buf *out)
{
    struct ws_close close = ws_close_decode(e->data);

    if (!buf_print(out, "Close"))
        return false;
    if (close.has_code && !buf_print(out, " %u", close.code))
        return false;
    if (!quoted(close.reason, close.reason.len, out))
        return false;
    return (e->head.fin && e->head.rsv == 0) || bits(&e->head, out);
}

static bool frame(const struct entry *e, struct buf *out)
{
    if (e->head.opcode == WS_CLOSE)
        return close_frame(e, out) && by_whom(e, out);
    if (!buf_print(out, "%s", ws_opcode_name(e->head.opcode)) || !bits(&e->head, out) ||
        !buf_print(out, " len=%" PRIu64, e->head.payload_len))
        return false;
    return quoted(e->data, e->len, out) && by_whom(e, out);
}

static bool message(const struct entry *e, const char *verb, struct buf *out)
{
    if (!buf_print(out, "%s message %s, len=%" PRIu64, ws_opcode_name(e->head.opcode), verb,
                   e->len))
        return false;
    if (e->diff_at == ENTRY_NO_DIFF)
        return quoted(e->data, e->len, out);
    return buf_print(out, e->flag ? ", no UTF-8 from byte %" PRIu64 : ", other from byte %" PRIu64,
                     e->diff_at) &&
           quoted(e->data, e->len, out);
}

/* The first line tells a request or a response. */
static bool http_head(const struct entry *e, struct buf *out)
{
    struct bytes line = bytes_take(e->data, bytes_index(e->data, 0, '\r'));

    line = bytes_take(line, bytes_index(line, 0, '\n'));
    return buf_print(out, "head \"") && text_quote(line, SHOWN_TEXT, out) &&
           buf_print(out, "\", %zu bytes", e->data.len);
}

static bool end(const struct entry *e, struct buf *out)
{
    static const char *const words[] = {
        [END_FIN] = "FIN",
        [END_TLS_CUT] = "FIN without close_notify",
        [END_RESET] = "reset",
        [END_NOT_REACHED] = "could not be reached",
        [END_TLS_FAILED] = "TLS failed",
        [END_ERROR] = "connection error",
    };
    return buf_print(out, "%s", words[e->end]) && with_text(": ", e->text, out);
}

static bool step(const struct entry *e, struct buf *out)
{
    if (e->step == ENTRY_NO_STEP)
        return buf_print(out, "awaiting");
    return buf_print(out, "awaiting step %zu", e->step + 1);
}

static bool alive(const struct entry *e, struct buf *out)
{
    return buf_print(out, e->flag ? "a fresh connection opened and answered"
                                  : "a fresh connection did not open and answer") &&
           with_text(": ", e->text, out);
}

static bool memory(const struct entry *e, struct buf *out)
{
    return buf_print(out, "%.1f MiB more memory than before", (double)e->len / (1 << 20));
}

static bool cpu(const struct entry *e, struct buf *out)
{
    return buf_print(out, "%" PRIu64 " ms of CPU time used%s", e->len / 1000,
                     e->flag ? ", and still busy" : "");
}

static bool metric(const struct entry *e, struct buf *out)
{
    return with_text("", e->text ? e->text : "measured", out) &&
           buf_print(out, ": %" PRIu64 " us", e->len);
}

static bool bad_message(const struct entry *e, struct buf *out)
{
    enum ws_rule rule = ws_rule_named(bytes_str(e->text));
    bool ok = buf_print(out, "%s", ws_rule_row(rule ? rule : WS_RULE_INFLATE_BROKEN)->sentence);

    if (e->diff_at == ENTRY_NO_DIFF)
        return ok;
    return ok && buf_print(out, ", at byte %" PRIu64 " of its compressed data", e->diff_at);
}

static bool sized(const struct entry *e, const char *what, struct buf *out)
{
    uint64_t len = e->len > e->data.len ? e->len : e->data.len;
    return buf_print(out, "%" PRIu64 " bytes %s", len, what) && quoted(e->data, len, out);
}

static bool provoked(const struct entry *e, struct buf *out)
{
    bool ok = buf_print(out, "asked it to close, as its profile says");

    if (e->flag)
        ok = ok && buf_print(out, ": with %" PRIu64, e->len);
    return ok && with_text(" ", e->text, out);
}

static bool connected(const struct entry *e, struct buf *out)
{
    return buf_print(out, "connected") && with_text(", ", e->text, out) &&
           (e->data.len == 0 ||
            (buf_print(out, ", asking for") && quoted(e->data, e->data.len, out)));
}

bool report_describe(const struct entry *e, struct buf *out)
{
    switch (e->kind) {
    case ENTRY_CONNECTED: return connected(e, out);
    case ENTRY_HEAD_OUT:
    case ENTRY_HEAD_IN: return http_head(e, out);
    case ENTRY_HEAD_BAD:
        return buf_print(out, "no HTTP head") && with_text(": ", e->text, out) &&
               quoted(e->data, e->data.len, out);
    case ENTRY_FRAME_OUT:
    case ENTRY_FRAME_IN: return frame(e, out);
    case ENTRY_RAW_OUT: return sized(e, "as they are", out) && by_whom(e, out);
    case ENTRY_MESSAGE_OUT: return message(e, "sent", out);
    case ENTRY_MESSAGE_IN: return message(e, "received", out);
    case ENTRY_MESSAGE_BAD: return bad_message(e, out);
    case ENTRY_PARTIAL_IN: return sized(e, "of a frame that never came whole", out);
    case ENTRY_END_IN:
    case ENTRY_END_OUT: return end(e, out);
    case ENTRY_EXPECT: return step(e, out);
    case ENTRY_PASSED: return buf_print(out, "the barrier's pong came");
    case ENTRY_SILENT:
        return buf_print(out, "silent: the time is up") && with_text(", ", e->text, out);
    case ENTRY_CLOSING: return buf_print(out, "the case is over: closing");
    case ENTRY_ALIVE: return alive(e, out);
    case ENTRY_OUTPUT:
        return with_text(e->flag ? "stderr: " : "stdout: ", e->text ? e->text : "", out);
    case ENTRY_PROCESS: return with_text("process ", e->text ? e->text : "", out);
    case ENTRY_MEMORY: return memory(e, out);
    case ENTRY_CPU: return cpu(e, out);
    case ENTRY_METRIC: return metric(e, out);
    case ENTRY_TURNS: return buf_print(out, "%" PRIu64 " more turns went the same way", e->len);
    case ENTRY_PROVOKED: return provoked(e, out);
    case ENTRY_NOTE: return with_text("", e->text ? e->text : "", out);
    case ENTRY_ANOTHER: return buf_print(out, "a further connection of the client");
    case ENTRY_KINDS: break;
    }
    return buf_print(out, "?");
}
