#include <criterion/criterion.h>
#include <string.h>

#include "base/rand.h"
#include "tests/ws/made_blocks.h"
#include "ws/huffman.h"

/* The example of RFC 1951 3.2.2, turned round. */
Test(ws_huffman, numbers_codes_by_their_length_and_symbol)
{
    const uint8_t lens[] = { 3, 3, 3, 3, 3, 2, 4, 4 };
    const uint16_t wanted[] = { 2, 6, 1, 5, 3, 0, 7, 15 }; /* 010 011 100 101 110 00 1110 1111 */
    uint16_t codes[8];

    ws_huffman_codes(lens, 8, codes);
    for (size_t i = 0; i < 8; i++)
        cr_assert_eq(codes[i], wanted[i], "symbol %zu: %x", i, codes[i]);
}

static enum ws_huffman_set set_of(const char *digits)
{
    struct ws_huffman h;
    uint8_t lens[32];
    const size_t count = strlen(digits);

    for (size_t i = 0; i < count; i++)
        lens[i] = (uint8_t)(digits[i] >= 'A' ? digits[i] - 'A' + 10 : digits[i] - '0');
    return ws_huffman_build(&h, lens, count);
}

Test(ws_huffman, knows_which_lengths_make_a_code)
{
    cr_assert_eq(set_of(""), WS_HUFFMAN_EMPTY);
    cr_assert_eq(set_of("000"), WS_HUFFMAN_EMPTY);
    cr_assert_eq(set_of("010"), WS_HUFFMAN_SINGLE);
    cr_assert_eq(set_of("020"), WS_HUFFMAN_INCOMPLETE);
    cr_assert_eq(set_of("11"), WS_HUFFMAN_COMPLETE);
    cr_assert_eq(set_of("12"), WS_HUFFMAN_INCOMPLETE);
    cr_assert_eq(set_of("122"), WS_HUFFMAN_COMPLETE);
    cr_assert_eq(set_of("111"), WS_HUFFMAN_OVERSUBSCRIBED);
    cr_assert_eq(set_of("1222"), WS_HUFFMAN_OVERSUBSCRIBED);
    cr_assert_eq(set_of("123456789ABCDEFF"), WS_HUFFMAN_COMPLETE);
    cr_assert_eq(set_of("123456789ABCDEF"), WS_HUFFMAN_INCOMPLETE);
    cr_assert_eq(set_of("123456789ABCDEFFF"), WS_HUFFMAN_OVERSUBSCRIBED);
}

Test(ws_huffman, finds_nothing_where_no_code_begins)
{
    const uint8_t none[] = { 0, 0 }, single[] = { 0, 1 };
    struct ws_huffman h;

    ws_huffman_build(&h, none, 2);
    cr_assert_eq(ws_huffman_decode(&h, 0), WS_HUFFMAN_NONE << 4 | 1);
    cr_assert_eq(ws_huffman_decode(&h, 1), WS_HUFFMAN_NONE << 4 | 1);
    ws_huffman_build(&h, single, 2);
    cr_assert_eq(ws_huffman_decode(&h, 2), 1 << 4 | 1);
    cr_assert_eq(ws_huffman_decode(&h, 1), WS_HUFFMAN_NONE << 4 | 1);
}

/* Every symbol of random complete codes, with anything behind it. */
static unsigned check_code(struct rand *r, size_t count)
{
    uint8_t lens[WS_ALPHABET_LITERALS];
    uint16_t codes[WS_ALPHABET_LITERALS];
    struct ws_huffman h;
    unsigned longest = 0;

    made_blocks_code(r, lens, WS_ALPHABET_LITERALS, count, 0);
    cr_assert_eq(ws_huffman_build(&h, lens, WS_ALPHABET_LITERALS), WS_HUFFMAN_COMPLETE);
    ws_huffman_codes(lens, WS_ALPHABET_LITERALS, codes);
    for (unsigned i = 0; i < WS_ALPHABET_LITERALS; i++) {
        const unsigned entry = ws_huffman_decode(&h, rand_next(r) << lens[i] | codes[i]);
        if (lens[i] == 0)
            continue;
        cr_assert_eq(ws_huffman_symbol(entry), i);
        cr_assert_eq(ws_huffman_len(entry), lens[i]);
        longest = lens[i] > longest ? lens[i] : longest;
    }
    return longest;
}

Test(ws_huffman, decodes_each_code_up_to_15_bits)
{
    unsigned longest = 0;
    struct rand r;

    rand_init(&r, 7);
    for (size_t count = 2; count <= WS_ALPHABET_LITERALS; count++) {
        const unsigned len = check_code(&r, count);
        longest = len > longest ? len : longest;
    }
    cr_assert_eq(longest, 15);
}
