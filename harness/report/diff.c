#include "report/diff.h"

#include <stdlib.h>
#include <string.h>

static const char *const kind_names[DIFF_KINDS] = {
    [DIFF_WORSE] = "worse", [DIFF_UNKNOWN] = "unknown", [DIFF_BETTER] = "better",
    [DIFF_FLAKY] = "flaky", [DIFF_CHANGED] = "changed", [DIFF_NEW] = "new",
    [DIFF_GONE] = "gone",
};

const char *diff_kind_name(enum diff_kind kind)
{
    return kind_names[kind];
}

/* ---- one case ---- */

/* Below zero: the new one is better. */
static int compare(const struct verdict *old, const struct verdict *new)
{
    int steps = baseline_rank(new->result) - baseline_rank(old->result);

    if (steps != 0 || new->result != VERDICT_FAIL)
        return steps;
    return (int)new->severity - (int)old->severity;
}

/* False: they are the same. */
static bool judge(const struct result *old, const struct result *new, enum diff_kind *out)
{
    int steps = compare(&old->verdict, &new->verdict);

    if (steps == 0 && old->verdict.result == new->verdict.result)
        return false;
    if (old->verdict.result == VERDICT_ERROR || new->verdict.result == VERDICT_ERROR)
        *out = DIFF_UNKNOWN;
    else if (old->known.as == KNOWN_FLAKY || new->known.as == KNOWN_FLAKY)
        *out = DIFF_FLAKY;
    else
        *out = steps > 0 ? DIFF_WORSE : steps < 0 ? DIFF_BETTER : DIFF_CHANGED;
    return true;
}

/* ---- finding a case on the other side ---- */

/* A case may stand under several numbers of Autobahn|Testsuite. */
static int by_key(const struct result *a, const struct result *b)
{
    int order = strcmp(a->id, b->id);

    if (order != 0)
        return order;
    return strcmp(a->autobahn ? a->autobahn : "", b->autobahn ? b->autobahn : "");
}

static int by_key_of(const void *a, const void *b)
{
    return by_key(*(const struct result *const *)a, *(const struct result *const *)b);
}

static const struct result **sorted(struct arena *a, const struct run_report *r)
{
    const struct result **list = arena_array(a, r->n_results, sizeof *list);

    if (!list)
        return NULL;
    for (size_t i = 0; i < r->n_results; i++)
        list[i] = &r->results[i];
    qsort(list, r->n_results, sizeof *list, by_key_of);
    return list;
}

static const struct result *find(const struct result *const *list, size_t n,
                                 const struct result *key)
{
    const struct result *const *at = bsearch(&key, list, n, sizeof *list, by_key_of);

    return at ? *at : NULL;
}

/* ---- one target ---- */

static void add(struct diff_target *t, enum diff_kind kind, const struct result *old,
                const struct result *new)
{
    t->rows[t->n_rows++] = (struct diff_row){ kind, old, new };
    t->by_kind[kind]++;
}

static void add_new_side(struct diff_target *t, const struct result *const *olds)
{
    for (size_t i = 0; i < t->new->n_results; i++) {
        const struct result *new = &t->new->results[i];
        const struct result *old = find(olds, t->old->n_results, new);
        enum diff_kind kind;
        if (!old)
            add(t, DIFF_NEW, NULL, new);
        else if (judge(old, new, &kind))
            add(t, kind, old, new);
        else
            t->same++;
    }
}

static void add_old_side(struct diff_target *t, const struct result *const *news)
{
    for (size_t i = 0; i < t->old->n_results; i++)
        if (!find(news, t->new->n_results, &t->old->results[i]))
            add(t, DIFF_GONE, &t->old->results[i], NULL);
}

/* Rows of a kind together, in the order in which they came. */
static bool order_rows(struct arena *a, struct diff_target *t)
{
    struct diff_row *rows = arena_array(a, t->n_rows, sizeof *rows);
    size_t n = 0;

    if (!rows)
        return false;
    for (int kind = 0; kind < DIFF_KINDS; kind++)
        for (size_t i = 0; i < t->n_rows; i++)
            if ((int)t->rows[i].kind == kind)
                rows[n++] = t->rows[i];
    t->rows = rows;
    return true;
}

static bool fill(struct arena *a, struct diff_target *t)
{
    if (!t->old || !t->new) {
        t->by_kind[t->old ? DIFF_GONE : DIFF_NEW] = (t->old ? t->old : t->new)->n_results;
        return true;
    }
    const struct result **olds = sorted(a, t->old), **news = sorted(a, t->new);
    t->rows = arena_array(a, t->old->n_results + t->new->n_results, sizeof *t->rows);
    if (!olds || !news || !t->rows)
        return false;
    add_new_side(t, olds);
    add_old_side(t, news);
    return order_rows(a, t);
}

/* ---- all of them ---- */

static const struct run_report *same_target(const struct run_report *list, size_t n,
                                            const struct run_report *key)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i].target, key->target) == 0 && strcmp(list[i].role, key->role) == 0)
            return &list[i];
    return NULL;
}

static void pair(const struct run_report *old, size_t n_old, const struct run_report *new,
                 size_t n_new, struct diff *out)
{
    if (n_old == 1 && n_new == 1) {
        out->targets[out->count++] = (struct diff_target){ .old = old, .new = new };
        return;
    }
    for (size_t i = 0; i < n_new; i++)
        out->targets[out->count++] =
            (struct diff_target){ .old = same_target(old, n_old, &new[i]), .new = &new[i] };
    for (size_t i = 0; i < n_old; i++)
        if (!same_target(new, n_new, &old[i]))
            out->targets[out->count++] = (struct diff_target){ .old = &old[i] };
}

bool report_diff_make(struct arena *a, const struct run_report *old, size_t n_old,
                      const struct run_report *new, size_t n_new, struct diff *out, struct err *err)
{
    *out = (struct diff){ .targets = arena_array(a, n_old + n_new, sizeof *out->targets) };
    if (!out->targets)
        return err_memory(err, "a comparison");
    pair(old, n_old, new, n_new, out);
    for (size_t i = 0; i < out->count; i++)
        if (!fill(a, &out->targets[i]))
            return err_memory(err, "a comparison");
    return true;
}

size_t diff_total(const struct diff *d, enum diff_kind kind)
{
    size_t sum = 0;

    for (size_t i = 0; i < d->count; i++)
        sum += d->targets[i].by_kind[kind];
    return sum;
}

static bool has_new_error(const struct diff_target *t)
{
    for (size_t i = 0; i < t->n_rows; i++)
        if (t->rows[i].kind == DIFF_UNKNOWN && t->rows[i].new->verdict.result == VERDICT_ERROR)
            return true;
    return false;
}

const char *diff_doubt(const struct diff *d)
{
    size_t compared = 0;

    for (size_t i = 0; i < d->count; i++) {
        const struct diff_target *t = &d->targets[i];
        if (!t->new)
            return "a target is missing in the new run";
        if (t->new->unfinished || t->new->trouble)
            return "the new run was cut short";
        if (has_new_error(t))
            return "cases of the new run ended in an error";
        if (t->old)
            compared += t->same + t->n_rows - t->by_kind[DIFF_NEW] - t->by_kind[DIFF_GONE];
    }
    return compared == 0 ? "the two have no case in common" : NULL;
}
