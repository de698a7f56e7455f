#include "report/page.h"

/* What can be told apart without its colour. */
static const char *sign(enum verdict_kind kind)
{
    switch (kind) {
    case VERDICT_PASS: return ".";
    case VERDICT_INFO: return "i";
    case VERDICT_WARN: return "w";
    case VERDICT_FAIL: return "F";
    case VERDICT_SKIP: return "-";
    case VERDICT_ERROR: return "E";
    case VERDICT_KINDS: break;
    }
    return " ";
}

static bool has_colour(enum verdict_kind kind)
{
    return kind != VERDICT_PASS && kind != VERDICT_KINDS;
}

/* Signs in a row share a mark, and a pass, which most are, needs none. */
void page_cells(struct page *p, const enum verdict_kind *kinds)
{
    size_t n = p->book->n_runs;

    markup_put(&p->m, "<span class=\"cells\" aria-hidden=\"true\">");
    for (size_t i = 0, end; i < n; i = end) {
        if (has_colour(kinds[i])) {
            markup_put(&p->m, "<b class=\"");
            markup_put(&p->m, verdict_name(kinds[i]));
            markup_put(&p->m, "\">");
        }
        for (end = i; end < n && kinds[end] == kinds[i]; end++)
            markup_put(&p->m, sign(kinds[end]));
        markup_put(&p->m, has_colour(kinds[i]) ? "</b>" : "");
    }
    markup_put(&p->m, "</span>");
}

void page_tally(struct page *p, const enum verdict_kind *kinds)
{
    bool first = true;

    markup_put(&p->m, "<span class=\"tally\">");
    for (size_t k = 0; k < VERDICT_KINDS; k++) {
        size_t count = 0;
        for (size_t i = 0; i < p->book->n_runs; i++)
            count += kinds[i] == page_order[k];
        if (count == 0)
            continue;
        markup_put(&p->m, first ? "" : ", ");
        markup_number(&p->m, count);
        markup_put(&p->m, " ");
        markup_put(&p->m, verdict_name(page_order[k]));
        first = false;
    }
    markup_put(&p->m, "</span>");
}
