#include "report/writers.h"

#include "report/attention.h"
#include "report/escape.h"
#include "report/markup.h"

/* GitHub takes 1 MiB of summary from a step and shows nothing of one that is larger: rows times
 * texts times the six bytes of a character reference stay below. */
#define ROWS_MAX 100
#define TEXT_MAX 300
#define PROBLEMS_MAX 10

/* Code is where nobody looks for names to notify or addresses to link to. */
static void code(struct markup *m, const char *label, const char *text)
{
    if (!text)
        return;
    markup_put(m, label);
    markup_put(m, "<code>");
    markup_cut(m, text, TEXT_MAX);
    markup_put(m, "</code>");
}

static void number(struct markup *m, size_t n, const char *behind)
{
    markup_number(m, n);
    markup_put(m, behind);
}

static void headline(struct markup *m, const struct run_report *r, const struct run_counts *counts)
{
    size_t fails = counts->by_kind[VERDICT_FAIL] - counts->expected_fails;

    markup_put(m, "### wsproof: ");
    number(m, fails, fails == 1 ? " fail" : " fails");
    if (fails > 0)
        markup_put(m, " (");
    for (int level = SEVERITY_CRITICAL, before = 0; level >= SEVERITY_PEDANTIC; level--) {
        size_t n = counts->fails_by_severity[level] - counts->expected_by_severity[level];
        if (n == 0)
            continue;
        markup_put(m, before++ ? ", " : "");
        number(m, n, " ");
        markup_put(m, script_severity_name((enum severity)level));
    }
    markup_put(m, fails > 0 ? ") in " : " in ");
    number(m, counts->total,
           r->unfinished ? " cases of a run that was cut short\n\n" : " cases\n\n");
}

static void about(struct markup *m, const struct run_report *r)
{
    markup_text(m, r->role);
    code(m, " ", r->target);
    code(m, ", which calls itself ", r->server_header);
    markup_put(m, "; seed ");
    number(m, r->seed, ", ");
    markup_seconds(m, r->duration_ms * 1000);
    markup_put(m, " s\n\n");
    if (r->trouble)
        code(m, "**The run did not get to its end:** ", r->trouble);
    if (r->deaths > 0)
        number(m, r->deaths, " times the target died.");
    if (r->unsolved > 0)
        number(m, r->unsolved, " times of no case that could be told.");
    markup_put(m, r->trouble || r->deaths > 0 ? "\n\n" : "");
}

/* What a baseline made of the run, and what it has against it. */
static void known(struct markup *m, const struct run_report *r, const struct run_counts *counts)
{
    if (!r->baseline)
        return;
    code(m, "By ", r->baseline->file);
    for (int as = KNOWN_EXPECTED; as < KNOWN_KINDS; as++) {
        markup_put(m, as == KNOWN_EXPECTED ? ": " : ", ");
        number(m, counts->known[as], " ");
        markup_put(m, known_name((enum known_as)as));
    }
    markup_put(m, "\n\n");
    for (size_t i = 0; i < r->baseline->n_problems && i < PROBLEMS_MAX; i++) {
        code(m, "**", r->baseline->problems[i]);
        markup_put(m, "**\n\n");
    }
}

static void counts_table(struct markup *m, const struct run_counts *counts)
{
    static const enum verdict_kind columns[] = { VERDICT_PASS, VERDICT_WARN, VERDICT_INFO,
                                                 VERDICT_FAIL, VERDICT_SKIP, VERDICT_ERROR };
    const size_t n = sizeof columns / sizeof *columns;

    for (size_t i = 0; i < n; i++) {
        markup_put(m, "| ");
        markup_put(m, verdict_name(columns[i]));
        markup_put(m, " ");
    }
    markup_put(m, "|\n|---:|---:|---:|---:|---:|---:|\n");
    for (size_t i = 0; i < n; i++) {
        markup_put(m, "| ");
        number(m, counts->by_kind[columns[i]], " ");
    }
    markup_put(m, "|\n");
}

static void row(struct markup *m, const struct result *r)
{
    const struct verdict *v = &r->verdict;

    markup_put(m, "| ");
    if (result_is_surprise(r)) {
        markup_put(m, known_name(r->known.as));
        markup_put(m, ": ");
    }
    markup_put(m, v->result == VERDICT_FAIL ? script_severity_name(v->severity)
                                            : verdict_name(v->result));
    code(m, " | ", r->id);
    markup_put(m, " | ");
    code(m, "", v->reason ? v->reason : verdict_name(v->result));
    code(m, "<br>expected ", attention_expected(v));
    code(m, "<br>came ", v->got);
    markup_put(m, " | ");
    code(m, "", v->requirement);
    markup_put(m, " |\n");
}

static void rows(struct markup *m, const struct run_report *r)
{
    struct attention all = { 0 };
    const struct result *one;
    size_t n = attention_count(r);

    if (n == 0)
        return;
    markup_put(m, "\n| severity | case | what | requirement |\n|---|---|---|---|\n");
    for (size_t i = 0; i < ROWS_MAX && (one = attention_next(&all, r)); i++)
        row(m, one);
    if (n > ROWS_MAX) {
        markup_put(m, "\nand ");
        number(m, n - ROWS_MAX, " more; the report has them all\n");
    }
}

bool report_markdown(const struct run_report *r, struct buf *out)
{
    struct markup m = { .buf = out, .ok = true, .escape = report_escape_markdown };
    struct run_counts counts;

    run_report_count(r, &counts);
    headline(&m, r, &counts);
    about(&m, r);
    known(&m, r, &counts);
    counts_table(&m, &counts);
    rows(&m, r);
    markup_put(&m, "\n");
    return m.ok;
}
