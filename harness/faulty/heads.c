#include "faulty/heads.h"

#include "faulty/fault.h"
#include "faulty/peer.h"

bool heads_is_control(const struct ws_head *h)
{
    return (h->opcode & 0x8) != 0;
}

/* ---- faults that come one for each kind of frame ---- */

/* The six from `first`, in the order of the table. */
static bool is_at_kind(enum fault first, uint8_t opcode)
{
    static const uint8_t kinds[] = {
        WS_TEXT, WS_BINARY, WS_CONTINUATION, WS_CLOSE, WS_PING, WS_PONG
    };

    return fault_among(first, (enum fault)(first + 5)) && kinds[fault_nth(first)] == opcode;
}

/* The three from `first`. */
static bool is_at_control(enum fault first, uint8_t opcode)
{
    return fault_among(first, (enum fault)(first + 2)) && WS_CLOSE + fault_nth(first) == opcode;
}

static bool is_at_reserved(uint8_t opcode)
{
    static const uint8_t reserved[] = { 3, 4, 5, 6, 7, 11, 12, 13, 14, 15 };

    return fault_among(FAULT_TAKES_OPCODE_3, FAULT_TAKES_OPCODE_15) &&
           reserved[fault_nth(FAULT_TAKES_OPCODE_3)] == opcode;
}

/* ---- masks ---- */

static bool forgives_no_mask(const struct talk *t, const struct ws_head *h)
{
    return is_at_kind(FAULT_TAKES_UNMASKED_TEXT, h->opcode) ||
           (fault_is(FAULT_TAKES_UNMASKED_EMPTY) && h->payload_len == 0) ||
           (fault_is(FAULT_TAKES_UNMASKED_LONG) && h->len_form != WS_LEN_7) ||
           (fault_is(FAULT_TAKES_UNMASKED_LATER) && t->frames_seen > 0);
}

static bool forgives_mask(const struct talk *t, const struct ws_head *h)
{
    bool zeros = (h->key[0] | h->key[1] | h->key[2] | h->key[3]) == 0;

    return is_at_kind(FAULT_TAKES_MASKED_TEXT, h->opcode) ||
           (fault_is(FAULT_TAKES_MASKED_EMPTY) && h->payload_len == 0) ||
           (fault_is(FAULT_TAKES_MASKED_LONG) && h->len_form != WS_LEN_7) ||
           (fault_is(FAULT_TAKES_MASKED_LATER) && t->frames_seen > 0) ||
           (fault_is(FAULT_TAKES_MASK_OF_ZEROS) && zeros);
}

static bool has_wrong_mask(const struct peer *p, const struct ws_head *h)
{
    if (h->masked == p->is_server)
        return fault_is(FAULT_TAKES_KEY_OF_ZEROS_FOR_NONE) && h->masked &&
               (h->key[0] | h->key[1] | h->key[2] | h->key[3]) == 0;
    return p->is_server ? !forgives_no_mask(&p->talk, h) : !forgives_mask(&p->talk, h);
}

/* ---- reserved bits ---- */

static uint8_t forgiven_on_control(const struct peer *p, const struct ws_head *h)
{
    if (is_at_control(FAULT_TAKES_RSV_ON_CLOSE, h->opcode))
        return WS_RSV1 | WS_RSV2 | WS_RSV3;
    return fault_is(FAULT_TAKES_RSV1_ON_CONTROL) && p->deal.deflate ? WS_RSV1 : 0;
}

static uint8_t forgiven_on_continuation(const struct peer *p)
{
    if (fault_is(FAULT_TAKES_RSV_ON_CONTINUATION))
        return WS_RSV1 | WS_RSV2 | WS_RSV3;
    return fault_is(FAULT_TAKES_RSV1_ON_CONTINUATION) && p->deal.deflate ? WS_RSV1 : 0;
}

static uint8_t forgiven_on_message(const struct peer *p)
{
    static const uint8_t bits[] = { WS_RSV1, WS_RSV2, WS_RSV3 };

    if (p->deal.deflate) {
        if (fault_is(FAULT_TAKES_RSV2_WITH_DEFLATE))
            return WS_RSV2;
        return fault_is(FAULT_TAKES_RSV3_WITH_DEFLATE) ? WS_RSV3 : 0;
    }
    return fault_among(FAULT_TAKES_RSV1, FAULT_TAKES_RSV3) ? bits[fault_nth(FAULT_TAKES_RSV1)] : 0;
}

static uint8_t forgiven_rsv(const struct peer *p, const struct ws_head *h)
{
    const uint8_t all = WS_RSV1 | WS_RSV2 | WS_RSV3;

    if ((fault_is(FAULT_TAKES_ALL_RSV) && h->rsv == all) ||
        (fault_is(FAULT_TAKES_RSV_ON_EMPTY) && h->payload_len == 0))
        return all;
    if (heads_is_control(h))
        return forgiven_on_control(p, h);
    return h->opcode == WS_CONTINUATION ? forgiven_on_continuation(p) : forgiven_on_message(p);
}

/* RSV1 says that a message is compressed, on its first frame: RFC 7692 6. */
static bool has_wrong_rsv(const struct peer *p, const struct ws_head *h)
{
    bool may_be_packed = p->deal.deflate && (h->opcode == WS_TEXT || h->opcode == WS_BINARY);
    unsigned fine = forgiven_rsv(p, h) | (may_be_packed ? WS_RSV1 : 0u);

    return (h->rsv & ~fine) != 0;
}

/* ---- opcodes and lengths ---- */

static bool is_reserved(const struct ws_head *h)
{
    return (h->opcode > WS_BINARY && h->opcode < WS_CLOSE) || h->opcode > WS_PONG;
}

bool heads_is_passed_over(const struct peer *p, const struct ws_head *h)
{
    return is_reserved(h) && (is_at_reserved(h->opcode) ||
                              (fault_is(FAULT_TAKES_OPCODES_IN_MESSAGE) && p->talk.in_message));
}

static bool has_wrong_opcode(const struct peer *p, const struct ws_head *h)
{
    if (fault_is(FAULT_READS_OPCODES_AS_TEXT) && !heads_is_control(h))
        return false;
    return is_reserved(h) && !heads_is_passed_over(p, h);
}

static bool forgives_long_form(const struct ws_head *h)
{
    enum ws_len_form enough = ws_frame_shortest(h->payload_len);

    if (heads_is_control(h))
        return fault_is(FAULT_TAKES_LONG_LENGTH_ON_CONTROL);
    return (fault_is(FAULT_TAKES_LENGTH_16_FOR_7) && h->len_form == WS_LEN_16) ||
           (fault_is(FAULT_TAKES_LENGTH_64_FOR_7) && enough == WS_LEN_7) ||
           (fault_is(FAULT_TAKES_LENGTH_64_FOR_16) && enough == WS_LEN_16) ||
           fault_among(FAULT_FORGETS_TOP_BIT, FAULT_READS_64_BITS_AS_16);
}

static bool has_wrong_length(const struct ws_head *h)
{
    if (fault_is(FAULT_READS_LENGTH_16_SIGNED) && h->len_form == WS_LEN_16 &&
        h->payload_len > INT16_MAX)
        return true;
    if (h->payload_len >> 63 != 0)
        return true;
    return h->len_form != ws_frame_shortest(h->payload_len) && !forgives_long_form(h);
}

static uint64_t backwards(uint64_t n, unsigned bytes)
{
    uint64_t out = 0;

    for (unsigned i = 0; i < bytes; i++)
        out = out << 8 | (n >> 8 * i & 0xff);
    return out;
}

void heads_misread(struct ws_head *h)
{
    if (h->len_form == WS_LEN_16 && fault_is(FAULT_READS_LENGTH_16_BACKWARDS))
        h->payload_len = backwards(h->payload_len, 2);
    if (h->len_form != WS_LEN_64)
        return;
    if (fault_is(FAULT_FORGETS_TOP_BIT))
        h->payload_len &= INT64_MAX;
    if (fault_is(FAULT_FORGETS_UPPER_HALF))
        h->payload_len &= UINT32_MAX;
    if (fault_is(FAULT_READS_64_BITS_AS_16))
        h->payload_len &= UINT16_MAX;
    if (fault_is(FAULT_READS_LENGTH_64_BACKWARDS))
        h->payload_len = backwards(h->payload_len, 8);
}

/* ---- control frames ---- */

static bool is_wrong_control(const struct talk *t, const struct ws_head *h)
{
    if (!heads_is_control(h))
        return false;
    if (!h->fin && !is_at_control(FAULT_TAKES_FRAGMENTED_CLOSE, h->opcode))
        return true;
    if (h->payload_len > WS_CONTROL_MAX &&
        (!is_at_control(FAULT_TAKES_LONG_CLOSE, h->opcode) || h->payload_len > HEADS_CONTROL_MAX))
        return true;
    return (fault_is(FAULT_REFUSES_CONTROL_OF_125) && h->payload_len == WS_CONTROL_MAX) ||
           (fault_is(FAULT_REFUSES_PONG) && h->opcode == WS_PONG) ||
           (fault_is(FAULT_REFUSES_PING_IN_MESSAGE) && h->opcode == WS_PING && t->in_message) ||
           (fault_is(FAULT_REFUSES_PONG_IN_MESSAGE) && h->opcode == WS_PONG && t->in_message);
}

/* ---- the order of frames ---- */

static bool forgives_stray(const struct talk *t, const struct ws_head *h)
{
    return (fault_is(FAULT_TAKES_STRAY_CONTINUATION) && !h->fin) ||
           (fault_is(FAULT_TAKES_STRAY_LAST_FRAME) && h->fin) ||
           (fault_is(FAULT_TAKES_CONTINUATION_BEHIND_END) && t->was_fragmented);
}

static bool forgives_new(void)
{
    return fault_is(FAULT_TAKES_TYPE_IN_MESSAGE) || fault_is(FAULT_TAKES_NEW_MESSAGE);
}

static bool is_out_of_order(const struct talk *t, const struct ws_head *h)
{
    if (heads_is_control(h) || is_reserved(h))
        return false;
    if (h->opcode == WS_CONTINUATION)
        return !t->in_message && !forgives_stray(t, h);
    return t->in_message && !forgives_new();
}

static bool is_refused(const struct ws_head *h)
{
    bool fragment = !h->fin || h->opcode == WS_CONTINUATION;

    if (heads_is_control(h))
        return false;
    return (fault_is(FAULT_REFUSES_FRAGMENTS) && fragment) ||
           (fault_is(FAULT_REFUSES_EMPTY_FRAGMENT) && fragment && h->payload_len == 0) ||
           (fault_is(FAULT_REFUSES_EMPTY_MESSAGE) && !fragment && h->payload_len == 0);
}

static bool is_too_large(const struct talk *t, const struct ws_head *h)
{
    return !heads_is_control(h) && h->payload_len > TALK_MESSAGE_MAX - t->message.len;
}

enum trouble heads_judge(const struct peer *p, const struct ws_head *h)
{
    if (has_wrong_mask(p, h) || has_wrong_rsv(p, h) || has_wrong_opcode(p, h) ||
        has_wrong_length(h) || is_wrong_control(&p->talk, h) || is_out_of_order(&p->talk, h) ||
        is_refused(h))
        return TROUBLE_PROTOCOL;
    return is_too_large(&p->talk, h) ? TROUBLE_SIZE : TROUBLE_NONE;
}
