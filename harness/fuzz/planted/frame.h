#ifndef PLANTED_FRAME_H
#define PLANTED_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum opcode { CONTINUATION = 0, TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10 };

#define CONTROL_MAX 125

struct frame {
    bool fin, masked;
    uint8_t rsv, opcode, key[4];
    unsigned len_size;  /* bytes of the length behind the first: 0, 2 or 8 */
    uint64_t len, at;   /* of the payload, and how much of it has come */
    unsigned from_read; /* in which its head came */
};

/* The head at the front of these bytes, right or not. Gives its size; 0: more are needed.
 * RFC 6455 5.2. */
size_t frame_read(const uint8_t *p, size_t n, struct frame *f);

#endif
