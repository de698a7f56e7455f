#include "report/page.h"

#include <ctype.h>
#include <string.h>

#include "report/page_known.h"

/* https://www.rfc-editor.org/rfc/rfc6455#section-5.2, of the catalogue's own words only. */
void page_clause_link(struct page *p, const struct requirement *q)
{
    markup_put(&p->m, "<a rel=\"noreferrer\" href=\"https://www.rfc-editor.org/rfc/");
    for (const char *c = q->rfc; *c; c++) {
        const char lower[2] = { (char)tolower((unsigned char)*c), '\0' };
        markup_text(&p->m, lower);
    }
    markup_put(&p->m, "#section-");
    markup_text(&p->m, q->section);
    markup_put(&p->m, "\">");
    markup_text(&p->m, q->rfc);
    markup_put(&p->m, ", ");
    markup_text(&p->m, q->section);
    markup_put(&p->m, "</a> ");
}

static void requirement(struct page *p, const char *id, bool broken)
{
    const struct requirement *q = requirements_find(p->requirements, id);

    markup_put(&p->m, broken ? "<li class=\"broken\">" : "<li>");
    if (q)
        page_clause_link(p, q);
    page_element(p, "code", NULL, id);
    if (q) {
        markup_put(&p->m, " ");
        page_element(p, "b", "level", q->level_text);
        markup_put(&p->m, " ");
        markup_text(&p->m, q->summary);
    }
    if (broken)
        markup_put(&p->m, " <strong>broken here</strong>");
    markup_put(&p->m, "</li>");
}

static bool is_named(const struct result *r, const char *id)
{
    return r->verdict.requirement && strcmp(r->verdict.requirement, id) == 0;
}

/* What the case proves; and what was seen broken beside it, which a monitor saw. */
static void requirements(struct page *p, const struct result *r)
{
    bool beside = r->verdict.requirement && !result_proves(r, r->verdict.requirement);

    if (r->n_proves == 0 && !beside)
        return;
    markup_put(&p->m, "<h4>What the RFC says</h4><ul class=\"requirements\">");
    for (size_t i = 0; i < r->n_proves; i++)
        requirement(p, r->proves[i], is_named(r, r->proves[i]));
    if (beside)
        requirement(p, r->verdict.requirement, true);
    markup_put(&p->m, "</ul>");
}

static void fact(struct page *p, const char *name, const char *value)
{
    if (!value)
        return;
    markup_put(&p->m, "<div>");
    page_element(p, "dt", NULL, name);
    page_element(p, "dd", NULL, value);
    markup_put(&p->m, "</div>");
}

/* What is the case's own. */
static void about(struct page *p, const struct result *r)
{
    if (!r->contested && !r->note && !r->autobahn && r->n_tags == 0)
        return;
    markup_put(&p->m, "<dl class=\"facts\">");
    fact(p, "contested", r->contested);
    fact(p, "note", r->note);
    fact(p, "Autobahn", r->autobahn);
    for (size_t i = 0; i < r->n_tags; i++)
        fact(p, "tag", r->tags[i]);
    markup_put(&p->m, "</dl>");
}

static void source(struct page *p, const struct result *r)
{
    if (!r->source || !*r->source)
        return;
    markup_put(&p->m, "<h4>The case, <code>");
    markup_text(&p->m, r->path);
    markup_put(&p->m, ":");
    markup_number(&p->m, r->line);
    markup_put(&p->m, "</code></h4>");
    page_element(p, "pre", "source", r->source);
}

static void body(struct page *p, const struct result *r)
{
    markup_put(&p->m, "<div class=\"body\">");
    page_result(p, r);
    requirements(p, r);
    about(p, r);
    source(p, r);
    markup_put(&p->m, "</div>");
}

/* What tells most about it, when there is but one result. */
static void marks(struct page *p, const struct page_case *c)
{
    const struct result *r = c->example;
    bool graded = c->worst == VERDICT_FAIL || c->worst == VERDICT_WARN;

    markup_put(&p->m, "<span class=\"marks\">");
    if (r->verdict.contested)
        markup_put(&p->m, "<span class=\"disputed\">disputed</span>");
    if (p->book->n_runs == 1)
        page_known_mark(&p->m, r);
    if (graded)
        page_element(p, "span", "severity", script_severity_name(c->severity));
    if (p->book->n_runs > 1) {
        page_cells(p, c->kinds);
    } else {
        markup_put(&p->m, "<span class=\"time\">");
        page_duration(p, r->duration_us);
        markup_put(&p->m, "</span>");
    }
    markup_put(&p->m, "</span>");
}

static void summary_line(struct page *p, const struct page_case *c)
{
    const struct result *r = c->example;

    markup_put(&p->m, "<summary>");
    page_badge(p, c->worst);
    markup_put(&p->m, "<span class=\"what\">");
    page_element(p, "h3", NULL, r->title);
    markup_put(&p->m, "<a class=\"id\" href=\"#");
    markup_text(&p->m, c->anchor);
    markup_put(&p->m, "\">");
    markup_text(&p->m, r->id);
    markup_put(&p->m, "</a>");
    if (p->book->n_runs > 1)
        page_tally(p, c->kinds);
    else if (c->worst != VERDICT_PASS)
        page_element(p, "span", "reason", r->verdict.reason);
    markup_put(&p->m, "</span>");
    marks(p, c);
    markup_put(&p->m, "</summary>");
}

/* data-cells: a letter for each target, which is all that a filter needs. */
static void one_case(struct page *p, const struct page_case *c, size_t *class_of)
{
    const char *kind = verdict_name(c->worst);
    struct markup *m = &p->m;

    markup_put(m, "<details class=\"case ");
    markup_put(m, kind);
    markup_put(m, "\" id=\"");
    markup_text(m, c->anchor);
    markup_put(m, "\" data-verdict=\"");
    markup_put(m, kind);
    markup_put(m, "\" data-cells=\"");
    for (size_t i = 0; i < p->book->n_runs; i++)
        m->ok = m->ok && buf_push(m->buf, (uint8_t)page_kind_letter(c->kinds[i]));
    markup_put(m, "\" data-severity=\"");
    markup_put(m, script_severity_name(c->severity));
    markup_put(m, "\" data-group=\"");
    markup_number(m, c->group);
    markup_put(m, "\">");
    summary_line(p, c);
    if (p->book->n_runs > 1) {
        page_alike(c, p->book->n_runs, class_of);
        page_account(p, c, class_of);
    } else {
        body(p, c->example);
    }
    markup_put(m, "</details>\n");
}

/* Cases in portions, which a browser leaves alone until they come into sight. */
#define PORTION 40

struct listing {
    size_t *class_of;
    size_t n; /* cases so far */
};

static void of_kind(struct page *p, enum verdict_kind kind, int severity, struct listing *l)
{
    for (size_t i = 0; i < p->n_cases; i++) {
        if (p->cases[i].worst != kind || (severity >= 0 && (int)p->cases[i].severity != severity))
            continue;
        if (l->n > 0 && l->n % PORTION == 0)
            markup_put(&p->m, "</div><div class=\"some\">\n");
        l->n++;
        one_case(p, &p->cases[i], l->class_of);
    }
}

/* Among fails and warnings the dearest come first; all else stays in the order of the suite. */
static void section(struct page *p, enum verdict_kind kind, size_t *class_of)
{
    struct listing l = { class_of, 0 };

    markup_put(&p->m, "<section class=\"kind\"><h2>");
    markup_put(&p->m, page_kind_title(kind));
    markup_put(&p->m, " <span>");
    markup_number(&p->m, p->by_worst[kind]);
    markup_put(&p->m, "</span></h2><div class=\"some\">\n");
    if (kind == VERDICT_FAIL || kind == VERDICT_WARN)
        for (int s = SEVERITY_CRITICAL; s >= SEVERITY_PEDANTIC; s--)
            of_kind(p, kind, s, &l);
    else
        of_kind(p, kind, -1, &l);
    markup_put(&p->m, "</div></section>\n");
}

void page_cases(struct page *p)
{
    size_t *class_of = arena_array(&p->arena, p->book->n_runs, sizeof *class_of);

    p->m.ok = p->m.ok && class_of;
    for (size_t i = 0; p->m.ok && i < VERDICT_KINDS; i++)
        if (p->by_worst[page_order[i]] > 0)
            section(p, page_order[i], class_of);
}
