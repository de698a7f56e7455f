#include "verdict/baseline_update.h"

#include <criterion/criterion.h>
#include <string.h>

/* What one case gave, or that it was not run. */
struct given {
    const char *id;
    enum verdict_kind result;
    enum severity severity;
    bool not_gating;
};

struct stage {
    struct arena a;
    struct suite suite;
    struct verdict verdicts[8];
    struct baseline_now now[8];
    struct baseline_run run;
    struct buf out;
};

static void set(struct stage *s, const struct given *given, size_t n)
{
    static const uint8_t file[] = "case a \"A\" { note \"n\" }\n"
                                  "case b \"B\" { note \"n\" }\n"
                                  "case c1 \"C\" { note \"n\" }\n"
                                  "case c2 \"D\" { note \"n\" }\n"
                                  "case d \"E\" { note \"n\"\n role client }\n";
    static const struct embedded files[] = { { "g.case", file, sizeof file - 1 }, { 0 } };
    struct suite_fault fault;

    memset(s, 0, sizeof *s);
    cr_assert(suite_load(&s->suite, files, &fault));
    for (size_t i = 0; i < n; i++) {
        s->verdicts[i] =
            (struct verdict){ .result = given[i].result, .severity = given[i].severity };
        s->now[i] =
            (struct baseline_now){ given[i].id, &s->verdicts[i], SEVERITY_MINOR,
                                   given[i].result == VERDICT_FAIL && !given[i].not_gating };
    }
    s->run = (struct baseline_run){ .suite = &s->suite,
                                    .role = ROLE_SERVER,
                                    .cases = s->now,
                                    .count = n,
                                    .tally = { "", 4, 1, false },
                                    .target = "ws://host/" };
    buf_init(&s->out, 1 << 16);
}

static void strike(struct stage *s)
{
    buf_free(&s->out);
    suite_free(&s->suite);
    arena_free(&s->a);
}

static struct baseline parsed(struct stage *s, struct bytes text)
{
    struct baseline b;
    struct err err = { 0 };

    cr_assert(baseline_parse(&s->a, "base", text, &b, &err), "%u:%u %s", err.line, err.col,
              err.text);
    return b;
}

/* `old`, made new by what the cases gave, is `want`; and under that the run is as expected. */
static void becomes(struct stage *s, const char *old, const char *want)
{
    struct baseline b = parsed(s, bytes_str(old));

    cr_assert(baseline_update(&b, &s->run, &s->a, &s->out));
    cr_expect(bytes_eq_str(buf_bytes(&s->out), want), "became\n%.*s\nnot\n%s",
              BYTES_ARG(buf_bytes(&s->out)), want);
    b = parsed(s, arena_copy(&s->a, buf_bytes(&s->out)));
    for (size_t i = 0; i < s->run.count; i++) {
        const struct baseline_now *now = &s->run.cases[i];
        enum known_as as = baseline_judge(&b, now->id, now->verdict, now->usual).as;
        cr_expect(as != KNOWN_STALE && as != KNOWN_WORSE, "%s: %s", now->id, known_name(as));
        cr_expect(as != KNOWN_NOT || !now->gates, "%s is missing", now->id);
    }
    cr_expect_null(baseline_drift(&b, &s->run.tally, &s->a));
}

#define UPDATE(given, old, want)                                                                   \
    do {                                                                                           \
        struct stage s;                                                                            \
        set(&s, given, sizeof(given) / sizeof *(given));                                           \
        becomes(&s, old, want);                                                                    \
        strike(&s);                                                                                \
    } while (0)

static const struct given usual[] = {
    { "g/a", VERDICT_FAIL, SEVERITY_MINOR, false },
    { "g/b", VERDICT_PASS, SEVERITY_MINOR, false },
    { "g/c1", VERDICT_FAIL, SEVERITY_PEDANTIC, true },
    { "g/c2", VERDICT_WARN, SEVERITY_MINOR, false },
};

Test(verdict_baseline_update, a_new_file_says_what_gates_and_how_many_there_were)
{
    UPDATE(usual, "",
           "# What is known of ws://host/: case or glob, verdict, reason, link.\n"
           "cases 4 skipped 1\n"
           "g/a  fail  TODO: why\n");
}

Test(verdict_baseline_update, what_is_right_stays_as_it_is_written)
{
    UPDATE(usual,
           "# first\ncases 4   skipped 1\n\n# about a\n  g/a \tfail   x  http://x/ \n# last\n",
           "# first\ncases 4   skipped 1\n\n# about a\n  g/a \tfail   x  http://x/ \n# last\n");
}

Test(verdict_baseline_update, a_verdict_is_put_right_and_the_rest_of_its_line_stays)
{
    UPDATE(usual, "cases 4 skipped 1\n g/c2  fail   x  http://x/\ng/a\twarn y\n",
           "cases 4 skipped 1\n g/c2  warn   x  http://x/\ng/a\tfail y\n");
}

Test(verdict_baseline_update, a_line_goes_when_its_case_passes_or_is_no_more)
{
    UPDATE(usual, "g/b fail x\ng/gone fail x\ng/nothing* flaky x\ng/a fail y\ng/d fail client's\n",
           "g/a fail y\ncases 4 skipped 1\n");
}

Test(verdict_baseline_update, flaky_lines_stay)
{
    UPDATE(usual, "g/b flaky x\ng/a flaky y\n", "g/b flaky x\ng/a flaky y\ncases 4 skipped 1\n");
}

Test(verdict_baseline_update, a_glob_stays_while_it_is_right_for_one_of_its_cases)
{
    static const struct given mixed[] = {
        { "g/a", VERDICT_PASS, SEVERITY_MINOR, false },
        { "g/b", VERDICT_PASS, SEVERITY_MINOR, false },
        { "g/c1", VERDICT_FAIL, SEVERITY_MINOR, false },
        { "g/c2", VERDICT_PASS, SEVERITY_MINOR, false },
    };

    UPDATE(mixed, "cases 4 skipped 1\ng/c* fail x\n",
           "cases 4 skipped 1\ng/c* fail x\ng/c2  pass  TODO: why\n");
    UPDATE(mixed, "cases 4 skipped 1\ng/c* warn x\n", "cases 4 skipped 1\ng/c1  fail  TODO: why\n");
}

Test(verdict_baseline_update, a_glob_whose_cases_all_gave_another_verdict_has_that_one)
{
    static const struct given warned[] = {
        { "g/c1", VERDICT_WARN, SEVERITY_MINOR, false },
        { "g/c2", VERDICT_WARN, SEVERITY_MINOR, false },
    };

    UPDATE(warned, "cases 4 skipped 1\ng/c? fail x http://x/\n",
           "cases 4 skipped 1\ng/c? warn x http://x/\n");
}

Test(verdict_baseline_update, what_was_not_run_or_ended_in_an_error_keeps_its_line)
{
    static const struct given part[] = {
        { "g/b", VERDICT_ERROR, SEVERITY_MINOR, false },
        { "g/c1", VERDICT_PASS, SEVERITY_MINOR, false },
    };

    UPDATE(part, "cases 4 skipped 1\ng/a fail x\ng/b fail x\n",
           "cases 4 skipped 1\ng/a fail x\ng/b fail x\n");
    UPDATE(part, "cases 4 skipped 1\ng/c* fail x\n",
           "cases 4 skipped 1\ng/c* fail x\ng/c1  pass  TODO: why\n");
}

Test(verdict_baseline_update, a_crash_is_recorded_as_one)
{
    static const struct given crash[] = { { "g/a", VERDICT_FAIL, SEVERITY_CRITICAL, false } };

    UPDATE(crash, "cases 4 skipped 1\n", "cases 4 skipped 1\ng/a  fail:critical  TODO: why\n");
    UPDATE(crash, "cases 4 skipped 1\ng/a fail x\n", "cases 4 skipped 1\ng/a fail:critical x\n");
}

Test(verdict_baseline_update, each_selection_has_a_number_of_its_own)
{
    struct stage s;

    set(&s, usual, 1);
    s.run.tally = (struct baseline_tally){ "--long", 9, 0, false };
    becomes(&s, "cases 3\ncases 8 of --long\ng/a fail x\n",
            "cases 3\ncases 9 skipped 0 of --long\ng/a fail x\n");
    strike(&s);
}

Test(verdict_baseline_update, a_shard_knows_how_many_there_are_but_not_how_many_are_skipped)
{
    struct stage s;

    set(&s, usual, 1);
    s.run.tally = (struct baseline_tally){ "", 9, 1, true };
    becomes(&s, "cases 8 skipped 5\ng/a fail x\n", "cases 9 skipped 5\ng/a fail x\n");
    strike(&s);
    set(&s, usual, 1);
    s.run.tally = (struct baseline_tally){ "", 9, 1, true };
    becomes(&s, "g/a fail x\n", "g/a fail x\ncases 9\n");
    strike(&s);
}
