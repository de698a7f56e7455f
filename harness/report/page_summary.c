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

/* One sentence that says how it went. */
static void glance(struct page *p)
{
    const size_t *by_kind = p->counts.by_kind;
    size_t fails = by_kind[VERDICT_FAIL] - p->counts.expected_fails;
    size_t ran = p->counts.total - by_kind[VERDICT_SKIP];
    bool bad =
        fails > 0 || by_kind[VERDICT_ERROR] > 0 || p->run->trouble || page_known_is_bad(p->run);

    markup_put(&p->m, bad ? "<p class=\"glance bad\">" : "<p class=\"glance good\">");
    if (ran == 0) {
        markup_put(&p->m, "No case ran.</p>");
        return;
    }
    if (fails > 0) {
        markup_number(&p->m, fails);
        markup_put(&p->m, fails == 1 ? " case of " : " cases of ");
        markup_number(&p->m, ran);
        markup_put(&p->m, fails == 1 ? " fails" : " fail");
    } else {
        markup_put(&p->m, "No case of ");
        markup_number(&p->m, ran);
        markup_put(&p->m, " fails");
    }
    if (p->counts.expected_fails > 0) {
        markup_put(&p->m, fails > 0 ? ", and " : ", but for ");
        markup_number(&p->m, p->counts.expected_fails);
        markup_put(&p->m, " that were known");
    }
    if (by_kind[VERDICT_ERROR] > 0) {
        markup_put(&p->m, ", ");
        markup_number(&p->m, by_kind[VERDICT_ERROR]);
        markup_put(&p->m, by_kind[VERDICT_ERROR] == 1 ? " ends in an error" : " end in an error");
    }
    markup_put(&p->m, ".</p>");
}

/* Widths are geometry, not style: the page's policy allows no style but its own sheet. */
static void bar(struct page *p)
{
    double at = 0;

    if (p->counts.total == 0)
        return;
    markup_put(&p->m, "<svg class=\"bar\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" "
                      "aria-hidden=\"true\">");
    for (size_t i = 0; i < VERDICT_KINDS; i++) {
        enum verdict_kind kind = page_order[i];
        double width = 1000.0 * (double)p->counts.by_kind[kind] / (double)p->counts.total;
        if (width > 0)
            p->m.ok =
                p->m.ok &&
                buf_print(p->m.buf,
                          "<rect class=\"%s\" x=\"%.2f\" y=\"0\" width=\"%.2f\" height=\"10\"/>",
                          verdict_name(kind), at, width);
        at += width;
    }
    markup_put(&p->m, "</svg>");
}

static void numbers(struct page *p)
{
    markup_put(&p->m, "<ul class=\"numbers\">");
    for (size_t i = 0; i < VERDICT_KINDS; i++) {
        enum verdict_kind kind = page_order[i];
        markup_put(&p->m, "<li class=\"");
        markup_put(&p->m, verdict_name(kind));
        markup_put(&p->m, "\" data-count=\"");
        markup_put(&p->m, verdict_name(kind));
        markup_put(&p->m, "\"><b>");
        markup_number(&p->m, p->counts.by_kind[kind]);
        markup_put(&p->m, "</b> ");
        markup_put(&p->m, verdict_name(kind));
        markup_put(&p->m, "</li>");
    }
    markup_put(&p->m, "</ul>");
}

static void severities(struct page *p)
{
    bool first = true;

    if (p->counts.by_kind[VERDICT_FAIL] == 0)
        return;
    markup_put(&p->m, "<p class=\"severities\">Fails by what they cost: ");
    for (int s = SEVERITY_CRITICAL; s >= SEVERITY_PEDANTIC; s--) {
        if (p->counts.fails_by_severity[s] == 0)
            continue;
        markup_put(&p->m, first ? "" : ", ");
        markup_put(&p->m, "<b>");
        markup_number(&p->m, p->counts.fails_by_severity[s]);
        markup_put(&p->m, "</b> ");
        markup_put(&p->m, script_severity_name((enum severity)s));
        first = false;
    }
    markup_put(&p->m, ".</p>");
}

static void warning(struct page *p, const char *before, const char *text)
{
    markup_put(&p->m, "<p class=\"alarm\" role=\"alert\">");
    markup_put(&p->m, before);
    markup_text(&p->m, text);
    markup_put(&p->m, "</p>");
}

void page_headline(struct page *p)
{
    const struct run_report *r = p->run;

    markup_put(&p->m, "<p class=\"kicker\">WebSocket conformance of a ");
    markup_text(&p->m, r->role);
    markup_put(&p->m, "</p>");
    page_element(p, "h1", NULL, r->target && *r->target ? r->target : "no target");
    page_element(p, "p", "server", r->server_header);
    glance(p);
    page_known_alarms(&p->m, r);
    if (r->trouble)
        warning(p, "", r->trouble);
    if (r->unfinished)
        warning(p, "The run was cut short: cases are missing.", NULL);
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
    for (size_t i = 0; i < p->run->n_results; i++) {
        const struct result *r = &p->run->results[i];
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
    const struct run_report *r = p->run;
    char started[RFC3339_TEXT + 1];

    report_rfc3339_print(r->started_s, started);
    markup_put(&p->m, "<div class=\"panel\"><h3>The run</h3><dl class=\"facts\">");
    row_number(p, "cases", p->counts.total, "");
    row(p, "started", started);
    markup_put(&p->m, "<div><dt>took</dt><dd>");
    page_duration(p, r->duration_ms * 1000);
    markup_put(&p->m, "</dd></div>");
    row_number(p, "seed", r->seed, "");
    row_number(p, "own CPU time", r->own_cpu_ms, " ms");
    row_number(p, "own memory", r->own_peak_kib / 1024, " MiB");
    row_number(p, "run again", p->counts.retried, "");
    row_number(p, "disputed", p->counts.contested, "");
    if (r->deaths > 0)
        row_number(p, "deaths of the server", r->deaths, "");
    row(p, "wsproof", r->version);
    markup_put(&p->m, "</dl></div>");
}

void page_summary(struct page *p)
{
    bar(p);
    numbers(p);
    severities(p);
    markup_put(&p->m, "<div class=\"panels\">");
    run_facts(p);
    rows(p, "How it was run", p->run->options, p->run->n_options);
    rows(p, "What the probe learned", p->run->probe, p->run->n_probe);
    page_known_panel(&p->m, p->run);
    skipped(p);
    markup_put(&p->m, "</div>");
}
