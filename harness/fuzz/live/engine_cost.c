#include <stdio.h>

#include "fuzz/live/engine_parts.h"
#include "io/clock.h"

/* A target that was just started has still to fill its caches. */
#define WARM_SESSIONS 500
/* Inputs that are tried for what all of them cost. */
#define TRIED_MAX 512
/* Parts of what is allowed behind which it is looked at closely for the first time. */
#define DEAR_FIRST 20
#define LEAK_FIRST 8
/* What needs so large a part of what is allowed is tried many times over. */
#define DEAR_PART 32
/* The search takes no more than this part of all time. */
#define COST_SHARE 12

static void mark(struct engine *e)
{
    const struct target *t = &e->stand.target;

    e->marked = t->process && io_process_mark(t->process, &e->mark);
    e->marked_starts = t->starts;
    recent_mark(&e->recent);
}

static bool is_late(const struct engine *e)
{
    return io_now_us() >= e->costs_until_us;
}

static bool say_all(struct engine *e, size_t from, size_t to, struct err *err)
{
    static struct fuzz_session s; /* large */
    struct lane_word word;

    for (size_t i = to; i-- > from && !is_late(e);) {
        fuzz_session_decode(recent_at(&e->recent, i), &s);
        if (!lane_say(&e->lane, &s, LANE_CUTS_OF_SESSION, &e->account, &word, err))
            return false;
    }
    return true;
}

/* What the sessions `from` … `to` (counted back) cost together, in KiB of memory. */
static bool peak_of(struct engine *e, size_t from, size_t to, uint64_t *kib, struct err *err)
{
    const struct target *t = &e->stand.target;
    struct io_growth growth = { 0 };
    struct io_mark start;

    *kib = 0;
    if (!engine_settle(e, err))
        return false;
    if (!t->process || !io_process_mark(t->process, &start))
        return true;
    if (!say_all(e, from, to, err))
        return false;
    if (t->process && !t->exited && io_process_since(t->process, &start, &growth))
        *kib = growth.memory_kib;
    return true;
}

/* The same, of what it still has when they are over. */
static bool kept_of(struct engine *e, size_t from, size_t to, uint64_t *kib, struct err *err)
{
    const struct target *t = &e->stand.target;
    struct io_usage before, after;

    *kib = 0;
    if (!t->process || !io_process_usage(t->process, &before))
        return true;
    if (!say_all(e, from, to, err))
        return false;
    if (t->process && !t->exited && io_process_usage(t->process, &after) &&
        after.resident_kib > before.resident_kib)
        *kib = after.resident_kib - before.resident_kib;
    return true;
}

/* Halves what was said since the last look until one session is left, or the time is over. */
static bool find_dearest(struct engine *e, size_t *back,
                         bool (*cost_of)(struct engine *, size_t, size_t, uint64_t *, struct err *),
                         struct err *err)
{
    size_t from = 0, to = e->recent.count - e->recent.marked;
    uint64_t newer, older;

    to = to > TRIED_MAX ? TRIED_MAX : to;
    while (to - from > 1 && !is_late(e)) {
        size_t middle = from + (to - from) / 2;
        if (!cost_of(e, from, middle, &newer, err) || !cost_of(e, middle, to, &older, err))
            return false;
        if (newer >= older)
            to = middle;
        else
            from = middle;
    }
    *back = from;
    return true;
}

/* So that its steps can follow each other again: nothing follows a Close, and no message begins
 * inside of another. */
static void make_repeatable(struct fuzz_session *s)
{
    size_t kept = 0, last = FUZZ_STEPS_MAX;

    for (size_t i = 0; i < s->n_steps && kept < ENGINE_PILE_STEPS; i++) {
        if (s->steps[i].kind == FUZZ_FRAME && s->steps[i].opcode == WS_CLOSE)
            continue;
        if (s->steps[i].kind == FUZZ_FRAME && s->steps[i].opcode < WS_CLOSE)
            last = kept;
        s->steps[kept++] = s->steps[i];
    }
    s->n_steps = kept;
    if (last < kept)
        s->steps[last].fin = true;
}

/* One that is dear by itself, or of which a few more would be. */
static bool look_closely(struct engine *e, const struct fuzz_session *session, struct err *err)
{
    static struct fuzz_session s; /* large */
    struct suspicion shown;

    s = *session;
    make_repeatable(&s);
    e->dear_bytes = e->o->memory_bytes / DEAR_PART;
    bool ok = engine_look_at_cost(e, &s, &shown, err) &&
              (shown.kind == SUSPICION_NONE || engine_trial(e, &s, &shown, err));
    e->dear_bytes = UINT64_MAX;
    return ok;
}

static bool look_for_dear(struct engine *e, struct err *err)
{
    static struct fuzz_session s; /* large */
    size_t back;

    if (e->recent.count == e->recent.marked)
        return true;
    if (!find_dearest(e, &back, peak_of, err))
        return false;
    if (is_late(e))
        return true;
    fuzz_session_decode(recent_at(&e->recent, back), &s);
    return look_closely(e, &s, err);
}

static bool look_for_leak(struct engine *e, struct err *err)
{
    static struct fuzz_session s; /* large */
    struct suspicion shown;
    size_t back;

    if (e->recent.count == 0)
        return true;
    recent_mark_back(&e->recent, TRIED_MAX);
    if (!find_dearest(e, &back, kept_of, err))
        return false;
    if (is_late(e))
        return true;
    fuzz_session_decode(recent_at(&e->recent, back), &s);
    return engine_look_at_leak(e, &s, &shown, err) &&
           (shown.kind == SUSPICION_NONE || engine_trial(e, &s, &shown, err));
}

static bool has_time(const struct engine *e)
{
    return e->costs_us <= (io_now_us() - e->began_us) / COST_SHARE;
}

/* What takes long may be busy with memory: it need not be searched for among all that was said. */
bool engine_look_at_slow(struct engine *e, const struct fuzz_session *s, struct err *err)
{
    const uint64_t from = io_now_us();

    if (e->o->memory_bytes == 0 || !has_time(e))
        return true;
    bool ok = look_closely(e, s, err);
    e->costs_us += io_now_us() - from;
    return ok;
}

static bool search(struct engine *e, bool (*how)(struct engine *, struct err *), struct err *err)
{
    const uint64_t from = io_now_us();

    if (!has_time(e))
        return true;
    e->costs_until_us = from + engine_search_us(e);
    bool ok = how(e, err);
    e->costs_us += io_now_us() - from;
    return ok;
}

/* Who collects garbage takes what he may have before he does: only those that were built with our
 * runtime, and so free what they take, are suspected to leak. */
static bool may_leak(const struct engine *e)
{
    struct fuzz_counters_facts facts = { 0 };

    if (e->counters)
        fuzz_counters_facts(e->counters, &facts);
    return facts.attached;
}

/* From where it counts: behind the first sessions of a process. */
static void begin_leak(struct engine *e, uint64_t resident_kib)
{
    if (e->leak_starts != e->stand.target.starts || e->leak_from == 0)
        e->leak_from = e->lane.sessions + 1;
    e->leak_starts = e->stand.target.starts;
    e->leak_kib = resident_kib;
}

/* Each time that nothing came of it the next look comes when it has grown by twice as much. */
static bool watch_leak(struct engine *e, struct err *err)
{
    const struct target *t = &e->stand.target;
    struct io_usage usage;

    if (!may_leak(e) || !io_process_usage(t->process, &usage))
        return true;
    if (e->leak_starts != t->starts || e->lane.sessions < e->leak_from + WARM_SESSIONS ||
        usage.resident_kib < e->leak_kib) {
        begin_leak(e, usage.resident_kib);
        return true;
    }
    if (usage.resident_kib - e->leak_kib < e->leak_step_kib)
        return true;
    e->leak_step_kib *= 2;
    bool ok = search(e, look_for_leak, err);
    if (ok && t->process && !t->exited && io_process_usage(t->process, &usage))
        begin_leak(e, usage.resident_kib);
    return ok;
}

static bool watch_peak(struct engine *e, struct err *err)
{
    const struct target *t = &e->stand.target;
    struct io_growth growth;
    bool ok = true;

    if (e->marked && e->marked_starts == t->starts &&
        io_process_since(t->process, &e->mark, &growth) && growth.memory_kib > e->dear_kib) {
        if (e->dear_kib * 1024 < e->o->memory_bytes)
            e->dear_kib *= 2;
        ok = search(e, look_for_dear, err);
    }
    if (ok)
        mark(e);
    return ok;
}

void engine_cost_init(struct engine *e)
{
    e->dear_bytes = UINT64_MAX;
    e->dear_kib = e->o->memory_bytes / 1024 / DEAR_FIRST;
    e->leak_step_kib = e->o->memory_bytes / 1024 / LEAK_FIRST;
}

bool engine_watch_cost(struct engine *e, struct err *err)
{
    const struct target *t = &e->stand.target;

    if (e->o->role == ROLE_CLIENT || !t->process || t->exited || e->o->memory_bytes == 0)
        return true;
    if (!watch_peak(e, err))
        return false;
    return !t->process || t->exited || watch_leak(e, err);
}
