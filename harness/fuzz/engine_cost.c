#include <stdio.h>

#include "fuzz/engine_parts.h"

/* A target that was just started has still to fill its caches. */
#define WARM_SESSIONS 500
/* Inputs that are tried for what all of them cost. */
#define TRIED_MAX 2048

static void mark(struct engine *e)
{
    const struct target *t = &e->stand.target;

    e->marked = t->process && io_process_mark(t->process, &e->mark);
    e->marked_starts = t->starts;
    recent_mark(&e->recent);
}

/* What the sessions `from` … `to` (counted back) cost together, in KiB of memory. */
static bool cost_of(struct engine *e, size_t from, size_t to, uint64_t *kib, struct err *err)
{
    static struct fuzz_session s; /* large */
    const struct target *t = &e->stand.target;
    struct io_growth growth = { 0 };
    struct lane_word word;
    struct io_mark start;

    *kib = 0;
    if (!t->process || !io_process_mark(t->process, &start))
        return true;
    for (size_t i = to; i-- > from;) {
        fuzz_session_decode(recent_at(&e->recent, i), &s);
        if (!lane_say(&e->lane, &s, LANE_CUTS_OF_SESSION, &e->account, &word, err))
            return false;
    }
    if (t->process && !t->exited && io_process_since(t->process, &start, &growth))
        *kib = growth.memory_kib;
    return true;
}

/* Halves what was said since the last look until one session is left. */
static bool find_dearest(struct engine *e, size_t *back, struct err *err)
{
    size_t from = 0, to = e->recent.count - e->recent.marked;
    uint64_t newer, older;

    to = to > TRIED_MAX ? TRIED_MAX : to;
    while (to - from > 1) {
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

static bool look_closer(struct engine *e, struct err *err)
{
    static struct fuzz_session s; /* large */
    struct suspicion shown;
    size_t back;

    if (e->recent.count == e->recent.marked)
        return true;
    if (!find_dearest(e, &back, err))
        return false;
    fuzz_session_decode(recent_at(&e->recent, back), &s);
    return engine_look_at_cost(e, &s, &shown, err) &&
           (shown.kind == SUSPICION_NONE || engine_trial(e, &s, &shown, err));
}

bool engine_watch_cost(struct engine *e, struct err *err)
{
    const struct target *t = &e->stand.target;
    struct io_growth growth;
    bool ok = true;

    if (e->o->role == ROLE_CLIENT || !t->process || t->exited || e->o->memory_bytes == 0)
        return true;
    if (e->marked && e->marked_starts == t->starts &&
        io_process_since(t->process, &e->mark, &growth) &&
        growth.memory_kib * 1024 > e->o->memory_bytes)
        ok = look_closer(e, err);
    if (ok)
        mark(e);
    return ok;
}
