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

static void explain(struct markup *m, const struct result *r)
{
    const struct verdict *v = &r->verdict;

    markup_put(m, "  ---\n");
    row(m, "verdict", verdict_name(v->result));
    row(m, "severity", v->result == VERDICT_FAIL ? script_severity_name(v->severity) : NULL);
    row(m, "message", v->reason);
    row(m, "requirement", v->requirement);
    row(m, "expected", v->expected);
    row(m, "got", v->got);
    row(m, "again", r->again);
    markup_put(m, "  ...\n");
}

static void directive(struct markup *m, const struct verdict *v)
{
    if (v->result != VERDICT_SKIP)
        return;
    markup_put(m, " # SKIP ");
    markup_text(m, v->reason);
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
    enum verdict_kind kind = r->verdict.result;
    bool bad = kind == VERDICT_FAIL || kind == VERDICT_ERROR;

    markup_put(m, bad ? "not ok " : "ok ");
    markup_number(m, number);
    markup_put(m, " - ");
    markup_text(m, r->id);
    markup_put(m, ": ");
    markup_text(m, r->title);
    directive(m, &r->verdict);
    markup_put(m, "\n");
    diagnostic(m, &r->verdict);
    if (bad)
        explain(m, r);
}

/* All of it is in version 13 too, and readers that know no 14 complain about the number. */
bool report_tap(const struct run_report *r, struct buf *out)
{
    struct markup m = { .buf = out, .ok = true, .escape = report_escape_tap };

    markup_put(&m, "TAP version 13\n1..");
    markup_number(&m, r->n_results);
    markup_put(&m, "\n");
    for (size_t i = 0; i < r->n_results; i++)
        test_point(&m, i + 1, &r->results[i]);
    if (r->trouble) {
        markup_put(&m, "Bail out! ");
        markup_text(&m, r->trouble);
        markup_put(&m, "\n");
    }
    return m.ok;
}
