#ifndef VERDICT_ROUNDS_H
#define VERDICT_ROUNDS_H

#include "base/arena.h"
#include "base/embedded.h"
#include "verdict/verdict.h"

/* The rounds of a sweep (`each`): their steps, and their results told by ranges. */
#define ROUNDS_RANGES_MAX 24

struct rounds_range {
    uint32_t from, to; /* rounds, from 1 */
    enum verdict_kind kind;
};

/* Consecutive rounds with one result are one range. */
struct rounds_tally {
    struct rounds_range ranges[ROUNDS_RANGES_MAX];
    uint32_t last; /* round that was noted */
    size_t count;  /* may pass ROUNDS_RANGES_MAX: the best of them are then only counted */
};

void rounds_note(struct rounds_tally *tally, uint32_t round, enum verdict_kind kind);

/* "0-999 fail, 1000 pass": the values of the case's `each`. Lives in `a`; "" without memory. */
const char *rounds_text(const struct rounds_tally *tally, const struct script_case *c,
                        struct arena *a);

/* "1000" or "text 0 ping 1": what tells that round, from 1, from the others. NULL: no memory. */
const char *rounds_row(const struct script_case *c, uint32_t round, struct arena *a);

/* How many rounds of the case's sweep were not run, because its target stalled. */
size_t rounds_left(const struct rounds_tally *tally, const struct script_case *c);

/* Steps of a round into `a`, which is emptied first; those of the case itself for round 0. False:
 * there is no such round, or no memory; `no_memory` is written always. */
NODISCARD bool rounds_steps(const struct script_case *c, uint32_t round,
                            const struct embedded *data, struct arena *a, const struct step **steps,
                            size_t *n_steps, bool *no_memory);

#endif
