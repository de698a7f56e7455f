#include "ws/check.h"

#include <criterion/criterion.h>

#include "base/buf.h"

/* Names of the rules, blank after each. */
static void expect_rules(struct ws_head head, struct ws_law law, const char *expected)
{
    struct violation found[WS_HEAD_BREACHES_MAX];
    struct buf names;
    const size_t n = ws_check_head(&head, &law, 42, found);

    buf_init(&names, 1024);
    cr_assert_leq(n, WS_HEAD_BREACHES_MAX);
    for (size_t i = 0; i < n; i++) {
        cr_assert(buf_print(&names, "%s ", ws_rule_row(found[i].rule)->name));
        cr_assert_eq(found[i].at, 42);
    }
    cr_assert(bytes_eq_str(buf_bytes(&names), expected), "%.*s, not %s",
              BYTES_ARG(buf_bytes(&names)), expected);
    buf_free(&names);
}

static const struct ws_law server = { .from_client = false };
static const struct ws_law client = { .from_client = true };

static struct ws_head good(uint8_t opcode)
{
    return (struct ws_head){ .fin = true, .opcode = opcode, .len_form = WS_LEN_7 };
}

Test(ws_check, lets_good_frames_pass)
{
    struct ws_head masked = good(WS_TEXT);
    const struct ws_law in_message = { .in_message = true };

    masked.masked = true;
    expect_rules(good(WS_TEXT), server, "");
    expect_rules(masked, client, "");
    expect_rules(good(WS_CONTINUATION), in_message, "");
    expect_rules(good(WS_PING), in_message, "");
    expect_rules(good(WS_CLOSE), server, "");
}

Test(ws_check, knows_who_has_to_mask)
{
    struct ws_head masked = good(WS_TEXT);

    masked.masked = true;
    expect_rules(good(WS_TEXT), client, "MASK_MISSING ");
    expect_rules(masked, server, "MASK_PRESENT ");
}

Test(ws_check, allows_reserved_bits_on_first_data_frames_only)
{
    const struct ws_law deflate = { .rsv_data = WS_RSV1 };
    const struct ws_law in_message = { .rsv_data = WS_RSV1, .in_message = true };
    struct ws_head head = good(WS_TEXT);

    head.rsv = WS_RSV1;
    expect_rules(head, server, "RSV1_SET ");
    expect_rules(head, deflate, "");
    head.rsv = WS_RSV1 | WS_RSV3;
    expect_rules(head, deflate, "RSV3_SET ");
    head.rsv = WS_RSV1 | WS_RSV2;
    head.opcode = WS_CONTINUATION;
    expect_rules(head, in_message, "RSV1_SET RSV2_SET ");
    head.opcode = WS_PING;
    expect_rules(head, deflate, "RSV1_SET RSV2_SET ");
}

Test(ws_check, holds_control_frames_to_their_rules)
{
    struct ws_head head = good(WS_PING);

    head.payload_len = 126;
    head.len_form = WS_LEN_16;
    expect_rules(head, server, "CONTROL_TOO_LONG ");
    head.fin = false;
    expect_rules(head, server, "CONTROL_FRAGMENTED CONTROL_TOO_LONG ");
    head.opcode = 0xB;
    expect_rules(head, server, "OPCODE_RESERVED CONTROL_FRAGMENTED CONTROL_TOO_LONG ");
    head.opcode = WS_TEXT;
    expect_rules(head, server, "");
}

Test(ws_check, follows_the_sequence_of_messages)
{
    const struct ws_law in_message = { .in_message = true };

    expect_rules(good(WS_CONTINUATION), server, "CONTINUATION_ALONE ");
    expect_rules(good(WS_TEXT), in_message, "MESSAGE_INTERLEAVED ");
    expect_rules(good(WS_BINARY), in_message, "MESSAGE_INTERLEAVED ");
    expect_rules(good(5), in_message, "OPCODE_RESERVED ");
}

Test(ws_check, judges_length_forms)
{
    struct ws_head head = good(WS_BINARY);

    head.len_form = WS_LEN_16;
    head.payload_len = 125;
    expect_rules(head, server, "LEN_NOT_SHORT ");
    head.payload_len = 126;
    expect_rules(head, server, "");
    head.len_form = WS_LEN_64;
    head.payload_len = 65535;
    expect_rules(head, server, "LEN_NOT_SHORT ");
    head.payload_len = 65536;
    expect_rules(head, server, "");
    head.payload_len = UINT64_C(1) << 63;
    expect_rules(head, server, "LEN_TOP_BIT ");
}

Test(ws_check, allows_nothing_after_the_senders_close)
{
    const struct ws_law closed = { .after_close = true };

    expect_rules(good(WS_TEXT), closed, "AFTER_CLOSE_DATA ");
    expect_rules(good(WS_CLOSE), closed, "AFTER_CLOSE_CLOSE ");
    expect_rules(good(WS_PING), closed, "AFTER_CLOSE_FRAME ");
}

Test(ws_check, finds_everything_that_one_header_can_break)
{
    const struct ws_law law = { .from_client = true, .after_close = true };
    const struct ws_head head = {
        .rsv = 7, .opcode = 15, .len_form = WS_LEN_64, .payload_len = 200
    };

    expect_rules(head, law,
                 "MASK_MISSING RSV1_SET RSV2_SET RSV3_SET OPCODE_RESERVED CONTROL_FRAGMENTED "
                 "CONTROL_TOO_LONG LEN_NOT_SHORT AFTER_CLOSE_FRAME ");
}
