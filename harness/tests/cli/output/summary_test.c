#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "cli/output/summary.h"

static const struct summary_look no_look;
static struct buf out;

static const char *text(bool ok)
{
    cr_assert(ok && buf_push(&out, '\0'));
    return (const char *)out.ptr;
}

static void setup(void)
{
    buf_init(&out, 1 << 20);
}

static void teardown(void)
{
    buf_free(&out);
}

TestSuite(cli_summary, .init = setup, .fini = teardown);

static struct result failed(const char *id, const char *requirement, enum severity severity)
{
    return (struct result){ .id = id,
                            .verdict = { .result = VERDICT_FAIL,
                                         .severity = severity,
                                         .requirement = requirement,
                                         .reason = "it took the frame" } };
}

static struct result skipped(const char *id, const char *why)
{
    return (struct result){ .id = id, .verdict = { .result = VERDICT_SKIP, .reason = why } };
}

Test(cli_summary, a_fail_is_one_line_with_all_that_matters)
{
    struct result r = failed("rfc6455/a/b", "RFC6455-5.1-2", SEVERITY_MINOR);

    r.verdict.expected = "expect refused 4xx {\n    header \"X\"\n}";
    r.verdict.got = "head \"HTTP/1.1 101\"";
    cr_assert_str_eq(text(summary_finding(&r, no_look, &out)),
                     "fail  minor    rfc6455/a/b: it took the frame [RFC6455-5.1-2], expected "
                     "refused 4xx { header \"X\" }, came head \"HTTP/1.1 101\"");
}

Test(cli_summary, nothing_of_a_targets_words_moves_the_cursor)
{
    struct result r = failed("a", NULL, SEVERITY_MINOR);

    r.verdict.got = "x\033[2Jy\rz";
    cr_assert_str_eq(text(summary_finding(&r, no_look, &out)),
                     "fail  minor    a: it took the frame, came x [2Jy z");
}

Test(cli_summary, few_fails_are_named)
{
    struct result list[] = { failed("a", "R1", SEVERITY_MINOR), failed("b", "R1", SEVERITY_MAJOR) };
    struct run_report r = { .results = list, .n_results = 2, .duration_ms = 1500 };

    cr_assert_str_eq(text(summary_write(&r, no_look, "out/index.html", &out)),
                     "0 pass, 0 warn, 0 info, 2 fail, 0 skip, 0 error; 2 cases in 1.50 s\n"
                     "  fails: 1 major, 1 minor\n"
                     "    minor    a\n"
                     "    major    b\n"
                     "  report: out/index.html\n");
}

Test(cli_summary, fails_that_a_baseline_expects_are_counted_apart)
{
    struct result list[] = { failed("a", "R1", SEVERITY_MINOR), failed("b", "R1", SEVERITY_MAJOR) };
    struct run_report r = { .results = list, .n_results = 2, .duration_ms = 1500 };

    list[1].known = (struct known){ .as = KNOWN_EXPECTED, .line = 3 };
    cr_assert_str_eq(text(summary_write(&r, no_look, NULL, &out)),
                     "0 pass, 0 warn, 0 info, 1 fail, 1 expected, 0 skip, 0 error; 2 cases in "
                     "1.50 s\n"
                     "  fails: 1 minor\n"
                     "    minor    a\n");
    list[0].known = (struct known){ .as = KNOWN_WORSE, .line = 2 };
    buf_clear(&out);
    cr_assert(strstr(text(summary_finding(&list[0], no_look, &out)),
                     "[R1] (worse: line 2 of the baseline)"));
}

Test(cli_summary, many_fails_are_grouped_by_requirement_the_worst_first)
{
    struct result list[12];
    struct run_report r = { .results = list, .n_results = 12 };

    for (int i = 0; i < 12; i++)
        list[i] = failed("x",
                         i < 9    ? "R1"
                         : i < 11 ? "R2"
                                  : "R3",
                         i == 11 ? SEVERITY_CRITICAL : SEVERITY_MINOR);
    const char *all = text(summary_write(&r, no_look, NULL, &out));
    cr_assert(strstr(all, "     1 of R3, critical: it took the frame; first x\n"
                          "     9 of R1, minor: it took the frame; first x\n"
                          "     2 of R2, minor: it took the frame; first x\n"),
              "%s", all);
}

Test(cli_summary, it_fits_a_screen_whatever_happened)
{
    enum { N = 900 };
    static struct result list[N];
    static char names[N][16];
    struct run_report r = { .results = list, .n_results = N, .deaths = 3, .trouble = "a\nb" };
    size_t lines = 0;

    for (int i = 0; i < N; i++) {
        snprintf(names[i], sizeof names[i], "reason %d", i);
        list[i] = i % 3 ? failed("x", names[i], SEVERITY_MINOR) : skipped("y", names[i]);
        if (i % 9 == 0)
            list[i].verdict.result = VERDICT_ERROR;
    }
    const char *all = text(summary_write(&r, no_look, "here", &out));
    for (const char *c = all; *c; c++)
        lines += *c == '\n';
    cr_assert_leq(lines, 24, "%zu lines:\n%s", lines, all);
    cr_assert(strstr(all, "fails: 592 more, for 592 other reasons"), "%s", all);
}

Test(cli_summary, skips_of_one_reason_are_one_line)
{
    struct result list[] = { skipped("a", "no echo"), skipped("b", "needs TLS"),
                             skipped("c", "no echo") };
    struct run_report r = { .results = list, .n_results = 3 };

    const char *all = text(summary_write(&r, no_look, NULL, &out));
    cr_assert(strstr(all, "  skipped: 2, no echo\n  skipped: 1, needs TLS\n"), "%s", all);
}

Test(cli_summary, brief_is_the_counts)
{
    struct result list[] = { skipped("a", "no echo"), failed("b", "R", SEVERITY_MINOR) };
    struct run_report r = { .results = list, .n_results = 2 };
    struct summary_look brief = { .brief = true };

    cr_assert_str_eq(text(summary_write(&r, brief, NULL, &out)),
                     "0 pass, 0 warn, 0 info, 1 fail, 1 skip, 0 error; 2 cases in 0.00 s\n");
}

Test(cli_summary, the_time_left_is_told_as_far_as_it_is_known)
{
    static const struct {
        size_t done;
        struct forecast_left left;
        const char *line;
    } rows[] = {
        { 600, { .known = true, .us = 50000000 }, "600 of 700 cases, 2 fails, 0:51 left" },
        { 600,
          { .known = true, .at_least = true, .us = 124999999 },
          "600 of 700 cases, 2 fails, at least 2:05 left" },
        { 600, { .us = 50000000 }, "600 of 700 cases, 2 fails" },
        { 700, { .known = true, .us = 50000000 }, "700 of 700 cases, 2 fails" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        buf_clear(&out);
        cr_expect_str_eq(text(summary_progress(rows[i].done, 700, 2, &rows[i].left, &out)),
                         rows[i].line);
    }
}
