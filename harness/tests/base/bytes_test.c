#include "base/bytes.h"

#include <criterion/criterion.h>

Test(bytes, skips_and_takes_without_leaving_the_view)
{
    const struct bytes b = BYTES_LIT("hello"), none = { 0 };

    cr_assert(bytes_eq_str(bytes_skip(b, 2), "llo"));
    cr_assert(bytes_eq_str(bytes_take(b, 2), "he"));
    cr_assert_eq(bytes_skip(b, 99).ptr, b.ptr + 5);
    cr_assert_eq(bytes_skip(b, SIZE_MAX).len, 0);
    cr_assert(bytes_eq(bytes_take(b, SIZE_MAX), b));
    cr_assert_null(bytes_skip(none, 1).ptr);
    cr_assert_eq(bytes_str(NULL).len, 0);
    cr_assert_eq(bytes_of("ab", 2).len, 2);
}

Test(bytes, compares)
{
    cr_assert(bytes_eq(BYTES_LIT("a\0b"), BYTES_LIT("a\0b")));
    cr_assert_not(bytes_eq(BYTES_LIT("a\0b"), BYTES_LIT("a\0c")));
    cr_assert_not(bytes_eq(BYTES_LIT("a"), BYTES_LIT("ab")));
    cr_assert(bytes_eq((struct bytes){ 0 }, BYTES_LIT("")));
    cr_assert(bytes_eq_nocase(BYTES_LIT("WebSocket1"), BYTES_LIT("wEBsOCKET1")));
    cr_assert_not(bytes_eq_nocase(BYTES_LIT("[a"), BYTES_LIT("{a")), "letters only");
    cr_assert_not(bytes_eq_nocase(BYTES_LIT("a"), BYTES_LIT("ab")));
    cr_assert(bytes_starts(BYTES_LIT("abc"), BYTES_LIT("ab")));
    cr_assert(bytes_starts(BYTES_LIT("abc"), BYTES_LIT("")));
    cr_assert_not(bytes_starts(BYTES_LIT("ab"), BYTES_LIT("abc")));
}

Test(bytes, finds)
{
    const struct bytes b = BYTES_LIT("abcabd");

    cr_assert_eq(bytes_index(b, 0, 'b'), 1);
    cr_assert_eq(bytes_index(b, 2, 'b'), 4);
    cr_assert_eq(bytes_index(b, 5, 'b'), 6);
    cr_assert_eq(bytes_index(b, 6, 'a'), 6);
    cr_assert_eq(bytes_index(b, 99, 'a'), 6);
    cr_assert_eq(bytes_find(b, BYTES_LIT("abd")), 3);
    cr_assert_eq(bytes_find(b, BYTES_LIT("abe")), 6);
    cr_assert_eq(bytes_find(b, BYTES_LIT("abcabde")), 6);
    cr_assert_eq(bytes_find(b, BYTES_LIT("")), 0);
}

Test(bytes, trims_blanks_and_tabs_only)
{
    cr_assert(bytes_eq_str(bytes_trim(BYTES_LIT(" \t a b\t ")), "a b"));
    cr_assert(bytes_eq_str(bytes_trim(BYTES_LIT(" \t ")), ""));
    cr_assert(bytes_eq_str(bytes_trim(BYTES_LIT("\na\r")), "\na\r"));
}

Test(bytes, sizes_do_not_wrap)
{
    size_t n = 7;

    cr_assert(size_mul(&n, 3, 5) && n == 15);
    cr_assert(size_mul(&n, 0, SIZE_MAX) && n == 0);
    cr_assert(size_mul(&n, SIZE_MAX, 1) && n == SIZE_MAX);
    cr_assert_not(size_mul(&n, SIZE_MAX / 2 + 1, 2));
    cr_assert(size_add(&n, SIZE_MAX - 1, 1) && n == SIZE_MAX);
    cr_assert_not(size_add(&n, SIZE_MAX, 1));
}
