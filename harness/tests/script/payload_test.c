#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "script/payload.h"

#define WHOLE_MAX 100000

static struct payload text(const char *s)
{
    return (struct payload){ .kind = PAYLOAD_BYTES, .bytes = bytes_str(s), .nodes = 1 };
}

static struct payload places(const char *s)
{
    return (struct payload){ .kind = PAYLOAD_TEMPLATE, .bytes = bytes_str(s), .nodes = 1 };
}

static const struct setup setup = { .origin = "http://o", .limit = 10 };
static const struct payload_env env = {
    .seed = 42, .turn = 7, .path = "/chat", .host = "a", .key = "", .setup = &setup
};

/* Any part is what the whole has there: each way to cut it in three, short ones thoroughly. */
static void check_parts(const struct payload *p, size_t step)
{
    static uint8_t whole[WHOLE_MAX], part[WHOLE_MAX];
    size_t len = (size_t)payload_len(p, &env);

    cr_assert(len <= WHOLE_MAX);
    payload_read(p, &env, 0, whole, len);
    for (size_t from = 0; from <= len; from += step) {
        for (size_t to = from; to <= len; to += step) {
            payload_read(p, &env, from, part, to - from);
            cr_assert(memcmp(part, whole + from, to - from) == 0, "kind %d [%zu, %zu)",
                      (int)p->kind, from, to);
        }
    }
    cr_expect_eq(payload_hash(p, &env), hash_bytes(bytes_of(whole, len)));
}

Test(script_payload, parts_agree_with_the_whole)
{
    struct payload hello = text("Hello"), empty = text(""), star = text("*");
    struct payload place = places("GET ${path} on ${host}:${port} $$ $${path} ${key}.");
    struct payload join = { .kind = PAYLOAD_JOIN, .a = &hello, .b = &place };
    struct payload rows[] = {
        hello,
        empty,
        place,
        join,
        { .kind = PAYLOAD_REPEAT, .a = &star, .count = 100 },
        { .kind = PAYLOAD_REPEAT, .a = &hello, .count = 17 },
        { .kind = PAYLOAD_REPEAT, .a = &join, .count = 3 },
        { .kind = PAYLOAD_REPEAT, .a = &empty, .count = 1000 },
        { .kind = PAYLOAD_REPEAT, .a = &hello, .count = 0 },
        { .kind = PAYLOAD_JOIN, .a = &empty, .b = &hello },
        { .kind = PAYLOAD_RANDOM, .count = 61, .salt = 1 },
        { .kind = PAYLOAD_WORDS, .count = 61 },
        { .kind = PAYLOAD_SAMPLE, .count = 61, .sample = SAMPLE_PROSE },
        { .kind = PAYLOAD_NEXT, .a = &hello, .count = 3 },
        { .kind = PAYLOAD_NEXT, .a = &hello, .count = 61 },
        { .kind = PAYLOAD_NEXT, .a = &join, .count = 33 },
        { .kind = PAYLOAD_NEXT, .a = &empty, .count = 3 },
        { .kind = PAYLOAD_BLOCKS, .bytes = BYTES_LIT("\xf2\x48\xcd\xc9\xc9\x07\x00") },
        { .kind = PAYLOAD_REPEAT, .a = &hello, .limits = 2, .count = 1 },
        { .kind = PAYLOAD_RANDOM, .limits = 3 },
        { .kind = PAYLOAD_WORDS, .limits = 1, .count = 9 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check_parts(&rows[i], 1);
    struct payload big = { .kind = PAYLOAD_REPEAT, .a = &rows[10], .count = 1500 };
    check_parts(&big, 4799);
}

Test(script_payload, places_are_filled_and_unknown_values_leave_them)
{
    struct payload p = places("${path}|${port}|${key}|${other}|$$|$${path}|$");
    struct arena a = { 0 };
    struct bytes filled = payload_fill(&a, p.bytes, &env);

    cr_expect(bytes_eq_str(filled, "/chat|${port}||${other}|$|${path}|$"), "%.*s",
              BYTES_ARG(filled));
    cr_expect_eq(payload_len(&p, &env), filled.len);
    cr_expect(bytes_eq_str(payload_fill(&a, p.bytes, NULL),
                           "${path}|${port}|${key}|${other}|$|${path}|$"));
    arena_free(&a);
}

Test(script_payload, a_size_may_be_the_limit_that_is_set_up)
{
    struct payload star = text("*");
    struct payload twice = { .kind = PAYLOAD_REPEAT, .a = &star, .limits = 2, .count = 1 };
    struct payload join = { .kind = PAYLOAD_JOIN, .a = &star, .b = &twice };
    struct setup endless = { .limit = UINT64_MAX / 2 };
    struct payload_env none = { .seed = 1 }, far = { .setup = &endless };

    cr_expect_eq(payload_len(&twice, &env), 21);
    cr_expect_eq(payload_len(&join, &env), 22);
    cr_expect_eq(payload_len(&twice, &none), 1, "no set-up, no limit");
    cr_expect_eq(payload_len(&twice, NULL), 1);
    cr_expect_eq(payload_len(&twice, &far), UINT64_MAX);
    cr_expect(payload_has_limit(&join));
    cr_expect_not(payload_has_limit(&star));
    cr_expect_not(payload_has_limit(NULL));
}

Test(script_payload, what_is_set_up_fills_places_too)
{
    struct arena a = { 0 };
    struct bytes filled = payload_fill(&a, BYTES_LIT("${origin} ${served} ${limit}"), &env);

    cr_expect(bytes_eq_str(filled, "http://o ${served} ${limit}"), "%.*s", BYTES_ARG(filled));
    arena_free(&a);
}

Test(script_payload, knows_what_has_places)
{
    cr_expect(payload_has_places(BYTES_LIT("a ${key} b")));
    cr_expect(payload_has_places(BYTES_LIT("$$${key}")));
    cr_expect_not(payload_has_places(BYTES_LIT("$${key} ${nothing} ${key $")));
}

Test(script_payload, random_differs_by_seed_and_salt_and_repeats)
{
    struct payload p = { .kind = PAYLOAD_RANDOM, .count = 64 };
    struct payload q = { .kind = PAYLOAD_RANDOM, .count = 64, .salt = 1 };
    struct payload_env other = { .seed = 43 };

    cr_expect_eq(payload_hash(&p, &env), payload_hash(&p, &env));
    cr_expect_neq(payload_hash(&p, &env), payload_hash(&p, &other));
    cr_expect_neq(payload_hash(&p, &env), payload_hash(&q, &env));
}

Test(script_payload, words_are_readable_ascii_whatever_the_seed)
{
    struct payload p = { .kind = PAYLOAD_WORDS, .count = 4096 };
    uint8_t out[4096];

    payload_read(&p, &env, 0, out, sizeof out);
    for (size_t i = 0; i < sizeof out; i++)
        cr_assert(i % 8 == 7 ? out[i] == ' ' : out[i] >= 'a' && out[i] <= 'z');
    cr_expect_eq(payload_hash(&p, &env), payload_hash(&p, NULL));
}

Test(script_payload, a_length_past_64_bits_stays_at_the_top)
{
    struct payload a = { .kind = PAYLOAD_RANDOM, .count = UINT64_MAX };
    struct payload twice = { .kind = PAYLOAD_REPEAT, .a = &a, .count = 2 };
    struct payload join = { .kind = PAYLOAD_JOIN, .a = &a, .b = &a };

    cr_expect_eq(payload_len(&twice, NULL), UINT64_MAX);
    cr_expect_eq(payload_len(&join, NULL), UINT64_MAX);
}

/* The ring is "abcde". */
Test(script_payload, next_goes_round_with_the_turns)
{
    static const struct {
        uint64_t count, turn;
        const char *want;
    } rows[] = {
        { 2, 0, "ab" },
        { 2, 1, "cd" },
        { 2, 2, "ea" },
        { 2, 3, "bc" },
        { 2, 5, "ab" },
        { 5, 9, "abcde" },
        { 7, 0, "abcdeab" },
        { 7, 1, "cdeabcd" },
        { 12, 2, "eabcdeabcdea" },
        { 1, UINT64_MAX, "a" },
        { 3, UINT64_MAX - 1, "cde" },
        { 0, 3, "" },
    };
    struct payload ring = text("abcde");

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct payload p = { .kind = PAYLOAD_NEXT, .a = &ring, .count = rows[i].count };
        struct payload_env at = { .turn = rows[i].turn };
        uint8_t out[16];
        const size_t len = (size_t)payload_len(&p, &at);
        payload_read(&p, &at, 0, out, len);
        cr_expect(bytes_eq_str(bytes_of(out, len), rows[i].want), "row %zu: %.*s", i,
                  BYTES_ARG(bytes_of(out, len)));
    }
}

Test(script_payload, the_turns_of_next_follow_each_other_without_a_gap)
{
    struct payload ring = { .kind = PAYLOAD_SAMPLE, .count = 10000, .sample = SAMPLE_JSON };
    struct payload p = { .kind = PAYLOAD_NEXT, .a = &ring, .count = 777 };
    struct payload endless = { .kind = PAYLOAD_REPEAT, .a = &ring, .count = 10 };
    uint8_t want[777], got[777];

    for (uint64_t turn = 0; turn < 100; turn++) {
        payload_read(&endless, &env, turn * 777, want, 777);
        payload_read(&p, &(struct payload_env){ .turn = turn }, 0, got, 777);
        cr_assert(memcmp(got, want, 777) == 0, "turn %u", (unsigned)turn);
    }
}

Test(script_payload, knows_what_it_is_made_of)
{
    struct payload hello = text("Hello"), words = { .kind = PAYLOAD_WORDS, .count = 1 };
    struct payload next = { .kind = PAYLOAD_NEXT, .a = &words, .count = 1 };
    struct payload join = { .kind = PAYLOAD_JOIN, .a = &hello, .b = &next };

    cr_expect(payload_holds(&join, PAYLOAD_NEXT));
    cr_expect(payload_holds(&join, PAYLOAD_WORDS));
    cr_expect_not(payload_holds(&join, PAYLOAD_RANDOM));
    cr_expect_not(payload_holds(NULL, PAYLOAD_BYTES));
}
