#include <stdlib.h>
#include <string.h>

#include "report/page.h"
#include "report/rfc3339.h"

/* Earlier runs of a target that is on the page, and where it stands now. */

static int by_start(const void *a, const void *b)
{
    const struct report_past *const *x = a, *const *y = b;
    return ((*x)->started_s > (*y)->started_s) - ((*x)->started_s < (*y)->started_s);
}

/* The past of one target in order of time; gives how many runs that is. */
static size_t past_of(const struct page *p, size_t run, const struct report_past **list)
{
    size_t n = 0;

    for (size_t i = 0; i < p->book->n_past; i++)
        if (strcmp(p->book->past[i].target, page_name(p, run)) == 0)
            list[n++] = &p->book->past[i];
    qsort(list, n, sizeof *list, by_start);
    return n;
}

/* "+2", "-3"; nothing when it stayed. */
static void change(struct page *p, size_t before, size_t now)
{
    markup_put(&p->m, now < before   ? "<td class=\"better\">-"
                      : now > before ? "<td class=\"worse\">+"
                                     : "<td>");
    if (now != before)
        markup_number(&p->m, now > before ? now - before : before - now);
    markup_put(&p->m, "</td>");
}

static void run_row(struct page *p, const struct report_past *now, const struct report_past *before)
{
    char started[RFC3339_TEXT + 1];
    size_t fails = now->counts.by_kind[VERDICT_FAIL];

    report_rfc3339_print(now->started_s, started);
    markup_put(&p->m, "<tr><th scope=\"row\">");
    markup_text(&p->m, started);
    markup_put(&p->m, "</th><td>");
    markup_text(&p->m, now->version);
    markup_put(&p->m, "</td><td class=\"chart\">");
    page_bar(p, &now->counts);
    markup_put(&p->m, "</td><td>");
    markup_number(&p->m, now->counts.total);
    markup_put(&p->m, "</td><td>");
    markup_number(&p->m, now->counts.by_kind[VERDICT_PASS]);
    markup_put(&p->m, "</td><td>");
    markup_number(&p->m, fails);
    markup_put(&p->m, "</td>");
    change(p, before ? before->counts.by_kind[VERDICT_FAIL] : fails, fails);
    markup_put(&p->m, "</tr>\n");
}

static void history_of(struct page *p, size_t run, const struct report_past **list, size_t n)
{
    const struct run_report *r = &p->book->runs[run];
    const struct report_past now = { page_name(p, run), r->version, r->started_s, p->counts[run] };

    page_element(p, "h3", NULL, page_name(p, run));
    markup_put(&p->m,
               "<div class=\"matrix\" tabindex=\"0\" role=\"region\" aria-label=\"History\">"
               "<table><thead><tr><th scope=\"col\">run of</th><th scope=\"col\">wsproof</th>"
               "<th scope=\"col\" class=\"chart\">share</th><th scope=\"col\">cases</th>"
               "<th scope=\"col\">pass</th><th scope=\"col\">fail</th>"
               "<th scope=\"col\">change</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < n; i++)
        run_row(p, list[i], i > 0 ? list[i - 1] : NULL);
    run_row(p, &now, list[n - 1]);
    markup_put(&p->m, "</tbody></table></div>\n");
}

void page_history(struct page *p)
{
    const struct report_past **list = arena_array(&p->arena, p->book->n_past, sizeof *list);
    bool open = false;

    p->m.ok = p->m.ok && list;
    for (size_t i = 0; p->m.ok && i < p->book->n_runs; i++) {
        size_t n = past_of(p, i, list);
        if (n == 0)
            continue;
        if (!open)
            markup_put(&p->m, "<section id=\"history\" aria-labelledby=\"history-title\">"
                              "<h2 id=\"history-title\">Over time</h2>\n");
        open = true;
        history_of(p, i, list, n);
    }
    markup_put(&p->m, open ? "</section>\n" : "");
}
