#include "verdict/rounds.h"

#include "tests/support/heap.h"
#include "tests/support/one_case.h"

#define EACH "each n in 10..59 {\nsend text \"${n}\"\nexpect echo\n}"

/* A word for each round: p pass, i info, w warn, f fail; a blank is a round that is not noted. */
static void note(struct rounds_tally *tally, const char *kinds)
{
    static const char letters[] = "piwf";

    for (uint32_t i = 0; kinds[i]; i++)
        if (kinds[i] != ' ')
            rounds_note(tally, i + 1, (enum verdict_kind)(strchr(letters, kinds[i]) - letters));
}

Test(verdict_rounds, neighbours_with_one_result_are_one_range)
{
    static const struct {
        const char *kinds, *says;
    } rows[] = {
        { "", "" },
        { "p", "10 pass" },
        { "pp", "10-11 pass" },
        { "pf", "10 pass, 11 fail" },
        { "ppfffwip", "10-11 pass, 12-14 fail, 15 warn, 16 info, 17 pass" },
        { "pp pp", "10-11 pass, 13-14 pass" },
        { "pppppppppppppppppppppppppppppppppppppppppppppppppp", "10-59 pass" },
    };
    struct one_case one;
    struct arena a = { 0 };

    one_case_init(&one, EACH);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rounds_tally tally = { 0 };
        note(&tally, rows[i].kinds);
        const char *text = rounds_text(&tally, one.c, &a);
        cr_expect_str_eq(text, rows[i].says, "%s: %s", rows[i].kinds, text);
    }
    arena_free(&a);
    one_case_free(&one);
}

/* Rounds that come again or out of order make ranges of their own. */
Test(verdict_rounds, only_the_next_round_makes_a_range_longer)
{
    static const uint32_t order[] = { 3, 3, 4, 2, 3 };
    struct rounds_tally tally = { 0 };
    struct one_case one;
    struct arena a = { 0 };

    one_case_init(&one, EACH);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        rounds_note(&tally, order[i], VERDICT_PASS);
    cr_expect_str_eq(rounds_text(&tally, one.c, &a), "12 pass, 12-13 pass, 11-12 pass");
    arena_free(&a);
    one_case_free(&one);
}

Test(verdict_rounds, ranges_beyond_the_limit_are_counted)
{
    struct one_case one;

    one_case_init(&one, EACH);
    for (uint32_t n = ROUNDS_RANGES_MAX - 1; n <= ROUNDS_RANGES_MAX + 3; n++) {
        struct rounds_tally tally = { 0 };
        struct arena a = { 0 };
        char more[64] = "";
        for (uint32_t round = 1; round <= n; round++)
            rounds_note(&tally, round, round % 2 ? VERDICT_PASS : VERDICT_FAIL);
        const char *text = rounds_text(&tally, one.c, &a);
        if (n > ROUNDS_RANGES_MAX)
            snprintf(more, sizeof more, " and %u more ranges", n - ROUNDS_RANGES_MAX);
        cr_expect_eq(tally.count, n);
        cr_expect_eq(bytes_starts(bytes_str(text), BYTES_LIT("10 pass, 11 fail, ")), true);
        cr_expect_eq(strstr(text, " and ") != NULL, n > ROUNDS_RANGES_MAX, "%s", text);
        cr_expect(strstr(text, more) != NULL, "%s", text);
        arena_free(&a);
    }
    one_case_free(&one);
}

Test(verdict_rounds, a_case_without_a_sweep_has_no_text)
{
    struct rounds_tally tally = { 0 };
    struct one_case one;
    struct arena a = { 0 };

    one_case_init(&one, "send text \"a\"\nexpect echo");
    rounds_note(&tally, 1, VERDICT_PASS);
    cr_expect_str_empty(rounds_text(&tally, one.c, &a));
    arena_free(&a);
    one_case_free(&one);
}

static void steps_are(const struct script_case *c, uint32_t round, const char *want)
{
    const struct step *steps;
    struct arena a = { 0 };
    struct buf out;
    size_t n;
    bool no_memory;

    buf_init(&out, 1 << 16);
    cr_assert(rounds_steps(c, round, NULL, &a, &steps, &n, &no_memory), "round %u", round);
    case_log_steps(steps, 0, n, 0, &out);
    cr_expect(bytes_eq_str(buf_bytes(&out), want), "round %u: %.*s", round,
              BYTES_ARG(buf_bytes(&out)));
    buf_free(&out);
    arena_free(&a);
}

Test(verdict_rounds, each_round_has_its_value_in_its_steps)
{
    struct one_case one;

    one_case_init(&one, EACH);
    steps_are(one.c, 1, "[connect]\n[expect open]\nsend text \"10\"\nexpect echo\n");
    steps_are(one.c, 50, "[connect]\n[expect open]\nsend text \"59\"\nexpect echo\n");
    one_case_free(&one);
    one_case_init(&one, "send text \"a\"\nexpect echo");
    steps_are(one.c, 0, "[connect]\n[expect open]\nsend text \"a\"\nexpect echo\n");
    one_case_free(&one);
}

Test(verdict_rounds, there_are_as_many_rounds_as_values)
{
    static const uint32_t none[] = { 51, 52, UINT32_MAX };
    const struct step *steps;
    struct one_case one;
    struct arena a = { 0 };
    size_t n;
    bool no_memory;

    one_case_init(&one, EACH);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        cr_expect(!rounds_steps(one.c, none[i], NULL, &a, &steps, &n, &no_memory) && !no_memory);
    one_case_free(&one);
    one_case_init(&one, "send text \"a\"\nexpect echo");
    cr_expect(!rounds_steps(one.c, 1, NULL, &a, &steps, &n, &no_memory) && !no_memory);
    one_case_free(&one);
    arena_free(&a);
}

static bool parse_a_round(void *ctx)
{
    const struct script_case *c = ctx;
    const struct step *steps;
    struct arena a = { 0 };
    size_t n;
    bool no_memory;
    const bool ok = rounds_steps(c, 2, NULL, &a, &steps, &n, &no_memory);

    cr_assert_neq(ok, no_memory);
    arena_free(&a);
    return ok;
}

Test(verdict_rounds, gives_in_without_memory)
{
    struct one_case one;

    one_case_init(&one, EACH);
    cr_assert_gt(heap_fail_each(parse_a_round, (void *)(uintptr_t)one.c), 0);
    one_case_free(&one);
}

/* Much that was well does not hide what was not. */
Test(verdict_rounds, fails_are_told_beyond_the_limit)
{
    struct rounds_tally tally = { 0 };
    struct one_case one;
    struct arena a = { 0 };

    one_case_init(&one, EACH);
    for (uint32_t round = 1; round <= 40; round++)
        rounds_note(&tally, round, round % 2 ? VERDICT_PASS : VERDICT_INFO);
    rounds_note(&tally, 41, VERDICT_FAIL);
    rounds_note(&tally, 42, VERDICT_FAIL);
    rounds_note(&tally, 43, VERDICT_PASS);
    const char *text = rounds_text(&tally, one.c, &a);
    cr_expect(strstr(text, ", 50-51 fail and 18 more ranges"), "%s", text);
    cr_expect(strstr(text, "10 pass, 11 info, "), "%s", text);
    cr_expect_eq(rounds_left(&tally, one.c), 7);
    arena_free(&a);
    one_case_free(&one);
}

Test(verdict_rounds, a_row_of_several_values_is_told_whole)
{
    struct rounds_tally tally = { 0 };
    struct one_case one;
    struct arena a = { 0 };

    one_case_init(&one, "each a in x y, b in 1 2 {\nsend text \"${a}${b}\"\nexpect echo\n}");
    note(&tally, "ppfp");
    cr_expect_str_eq(rounds_text(&tally, one.c, &a), "x 1 to x 2 pass, y 1 fail, y 2 pass");
    cr_expect_str_eq(rounds_row(one.c, 4, &a), "y 2");
    cr_expect_eq(rounds_left(&tally, one.c), 0);
    arena_free(&a);
    one_case_free(&one);
}
