#include "report/page.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* What this run says of one row of the catalogue. */
struct standing {
    const struct requirement *row;
    size_t cases;            /* that prove it and ran, skipped ones too */
    size_t skips;            /* of them */
    enum verdict_kind worst; /* of those that were not skipped */
    size_t first;            /* result that shows the worst, or the first skipped one */
};

/* Worst last, as one looks at it; a skip or an error says nothing of the requirement. */
static int weight(enum verdict_kind kind)
{
    switch (kind) {
    case VERDICT_PASS: return 1;
    case VERDICT_INFO: return 2;
    case VERDICT_WARN: return 3;
    case VERDICT_FAIL: return 4;
    case VERDICT_SKIP:
    case VERDICT_ERROR:
    case VERDICT_KINDS: break;
    }
    return 0;
}

static void take(struct standing *s, size_t result, enum verdict_kind kind)
{
    bool nothing_yet = s->cases == s->skips;

    s->cases++;
    if (weight(kind) == 0) {
        s->first = s->cases == 1 ? result : s->first;
        s->skips++;
    } else if (nothing_yet || weight(kind) > weight(s->worst)) {
        s->worst = kind;
        s->first = result;
    }
}

static struct standing *standing_of(const struct page *p, struct standing *list, const char *id)
{
    const struct requirement *row = id ? requirements_find(p->requirements, id) : NULL;
    return row ? &list[row - p->requirements->rows] : NULL;
}

/* A fail or a warn tells which requirement it broke: the others that the case proves have no word
 * from it. */
static void take_result(struct page *p, struct standing *list, size_t i)
{
    const struct result *r = &p->run->results[i];
    bool graded = r->verdict.result == VERDICT_FAIL || r->verdict.result == VERDICT_WARN;

    if (graded && r->verdict.requirement) {
        struct standing *broken = standing_of(p, list, r->verdict.requirement);
        if (broken)
            take(broken, i, r->verdict.result);
        return;
    }
    for (size_t k = 0; k < r->n_proves; k++) {
        struct standing *s = standing_of(p, list, r->proves[k]);
        if (s)
            take(s, i, r->verdict.result);
    }
}

/* "4.10" behind "4.9": numbers in a text count as numbers. */
static int natural_order(const char *a, const char *b)
{
    while (*a && *b) {
        if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
            char *a_end, *b_end;
            unsigned long x = strtoul(a, &a_end, 10), y = strtoul(b, &b_end, 10);
            if (x != y)
                return x < y ? -1 : 1;
            a = a_end;
            b = b_end;
        } else if (*a != *b) {
            return *a < *b ? -1 : 1;
        } else {
            a++;
            b++;
        }
    }
    return *a ? 1 : *b ? -1 : 0;
}

static int by_clause(const void *a, const void *b)
{
    const struct standing *x = a, *y = b;
    return natural_order(x->row->id, y->row->id);
}

static struct standing *stand(struct page *p)
{
    size_t n = p->requirements->count;
    struct standing *list = arena_array(&p->arena, n, sizeof *list);

    if (!list)
        return NULL;
    for (size_t i = 0; i < n; i++)
        list[i].row = &p->requirements->rows[i];
    for (size_t i = 0; i < p->run->n_results; i++)
        take_result(p, list, i);
    qsort(list, n, sizeof *list, by_clause);
    return list;
}

static bool is_testable(const struct requirement *row)
{
    return strcmp(row->testable, "no") != 0;
}

static bool is_of_this_role(const struct page *p, const struct requirement *row)
{
    return strcmp(row->role, "both") == 0 || strcmp(row->role, p->run->role) == 0;
}

/* Why there is no verdict. */
static void no_verdict(struct page *p, const struct standing *s)
{
    if (s->cases > 0) {
        const char *why = p->run->results[s->first].verdict.reason;
        markup_text(&p->m, why ? why : "skipped");
    } else if (!is_testable(s->row)) {
        markup_put(&p->m, "not testable: ");
        markup_text(&p->m, s->row->why_not);
    } else if (!is_of_this_role(p, s->row)) {
        markup_put(&p->m, "of a ");
        markup_text(&p->m, s->row->role);
    } else {
        markup_put(&p->m, "no case in this run");
    }
}

static void verdict_cell(struct page *p, const struct standing *s)
{
    if (s->cases == s->skips) {
        markup_put(&p->m, "<td class=\"no-verdict\">");
        no_verdict(p, s);
    } else {
        markup_put(&p->m, "<td>");
        page_badge(p, s->worst);
    }
    markup_put(&p->m, "</td>");
}

static void cases_cell(struct page *p, const struct standing *s)
{
    markup_put(&p->m, "<td>");
    if (s->cases > 0) {
        markup_put(&p->m, "<a href=\"#");
        markup_text(&p->m, p->anchors[s->first]);
        markup_put(&p->m, "\">");
        markup_number(&p->m, s->cases);
        markup_put(&p->m, "</a>");
    }
    markup_put(&p->m, "</td>");
}

static void one_row(struct page *p, const struct standing *s)
{
    markup_put(&p->m, "<tr><th scope=\"row\">");
    page_element(p, "code", NULL, s->row->id);
    markup_put(&p->m, "</th><td>");
    markup_text(&p->m, s->row->level_text);
    markup_put(&p->m, "</td><td>");
    markup_text(&p->m, s->row->role);
    markup_put(&p->m, "</td><td>");
    markup_text(&p->m, s->row->summary);
    markup_put(&p->m, "</td>");
    cases_cell(p, s);
    verdict_cell(p, s);
    markup_put(&p->m, "</tr>\n");
}

static void section_row(struct page *p, const struct requirement *row)
{
    markup_put(&p->m, "<tr class=\"clause\"><th colspan=\"6\" scope=\"rowgroup\">");
    page_clause_link(p, row);
    markup_put(&p->m, "</th></tr>\n");
}

/* "RFC6455: 190 requirements with a verdict, 3 of them broken". */
static void law_summary(struct page *p, const struct standing *list, size_t n)
{
    size_t seen = 0, broken = 0;

    for (size_t i = 0; i < n; i++) {
        seen += list[i].cases > list[i].skips;
        broken += list[i].cases > list[i].skips && list[i].worst == VERDICT_FAIL;
    }
    markup_put(&p->m, "<summary><b>");
    markup_text(&p->m, list->row->rfc);
    markup_put(&p->m, "</b> <span>");
    markup_number(&p->m, n);
    markup_put(&p->m, " statements, ");
    markup_number(&p->m, seen);
    markup_put(&p->m, " with a verdict here, ");
    markup_number(&p->m, broken);
    markup_put(&p->m, " broken</span></summary>\n");
}

static void law(struct page *p, const struct standing *list, size_t n)
{
    markup_put(&p->m, "<details class=\"law\">");
    law_summary(p, list, n);
    markup_put(&p->m, "<div class=\"matrix\" tabindex=\"0\" role=\"region\" aria-label=\"");
    markup_text(&p->m, list->row->rfc);
    markup_put(&p->m,
               "\"><table><thead><tr><th scope=\"col\">requirement</th><th scope=\"col\">level</th>"
               "<th scope=\"col\">of</th><th scope=\"col\">what it says</th>"
               "<th scope=\"col\">cases</th><th scope=\"col\">verdict</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || strcmp(list[i].row->section, list[i - 1].row->section) != 0)
            section_row(p, list[i].row);
        one_row(p, &list[i]);
    }
    markup_put(&p->m, "</tbody></table></div></details>\n");
}

void page_requirements(struct page *p)
{
    size_t count = p->requirements->count;
    struct standing *list = stand(p);

    p->m.ok = p->m.ok && list;
    for (size_t from = 0, to; list && from < count; from = to) {
        for (to = from + 1; to < count && strcmp(list[to].row->rfc, list[from].row->rfc) == 0;)
            to++;
        law(p, list + from, to - from);
    }
}
