#include "base/hash.h"

#include <string.h>

#define MULTIPLIER UINT64_C(0x9E3779B97F4A7C15) /* 2^64 divided by the golden ratio, odd */

static uint64_t load64(const uint8_t *p)
{
    uint64_t v = 0;
    for (int i = 7; i >= 0; i--)
        v = v << 8 | p[i];
    return v;
}

static uint64_t mix(uint64_t state, uint64_t word)
{
    state = (state ^ word) * MULTIPLIER;
    return state ^ state >> 29;
}

void hash_init(struct hash *h)
{
    *h = (struct hash){ .state = MULTIPLIER };
}

void hash_feed(struct hash *h, struct bytes in)
{
    size_t held = (size_t)(h->total % 8);

    h->total += in.len;
    if (held > 0) {
        size_t take = in.len < 8 - held ? in.len : 8 - held;
        if (take > 0)
            memcpy(h->pending + held, in.ptr, take);
        in = bytes_skip(in, take);
        if (held + take < 8)
            return;
        h->state = mix(h->state, load64(h->pending));
    }
    for (; in.len >= 8; in = bytes_skip(in, 8))
        h->state = mix(h->state, load64(in.ptr));
    if (in.len > 0)
        memcpy(h->pending, in.ptr, in.len);
}

uint64_t hash_end(const struct hash *h)
{
    uint8_t tail[8] = { 0 };

    memcpy(tail, h->pending, (size_t)(h->total % 8));
    return mix(mix(h->state, load64(tail)), h->total);
}

uint64_t hash_bytes(struct bytes in)
{
    struct hash h;

    hash_init(&h);
    hash_feed(&h, in);
    return hash_end(&h);
}
