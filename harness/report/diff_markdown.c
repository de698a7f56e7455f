#include "report/diff.h"

#include "report/escape.h"
#include "report/markup.h"

#define ROWS_MAX 200 /* of a kind: a summary on GitHub holds 1 MiB in all */

static void verdict(struct markup *m, const struct result *r)
{
    markup_put(m, r ? verdict_name(r->verdict.result) : "–");
    if (r && r->verdict.result == VERDICT_FAIL) {
        markup_put(m, " (");
        markup_put(m, script_severity_name(r->verdict.severity));
        markup_put(m, ")");
    }
}

static void row(struct markup *m, const struct diff_row *r)
{
    const struct result *shown = r->new ? r->new : r->old;

    markup_put(m, r->kind == DIFF_WORSE ? "| **worse** | " : "| ");
    if (r->kind != DIFF_WORSE) {
        markup_put(m, diff_kind_name(r->kind));
        markup_put(m, " | ");
    }
    markup_text(m, shown->id);
    markup_put(m, " | ");
    verdict(m, r->old);
    markup_put(m, " | ");
    verdict(m, r->new);
    markup_put(m, " | ");
    markup_text(m, shown->verdict.reason);
    markup_put(m, " |\n");
}

static void rows(struct markup *m, const struct diff_target *t, enum diff_kind kind)
{
    size_t left = ROWS_MAX;

    for (size_t i = 0; i < t->n_rows && left > 0; i++) {
        if (t->rows[i].kind != kind)
            continue;
        row(m, &t->rows[i]);
        left--;
    }
    if (t->by_kind[kind] <= ROWS_MAX)
        return;
    markup_put(m, "| ");
    markup_put(m, diff_kind_name(kind));
    markup_put(m, " | and ");
    markup_number(m, t->by_kind[kind] - ROWS_MAX);
    markup_put(m, " more | | | |\n");
}

static void table(struct markup *m, const struct diff_target *t)
{
    markup_put(m, "| | case | old | new | |\n|---|---|---|---|---|\n");
    for (int kind = 0; kind < DIFF_KINDS; kind++)
        rows(m, t, (enum diff_kind)kind);
    markup_put(m, "\n");
}

static void counts(struct markup *m, const struct diff_target *t)
{
    for (int kind = 0; kind < DIFF_KINDS; kind++) {
        markup_number(m, t->by_kind[kind]);
        markup_put(m, " ");
        markup_put(m, diff_kind_name((enum diff_kind)kind));
        markup_put(m, ", ");
    }
    markup_number(m, t->same);
    markup_put(m, " the same.\n\n");
}

static void target(struct markup *m, const struct diff_target *t)
{
    markup_put(m, "### ");
    markup_text(m, (t->new ? t->new : t->old)->target);
    markup_put(m, "\n\n");
    if (!t->old || !t->new)
        markup_put(m, t->old ? "This target is gone.\n\n" : "This target is new.\n\n");
    counts(m, t);
    if (t->n_rows > 0)
        table(m, t);
}

bool report_diff_markdown(const struct diff *d, struct buf *out)
{
    struct markup m = { .buf = out, .ok = true, .escape = report_escape_markdown };

    markup_put(&m, "## What has changed\n\n");
    if (diff_doubt(d)) {
        markup_put(&m, "**No answer:** ");
        markup_put(&m, diff_doubt(d));
        markup_put(&m, ".\n\n");
    }
    for (size_t i = 0; i < d->count; i++)
        target(&m, &d->targets[i]);
    return m.ok;
}
