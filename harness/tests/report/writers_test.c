#include "report/writers.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/alloc.h"

#define OUT_MAX (16u << 20)
#define EVIL "<script>alert(1)</script>]]>\"'&\x01\xff"

static struct result passing(void)
{
    return (struct result){
        .id = "a/one",
        .title = "One",
        .group = "First",
        .path = "a.case",
        .line = 3,
        .attempts = 1,
        .again = "wsproof test --cases a/one",
        .duration_us = 1500,
        .verdict = { .closing = CLOSING_CLEAN, .entry = ENTRY_NO_STEP },
    };
}

static struct result failing(void)
{
    struct result r = passing();

    r.id = "a/two";
    r.title = "Two # of three";
    r.severity = r.verdict.severity = SEVERITY_MAJOR;
    r.verdict.result = VERDICT_FAIL;
    r.verdict.reason = "it said " EVIL;
    r.verdict.requirement = "RFC6455-5.2-2";
    r.verdict.expected = "this";
    r.verdict.got = "that";
    return r;
}

static struct result skipped(void)
{
    struct result r = passing();

    r.id = "b/three";
    r.title = "Three";
    r.group = "Second";
    r.path = "b.case";
    r.verdict = verdict_skip("needs set-up: origin");
    return r;
}

static struct result warning(void)
{
    struct result r = passing();

    r.id = "b/four";
    r.title = "Four";
    r.group = "Second";
    r.path = "b.case";
    r.verdict.result = VERDICT_WARN;
    r.verdict.reason = "late";
    return r;
}

static struct run_report run_of(struct result *results, size_t n)
{
    return (struct run_report){
        .version = "0.1.0",
        .target = "ws://host/" EVIL,
        .role = "server",
        .started_s = 0,
        .results = results,
        .n_results = n,
    };
}

static const char *text_of(struct buf *out)
{
    cr_assert(buf_push(out, '\0'));
    out->len--;
    return (const char *)out->ptr;
}

#define SAFE "&lt;script&gt;alert(1)&lt;/script&gt;]]&gt;&quot;&#39;&amp;\xEF\xBF\xBD\xEF\xBF\xBD"

Test(report_writers, junit_says_what_ci_wants_to_know)
{
    struct result results[] = { passing(), failing(), skipped(), warning() };
    struct run_report run = run_of(results, 4);
    struct buf out;

    buf_init(&out, OUT_MAX);
    cr_assert(report_junit(&run, &out));
    cr_assert_str_eq(
        text_of(&out),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuites name=\"wsproof\" tests=\"4\" failures=\"1\" errors=\"0\" skipped=\"1\" "
        "time=\"0.006000\">\n"
        "<testsuite name=\"First\" hostname=\"ws://host/" SAFE "\" "
        "timestamp=\"1970-01-01T00:00:00Z\" tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"0\" "
        "time=\"0.003000\">\n"
        "<testcase name=\"a/one\" classname=\"First\" file=\"a.case\" line=\"3\" "
        "time=\"0.001500\">\n</testcase>\n"
        "<testcase name=\"a/two\" classname=\"First\" file=\"a.case\" line=\"3\" "
        "time=\"0.001500\">\n"
        "<failure message=\"it said " SAFE "\" type=\"major\">title: Two # of three\n"
        "reason: it said " SAFE "\n"
        "requirement: RFC6455-5.2-2\n"
        "expected: this\n"
        "got: that\n"
        "again: wsproof test --cases a/one\n"
        "</failure>\n</testcase>\n</testsuite>\n"
        "<testsuite name=\"Second\" hostname=\"ws://host/" SAFE "\" "
        "timestamp=\"1970-01-01T00:00:00Z\" tests=\"2\" failures=\"0\" errors=\"0\" skipped=\"1\" "
        "time=\"0.003000\">\n"
        "<testcase name=\"b/three\" classname=\"Second\" file=\"b.case\" line=\"3\" "
        "time=\"0.001500\">\n<skipped message=\"needs set-up: origin\">needs set-up: "
        "origin</skipped>\n</testcase>\n"
        "<testcase name=\"b/four\" classname=\"Second\" file=\"b.case\" line=\"3\" "
        "time=\"0.001500\">\n<system-out>verdict: warn\ntitle: Four\nreason: late\n"
        "again: wsproof test --cases a/one\n</system-out>\n</testcase>\n"
        "</testsuite>\n</testsuites>\n");
    buf_free(&out);
}

Test(report_writers, tap_says_it_too)
{
    struct result results[] = { passing(), failing(), skipped(), warning() };
    struct run_report run = run_of(results, 4);
    struct buf out;

    results[1].verdict.reason = "it said \"\x1b\"\n";
    buf_init(&out, OUT_MAX);
    cr_assert(report_tap(&run, &out));
    cr_assert_str_eq(text_of(&out), "TAP version 13\n1..4\n"
                                    "ok 1 - a/one: One\n"
                                    "not ok 2 - a/two: Two \\# of three\n"
                                    "  ---\n"
                                    "  verdict: \"fail\"\n"
                                    "  severity: \"major\"\n"
                                    "  message: \"it said \\\"\\u001b\\\"\\n\"\n"
                                    "  requirement: \"RFC6455-5.2-2\"\n"
                                    "  expected: \"this\"\n"
                                    "  got: \"that\"\n"
                                    "  again: \"wsproof test --cases a/one\"\n"
                                    "  ...\n"
                                    "ok 3 - b/three: Three # SKIP needs set-up: origin\n"
                                    "ok 4 - b/four: Four\n"
                                    "# warn: late\n");
    buf_free(&out);
}

Test(report_writers, a_run_without_its_target_does_not_look_good)
{
    struct run_report run = run_of(NULL, 0);
    struct requirements none = { 0 };
    struct buf out;

    run.trouble = "nobody listens";
    buf_init(&out, OUT_MAX);
    cr_assert(report_junit(&run, &out));
    cr_assert_not_null(strstr(text_of(&out), "tests=\"1\" failures=\"0\" errors=\"1\""));
    cr_assert_not_null(
        strstr(text_of(&out), "<error message=\"nobody listens\">nobody listens</error>"));
    buf_clear(&out);
    cr_assert(report_tap(&run, &out));
    cr_assert_str_eq(text_of(&out), "TAP version 13\n1..0\nBail out! nobody listens\n");
    buf_clear(&out);
    cr_assert(report_html(&run, &none, &out));
    cr_assert_not_null(strstr(text_of(&out), "No case ran."));
    cr_assert_not_null(strstr(text_of(&out), "role=\"alert\">nobody listens"));
    buf_free(&out);
}

static size_t times(const char *text, const char *needle)
{
    size_t n = 0;

    for (const char *at = text; (at = strstr(at, needle)); at += strlen(needle))
        n++;
    return n;
}

Test(report_writers, the_page_has_every_case_and_nothing_of_a_target_as_markup)
{
    struct result results[] = { passing(), failing(), skipped(), warning() };
    struct run_report run = run_of(results, 4);
    struct requirements none = { 0 };
    struct buf out;

    results[0].title = "{{style}} " EVIL;
    buf_init(&out, OUT_MAX);
    cr_assert(report_html(&run, &none, &out));
    const char *page = text_of(&out);
    cr_assert_eq(times(page, "<details class=\"case "), 4);
    cr_assert_eq(times(page, "<script>"), 1, "ours alone");
    cr_assert_eq(times(page, "</script>"), 1);
    cr_assert_eq(times(page, "<style>"), 1);
    cr_assert_eq(times(page, "{{"), 1, "the title, and no place of the template");
    cr_assert_not_null(strstr(page, "style-src 'sha256-"));
    cr_assert_null(strstr(page, " style="));
    cr_assert_null(strstr(page, "\x01"));
    cr_assert_lt(strstr(page, "id=\"a/two\""), strstr(page, "id=\"a/one\""), "fails come first");
    buf_free(&out);
}

Test(report_writers, links_of_the_page_are_unique_whatever_the_ids_are)
{
    struct result results[] = { passing(), passing(), passing() };
    struct run_report run = run_of(results, 3);
    struct requirements none = { 0 };
    struct buf out;

    results[1].id = "a\"one";
    results[2].id = "a/one";
    results[0].id = "a<one";
    buf_init(&out, OUT_MAX);
    cr_assert(report_html(&run, &none, &out));
    cr_assert_eq(times(text_of(&out), "id=\"a_one\""), 1);
    cr_assert_eq(times(text_of(&out), "id=\"a_one~1\""), 1);
    cr_assert_eq(times(text_of(&out), "id=\"a/one\""), 1);
    buf_free(&out);
}

Test(report_writers, a_long_conversation_is_cut_but_never_at_the_entry_that_decided)
{
    struct result results[] = { passing() };
    struct run_report run = run_of(results, 1);
    struct requirements none = { 0 };
    struct entry e = { .kind = ENTRY_NOTE, .text = "a note" };
    struct buf out;

    for (size_t i = 0; i < 500; i++)
        cr_assert(transcript_add(&results[0].transcript, &e));
    results[0].verdict.entry = 250;
    buf_init(&out, OUT_MAX);
    cr_assert(report_html(&run, &none, &out));
    cr_assert_eq(times(text_of(&out), "a note"), 32 + 7 + 8);
    cr_assert_eq(times(text_of(&out), "\n0.000 .! a note"), 1);
    cr_assert_eq(times(text_of(&out), "\n  … "), 2);
    buf_free(&out);
    result_free(&results[0]);
}

Test(report_writers, say_no_when_the_heap_does)
{
    struct result results[] = { passing(), failing(), skipped(), warning() };
    struct run_report run = run_of(results, 4);
    struct requirements none = { 0 };
    bool done = false;

    for (unsigned long nth = 1; !done; nth++) {
        struct buf out;
        buf_init(&out, OUT_MAX);
        alloc_fail_at(nth);
        done = report_html(&run, &none, &out);
        done = report_junit(&run, &out) && done;
        done = report_tap(&run, &out) && done;
        alloc_fail_at(0);
        cr_assert_lt(nth, 1000);
        buf_free(&out);
    }
}

Test(report_writers, counts_add_up)
{
    struct result results[] = { passing(), failing(), skipped(), warning() };
    struct run_report run = run_of(results, 4);
    struct run_counts counts;

    results[3].verdict.contested = true;
    results[0].attempts = 2;
    run_report_count(&run, &counts);
    cr_assert_eq(counts.total, 4);
    cr_assert_eq(counts.by_kind[VERDICT_PASS], 1);
    cr_assert_eq(counts.by_kind[VERDICT_FAIL], 1);
    cr_assert_eq(counts.by_kind[VERDICT_ERROR], 0);
    cr_assert_eq(counts.fails_by_severity[SEVERITY_MAJOR], 1);
    cr_assert_eq(counts.contested, 1);
    cr_assert_eq(counts.retried, 1);
}
