#ifndef PLANTED_SQUEEZE_H
#define PLANTED_SQUEEZE_H

#include <stdbool.h>
#include <stdint.h>

#include "fuzz/planted/store.h"

/* What was agreed on for permessage-deflate, from our point of view. */
struct params {
    bool agreed;
    bool ours_alone, theirs_alone; /* no context is kept from one message to the next */
    int ours_bits, theirs_bits;    /* of the windows, 9..15 and 8..15 */
    bool ours_bits_said;
};

struct squeeze;

struct squeeze *squeeze_new(const struct params *params);
void squeeze_free(struct squeeze *s);

/* A whole message, appended to `out` as RFC 7692 7.2.1 has it. Not for empty ones. */
void squeeze_pack(struct squeeze *s, const uint8_t *bytes, size_t len, struct store *out);

enum squeeze_result { SQUEEZE_OK, SQUEEZE_BROKEN, SQUEEZE_TOO_LONG };

/* A piece of a compressed message, its bytes appended to `out`, which has at most `max` then. */
enum squeeze_result squeeze_unpack(struct squeeze *s, const uint8_t *bytes, size_t len, size_t max,
                                   struct store *out);
/* Behind the last piece. */
enum squeeze_result squeeze_finish(struct squeeze *s, size_t max, struct store *out);

#endif
