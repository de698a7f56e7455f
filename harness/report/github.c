#include "report/writers.h"

#include "report/attention.h"
#include "report/escape.h"
#include "report/markup.h"

/* GitHub shows so many errors and so many warnings of a step, and drops the rest without a word;
 * the last of ours tells how many there are. */
#define SHOWN_MAX 10
#define TROUBLES_MAX 5 /* of those */
#define TEXT_MAX 600   /* bytes of what a target said, in one line of an annotation */

static void property(struct markup *m, const char *before, const char *text)
{
    m->escape = report_escape_github_property;
    markup_put(m, before);
    markup_cut(m, text, TEXT_MAX);
    m->escape = report_escape_github;
}

static void line(struct markup *m, const char *label, const char *text)
{
    if (!text)
        return;
    markup_put(m, "%0A");
    markup_put(m, label);
    markup_cut(m, text, TEXT_MAX);
}

static void begin(struct markup *m, enum attention_level level, const char *title)
{
    markup_put(m, level == ATTENTION_ERROR ? "::error" : "::warning");
    property(m, " title=", title);
}

/* Why it is here though it is no fail, or more than that. */
static void known_line(struct markup *m, const struct result *r)
{
    if (!result_is_surprise(r))
        return;
    line(m, "baseline: ", known_name(r->known.as));
    markup_put(m, ", it has ");
    markup_put(m, verdict_name(r->known.verdict));
    markup_put(m, " in line ");
    markup_number(m, r->known.line);
}

static void annotation(struct markup *m, enum attention_level level, const struct result *r)
{
    const struct verdict *v = &r->verdict;

    begin(m, level, r->id);
    property(m, ",file=", r->path);
    markup_put(m, ",line=");
    markup_number(m, v->line > 0 ? v->line : r->line > 0 ? r->line : 1);
    markup_put(m, "::");
    markup_cut(m, v->reason ? v->reason : verdict_name(v->result), TEXT_MAX);
    known_line(m, r);
    line(m, "severity: ", v->result == VERDICT_FAIL ? script_severity_name(v->severity) : NULL);
    line(m, "requirement: ", v->requirement);
    line(m, "expected: ", attention_expected(v));
    line(m, "came: ", v->got);
    line(m, "again: ", r->again);
    markup_put(m, "\n");
}

static void and_more(struct markup *m, enum attention_level level, size_t n)
{
    begin(m, level, "wsproof");
    markup_put(m, "::and ");
    markup_number(m, n);
    markup_put(m, level == ATTENTION_ERROR ? " more; the job summary and the report have them\n"
                                           : " more fails that do not gate\n");
}

static size_t count(const struct run_report *r, enum severity fail_on, enum attention_level level)
{
    size_t n = 0;

    for (size_t i = 0; i < r->n_results; i++)
        n += attention_level(&r->results[i], fail_on) == level;
    return n;
}

/* Those of one level; `room` lines, the last of them for all that find no place. */
static void annotations(struct markup *m, const struct run_report *r, enum severity fail_on,
                        enum attention_level level, size_t room)
{
    struct attention all = { 0 };
    const struct result *one;
    size_t n = count(r, fail_on, level), shown = 0, fit = n <= room ? n : room - 1;

    while (shown < fit && (one = attention_next(&all, r))) {
        if (attention_level(one, fail_on) != level)
            continue;
        annotation(m, level, one);
        shown++;
    }
    if (n > shown)
        and_more(m, level, n - shown);
}

static void trouble(struct markup *m, const char *what)
{
    begin(m, ATTENTION_ERROR, "wsproof");
    markup_put(m, "::");
    markup_cut(m, what, TEXT_MAX);
    markup_put(m, "\n");
}

/* What is wrong with the run as a whole; gives how many lines that were. */
static size_t troubles(struct markup *m, const struct run_report *r)
{
    size_t n = 0;

    if (r->trouble) {
        trouble(m, r->trouble);
        n++;
    }
    for (size_t i = 0; r->baseline && i < r->baseline->n_problems && n < TROUBLES_MAX; i++, n++)
        trouble(m, r->baseline->problems[i]);
    return n;
}

bool report_github(const struct run_report *r, enum severity fail_on, struct buf *out)
{
    struct markup m = { .buf = out, .ok = true, .escape = report_escape_github };

    size_t room = SHOWN_MAX - troubles(&m, r);
    annotations(&m, r, fail_on, ATTENTION_ERROR, room);
    annotations(&m, r, fail_on, ATTENTION_WARNING, SHOWN_MAX);
    return m.ok;
}
