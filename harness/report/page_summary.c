#include "report/page.h"

#include <string.h>

#include "report/page_known.h"
#include "report/rfc3339.h"

#define SKIP_REASONS_MAX 40 /* different ones that are listed; a suite has a handful */

static void row(struct page *p, const char *name, const char *value)
{
    if (!value)
        return;
    markup_put(&p->m, "<div>");
    page_element(p, "dt", NULL, name);
    page_element(p, "dd", NULL, value);
    markup_put(&p->m, "</div>");
}

static void row_number(struct page *p, const char *name, uint64_t n, const char *unit)
{
    markup_put(&p->m, "<div>");
    page_element(p, "dt", NULL, name);
    markup_put(&p->m, "<dd>");
    markup_number(&p->m, n);
    markup_put(&p->m, unit);
    markup_put(&p->m, "</dd></div>");
}

static void rows(struct page *p, const char *title, const struct run_options_row *list, size_t n)
{
    if (n == 0)
        return;
    markup_put(&p->m, "<div class=\"panel\">");
    page_element(p, "h3", NULL, title);
    markup_put(&p->m, "<dl class=\"facts\">");
    for (size_t i = 0; i < n; i++)
        row(p, list[i].name, list[i].value);
    markup_put(&p->m, "</dl></div>");
}

struct skip_reason {
    const char *text;
    size_t count;
};

static const char *reason_of(const struct result *r)
{
    return r->verdict.reason ? r->verdict.reason : "no reason was given";
}

/* Gives how many are listed; those past the list are in *more. */
static size_t skip_reasons(const struct page *p, struct skip_reason list[SKIP_REASONS_MAX],
                           size_t *more)
{
    size_t n = 0;

    *more = 0;
    for (size_t i = 0; i < p->book->runs->n_results; i++) {
        const struct result *r = &p->book->runs->results[i];
        size_t k = 0;
        if (r->verdict.result != VERDICT_SKIP)
            continue;
        while (k < n && strcmp(list[k].text, reason_of(r)) != 0)
            k++;
        if (k == SKIP_REASONS_MAX) {
            (*more)++;
            continue;
        }
        if (k == n)
            list[n++] = (struct skip_reason){ reason_of(r), 0 };
        list[k].count++;
    }
    return n;
}

static void skipped(struct page *p)
{
    struct skip_reason list[SKIP_REASONS_MAX];
    size_t more, n = skip_reasons(p, list, &more);

    if (n == 0)
        return;
    markup_put(&p->m, "<div class=\"panel\"><h3>Skipped, and why</h3><ul class=\"skips\">");
    for (size_t i = 0; i < n; i++) {
        markup_put(&p->m, "<li><b>");
        markup_number(&p->m, list[i].count);
        markup_put(&p->m, "</b> ");
        markup_text(&p->m, list[i].text);
        markup_put(&p->m, "</li>");
    }
    if (more > 0) {
        markup_put(&p->m, "<li><b>");
        markup_number(&p->m, more);
        markup_put(&p->m, "</b> for other reasons</li>");
    }
    markup_put(&p->m, "</ul></div>");
}

static void run_facts(struct page *p)
{
    const struct run_report *r = p->book->runs;
    char started[RFC3339_TEXT + 1];

    report_rfc3339_print(r->started_s, started);
    markup_put(&p->m, "<div class=\"panel\"><h3>The run</h3><dl class=\"facts\">");
    row_number(p, "cases", p->counts->total, "");
    row(p, "started", started);
    markup_put(&p->m, "<div><dt>took</dt><dd>");
    page_duration(p, r->duration_ms * 1000);
    markup_put(&p->m, "</dd></div>");
    row_number(p, "seed", r->seed, "");
    row_number(p, "own CPU time", r->own_cpu_ms, " ms");
    row_number(p, "own memory", r->own_peak_kib / 1024, " MiB");
    row_number(p, "run again", p->counts->retried, "");
    row_number(p, "disputed", p->counts->contested, "");
    if (r->deaths > 0)
        row_number(p, "deaths of the server", r->deaths, "");
    if (r->unsolved > 0)
        row_number(p, "deaths that no case explains", r->unsolved, "");
    row(p, "wsproof", r->version);
    markup_put(&p->m, "</dl></div>");
}

/* Of one run: several have their table of targets. */
void page_summary(struct page *p)
{
    const struct run_report *r = p->book->runs;

    if (p->book->n_runs > 1)
        return;
    markup_put(&p->m, "<div class=\"panels\">");
    run_facts(p);
    rows(p, "How it was run", r->options, r->n_options);
    rows(p, "What the probe learned", r->probe, r->n_probe);
    page_known_panel(&p->m, r);
    skipped(p);
    markup_put(&p->m, "</div>");
}
