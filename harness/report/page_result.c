#include <string.h>

#include "report/page.h"
#include "report/page_known.h"
#include "verdict/cuts.h"

/* What one target gave in a case, or several that went alike. */

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
    if (r->dropin) {
        fact(p, "Autobahn says", dropin_behavior_name(r->dropin->behavior));
        fact(p, "of the closing", dropin_close_name(r->dropin->close));
    }
    attempts(p, r);
    cuts(p, r);
    markup_put(&p->m, "</dl>");
}

static void item(struct page *p, const char *name, const char *value)
{
    markup_put(&p->m, "; ");
    markup_put(&p->m, name);
    markup_put(&p->m, " ");
    markup_text(&p->m, value);
}

/* The same in a line, where a page has thousands of them. */
static void facts_in_a_line(struct page *p, const struct result *r)
{
    const struct verdict *v = &r->verdict;

    markup_put(&p->m, "<p class=\"hint\">behaviour ");
    markup_put(&p->m, verdict_name(v->behaviour));
    item(p, "closing", verdict_closing_name(v->closing));
    if (v->rule != WS_RULE_NONE)
        item(p, "rule:", ws_rule_row(v->rule)->sentence);
    for (size_t i = 0; i < v->n_remarks; i++)
        item(p, "remark:", v->remarks[i]);
    if (v->barrier)
        item(p, "a barrier", "had a part in this");
    if (r->attempts > 1) {
        markup_put(&p->m, "; run ");
        markup_number(&p->m, r->attempts);
        markup_put(&p->m, " times");
    }
    markup_put(&p->m, "</p>");
}

static void text_block(struct page *p, const char *title, const char *class, const char *text)
{
    if (!text || !*text)
        return;
    page_element(p, "h5", NULL, title);
    page_element(p, "pre", class, text);
}

#define STDERR_SHOWN 2000 /* of a page of several targets: its end, where a cause is told */

static void stderr_of(struct page *p, const struct result *r)
{
    const char *text = r->target_stderr ? r->target_stderr : "";
    size_t len = strlen(text);
    bool cut = p->book->n_runs > 1 && len > STDERR_SHOWN;

    text_block(p,
               cut ? "What the target wrote to stderr, the end of it"
                   : "What the target wrote to stderr",
               "stderr", cut ? text + len - STDERR_SHOWN : text);
}

/* The targets that it is about, which a page of one run need not say. */
static void whose(struct page *p, const struct result *r, const size_t *class_of, size_t first)
{
    bool more = false;

    markup_put(&p->m, "<h4 class=\"whose\">");
    page_badge(p, r->verdict.result);
    for (size_t i = first; i < p->book->n_runs; i++) {
        if (class_of[i] != first)
            continue;
        markup_put(&p->m, more ? ", " : " ");
        markup_text(&p->m, page_name(p, i));
        more = true;
    }
    markup_put(&p->m, "</h4>");
}

/* The commands of all of them. Where many pass or skip, they are not what anybody runs again. */
static void again(struct page *p, const struct page_case *c, const size_t *class_of, size_t first)
{
    enum verdict_kind kind = c->of[first]->verdict.result;
    bool dull = p->book->n_runs > 1 && (kind == VERDICT_PASS || kind == VERDICT_SKIP);

    if (dull || !c->of[first]->again || !*c->of[first]->again)
        return;
    markup_put(&p->m, "<h5>Run it again</h5><pre class=\"again\">");
    markup_text(&p->m, c->of[first]->again);
    for (size_t i = first + 1; i < p->book->n_runs; i++) {
        if (class_of[i] != first || !c->of[i]->again)
            continue;
        markup_put(&p->m, "\n");
        markup_text(&p->m, c->of[i]->again);
    }
    markup_put(&p->m, "</pre>");
}

static void text_why(struct page *p, const struct result *r)
{
    if (!r->verdict.reason)
        return;
    if (p->book->n_runs == 1 || page_blames(r->verdict.result))
        markup_put(&p->m, "<h5>Why this verdict</h5>");
    page_element(p, "p", "why", r->verdict.reason);
}

/* data-runs: the columns, for who sets two targets side by side. */
static void open_result(struct page *p, const size_t *class_of, size_t first)
{
    bool more = false;

    markup_put(&p->m, "<div class=\"result\" data-runs=\"");
    for (size_t i = first; i < p->book->n_runs; i++) {
        if (class_of[i] != first)
            continue;
        markup_put(&p->m, more ? " " : "");
        markup_number(&p->m, i);
        more = true;
    }
    markup_put(&p->m, "\">");
}

void page_result(struct page *p, const struct page_case *c, const size_t *class_of, size_t first)
{
    const struct result *r = c->of[first];
    bool several = p->book->n_runs > 1;

    open_result(p, class_of, first);
    if (several)
        whose(p, r, class_of, first);
    if (several || r->verdict.result != VERDICT_PASS)
        text_why(p, r);
    page_known_why(&p->m, r);
    compare(p, &r->verdict);
    if (!several)
        facts(p, r);
    else if (r->verdict.result != VERDICT_PASS && r->verdict.result != VERDICT_SKIP)
        facts_in_a_line(p, r);
    page_log(p, r);
    if (!several || page_blames(r->verdict.result))
        stderr_of(p, r);
    again(p, c, class_of, first);
    markup_put(&p->m, "</div>");
}
