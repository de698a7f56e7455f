#ifndef SCRIPT_BLOCKS_H
#define SCRIPT_BLOCKS_H

#include "base/buf.h"
#include "script/payload.h"

/* blocks { … }: a DEFLATE stream as a case spells it, block by block. A tree in the case's arena,
 * with payloads that need no connection, no seed and no turn. */
enum blocks_part_kind {
    BLOCKS_LITERALS, /* a payload */
    BLOCKS_MATCH,    /* match LEN DISTANCE */
    BLOCKS_SYMBOL,   /* symbol N: of the literals and lengths, alone */
    BLOCKS_DISTANCE  /* distance N: of the distances, alone */
};

struct blocks_part {
    enum blocks_part_kind kind;
    const struct payload *literals; /* LITERALS */
    unsigned len, distance;         /* MATCH: 3..258, 1..32768 */
    unsigned symbol;                /* SYMBOL: 0..287, DISTANCE: 0..31 */
};

/* In the order of their words. */
enum blocks_kind {
    BLOCKS_STORED,     /* stored PAYLOAD: as many blocks as it needs */
    BLOCKS_FIXED,      /* fixed PART… */
    BLOCKS_DYNAMIC,    /* dynamic PART…: a code in which every byte has a symbol */
    BLOCKS_RESERVED,   /* reserved: the head of a block of type 3 */
    BLOCKS_STORED_LIE, /* stored-lie LEN COMPLEMENT [PAYLOAD] */
    BLOCKS_BOMB,       /* bomb SIZE [ratio N]: zero bytes */
    BLOCKS_KINDS
};

const char *blocks_word(enum blocks_kind kind);

struct blocks_item {
    enum blocks_kind kind;
    bool final;                 /* BFINAL; not of BOMB */
    struct blocks_part *parts;  /* FIXED, DYNAMIC */
    size_t n_parts;             /* 0: the block is empty */
    const struct payload *data; /* STORED; STORED_LIE: NULL for nothing */
    uint16_t len, complement;   /* STORED_LIE: what its head tells */
    uint64_t size;              /* BOMB: bytes that come out of it, at least 1 */
    unsigned ratio;             /* BOMB: to what goes in, 4..WS_BLOCKS_RATIO_MAX */
};

#define BLOCKS_KEPT_MAX 4 /* of 00 00 ff ff */

/* With no items the empty message of RFC 7692 7.2.3.6. */
struct blocks {
    struct blocks_item *items;
    size_t n_items;
    bool cut;      /* no empty stored block at the end, only bits up to the next byte */
    unsigned kept; /* otherwise this many bytes of its 00 00 ff ff; RFC 7692 7.2.1 keeps none */
};

/* Bytes that blocks_write will not pass. */
uint64_t blocks_most(const struct blocks *b);

/* Appends the stream. False when `out` does not take it. */
NODISCARD bool blocks_write(const struct blocks *b, struct buf *out);

#endif
