#include "report/diff.h"

#include "report/escape.h"
#include "report/markup.h"
#include "report/rfc3339.h"
#include "report/web.h"

static void element(struct markup *m, const char *tag, const char *text)
{
    markup_put(m, "<");
    markup_put(m, tag);
    markup_put(m, ">");
    markup_text(m, text);
    markup_put(m, "</");
    markup_put(m, tag);
    markup_put(m, ">");
}

static void badge(struct markup *m, const struct result *r)
{
    markup_put(m, "<td>");
    if (r) {
        markup_put(m, "<span class=\"badge ");
        markup_put(m, verdict_name(r->verdict.result));
        markup_put(m, "\">");
        markup_put(m, verdict_name(r->verdict.result));
        markup_put(m, "</span>");
    }
    if (r && r->verdict.result == VERDICT_FAIL) {
        markup_put(m, " ");
        markup_put(m, script_severity_name(r->verdict.severity));
    }
    markup_put(m, "</td>");
}

/* The title for people, the id to find it by, and why the new one is what it is. */
static void row(struct markup *m, const struct diff_row *r)
{
    const struct result *shown = r->new ? r->new : r->old;

    markup_put(m, "<tr><th scope=\"row\">");
    markup_text(m, shown->title);
    markup_put(m, "<br>");
    element(m, "code", shown->id);
    markup_put(m, "</th>");
    badge(m, r->old);
    badge(m, r->new);
    element(m, "td", shown->verdict.reason);
    markup_put(m, "</tr>\n");
}

static const char *title_of(enum diff_kind kind)
{
    switch (kind) {
    case DIFF_WORSE: return "Worse";
    case DIFF_UNKNOWN: return "Unknown: one of the two is an error";
    case DIFF_BETTER: return "Better";
    case DIFF_FLAKY: return "Flaky";
    case DIFF_CHANGED: return "Changed, and as good";
    case DIFF_NEW: return "New";
    case DIFF_GONE: return "Gone";
    case DIFF_KINDS: break;
    }
    return "";
}

static void rows(struct markup *m, const struct diff_target *t, enum diff_kind kind)
{
    if (t->n_rows == 0 || t->by_kind[kind] == 0)
        return;
    element(m, "h3", title_of(kind));
    markup_put(m, "<div class=\"law\"><table><thead><tr><th scope=\"col\">case</th>"
                  "<th scope=\"col\">old</th><th scope=\"col\">new</th>"
                  "<th scope=\"col\">why</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < t->n_rows; i++)
        if (t->rows[i].kind == kind)
            row(m, &t->rows[i]);
    markup_put(m, "</tbody></table></div>\n");
}

static void side(struct markup *m, const char *name, const struct run_report *r)
{
    char started[RFC3339_TEXT + 1];

    if (!r)
        return;
    report_rfc3339_print(r->started_s, started);
    markup_put(m, "<p>");
    markup_put(m, name);
    element(m, "code", r->target);
    markup_put(m, ", ");
    markup_put(m, started);
    markup_put(m, ", wsproof ");
    markup_text(m, r->version);
    markup_put(m, r->unfinished ? ", cut short</p>\n" : "</p>\n");
}

static void numbers(struct markup *m, const struct diff_target *t)
{
    static const char *const colors[DIFF_KINDS] = {
        [DIFF_WORSE] = "fail", [DIFF_UNKNOWN] = "error", [DIFF_BETTER] = "pass",
        [DIFF_FLAKY] = "warn", [DIFF_CHANGED] = "info",  [DIFF_NEW] = "info",
        [DIFF_GONE] = "skip",
    };

    markup_put(m, "<ul class=\"numbers\">");
    for (int kind = 0; kind < DIFF_KINDS; kind++) {
        markup_put(m, "<li class=\"");
        markup_put(m, colors[kind]);
        markup_put(m, "\"><b>");
        markup_number(m, t->by_kind[kind]);
        markup_put(m, "</b> ");
        markup_put(m, diff_kind_name((enum diff_kind)kind));
        markup_put(m, "</li>");
    }
    markup_put(m, "<li><b>");
    markup_number(m, t->same);
    markup_put(m, "</b> the same</li></ul>\n");
}

static void target(struct markup *m, const struct diff_target *t)
{
    markup_put(m, "<section>");
    element(m, "h2", (t->new ? t->new : t->old)->target);
    side(m, "old: ", t->old);
    side(m, "new: ", t->new);
    if (!t->old || !t->new)
        element(m, "p", t->old ? "This target is gone." : "This target is new.");
    numbers(m, t);
    for (int kind = 0; kind < DIFF_KINDS; kind++)
        rows(m, t, (enum diff_kind)kind);
    markup_put(m, "</section>\n");
}

static void glance(struct markup *m, const struct diff *d)
{
    size_t worse = diff_total(d, DIFF_WORSE);

    markup_put(m,
               worse || diff_doubt(d) ? "<p class=\"glance bad\">" : "<p class=\"glance good\">");
    if (worse > 0)
        markup_number(m, worse);
    markup_put(m, worse == 0   ? "Nothing is worse"
                  : worse == 1 ? " case is worse"
                               : " cases are worse");
    markup_put(m, ".</p>\n");
    if (!diff_doubt(d))
        return;
    markup_put(m, "<p class=\"alarm\" role=\"alert\">No answer: ");
    markup_put(m, diff_doubt(d));
    markup_put(m, ".</p>\n");
}

static void head(struct markup *m)
{
    markup_put(m, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                  "style-src 'sha256-");
    web_put_hash(m, "style.css");
    markup_put(m, "'; base-uri 'none'; form-action 'none'\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<meta name=\"color-scheme\" content=\"light dark\">\n"
                  "<meta name=\"referrer\" content=\"no-referrer\">\n"
                  "<title>What has changed · wsproof</title>\n<style>");
    web_put(m, "style.css");
    markup_put(m,
               "</style>\n</head>\n<body>\n<header>\n"
               "<p class=\"kicker\">WebSocket conformance, two runs held against each other</p>\n"
               "<h1>What has changed</h1>\n");
}

bool report_diff_html(const struct diff *d, struct buf *out)
{
    struct markup m = { .buf = out, .ok = true, .escape = report_escape_html };

    head(&m);
    glance(&m, d);
    markup_put(&m, "</header>\n<main>\n");
    for (size_t i = 0; i < d->count; i++)
        target(&m, &d->targets[i]);
    markup_put(&m, "</main>\n<footer><p>Made by wsproof.</p></footer>\n</body>\n</html>\n");
    return m.ok;
}
