#include "ws/mask.h"

#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "ws/mask_simd.h"

#define AVX2_FROM 128 /* bytes; below, finding out about the processor costs more than it saves */

/* The key as it falls on the byte `at` of a payload. */
static void turn_key(const uint8_t key[4], uint64_t at, uint8_t out[4])
{
    for (size_t i = 0; i < 4; i++)
        out[i] = key[(at + i) % 4];
}

void ws_mask_plain(uint8_t *ptr, size_t len, const uint8_t key[4], uint64_t at)
{
    uint8_t keys[8];
    uint64_t key_word, word;
    size_t i = 0;

    turn_key(key, at, keys);
    memcpy(keys + 4, keys, 4);
    memcpy(&key_word, keys, 8);
    for (; len - i >= 8; i += 8) {
        memcpy(&word, ptr + i, 8);
        word ^= key_word;
        memcpy(ptr + i, &word, 8);
    }
    for (; i < len; i++)
        ptr[i] ^= keys[i % 4];
}

#if defined(__SSE2__)
static size_t mask_blocks(uint8_t *ptr, size_t len, const uint8_t key[4])
{
    int32_t word;
    size_t i = 0;

    memcpy(&word, key, 4);
    const __m128i keys = _mm_set1_epi32(word);
    for (; len - i >= 16; i += 16) {
        __m128i *at = (__m128i *)(void *)(ptr + i);
        _mm_storeu_si128(at, _mm_xor_si128(_mm_loadu_si128(at), keys));
    }
    return i;
}
#else
static size_t mask_blocks(uint8_t *ptr, size_t len, const uint8_t key[4])
{
    (void)ptr, (void)len, (void)key;
    return 0;
}
#endif

void ws_mask(uint8_t *ptr, size_t len, const uint8_t key[4], uint64_t at)
{
    uint8_t turned[4];
    size_t done = 0;

    turn_key(key, at, turned);
#if defined(__x86_64__)
    if (len >= AVX2_FROM && __builtin_cpu_supports("avx2"))
        done = mask_blocks_avx2(ptr, len, turned);
#endif
    if (len > done)
        done += mask_blocks(ptr + done, len - done, turned);
    if (len > done)
        ws_mask_plain(ptr + done, len - done, turned, 0);
}
