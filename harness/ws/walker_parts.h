#ifndef WS_WALKER_PARTS_H
#define WS_WALKER_PARTS_H

#include "ws/walker.h"

/* Between the files of the walker; nobody else includes this. */

/* What the next bits are. */
enum state {
    BLOCK_HEAD,
    STORED_LEN,
    STORED_DATA,
    CODE_COUNTS,  /* how many there are of the three kinds of codes */
    CODE_LENGTHS, /* the lengths of the codes for lengths */
    CODES,        /* the lengths of the codes for literals and distances */
    SYMBOLS
};

/* Compressed bytes, and the bits that were taken from them. Steps use up all bits of a thing or
 * none: so a thing can be cut anywhere. */
struct bits {
    const uint8_t *next, *end;
    uint64_t hold; /* the first bit lowest */
    unsigned held;
};

/* Are there `n` bits? Takes bytes as it needs. n <= 56. */
static inline bool have_bits(struct bits *b, unsigned n)
{
    while (b->held < n && b->next < b->end) {
        b->hold |= (uint64_t)*b->next++ << b->held;
        b->held += 8;
    }
    return b->held >= n;
}

static inline unsigned peek(const struct bits *b, unsigned n)
{
    return (unsigned)b->hold & ((1u << n) - 1);
}

static inline unsigned use(struct bits *b, unsigned n)
{
    const unsigned value = peek(b, n);

    b->hold >>= n;
    b->held -= n;
    return value;
}

/* Every step says whether to go on: not when bits are missing, and not when something is wrong. */
static inline bool breach(struct ws_walker *w, enum ws_walker_breach what)
{
    w->broken = what;
    return false;
}

static inline bool go(struct ws_walker *w, enum state state)
{
    w->state = (uint8_t)state;
    return true;
}

/* The steps that are not in walker.c: the code tables of a dynamic block, and a block's symbols up
 * to and with its end. */
bool ws_walker_code_counts(struct ws_walker *w, struct bits *b);
bool ws_walker_code_lengths(struct ws_walker *w, struct bits *b);
bool ws_walker_codes(struct ws_walker *w, struct bits *b);
bool ws_walker_symbols(struct ws_walker *w, struct bits *b);

/* The end of any block. */
bool ws_walker_end_block(struct ws_walker *w, struct bits *b);

static inline void count_output(struct ws_walker *w, uint64_t n)
{
    w->facts.len += n;
    w->in_window += n;
}

#endif
