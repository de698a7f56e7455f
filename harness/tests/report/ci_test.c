#include <criterion/criterion.h>
#include <string.h>

#include "base/alloc.h"
#include "report/attention.h"
#include "report/sarif.h"
#include "report/writers.h"

/* What CI shows. A target writes its own texts into all of it, and would like to be more than text.
 */

#define OUT_MAX (16u << 20)
#define EVIL                                                                                       \
    "\n::add-mask::x\r\n##[error]y\n| cell | <script>alert(1)</script> `code` **bold** "           \
    "[a](http://evil.example) @user www.evil.example {0} ]]> \"'&%0A\x1b[31m\x01\xff"

static struct result some(const char *id, enum verdict_kind kind, enum severity severity)
{
    return (struct result){
        .id = id,
        .title = "A title",
        .group = "Group",
        .path = "folder/a.case",
        .line = 3,
        .again = "wsproof test --cases x",
        .severity = severity,
        .verdict = { .result = kind,
                     .severity = severity,
                     .reason = "it said it",
                     .entry = ENTRY_NO_STEP },
    };
}

static struct run_report run_of(struct result *results, size_t n)
{
    return (struct run_report){ .version = "0.1.0",
                                .target = "ws://host/",
                                .role = "server",
                                .results = results,
                                .n_results = n,
                                .duration_ms = 1500 };
}

static const char *text_of(struct buf *out)
{
    cr_assert(buf_push(out, '\0'));
    out->len--;
    return (const char *)out->ptr;
}

static size_t times(const char *text, const char *needle)
{
    size_t n = 0;

    for (const char *at = text; (at = strstr(at, needle)); at += strlen(needle))
        n++;
    return n;
}

/* ---- attention ---- */

Test(report_ci, the_gravest_come_first)
{
    struct result results[] = {
        some("pass", VERDICT_PASS, SEVERITY_CRITICAL),
        some("minor", VERDICT_FAIL, SEVERITY_MINOR),
        some("warn", VERDICT_WARN, SEVERITY_CRITICAL),
        some("pedantic", VERDICT_FAIL, SEVERITY_PEDANTIC),
        some("critical", VERDICT_FAIL, SEVERITY_CRITICAL),
        some("major 1", VERDICT_FAIL, SEVERITY_MAJOR),
        some("error", VERDICT_ERROR, SEVERITY_PEDANTIC),
        some("major 2", VERDICT_FAIL, SEVERITY_MAJOR),
        some("skip", VERDICT_SKIP, SEVERITY_MAJOR),
        some("info", VERDICT_INFO, SEVERITY_MAJOR),
    };
    static const char *const order[] = { "error",   "critical", "major 1",
                                         "major 2", "minor",    "pedantic" };
    struct run_report run = run_of(results, sizeof results / sizeof *results);
    struct attention all = { 0 };

    cr_assert_eq(attention_count(&run), 6);
    for (size_t i = 0; i < 6; i++)
        cr_assert_str_eq(attention_next(&all, &run)->id, order[i]);
    cr_assert_null(attention_next(&all, &run));
    cr_assert_null(attention_next(&all, &run), "and it stays so");
}

Test(report_ci, a_fail_below_the_gate_is_a_warning)
{
    struct result minor = some("a", VERDICT_FAIL, SEVERITY_MINOR);
    struct result error = some("a", VERDICT_ERROR, SEVERITY_PEDANTIC);
    struct result warn = some("a", VERDICT_WARN, SEVERITY_CRITICAL);

    cr_assert_eq(attention_level(&minor, SEVERITY_MINOR), ATTENTION_ERROR);
    cr_assert_eq(attention_level(&minor, SEVERITY_MAJOR), ATTENTION_WARNING);
    cr_assert_eq(attention_level(&error, SEVERITY_CRITICAL), ATTENTION_ERROR);
    cr_assert_eq(attention_level(&warn, SEVERITY_PEDANTIC), ATTENTION_NONE);
}

/* ---- GitHub ---- */

Test(report_ci, an_annotation_says_what_where_and_how_to_see_it_again)
{
    struct result results[] = { some("a/b", VERDICT_FAIL, SEVERITY_MAJOR) };
    struct run_report run = run_of(results, 1);
    struct buf out;

    results[0].path = "odd:name, 100%.case";
    results[0].verdict.line = 7;
    results[0].verdict.requirement = "RFC6455-5.1-1";
    results[0].verdict.expected = "expect this";
    results[0].verdict.got = "that: so, 100%";
    buf_init(&out, OUT_MAX);
    cr_assert(report_github(&run, SEVERITY_MINOR, &out));
    cr_assert_str_eq(text_of(&out),
                     "::error title=a/b,file=odd%3Aname%2C 100%25.case,line=7::it said it"
                     "%0Aseverity: major%0Arequirement: RFC6455-5.1-1%0Aexpected: this"
                     "%0Acame: that: so, 100%25%0Aagain: wsproof test --cases x\n");
    buf_free(&out);
}

Test(report_ci, annotations_are_bounded_and_the_last_tells_how_many_there_are)
{
    struct result results[40];
    struct run_report run = run_of(results, 40);
    struct buf out;

    for (size_t i = 0; i < 40; i++)
        results[i] = some("a", VERDICT_FAIL, i < 10 ? SEVERITY_PEDANTIC : SEVERITY_MINOR);
    buf_init(&out, OUT_MAX);
    cr_assert(report_github(&run, SEVERITY_MINOR, &out));
    cr_assert_eq(times(text_of(&out), "::error "), 10);
    cr_assert_eq(times(text_of(&out), "::and 21 more"), 1);
    cr_assert_eq(times(text_of(&out), "::warning "), 10, "ten fit, and need no last one");
    cr_assert_eq(times(text_of(&out), "\n"), 20);
    run.trouble = "nobody listens";
    buf_clear(&out);
    cr_assert(report_github(&run, SEVERITY_MINOR, &out));
    cr_assert_eq(times(text_of(&out), "::error "), 10, "the trouble is one of them");
    cr_assert_eq(times(text_of(&out), "::and 22 more"), 1);
    buf_free(&out);
}

/* Each text of a result that a target can have put something into. */
static struct result evil(void)
{
    struct result r = some("a/b", VERDICT_FAIL, SEVERITY_MAJOR);

    r.verdict.reason = r.verdict.expected = r.verdict.got = EVIL;
    r.again = EVIL;
    r.target_stderr = EVIL;
    return r;
}

static struct run_report evil_run(struct result *r)
{
    struct run_report run = run_of(r, 1);

    *r = evil();
    run.target = run.server_header = run.trouble = EVIL;
    return run;
}

Test(report_ci, a_target_gives_a_runner_no_commands)
{
    struct result r;
    struct run_report run = evil_run(&r);
    struct buf out;

    buf_init(&out, OUT_MAX);
    cr_assert(report_github(&run, SEVERITY_MINOR, &out));
    const char *text = text_of(&out);
    cr_assert_eq(times(text, "\n"), 2, "a line for the trouble and one for the fail");
    cr_assert_eq(strncmp(text, "::error ", 8), 0);
    cr_assert_eq(times(text, "\n::error "), 1);
    cr_assert_eq(times(text, "\n::add-mask"), 0);
    cr_assert_eq(times(text, "\x1b"), 0);
    cr_assert_eq(times(text, "\r"), 0);
    cr_assert_eq(times(text, "%0A::add-mask"), 5, "trouble, reason, expected, came, again");
    buf_free(&out);
}

/* ---- Markdown ---- */

Test(report_ci, the_summary_counts_and_lists_what_failed)
{
    struct result results[] = { some("a", VERDICT_PASS, SEVERITY_MINOR),
                                some("b", VERDICT_FAIL, SEVERITY_MINOR),
                                some("c", VERDICT_FAIL, SEVERITY_MAJOR) };
    struct run_report run = run_of(results, 3);
    struct buf out;

    results[2].verdict.requirement = "RFC6455-5.1-1";
    results[2].verdict.got = "that";
    buf_init(&out, OUT_MAX);
    cr_assert(report_markdown(&run, &out));
    cr_assert_str_eq(
        text_of(&out),
        "### wsproof: 2 fails (1 major, 1 minor) in 3 cases\n\n"
        "server <code>ws&#58;//host/</code>; seed 0, 1.500000 s\n\n"
        "| pass | warn | info | fail | skip | error |\n"
        "|---:|---:|---:|---:|---:|---:|\n"
        "| 1 | 0 | 0 | 2 | 0 | 0 |\n"
        "\n| severity | case | what | requirement |\n|---|---|---|---|\n"
        "| major | <code>c</code> | <code>it said it</code><br>came <code>that</code> | "
        "<code>RFC6455-5&#46;1-1</code> |\n"
        "| minor | <code>b</code> | <code>it said it</code> |  |\n\n");
    buf_free(&out);
}

Test(report_ci, a_target_writes_no_markdown)
{
    struct result r;
    struct run_report run = evil_run(&r);
    struct buf out;

    buf_init(&out, OUT_MAX);
    cr_assert(report_markdown(&run, &out));
    const char *text = text_of(&out);
    static const char *const none[] = { "<script", "`",    "**bold", "](",   "@",     "www.",
                                        "::",      "\x1b", "\r",     "\x01", "| cell" };
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        cr_assert_eq(times(text, none[i]), 0, "%s", none[i]);
    cr_assert_eq(times(text, "\n"), 14, "as many lines as without it");
    cr_assert_eq(times(text, "&#64;user"), 4 + 1 + 1);
    buf_free(&out);
}

Test(report_ci, the_summary_stays_below_what_github_takes)
{
    static char longest[2000];
    struct result results[500];
    struct run_report run = run_of(results, 500);
    struct buf out;

    memset(longest, '#', sizeof longest - 1);
    for (size_t i = 0; i < 500; i++) {
        results[i] = some(longest, VERDICT_FAIL, SEVERITY_MINOR);
        results[i].verdict.reason = results[i].verdict.expected = results[i].verdict.got = longest;
        results[i].verdict.requirement = longest;
    }
    buf_init(&out, OUT_MAX);
    cr_assert(report_markdown(&run, &out));
    cr_assert_lt(out.len, 1u << 20);
    cr_assert_not_null(strstr(text_of(&out), "and 400 more"));
    buf_free(&out);
}

/* ---- the badge ---- */

static void badge_says(const struct run_report *run, const char *words, const char *fill)
{
    struct buf out;

    buf_init(&out, OUT_MAX);
    cr_assert(report_badge(run, &out));
    cr_assert_eq(times(text_of(&out), words), 3, "%s: label, title and drawing: %s", words,
                 text_of(&out));
    cr_assert_eq(times(text_of(&out), fill), 1);
    cr_assert_eq(times(text_of(&out), "host"), 0, "nothing of the target");
    buf_free(&out);
}

Test(report_ci, the_badge_is_green_for_no_fail_alone)
{
    struct result results[] = { some("a", VERDICT_PASS, SEVERITY_MINOR),
                                some("b", VERDICT_WARN, SEVERITY_MINOR) };
    struct run_report run = run_of(results, 2);

    badge_says(&run, "no fail in 2 cases", "#2d7d32");
    results[1].verdict.result = VERDICT_FAIL;
    badge_says(&run, "1 fail in 2 cases", "#b3261e");
    results[1].verdict.severity = SEVERITY_PEDANTIC;
    badge_says(&run, "1 fail in 2 cases", "#8a6d00");
    run.deaths = 1;
    badge_says(&run, "1 fail in 2 cases", "#b3261e");
    results[1].verdict.result = VERDICT_PASS;
    badge_says(&run, "it died", "#b3261e");
    results[1].verdict = (struct verdict){ .result = VERDICT_FAIL, .severity = SEVERITY_CRITICAL };
    results[1].known.as = KNOWN_EXPECTED;
    badge_says(&run, "1 known fail in 2 cases", "#8a6d00");
    run.unsolved = 1;
    badge_says(&run, "it died", "#b3261e");
    results[1].known.as = KNOWN_NOT;
    run.unsolved = run.deaths = 0;
    results[1].verdict.result = VERDICT_ERROR;
    badge_says(&run, "no result", "#5f6368");
    results[0].verdict.result = results[1].verdict.result = VERDICT_SKIP;
    badge_says(&run, "no result", "#5f6368");
    results[0].verdict.result = VERDICT_PASS;
    run.unfinished = true;
    badge_says(&run, "no result", "#5f6368");
    run.n_results = 0;
    run.unfinished = false;
    badge_says(&run, "no result", "#5f6368");
}

/* ---- SARIF ---- */

static struct requirement clause = { .id = "RFC6455-5.1-1",
                                     .rfc = "RFC6455",
                                     .section = "5.1",
                                     .level_text = "MUST",
                                     .summary = "It is masked" };
static const struct requirements clauses = { &clause, 1 };

Test(report_ci, sarif_has_a_rule_a_clause_and_a_result_a_fail)
{
    struct result results[] = { some("a", VERDICT_FAIL, SEVERITY_MAJOR),
                                some("b", VERDICT_FAIL, SEVERITY_PEDANTIC),
                                some("c", VERDICT_FAIL, SEVERITY_MINOR),
                                some("d", VERDICT_PASS, SEVERITY_MINOR),
                                some("e", VERDICT_ERROR, SEVERITY_MINOR) };
    struct run_report run = run_of(results, 5);
    struct buf out;

    results[0].verdict.requirement = results[1].verdict.requirement = "RFC6455-5.1-1";
    results[0].path = "my cases/ü.case";
    results[0].verdict.line = 9;
    buf_init(&out, OUT_MAX);
    cr_assert(report_sarif(&run, SEVERITY_MINOR, &clauses, &out));
    const char *text = text_of(&out);
    cr_assert_not_null(strstr(text, "\"version\":\"2.1.0\""));
    cr_assert_eq(
        times(text, "{\"id\":\"RFC6455-5.1-1\",\"shortDescription\":{\"text\":\"It is masked\"}"),
        1, "once, though two cases broke it");
    cr_assert_eq(times(text, "{\"id\":\"Group\""), 1, "no clause: its group");
    cr_assert_eq(times(text, "\"ruleId\":"), 3, "an error is no finding");
    cr_assert_eq(times(text, "\"level\":\"error\""), 2);
    cr_assert_eq(times(text, "\"level\":\"warning\""), 1);
    cr_assert_not_null(
        strstr(text, "{\"uri\":\"my%20cases/%C3%BC.case\"},\"region\":{\"startLine\":9}"));
    cr_assert_not_null(strstr(text, "{\"wsproof/v1\":\"a\"}"));
    cr_assert_not_null(strstr(text, "\"executionSuccessful\":true"));
    cr_assert_str_eq(text + out.len - 6, "}]}]}\n", "and there is nothing behind it");
    buf_free(&out);
}

Test(report_ci, a_target_makes_no_links_or_places_in_sarif)
{
    struct result r;
    struct run_report run = evil_run(&r);
    struct buf out;

    buf_init(&out, OUT_MAX);
    cr_assert(report_sarif(&run, SEVERITY_MINOR, &clauses, &out));
    const char *text = text_of(&out);
    cr_assert_eq(times(text, "]("), 0);
    cr_assert_eq(times(text, "{{0}}"), 4 + 1);
    cr_assert_eq(times(text, " {0} "), 0);
    cr_assert_not_null(strstr(text, "\"executionSuccessful\":false"));
    for (const char *c = text; *c; c++)
        cr_assert((unsigned char)*c >= 0x20 || *c == '\n');
    buf_free(&out);
}

Test(report_ci, sarif_is_bounded)
{
    enum { MANY = SARIF_RESULTS_MAX + 10 };
    static struct result results[MANY];
    struct run_report run = run_of(results, MANY);
    struct buf out;

    for (size_t i = 0; i < MANY; i++)
        results[i] = some("a", VERDICT_FAIL, SEVERITY_MINOR);
    buf_init(&out, OUT_MAX);
    cr_assert(report_sarif(&run, SEVERITY_MINOR, &clauses, &out));
    cr_assert_eq(times(text_of(&out), "\"ruleId\":"), SARIF_RESULTS_MAX);
    buf_free(&out);
}

Test(report_ci, findings_of_a_fuzzer_go_by_their_names)
{
    const struct sarif_finding findings[] = { { "findings/hang.case", "it hangs" },
                                              { "crash-in read.case", EVIL } };
    struct buf out;

    buf_init(&out, OUT_MAX);
    cr_assert(report_sarif_findings("0.1.0", findings, 2, &out));
    const char *text = text_of(&out);
    cr_assert_eq(times(text, "{\"id\":\"hang\",\"shortDescription\":{\"text\":\"it hangs\"}}"), 1);
    cr_assert_eq(times(text, "{\"ruleId\":\"hang\",\"level\":\"error\""), 1);
    cr_assert_eq(times(text, "\"uri\":\"findings/hang.case\""), 1);
    cr_assert_eq(times(text, "\"uri\":\"crash-in%20read.case\""), 1);
    cr_assert_eq(times(text, "]("), 0);
    buf_free(&out);
}

/* ---- JUnit, as GitLab reads it ---- */

Test(report_ci, a_target_attaches_nothing_in_gitlab)
{
    struct result r = evil();
    struct run_report run = run_of(&r, 1);
    struct buf out;

    r.verdict.reason = "[[[ATTACHMENT|a]] [[ATTACHMENT|b]]";
    buf_init(&out, OUT_MAX);
    cr_assert(report_junit(&run, &out));
    const char *inside = strchr(strstr(text_of(&out), "<failure"), '>');
    cr_assert_eq(times(inside, "[[ATTACHMENT"), 0);
    cr_assert_eq(times(inside, "[ [ [ATTACHMENT|a]] [ [ATTACHMENT|b]]"), 1);
    buf_free(&out);
}

Test(report_ci, writers_say_no_when_the_heap_does)
{
    struct result r;
    struct run_report run = evil_run(&r);
    bool done = false;

    for (unsigned long nth = 1; !done; nth++) {
        struct buf out;
        buf_init(&out, OUT_MAX);
        alloc_fail_at(nth);
        done = report_github(&run, SEVERITY_MINOR, &out);
        done = report_markdown(&run, &out) && done;
        done = report_badge(&run, &out) && done;
        done = report_sarif(&run, SEVERITY_MINOR, &clauses, &out) && done;
        alloc_fail_at(0);
        cr_assert_lt(nth, 1000);
        buf_free(&out);
    }
}
