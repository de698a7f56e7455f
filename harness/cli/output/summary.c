#include "cli/output/summary.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

/* With all else that can be said these fit the 24 lines of a terminal. */
#define FAILS_SHOWN 8
#define SKIPS_SHOWN 4
#define WORDS_MAX 1000 /* of a sentence or of what came: the report has the whole */

/* ---- words ---- */

static const char *color_of(struct summary_look look, enum verdict_kind kind)
{
    if (!look.color)
        return "";
    switch (kind) {
    case VERDICT_PASS: return "\033[32m";
    case VERDICT_INFO: return "\033[36m";
    case VERDICT_WARN: return "\033[33m";
    case VERDICT_FAIL:
    case VERDICT_ERROR: return "\033[31m";
    case VERDICT_SKIP:
    case VERDICT_KINDS: break;
    }
    return "\033[2m";
}

static const char *plain(struct summary_look look)
{
    return look.color ? "\033[0m" : "";
}

/* On one line, whatever its own lines are; what a terminal would obey becomes a blank. */
static bool put_flat(const char *text, struct buf *out)
{
    bool blank = false;

    for (size_t i = 0; text[i] && i < WORDS_MAX; i++) {
        const uint8_t c = (uint8_t)text[i];
        if (c <= ' ' || c == 0x7F) {
            blank = true;
            continue;
        }
        if ((blank && !buf_push(out, ' ')) || !buf_push(out, c))
            return false;
        blank = false;
    }
    return true;
}

static bool put_part(const char *before, const char *text, struct buf *out)
{
    return !text || (buf_print(out, "%s", before) && put_flat(text, out));
}

/* The case's own words, without the first. */
static const char *without_expect(const char *expected)
{
    return expected && strncmp(expected, "expect ", 7) == 0 ? expected + 7 : expected;
}

bool summary_finding(const struct result *result, struct summary_look look, struct buf *out)
{
    const struct verdict *v = &result->verdict;
    bool ok = buf_print(out, "%s%-5s%s ", color_of(look, v->result), verdict_name(v->result),
                        plain(look));

    if (v->result == VERDICT_FAIL)
        ok = ok && buf_print(out, "%-8s ", script_severity_name(v->severity));
    ok = ok && put_flat(result->id, out) && put_part(": ", v->reason, out);
    if (v->requirement && v->result != VERDICT_PASS)
        ok = ok && buf_print(out, " [%s]", v->requirement);
    if (result->known.as != KNOWN_NOT)
        ok = ok && buf_print(out, " (%s: line %u of the baseline)", known_name(result->known.as),
                             result->known.line);
    return ok && put_part(", expected ", without_expect(v->expected), out) &&
           put_part(", came ", v->got, out);
}

/* ---- counts ---- */

/* What a fail costs the run is another question where it is known. */
static bool put_expected(const struct run_counts *counts, struct buf *out)
{
    return counts->expected_fails == 0 || buf_print(out, ", %zu expected", counts->expected_fails);
}

static bool put_counts(const struct run_report *r, const struct run_counts *counts,
                       struct summary_look look, struct buf *out)
{
    static const enum verdict_kind order[] = { VERDICT_PASS, VERDICT_WARN, VERDICT_INFO,
                                               VERDICT_FAIL, VERDICT_SKIP, VERDICT_ERROR };
    bool ok = true;

    for (size_t i = 0; ok && i < sizeof order / sizeof *order; i++) {
        const bool fails = order[i] == VERDICT_FAIL;
        const size_t n = counts->by_kind[order[i]] - (fails ? counts->expected_fails : 0);
        ok = buf_print(out, "%s%s%zu %s%s", i ? ", " : "", n ? color_of(look, order[i]) : "", n,
                       verdict_name(order[i]), n ? plain(look) : "") &&
             (!fails || put_expected(counts, out));
    }
    return ok &&
           buf_print(out, "; %zu cases in %.2f s\n", counts->total, (double)r->duration_ms / 1000);
}

static bool put_severities(const struct run_counts *counts, struct buf *out)
{
    bool first = true;

    for (int s = SEVERITY_CRITICAL; s >= SEVERITY_PEDANTIC; s--) {
        const size_t n = counts->fails_by_severity[s] - counts->expected_by_severity[s];
        if (n == 0)
            continue;
        if (!buf_print(out, "%s%zu %s", first ? "  fails: " : ", ", n,
                       script_severity_name((enum severity)s)))
            return false;
        first = false;
    }
    return first || buf_push(out, '\n');
}

/* ---- groups ---- */

/* Results of one verdict that have something in common. */
struct group {
    const char *key;
    const struct result *first;
    size_t count;
    enum severity worst;
};

struct groups {
    struct group *list; /* room for one of each result */
    size_t count;
};

/* Fails have their requirement in common, other results what is said of them. */
static const char *key_of(const struct verdict *v)
{
    const char *key = v->result == VERDICT_FAIL ? v->requirement : v->reason;

    return key ? key : v->reason ? v->reason : "no reason";
}

static struct group *group_of(struct groups *g, const char *key)
{
    for (size_t i = 0; i < g->count; i++)
        if (strcmp(g->list[i].key, key) == 0)
            return &g->list[i];
    g->list[g->count] = (struct group){ .key = key };
    return &g->list[g->count++];
}

static int by_weight(const void *a, const void *b)
{
    const struct group *x = a, *y = b;

    if (x->worst != y->worst)
        return x->worst > y->worst ? -1 : 1;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return strcmp(x->key, y->key);
}

/* A fail that a baseline expects is only counted. */
static bool is_told(const struct result *r, enum verdict_kind kind)
{
    return r->verdict.result == kind && !(kind == VERDICT_FAIL && result_is_expected(r));
}

/* To be freed with alloc_free(list). False: no memory. */
static bool groups_make(struct groups *g, const struct run_report *r, enum verdict_kind kind)
{
    size_t size;

    *g = (struct groups){ 0 };
    if (!size_mul(&size, r->n_results + 1, sizeof *g->list))
        return false;
    g->list = alloc_resize(NULL, size);
    for (size_t i = 0; g->list && i < r->n_results; i++) {
        const struct result *result = &r->results[i];
        if (!is_told(result, kind))
            continue;
        struct group *group = group_of(g, key_of(&result->verdict));
        group->first = group->first ? group->first : result;
        group->count++;
        if (kind == VERDICT_FAIL && result->verdict.severity > group->worst)
            group->worst = result->verdict.severity;
    }
    if (g->list)
        qsort(g->list, g->count, sizeof *g->list, by_weight);
    return g->list != NULL;
}

/* "  12 of RFC6455-5.2-9, minor: sentence; first ID" */
static bool put_fails(const struct group *g, struct buf *out)
{
    return buf_print(out, "  %4zu of ", g->count) && put_flat(g->key, out) &&
           buf_print(out, ", %s", script_severity_name(g->worst)) &&
           put_part(": ", g->first->verdict.reason, out) &&
           put_part("; first ", g->first->id, out) && buf_push(out, '\n');
}

static bool put_same(const char *what, const struct group *g, struct buf *out)
{
    return buf_print(out, "  %s: %zu, ", what, g->count) && put_flat(g->key, out) &&
           buf_push(out, '\n');
}

/* The groups that are too many, in one line. */
static bool put_rest(const char *what, const struct groups *g, size_t shown, struct buf *out)
{
    size_t cases = 0;

    for (size_t i = shown; i < g->count; i++)
        cases += g->list[i].count;
    return cases == 0 ||
           buf_print(out, "  %s: %zu more, for %zu other reasons\n", what, cases, g->count - shown);
}

static bool put_one_by_one(const struct run_report *r, struct buf *out)
{
    bool ok = true;

    for (size_t i = 0; ok && i < r->n_results; i++) {
        const struct result *result = &r->results[i];
        if (is_told(result, VERDICT_FAIL))
            ok = buf_print(out, "    %-8s ", script_severity_name(result->verdict.severity)) &&
                 put_flat(result->id, out) && buf_push(out, '\n');
    }
    return ok;
}

static bool put_fail_groups(const struct run_report *r, size_t n_fails, struct buf *out)
{
    struct groups g;

    if (n_fails <= FAILS_SHOWN)
        return put_one_by_one(r, out);
    bool ok = groups_make(&g, r, VERDICT_FAIL);
    size_t i = 0;
    for (; ok && i < g.count && i < FAILS_SHOWN; i++)
        ok = put_fails(&g.list[i], out);
    ok = ok && put_rest("fails", &g, i, out);
    alloc_free(g.list);
    return ok;
}

static bool put_groups(const struct run_report *r, enum verdict_kind kind, const char *what,
                       struct buf *out)
{
    struct groups g;
    bool ok = groups_make(&g, r, kind);
    size_t i = 0;

    for (; ok && i < g.count && i < SKIPS_SHOWN; i++)
        ok = put_same(what, &g.list[i], out);
    ok = ok && put_rest(what, &g, i, out);
    alloc_free(g.list);
    return ok;
}

static bool put_details(const struct run_report *r, const struct run_counts *counts,
                        struct buf *out)
{
    const size_t fails = counts->by_kind[VERDICT_FAIL] - counts->expected_fails;

    return put_severities(counts, out) && put_fail_groups(r, fails, out) &&
           put_groups(r, VERDICT_ERROR, "errors", out) &&
           put_groups(r, VERDICT_SKIP, "skipped", out);
}

static bool put_deaths(const struct run_report *r, struct buf *out)
{
    return buf_print(out, "  the server died: %" PRIu64 " times", r->deaths) &&
           (r->unsolved == 0 ||
            buf_print(out, ", %" PRIu64 " of them of no case that could be told", r->unsolved)) &&
           buf_push(out, '\n');
}

bool summary_write(const struct run_report *r, struct summary_look look, const char *where,
                   struct buf *out)
{
    struct run_counts counts;

    run_report_count(r, &counts);
    bool ok = put_counts(r, &counts, look, out) && (look.brief || put_details(r, &counts, out));
    if (r->deaths > 0)
        ok = ok && put_deaths(r, out);
    if (r->trouble)
        ok = ok && buf_print(out, "  cut short: ") && put_flat(r->trouble, out) &&
             buf_push(out, '\n');
    return ok && (!where || buf_print(out, "  report: %s\n", where));
}

/* ---- under way ---- */

bool summary_progress(size_t done, size_t total, size_t fails, const struct forecast_left *left,
                      struct buf *out)
{
    if (!buf_print(out, "%zu of %zu cases, %zu fails", done, total, fails))
        return false;
    if (!left->known || done >= total)
        return true;
    const uint64_t left_s = left->us / 1000000 + 1;
    return buf_print(out, ", %s%" PRIu64 ":%02" PRIu64 " left", left->at_least ? "at least " : "",
                     left_s / 60, left_s % 60);
}
