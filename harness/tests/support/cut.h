#ifndef SUPPORT_CUT_H
#define SUPPORT_CUT_H

#include <stdbool.h>
#include <stddef.h>

/* The ways in which TCP may cut `len` bytes: whole, single bytes, pairs, and each split in two.
 *
 *     FOR_EACH_CUT (wire.len, cut)
 *         for (size_t at = 0, n; (n = cut_next(&cut, at)) > 0; at += n)
 *             feed(wire.ptr + at, n);
 */
#define FOR_EACH_CUT(length, cut)                                                                  \
    for (struct cut cut = { .len = (length) }; cut_exists(&cut); cut.way++)

enum { CUT_WHOLE, CUT_SINGLE_BYTES, CUT_PAIRS, CUT_IN_TWO };

struct cut {
    size_t len;
    size_t way; /* CUT_IN_TWO + k: after k + 1 bytes */
};

static inline bool cut_exists(const struct cut *c)
{
    return c->way < CUT_IN_TWO || c->way - CUT_IN_TWO + 1 < c->len;
}

/* Size of the piece that begins at `at`; 0 at the end. */
static inline size_t cut_next(const struct cut *c, size_t at)
{
    const size_t left = c->len - at;
    size_t size = left;

    if (c->way == CUT_SINGLE_BYTES)
        size = 1;
    else if (c->way == CUT_PAIRS)
        size = 2;
    else if (c->way >= CUT_IN_TWO && at == 0)
        size = c->way - CUT_IN_TWO + 1;
    return size < left ? size : left;
}

#endif
