#include "ws/check.h"

/* The findings of one header. */
struct breaches {
    struct violation *list;
    size_t count;
    uint64_t at;
};

static void add_if(struct breaches *b, bool is_broken, enum ws_rule rule)
{
    if (is_broken)
        b->list[b->count++] = (struct violation){ rule, b->at };
}

/* Extensions own their bits on the first frame of a message and nowhere else. */
static void check_rsv(struct breaches *b, const struct ws_head *head, const struct ws_law *law)
{
    const bool first = !ws_opcode_is_control(head->opcode) && head->opcode != WS_CONTINUATION;
    const unsigned odd = head->rsv & ~(first ? (unsigned)law->rsv_data : 0U);

    add_if(b, odd & WS_RSV1, WS_RULE_RSV1_SET);
    add_if(b, odd & WS_RSV2, WS_RULE_RSV2_SET);
    add_if(b, odd & WS_RSV3, WS_RULE_RSV3_SET);
}

/* The control rules bind the opcodes that are kept for later control frames too. */
static void check_control(struct breaches *b, const struct ws_head *head)
{
    add_if(b, !head->fin, WS_RULE_CONTROL_FRAGMENTED);
    add_if(b, head->payload_len > WS_CONTROL_MAX, WS_RULE_CONTROL_TOO_LONG);
}

static void check_sequence(struct breaches *b, const struct ws_head *head, const struct ws_law *law)
{
    const bool begins = head->opcode == WS_TEXT || head->opcode == WS_BINARY;

    add_if(b, head->opcode == WS_CONTINUATION && !law->in_message, WS_RULE_CONTINUATION_ALONE);
    add_if(b, begins && law->in_message, WS_RULE_MESSAGE_INTERLEAVED);
}

static void check_len(struct breaches *b, const struct ws_head *head)
{
    add_if(b, head->payload_len >> 63, WS_RULE_LEN_TOP_BIT);
    add_if(b, head->len_form > ws_frame_shortest(head->payload_len), WS_RULE_LEN_NOT_SHORT);
}

static enum ws_rule rule_after_close(uint8_t opcode)
{
    if (opcode == WS_CLOSE)
        return WS_RULE_AFTER_CLOSE_CLOSE;
    return ws_opcode_is_control(opcode) ? WS_RULE_AFTER_CLOSE_FRAME : WS_RULE_AFTER_CLOSE_DATA;
}

size_t ws_check_head(const struct ws_head *head, const struct ws_law *law, uint64_t at,
                     struct violation out[WS_HEAD_BREACHES_MAX])
{
    struct breaches b = { .list = out, .at = at };

    add_if(&b, law->from_client && !head->masked, WS_RULE_MASK_MISSING);
    add_if(&b, !law->from_client && head->masked, WS_RULE_MASK_PRESENT);
    check_rsv(&b, head, law);
    add_if(&b, ws_opcode_is_reserved(head->opcode), WS_RULE_OPCODE_RESERVED);
    if (ws_opcode_is_control(head->opcode))
        check_control(&b, head);
    else
        check_sequence(&b, head, law);
    check_len(&b, head);
    add_if(&b, law->after_close, rule_after_close(head->opcode));
    return b.count;
}
