#include <string.h>

#include "fuzz/mutate/mutate_parts.h"

/* Choosing, and making room for what was chosen. */

size_t fuzz_pick(struct mutator *m, size_t count)
{
    return (size_t)rand_below(m->rand, count);
}

bool fuzz_one_in(struct mutator *m, size_t n)
{
    return fuzz_pick(m, n) == 0;
}

static const struct mutation *pick_row(struct mutator *m, const struct mutation *table,
                                       size_t count)
{
    size_t total = 0, i = 0;

    for (size_t k = 0; k < count; k++)
        total += table[k].weight;
    size_t at = fuzz_pick(m, total);
    for (; at >= table[i].weight; i++)
        at -= table[i].weight;
    return &table[i];
}

bool fuzz_mutate_by(struct mutator *m, const struct mutation *table, size_t count)
{
    const unsigned tries = 16;

    for (unsigned i = 0; i < tries; i++)
        if (pick_row(m, table, count)->change(m))
            return true;
    return false;
}

uint64_t fuzz_pick_length(struct mutator *m)
{
    static const uint64_t bounds[] = { 0,   1,    2,    3,    4,    16,    63,    64,
                                       65,  124,  125,  126,  127,  128,   255,   256,
                                       257, 1023, 1024, 4095, 4096, 16384, 65535, 65536 };

    return fuzz_one_in(m, 4) ? fuzz_pick(m, 300) : bounds[fuzz_pick(m, FUZZ_COUNT(bounds))];
}

struct fuzz_step *fuzz_pick_step(struct mutator *m)
{
    return m->s->n_steps > 0 ? &m->s->steps[fuzz_pick(m, m->s->n_steps)] : NULL;
}

struct fuzz_step *fuzz_pick_frame(struct mutator *m)
{
    struct fuzz_step *step = fuzz_pick_step(m);

    for (size_t i = 0; step && step->kind != FUZZ_FRAME && i < m->s->n_steps; i++)
        step = &m->s->steps[i];
    return step && step->kind == FUZZ_FRAME ? step : NULL;
}

bool fuzz_splice(struct mutator *m, struct bytes *in, size_t at, size_t drop, struct bytes put)
{
    size_t tail = in->len - at - drop, len = at + put.len + tail;
    uint8_t *made = len <= FUZZ_PAYLOAD_MAX ? arena_new(m->arena, len) : NULL;

    if (!made)
        return false;
    if (at > 0)
        memcpy(made, in->ptr, at);
    if (put.len > 0)
        memcpy(made + at, put.ptr, put.len);
    if (tail > 0)
        memcpy(made + at + put.len, in->ptr + at + drop, tail);
    *in = bytes_of(made, len);
    return true;
}

bool fuzz_is_data(const struct fuzz_step *step)
{
    return step->kind == FUZZ_FRAME && !ws_opcode_is_control(step->opcode);
}

bool fuzz_open_gap(struct fuzz_session *s, size_t at, size_t count)
{
    if (s->n_steps + count > FUZZ_STEPS_MAX)
        return false;
    memmove(s->steps + at + count, s->steps + at, (s->n_steps - at) * sizeof s->steps[0]);
    memset(s->steps + at, 0, count * sizeof s->steps[0]);
    s->n_steps += count;
    return true;
}

void fuzz_close_gap(struct fuzz_session *s, size_t at, size_t count)
{
    s->n_steps -= count;
    memmove(s->steps + at, s->steps + at + count, (s->n_steps - at) * sizeof s->steps[0]);
}

size_t fuzz_pick_place(struct mutator *m)
{
    return fuzz_pick(m, m->s->n_steps + 1);
}

bool fuzz_insert(struct mutator *m, size_t at, struct fuzz_step step)
{
    if (!fuzz_open_gap(m->s, at, 1))
        return false;
    m->s->steps[at] = step;
    return true;
}
