#include "fuzz/mutate/mutate.h"

#include <string.h>

#include "fuzz/mutate/mutate_parts.h"

/* Which kind of change is made, and the session as a whole. Most changes leave a session valid that
 * was: what is deep inside of an implementation is reached through what it takes. */

/* ---- the session as a whole ---- */

static bool change_extension(struct mutator *m)
{
    m->s->extension = (enum fuzz_extension)fuzz_pick(m, FUZZ_EXTENSIONS);
    return true;
}

static bool change_end(struct mutator *m)
{
    m->s->end = (enum fuzz_end)fuzz_pick(m, FUZZ_ENDS);
    return true;
}

static bool join(struct mutator *m)
{
    struct fuzz_step *step = fuzz_pick_step(m);

    if (!step)
        return false;
    step->joined = !step->joined;
    return true;
}

/* Header sizes are among them: 2, 4, 6, 8, 10 and 14 bytes. */
static bool cut(struct mutator *m)
{
    static const uint32_t sizes[] = { 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 126, 1000 };
    struct fuzz_step *step = fuzz_pick_step(m);

    if (!step)
        return false;
    step->cut = sizes[fuzz_pick(m, FUZZ_COUNT(sizes))];
    return true;
}

static const struct mutation mutations[] = {
    { 50, fuzz_mutate_insert },
    { 33, fuzz_mutate_order },
    { 3, join },
    { 4, cut },
    { 2, change_extension },
    { 1, change_end },
    { 20, fuzz_mutate_field },
    { 30, fuzz_mutate_payload },
    { 9, fuzz_mutate_edits },
    { 35, fuzz_mutate_word },
};

/* All payloads together, as sent: mostly small, now and then more than the largest of the lengths
 * that are special. */
static size_t pick_room(struct mutator *m)
{
    static const size_t rooms[] = { 200u << 10, 5000, 5000, 5000, 1200, 1200, 1200, 1200 };

    return fuzz_one_in(m, 4) ? rooms[fuzz_pick(m, FUZZ_COUNT(rooms))] : 1200;
}

/* What is large or in many writes takes the time of many that are not: most of a session's
 * offspring is neither. */
static void lighten(struct mutator *m)
{
    struct fuzz_session *s = m->s;
    const bool at_once = !fuzz_one_in(m, 4);
    size_t room = pick_room(m);

    for (size_t i = 0; i < s->n_steps; i++) {
        struct fuzz_step *step = &s->steps[i];
        size_t len = step->payload.len, times = step->times > 0 ? step->times : 1;
        if (len > 0 && times > 1 && times > room / len)
            step->times = (uint32_t)(room / len > 1 ? room / len : 1);
        len *= step->times > 0 ? step->times : 1;
        room -= len < room ? len : room;
        if (at_once) {
            step->joined = i + 1 < s->n_steps;
            step->cut = 0;
        }
    }
}

void fuzz_mutate(struct fuzz_session *s, const struct coverage_word *word, struct rand *rand,
                 struct arena *a)
{
    struct mutator m = { s, word, rand, a };
    size_t changes = fuzz_one_in(&m, 8) ? 2 + fuzz_pick(&m, 3) : 1;

    lighten(&m);
    for (size_t i = 0; i < changes; i++)
        (void)fuzz_mutate_by(&m, mutations, FUZZ_COUNT(mutations));
    fuzz_session_tidy(s);
}

/* ---- two sessions ---- */

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* `other`'s steps from some place on, in the place of some of ours. */
static void cross_steps(struct mutator *m, const struct fuzz_session *other)
{
    struct fuzz_session *s = m->s;
    size_t from = fuzz_pick(m, other->n_steps + 1), at = fuzz_pick_place(m);
    size_t drops = fuzz_one_in(m, 2) ? s->n_steps - at : fuzz_pick(m, s->n_steps - at + 1);

    fuzz_close_gap(s, at, drops);
    size_t count = smaller(other->n_steps - from, FUZZ_STEPS_MAX - s->n_steps);
    if (fuzz_open_gap(s, at, count) && count > 0)
        memcpy(s->steps + at, other->steps + from, count * sizeof s->steps[0]);
}

static void cross_edits(struct mutator *m, const struct fuzz_session *other)
{
    struct fuzz_session *s = m->s;

    for (size_t i = 0; i < other->n_edits && s->n_edits < FUZZ_EDITS_MAX; i++)
        if (fuzz_one_in(m, 2))
            s->edits[s->n_edits++] = other->edits[i];
}

void fuzz_cross(struct fuzz_session *into, const struct fuzz_session *other, struct rand *rand)
{
    struct mutator m = { into, NULL, rand, NULL };

    if (into->extension == FUZZ_PLAIN || fuzz_one_in(&m, 2))
        into->extension = other->extension;
    if (fuzz_one_in(&m, 2))
        into->end = other->end;
    if (!fuzz_one_in(&m, 4))
        cross_steps(&m, other);
    if (fuzz_one_in(&m, 4))
        cross_edits(&m, other);
    fuzz_session_tidy(into);
}
