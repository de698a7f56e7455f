/* What a baseline makes of results, in every format. */
#include <criterion/criterion.h>
#include <string.h>

#include "report/attention.h"
#include "report/json.h"
#include "report/page_known.h"
#include "report/sarif.h"
#include "report/writers.h"

#define OUT_MAX (16u << 20)
#define EVIL "<script>\"'&"

/* a fails as known, b is flaky and fails, c passes though a fail is known, d warns though a pass
 * is, e fails and nobody knew. */
static struct result results[5];
static const char *problems[] = { "62 cases, where line 2 records 63 " EVIL };
static const char *notes[] = { "a note" };
static const struct known_run baseline = { "base.txt", problems, 1, notes, 1 };

static struct result gave(const char *id, enum verdict_kind kind, enum known_as as,
                          enum verdict_kind recorded)
{
    return (struct result){ .id = id,
                            .title = "T",
                            .group = "G",
                            .path = "g.case",
                            .line = 1,
                            .source = "",
                            .again = "",
                            .verdict = { .result = kind,
                                         .severity = SEVERITY_MAJOR,
                                         .entry = ENTRY_NO_STEP,
                                         .reason = kind == VERDICT_PASS ? NULL : "it did" },
                            .known = { as, recorded, as == KNOWN_NOT ? NULL : "why " EVIL,
                                       as == KNOWN_EXPECTED ? "https://example.org/" EVIL : NULL,
                                       as == KNOWN_NOT ? 0 : 7 } };
}

static struct run_report made(void)
{
    results[0] = gave("g/a", VERDICT_FAIL, KNOWN_EXPECTED, VERDICT_FAIL);
    results[1] = gave("g/b", VERDICT_FAIL, KNOWN_FLAKY, VERDICT_PASS);
    results[2] = gave("g/c", VERDICT_PASS, KNOWN_STALE, VERDICT_FAIL);
    results[3] = gave("g/d", VERDICT_WARN, KNOWN_WORSE, VERDICT_PASS);
    results[4] = gave("g/e", VERDICT_FAIL, KNOWN_NOT, VERDICT_PASS);
    return (struct run_report){ .version = "0.1.0",
                                .target = "ws://host/",
                                .role = "server",
                                .baseline = &baseline,
                                .results = results,
                                .n_results = 5 };
}

static const char *text_of(struct buf *out)
{
    cr_assert(buf_push(out, '\0'));
    out->len--;
    return (const char *)out->ptr;
}

static void has(struct buf *out, const char *words)
{
    cr_expect(strstr(text_of(out), words), "\"%s\" is not in\n%s", words, (char *)out->ptr);
}

Test(report_known, known_fails_are_counted_apart)
{
    struct run_report run = made();
    struct run_counts counts;

    run_report_count(&run, &counts);
    cr_expect_eq(counts.by_kind[VERDICT_FAIL], 3);
    cr_expect_eq(counts.expected_fails, 2);
    cr_expect_eq(counts.expected_by_severity[SEVERITY_MAJOR], 2);
    for (int as = KNOWN_NOT; as < KNOWN_KINDS; as++)
        cr_expect_eq(counts.known[as], 1);
    cr_expect_not(result_is_bad(&results[0]) || result_is_bad(&results[1]));
    cr_expect(result_is_bad(&results[2]) && result_is_bad(&results[3]) &&
              result_is_bad(&results[4]));
}

Test(report_known, junit_skips_what_is_expected_and_fails_what_surprises)
{
    struct run_report run = made();
    struct buf out;

    buf_init(&out, OUT_MAX);
    cr_assert(report_junit(&run, &out));
    has(&out, "<testsuites name=\"wsproof\" tests=\"6\" failures=\"3\" errors=\"1\" skipped=\"2\"");
    has(&out, "<skipped type=\"expected\" message=\"expected: why &lt;script&gt;");
    has(&out, "<skipped type=\"flaky\" message=\"expected: why");
    has(&out, "<failure type=\"stale\" message=\"pass, where line 7 of the baseline has fail\">");
    has(&out, "<failure type=\"worse\" message=\"warn, where line 7 of the baseline has pass\">");
    has(&out, "<failure message=\"it did\" type=\"major\">");
    has(&out, "<testsuite name=\"the run\" failures=\"0\" skipped=\"0\" tests=\"1\" errors=\"1\">");
    has(&out, "<error message=\"62 cases, where line 2 records 63 &lt;");
    buf_free(&out);
}

Test(report_known, attention_is_for_what_is_not_expected)
{
    static const char *const order[] = { "g/e", "g/c", "g/d" };
    struct run_report run = made();
    struct attention all = { 0 };

    cr_expect_eq(attention_count(&run), 3);
    for (size_t i = 0; i < 3; i++)
        cr_expect_str_eq(attention_next(&all, &run)->id, order[i]);
    cr_expect_null(attention_next(&all, &run));
    cr_expect_eq(attention_level(&results[0], SEVERITY_PEDANTIC), ATTENTION_NONE);
    cr_expect_eq(attention_level(&results[1], SEVERITY_PEDANTIC), ATTENTION_NONE);
    cr_expect_eq(attention_level(&results[2], SEVERITY_CRITICAL), ATTENTION_ERROR, "it gates");
    cr_expect_eq(attention_level(&results[3], SEVERITY_CRITICAL), ATTENTION_ERROR);
    cr_expect_eq(attention_level(&results[4], SEVERITY_CRITICAL), ATTENTION_WARNING);
}

Test(report_known, annotations_are_of_surprises_and_of_new_fails)
{
    struct run_report run = made();
    struct buf out;

    buf_init(&out, OUT_MAX);
    cr_assert(report_github(&run, SEVERITY_MINOR, &out));
    has(&out, "::error title=wsproof::62 cases, where line 2 records 63 ");
    has(&out, "::error title=g/e,");
    has(&out,
        "::error title=g/c,file=g.case,line=1::pass%0Abaseline: stale, it has fail in line 7");
    has(&out, "%0Abaseline: worse, it has pass in line 7");
    cr_expect_null(strstr(text_of(&out), "title=g/a"));
    cr_expect_null(strstr(text_of(&out), "title=g/b"));
    buf_free(&out);
}

Test(report_known, a_summary_counts_what_is_new)
{
    struct run_report run = made();
    struct buf out;

    buf_init(&out, OUT_MAX);
    cr_assert(report_markdown(&run, &out));
    has(&out, "### wsproof: 1 fail (1 major) in 5 cases\n");
    has(&out, ": 1 expected, 1 flaky, 1 stale, 1 worse\n");
    has(&out, "62 cases, where line 2 records 63");
    has(&out, "\n| stale: pass | ");
    has(&out, "\n| worse: warn | ");
    cr_expect_null(strstr(text_of(&out), "g&#47;a"));
    cr_expect_null(strstr(text_of(&out), "g/a"));
    buf_free(&out);
}

Test(report_known, sarif_finds_new_fails_alone)
{
    const struct requirements none = { 0 };
    struct run_report run = made();
    struct buf out;

    buf_init(&out, OUT_MAX);
    cr_assert(report_sarif(&run, SEVERITY_MINOR, &none, &out));
    has(&out, "{\"wsproof/v1\":\"g/e\"}");
    cr_expect_null(strstr(text_of(&out), "\"g/a\""));
    cr_expect_null(strstr(text_of(&out), "\"g/b\""));
    cr_expect_null(strstr(text_of(&out), "\"g/c\""));
    buf_free(&out);
}

Test(report_known, a_badge_tells_new_fails_from_known_ones)
{
    struct run_report run = made();
    struct buf out;

    buf_init(&out, OUT_MAX);
    cr_assert(report_badge(&run, &out));
    has(&out, "wsproof: 1 fail in 5 cases");
    buf_clear(&out);
    run.n_results = 4;
    cr_assert(report_badge(&run, &out));
    has(&out, "wsproof: 2 known fails in 4 cases");
    buf_free(&out);
}

Test(report_known, tap_has_todo_for_what_is_expected)
{
    struct run_report run = made();
    struct buf out;

    buf_init(&out, OUT_MAX);
    cr_assert(report_tap(&run, &out));
    has(&out, "\n1..6\n");
    has(&out, "not ok 1 - g/a: T # TODO expected: why");
    has(&out, "not ok 2 - g/b: T # TODO flaky: why");
    has(&out, "not ok 3 - g/c: T\n  ---\n  verdict: \"pass\"\n  baseline: \"stale\"\n"
              "  recorded: \"fail\"\n");
    has(&out, "not ok 4 - g/d: T\n");
    has(&out, "not ok 5 - g/e: T\n");
    has(&out, "not ok 6 - the run: 62 cases");
    buf_free(&out);
}

/* Readers of TAP let an "ok" with SKIP pass, whatever stands behind it. */
Test(report_known, a_skip_that_surprises_is_not_ok)
{
    struct run_report run = made();
    struct buf out;

    results[2].verdict.result = VERDICT_SKIP;
    buf_init(&out, OUT_MAX);
    cr_assert(report_tap(&run, &out));
    has(&out, "not ok 3 - g/c: T\n");
    buf_clear(&out);
    cr_assert(report_junit(&run, &out));
    has(&out, "<failure type=\"stale\" message=\"skip, where");
    buf_free(&out);
}

static void same(const struct known *a, const struct known *b)
{
    cr_expect_eq(a->as, b->as);
    cr_expect_eq(a->line, b->line);
    if (a->as != KNOWN_NOT)
        cr_expect_str_eq(a->reason, b->reason);
    if (a->as != KNOWN_NOT && a->as != KNOWN_FLAKY)
        cr_expect_eq(a->verdict, b->verdict);
    cr_expect_eq(!a->link, !b->link);
}

Test(report_known, json_reads_back_as_it_was)
{
    struct run_report run = made(), back;
    struct arena a = { 0 };
    struct err err = { 0 };
    struct buf out;

    buf_init(&out, OUT_MAX);
    cr_assert(report_json(&run, &out));
    has(&out, "\"fail\":3");
    has(&out, "\"expected\":2,\"flaky\":1,\"stale\":1,\"worse\":1");
    cr_assert(report_read(&a, buf_bytes(&out), &back, &err), "%s", err.text);
    cr_assert_eq(back.n_results, 5);
    for (size_t i = 0; i < 5; i++)
        same(&results[i].known, &back.results[i].known);
    cr_assert(back.baseline);
    cr_expect_str_eq(back.baseline->file, "base.txt");
    cr_expect_eq(back.baseline->n_problems, 1);
    cr_expect_str_eq(back.baseline->problems[0], problems[0]);
    cr_expect_eq(back.baseline->n_notes, 1);
    run.baseline = NULL;
    buf_clear(&out);
    cr_assert(report_json(&run, &out));
    cr_expect_null(strstr(text_of(&out), "\"stale\":1"));
    arena_free(&a);
    buf_free(&out);
}

Test(report_known, the_page_says_what_was_known_and_turns_red_by_surprises)
{
    struct run_report run = made();
    struct requirements none = { 0 };
    struct buf out;

    buf_init(&out, OUT_MAX);
    cr_assert(report_html(&run, &none, &out));
    has(&out, "1 case of 5 fails, and 2 that were known");
    has(&out, "<p class=\"known\"><b>expected</b> (line 7 of the baseline): why &lt;script&gt;");
    has(&out, "<b>stale</b>, where fail is recorded");
    has(&out, "role=\"alert\">62 cases, where line 2 records 63 &lt;script&gt;");
    has(&out, "1 case is better than the baseline has it.");
    cr_expect(page_known_is_bad(&run));
    run.n_results = 2;
    run.baseline = NULL;
    buf_clear(&out);
    cr_assert(report_html(&run, &none, &out));
    has(&out, "class=\"glance good\">No case of 2 fails, but for 2 that were known");
    cr_expect_not(page_known_is_bad(&run));
    buf_free(&out);
}

Test(report_known, several_targets_are_good_when_they_went_as_known)
{
    struct requirements none = { 0 };
    struct run_report runs[2] = { made(), made() };
    const struct report_book book = { .runs = runs, .n_runs = 2 };
    struct buf out;

    runs[1].target = "ws://other/";
    runs[1].n_results = 2; /* what is expected, and no more */
    runs[1].baseline = &(struct known_run){ .file = "other.txt" };
    buf_init(&out, OUT_MAX);
    cr_assert(report_html_book(&book, &none, &out));
    has(&out, "1 of 2 targets fails no case but known ones.");
    has(&out, "not as its baseline has it");
    has(&out, "fails that were known: 2");
    has(&out, "\nknown expected (line 7 of the baseline): why &lt;script>");
    runs[1] = runs[0];
    buf_clear(&out);
    cr_assert(report_html_book(&book, &none, &out));
    has(&out, "No target went as its baseline has it.");
    runs[0].n_results = runs[1].n_results = 2;
    runs[0].baseline = runs[1].baseline = NULL;
    buf_clear(&out);
    cr_assert(report_html_book(&book, &none, &out));
    has(&out, "class=\"glance good\">2 of 2 targets fail no case but known ones.");
    buf_free(&out);
}

/* A results file may come from anywhere. */
Test(report_known, only_a_web_address_becomes_a_link)
{
    struct run_report run = made();
    struct requirements none = { 0 };
    struct buf out;

    results[0].known.link = "javascript:alert(1)";
    buf_init(&out, OUT_MAX);
    cr_assert(report_html(&run, &none, &out));
    cr_expect_null(strstr(text_of(&out), "href=\"javascript:"));
    buf_free(&out);
}
