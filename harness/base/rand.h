#ifndef BASE_RAND_H
#define BASE_RAND_H

#include "base/bytes.h"

/* Repeatable numbers from a seed: what a run makes up, it makes up again. Never for secrets. */
struct rand {
    uint64_t seed, count;
};

void rand_init(struct rand *r, uint64_t seed);
uint64_t rand_next(struct rand *r);
uint64_t rand_below(struct rand *r, uint64_t limit); /* 0..limit-1; limit > 0 */
void rand_fill(struct rand *r, uint8_t *out, size_t len);

/* The number at place `index` of the sequence that `seed` names, without the ones before it. */
uint64_t rand_at(uint64_t seed, uint64_t index);

/* A seed of its own for the thing that `name` names, so that adding a case changes no other. */
uint64_t rand_derive(uint64_t seed, struct bytes name);

#endif
