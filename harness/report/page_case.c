#include "report/page.h"

#include <ctype.h>
#include <string.h>

#include "report/page_known.h"
#include "verdict/cuts.h"

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

/* What the case proves, and what a monitor saw broken beside it. */
static void requirements(struct page *p, const struct result *r)
{
    const char *broken = r->verdict.requirement;
    bool told = false;

    if (r->n_proves == 0 && !broken)
        return;
    markup_put(&p->m, "<h4>Requirements</h4><ul class=\"requirements\">");
    for (size_t i = 0; i < r->n_proves; i++) {
        bool here = broken && strcmp(r->proves[i], broken) == 0;
        requirement(p, r->proves[i], here);
        told = told || here;
    }
    if (broken && !told)
        requirement(p, broken, true);
    markup_put(&p->m, "</ul>");
}

static void compare(struct page *p, const struct verdict *v)
{
    if (!v->expected && !v->got)
        return;
    markup_put(&p->m, "<dl class=\"compare\">");
    if (v->expected) {
        markup_put(&p->m, "<div><dt>expected</dt>");
        page_element(p, "dd", NULL, v->expected);
        markup_put(&p->m, "</div>");
    }
    if (v->got) {
        markup_put(&p->m, "<div><dt>got</dt>");
        page_element(p, "dd", NULL, v->got);
        markup_put(&p->m, "</div>");
    }
    markup_put(&p->m, "</dl>");
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

static void axes(struct page *p, const struct verdict *v)
{
    markup_put(&p->m, "<div><dt>behaviour</dt><dd>");
    markup_put(&p->m, verdict_name(v->behaviour));
    markup_put(&p->m, "</dd></div><div><dt>closing</dt><dd>");
    markup_put(&p->m, verdict_closing_name(v->closing));
    markup_put(&p->m, "</dd></div>");
}

static void attempts(struct page *p, const struct result *r)
{
    if (r->attempts < 2)
        return;
    markup_put(&p->m, "<div><dt>run</dt><dd>");
    markup_number(&p->m, r->attempts);
    markup_put(&p->m, " times</dd></div>");
}

static void cuts(struct page *p, const struct result *r)
{
    char size[CUTS_SIZE_TEXT];

    for (size_t i = 0; i < r->n_cuts; i++) {
        cuts_size_text(r->cuts[i].size, size);
        markup_put(&p->m, "<div><dt>");
        markup_text(&p->m, size);
        markup_put(&p->m, "</dt><dd>");
        markup_put(&p->m, verdict_name(r->cuts[i].verdict));
        markup_put(&p->m, "</dd></div>");
    }
}

static void facts(struct page *p, const struct result *r)
{
    const struct verdict *v = &r->verdict;

    markup_put(&p->m, "<dl class=\"facts\">");
    axes(p, v);
    if (v->rule != WS_RULE_NONE)
        fact(p, "rule", ws_rule_row(v->rule)->sentence);
    for (size_t i = 0; i < v->n_remarks; i++)
        fact(p, "remark", v->remarks[i]);
    if (v->barrier)
        fact(p, "barrier", "a barrier had a part in this");
    fact(p, "contested", r->contested);
    fact(p, "note", r->note);
    fact(p, "Autobahn", r->autobahn);
    if (r->dropin) {
        fact(p, "behaviour there", dropin_behavior_name(r->dropin->behavior));
        fact(p, "closing there", dropin_close_name(r->dropin->close));
    }
    for (size_t i = 0; i < r->n_tags; i++)
        fact(p, "tag", r->tags[i]);
    attempts(p, r);
    cuts(p, r);
    markup_put(&p->m, "</dl>");
}

static void text_block(struct page *p, const char *title, const char *class, const char *text)
{
    if (!text || !*text)
        return;
    page_element(p, "h4", NULL, title);
    page_element(p, "pre", class, text);
}

static void source(struct page *p, const struct result *r)
{
    if (!r->source || !*r->source)
        return;
    markup_put(&p->m, "<h4>Case <code>");
    markup_text(&p->m, r->path);
    markup_put(&p->m, ":");
    markup_number(&p->m, r->line);
    markup_put(&p->m, "</code></h4>");
    page_element(p, "pre", "source", r->source);
}

static void body(struct page *p, const struct result *r)
{
    markup_put(&p->m, "<div class=\"body\">");
    page_known_why(&p->m, r);
    compare(p, &r->verdict);
    facts(p, r);
    requirements(p, r);
    page_log(p, r);
    text_block(p, "What the target wrote to stderr", "stderr", r->target_stderr);
    source(p, r);
    text_block(p, "Run it again", "again", r->again);
    markup_put(&p->m, "</div>");
}

static void summary_line(struct page *p, const struct result *r, size_t i)
{
    const struct verdict *v = &r->verdict;
    bool graded = v->result == VERDICT_FAIL || v->result == VERDICT_WARN;

    markup_put(&p->m, "<summary>");
    page_badge(p, v->result);
    markup_put(&p->m, "<span class=\"what\">");
    page_element(p, "h3", NULL, r->title);
    markup_put(&p->m, "<a class=\"id\" href=\"#");
    markup_text(&p->m, p->anchors[i]);
    markup_put(&p->m, "\">");
    markup_text(&p->m, r->id);
    markup_put(&p->m, "</a>");
    if (v->result != VERDICT_PASS)
        page_element(p, "span", "reason", v->reason);
    markup_put(&p->m, "</span><span class=\"marks\">");
    if (v->contested)
        markup_put(&p->m, "<span class=\"disputed\">disputed</span>");
    page_known_mark(&p->m, r);
    if (graded)
        page_element(p, "span", "severity", script_severity_name(v->severity));
    markup_put(&p->m, "<span class=\"time\">");
    page_duration(p, r->duration_us);
    markup_put(&p->m, "</span></span></summary>");
}

static void one_case(struct page *p, size_t i)
{
    const struct result *r = &p->run->results[i];
    const char *kind = verdict_name(r->verdict.result);

    markup_put(&p->m, "<details class=\"case ");
    markup_put(&p->m, kind);
    markup_put(&p->m, "\" id=\"");
    markup_text(&p->m, p->anchors[i]);
    markup_put(&p->m, "\" data-verdict=\"");
    markup_put(&p->m, kind);
    markup_put(&p->m, "\" data-severity=\"");
    markup_put(&p->m, script_severity_name(r->verdict.severity));
    markup_put(&p->m, "\" data-group=\"");
    markup_number(&p->m, p->groups[i]);
    markup_put(&p->m, "\">");
    summary_line(p, r, i);
    body(p, r);
    markup_put(&p->m, "</details>\n");
}

static void of_kind_and_severity(struct page *p, enum verdict_kind kind, enum severity severity)
{
    for (size_t i = 0; i < p->run->n_results; i++) {
        const struct verdict *v = &p->run->results[i].verdict;
        if (v->result == kind && v->severity == severity)
            one_case(p, i);
    }
}

static void of_kind(struct page *p, enum verdict_kind kind)
{
    for (size_t i = 0; i < p->run->n_results; i++)
        if (p->run->results[i].verdict.result == kind)
            one_case(p, i);
}

/* Among fails and warnings the dearest come first; all else stays in the order of the suite. */
static void section(struct page *p, enum verdict_kind kind)
{
    markup_put(&p->m, "<section class=\"kind\"><h2>");
    markup_put(&p->m, page_kind_title(kind));
    markup_put(&p->m, " <span>");
    markup_number(&p->m, p->counts.by_kind[kind]);
    markup_put(&p->m, "</span></h2>\n");
    if (kind == VERDICT_FAIL || kind == VERDICT_WARN)
        for (int s = SEVERITY_CRITICAL; s >= SEVERITY_PEDANTIC; s--)
            of_kind_and_severity(p, kind, (enum severity)s);
    else
        of_kind(p, kind);
    markup_put(&p->m, "</section>\n");
}

void page_cases(struct page *p)
{
    for (size_t i = 0; i < VERDICT_KINDS; i++)
        if (p->counts.by_kind[page_order[i]] > 0)
            section(p, page_order[i]);
}
