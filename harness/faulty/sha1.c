#include "faulty/sha1.h"

#include <string.h>

#define BLOCK 64

static uint32_t turn(uint32_t word, unsigned bits)
{
    return (word << bits) | (word >> (32 - bits));
}

static uint32_t mix(unsigned t, const uint32_t h[5])
{
    if (t < 20)
        return ((h[1] & h[2]) | (~h[1] & h[3])) + 0x5A827999u;
    if (t < 40)
        return (h[1] ^ h[2] ^ h[3]) + 0x6ED9EBA1u;
    if (t < 60)
        return ((h[1] & h[2]) | (h[1] & h[3]) | (h[2] & h[3])) + 0x8F1BBCDCu;
    return (h[1] ^ h[2] ^ h[3]) + 0xCA62C1D6u;
}

static void take_block(uint32_t state[5], const uint8_t block[BLOCK])
{
    uint32_t w[80], h[5];

    memcpy(h, state, sizeof h);
    for (unsigned t = 0; t < 80; t++) {
        const uint8_t *p = block + 4 * (t & 15);
        w[t] = t < 16 ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]
                      : turn(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
        uint32_t next = turn(h[0], 5) + mix(t, h) + h[4] + w[t];
        h[4] = h[3];
        h[3] = h[2];
        h[2] = turn(h[1], 30);
        h[1] = h[0];
        h[0] = next;
    }
    for (unsigned i = 0; i < 5; i++)
        state[i] += h[i];
}

void sha1(struct bytes in, uint8_t out[SHA1_SIZE])
{
    uint32_t state[5] = { 0x67452301u, 0xEFCDAB89u, 0x98BADCFEu, 0x10325476u, 0xC3D2E1F0u };
    uint8_t text[SHA1_INPUT_MAX + 2 * BLOCK] = { 0 };
    size_t len = in.len < SHA1_INPUT_MAX ? in.len : SHA1_INPUT_MAX;
    size_t whole = (len + 1 + 8 + BLOCK - 1) / BLOCK * BLOCK;

    if (len > 0)
        memcpy(text, in.ptr, len);
    text[len] = 0x80;
    for (unsigned i = 0; i < 8; i++)
        text[whole - 1 - i] = (uint8_t)((uint64_t)len * 8 >> 8 * i);
    for (size_t at = 0; at < whole; at += BLOCK)
        take_block(state, text + at);
    for (unsigned i = 0; i < SHA1_SIZE; i++)
        out[i] = (uint8_t)(state[i / 4] >> (24 - 8 * (i % 4)));
}
