#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/bytes.h"

/* A 64-bit fingerprint of a byte stream: the same however the stream is cut, the same on every
 * machine. Tells payloads of ours apart; no defence against somebody who looks for collisions. */
struct hash {
    uint64_t state;
    uint64_t total;
    uint8_t pending[8];
};

void hash_init(struct hash *h);
void hash_feed(struct hash *h, struct bytes in);
uint64_t hash_end(const struct hash *h); /* may be asked at any time; feeding can go on */
uint64_t hash_bytes(struct bytes in);

#endif
