#include "base/hash.h"

#include <string.h>

#define MULTIPLIER UINT64_C(0x9E3779B97F4A7C15) /* 2^64 divided by the golden ratio, odd */

/* Little-endian, spelled so that a compiler sees one load. */
static uint64_t load64(const uint8_t *p)
{
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 |
           (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 |
           (uint64_t)p[7] << 56;
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
    uint64_t state = h->state;
    size_t at = 0;
    for (; in.len - at >= 8; at += 8)
        state = mix(state, load64(in.ptr + at));
    h->state = state;
    if (at < in.len)
        memcpy(h->pending, in.ptr + at, in.len - at);
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
