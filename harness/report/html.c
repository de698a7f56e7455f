#include "report/writers.h"

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

char page_kind_letter(enum verdict_kind kind)
{
    return kind < VERDICT_KINDS ? verdict_name(kind)[0] : '-';
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

/* Widths are geometry, not style: the page's policy allows no style but its own sheet. */
void page_bar(struct page *p, const struct run_counts *counts)
{
    double at = 0;

    if (counts->total == 0)
        return;
    markup_put(&p->m, "<svg class=\"bar\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" "
                      "aria-hidden=\"true\">");
    for (size_t i = 0; i < VERDICT_KINDS; i++) {
        enum verdict_kind kind = page_order[i];
        double width = 1000.0 * (double)counts->by_kind[kind] / (double)counts->total;
        if (width > 0)
            p->m.ok = p->m.ok && buf_print(p->m.buf,
                                           "<rect class=\"%s\" x=\"%.1f\" width=\"%.1f\" "
                                           "height=\"10\"/>",
                                           verdict_name(kind), at, width);
        at += width;
    }
    markup_put(&p->m, "</svg>");
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

const char *page_name(const struct page *p, size_t run)
{
    const char *name = p->book->runs[run].target;
    return name && *name ? name : "no target";
}

static void title(struct page *p)
{
    if (p->book->n_runs == 1) {
        markup_text(&p->m, page_name(p, 0));
    } else {
        markup_number(&p->m, p->book->n_runs);
        markup_put(&p->m, " targets");
    }
    markup_put(&p->m, " · wsproof");
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
    { "targets", page_targets },
    { "history", page_history },
    { "matrix", page_matrix },
    { "charts", page_charts },
    { "requirements", page_requirements },
    { "verdicts", page_verdict_filters },
    { "groups", page_group_filters },
    { "compare", page_target_filters },
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

bool report_html_book(const struct report_book *book, const struct requirements *requirements,
                      struct buf *out)
{
    struct page p = {
        .m = { .buf = out, .ok = true, .escape = report_escape_html },
        .book = book,
        .requirements = requirements,
    };

    p.m.ok = page_gather(&p);
    if (p.m.ok)
        fill(&p, web_file("template.html"));
    arena_free(&p.arena);
    return p.m.ok;
}

bool report_html(const struct run_report *r, const struct requirements *requirements,
                 struct buf *out)
{
    const struct report_book book = { .runs = r, .n_runs = 1 };
    return report_html_book(&book, requirements, out);
}
