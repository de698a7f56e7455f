#ifndef FAULTY_UTF8_H
#define FAULTY_UTF8_H

#include "base/bytes.h"

/* A check of UTF-8 that may be fed in pieces (RFC 3629). Zeroed: at the beginning of a text. */
struct utf8 {
    uint8_t wanted;     /* bytes that the character under way still needs */
    uint8_t low, high;  /* between which the next of them must lie */
    uint32_t character; /* what its bytes have said so far */
};

/* False at the first byte that can be no part of a valid text; nothing may be fed then. */
NODISCARD bool utf8_take(struct utf8 *u, struct bytes in);

/* May the text end here? */
bool utf8_may_end(const struct utf8 *u);

/* A frame begins, the first one of a text or a further one. */
void utf8_begin_frame(struct utf8 *u, bool first);

/* Is a text looked at all, `at` bytes behind its beginning? */
bool utf8_is_checked(size_t at, bool fragmented);

bool utf8_is_valid(struct bytes text);

#endif
