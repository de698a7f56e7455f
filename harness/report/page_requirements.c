#include "report/page.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* What the page says of one row of the catalogue. */
struct standing {
    const struct requirement *row;
    size_t cases;             /* that prove it or broke it */
    enum verdict_kind *kinds; /* by run: the worst; VERDICT_KINDS: no word */
    enum verdict_kind worst;  /* of all runs; VERDICT_KINDS: none, or skipped and in error only */
    size_t first;             /* case that shows it, or the first of those without a word */
};

/* A skip or an error says nothing of the requirement. */
static bool says_something(enum verdict_kind kind)
{
    return kind != VERDICT_SKIP && kind != VERDICT_ERROR && kind != VERDICT_KINDS;
}

static bool outweighs(enum verdict_kind seen, enum verdict_kind kind)
{
    return says_something(kind) && (seen == VERDICT_KINDS || page_worse(seen, kind) > 0);
}

static struct standing *standing_of(const struct page *p, struct standing *list, const char *id)
{
    const struct requirement *row = id ? requirements_find(p->requirements, id) : NULL;
    return row ? &list[row - p->requirements->rows] : NULL;
}

/* A fail or a warn tells which requirement it broke: the others that the case proves have no word
 * from it. */
static bool has_word(const struct result *r, const char *id)
{
    bool graded = r->verdict.result == VERDICT_FAIL || r->verdict.result == VERDICT_WARN;

    return !graded || !r->verdict.requirement || strcmp(r->verdict.requirement, id) == 0;
}

/* Takes the word that a case has on `id` into its row. */
static void take(const struct page *p, struct standing *s, size_t at)
{
    const struct page_case *c = &p->cases[at];
    bool counted = false;

    for (size_t i = 0; i < p->book->n_runs; i++) {
        const struct result *r = c->of[i];
        bool named = r && r->verdict.requirement && strcmp(r->verdict.requirement, s->row->id) == 0;
        if (!r || !has_word(r, s->row->id) || (!named && !result_proves(r, s->row->id)))
            continue;
        if (!counted && s->cases++ == 0)
            s->first = at;
        counted = true;
        if (outweighs(s->kinds[i], c->kinds[i]))
            s->kinds[i] = c->kinds[i];
        if (outweighs(s->worst, c->kinds[i])) {
            s->worst = c->kinds[i];
            s->first = at;
        }
    }
}

/* Each row that the case has to do with, once. */
static void take_case(struct page *p, struct standing *list, size_t at)
{
    const struct page_case *c = &p->cases[at];

    for (size_t k = 0; k < c->example->n_proves; k++) {
        struct standing *s = standing_of(p, list, c->example->proves[k]);
        if (s)
            take(p, s, at);
    }
    for (size_t i = 0; i < p->book->n_runs; i++) {
        const char *id = c->of[i] ? c->of[i]->verdict.requirement : NULL;
        struct standing *s = standing_of(p, list, id);
        bool told = !s || result_proves(c->example, id);
        for (size_t k = 0; !told && k < i; k++)
            told = c->of[k] && c->of[k]->verdict.requirement &&
                   strcmp(c->of[k]->verdict.requirement, id) == 0;
        if (!told)
            take(p, s, at);
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

static bool begin_standing(struct page *p, struct standing *s, const struct requirement *row)
{
    *s = (struct standing){
        .row = row,
        .kinds = arena_array(&p->arena, p->book->n_runs, sizeof *s->kinds),
        .worst = VERDICT_KINDS,
    };
    for (size_t i = 0; s->kinds && i < p->book->n_runs; i++)
        s->kinds[i] = VERDICT_KINDS;
    return s->kinds;
}

static struct standing *stand(struct page *p)
{
    size_t n = p->requirements->count;
    struct standing *list = arena_array(&p->arena, n, sizeof *list);

    for (size_t i = 0; list && i < n; i++)
        if (!begin_standing(p, &list[i], &p->requirements->rows[i]))
            return NULL;
    for (size_t i = 0; list && i < p->n_cases; i++)
        take_case(p, list, i);
    if (list)
        qsort(list, n, sizeof *list, by_clause);
    return list;
}

static bool is_testable(const struct requirement *row)
{
    return strcmp(row->testable, "no") != 0;
}

static bool is_of_this_role(const struct page *p, const struct requirement *row)
{
    return strcmp(row->role, "both") == 0 || strcmp(row->role, p->book->runs->role) == 0;
}

/* Why there is no verdict. */
static void no_verdict(struct page *p, const struct standing *s)
{
    if (s->cases > 0) {
        const char *why = p->cases[s->first].example->verdict.reason;
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
    if (s->worst == VERDICT_KINDS) {
        markup_put(&p->m, "<td class=\"no-verdict\">");
        no_verdict(p, s);
    } else {
        markup_put(&p->m, "<td>");
        page_badge(p, s->worst);
        if (p->book->n_runs > 1) {
            markup_put(&p->m, " ");
            page_cells(p, s->kinds);
            page_tally(p, s->kinds);
        }
    }
    markup_put(&p->m, "</td>");
}

static void cases_cell(struct page *p, const struct standing *s)
{
    markup_put(&p->m, "<td>");
    if (s->cases > 0) {
        markup_put(&p->m, "<a href=\"#");
        markup_text(&p->m, p->cases[s->first].anchor);
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
        seen += list[i].worst != VERDICT_KINDS;
        broken += list[i].worst == VERDICT_FAIL;
    }
    markup_put(&p->m, "<summary><b>");
    markup_text(&p->m, list->row->rfc);
    markup_put(&p->m, "</b> <span>");
    markup_number(&p->m, n);
    markup_put(&p->m, n == 1 ? " statement, " : " statements, ");
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
