#include "base/rand.h"

#include "base/hash.h"

/* SplitMix64: each output is a mix of a counter, so any place can be asked for directly. */
uint64_t rand_at(uint64_t seed, uint64_t index)
{
    uint64_t z = seed + (index + 1) * UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

void rand_init(struct rand *r, uint64_t seed)
{
    *r = (struct rand){ .seed = seed };
}

uint64_t rand_next(struct rand *r)
{
    return rand_at(r->seed, r->count++);
}

uint64_t rand_below(struct rand *r, uint64_t limit)
{
    return rand_next(r) % limit;
}

void rand_fill(struct rand *r, uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len; i += 8) {
        uint64_t v = rand_next(r);
        for (size_t k = i; k < len && k < i + 8; k++, v >>= 8)
            out[k] = (uint8_t)v;
    }
}

uint64_t rand_derive(uint64_t seed, struct bytes name)
{
    return rand_at(seed, hash_bytes(name));
}
