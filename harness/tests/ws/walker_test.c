#include "support/guard.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "support/cut.h"
#include "tests/ws/bit_text.h"
#include "ws/walker.h"

/* One message with its end; `at` is where it breaks. */
struct row {
    const char *what, *message; /* as bit_text.h has it */
    enum ws_walker_breach broken;
    uint64_t at;
    unsigned window_bits; /* 0: 15 */
};

/* Fixed codes: the end is 0000000, a length of 3 is 0000001, one of 258 is 11000101; the byte "a"
 * is 10010001; a distance of 1 is 00000, of 2 is 00001. */
#define FIXED "1:0 2:1 "
#define END "0000000 "
#define A "10010001 "

/* A byte of nine bits, to shift what follows. */
#define NINE "110010000 "

/* A dynamic block that announces 257 and 1 codes, 258 and 1, 257 and 3; then 18 lengths of codes
 * for lengths. */
#define DYNAMIC "1:0 2:2 5:0 5:0 4:14 "
#define DYNAMIC_258 "1:0 2:2 5:1 5:0 4:14 "
#define DYNAMIC_3 "1:0 2:2 5:0 5:2 4:14 "
/* 18 is 0, a length of 0 is 10, of 1 is 11. */
#define LENGTHS "3:0*2 3:1 3:2 3:0*13 3:2 "
/* 18 is 0, a length of 1 is 10, of 2 is 11. */
#define LENGTHS_2 "3:0*2 3:1 3:0*12 3:2 3:0 3:2 "
#define ZEROS_256 "0 7:127 0 7:107 " /* 138 and 118 */

/* A dynamic block with only four lengths: those of 16, 17, 18 and 0. */
#define SHORT "1:0 2:2 5:0 5:0 4:0 "

/* The end of a message; the receiver appends 00 00 ff ff. */
#define LAST "1:0 2:0 |"

static const struct row rows[] = {
    { "the examples of RFC 7692 7.2.3: a fixed block", "xf248cdc9c90700", 0, 0, 0 },
    { "a stored block", "x000500faff48656c6c6f00", 0, 0, 0 },
    { "a final block", "xf348cdc9c9070000", 0, 0, 0 },
    { "two blocks", "xf248050000 x00ffffcac9c90700", 0, 0, 0 },
    { "an empty message, or what is left of a fragment", "x00", 0, 0, 0 },
    { "an empty fixed block", "x0200", 0, 0, 0 },
    { "an empty final fixed block", "x030000", 0, 0, 0 },
    { "an empty stored block that is final", "1:1 2:0 |", 0, 0, 0 },
    { "a final stored block, and more", "1:1 2:0 | x0100feff61 " FIXED A END LAST, 0, 0, 0 },
    { "anything goes before a stored length", FIXED END "1:0 2:0 111 | x0000ffff " LAST, 0, 0, 0 },
    { "a dynamic block of only its end", DYNAMIC LENGTHS ZEROS_256 "11 10 0 " LAST, 0, 0, 0 },
    { "258 written as 227 and 31", FIXED A "11000100 5:31 00000 " END LAST, 0, 0, 0 },
    /* 18 is 0, 1 is 10, 16 is 11. The end is 0, a length of 3 is 1. */
    { "code lengths repeated from literals into distances",
      "1:0 2:2 5:1 5:1 4:14 3:2 3:0 3:1 3:0*14 3:2 " ZEROS_256 "10 11 2:0 0 " LAST, 0, 0, 0 },

    { "a reserved type", "1:0 2:3 |", WS_WALKER_TYPE_RESERVED, 0, 0 },
    { "a reserved type behind a block", FIXED A A END "1:0 2:3", WS_WALKER_TYPE_RESERVED, 3, 0 },
    { "a final reserved type", "1:1 2:3 | x0000", WS_WALKER_TYPE_RESERVED, 0, 0 },
    { "a length without its complement", "1:0 2:0 | x0100ffff61", WS_WALKER_STORED_LEN, 4, 0 },
    { "a length twice", "1:0 2:0 | x0100010061", WS_WALKER_STORED_LEN, 4, 0 },
    { "287 literal codes", "1:0 2:2 5:30 5:0 4:0", WS_WALKER_LITERALS_TOO_MANY, 2, 0 },
    { "288 literal codes", "1:0 2:2 5:31 5:0 4:0", WS_WALKER_LITERALS_TOO_MANY, 2, 0 },
    { "31 distance codes", "1:0 2:2 5:29 5:30 4:0", WS_WALKER_DISTANCES_TOO_MANY, 2, 0 },
    { "32 distance codes", "1:0 2:2 5:29 5:31 4:0", WS_WALKER_DISTANCES_TOO_MANY, 2, 0 },
    { "three lengths of one bit", SHORT "3:1*3 3:0", WS_WALKER_LENGTHS_OVERSUBSCRIBED, 3, 0 },
    { "a length of seven bits", SHORT "3:7 3:0*3", WS_WALKER_LENGTHS_INCOMPLETE, 3, 0 },
    { "a single length of one bit", SHORT "3:1 3:0*3", WS_WALKER_LENGTHS_INCOMPLETE, 3, 0 },
    { "no length at all", SHORT "3:0*4", WS_WALKER_LENGTHS_INCOMPLETE, 3, 0 },
    { "no length at all, of 19", "1:0 2:2 5:0 5:0 4:15 3:0*19", WS_WALKER_LENGTHS_INCOMPLETE, 9,
      0 },
    /* 0 is 0, 16 is 1 */
    { "a repeat at the start", SHORT "3:1 3:0*2 3:1 1 2:0", WS_WALKER_REPEAT_OF_NOTHING, 3, 0 },
    /* 0 is 0, 18 is 1: 138 and 121 are one more than 258 */
    { "one zero too many", SHORT "3:0*2 3:1*2 1 7:127 1 7:110", WS_WALKER_REPEAT_TOO_LONG, 5, 0 },
    { "138 zeros too many", SHORT "3:0*2 3:1*2 1 7:127 1 7:109 1 7:127", WS_WALKER_END_MISSING, 5,
      0 },
    { "no end of the block", SHORT "3:0*2 3:1*2 1 7:127 1 7:109", WS_WALKER_END_MISSING, 5, 0 },
    { "no end, but a literal", DYNAMIC LENGTHS "11 0 7:127 0 7:106 10 10", WS_WALKER_END_MISSING,
      11, 0 },
    { "four literal codes of one bit", DYNAMIC LENGTHS "11 11 11 0 7:127 0 7:104 11 10",
      WS_WALKER_LITERALS_OVERSUBSCRIBED, 12, 0 },
    { "a literal code of two bits alone", DYNAMIC LENGTHS_2 ZEROS_256 "11 10",
      WS_WALKER_LITERALS_INCOMPLETE, 11, 0 },
    { "three distance codes of one bit", DYNAMIC_3 LENGTHS ZEROS_256 "11 11 11 11",
      WS_WALKER_DISTANCES_OVERSUBSCRIBED, 11, 0 },
    { "a distance code of two bits alone", DYNAMIC LENGTHS_2 ZEROS_256 "10 11",
      WS_WALKER_DISTANCES_INCOMPLETE, 11, 0 },
    /* The end is 0, nothing is 1. */
    { "no such literal", DYNAMIC LENGTHS ZEROS_256 "11 10 1", WS_WALKER_CODE_UNKNOWN, 11, 0 },
    /* The end is 0, a length of 3 is 1. */
    { "no distance at all", DYNAMIC_258 LENGTHS ZEROS_256 "11 11 10 1 0", WS_WALKER_CODE_UNKNOWN,
      11, 0 },
    { "no such distance", DYNAMIC_258 LENGTHS ZEROS_256 "11 11 11 1 1", WS_WALKER_CODE_UNKNOWN, 11,
      0 },
    { "length symbol 286", FIXED A "11000110", WS_WALKER_LENGTH_RESERVED, 2, 0 },
    { "length symbol 287", FIXED "11000111", WS_WALKER_LENGTH_RESERVED, 1, 0 },
    { "distance symbol 30", FIXED A "0000001 11110", WS_WALKER_DISTANCE_RESERVED, 2, 0 },
    { "distance symbol 31", FIXED A "0000001 11111", WS_WALKER_DISTANCE_RESERVED, 2, 0 },
    /* Without their last bit, which is in the next byte, both read like the symbol before. */
    { "length symbol 287 in two bytes", FIXED NINE NINE NINE NINE NINE NINE "11000111",
      WS_WALKER_LENGTH_RESERVED, 8, 0 },
    { "distance symbol 31 in two bytes", FIXED NINE NINE "0000001 11111",
      WS_WALKER_DISTANCE_RESERVED, 4, 0 },
    { "one byte back where there is none", FIXED "0000001 00000", WS_WALKER_BEFORE_START, 1, 0 },
    { "two bytes back where there is one", FIXED A "0000001 00001", WS_WALKER_BEFORE_START, 2, 0 },
    { "far before the start and the window", FIXED A "0000001 11101 13:8191",
      WS_WALKER_BEFORE_START, 4, 8 },
    /* 259 bytes are there, and 256 may be reached. */
    { "one more than the window", FIXED A "11000101 00000 0000001 10000 7:0 " END LAST,
      WS_WALKER_BEYOND_WINDOW, 5, 8 },
    { "as far as the window", FIXED A "11000101 00000 0000001 01111 6:63 " END LAST, 0, 0, 8 },
    { "one more than a window, in a larger one",
      FIXED A "11000101 00000 0000001 10000 7:0 " END LAST, 0, 0, 9 },
    { "the first bit behind a final block", "1:1 2:1 " END "1", WS_WALKER_PADDING, 1, 0 },
    { "the last bit behind a final block", "1:1 2:1 " END "000001", WS_WALKER_PADDING, 1, 0 },
    { "one bit is padded, and it is wrong", "1:1 2:1 " A "110010000 " END "00001",
      WS_WALKER_PADDING, 3, 0 },

    { "no data", "", WS_WALKER_NO_DATA, 0, 0 },
    { "an end that is missing", FIXED A "|", WS_WALKER_CUT_OFF, 2, 0 },
    { "an end that the appended bytes would make", "1:0 2:0 | x0400fbff", WS_WALKER_CUT_OFF, 5, 0 },
    { "half of a symbol", FIXED "11000", WS_WALKER_CUT_OFF, 1, 0 },
    { "a length without its distance", FIXED A "0000001 |", WS_WALKER_CUT_OFF, 3, 0 },
    { "a stored length", "1:0 2:0 | x00", WS_WALKER_CUT_OFF, 2, 0 },
    { "half of a stored block", "1:0 2:0 | x0500faff6162", WS_WALKER_CUT_OFF, 7, 0 },
    { "a dynamic block's head", DYNAMIC, WS_WALKER_CUT_OFF, 3, 0 },
    { "a dynamic block's lengths", DYNAMIC LENGTHS "0 7:127", WS_WALKER_CUT_OFF, 10, 0 },
    { "a tail cut after one byte", "1:0 2:0 | x0000", WS_WALKER_CUT_OFF, 3, 0 },
    { "a tail cut after three bytes", "1:0 2:0 | x0000ff", WS_WALKER_CUT_OFF, 4, 0 },
    { "a final block is no end", "x0300", WS_WALKER_NO_LAST_BLOCK, 2, 0 },
    { "a stored block is no end", "1:0 2:0 | x0100feff61", WS_WALKER_NO_LAST_BLOCK, 6, 0 },
    { "two bits of a head", FIXED NINE NINE NINE NINE END "00", WS_WALKER_NO_LAST_BLOCK, 6, 0 },
    { "an empty block in front of another", "x000000ffff 1:1 2:1 " END "|", WS_WALKER_NO_LAST_BLOCK,
      7, 0 },
    { "a tail that was kept", FIXED A END LAST " x0000ffff", WS_WALKER_TAIL_KEPT, 7, 0 },
    { "only a tail", "x000000ffff", WS_WALKER_TAIL_KEPT, 5, 0 },
};

/* Feeds a message in pieces and ends it. */
static void walk(struct ws_walker *w, struct bytes message, struct cut cut)
{
    for (size_t at = 0, n; (n = cut_next(&cut, at)) > 0; at += n) {
        struct guard g = guard_copy(bytes_of(message.ptr + at, n));
        ws_walker_feed(w, guard_bytes(&g));
        guard_free(&g);
    }
    ws_walker_end(w);
}

static void walk_whole(struct ws_walker *w, const char *text)
{
    struct buf message = bit_text(text);

    walk(w, buf_bytes(&message), (struct cut){ .len = message.len });
    buf_free(&message);
}

/* Nothing is refused before the byte that is blamed, and nothing goes through with it. */
static bool refused_at_once(const struct row *row, struct bytes message)
{
    struct ws_walker w;

    ws_walker_init(&w, row->window_bits ? row->window_bits : 15, true);
    if (!ws_walker_feed(&w, bytes_take(message, row->at)))
        return false;
    return row->at == message.len || !ws_walker_feed(&w, bytes_of(message.ptr + row->at, 1));
}

static bool holds(const struct row *row, struct bytes message, struct cut cut)
{
    struct ws_walker w;

    ws_walker_init(&w, row->window_bits ? row->window_bits : 15, true);
    walk(&w, message, cut);
    if (w.broken == row->broken && w.broken_at == row->at)
        return true;
    fprintf(stderr, "%s, cut %zu: %s at %llu\n", row->what, cut.way,
            ws_walker_breach_name(w.broken), (unsigned long long)w.broken_at);
    return false;
}

Test(ws_walker, tells_each_breach_and_its_place_however_it_is_cut)
{
    unsigned wrong = 0;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf message = bit_text(rows[i].message);
        FOR_EACH_CUT(message.len, cut)
        wrong += !holds(&rows[i], buf_bytes(&message), cut);
        if (rows[i].broken && !refused_at_once(&rows[i], buf_bytes(&message))) {
            fprintf(stderr, "%s: not at once\n", rows[i].what);
            wrong++;
        }
        buf_free(&message);
    }
    cr_assert_eq(wrong, 0, "%u are wrong", wrong);
}

Test(ws_walker, has_a_row_for_each_breach_and_a_sentence)
{
    bool seen[64] = { false };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        seen[rows[i].broken] = true;
#define X(name, sentence)                                                                          \
    cr_assert(seen[WS_WALKER_##name], #name);                                                      \
    cr_assert_str_eq(ws_walker_breach_name(WS_WALKER_##name), #name);                              \
    cr_assert_str_eq(ws_walker_breach_sentence(WS_WALKER_##name), sentence);
    WS_WALKER_BREACHES(X)
#undef X
}

Test(ws_walker, knows_what_a_message_was_made_of)
{
    struct ws_walker w;

    ws_walker_init(&w, 15, true);
    walk_whole(&w, "1:0 2:0 | x0500faff48656c6c6f 1:1 2:1 " A "0000001 00001 " END
                   "| " DYNAMIC LENGTHS ZEROS_256 "11 10 0 " LAST);
    cr_assert_eq(w.broken, WS_WALKER_NONE);
    cr_assert_eq(w.facts.compressed_len, 26);
    cr_assert_eq(w.facts.len, 5 + 1 + 3);
    cr_assert_eq(w.facts.stored, 2);
    cr_assert_eq(w.facts.fixed, 1);
    cr_assert_eq(w.facts.dynamic, 1);
    cr_assert_eq(w.facts.distance_max, 2);
    cr_assert(w.facts.final);

    walk_whole(&w, "x00");
    cr_assert_eq(w.facts.compressed_len, 1);
    cr_assert_eq(w.facts.len, 0);
    cr_assert_eq(w.facts.stored, 1);
    cr_assert_eq(w.facts.fixed + w.facts.dynamic + w.facts.distance_max + w.facts.final, 0);
}

/* RFC 7692 7.2.3.2: the second Hello is the first one again. */
Test(ws_walker, reaches_into_the_message_before_only_with_takeover)
{
    struct ws_walker w;

    ws_walker_init(&w, 8, true);
    walk_whole(&w, "xf248cdc9c90700");
    walk_whole(&w, "xf200110000");
    cr_assert_eq(w.broken, WS_WALKER_NONE);
    cr_assert_eq(w.facts.len, 5);
    cr_assert_eq(w.facts.distance_max, 5);

    ws_walker_init(&w, 8, false);
    walk_whole(&w, "xf248cdc9c90700");
    walk_whole(&w, "xf200110000");
    cr_assert_eq(w.broken, WS_WALKER_BEFORE_START);
    cr_assert_eq(w.broken_at, 2);
}

Test(ws_walker, keeps_the_window_behind_a_final_block_and_an_empty_message)
{
    struct ws_walker w;

    ws_walker_init(&w, 8, true);
    walk_whole(&w, "xf348cdc9c9070000");
    walk_whole(&w, "x00");
    walk_whole(&w, "xf200110000");
    cr_assert_eq(w.broken, WS_WALKER_NONE);
    walk_whole(&w, "x030000");
    walk_whole(&w, "xf200110000");
    cr_assert_eq(w.broken, WS_WALKER_NONE);
}

Test(ws_walker, stays_broken_until_the_message_ends)
{
    struct ws_walker w;

    ws_walker_init(&w, 15, true);
    cr_assert_not(ws_walker_feed(&w, BYTES_LIT("\x06")));
    cr_assert_not(ws_walker_feed(&w, BYTES_LIT("\x00")));
    cr_assert_not(ws_walker_feed(&w, BYTES_LIT("")));
    cr_assert_not(ws_walker_end(&w));
    cr_assert_eq(w.broken, WS_WALKER_TYPE_RESERVED);
    cr_assert_eq(w.broken_at, 0);
    cr_assert_eq(w.facts.compressed_len, 1);
    cr_assert(ws_walker_feed(&w, BYTES_LIT("\x00")));
    cr_assert(ws_walker_end(&w));
    cr_assert_eq(w.broken, WS_WALKER_NONE);
}

/* What a broken message left in the window nobody knows: the next one is not blamed for it. */
Test(ws_walker, does_not_blame_a_message_for_the_one_before)
{
    struct ws_walker w;

    ws_walker_init(&w, 8, true);
    walk_whole(&w, "1:0 2:3");
    walk_whole(&w, FIXED "0000001 01111 6:63 " END LAST);
    cr_assert_eq(w.broken, WS_WALKER_NONE);
    walk_whole(&w, FIXED "0000001 10000 7:0 " END LAST);
    cr_assert_eq(w.broken, WS_WALKER_BEYOND_WINDOW);

    ws_walker_init(&w, 8, false);
    walk_whole(&w, "1:0 2:3");
    walk_whole(&w, FIXED "0000001 00000 " END LAST);
    cr_assert_eq(w.broken, WS_WALKER_BEFORE_START);
}
