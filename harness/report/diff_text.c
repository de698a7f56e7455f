#include "report/diff.h"

#include "report/markup.h"
#include "report/rfc3339.h"

#define ROWS_MAX 200 /* of a kind; the page has all */

/* Nothing that a terminal would obey: a results file may come from anywhere. */
static bool escape_plain(struct bytes in, struct buf *out)
{
    for (size_t i = 0; i < in.len; i++) {
        bool c1 = in.ptr[i] == 0xc2 && i + 1 < in.len && in.ptr[i + 1] < 0xa0;
        bool fine = in.ptr[i] >= ' ' && in.ptr[i] != 0x7f && !c1;
        if (!buf_push(out, fine ? in.ptr[i] : '?'))
            return false;
        i += c1;
    }
    return true;
}

/* "fail major", or "-" where there is no such case. */
static void verdict(struct markup *m, const struct result *r)
{
    markup_put(m, r ? verdict_name(r->verdict.result) : "-");
    if (r && r->verdict.result == VERDICT_FAIL) {
        markup_put(m, " ");
        markup_put(m, script_severity_name(r->verdict.severity));
    }
}

static void row(struct markup *m, const struct diff_row *r)
{
    const struct result *shown = r->new ? r->new : r->old;

    m->ok = m->ok && buf_print(m->buf, "  %-7s ", diff_kind_name(r->kind));
    markup_text(m, shown->id);
    markup_put(m, ": ");
    verdict(m, r->old);
    markup_put(m, " -> ");
    verdict(m, r->new);
    if (shown->verdict.reason) {
        markup_put(m, ": ");
        markup_text(m, shown->verdict.reason);
    }
    markup_put(m, "\n");
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
    if (t->n_rows > 0 && t->by_kind[kind] > ROWS_MAX) {
        markup_put(m, "  … and ");
        markup_number(m, t->by_kind[kind] - ROWS_MAX);
        markup_put(m, " more that are ");
        markup_put(m, diff_kind_name(kind));
        markup_put(m, "\n");
    }
}

static void side(struct markup *m, const char *name, const struct run_report *r)
{
    char started[RFC3339_TEXT + 1];

    if (!r)
        return;
    report_rfc3339_print(r->started_s, started);
    markup_put(m, name);
    markup_text(m, r->target);
    markup_put(m, ", ");
    markup_put(m, started);
    markup_put(m, ", wsproof ");
    markup_text(m, r->version);
    markup_put(m, r->unfinished ? ", cut short\n" : "\n");
}

static void target(struct markup *m, const struct diff_target *t)
{
    side(m, "old: ", t->old);
    side(m, "new: ", t->new);
    if (!t->old || !t->new)
        markup_put(m, t->old ? "  gone: this target\n" : "  new: this target\n");
    for (int kind = 0; kind < DIFF_KINDS; kind++)
        rows(m, t, (enum diff_kind)kind);
    for (int kind = 0; kind < DIFF_KINDS; kind++) {
        markup_number(m, t->by_kind[kind]);
        markup_put(m, " ");
        markup_put(m, diff_kind_name((enum diff_kind)kind));
        markup_put(m, ", ");
    }
    markup_number(m, t->same);
    markup_put(m, " the same\n");
}

bool report_diff_text(const struct diff *d, struct buf *out)
{
    struct markup m = { .buf = out, .ok = true, .escape = escape_plain };

    for (size_t i = 0; i < d->count; i++) {
        markup_put(&m, i > 0 ? "\n" : "");
        target(&m, &d->targets[i]);
    }
    if (diff_doubt(d)) {
        markup_put(&m, "no answer: ");
        markup_put(&m, diff_doubt(d));
        markup_put(&m, "\n");
    }
    return m.ok;
}
