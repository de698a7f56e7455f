#ifndef PLANTED_UTF8_H
#define PLANTED_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where in a text we are. Zeroed: between two characters, at the beginning. */
struct utf8 {
    unsigned need;     /* bytes that the character still needs */
    uint8_t low, high; /* between which the next of them must be */
    uint32_t character;
    bool at_fragment; /* the next byte is the first of a continuation */
};

/* False: these bytes cannot be a part of any text. RFC 3629. */
bool utf8_feed(struct utf8 *u, const uint8_t *bytes, size_t len);

#endif
