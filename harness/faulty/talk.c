#include "faulty/talk.h"

#include <string.h>

#include "faulty/close.h"
#include "faulty/control.h"
#include "faulty/echo.h"
#include "faulty/fault.h"
#include "faulty/harm.h"
#include "faulty/heads.h"
#include "faulty/peer.h"

#define PIECE_MAX 32768

void talk_init(struct talk *t)
{
    buf_init(&t->message, TALK_MESSAGE_MAX);
    buf_init(&t->reason, HEADS_CONTROL_MAX);
    buf_init(&t->last_message, TALK_MESSAGE_MAX);
    buf_init(&t->last_ping, HEADS_CONTROL_MAX);
}

void talk_free(struct talk *t)
{
    squeeze_free(&t->squeeze);
    buf_free(&t->message);
    buf_free(&t->reason);
    buf_free(&t->last_message);
    buf_free(&t->last_ping);
}

/* ---- payload ---- */

/* Byte `at` of the payload, or as a fault counts, has which byte of the key? */
static size_t key_index(const struct talk *t, uint64_t at, size_t in_read)
{
    if (fault_is(FAULT_UNMASKS_BY_READ))
        return in_read & 3;
    if (fault_is(FAULT_UNMASKS_BY_MESSAGE))
        at += t->fragment_at;
    return fault_is(FAULT_UNMASKS_WITH_3_BYTES) ? at % 3 : at & 3;
}

static bool stays_masked(const struct ws_head *h, uint64_t at)
{
    return !h->masked || fault_is(FAULT_KEEPS_MASK) ||
           (fault_is(FAULT_KEEPS_MASK_OF_CONTROL) && h->opcode == WS_PING) ||
           (fault_is(FAULT_KEEPS_MASK_OF_BINARY) && h->opcode == WS_BINARY) ||
           (fault_is(FAULT_KEEPS_MASK_OF_TAIL) && at >= (h->payload_len & ~UINT64_C(3)));
}

static void unmask(const struct talk *t, uint8_t *ptr, size_t len, const struct ws_head *h,
                   uint64_t at)
{
    const uint8_t *key =
        fault_is(FAULT_UNMASKS_WITH_FIRST_KEY) && !heads_is_control(h) ? t->first_key : h->key;

    for (size_t i = 0; i < len; i++)
        if (!stays_masked(h, at + i))
            ptr[i] ^= key[key_index(t, at + i, i)];
}

/* Whole, or not at all. */
static size_t take_control_frame(struct peer *p, const struct ws_head *h, struct bytes in,
                                 size_t head_len)
{
    uint8_t body[HEADS_CONTROL_MAX];
    size_t len = (size_t)h->payload_len;

    if (in.len < head_len + len)
        return 0;
    if (len > 0)
        memcpy(body, in.ptr + head_len, len);
    unmask(&p->talk, body, len, h, 0);
    if (!heads_is_passed_over(p, h))
        control_take(p, h->opcode, bytes_of(body, len));
    return head_len + len;
}

/* ---- messages ---- */

static bool is_bad_text(struct talk *t, struct bytes data)
{
    if (t->opcode != WS_TEXT && !fault_is(FAULT_CHECKS_BINARY))
        return false;
    if (t->packed && (fault_is(FAULT_TAKES_BAD_PACKED_TEXT) || fault_is(FAULT_CHECKS_PACKED_TEXT)))
        return false;
    return utf8_is_checked(t->message.len, t->head.opcode == WS_CONTINUATION || !t->head.fin) &&
           !utf8_take(&t->text, data);
}

static enum trouble take_plain(struct talk *t, struct bytes data)
{
    t->text_is_bad = t->text_is_bad || is_bad_text(t, data);
    if (t->text_is_bad && !fault_is(FAULT_ECHOES_BAD_TEXT_FIRST) &&
        !fault_is(FAULT_REPLACES_BAD_TEXT))
        return TROUBLE_TEXT;
    if (fault_is(FAULT_REFUSES_60000_BYTES) && t->message.len + data.len > 60000)
        return TROUBLE_PROTOCOL;
    return buf_append(&t->message, data) ? TROUBLE_NONE : TROUBLE_SIZE;
}

static enum trouble take_inflated(struct talk *t)
{
    enum trouble trouble = TROUBLE_NONE;
    struct bytes piece;

    while (trouble == TROUBLE_NONE) {
        switch (squeeze_next(&t->squeeze, &piece)) {
        case WS_INFLATED_PIECE: trouble = take_plain(t, piece); break;
        case WS_INFLATED_ALL: return TROUBLE_NONE;
        case WS_INFLATED_BROKEN:
        case WS_INFLATED_NOMEM: return TROUBLE_PACKED;
        }
    }
    return trouble;
}

static enum trouble take_payload(struct talk *t, struct bytes data)
{
    if (!t->packed || (fault_is(FAULT_UNPACKS_FIRST_FRAGMENT) && t->head.opcode == WS_CONTINUATION))
        return take_plain(t, data);
    if (fault_is(FAULT_CHECKS_PACKED_TEXT) && t->opcode == WS_TEXT && !utf8_take(&t->text, data))
        return TROUBLE_TEXT;
    return squeeze_feed(&t->squeeze, data) ? take_inflated(t) : TROUBLE_PACKED;
}

static enum trouble end_packed(struct talk *t)
{
    return squeeze_feed_end(&t->squeeze) ? take_inflated(t) : TROUBLE_PACKED;
}

static bool ends_badly(const struct talk *t)
{
    return (t->opcode == WS_TEXT || fault_is(FAULT_CHECKS_BINARY)) && !utf8_may_end(&t->text) &&
           !(t->packed && fault_is(FAULT_TAKES_BAD_PACKED_TEXT)) &&
           utf8_is_checked(t->message.len, t->head.opcode == WS_CONTINUATION);
}

static enum trouble end_message(struct peer *p)
{
    struct talk *t = &p->talk;
    enum trouble trouble = t->packed ? end_packed(t) : TROUBLE_NONE;

    t->text_is_bad = t->text_is_bad || (trouble == TROUBLE_NONE && ends_badly(t));
    if (t->text_is_bad && !fault_is(FAULT_ECHOES_BAD_TEXT_FIRST) &&
        !fault_is(FAULT_REPLACES_BAD_TEXT))
        trouble = TROUBLE_TEXT;
    if (trouble != TROUBLE_NONE)
        return trouble;
    t->in_message = false;
    t->was_fragmented = t->head.opcode == WS_CONTINUATION;
    if (p->deal.deflate && !squeeze_end_message(&t->squeeze, t->packed))
        p->no_memory = true;
    echo_message(p);
    return t->text_is_bad && fault_is(FAULT_ECHOES_BAD_TEXT_FIRST) ? TROUBLE_TEXT : TROUBLE_NONE;
}

static bool is_last(const struct talk *t)
{
    return t->head.fin || (fault_is(FAULT_EMPTY_FRAGMENT_ENDS) && t->head.payload_len == 0);
}

static enum trouble end_frame(struct peer *p)
{
    struct talk *t = &p->talk;

    if (is_last(t))
        return end_message(p);
    if (fault_is(FAULT_REFUSES_CUT_CHARACTER) && t->opcode == WS_TEXT && !utf8_may_end(&t->text))
        return TROUBLE_TEXT;
    echo_fragment(p);
    return t->packed && fault_is(FAULT_UNPACKS_EACH_FRAGMENT) ? end_packed(t) : TROUBLE_NONE;
}

static bool is_packed(const struct talk *t, const struct ws_head *h)
{
    if (!t->squeeze.unpack || fault_is(FAULT_TAKES_PACKED_FOR_PLAIN))
        return false;
    return (h->rsv & WS_RSV1) != 0 || fault_is(FAULT_UNPACKS_PLAIN);
}

static void begin_message(struct talk *t, const struct ws_head *h)
{
    t->in_message = true;
    t->opcode = h->opcode == WS_BINARY ? WS_BINARY : WS_TEXT;
    t->packed = is_packed(t, h);
    t->text = (struct utf8){ 0 };
    t->text_is_bad = false;
    memcpy(t->first_key, h->key, 4);
}

static void begin_frame(struct talk *t, const struct ws_head *h)
{
    bool goes_on =
        t->in_message && (h->opcode == WS_CONTINUATION || fault_is(FAULT_TAKES_TYPE_IN_MESSAGE));

    t->in_frame = true;
    t->head = *h;
    t->done = 0;
    if (!goes_on) {
        buf_clear(&t->message);
        begin_message(t, h);
    }
    utf8_begin_frame(&t->text, !goes_on);
    t->fragment_at = t->message.len;
}

static enum trouble use_piece(struct peer *p, struct bytes piece)
{
    struct talk *t = &p->talk;

    if (t->passed_over)
        return TROUBLE_NONE;
    enum trouble trouble = take_payload(t, piece);
    if (trouble == TROUBLE_NONE && !t->in_frame)
        trouble = end_frame(p);
    return trouble;
}

/* What has come of the payload of the frame under way. */
static size_t take_piece(struct peer *p, struct bytes in)
{
    struct talk *t = &p->talk;
    uint64_t left = t->head.payload_len - t->done;
    uint8_t piece[PIECE_MAX];
    size_t len = in.len < sizeof piece ? in.len : sizeof piece;

    if (len > left)
        len = (size_t)left;
    if (len > 0)
        memcpy(piece, in.ptr, len);
    unmask(t, piece, len, &t->head, t->done);
    t->done += len;
    t->in_frame = t->done < t->head.payload_len;
    enum trouble trouble = use_piece(p, bytes_of(piece, len));
    if (trouble != TROUBLE_NONE)
        close_fail(p, trouble);
    return len;
}

/* ---- frames ---- */

/* A head that is not whole: 0, but for those who do not wait for the rest of it. */
static size_t forget_half_head(const struct peer *p, struct bytes in)
{
    uint8_t length = in.len >= 2 ? in.ptr[1] & 0x7f : 0;

    if (fault_is(FAULT_FORGETS_HALF_HEAD) && in.len == 1)
        return 1;
    if (fault_is(FAULT_FORGETS_HALF_LENGTH_16) && length == 126 && in.len < 4)
        return in.len;
    if (fault_is(FAULT_FORGETS_HALF_LENGTH_64) && length == 127 && in.len < 10)
        return in.len;
    if (fault_is(FAULT_FORGETS_HALF_KEY) && p->is_server && in.len > 2 && length < 126)
        return in.len;
    return 0;
}

static size_t take_frame(struct peer *p, struct bytes in)
{
    struct talk *t = &p->talk;
    struct ws_head head;
    size_t used;

    if (ws_frame_decode(in, &head, &used) != WS_OK)
        return forget_half_head(p, in);
    harm_by_frame(&head);
    heads_misread(&head);
    enum trouble trouble = heads_judge(p, &head);
    if (trouble != TROUBLE_NONE) {
        close_fail(p, trouble);
        return used;
    }
    if (heads_is_control(&head)) {
        used = take_control_frame(p, &head, in, used);
    } else {
        t->passed_over = heads_is_passed_over(p, &head);
        if (t->passed_over)
            t->head = head, t->done = 0, t->in_frame = true;
        else
            begin_frame(t, &head);
        used += take_piece(p, bytes_skip(in, used));
    }
    if (used > 0)
        t->frames_seen++, t->cut = false;
    return used;
}

size_t talk_take(struct peer *p, struct bytes in)
{
    size_t used = p->talk.in_frame ? take_piece(p, in) : take_frame(p, in);

    if (used > 0 && !p->talk.in_frame && fault_is(FAULT_TAKES_READ_FOR_FRAME))
        return in.len;
    return used;
}

void talk_end_read(struct peer *p, size_t left)
{
    struct talk *t = &p->talk;

    t->cut = left > 0;
    if (fault_is(FAULT_FORGETS_HALF_FRAME) && t->in_frame && !t->passed_over) {
        t->in_frame = t->in_message = false;
        echo_message(p);
    }
    t->pings_in_read = t->messages_in_read = 0;
}
