#include "report/writers.h"

#include <stdlib.h>
#include <string.h>

#include "report/escape.h"
#include "report/page.h"
#include "report/web.h"

const enum verdict_kind page_order[VERDICT_KINDS] = {
    VERDICT_FAIL, VERDICT_ERROR, VERDICT_WARN, VERDICT_INFO, VERDICT_SKIP, VERDICT_PASS,
};

const char *page_kind_title(enum verdict_kind kind)
{
    switch (kind) {
    case VERDICT_PASS: return "Passes";
    case VERDICT_INFO: return "For information";
    case VERDICT_WARN: return "Warnings";
    case VERDICT_FAIL: return "Fails";
    case VERDICT_SKIP: return "Skipped";
    case VERDICT_ERROR: return "Errors";
    case VERDICT_KINDS: break;
    }
    return "";
}

void page_element(struct page *p, const char *tag, const char *class, const char *text)
{
    if (!text)
        return;
    markup_put(&p->m, "<");
    markup_put(&p->m, tag);
    if (class) {
        markup_put(&p->m, " class=\"");
        markup_put(&p->m, class);
        markup_put(&p->m, "\"");
    }
    markup_put(&p->m, ">");
    markup_text(&p->m, text);
    markup_put(&p->m, "</");
    markup_put(&p->m, tag);
    markup_put(&p->m, ">");
}

void page_badge(struct page *p, enum verdict_kind kind)
{
    markup_put(&p->m, "<span class=\"badge ");
    markup_put(&p->m, verdict_name(kind));
    markup_put(&p->m, "\">");
    markup_put(&p->m, verdict_name(kind));
    markup_put(&p->m, "</span>");
}

void page_duration(struct page *p, uint64_t us)
{
    struct markup *m = &p->m;

    if (us < 1000)
        m->ok = m->ok && buf_print(m->buf, "%u µs", (unsigned)us);
    else if (us < 1000000)
        m->ok = m->ok && buf_print(m->buf, "%.1f ms", (double)us / 1e3);
    else
        m->ok = m->ok && buf_print(m->buf, "%.1f s", (double)us / 1e6);
}

static void style(struct page *p)
{
    web_put(&p->m, "style.css");
}

static void script(struct page *p)
{
    web_put(&p->m, "app.js");
}

static void style_hash(struct page *p)
{
    web_put_hash(&p->m, "style.css");
}

static void script_hash(struct page *p)
{
    web_put_hash(&p->m, "app.js");
}

static void title(struct page *p)
{
    markup_text(&p->m, p->run->target);
    markup_put(&p->m, " · wsproof");
}

/* A character that may stand in an id and in a link to it without any escape. */
static char anchor_char(char c)
{
    bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                c == '-' || c == '.' || c == '_' || c == '/';
    return fine ? c : '_';
}

struct anchor {
    char *text;
    size_t index;
};

static int by_text(const void *a, const void *b)
{
    const struct anchor *x = a, *y = b;
    int order = strcmp(x->text, y->text);
    return order ? order : x->index < y->index ? -1 : x->index > y->index;
}

/* The case's id; what comes again under it has its number behind, after a sign that no id has. */
static bool make_anchors(struct page *p)
{
    size_t n = p->run->n_results;
    struct anchor *list = arena_array(&p->arena, n, sizeof *list);

    p->anchors = arena_array(&p->arena, n, sizeof *p->anchors);
    if (!list || !p->anchors)
        return false;
    for (size_t i = 0; i < n; i++) {
        list[i].index = i;
        list[i].text = arena_print(&p->arena, "%s", p->run->results[i].id);
        if (!list[i].text)
            return false;
        for (char *c = list[i].text; *c; c++)
            *c = anchor_char(*c);
    }
    qsort(list, n, sizeof *list, by_text);
    for (size_t i = 0; i < n; i++) {
        bool again = i > 0 && strcmp(list[i].text, list[i - 1].text) == 0;
        const char *text =
            again ? arena_print(&p->arena, "%s~%zu", list[i].text, list[i].index) : list[i].text;
        if (!text)
            return false;
        p->anchors[list[i].index] = text;
    }
    return true;
}

static bool make_groups(struct page *p)
{
    const struct result *results = p->run->results;

    p->groups = arena_array(&p->arena, p->run->n_results, sizeof *p->groups);
    if (!p->groups)
        return false;
    for (size_t i = 0; i < p->run->n_results; i++) {
        if (i == 0 || strcmp(results[i - 1].group, results[i].group) != 0)
            p->n_groups++;
        p->groups[i] = p->n_groups - 1;
    }
    return true;
}

static const struct {
    const char *name;
    void (*write)(struct page *p);
} parts[] = {
    { "style-hash", style_hash },
    { "script-hash", script_hash },
    { "title", title },
    { "style", style },
    { "headline", page_headline },
    { "summary", page_summary },
    { "matrix", page_matrix },
    { "requirements", page_requirements },
    { "verdicts", page_verdict_filters },
    { "groups", page_group_filters },
    { "cases", page_cases },
    { "script", script },
};

static void put_part(struct page *p, struct bytes name)
{
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (bytes_eq_str(name, parts[i].name)) {
            parts[i].write(p);
            return;
        }
    }
}

/* {{name}} in the template is a part. What a part writes is not looked at again. */
static void fill(struct page *p, struct bytes template)
{
    while (template.len > 0) {
        size_t at = bytes_find(template, BYTES_LIT("{{"));
        p->m.ok = p->m.ok && buf_append(p->m.buf, bytes_take(template, at));
        template = bytes_skip(template, at + 2);
        size_t end = bytes_find(template, BYTES_LIT("}}"));
        put_part(p, bytes_take(template, end));
        template = bytes_skip(template, end + 2);
    }
}

bool report_html(const struct run_report *r, const struct requirements *requirements,
                 struct buf *out)
{
    struct page p = {
        .m = { .buf = out, .ok = true, .escape = report_escape_html },
        .run = r,
        .requirements = requirements,
    };

    run_report_count(r, &p.counts);
    p.m.ok = make_anchors(&p) && make_groups(&p);
    if (p.m.ok)
        fill(&p, web_file("template.html"));
    arena_free(&p.arena);
    return p.m.ok;
}
