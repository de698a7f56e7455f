#ifndef WS_UTF8_H
#define WS_UTF8_H

#include "base/bytes.h"

/* Incremental UTF-8 check of one message, as fail-fast as can be: a byte is refused at the first
 * place where no continuation could make the text valid (Unicode Table 3-7; RFC 3629).
 * A zeroed struct is ready for the first byte. */
struct ws_utf8 {
    uint64_t at;   /* bytes taken so far; after a refusal, the offset of the refused byte */
    uint8_t state; /* 0: between characters */
    bool broken;
};

/* False at the first byte that cannot be part of valid text (`at` names it), and ever after.
 * Empty input is fine. */
bool ws_utf8_feed(struct ws_utf8 *u, struct bytes in);

/* May the text end here? False in the middle of a character and after a refusal. */
bool ws_utf8_complete(const struct ws_utf8 *u);

/* The same check without SIMD, to compare with. */
bool ws_utf8_feed_plain(struct ws_utf8 *u, struct bytes in);

/* A whole text at once. */
bool ws_utf8_valid(struct bytes in);

#endif
