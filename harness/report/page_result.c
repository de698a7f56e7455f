#include <string.h>

#include "report/attention.h"
#include "report/page.h"
#include "report/page_known.h"
#include "verdict/cuts.h"

/* What the one target gave in a case. */

bool page_is_news(const struct verdict *v, const char *text)
{
    return !v->reason || strcmp(v->reason, text) != 0;
}

const char *page_rule(const struct verdict *v)
{
    const char *sentence = v->rule != WS_RULE_NONE ? ws_rule_row(v->rule)->sentence : NULL;
    return sentence && page_is_news(v, sentence) ? sentence : NULL;
}

static void compare(struct page *p, const struct verdict *v)
{
    const char *expected = attention_expected(v);

    if (!expected && !v->got)
        return;
    markup_put(&p->m, "<dl class=\"compare\">");
    if (expected) {
        markup_put(&p->m, "<div><dt>expected</dt>");
        page_element(p, "dd", NULL, expected);
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
    fact(p, "rule", page_rule(v));
    for (size_t i = 0; i < v->n_remarks; i++)
        if (page_is_news(v, v->remarks[i]))
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

static void text_block(struct page *p, const char *title, const char *class, const char *text)
{
    if (!text || !*text)
        return;
    page_element(p, "h4", NULL, title);
    page_element(p, "pre", class, text);
}

void page_result(struct page *p, const struct result *r)
{
    const struct verdict *v = &r->verdict;

    markup_put(&p->m, "<div class=\"result\" data-runs=\"0\">");
    if (v->reason && v->result != VERDICT_PASS) {
        page_element(p, "h4", NULL, "Why this verdict");
        page_element(p, "p", "why", v->reason);
    }
    page_known_why(&p->m, r);
    compare(p, v);
    facts(p, r);
    page_log(p, r);
    text_block(p, "What the target wrote to stderr", "stderr", r->target_stderr);
    text_block(p, "Run it again", "again", r->again);
    markup_put(&p->m, "</div>");
}
