#include "ws/mask_simd.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

__attribute__((target("avx2"))) size_t mask_blocks_avx2(uint8_t *ptr, size_t len,
                                                        const uint8_t key[4])
{
    int32_t word;
    size_t i = 0;

    memcpy(&word, key, 4);
    const __m256i keys = _mm256_set1_epi32(word);
    for (; len - i >= 64; i += 64) {
        __m256i *at = (__m256i *)(void *)(ptr + i);
        __m256i low = _mm256_loadu_si256(at), high = _mm256_loadu_si256(at + 1);
        _mm256_storeu_si256(at, _mm256_xor_si256(low, keys));
        _mm256_storeu_si256(at + 1, _mm256_xor_si256(high, keys));
    }
    return i;
}

#else
typedef int mask_avx2_is_for_x86_64_only; /* a file needs one declaration */
#endif
