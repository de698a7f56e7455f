#ifndef WS_BLOCKS_H
#define WS_BLOCKS_H

#include "base/buf.h"
#include "ws/alphabet.h"

/* Writes DEFLATE blocks as asked (RFC 1951), among them what no compressor would ever choose and
 * what no inflater may take. Finds no matches by itself: who wants a text compressed well wants
 * ws/deflate.h.
 *
 * Between open and close go literals and matches; all else stands between blocks. What returns bool
 * is false when `out` cannot grow, and then the writer is of no more use. */

#define WS_BLOCKS_RATIO_MAX 1032 /* matches of 258 bytes in two bits: DEFLATE can do no more */

/* The code of the block that is open, each turned round to be written lowest bit first. */
struct ws_blocks_codes {
    struct ws_alphabet_lens lens;
    uint16_t literals[WS_ALPHABET_LITERALS], distances[WS_ALPHABET_DISTANCES];
};

struct ws_blocks {
    struct buf *out; /* the owner's; whole bytes are in it at once */
    uint64_t hold;   /* bits that are not a byte yet, the first lowest */
    unsigned held;   /* how many, 0..7 */
    bool final;      /* of the open block */
    struct ws_blocks_codes codes;
};

void ws_blocks_init(struct ws_blocks *b, struct buf *out);

/* Any bits at any place: the lowest `count` (0..32) of `value`, lowest first. */
NODISCARD bool ws_blocks_bits(struct ws_blocks *b, uint32_t value, unsigned count);

/* Zero bits up to the next byte, where the stream may end. */
NODISCARD bool ws_blocks_align(struct ws_blocks *b);

/* Stored blocks, as many as `data` needs: at least one, each of 65535 bytes at most. The last one
 * is final, if any. RFC 1951 3.2.4. */
NODISCARD bool ws_blocks_stored(struct ws_blocks *b, struct bytes data, bool final);

/* The head of one stored block with these two numbers, which may lie. Its data is the next bits. */
NODISCARD bool ws_blocks_stored_head(struct ws_blocks *b, uint16_t len, uint16_t complement,
                                     bool final);

/* A block with the fixed codes. RFC 1951 3.2.6. */
NODISCARD bool ws_blocks_open_fixed(struct ws_blocks *b, bool final);

/* A block with codes of these lengths, 0..15 bits: RFC 1951 3.2.7. They may make no proper code,
 * and reach up to symbols 287 and 31, which no block may announce: the block is written all the
 * same. */
NODISCARD bool ws_blocks_open_dynamic(struct ws_blocks *b, const struct ws_alphabet_lens *lens,
                                      bool final);

/* A complete code of 286 and 30 symbols, all nearly as long, for data that nobody knows. */
void ws_blocks_even_lens(struct ws_alphabet_lens *out);

/* The head of a block of the reserved type 3. What it holds is the next bits. */
NODISCARD bool ws_blocks_reserved(struct ws_blocks *b, bool final);

/* Symbols that have no code in the open block leave nothing behind.
 *
 *   len       3..258
 *   distance  1..32768, also where nothing is to be found
 */
NODISCARD bool ws_blocks_literals(struct ws_blocks *b, struct bytes data);
NODISCARD bool ws_blocks_match(struct ws_blocks *b, unsigned len, unsigned distance);

/* One symbol without what belongs to it: 0..287, 0..31. So 256 is an early end, and 286 what no
 * block may hold. */
NODISCARD bool ws_blocks_literal_symbol(struct ws_blocks *b, unsigned symbol);
NODISCARD bool ws_blocks_distance_symbol(struct ws_blocks *b, unsigned symbol);

/* The end of the open block; a final one is padded. RFC 7692 7.2.1. */
NODISCARD bool ws_blocks_close(struct ws_blocks *b);

/* One dynamic block of `len` times `byte`, `ratio` (4..WS_BLOCKS_RATIO_MAX) times as many as the
 * bytes that it takes, as near as can be; its head of some 20 bytes comes on top. */
NODISCARD bool ws_blocks_bomb(struct ws_blocks *b, uint8_t byte, uint64_t len, unsigned ratio);

/* The end of a message: an empty stored block, and of its 00 00 ff ff the first `kept` bytes. 0 is
 * as RFC 7692 7.2.1 wants it, 4 leaves all, what lies between cuts it. A message without any ends
 * with ws_blocks_align. */
NODISCARD bool ws_blocks_end(struct ws_blocks *b, unsigned kept);

#endif
