#include "ws/message.h"

#include <criterion/criterion.h>

static struct ws_message begin(uint8_t opcode)
{
    const struct ws_head head = { .opcode = opcode };
    struct ws_message m = { 0 };

    ws_message_head(&m, &head);
    return m;
}

Test(ws_message, counts_bytes_and_fragments_until_the_end)
{
    const struct ws_head more = { .opcode = WS_CONTINUATION };
    struct ws_message m = begin(WS_BINARY);
    bool complete = true;
    size_t bad;

    cr_assert(m.open);
    cr_assert(ws_message_data(&m, BYTES_LIT("\xff\xff"), &bad), "binary data is not checked");
    cr_assert(ws_message_end(&m, false, &complete));
    cr_assert_not(complete);
    ws_message_head(&m, &more);
    cr_assert(ws_message_data(&m, BYTES_LIT("abc"), &bad));
    cr_assert(ws_message_end(&m, true, &complete));
    cr_assert(complete && !m.open);
    cr_assert_eq(m.opcode, WS_BINARY);
    cr_assert_eq(m.len, 5);
    cr_assert_eq(m.fragments, 2);
}

Test(ws_message, blames_the_byte_that_cuts_a_character)
{
    const struct ws_head more = { .opcode = WS_CONTINUATION };
    struct ws_message m = begin(WS_TEXT);
    bool complete;
    size_t bad = 99;

    cr_assert(ws_message_data(&m, BYTES_LIT("ab\xe2"), &bad));
    cr_assert(ws_message_data(&m, BYTES_LIT("\x82"), &bad));
    cr_assert(ws_message_end(&m, false, &complete), "a fragment may end inside a character");
    ws_message_head(&m, &more);
    cr_assert_not(ws_message_data(&m, BYTES_LIT("z"), &bad));
    cr_assert_eq(bad, 0);
}

Test(ws_message, tells_broken_text_once)
{
    struct ws_message m = begin(WS_TEXT);
    bool complete;
    size_t bad;

    cr_assert_not(ws_message_data(&m, BYTES_LIT("ab\x80"), &bad));
    cr_assert_eq(bad, 2);
    cr_assert(ws_message_data(&m, BYTES_LIT("\x80"), &bad));
    cr_assert(ws_message_end(&m, true, &complete));
    cr_assert(complete && m.text_broken);
    cr_assert_eq(m.len, 4);
}

Test(ws_message, refuses_text_that_ends_inside_a_character)
{
    struct ws_message m = begin(WS_TEXT);
    bool complete;
    size_t bad;

    cr_assert(ws_message_data(&m, BYTES_LIT("\xc3"), &bad));
    cr_assert_not(ws_message_end(&m, true, &complete));
    cr_assert(complete && m.text_broken);
}

Test(ws_message, starts_afresh)
{
    const struct ws_head text = { .opcode = WS_TEXT };
    struct ws_message m = begin(WS_TEXT);
    bool complete;
    size_t bad;

    cr_assert_not(ws_message_data(&m, BYTES_LIT("\xff"), &bad));
    cr_assert(ws_message_end(&m, true, &complete));
    ws_message_head(&m, &text);
    cr_assert(m.len == 0 && m.fragments == 1 && !m.text_broken);
    cr_assert(ws_message_data(&m, BYTES_LIT("ok"), &bad));
    cr_assert(ws_message_end(&m, true, &complete));
}
