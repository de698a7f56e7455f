#include "report/writers.h"

#include "report/escape.h"
#include "report/markup.h"

static void row(struct markup *m, const char *key, const char *text)
{
    if (!text)
        return;
    markup_put(m, "  ");
    markup_put(m, key);
    markup_put(m, ": \"");
    m->escape = report_escape_json; /* what YAML has in double quotes */
    markup_text(m, text);
    m->escape = report_escape_tap;
    markup_put(m, "\"\n");
}

static void known_row(struct markup *m, const struct result *r)
{
    if (!result_is_surprise(r))
        return;
    row(m, "baseline", known_name(r->known.as));
    row(m, "recorded", verdict_name(r->known.verdict));
}

static void explain(struct markup *m, const struct result *r)
{
    const struct verdict *v = &r->verdict;

    markup_put(m, "  ---\n");
    row(m, "verdict", verdict_name(v->result));
    known_row(m, r);
    row(m, "severity", v->result == VERDICT_FAIL ? script_severity_name(v->severity) : NULL);
    row(m, "message", v->reason);
    row(m, "requirement", v->requirement);
    row(m, "expected", v->expected);
    row(m, "got", v->got);
    row(m, "again", r->again);
    markup_put(m, "  ...\n");
}

/* A known failure is what TAP has this directive for: "not ok" that fails nothing. */
static void directive(struct markup *m, const struct result *r)
{
    bool skipped = r->verdict.result == VERDICT_SKIP && !result_is_surprise(r);

    if (r->verdict.result == VERDICT_FAIL && result_is_expected(r)) {
        markup_put(m, r->known.as == KNOWN_FLAKY ? " # TODO flaky: " : " # TODO expected: ");
        markup_text(m, r->known.reason);
    } else if (skipped) {
        markup_put(m, " # SKIP ");
        markup_text(m, r->verdict.reason);
    }
}

static void diagnostic(struct markup *m, const struct verdict *v)
{
    if (v->result != VERDICT_WARN && v->result != VERDICT_INFO)
        return;
    markup_put(m, "# ");
    markup_put(m, verdict_name(v->result));
    markup_put(m, ": ");
    markup_text(m, v->reason);
    markup_put(m, "\n");
}

static void test_point(struct markup *m, size_t number, const struct result *r)
{
    bool bad = result_is_bad(r) || r->verdict.result == VERDICT_FAIL; /* known ones too */

    markup_put(m, bad ? "not ok " : "ok ");
    markup_number(m, number);
    markup_put(m, " - ");
    markup_text(m, r->id);
    markup_put(m, ": ");
    markup_text(m, r->title);
    directive(m, r);
    markup_put(m, "\n");
    diagnostic(m, &r->verdict);
    if (bad)
        explain(m, r);
}

static void problem(struct markup *m, size_t number, const char *what)
{
    markup_put(m, "not ok ");
    markup_number(m, number);
    markup_put(m, " - the run: ");
    markup_text(m, what);
    markup_put(m, "\n");
}

/* All of it is in version 13 too, and readers that know no 14 complain about the number. */
bool report_tap(const struct run_report *r, struct buf *out)
{
    struct markup m = { .buf = out, .ok = true, .escape = report_escape_tap };

    markup_put(&m, "TAP version 13\n1..");
    markup_number(&m, r->n_results + (r->baseline ? r->baseline->n_problems : 0));
    markup_put(&m, "\n");
    for (size_t i = 0; i < r->n_results; i++)
        test_point(&m, i + 1, &r->results[i]);
    for (size_t i = 0; r->baseline && i < r->baseline->n_problems; i++)
        problem(&m, r->n_results + i + 1, r->baseline->problems[i]);
    if (r->trouble) {
        markup_put(&m, "Bail out! ");
        markup_text(&m, r->trouble);
        markup_put(&m, "\n");
    }
    return m.ok;
}
