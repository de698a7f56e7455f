#include "report/page.h"

/* The cases of a group: [from, to). */
struct span {
    size_t from, to;
};

static struct span next_group(const struct page *p, size_t from)
{
    size_t to = from + 1;

    while (to < p->run->n_results && p->groups[to] == p->groups[from])
        to++;
    return (struct span){ from, to };
}

static size_t count(const struct page *p, struct span span, enum verdict_kind kind, size_t *first)
{
    size_t n = 0;

    for (size_t i = span.from; i < span.to; i++) {
        if (p->run->results[i].verdict.result != kind)
            continue;
        if (n++ == 0)
            *first = i;
    }
    return n;
}

/* A link to the first such case; a script makes a filter of it. */
static void cell(struct page *p, struct span span, enum verdict_kind kind)
{
    size_t first = 0, n = count(p, span, kind, &first);

    if (n == 0) {
        markup_put(&p->m, "<td class=\"none\">·</td>");
        return;
    }
    markup_put(&p->m, "<td class=\"");
    markup_put(&p->m, verdict_name(kind));
    markup_put(&p->m, "\"><a href=\"#");
    markup_text(&p->m, p->anchors[first]);
    markup_put(&p->m, "\" data-to-group=\"");
    markup_number(&p->m, p->groups[first]);
    markup_put(&p->m, "\" data-to-verdict=\"");
    markup_put(&p->m, verdict_name(kind));
    markup_put(&p->m, "\">");
    markup_number(&p->m, n);
    markup_put(&p->m, "</a></td>");
}

static void group_row(struct page *p, struct span span)
{
    markup_put(&p->m, "<tr><th scope=\"row\">");
    markup_text(&p->m, p->run->results[span.from].group);
    markup_put(&p->m, "</th>");
    for (size_t i = 0; i < VERDICT_KINDS; i++)
        cell(p, span, page_order[i]);
    markup_put(&p->m, "<td class=\"total\">");
    markup_number(&p->m, span.to - span.from);
    markup_put(&p->m, "</td></tr>\n");
}

void page_matrix(struct page *p)
{
    markup_put(&p->m, "<table><thead><tr><th scope=\"col\">group</th>");
    for (size_t i = 0; i < VERDICT_KINDS; i++)
        page_element(p, "th", NULL, verdict_name(page_order[i]));
    markup_put(&p->m, "<th scope=\"col\">all</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < p->run->n_results;) {
        struct span span = next_group(p, i);
        group_row(p, span);
        i = span.to;
    }
    markup_put(&p->m, "</tbody></table>");
}

void page_verdict_filters(struct page *p)
{
    for (size_t i = 0; i < VERDICT_KINDS; i++) {
        enum verdict_kind kind = page_order[i];
        if (p->counts.by_kind[kind] == 0)
            continue;
        markup_put(&p->m, "<button type=\"button\" aria-pressed=\"false\" class=\"");
        markup_put(&p->m, verdict_name(kind));
        markup_put(&p->m, "\" data-verdict-filter=\"");
        markup_put(&p->m, verdict_name(kind));
        markup_put(&p->m, "\">");
        markup_put(&p->m, verdict_name(kind));
        markup_put(&p->m, " <span>");
        markup_number(&p->m, p->counts.by_kind[kind]);
        markup_put(&p->m, "</span></button>\n");
    }
}

void page_group_filters(struct page *p)
{
    for (size_t i = 0; i < p->run->n_results; i = next_group(p, i).to) {
        markup_put(&p->m, "<option value=\"");
        markup_number(&p->m, p->groups[i]);
        markup_put(&p->m, "\">");
        markup_text(&p->m, p->run->results[i].group);
        markup_put(&p->m, "</option>\n");
    }
}
