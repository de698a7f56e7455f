#include "support/guard.h"

#include <criterion/criterion.h>

#include "base/text.h"

typedef bool parse_fn(struct bytes in, uint64_t max, uint64_t *out);

static void expect_value(parse_fn *parse, const char *text, uint64_t max, uint64_t expected)
{
    uint64_t out = 0;

    cr_assert(parse(bytes_str(text), max, &out), "%s", text);
    cr_assert_eq(out, expected, "%s gives %llu", text, (unsigned long long)out);
}

static void expect_none(parse_fn *parse, const char *text, uint64_t max)
{
    uint64_t out;

    cr_assert_not(parse(bytes_str(text), max, &out), "%s", text);
}

Test(text, reads_numbers)
{
    expect_value(text_number, "0", 0, 0);
    expect_value(text_number, "007", 10, 7);
    expect_value(text_number, "65535", 65535, 65535);
    expect_value(text_number, "18446744073709551615", UINT64_MAX, UINT64_MAX);
    expect_none(text_number, "18446744073709551616", UINT64_MAX);
    expect_none(text_number, "65536", 65535);
    expect_none(text_number, "5", 4);
    expect_none(text_number, "", 10);
    expect_none(text_number, "1a", 100);
    expect_none(text_number, "-1", 100);
    expect_none(text_number, " 1", 100);
}

Test(text, reads_sizes)
{
    expect_value(text_size, "64", 100, 64);
    expect_value(text_size, "64K", 65536, 65536);
    expect_value(text_size, "16M", UINT64_MAX, UINT64_C(16) << 20);
    expect_value(text_size, "3G", UINT64_MAX, UINT64_C(3) << 30);
    expect_none(text_size, "65K", 65536);
    expect_none(text_size, "K", 65536);
    expect_none(text_size, "1k", 65536);
    expect_none(text_size, "1KK", UINT64_MAX);
    expect_none(text_size, "99999999999999999999G", UINT64_MAX);
}

Test(text, reads_durations)
{
    expect_value(text_duration_ms, "100ms", 1000, 100);
    expect_value(text_duration_ms, "2s", 2000, 2000);
    expect_value(text_duration_ms, "1m", 60000, 60000);
    expect_none(text_duration_ms, "3s", 2000);
    expect_none(text_duration_ms, "5", 1000);
    expect_none(text_duration_ms, "ms", 1000);
    expect_none(text_duration_ms, "1h", UINT64_MAX);
    expect_none(text_duration_ms, "1.5s", 10000);
}

static struct buf new_buf(void)
{
    struct buf b;

    buf_init(&b, 1000);
    return b;
}

Test(text, reads_and_writes_hex)
{
    struct buf b = new_buf();
    size_t bad = 99;

    cr_assert(text_unhex(BYTES_LIT(" 00 fF\tA9 "), &b, &bad));
    cr_assert(bytes_eq(buf_bytes(&b), BYTES_LIT("\x00\xff\xa9")));
    buf_clear(&b);
    cr_assert(text_hex(BYTES_LIT("\x00\xff\xa9"), &b));
    cr_assert(bytes_eq_str(buf_bytes(&b), "00 ff a9"));
    buf_free(&b);
}

Test(text, names_the_wrong_hex_digit)
{
    static const struct {
        const char *text;
        size_t bad;
    } rows[] = { { "g0", 0 }, { "0g", 1 }, { "00 1", 3 }, { "0 0", 1 }, { "00 :0", 3 } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct guard g = guard_copy(bytes_str(rows[i].text));
        struct buf b = new_buf();
        size_t bad = 99;
        cr_assert_not(text_unhex(guard_bytes(&g), &b, &bad), "%s", rows[i].text);
        cr_assert_eq(bad, rows[i].bad, "%s", rows[i].text);
        buf_free(&b);
        guard_free(&g);
    }
}

/* The test vectors of RFC 4648 10. */
Test(text, reads_and_writes_base64)
{
    static const char *const plain[] = { "", "f", "fo", "foo", "foob", "fooba", "foobar" };
    static const char *const coded[] = { "",         "Zg==",     "Zm8=",    "Zm9v",
                                         "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy" };

    for (size_t i = 0; i < 7; i++) {
        struct buf b = new_buf();
        bool odd = true;
        cr_assert(text_base64(bytes_str(plain[i]), &b));
        cr_assert(bytes_eq_str(buf_bytes(&b), coded[i]));
        buf_clear(&b);
        cr_assert(text_unbase64(bytes_str(coded[i]), &b, &odd));
        cr_assert(bytes_eq_str(buf_bytes(&b), plain[i]));
        cr_assert_not(odd);
        buf_free(&b);
    }
}

Test(text, refuses_bad_base64_and_tells_odd_padding)
{
    static const char *const bad[] = { "Zg",    "Zg=",  "Z===",   "====", "Zg==Zg==",
                                       "Zm 9v", "Zm9-", "=AAA",   "Z=AA", "Zm9v\n",
                                       "A",     "AA=A", "\xe9+++" };
    struct buf b = new_buf();
    bool odd = false;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert_not(text_unbase64(bytes_str(bad[i]), &b, NULL), "%s", bad[i]);
    cr_assert_not(text_unbase64(BYTES_LIT("AA\0A"), &b, NULL));
    buf_clear(&b);
    cr_assert(text_unbase64(BYTES_LIT("Zh=="), &b, &odd));
    cr_assert(odd && bytes_eq_str(buf_bytes(&b), "f"));
    cr_assert(text_unbase64(BYTES_LIT("Zm9="), &b, &odd) && odd);
    cr_assert(text_unbase64(BYTES_LIT("Zg=="), &b, &odd) && !odd);
    buf_free(&b);
}

static void expect_quote(struct bytes in, size_t limit, const char *expected)
{
    struct buf b = new_buf();

    cr_assert(text_quote(in, limit, &b));
    cr_assert(bytes_eq_str(buf_bytes(&b), expected), "%.*s", BYTES_ARG(buf_bytes(&b)));
    buf_free(&b);
}

Test(text, quotes_for_a_terminal)
{
    expect_quote(BYTES_LIT("a\n\r\t\"\\\x1b[0m\x7f\xc3\0"), 99,
                 "a\\n\\r\\t\\\"\\\\\\x1b[0m\\x7f\\xc3\\x00");
    expect_quote(BYTES_LIT("hello"), 5, "hello");
    expect_quote(BYTES_LIT("hello"), 4, "hell…");
}

/* Nothing that writes text loses its place when there is no room. */
Test(text, says_when_there_is_no_room)
{
    struct buf b;
    size_t bad;

    buf_init(&b, 3);
    cr_assert_not(text_hex(BYTES_LIT("ab"), &b));
    buf_clear(&b);
    cr_assert_not(text_base64(BYTES_LIT("ab"), &b));
    cr_assert_not(text_quote(BYTES_LIT("abcd"), 99, &b));
    buf_clear(&b);
    cr_assert_not(text_unhex(BYTES_LIT("01020304"), &b, &bad));
    buf_clear(&b);
    cr_assert_not(text_unbase64(BYTES_LIT("Zm9vYg=="), &b, NULL));
    buf_free(&b);
}

Test(text, matches_globs)
{
    static const struct {
        const char *pattern, *text;
        bool match;
    } rows[] = {
        { "", "", true },         { "", "a", false },           { "*", "", true },
        { "*", "a/b", true },     { "a*", "a", true },          { "a*c", "abcbc", true },
        { "a*c", "abcb", false }, { "?", "a", true },           { "?", "", false },
        { "??", "a", false },     { "*.case", "x.case", true }, { "5.*-1", "5.2-1", true },
        { "a.c", "abc", false },  { "*a*b*", "xaxbx", true },   { "**", "x", true },
        { "a", "ab", false },     { "a?", "a", false },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_assert_eq(text_glob(rows[i].pattern, rows[i].text), rows[i].match, "%s on %s",
                     rows[i].pattern, rows[i].text);
}

Test(text, measures_distance_between_words)
{
    static char longer[100];

    memset(longer, 'a', sizeof longer - 1);
    cr_assert_eq(text_distance("", "", 9), 0);
    cr_assert_eq(text_distance("kitten", "sitting", 9), 3);
    cr_assert_eq(text_distance("expect", "expct", 9), 1);
    cr_assert_eq(text_distance("tset", "test", 9), 1, "neighbours change places in one step");
    cr_assert_eq(text_distance("ab", "ba", 9), 1);
    cr_assert_eq(text_distance("abcd", "badc", 9), 2);
    cr_assert_eq(text_distance("abc", "cba", 9), 2);
    cr_assert_eq(text_distance("", "abc", 9), 3);
    cr_assert_eq(text_distance("abc", "", 9), 3);
    cr_assert_eq(text_distance("abcdef", "uvwxyz", 4), 4, "stops at the cap");
    cr_assert_eq(text_distance(longer, "a", 7), 7);
    cr_assert_eq(text_distance("a", longer, 7), 7);
}

Test(text, a_word_for_a_shell_is_quoted_where_it_must)
{
    static const char *const rows[][2] = { { "plain-1.0/x=y:z,@%+", "plain-1.0/x=y:z,@%+" },
                                           { "", "''" },
                                           { "two words", "'two words'" },
                                           { "it's", "'it'\\''s'" },
                                           { "$HOME", "'$HOME'" },
                                           { "a\nb", "'a\nb'" },
                                           { "{port}", "'{port}'" } };
    struct buf b;

    buf_init(&b, 100);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        buf_clear(&b);
        cr_assert(text_shell_word(bytes_str(rows[i][0]), &b));
        cr_expect(bytes_eq_str(buf_bytes(&b), rows[i][1]), "%.*s", BYTES_ARG(buf_bytes(&b)));
    }
    buf_free(&b);
}
