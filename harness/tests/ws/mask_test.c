#include "support/guard.h"

#include <criterion/criterion.h>

#include "base/rand.h"
#include "ws/mask.h"

static const uint8_t key[4] = { 0x37, 0xfa, 0x21, 0x3d };

typedef void mask_fn(uint8_t *ptr, size_t len, const uint8_t key[4], uint64_t at);

/* RFC 6455 5.3, to the letter. */
static void by_the_book(uint8_t *ptr, size_t len, uint64_t at)
{
    for (size_t i = 0; i < len; i++)
        ptr[i] ^= key[(at + i) % 4];
}

static void expect_by_the_book(mask_fn *mask, const struct guard *g, size_t len, uint64_t at)
{
    uint8_t expected[600];
    uint8_t *ptr = g->ptr + g->len - len;

    memcpy(expected, g->ptr, g->len);
    by_the_book(expected + g->len - len, len, at);
    mask(ptr, len, key, at);
    cr_assert_eq(memcmp(expected, g->ptr, g->len), 0, "%zu bytes at %llu", len,
                 (unsigned long long)at);
}

/* All lengths around the blocks of every version, at every turn of the key; the bytes in front must
 * stay and those behind are a guard page. */
Test(ws_mask, every_version_does_what_the_book_says)
{
    uint8_t bytes[600];
    struct rand r;

    rand_init(&r, 1);
    rand_fill(&r, bytes, sizeof bytes);
    struct guard g = guard_copy(bytes_of(bytes, sizeof bytes));
    for (size_t len = 0; len <= 530; len++) {
        for (uint64_t at = 0; at < 5; at++) {
            expect_by_the_book(ws_mask, &g, len, at);
            expect_by_the_book(ws_mask_plain, &g, len, at);
        }
        expect_by_the_book(ws_mask, &g, len, UINT64_MAX - 2);
    }
    guard_free(&g);
}

Test(ws_mask, undoes_itself_in_other_pieces)
{
    uint8_t bytes[300] = { 0 };

    for (size_t cut = 0; cut <= sizeof bytes; cut++) {
        ws_mask(bytes, sizeof bytes, key, 0);
        ws_mask(bytes, cut, key, 0);
        ws_mask(bytes + cut, sizeof bytes - cut, key, cut);
        for (size_t i = 0; i < sizeof bytes; i++)
            cr_assert_eq(bytes[i], 0, "cut %zu", cut);
    }
}
