#include "base/hash.h"

#include <criterion/criterion.h>

#include "support/cut.h"

Test(hash, does_not_depend_on_the_cut)
{
    uint8_t bytes[60];

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 37);
    for (size_t len = 0; len <= sizeof bytes; len++) {
        const uint64_t whole = hash_bytes(bytes_of(bytes, len));
        FOR_EACH_CUT(len, cut)
        {
            struct hash h;
            hash_init(&h);
            for (size_t at = 0, n; (n = cut_next(&cut, at)) > 0; at += n) {
                hash_feed(&h, bytes_of(bytes + at, n));
                hash_feed(&h, (struct bytes){ 0 });
                hash_end(&h);
            }
            cr_assert_eq(hash_end(&h), whole, "%zu bytes, cut %zu", len, cut.way);
        }
    }
}

Test(hash, tells_apart_what_differs_in_one_byte_or_in_length)
{
    uint8_t bytes[64] = { 0 };
    uint64_t seen[200];
    size_t n = 0;

    for (size_t len = 0; len <= sizeof bytes; len++)
        seen[n++] = hash_bytes(bytes_of(bytes, len));
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = 1;
        seen[n++] = hash_bytes(bytes_of(bytes, sizeof bytes));
        bytes[i] = 0;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            cr_assert_neq(seen[i], seen[k], "%zu and %zu", i, k);
}

/* Transcripts carry hashes: the value must not drift. */
Test(hash, has_a_fixed_value)
{
    cr_assert_eq(hash_bytes(BYTES_LIT("Hello")), UINT64_C(0x6b561244848e4e95));
}
