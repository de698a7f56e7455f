#include <criterion/criterion.h>
#include <string.h>
#include <zlib.h>

#include "base/hash.h"
#include "script/sample.h"

#define WHOLE ((size_t)1 << 20)

static uint8_t whole[WHOLE], part[WHOLE];

/* In percent, as zlib packs the first `len` bytes at level 6. */
static unsigned ratio(size_t len)
{
    static uint8_t packed[WHOLE + WHOLE / 100];
    uLongf packed_len = sizeof packed;

    cr_assert_eq(compress2(packed, &packed_len, whole, len, 6), Z_OK);
    return (unsigned)(100 * len / packed_len);
}

Test(script_sample, each_kind_compresses_as_its_kind_does)
{
    static const unsigned wanted[SAMPLE_COUNT][2] = {
        [SAMPLE_JSON] = { 400, 800 },     [SAMPLE_PICTURE] = { 120, 160 },
        [SAMPLE_PROSE] = { 230, 300 },    [SAMPLE_HTML] = { 400, 800 },
        [SAMPLE_DOCUMENT] = { 105, 130 },
    };

    for (int kind = 0; kind < SAMPLE_COUNT; kind++) {
        const char *word = sample_word((enum sample_kind)kind);
        sample_read((enum sample_kind)kind, 0, whole, WHOLE);
        for (size_t len = 64 * 1024; len <= WHOLE; len *= 4) {
            cr_expect_geq(ratio(len), wanted[kind][0], "%s %zu: %u", word, len, ratio(len));
            cr_expect_leq(ratio(len), wanted[kind][1], "%s %zu: %u", word, len, ratio(len));
        }
    }
}

/* What a case has proved once, it proves again with the next version: these never change. */
Test(script_sample, the_bytes_stay_as_they_are)
{
    static const uint64_t wanted[SAMPLE_COUNT] = {
        [SAMPLE_JSON] = UINT64_C(0xa1da2894867a2a51),
        [SAMPLE_PICTURE] = UINT64_C(0x781ad72338c39c35),
        [SAMPLE_PROSE] = UINT64_C(0xdb0ac6f0ba49d025),
        [SAMPLE_HTML] = UINT64_C(0x32f4fd14dd881ed9),
        [SAMPLE_DOCUMENT] = UINT64_C(0xddeec49de6418fb9),
    };

    for (int kind = 0; kind < SAMPLE_COUNT; kind++) {
        sample_read((enum sample_kind)kind, 0, whole, 100000);
        sample_read((enum sample_kind)kind, (UINT64_C(1) << 30) - 1000, whole + 100000, 1000);
        cr_expect_eq(hash_bytes(bytes_of(whole, 101000)), wanted[kind], "%s gave 0x%016llx",
                     sample_word((enum sample_kind)kind),
                     (unsigned long long)hash_bytes(bytes_of(whole, 101000)));
    }
}

Test(script_sample, any_part_is_what_the_whole_has_there)
{
    for (int kind = 0; kind < SAMPLE_COUNT; kind++) {
        sample_read((enum sample_kind)kind, 0, whole, 30000);
        for (size_t from = 0; from < 30000; from += 797) {
            for (size_t to = from; to < 30000; to += 1999) {
                sample_read((enum sample_kind)kind, from, part, to - from);
                cr_assert(memcmp(part, whole + from, to - from) == 0, "%s [%zu, %zu)",
                          sample_word((enum sample_kind)kind), from, to);
            }
        }
    }
}

Test(script_sample, text_is_ascii_in_lines)
{
    static const enum sample_kind kinds[] = { SAMPLE_JSON, SAMPLE_PROSE, SAMPLE_HTML };

    for (size_t i = 0; i < 3; i++) {
        size_t line = 0, longest = 0;
        sample_read(kinds[i], 0, whole, WHOLE);
        for (size_t k = 0; k < WHOLE; k++) {
            cr_assert(whole[k] == '\n' || (whole[k] >= ' ' && whole[k] < 0x7F), "%s at %zu",
                      sample_word(kinds[i]), k);
            line = whole[k] == '\n' ? 0 : line + 1;
            longest = line > longest ? line : longest;
        }
        cr_expect_leq(longest, kinds[i] == SAMPLE_PROSE ? 100 : 512);
    }
}

Test(script_sample, each_line_of_json_is_a_record)
{
    size_t records = 0;

    sample_read(SAMPLE_JSON, 0, whole, WHOLE);
    struct bytes rest = bytes_of(whole, WHOLE);
    while (rest.len > 0) {
        const struct bytes line = bytes_take(rest, bytes_index(rest, 0, '\n'));
        rest = bytes_skip(rest, line.len + 1);
        if (bytes_trim(line).len == 0)
            continue; /* the end of a block */
        cr_assert(bytes_starts(line, BYTES_LIT("{\"id\": ")), "%.*s", BYTES_ARG(line));
        cr_assert(bytes_eq_str(bytes_skip(line, line.len - 3), "\"]}"), "%.*s", BYTES_ARG(line));
        records++;
    }
    cr_expect_gt(records, 1000);
}
