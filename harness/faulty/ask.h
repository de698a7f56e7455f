#ifndef FAULTY_ASK_H
#define FAULTY_ASK_H

#include "base/buf.h"

#define ASK_KEY_TEXT 24 /* base64 of 16 bytes */

/* A client's request, as the fault will have it: RFC 6455 4.1. */
struct asked {
    const char *target, *authority;
    char key[ASK_KEY_TEXT + 1]; /* what the answer has to fit, with a NUL */
};

void ask_make_key(char out[ASK_KEY_TEXT + 1]);

/* Appended to `out`: the request without what it offers, and then its end with the empty line.
 * False: no memory. */
NODISCARD bool ask_write(const struct asked *a, struct buf *out);
NODISCARD bool ask_end(struct buf *out);

#endif
