#include "report/page.h"

/* What stands in the bar over the cases. */

static size_t with_verdict(const struct page *p, enum verdict_kind kind)
{
    size_t n = 0;

    for (size_t i = 0; i < p->n_cases; i++) {
        bool has = false;
        for (size_t k = 0; !has && k < p->book->n_runs; k++)
            has = p->cases[i].kinds[k] == kind;
        n += has;
    }
    return n;
}

void page_verdict_filters(struct page *p)
{
    for (size_t i = 0; i < VERDICT_KINDS; i++) {
        enum verdict_kind kind = page_order[i];
        size_t n = with_verdict(p, kind);
        if (n == 0)
            continue;
        markup_put(&p->m, "<button type=\"button\" aria-pressed=\"false\" class=\"");
        markup_put(&p->m, verdict_name(kind));
        markup_put(&p->m, "\" data-verdict-filter=\"");
        markup_put(&p->m, verdict_name(kind));
        markup_put(&p->m, "\">");
        markup_put(&p->m, verdict_name(kind));
        markup_put(&p->m, " <span>");
        markup_number(&p->m, n);
        markup_put(&p->m, "</span></button>\n");
    }
}

static void option(struct page *p, size_t value, const char *text)
{
    markup_put(&p->m, "<option value=\"");
    markup_number(&p->m, value);
    markup_put(&p->m, "\">");
    markup_text(&p->m, text);
    markup_put(&p->m, "</option>\n");
}

void page_group_filters(struct page *p)
{
    for (size_t i = 0; i < p->n_groups; i++)
        option(p, i, p->groups[i]);
}

static void target_list(struct page *p, const char *id, const char *label, const char *none)
{
    markup_put(&p->m, "<label><span class=\"quiet\">");
    markup_put(&p->m, label);
    markup_put(&p->m, "</span><select id=\"");
    markup_put(&p->m, id);
    markup_put(&p->m, "\"><option value=\"\">");
    markup_put(&p->m, none);
    markup_put(&p->m, "</option>\n");
    for (size_t i = 0; i < p->book->n_runs; i++)
        option(p, i, page_name(p, i));
    markup_put(&p->m, "</select></label>\n");
}

void page_target_filters(struct page *p)
{
    if (p->book->n_runs < 2)
        return;
    target_list(p, "filter-target", "Target", "any target");
    target_list(p, "filter-beside", "Compare with", "side by side with …");
    markup_put(&p->m, "<label class=\"tick\"><input id=\"filter-differ\" type=\"checkbox\"> "
                      "verdicts differ</label>\n");
}
