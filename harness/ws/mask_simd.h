#ifndef WS_MASK_SIMD_H
#define WS_MASK_SIMD_H

#include <stddef.h>
#include <stdint.h>

/* The vector loops behind ws_mask: whole blocks only, `key` already turned so that its first byte
 * falls on ptr[0]. They give the bytes done, a multiple of 4; what is left is the caller's. */
#if defined(__x86_64__)
size_t mask_blocks_avx2(uint8_t *ptr, size_t len, const uint8_t key[4]);
#endif

#endif
