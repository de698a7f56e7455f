#include "report/page.h"

/* Groups of cases in rows. Of one run the verdicts are the columns, of several the targets are. */

/* What a group gave in one run. */
struct tile {
    size_t by_kind[VERDICT_KINDS];
    size_t first[VERDICT_KINDS]; /* case */
};

static void count_group(const struct page *p, size_t group, size_t run, struct tile *t)
{
    *t = (struct tile){ 0 };
    for (size_t i = 0; i < p->n_cases; i++) {
        const struct page_case *c = &p->cases[i];
        if (c->group != group || c->kinds[run] == VERDICT_KINDS)
            continue;
        if (t->by_kind[c->kinds[run]]++ == 0)
            t->first[c->kinds[run]] = i;
    }
}

/* A link to the first such case; a script makes a filter of it. */
static void link_to(struct page *p, size_t first, size_t run, enum verdict_kind kind)
{
    markup_put(&p->m, "<a href=\"#");
    markup_text(&p->m, p->cases[first].anchor);
    markup_put(&p->m, "\" data-to-group=\"");
    markup_number(&p->m, p->cases[first].group);
    markup_put(&p->m, "\" data-to-target=\"");
    markup_number(&p->m, run);
    markup_put(&p->m, "\" data-to-verdict=\"");
    markup_put(&p->m, verdict_name(kind));
    markup_put(&p->m, "\">");
}

static void verdict_cell(struct page *p, const struct tile *t, enum verdict_kind kind)
{
    if (t->by_kind[kind] == 0) {
        markup_put(&p->m, "<td class=\"none\">·</td>");
        return;
    }
    markup_put(&p->m, "<td class=\"");
    markup_put(&p->m, verdict_name(kind));
    markup_put(&p->m, "\">");
    link_to(p, t->first[kind], 0, kind);
    markup_number(&p->m, t->by_kind[kind]);
    markup_put(&p->m, "</a></td>");
}

static void group_head(struct page *p, size_t group)
{
    markup_put(&p->m, "<tr><th scope=\"row\">");
    markup_text(&p->m, p->groups[group]);
    markup_put(&p->m, "</th>");
}

static size_t sum(const struct tile *t)
{
    size_t n = 0;

    for (size_t k = 0; k < VERDICT_KINDS; k++)
        n += t->by_kind[k];
    return n;
}

static void verdict_row(struct page *p, size_t group)
{
    struct run_counts counts = { 0 };
    struct tile t;

    count_group(p, group, 0, &t);
    group_head(p, group);
    for (size_t k = 0; k < VERDICT_KINDS; k++)
        verdict_cell(p, &t, page_order[k]);
    markup_put(&p->m, "<td class=\"total\">");
    markup_number(&p->m, sum(&t));
    markup_put(&p->m, "</td><td class=\"chart\">");
    counts.total = sum(&t);
    for (size_t k = 0; k < VERDICT_KINDS; k++)
        counts.by_kind[k] = t.by_kind[k];
    page_bar(p, &counts);
    markup_put(&p->m, "</td></tr>\n");
}

static void by_verdict(struct page *p)
{
    markup_put(&p->m, "<table><thead><tr><th scope=\"col\">group</th>");
    for (size_t i = 0; i < VERDICT_KINDS; i++) {
        markup_put(&p->m, "<th scope=\"col\">");
        markup_put(&p->m, verdict_name(page_order[i]));
        markup_put(&p->m, "</th>");
    }
    markup_put(&p->m, "<th scope=\"col\">all</th><th scope=\"col\" class=\"chart\">share</th></tr>"
                      "</thead><tbody>\n");
    for (size_t i = 0; i < p->n_groups; i++)
        verdict_row(p, i);
    markup_put(&p->m, "</tbody></table>");
}

/* Fails, or what it did short of failing; and how many cases that is of. */
static void target_cell(struct page *p, size_t group, size_t run)
{
    struct tile t;
    enum verdict_kind kind = VERDICT_SKIP;

    count_group(p, group, run, &t);
    for (size_t k = VERDICT_KINDS; k-- > 0;)
        if (t.by_kind[page_order[k]] > 0 && page_worse(kind, page_order[k]) >= 0)
            kind = page_order[k];
    if (sum(&t) == 0) {
        markup_put(&p->m, "<td class=\"none\"></td>");
        return;
    }
    markup_put(&p->m, "<td class=\"tile ");
    markup_put(&p->m, verdict_name(kind));
    markup_put(&p->m, "\">");
    link_to(p, t.first[kind], run, kind);
    if (kind == VERDICT_PASS || kind == VERDICT_SKIP)
        markup_put(&p->m, verdict_name(kind));
    else
        markup_number(&p->m, t.by_kind[kind]);
    markup_put(&p->m, "</a></td>");
}

static void by_target(struct page *p)
{
    markup_put(&p->m, "<p class=\"hint\">Cases that fail; where none does, those with a warning or "
                      "a note (no fill). The numbers over the columns are those of the targets "
                      "above.</p><table class=\"tiles\"><thead><tr><th scope=\"col\">group</th>");
    for (size_t i = 0; i < p->book->n_runs; i++) {
        markup_put(&p->m, "<th scope=\"col\"><abbr title=\"");
        markup_text(&p->m, page_name(p, i));
        markup_put(&p->m, "\">");
        markup_number(&p->m, i + 1);
        markup_put(&p->m, "</abbr></th>");
    }
    markup_put(&p->m, "</tr></thead><tbody>\n");
    for (size_t g = 0; g < p->n_groups; g++) {
        group_head(p, g);
        for (size_t i = 0; i < p->book->n_runs; i++)
            target_cell(p, g, i);
        markup_put(&p->m, "</tr>\n");
    }
    markup_put(&p->m, "</tbody></table>");
}

void page_matrix(struct page *p)
{
    if (p->book->n_runs > 1)
        by_target(p);
    else
        by_verdict(p);
}
