#include "cli/session/cuts.h"

#include <string.h>

#include "verdict/cuts.h"

/* Cases that are run with every size before the next ones are, so that results come as the run goes
 * on and no more than these conversations wait for each other. */
#define CHUNK 1024

/* One case over all sizes. */
struct sweep {
    struct outcome base,
        other; /* with the first size, and with the first that gave another answer */
    bool has_base, has_other;
    uint64_t other_size;
    struct result_cut *rows; /* a verdict for each size */
};

static void drop(struct outcome *o)
{
    transcript_free(&o->transcript);
}

static struct cuts_run run_of(uint64_t size, const struct outcome *o)
{
    return (struct cuts_run){ size, &o->verdict, &o->transcript };
}

static struct cuts_finding compare(const struct session *s, const struct sweep *sweep,
                                   const struct outcome *other)
{
    struct cuts_run base = run_of(s->cuts[0], &sweep->base), run = run_of(s->cuts[s->cut], other);
    return cuts_compare(&base, &run);
}

/* Takes what one size gave for a case. */
static void take(struct session *s, struct sweep *sweep, struct outcome *o)
{
    session_keep_verdict(s, &o->verdict);
    sweep->rows[s->cut] = (struct result_cut){ s->cuts[s->cut], o->verdict.result };
    if (s->cut == 0) {
        sweep->base = *o;
        sweep->has_base = true;
    } else if (!sweep->has_other && compare(s, sweep, o).difference != CUTS_ALIKE) {
        sweep->other = *o;
        sweep->other_size = s->cuts[s->cut];
        sweep->has_other = true;
    } else {
        drop(o);
    }
}

/* A case that must not be cut is the same with every size. */
static void copy_row(struct session *s, struct sweep *sweep)
{
    sweep->rows[s->cut] = (struct result_cut){ s->cuts[s->cut], sweep->base.verdict.result };
}

/* All cases of the chunk with the size under way. */
static bool run_size(struct session *s, const struct script_case **cases, struct sweep *sweeps,
                     size_t count, struct err *err)
{
    const struct script_case *list[CHUNK];
    size_t sweep_of[CHUNK], n = 0;
    struct outcome o;

    for (size_t i = 0; i < count; i++) {
        if (s->cut > 0 && cases[i]->cut_off) {
            copy_row(s, &sweeps[i]);
            continue;
        }
        list[n] = cases[i];
        sweep_of[n++] = i;
    }
    session_schedule(s);
    struct schedule *schedule = schedule_new(&s->target, list, n, &s->schedule, &s->probe, err);
    if (!schedule)
        return false;
    while (schedule_next(schedule, &o, err))
        take(s, &sweeps[sweep_of[o.index]], &o);
    s->report.unsolved += schedule_unsolved(schedule);
    schedule_free(schedule);
    return err->code == ERR_NONE;
}

static bool run_alone(struct session *s, const struct script_case *c, uint64_t size,
                      struct outcome *out, struct err *err)
{
    session_schedule(s);
    s->schedule.jobs = 1;
    s->schedule.run.cut = size;
    struct schedule *schedule = schedule_new(&s->target, &c, 1, &s->schedule, &s->probe, err);
    bool ok = schedule && schedule_next(schedule, out, err);
    if (ok)
        session_keep_verdict(s, &out->verdict);
    schedule_free(schedule);
    return ok;
}

static void keep_better(struct outcome *kept, struct outcome *other, bool other_is_it)
{
    struct outcome *loser = other_is_it ? kept : other;

    drop(loser);
    if (other_is_it)
        *kept = *other;
}

/* What was seen twice, alone the second time, is the target's doing; what was seen once is told. */
static bool blame(struct session *s, struct sweep *sweep, struct outcome *base,
                  struct outcome *other)
{
    struct cuts_run a = run_of(s->cuts[0], base), b = run_of(sweep->other_size, other);
    struct cuts_finding found = cuts_compare(&a, &b);
    struct verdict v = base->verdict;

    if (found.difference == CUTS_ALIKE) {
        bool other_fails = sweep->other.verdict.result == VERDICT_FAIL;
        const char *why = sweep->other.verdict.reason;
        struct verdict *told = &sweep->base.verdict;
        const char *remark = arena_print(&s->arena, "seen once when cut, and not again alone: %s",
                                         other_fails && why ? why : "another answer");
        if (remark && told->n_remarks < VERDICT_REMARKS_MAX)
            told->remarks[told->n_remarks++] = remark;
        drop(base);
        drop(other);
        return true;
    }
    if (!cuts_blame(&a, &b, &found, &s->arena, &v))
        return false;
    bool other_decides = found.difference == CUTS_CODE || other->verdict.result == VERDICT_FAIL;
    keep_better(base, other, other_decides);
    drop(&sweep->base);
    sweep->base = *base;
    sweep->base.verdict = v;
    return true;
}

static bool confirm(struct session *s, const struct script_case *c, struct sweep *sweep,
                    struct err *err)
{
    struct outcome base = { 0 }, other = { 0 };

    if (!run_alone(s, c, s->cuts[0], &base, err))
        return false;
    if (!run_alone(s, c, sweep->other_size, &other, err)) {
        drop(&base);
        return false;
    }
    bool ok = blame(s, sweep, &base, &other);
    drop(&sweep->other);
    sweep->has_other = false;
    return ok || err_memory(err, "a result");
}

/* Bytes that break a rule by themselves prove it, once is enough. */
static bool proven(const struct outcome *o)
{
    return o->verdict.result == VERDICT_FAIL && o->verdict.rule != WS_RULE_NONE;
}

static bool blame_at_once(struct session *s, struct sweep *sweep, struct err *err)
{
    struct outcome base = sweep->base, other = sweep->other;

    sweep->base.transcript = sweep->other.transcript = (struct transcript){ 0 };
    sweep->has_other = false;
    return blame(s, sweep, &base, &other) || err_memory(err, "a result");
}

static bool settle(struct session *s, const struct script_case *c, struct sweep *sweep,
                   struct err *err)
{
    if (sweep->has_other && (proven(&sweep->base) || proven(&sweep->other))) {
        if (!blame_at_once(s, sweep, err))
            return false;
    } else if (sweep->has_other && !confirm(s, c, sweep, err)) {
        return false;
    }
    sweep->has_base = false; /* its conversation is the report's from here on */
    return session_add_cuts(s, &sweep->base, sweep->rows, s->n_cuts, err);
}

static void forget(struct sweep *sweeps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (sweeps[i].has_base)
            drop(&sweeps[i].base);
        if (sweeps[i].has_other)
            drop(&sweeps[i].other);
    }
}

static bool run_chunk(struct session *s, const struct script_case **cases, size_t count,
                      struct err *err)
{
    static struct sweep sweeps[CHUNK]; /* large */
    bool ok = true;

    memset(sweeps, 0, sizeof sweeps);
    for (size_t i = 0; ok && i < count; i++) {
        sweeps[i].rows = arena_array(&s->arena, s->n_cuts, sizeof *sweeps[i].rows);
        ok = sweeps[i].rows || err_memory(err, "the results");
    }
    for (s->cut = 0; ok && s->cut < s->n_cuts; s->cut++)
        ok = run_size(s, cases, sweeps, count, err);
    for (size_t i = 0; ok && i < count; i++)
        ok = settle(s, cases[i], &sweeps[i], err);
    forget(sweeps, count);
    s->cut = 0;
    return ok;
}

bool session_cuts(struct session *s, struct err *err)
{
    for (size_t from = 0; from < s->n_cases; from += CHUNK) {
        size_t left = s->n_cases - from;
        if (!run_chunk(s, s->cases + from, left < CHUNK ? left : CHUNK, err))
            return false;
    }
    return true;
}
