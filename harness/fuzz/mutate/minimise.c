#include "fuzz/mutate/minimise.h"

#include <string.h>

#include "fuzz/mutate/minimise_fields.h"

/* Passes, each of which proposes candidates in a fixed order. The first ones take most away. When
 * all are through and something was kept they begin anew: one thing that is gone lets others go. */

#define STEPS_SMALL 64   /* of so many things all are tried one by one, */
#define PAYLOAD_SMALL 16 /* of more bytes only those at either end */

struct span {
    size_t from, len;
};

/* The next stretch of `total` things to be left out: all, halves, quarters, down to one thing.
 * False: there is none left. */
static bool next_span(struct fuzz_minimise *m, size_t total, size_t small, struct span *out)
{
    while (m->size > 0 && total > 0) {
        m->size = m->size < total ? m->size : total;
        bool ends_only = total > small;
        m->stride = ends_only || m->size <= 2 ? 1 : m->size;
        if (m->at < (ends_only ? 2 : total)) {
            size_t from = !ends_only ? m->at : m->at == 0 ? total - m->size : 0;
            *out = (struct span){ from, m->size < total - from ? m->size : total - from };
            return true;
        }
        m->size /= 2;
        m->at = 0;
    }
    return false;
}

static void step_on(struct fuzz_minimise *m)
{
    m->at += m->stride;
}

/* A new thing to work on: its largest stretch comes first. */
static void begin_item(struct fuzz_minimise *m, size_t item)
{
    m->item = item;
    m->at = 0;
    m->size = SIZE_MAX;
    m->stride = 1;
}

/* ---- whole steps and edits ---- */

static bool drop_steps(struct fuzz_minimise *m)
{
    struct fuzz_session *c = &m->candidate;
    struct span gone;

    if (!next_span(m, c->n_steps, STEPS_SMALL, &gone))
        return false;
    size_t behind = gone.from + gone.len;
    memmove(c->steps + gone.from, c->steps + behind, (c->n_steps - behind) * sizeof c->steps[0]);
    c->n_steps -= gone.len;
    return true;
}

static bool drop_edits(struct fuzz_minimise *m)
{
    struct fuzz_session *c = &m->candidate;
    struct span gone;

    if (!next_span(m, c->n_edits, STEPS_SMALL, &gone))
        return false;
    size_t behind = gone.from + gone.len;
    memmove(c->edits + gone.from, c->edits + behind, (c->n_edits - behind) * sizeof c->edits[0]);
    c->n_edits -= gone.len;
    return true;
}

static bool is_data(const struct fuzz_step *step)
{
    return step->kind == FUZZ_FRAME && !ws_opcode_is_control(step->opcode);
}

/* The fragment that goes on behind step `at`; n_steps: none does. */
static size_t next_fragment(const struct fuzz_session *s, size_t at)
{
    size_t i = at + 1;

    if (!is_data(&s->steps[at]) || s->steps[at].fin)
        return s->n_steps;
    while (i < s->n_steps && !is_data(&s->steps[i]))
        i++;
    return i < s->n_steps && s->steps[i].opcode == WS_CONTINUATION ? i : s->n_steps;
}

/* A fragment goes, and the message ends as it did. */
static bool merge_fragments(struct fuzz_minimise *m)
{
    struct fuzz_session *c = &m->candidate;

    for (; m->at < c->n_steps; m->at++) {
        size_t next = next_fragment(c, m->at);
        if (next == c->n_steps)
            continue;
        c->steps[m->at].fin = c->steps[next].fin;
        c->n_steps--;
        memmove(c->steps + next, c->steps + next + 1, (c->n_steps - next) * sizeof c->steps[0]);
        return true;
    }
    return false;
}

/* ---- fields ---- */

static bool simplify_fields(struct fuzz_minimise *m)
{
    struct fuzz_session *c = &m->candidate;

    for (; m->item < c->n_steps; begin_item(m, m->item + 1))
        for (; m->at < minimise_fields_count; step_on(m))
            if (minimise_fields[m->at](&c->steps[m->item]))
                return true;
    return false;
}

static bool simplify_session(struct fuzz_minimise *m)
{
    struct fuzz_session *c = &m->candidate;

    if (m->at == 0 && c->extension == FUZZ_PLAIN)
        m->at = 2;
    if (m->at == 1 && c->extension == FUZZ_DEFLATE)
        m->at = 2;
    if (m->at == 2 && c->end == FUZZ_END_USUAL)
        m->at = 3;
    switch (m->at) {
    case 0: c->extension = FUZZ_PLAIN; return true;
    case 1: c->extension = FUZZ_DEFLATE; return true;
    case 2: c->end = FUZZ_END_USUAL; return true;
    default: return false; /* that was all */
    }
}

/* ---- bytes ---- */

/* `in` without a stretch of it. False: no memory. */
static bool shorten(struct fuzz_minimise *m, struct bytes *in, struct span gone)
{
    size_t behind = gone.from + gone.len, len = in->len - gone.len;

    if (gone.from == 0 || behind == in->len) {
        *in = gone.from == 0 ? bytes_skip(*in, gone.len) : bytes_take(*in, gone.from);
        return true;
    }
    uint8_t *made = arena_new(m->arena, len);
    if (!made)
        return false;
    memcpy(made, in->ptr, gone.from);
    memcpy(made + gone.from, in->ptr + behind, in->len - behind);
    *in = bytes_of(made, len);
    return true;
}

static bool shorten_payloads(struct fuzz_minimise *m)
{
    struct fuzz_session *c = &m->candidate;
    struct span gone;

    for (; m->item < c->n_steps; begin_item(m, m->item + 1)) {
        struct bytes *payload = &c->steps[m->item].payload;
        if (next_span(m, payload->len, PAYLOAD_SMALL, &gone) && shorten(m, payload, gone))
            return true;
    }
    return false;
}

static bool shorten_values(struct fuzz_minimise *m)
{
    struct fuzz_session *c = &m->candidate;
    struct span gone;

    for (; m->item < c->n_edits; begin_item(m, m->item + 1)) {
        struct bytes *value = &c->edits[m->item].value;
        if (next_span(m, value->len, PAYLOAD_SMALL, &gone) && shorten(m, value, gone))
            return true;
    }
    return false;
}

#define LETTER 'a'

/* From the first byte that is no such letter to the last one. */
static struct span odd_span(struct bytes in)
{
    size_t from = 0, to = in.len;

    while (from < to && in.ptr[from] == LETTER)
        from++;
    while (to > from && in.ptr[to - 1] == LETTER)
        to--;
    return (struct span){ from, to - from };
}

/* False: nothing to do, or no memory. */
static bool put_letters(struct fuzz_minimise *m, struct bytes *in, struct span where)
{
    if (odd_span(bytes_take(bytes_skip(*in, where.from), where.len)).len == 0)
        return false;
    struct bytes copy = arena_copy(m->arena, *in);
    if (!copy.ptr)
        return false;
    memset((uint8_t *)(uintptr_t)copy.ptr + where.from, LETTER, where.len);
    *in = copy;
    return true;
}

static bool plain_letters(struct fuzz_minimise *m)
{
    struct fuzz_session *c = &m->candidate;
    struct span where;

    for (; m->item < c->n_steps; begin_item(m, m->item + 1)) {
        struct bytes *payload = &c->steps[m->item].payload;
        struct span odd = odd_span(*payload);
        for (; next_span(m, odd.len, PAYLOAD_SMALL, &where); step_on(m)) {
            where.from += odd.from;
            if (put_letters(m, payload, where))
                return true;
        }
    }
    return false;
}

/* ---- the search ---- */

static bool (*const passes[])(struct fuzz_minimise *) = {
    drop_steps,      drop_edits,       merge_fragments, simplify_session,
    simplify_fields, shorten_payloads, shorten_values,  plain_letters,
};
#define PASSES (sizeof passes / sizeof passes[0])

static void begin_pass(struct fuzz_minimise *m, unsigned pass)
{
    m->pass = pass;
    begin_item(m, 0);
}

void fuzz_minimise_init(struct fuzz_minimise *m, const struct fuzz_session *s, struct arena *a)
{
    m->best = *s;
    m->arena = a;
    m->improved = false;
    m->tried = 0;
    fuzz_session_tidy(&m->best);
    begin_pass(m, 0);
}

bool fuzz_minimise_next(struct fuzz_minimise *m, const struct fuzz_session **candidate)
{
    for (;;) {
        m->candidate = m->best;
        if (passes[m->pass](m)) {
            fuzz_session_tidy(&m->candidate);
            m->tried++;
            *candidate = &m->candidate;
            return true;
        }
        if (m->pass + 1 < PASSES) {
            begin_pass(m, m->pass + 1);
        } else if (m->improved) {
            m->improved = false;
            begin_pass(m, 0);
        } else {
            return false;
        }
    }
}

/* What was kept is tried once more at the same place, where something else stands now. */
void fuzz_minimise_told(struct fuzz_minimise *m, bool still_shows)
{
    if (!still_shows) {
        step_on(m);
        return;
    }
    m->best = m->candidate;
    m->improved = true;
}
