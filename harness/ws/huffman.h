#ifndef WS_HUFFMAN_H
#define WS_HUFFMAN_H

#include "ws/alphabet.h"

/* Canonical prefix codes, made from the lengths of the codes alone. RFC 1951 3.2.2. */

#define WS_HUFFMAN_FAST 10     /* bits that one look into the table decides; nearly all codes */
#define WS_HUFFMAN_NONE 0xFFFu /* no symbol: the code has no such bits */

/* What a list of lengths makes. */
enum ws_huffman_set {
    WS_HUFFMAN_COMPLETE,
    WS_HUFFMAN_SINGLE,        /* one code of one bit, 0; a 1 means nothing */
    WS_HUFFMAN_EMPTY,         /* no code at all */
    WS_HUFFMAN_INCOMPLETE,    /* otherwise with bits that mean nothing */
    WS_HUFFMAN_OVERSUBSCRIBED /* more codes than there are bits for */
};

/* A decoder. An entry is `symbol << 4 | bits of its code`. */
struct ws_huffman {
    uint16_t fast[1 << WS_HUFFMAN_FAST];   /* by the next bits of the stream; 0: a long code */
    uint16_t sorted[WS_ALPHABET_LITERALS]; /* symbols by code */
    uint16_t limit[WS_ALPHABET_CODE_LEN_MAX + 1]; /* first code that is longer, as 15 bits */
    int16_t offset[WS_ALPHABET_CODE_LEN_MAX + 1]; /* from a code of that length to its place */
};

/* Makes the decoder of `count` (0..288) symbols with codes of lens[i] (0..15) bits. What is in `h`
 * is of use only when the set is complete, single or empty. */
enum ws_huffman_set ws_huffman_build(struct ws_huffman *h, const uint8_t *lens, size_t count);

/* The code of each symbol, turned round so that its first bit is the lowest, as DEFLATE packs them.
 * Of an oversubscribed set, some codes are the same. */
void ws_huffman_codes(const uint8_t *lens, size_t count, uint16_t *codes);

/* Of a code that the table does not hold. */
unsigned ws_huffman_decode_long(const struct ws_huffman *h, uint64_t bits);

/* The entry that `bits` (the first of the stream lowest) begin with. When there are fewer real bits
 * than the entry's code has, nothing is known yet but that its code is longer than those. */
static inline unsigned ws_huffman_decode(const struct ws_huffman *h, uint64_t bits)
{
    const unsigned entry = h->fast[bits & ((1u << WS_HUFFMAN_FAST) - 1)];

    return entry ? entry : ws_huffman_decode_long(h, bits);
}

static inline unsigned ws_huffman_len(unsigned entry)
{
    return entry & 15;
}

static inline unsigned ws_huffman_symbol(unsigned entry)
{
    return entry >> 4;
}

#endif
