#ifndef WS_MASK_H
#define WS_MASK_H

#include "base/bytes.h"

/* XOR `len` bytes in place with the masking key, as bytes `at`, `at + 1`, … of their frame's
 * payload (so that a payload may be masked in any pieces). Masks and unmasks. The fastest version
 * that this machine has; ws_mask_plain is the portable one. RFC 6455 5.3. */
void ws_mask(uint8_t *ptr, size_t len, const uint8_t key[4], uint64_t at);
void ws_mask_plain(uint8_t *ptr, size_t len, const uint8_t key[4], uint64_t at);

#endif
