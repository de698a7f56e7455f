#include <string.h>

#include "report/page.h"
#include "report/page_known.h"
#include "report/rfc3339.h"

static void count_cell(struct page *p, size_t run, enum verdict_kind kind)
{
    size_t n = p->counts[run].by_kind[kind];

    markup_put(&p->m, "<td class=\"");
    markup_put(&p->m, n > 0 ? verdict_name(kind) : "none");
    markup_put(&p->m, "\">");
    if (n > 0) {
        markup_put(&p->m, "<a href=\"#cases\" data-to-group=\"\" data-to-target=\"");
        markup_number(&p->m, run);
        markup_put(&p->m, "\" data-to-verdict=\"");
        markup_put(&p->m, verdict_name(kind));
        markup_put(&p->m, "\">");
    }
    markup_number(&p->m, n);
    markup_put(&p->m, n > 0 ? "</a></td>" : "</td>");
}

/* What a reader must know before comparing. */
static void remark(struct page *p, const struct run_report *r, const struct run_counts *counts)
{
    if (page_known_is_bad(r))
        page_element(p, "strong", "note", "not as its baseline has it");
    if (counts->expected_fails > 0) {
        markup_put(&p->m, "<span class=\"server\">fails that were known: ");
        markup_number(&p->m, counts->expected_fails);
        markup_put(&p->m, "</span>");
    }
    if (r->trouble)
        page_element(p, "strong", "note", r->trouble);
    if (r->unfinished)
        page_element(p, "strong", "note", "cut short: cases are missing");
}

static void target_row(struct page *p, size_t run)
{
    const struct run_report *r = &p->book->runs[run];
    char started[RFC3339_TEXT + 1];

    report_rfc3339_print(r->started_s, started);
    markup_put(&p->m, "<tr><td class=\"number\">");
    markup_number(&p->m, run + 1);
    markup_put(&p->m, "</td><th scope=\"row\">");
    markup_text(&p->m, page_name(p, run));
    page_element(p, "span", "server", r->server_header);
    remark(p, r, &p->counts[run]);
    markup_put(&p->m, "</th><td class=\"chart\">");
    page_bar(p, &p->counts[run]);
    markup_put(&p->m, "</td>");
    for (size_t k = 0; k < VERDICT_KINDS; k++)
        count_cell(p, run, page_order[k]);
    markup_put(&p->m, "<td>");
    markup_number(&p->m, p->counts[run].fails_by_severity[SEVERITY_CRITICAL]);
    markup_put(&p->m, "</td><td>");
    page_duration(p, r->duration_ms * 1000);
    markup_put(&p->m, "</td><td>");
    started[strcspn(started, "T")] = '\0';
    markup_text(&p->m, started);
    markup_put(&p->m, "</td></tr>\n");
}

void page_targets(struct page *p)
{
    if (p->book->n_runs < 2)
        return;
    markup_put(&p->m, "<section id=\"targets\" aria-labelledby=\"targets-title\">"
                      "<h2 id=\"targets-title\">By target</h2><div class=\"matrix\" tabindex=\"0\" "
                      "role=\"region\" aria-labelledby=\"targets-title\"><table><thead><tr>"
                      "<th scope=\"col\"><abbr title=\"number\">no.</abbr></th>"
                      "<th scope=\"col\">target</th><th scope=\"col\" class=\"chart\">share</th>");
    for (size_t k = 0; k < VERDICT_KINDS; k++) {
        markup_put(&p->m, "<th scope=\"col\">");
        markup_put(&p->m, verdict_name(page_order[k]));
        markup_put(&p->m, "</th>");
    }
    markup_put(&p->m, "<th scope=\"col\">critical</th><th scope=\"col\">took</th>"
                      "<th scope=\"col\">started</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < p->book->n_runs; i++)
        target_row(p, i);
    markup_put(&p->m, "</tbody></table></div></section>\n");
}
