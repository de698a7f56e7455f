#include "fuzz/mutate/mutate_parts.h"

#include <string.h>

/* The order of the steps: one dropped, copied, in another place, in two, or two in one. */

static bool drop(struct mutator *m)
{
    if (m->s->n_steps == 0)
        return false;
    size_t at = fuzz_pick(m, m->s->n_steps), left = m->s->n_steps - at;
    fuzz_close_gap(m->s, at, fuzz_one_in(m, 4) ? 1 + fuzz_pick(m, left) : 1);
    return true;
}

/* A step again, behind itself or elsewhere, now and then many times. */
static bool copy(struct mutator *m)
{
    struct fuzz_step *from = fuzz_pick_step(m);
    size_t count = fuzz_one_in(m, 8) ? 2 + fuzz_pick(m, 14) : 1;

    if (!from)
        return false;
    struct fuzz_step step = *from;
    size_t at = fuzz_one_in(m, 2) ? fuzz_pick_place(m) : (size_t)(from - m->s->steps) + 1;
    if (!fuzz_open_gap(m->s, at, count))
        return false;
    for (size_t i = 0; i < count; i++)
        m->s->steps[at + i] = step;
    return true;
}

static bool swap(struct mutator *m)
{
    struct fuzz_step *a = fuzz_pick_step(m), *b = fuzz_pick_step(m);

    if (!a || a == b)
        return false;
    struct fuzz_step kept = *a;
    *a = *b;
    *b = kept;
    return true;
}

/* A data frame becomes two; what it declared stays with the first. */
static bool split(struct mutator *m)
{
    struct fuzz_step *step = fuzz_pick_frame(m);

    if (!step || !fuzz_is_data(step) || step->times > 1)
        return false;
    size_t at = (size_t)(step - m->s->steps), len = fuzz_pick(m, step->payload.len + 1);
    struct fuzz_step rest = *step;
    rest.opcode = WS_CONTINUATION;
    rest.rsv = 0;
    rest.declares = false;
    rest.payload = bytes_skip(step->payload, len);
    if (!fuzz_insert(m, at + 1, rest))
        return false;
    m->s->steps[at].fin = false;
    m->s->steps[at].payload = bytes_take(m->s->steps[at].payload, len);
    if (fuzz_one_in(m, 3))
        (void)fuzz_insert(m, at + 1, fuzz_new_control(m));
    return true;
}

/* A fragment and the continuation behind it become one frame. */
static bool merge(struct mutator *m)
{
    size_t at = fuzz_pick(m, m->s->n_steps + 1);

    if (at + 1 >= m->s->n_steps)
        return false;
    struct fuzz_step *step = &m->s->steps[at], *next = step + 1;
    if (!fuzz_is_data(step) || !fuzz_is_data(next) || next->opcode != WS_CONTINUATION ||
        step->times > 1 || next->times > 1 ||
        !fuzz_splice(m, &step->payload, step->payload.len, 0, next->payload))
        return false;
    step->fin = next->fin;
    fuzz_close_gap(m->s, at + 1, 1);
    return true;
}

static const struct mutation rearrangements[] = {
    { 10, drop }, { 6, copy }, { 3, swap }, { 10, split }, { 4, merge },
};

bool fuzz_mutate_order(struct mutator *m)
{
    return fuzz_mutate_by(m, rearrangements, FUZZ_COUNT(rearrangements));
}
