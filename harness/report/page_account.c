#include "report/page.h"

#include <string.h>

#include "report/attention.h"
#include "report/escape.h"
#include "report/page_known.h"

/* What is inside a case of several targets is plain text, as a conversation is: such a page has
 * tens of thousands of results, and a browser reads text many times as fast as elements.
 * app/account.js draws it when somebody opens the case. A field is a word of ours and its text;
 * further lines of it begin with two blanks, or are a conversation (page_log.c), whose entries
 * begin with a number:
 *
 *     fail 2 12: ws, tornado
 *     why the handshake was refused
 *     expected open
 *     got head "HTTP/1.1 400 Bad Request", 186 bytes
 *     how behaviour fail; closing none
 *     talk
 *     0.111 -> head "GET / HTTP/1.1", 195 bytes
 *     again
 *       wsproof test ws://127.0.0.1:9001/ --cases …
 *     broken RFC6455 4.2.1 RFC6455-4.2.1-1 MUST the sentence
 *     case rfc6455/4.2.1.case:12
 *       case …
 *
 * The numbers are those of the table of targets. No text of a target can begin a line: how text is
 * escaped sees to that. */

static void line(struct page *p, const char *text)
{
    struct bytes all = bytes_str(text);

    while (all.len > 0 && all.ptr[all.len - 1] == '\n')
        all.len--;
    markup_bytes(&p->m, all);
    markup_put(&p->m, "\n");
}

static void field(struct page *p, const char *word, const char *text)
{
    if (!text || !*text)
        return;
    markup_put(&p->m, word);
    markup_put(&p->m, " ");
    line(p, text);
}

/* "fail 2 12: ws, tornado": whom it is about. */
static void whose(struct page *p, const struct result *r, const size_t *class_of, size_t first)
{
    bool more = false;

    markup_put(&p->m, verdict_name(r->verdict.result));
    for (size_t i = first; i < p->book->n_runs; i++) {
        if (class_of[i] != first)
            continue;
        markup_put(&p->m, " ");
        markup_number(&p->m, i + 1);
    }
    for (size_t i = first; i < p->book->n_runs; i++) {
        if (class_of[i] != first)
            continue;
        markup_put(&p->m, more ? ", " : ": ");
        markup_text(&p->m, page_name(p, i));
        more = true;
    }
    markup_put(&p->m, "\n");
}

static void known(struct page *p, const struct result *r)
{
    if (r->known.as == KNOWN_NOT)
        return;
    markup_put(&p->m, "known ");
    page_known_said(&p->m, r);
    markup_put(&p->m, "\n");
    field(p, "link", r->known.link);
}

static void remark(struct page *p, const char *name, const char *value)
{
    markup_put(&p->m, "; ");
    markup_put(&p->m, name);
    markup_put(&p->m, " ");
    markup_text(&p->m, value);
}

/* What a page of one target has in a list of its own. */
static void how(struct page *p, const struct result *r)
{
    const struct verdict *v = &r->verdict;

    markup_put(&p->m, "how behaviour ");
    markup_put(&p->m, verdict_name(v->behaviour));
    remark(p, "closing", verdict_closing_name(v->closing));
    if (page_rule(v))
        remark(p, "rule:", page_rule(v));
    for (size_t i = 0; i < v->n_remarks; i++)
        if (page_is_news(v, v->remarks[i]))
            remark(p, "remark:", v->remarks[i]);
    if (v->barrier)
        remark(p, "a barrier", "had a part in this");
    if (r->attempts > 1) {
        markup_put(&p->m, "; run ");
        markup_number(&p->m, r->attempts);
        markup_put(&p->m, " times");
    }
    markup_put(&p->m, "\n");
}

static void talk(struct page *p, const struct result *r)
{
    if (r->transcript.count == 0)
        return;
    markup_put(&p->m, "talk\n");
    page_talk(p, r);
}

#define STDERR_SHOWN 2000 /* its end, where a cause is told */

static void stderr_of(struct page *p, const struct result *r)
{
    const char *text = r->target_stderr ? r->target_stderr : "";
    size_t len = strlen(text);

    if (len > 0) {
        markup_put(&p->m, "stderr\n  ");
        line(p, len > STDERR_SHOWN ? text + len - STDERR_SHOWN : text);
    }
}

/* The commands of all of them. */
static void again(struct page *p, const struct page_case *c, const size_t *class_of, size_t first)
{
    bool more = false;

    for (size_t i = first; i < p->book->n_runs; i++) {
        if (class_of[i] != first || !c->of[i]->again || !*c->of[i]->again)
            continue;
        markup_put(&p->m, more ? "  " : "again\n  ");
        line(p, c->of[i]->again);
        more = true;
    }
}

/* Where many pass or skip, nobody asks for details or runs it again. */
static void one_result(struct page *p, const struct page_case *c, const size_t *class_of,
                       size_t first)
{
    const struct result *r = c->of[first];
    enum verdict_kind kind = r->verdict.result;
    bool dull = kind == VERDICT_PASS || kind == VERDICT_SKIP;

    whose(p, r, class_of, first);
    field(p, "why", r->verdict.reason);
    known(p, r);
    field(p, "expected", attention_expected(&r->verdict));
    field(p, "got", r->verdict.got);
    if (!dull)
        how(p, r);
    talk(p, r);
    if (page_blames(kind))
        stderr_of(p, r);
    if (!dull)
        again(p, c, class_of, first);
    markup_put(&p->m, "\n");
}

static void requirement(struct page *p, const char *id, bool broken)
{
    const struct requirement *q = requirements_find(p->requirements, id);

    markup_put(&p->m, broken ? "broken " : "law ");
    for (size_t i = 0; q && i < 2; i++) {
        markup_text(&p->m, i == 0 ? q->rfc : q->section);
        markup_put(&p->m, " ");
    }
    markup_text(&p->m, id);
    for (size_t i = 0; q && i < 2; i++) {
        markup_put(&p->m, " ");
        markup_text(&p->m, i == 0 ? q->level_text : q->summary);
    }
    markup_put(&p->m, "\n");
}

static bool is_broken(const struct page *p, const struct page_case *c, const char *id)
{
    for (size_t i = 0; i < p->book->n_runs; i++)
        if (c->of[i] && c->of[i]->verdict.requirement &&
            strcmp(c->of[i]->verdict.requirement, id) == 0)
            return true;
    return false;
}

/* Whether an earlier run named it already. */
static bool is_told(const struct page_case *c, size_t run)
{
    const char *id = c->of[run]->verdict.requirement;

    for (size_t i = 0; i < run; i++)
        if (c->of[i] && c->of[i]->verdict.requirement &&
            strcmp(c->of[i]->verdict.requirement, id) == 0)
            return true;
    return result_proves(c->example, id);
}

/* What the case proves, and what was seen broken beside it. */
static void requirements(struct page *p, const struct page_case *c)
{
    const struct result *r = c->example;

    for (size_t i = 0; i < r->n_proves; i++)
        requirement(p, r->proves[i], is_broken(p, c, r->proves[i]));
    for (size_t i = 0; i < p->book->n_runs; i++)
        if (c->of[i] && c->of[i]->verdict.requirement && !is_told(c, i))
            requirement(p, c->of[i]->verdict.requirement, true);
}

static void source(struct page *p, const struct result *r)
{
    if (!r->source || !*r->source)
        return;
    markup_put(&p->m, "case ");
    markup_text(&p->m, r->path);
    markup_put(&p->m, ":");
    markup_number(&p->m, r->line);
    markup_put(&p->m, "\n  ");
    line(p, r->source);
}

static void about(struct page *p, const struct page_case *c)
{
    const struct result *r = c->example;

    requirements(p, c);
    field(p, "contested", r->contested);
    field(p, "note", r->note);
    field(p, "autobahn", r->autobahn);
    for (size_t i = 0; i < r->n_tags; i++)
        field(p, "tag", r->tags[i]);
    source(p, r);
}

void page_account(struct page *p, const struct page_case *c, const size_t *class_of)
{
    markup_put(&p->m, "<pre class=\"account\">");
    p->m.escape = report_escape_html_lines;
    for (size_t k = 0; k < VERDICT_KINDS; k++)
        for (size_t i = 0; i < p->book->n_runs; i++)
            if (class_of[i] == i && c->of[i]->verdict.result == page_order[k])
                one_result(p, c, class_of, i);
    about(p, c);
    p->m.escape = report_escape_html;
    markup_put(&p->m, "</pre>");
}
