#include "report/writers.h"

#include <string.h>

#include "report/describe.h"
#include "report/escape.h"
#include "report/markup.h"
#include "report/rfc3339.h"

#define WORDS_MAX 4096 /* one entry in words */

/* GitLab shows what stands inside an element, not its message; and there it takes
 * [[ATTACHMENT|path]] for an attachment, which nobody but a target would write. */
static bool escape_content(struct bytes in, struct buf *out)
{
    while (in.len > 0) {
        size_t at = bytes_index(in, 0, '[');
        bool two = at + 1 < in.len && in.ptr[at + 1] == '[';
        size_t take = at + 1 < in.len ? at + 1 : in.len;
        if (!report_escape_xml(bytes_take(in, take), out) || (two && !buf_push(out, ' ')))
            return false;
        in = bytes_skip(in, take);
    }
    return true;
}

static void attribute(struct markup *m, const char *before, const char *text)
{
    m->escape = report_escape_xml_attribute;
    markup_put(m, before);
    markup_text(m, text);
    markup_put(m, "\"");
    m->escape = escape_content;
}

static void number(struct markup *m, const char *before, uint64_t n)
{
    markup_put(m, before);
    markup_number(m, n);
    markup_put(m, "\"");
}

static void seconds(struct markup *m, const char *before, uint64_t us)
{
    markup_put(m, before);
    markup_seconds(m, us);
    markup_put(m, "\"");
}

static void line(struct markup *m, const char *label, const char *text)
{
    if (!text)
        return;
    markup_put(m, label);
    markup_text(m, text);
    markup_put(m, "\n");
}

static void decisive_entry(struct markup *m, const struct result *r)
{
    struct buf words;

    if (r->verdict.entry >= r->transcript.count)
        return;
    buf_init(&words, WORDS_MAX);
    if (report_describe(&r->transcript.entries[r->verdict.entry], &words)) {
        markup_put(m, "decided by: ");
        markup_bytes(m, buf_bytes(&words));
        markup_put(m, "\n");
    }
    buf_free(&words);
}

/* What a person needs before opening the long report. */
static void explain(struct markup *m, const struct result *r)
{
    const struct verdict *v = &r->verdict;

    line(m, "title: ", r->title);
    line(m, "reason: ", v->reason);
    line(m, "requirement: ", v->requirement);
    line(m, "expected: ", v->expected);
    line(m, "got: ", v->got);
    decisive_entry(m, r);
    for (size_t i = 0; i < v->n_remarks; i++)
        line(m, "remark: ", v->remarks[i]);
    line(m, "again: ", r->again);
    line(m, "stderr:\n", r->target_stderr);
}

static void outcome(struct markup *m, const char *element, const struct result *r)
{
    const char *reason = r->verdict.reason ? r->verdict.reason : "no reason was given";

    markup_put(m, "<");
    markup_put(m, element);
    attribute(m, " message=\"", reason);
    attribute(m, " type=\"",
              r->verdict.result == VERDICT_FAIL ? script_severity_name(r->verdict.severity)
                                                : verdict_name(r->verdict.result));
    markup_put(m, ">");
    explain(m, r);
    markup_put(m, "</");
    markup_put(m, element);
    markup_put(m, ">\n");
}

static void remarkable(struct markup *m, const struct result *r)
{
    markup_put(m, "<system-out>");
    line(m, "verdict: ", verdict_name(r->verdict.result));
    explain(m, r);
    markup_put(m, "</system-out>\n");
}

/* A known failure is no failure of the run; readers of JUnit have but "skipped" for that. */
static void expected(struct markup *m, const struct result *r)
{
    attribute(m, "<skipped type=\"", known_name(r->known.as));
    attribute(m, " message=\"expected: ", r->known.reason);
    markup_put(m, ">expected: ");
    markup_text(m, r->known.reason);
    markup_put(m, "</skipped>\n");
    remarkable(m, r);
}

/* Better or worse than a baseline has it: the run fails by it, whatever the verdict. */
static void unexpected(struct markup *m, const struct result *r)
{
    attribute(m, "<failure type=\"", known_name(r->known.as));
    markup_put(m, " message=\"");
    markup_text(m, verdict_name(r->verdict.result));
    markup_put(m, ", where line ");
    markup_number(m, r->known.line);
    markup_put(m, " of the baseline has ");
    markup_text(m, verdict_name(r->known.verdict));
    markup_put(m, "\">");
    explain(m, r);
    markup_put(m, "</failure>\n");
}

static void by_verdict(struct markup *m, const struct result *r)
{
    switch (r->verdict.result) {
    case VERDICT_FAIL: outcome(m, "failure", r); break;
    case VERDICT_ERROR: outcome(m, "error", r); break;
    case VERDICT_SKIP:
        attribute(m, "<skipped message=\"", r->verdict.reason);
        markup_put(m, ">");
        markup_text(m, r->verdict.reason);
        markup_put(m, "</skipped>\n");
        break;
    case VERDICT_WARN:
    case VERDICT_INFO: remarkable(m, r); break;
    case VERDICT_PASS:
    case VERDICT_KINDS: break;
    }
}

static bool is_expected_fail(const struct result *r)
{
    return r->verdict.result == VERDICT_FAIL && result_is_expected(r);
}

static void test_case(struct markup *m, const struct result *r)
{
    attribute(m, "<testcase name=\"", r->id);
    attribute(m, " classname=\"", r->group);
    attribute(m, " file=\"", r->path);
    number(m, " line=\"", r->line);
    seconds(m, " time=\"", r->duration_us);
    markup_put(m, ">\n");
    if (result_is_surprise(r))
        unexpected(m, r);
    else if (is_expected_fail(r))
        expected(m, r);
    else
        by_verdict(m, r);
    markup_put(m, "</testcase>\n");
}

/* The attributes that a suite and the whole have in common; ours or theirs to blame, apart. */
static void totals(struct markup *m, const struct run_report *r, size_t troubles)
{
    size_t failures = 0, errors = 0, skipped = 0;
    uint64_t us = 0;

    for (size_t i = 0; i < r->n_results; i++) {
        const struct result *result = &r->results[i];
        enum verdict_kind kind = result->verdict.result;
        bool surprise = result_is_surprise(result), expected = is_expected_fail(result);
        us += result->duration_us;
        failures += surprise || (kind == VERDICT_FAIL && !expected);
        errors += kind == VERDICT_ERROR;
        skipped += !surprise && (kind == VERDICT_SKIP || expected);
    }
    number(m, " tests=\"", r->n_results + troubles);
    number(m, " failures=\"", failures);
    number(m, " errors=\"", errors + troubles);
    number(m, " skipped=\"", skipped);
    seconds(m, " time=\"", us);
    markup_put(m, ">\n");
}

static bool same_group(const struct result *a, const struct result *b)
{
    return strcmp(a->group ? a->group : "", b->group ? b->group : "") == 0;
}

/* Cases of one group stand together; gives how many. */
static size_t suite(struct markup *m, const struct run_report *r, size_t from)
{
    size_t n = 1;

    while (from + n < r->n_results && same_group(&r->results[from], &r->results[from + n]))
        n++;
    struct run_report part = *r;
    part.results += from;
    part.n_results = n;
    char started[RFC3339_TEXT + 1];
    report_rfc3339_print(r->started_s, started);
    attribute(m, "<testsuite name=\"", r->results[from].group);
    attribute(m, " hostname=\"", r->target);
    attribute(m, " timestamp=\"", started);
    totals(m, &part, 0);
    for (size_t i = 0; i < n; i++)
        test_case(m, &part.results[i]);
    markup_put(m, "</testsuite>\n");
    return n;
}

static void trouble(struct markup *m, const char *what)
{
    markup_put(m, "<testcase name=\"the run\" classname=\"wsproof\">\n");
    attribute(m, "<error message=\"", what);
    markup_put(m, ">");
    markup_text(m, what);
    markup_put(m, "</error>\n</testcase>\n");
}

static size_t count_troubles(const struct run_report *r)
{
    return (r->trouble != NULL) + (r->baseline ? r->baseline->n_problems : 0);
}

/* A run without its target, or with other cases than recorded, must not look like a good one. */
static void troubles(struct markup *m, const struct run_report *r)
{
    size_t n = count_troubles(r);

    if (n == 0)
        return;
    number(m, "<testsuite name=\"the run\" failures=\"0\" skipped=\"0\" tests=\"", n);
    number(m, " errors=\"", n);
    markup_put(m, ">\n");
    if (r->trouble)
        trouble(m, r->trouble);
    for (size_t i = 0; r->baseline && i < r->baseline->n_problems; i++)
        trouble(m, r->baseline->problems[i]);
    markup_put(m, "</testsuite>\n");
}

bool report_junit(const struct run_report *r, struct buf *out)
{
    struct markup m = { .buf = out, .ok = true, .escape = escape_content };

    markup_put(&m, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"wsproof\"");
    totals(&m, r, count_troubles(r));
    troubles(&m, r);
    for (size_t i = 0; i < r->n_results;)
        i += suite(&m, r, i);
    markup_put(&m, "</testsuites>\n");
    return m.ok;
}
