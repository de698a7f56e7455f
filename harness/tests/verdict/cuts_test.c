#include "verdict/cuts.h"

#include <criterion/criterion.h>

#include "tests/support/talk.h"

#define BASE 0
#define OTHER 1

/* Two runs of a case: what each was judged and what came in it. */
struct row {
    enum verdict_kind base, other;
    const char *base_talk, *other_talk;
    enum verdict_kind result;
    const char *says; /* NULL: alike */
};

static struct cuts_run run_of(uint64_t size, enum verdict_kind kind, const char *talk,
                              struct verdict *v, struct transcript *t)
{
    *v = (struct verdict){ .result = kind,
                           .behaviour = kind,
                           .reason = kind == VERDICT_FAIL ? "bad" : NULL };
    talk_read(t, talk);
    return (struct cuts_run){ size, v, t };
}

Test(verdict_cuts, only_a_fail_or_another_code_makes_a_difference)
{
    static const struct row rows[] = {
        { VERDICT_PASS, VERDICT_PASS, "in close 1000", "in close 1000", VERDICT_PASS, NULL },
        { VERDICT_PASS, VERDICT_WARN, "in close 1000", "in end reset", VERDICT_PASS, NULL },
        { VERDICT_PASS, VERDICT_INFO, "in end fin", "in close 1000", VERDICT_PASS, NULL },
        { VERDICT_PASS, VERDICT_SKIP, "in close 1000", "in close 1001", VERDICT_PASS, NULL },
        { VERDICT_ERROR, VERDICT_FAIL, "", "", VERDICT_ERROR, NULL },
        { VERDICT_PASS, VERDICT_FAIL, "in close 1007", "in close 1000", VERDICT_FAIL,
          "the verdict changes with the cut: pass when sent whole, but sent in writes of 3 bytes: "
          "bad" },
        { VERDICT_FAIL, VERDICT_PASS, "in close 1000", "in close 1007", VERDICT_FAIL,
          "the verdict changes with the cut: pass when sent in writes of 3 bytes, but sent whole: "
          "bad" },
        { VERDICT_PASS, VERDICT_PASS, "in close 1002", "in close 1007", VERDICT_WARN,
          "the close code changes with the cut: 1002 when sent whole, 1007 when sent in writes of "
          "3 bytes" },
        { VERDICT_PASS, VERDICT_PASS, "in close 1000;in close #1 1000", "in close 1000;in close #1",
          VERDICT_WARN,
          "the close code changes with the cut: 1000 when sent whole, 0 when sent in writes of 3 "
          "bytes" },
        { VERDICT_PASS, VERDICT_PASS, "in close 1000;in close #1 1000", "in close 1000",
          VERDICT_PASS, NULL },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        struct transcript t[2] = { 0 };
        struct verdict v[2], both;
        struct arena arena = { 0 };
        struct cuts_run base = run_of(0, row->base, row->base_talk, &v[BASE], &t[BASE]);
        struct cuts_run other = run_of(3, row->other, row->other_talk, &v[OTHER], &t[OTHER]);
        struct cuts_finding found = cuts_compare(&base, &other);

        both = v[BASE];
        cr_assert(cuts_blame(&base, &other, &found, &arena, &both));
        cr_expect_eq(found.difference == CUTS_ALIKE, row->says == NULL, "row %zu", i);
        cr_expect_eq(both.result, row->result, "row %zu", i);
        if (row->says)
            cr_expect_str_eq(both.reason, row->says, "row %zu", i);
        arena_free(&arena);
        transcript_free(&t[BASE]);
        transcript_free(&t[OTHER]);
    }
}
