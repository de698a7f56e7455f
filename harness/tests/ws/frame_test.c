#include "support/guard.h"

#include <criterion/criterion.h>

#include "ws/frame.h"

/* Wire bytes and their reading. Each row is decoded, encoded again and cut at every byte. */
static const struct {
    struct bytes wire;
    struct ws_head head;
} rows[] = {
    { BYTES_LIT("\x81\x05"), { .fin = true, .opcode = 1, .len_form = WS_LEN_7, .payload_len = 5 } },
    { BYTES_LIT("\x00\x00"), { .opcode = 0, .len_form = WS_LEN_7 } },
    { BYTES_LIT("\xf2\x7d"),
      { .fin = true, .rsv = 7, .opcode = 2, .len_form = WS_LEN_7, .payload_len = 125 } },
    { BYTES_LIT("\x43\x00"), { .rsv = WS_RSV1, .opcode = 3, .len_form = WS_LEN_7 } },
    { BYTES_LIT("\x29\x00"), { .rsv = WS_RSV2, .opcode = 9, .len_form = WS_LEN_7 } },
    { BYTES_LIT("\x1f\x00"), { .rsv = WS_RSV3, .opcode = 15, .len_form = WS_LEN_7 } },
    { BYTES_LIT("\x82\x7e\x01\x02"),
      { .fin = true, .opcode = 2, .len_form = WS_LEN_16, .payload_len = 0x0102 } },
    { BYTES_LIT("\x82\x7e\x00\x05"), /* longer than it need be */
      { .fin = true, .opcode = 2, .len_form = WS_LEN_16, .payload_len = 5 } },
    { BYTES_LIT("\x82\x7f\x81\x02\x03\x04\x05\x06\x07\x08"),
      { .fin = true, .opcode = 2, .len_form = WS_LEN_64, .payload_len = 0x8102030405060708 } },
    { BYTES_LIT("\x82\x7f\0\0\0\0\0\0\0\x01"),
      { .fin = true, .opcode = 2, .len_form = WS_LEN_64, .payload_len = 1 } },
    { BYTES_LIT("\x88\x82\x01\x02\x03\x04"),
      { .fin = true,
        .opcode = 8,
        .masked = true,
        .key = { 1, 2, 3, 4 },
        .len_form = WS_LEN_7,
        .payload_len = 2 } },
    { BYTES_LIT("\x01\xfe\xff\xff\x0a\x0b\x0c\x0d"),
      { .opcode = 1,
        .masked = true,
        .key = { 10, 11, 12, 13 },
        .len_form = WS_LEN_16,
        .payload_len = 65535 } },
    { BYTES_LIT("\x01\xff\0\0\0\0\0\x01\0\0\x09\x08\x07\x06"),
      { .opcode = 1,
        .masked = true,
        .key = { 9, 8, 7, 6 },
        .len_form = WS_LEN_64,
        .payload_len = 65536 } },
};

#define ROWS (sizeof rows / sizeof *rows)

static void expect_head(const struct ws_head *a, const struct ws_head *b, size_t row)
{
    cr_assert_eq(a->fin, b->fin, "row %zu", row);
    cr_assert_eq(a->rsv, b->rsv, "row %zu", row);
    cr_assert_eq(a->opcode, b->opcode, "row %zu", row);
    cr_assert_eq(a->masked, b->masked, "row %zu", row);
    cr_assert_eq(memcmp(a->key, b->key, 4), 0, "row %zu", row);
    cr_assert_eq(a->len_form, b->len_form, "row %zu", row);
    cr_assert_eq(a->payload_len, b->payload_len, "row %zu", row);
}

Test(ws_frame, decodes_what_is_on_the_wire)
{
    for (size_t i = 0; i < ROWS; i++) {
        struct guard g = guard_copy(rows[i].wire);
        struct ws_head head;
        size_t used = 0;
        cr_assert_eq(ws_frame_decode(guard_bytes(&g), &head, &used), WS_OK);
        cr_assert_eq(used, rows[i].wire.len);
        expect_head(&head, &rows[i].head, i);
        guard_free(&g);
    }
}

Test(ws_frame, takes_nothing_behind_the_header)
{
    for (size_t i = 0; i < ROWS; i++) {
        uint8_t wire[32];
        struct ws_head head;
        size_t used = 0;
        memset(wire, 0xAA, sizeof wire);
        memcpy(wire, rows[i].wire.ptr, rows[i].wire.len);
        cr_assert_eq(ws_frame_decode(bytes_of(wire, sizeof wire), &head, &used), WS_OK);
        cr_assert_eq(used, rows[i].wire.len);
    }
}

Test(ws_frame, wants_every_byte_of_a_header)
{
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t len = 0; len < rows[i].wire.len; len++) {
            struct guard g = guard_copy(bytes_take(rows[i].wire, len));
            struct ws_head head = { .opcode = 99 };
            size_t used = 77;
            cr_assert_eq(ws_frame_decode(guard_bytes(&g), &head, &used), WS_MORE);
            cr_assert(head.opcode == 99 && used == 77, "written without WS_OK");
            guard_free(&g);
        }
    }
}

Test(ws_frame, encodes_whatever_it_is_asked)
{
    for (size_t i = 0; i < ROWS; i++) {
        uint8_t out[WS_HEAD_MAX];
        const size_t n = ws_frame_encode(&rows[i].head, out);
        cr_assert(bytes_eq(bytes_of(out, n), rows[i].wire), "row %zu", i);
        cr_assert_eq(ws_frame_head_size(&rows[i].head), n, "row %zu", i);
    }
}

Test(ws_frame, cuts_a_length_to_the_bits_of_its_form)
{
    uint8_t out[WS_HEAD_MAX];
    struct ws_head head = { .len_form = WS_LEN_7, .payload_len = 0x181 };

    cr_assert_eq(ws_frame_encode(&head, out), 2);
    cr_assert_eq(out[1], 0x01);
    head.len_form = WS_LEN_16;
    head.payload_len = 0x30201;
    cr_assert_eq(ws_frame_encode(&head, out), 4);
    cr_assert(bytes_eq(bytes_of(out, 4), BYTES_LIT("\x00\x7e\x02\x01")));
}

Test(ws_frame, knows_the_shortest_form)
{
    cr_assert_eq(ws_frame_shortest(0), WS_LEN_7);
    cr_assert_eq(ws_frame_shortest(125), WS_LEN_7);
    cr_assert_eq(ws_frame_shortest(126), WS_LEN_16);
    cr_assert_eq(ws_frame_shortest(65535), WS_LEN_16);
    cr_assert_eq(ws_frame_shortest(65536), WS_LEN_64);
    cr_assert_eq(ws_frame_shortest(UINT64_MAX), WS_LEN_64);
}

Test(ws_frame, sorts_opcodes)
{
    static const char sorts[] = "dddrrrrrccc*****"; /* data, reserved, control, reserved control */

    for (uint8_t opcode = 0; opcode < 16; opcode++) {
        const char sort = sorts[opcode];
        cr_assert_eq(ws_opcode_is_control(opcode), sort == 'c' || sort == '*', "%u", opcode);
        cr_assert_eq(ws_opcode_is_reserved(opcode), sort == 'r' || sort == '*', "%u", opcode);
    }
    cr_assert_str_eq(ws_opcode_name(WS_CONTINUATION), "continuation");
    cr_assert_str_eq(ws_opcode_name(WS_PONG), "pong");
    cr_assert_str_eq(ws_opcode_name(3), "opcode 3");
    cr_assert_str_eq(ws_opcode_name(15), "opcode 15");
}
