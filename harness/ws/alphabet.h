#ifndef WS_ALPHABET_H
#define WS_ALPHABET_H

#include "base/bytes.h"

/* The alphabets of DEFLATE, for who reads and for who writes it. RFC 1951 3.2.5 to 3.2.7. */
enum {
    WS_ALPHABET_LITERALS = 288, /* bytes, the end of the block, lengths; 286 and 287 mean nothing */
    WS_ALPHABET_DISTANCES = 32, /* 30 and 31 mean nothing */
    WS_ALPHABET_LENGTHS = 19,   /* code lengths, and three ways to repeat them */

    WS_ALPHABET_END = 256,   /* of the block */
    WS_ALPHABET_MATCH = 257, /* the first length */

    WS_ALPHABET_REPEAT = 16,      /* the length before, 3 to 6 times: 2 bits */
    WS_ALPHABET_ZEROS = 17,       /* 3 to 10 times 0: 3 bits */
    WS_ALPHABET_MANY_ZEROS = 18,  /* 11 to 138 times 0: 7 bits */
    WS_ALPHABET_CODE_LEN_MAX = 15 /* bits */
};

/* A symbol that stands for a number: `base` and what its `extra` bits add. */
struct ws_alphabet_range {
    uint16_t base;
    uint8_t extra;
};

#define WS_ALPHABET_MATCHES 29 /* symbols 257 to 285 */
#define WS_ALPHABET_REACHES 30 /* symbols 0 to 29 */

extern const struct ws_alphabet_range ws_alphabet_matches[WS_ALPHABET_MATCHES];
extern const struct ws_alphabet_range ws_alphabet_reaches[WS_ALPHABET_REACHES];

/* What each of the three repeats stands for, the first being WS_ALPHABET_REPEAT. */
extern const struct ws_alphabet_range ws_alphabet_repeats[3];

/* The order in which a block tells how long the codes of the code lengths are. */
extern const uint8_t ws_alphabet_order[WS_ALPHABET_LENGTHS];

/* Bits of each symbol's code. A symbol of 0 bits has no code. */
struct ws_alphabet_lens {
    uint8_t literals[WS_ALPHABET_LITERALS];
    uint8_t distances[WS_ALPHABET_DISTANCES];
};

/* Those of fixed blocks. RFC 1951 3.2.6. */
void ws_alphabet_fixed(struct ws_alphabet_lens *out);

#endif
