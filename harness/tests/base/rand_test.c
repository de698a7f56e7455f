#include "base/rand.h"

#include <criterion/criterion.h>
#include <string.h>

/* The published first outputs of SplitMix64 for the seed 1234567. */
Test(rand, is_splitmix64)
{
    static const uint64_t known[] = {
        UINT64_C(6457827717110365317),  UINT64_C(3203168211198807973),
        UINT64_C(9817491932198370423),  UINT64_C(4593380528125082431),
        UINT64_C(16408922859458223821),
    };
    struct rand r;

    rand_init(&r, 1234567);
    for (size_t i = 0; i < 5; i++) {
        cr_assert_eq(rand_at(1234567, i), known[i]);
        cr_assert_eq(rand_next(&r), known[i]);
    }
}

Test(rand, fills_any_length_and_not_a_byte_more)
{
    for (size_t len = 0; len < 30; len++) {
        uint8_t a[32], b[32];
        struct rand r, s;
        memset(a, 0xAA, sizeof a);
        rand_init(&r, 5);
        rand_init(&s, 5);
        rand_fill(&r, a, len);
        rand_fill(&s, b, sizeof b);
        cr_assert_eq(memcmp(a, b, len), 0);
        for (size_t i = len; i < sizeof a; i++)
            cr_assert_eq(a[i], 0xAA);
    }
}

Test(rand, stays_below_the_limit_and_reaches_all_below)
{
    bool seen[10] = { false };
    struct rand r;

    rand_init(&r, 9);
    for (int i = 0; i < 1000; i++) {
        const uint64_t n = rand_below(&r, 10);
        cr_assert_lt(n, 10);
        seen[n] = true;
    }
    for (int i = 0; i < 10; i++)
        cr_assert(seen[i]);
}

Test(rand, derives_a_seed_for_each_name)
{
    cr_assert_eq(rand_derive(1, BYTES_LIT("a")), rand_derive(1, BYTES_LIT("a")));
    cr_assert_neq(rand_derive(1, BYTES_LIT("a")), rand_derive(1, BYTES_LIT("b")));
    cr_assert_neq(rand_derive(1, BYTES_LIT("a")), rand_derive(2, BYTES_LIT("a")));
}
