#include "verdict/baseline.h"

#include <criterion/criterion.h>
#include <string.h>

static const char good[] = "# known\n"
                           "\n"
                           "cases 12 skipped 2\n"
                           "cases 7 of --cases g/a --long\n"
                           "  g/a\tfail  it is #1 of its kind   https://example.org/1\n"
                           "g/b warn late\n"
                           "g/c* flaky slow\n"
                           "g/cd fail:critical it dies\r\n"
                           "g/* skip none of them";

static struct baseline parsed(struct arena *a, const char *text)
{
    struct baseline b;
    struct err err = { 0 };

    cr_assert(baseline_parse(a, "base", bytes_str(text), &b, &err), "%u:%u %s", err.line, err.col,
              err.text);
    return b;
}

Test(verdict_baseline, reads_a_line_of_each_kind)
{
    struct arena a = { 0 };
    struct baseline b = parsed(&a, good);

    cr_assert_eq(b.count, 9);
    cr_expect_eq(b.lines[0].kind, BASELINE_COMMENT);
    cr_expect_eq(b.lines[1].kind, BASELINE_COMMENT);
    cr_expect_eq(b.lines[2].cases, 12);
    cr_expect(b.lines[2].counts_skipped && b.lines[2].skipped == 2);
    cr_expect_str_eq(b.lines[3].selection, "--cases g/a --long");
    cr_expect_not(b.lines[3].counts_skipped);
    cr_expect_str_eq(b.lines[4].pattern, "g/a");
    cr_expect_eq(b.lines[4].verdict, VERDICT_FAIL);
    cr_expect_str_eq(b.lines[4].reason, "it is #1 of its kind");
    cr_expect_str_eq(b.lines[4].link, "https://example.org/1");
    cr_expect_null(b.lines[5].link);
    cr_expect_eq(b.lines[6].kind, BASELINE_FLAKY);
    cr_expect(b.lines[7].severe && b.lines[7].severity == SEVERITY_CRITICAL);
    cr_expect_str_eq(b.lines[7].reason, "it dies");
    cr_expect_str_eq(b.lines[8].reason, "none of them");
    arena_free(&a);
}

Test(verdict_baseline, tells_where_a_line_is_wrong)
{
    static const struct {
        const char *text, *says;
        unsigned line, col;
    } wrong[] = {
        { "g/a", "a verdict", 1, 4 },
        { "#\ng/a  fial x", "a verdict", 2, 6 },
        { "g/a error x", "a verdict", 1, 5 }, /* nobody's known failure */
        { "g/a fail:bad x", "critical behind", 1, 5 },
        { "g/a fail", "the reason", 1, 9 },
        { "g/a flaky https://example.org/", "the reason", 1, 31 },
        { "cases", "a number", 1, 6 },
        { "cases many", "a number", 1, 7 },
        { "cases 1 skipped x", "a number", 1, 17 },
        { "cases 1 of", "\"of\" and the options", 1, 9 },
        { "cases 1 more x", "\"of\" and the options", 1, 9 },
        { "g/a fail x\ng/b fail x\ng/a warn x", "line 1 says this already", 3, 1 },
        { "cases 1\ncases 2", "line 1 says this already", 2, 1 },
        { "g/a fail \x1b[31m", "a control character", 1, 10 },
        { "g/a fail \xff", "UTF-8", 1, 1 },
    };

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct arena a = { 0 };
        struct baseline b;
        struct err err = { 0 };
        cr_assert_not(baseline_parse(&a, "base", bytes_str(wrong[i].text), &b, &err), "%zu", i);
        cr_expect(strstr(err.text, wrong[i].says), "%zu: %s", i, err.text);
        cr_expect(err.line == wrong[i].line && err.col == wrong[i].col, "%zu: %u:%u", i, err.line,
                  err.col);
        cr_expect_eq(err.code, ERR_SYNTAX);
        cr_expect_str_eq(err.file, "base");
        arena_free(&a);
    }
}

Test(verdict_baseline, has_a_ceiling)
{
    struct arena a = { 0 };
    struct baseline b;
    struct err err = { 0 };
    struct buf text;

    buf_init(&text, 1 << 20);
    for (size_t i = 0; i <= BASELINE_LINES_MAX; i++)
        cr_assert(buf_push(&text, '\n'));
    cr_assert_not(baseline_parse(&a, "base", buf_bytes(&text), &b, &err));
    cr_expect(strstr(err.text, "too many lines"));
    buf_free(&text);
    arena_free(&a);
}

Test(verdict_baseline, an_id_goes_before_a_glob_and_of_globs_the_first)
{
    struct arena a = { 0 };
    struct baseline b = parsed(&a, good);

    cr_expect_eq(baseline_find(&b, "g/a")->number, 5);
    cr_expect_eq(baseline_find(&b, "g/ce")->number, 7);
    cr_expect_eq(baseline_find(&b, "g/cd")->number, 8);
    cr_expect_eq(baseline_find(&b, "g/z")->number, 9);
    cr_expect_null(baseline_find(&b, "h/a"));
    arena_free(&a);
}

Test(verdict_baseline, judges_by_what_is_recorded)
{
    static const struct {
        const char *recorded;
        enum verdict_kind now;
        enum known_as as;
    } table[] = {
        { "fail", VERDICT_FAIL, KNOWN_EXPECTED }, { "fail", VERDICT_WARN, KNOWN_STALE },
        { "fail", VERDICT_PASS, KNOWN_STALE },    { "fail", VERDICT_SKIP, KNOWN_STALE },
        { "fail", VERDICT_INFO, KNOWN_STALE },    { "warn", VERDICT_WARN, KNOWN_EXPECTED },
        { "warn", VERDICT_FAIL, KNOWN_WORSE },    { "warn", VERDICT_PASS, KNOWN_STALE },
        { "skip", VERDICT_SKIP, KNOWN_EXPECTED }, { "skip", VERDICT_WARN, KNOWN_WORSE },
        { "skip", VERDICT_INFO, KNOWN_STALE },    { "info", VERDICT_SKIP, KNOWN_WORSE },
        { "info", VERDICT_PASS, KNOWN_EXPECTED }, { "pass", VERDICT_PASS, KNOWN_EXPECTED },
        { "pass", VERDICT_INFO, KNOWN_EXPECTED }, { "pass", VERDICT_SKIP, KNOWN_WORSE },
        { "flaky", VERDICT_PASS, KNOWN_FLAKY },   { "flaky", VERDICT_FAIL, KNOWN_FLAKY },
        { "flaky", VERDICT_ERROR, KNOWN_NOT },    { "fail", VERDICT_ERROR, KNOWN_NOT },
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct arena a = { 0 };
        struct baseline b =
            parsed(&a, arena_print(&a, "#\ng/a %s why http://x/", table[i].recorded));
        struct verdict v = { .result = table[i].now, .severity = SEVERITY_MINOR };
        struct known known = baseline_judge(&b, "g/a", &v, SEVERITY_MINOR);
        cr_expect_eq(known.as, table[i].as, "%s, now %s: %s", table[i].recorded,
                     verdict_name(table[i].now), known_name(known.as));
        if (known.as != KNOWN_NOT) {
            cr_expect_str_eq(known.reason, "why");
            cr_expect_str_eq(known.link, "http://x/");
            cr_expect_eq(known.line, 2);
        }
        cr_expect_eq(baseline_judge(&b, "g/b", &v, SEVERITY_MINOR).as, KNOWN_NOT);
        arena_free(&a);
    }
}

/* A crash hides behind no line that was written for a mere mistake. */
Test(verdict_baseline, a_fail_that_costs_more_than_recorded_is_worse)
{
    struct arena a = { 0 };
    struct baseline b = parsed(&a, "g/a fail x\ng/b fail:critical x\ng/c fail:minor x");
    struct verdict crash = { .result = VERDICT_FAIL, .severity = SEVERITY_CRITICAL };
    struct verdict major = { .result = VERDICT_FAIL, .severity = SEVERITY_MAJOR };

    cr_expect_eq(baseline_judge(&b, "g/a", &major, SEVERITY_MAJOR).as, KNOWN_EXPECTED);
    cr_expect_eq(baseline_judge(&b, "g/a", &crash, SEVERITY_MAJOR).as, KNOWN_WORSE);
    cr_expect_eq(baseline_judge(&b, "g/b", &crash, SEVERITY_MINOR).as, KNOWN_EXPECTED);
    cr_expect_eq(baseline_judge(&b, "g/c", &major, SEVERITY_MAJOR).as, KNOWN_WORSE);
    arena_free(&a);
}

Test(verdict_baseline, the_number_of_cases_may_not_drift)
{
    static const struct {
        struct baseline_tally now;
        const char *says; /* NULL: as recorded */
    } table[] = {
        { { "", 12, 2, false }, NULL },
        { { "", 12, 1, false }, NULL }, /* more was tested than before */
        { { "", 11, 2, false }, "11 cases, where line 3 records 12" },
        { { "", 13, 2, false }, "13 cases, where line 3 records 12" },
        { { "", 12, 3, false }, "3 cases are skipped, where line 3 records 2" },
        { { "", 12, 3, true }, NULL }, /* a shard has but its own */
        { { "", 11, 0, true }, "11 cases" },
        { { "--cases g/a --long", 7, 5, false }, NULL },
        { { "--cases g/a --long", 6, 0, false }, "6 cases, where line 4 records 7" },
        { { "--cases g/b", 99, 0, false }, NULL }, /* nobody recorded it */
    };
    struct arena a = { 0 };
    struct baseline b = parsed(&a, good);

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char *drift = baseline_drift(&b, &table[i].now, &a);
        cr_expect_eq(!drift, !table[i].says, "%zu: %s", i, drift);
        cr_expect(!drift || strstr(drift, table[i].says), "%zu: %s", i, drift);
    }
    cr_expect_null(baseline_count_of(&b, "--cases g/b"));
    arena_free(&a);
}

Test(verdict_baseline, reasons_that_are_still_to_be_written_are_counted)
{
    struct arena a = { 0 };
    struct baseline b = parsed(&a, "#\ng/a fail x\ng/b fail TODO: why\ng/c flaky TODO: why");
    unsigned line = 0;

    cr_expect_eq(baseline_todo(&b, &line), 2);
    cr_expect_eq(line, 3);
    arena_free(&a);
}

Test(verdict_baseline, every_pattern_fits_a_case_of_the_role)
{
    static const uint8_t file[] = "case apple \"A\" { note \"n\" }\n"
                                  "case berry \"B\" { note \"n\"\n role client }\n";
    static const struct embedded files[] = { { "g.case", file, sizeof file - 1 }, { 0 } };
    static const struct {
        const char *text, *says;
        unsigned line;
    } table[] = {
        { "g/apple fail x\ng/a* fail x", NULL, 0 },
        { "#\n\ng/aple fail x", "no case matches \"g/aple\": did you mean \"g/apple\"", 3 },
        { "g/apple fail x\ng/x* flaky x", "no case matches \"g/x*\"", 2 },
        { "g/berry fail x", "no case matches", 1 }, /* of clients */
    };
    struct arena a = { 0 };
    struct suite suite;
    struct suite_fault fault;

    cr_assert(suite_load(&suite, files, &fault));
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct baseline b = parsed(&a, table[i].text);
        struct err err = { 0 };
        cr_expect_eq(baseline_check(&b, &suite, ROLE_SERVER, &err), !table[i].says, "%zu", i);
        cr_expect(!table[i].says || strstr(err.text, table[i].says), "%zu: %s", i, err.text);
        cr_expect_eq(err.line, table[i].line);
    }
    suite_free(&suite);
    arena_free(&a);
}

Test(verdict_baseline, names_read_back)
{
    for (int as = 0; as < KNOWN_KINDS; as++)
        cr_expect_eq(known_named(known_name((enum known_as)as)), as);
    cr_expect_eq(known_named("nonsense"), -1);
}
