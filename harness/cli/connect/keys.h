#ifndef CLI_CONNECT_KEYS_H
#define CLI_CONNECT_KEYS_H

#include "base/bytes.h"

/* What a terminal sends for one key, and what it does to a line, by libedit's names. */
struct key {
    const char *bytes, *verb;
};
extern const struct key keys[]; /* ends with a row without bytes */

/* Length of the first key of `typed`; 0: it is not whole yet, or nothing was typed. *known is false
 * for a sequence that no row has, which is to be passed over, lest its end be taken for text. A
 * character of UTF-8 is one key; so is each byte of what is none. */
size_t keys_first(struct bytes typed, bool *known);

#endif
