#ifndef WS_WALKER_H
#define WS_WALKER_H

#include "ws/huffman.h"

/* Walks through the compressed data of messages (RFC 1951, RFC 7692) and judges it, without keeping
 * what it stands for. It is stricter than inflaters are: it knows the window that was negotiated,
 * and how a message has to end.
 *
 * X(name, sentence): all that can be wrong with a message. */
#define WS_WALKER_BREACHES(X)                                                                      \
    X(NONE, "nothing is wrong")                                                                    \
    X(TYPE_RESERVED, "a block has the reserved type 3")                                            \
    X(STORED_LEN, "a stored block's length and its complement do not match")                       \
    X(LITERALS_TOO_MANY, "a block announces more than 286 literal and length codes")               \
    X(DISTANCES_TOO_MANY, "a block announces more than 30 distance codes")                         \
    X(LENGTHS_OVERSUBSCRIBED, "the code for code lengths has more codes than bits allow")          \
    X(LENGTHS_INCOMPLETE, "the code for code lengths is incomplete")                               \
    X(REPEAT_OF_NOTHING, "the first code length repeats the one before it")                        \
    X(REPEAT_TOO_LONG, "a repeated code length goes on behind the last code")                      \
    X(END_MISSING, "a block has no code for its end")                                              \
    X(LITERALS_OVERSUBSCRIBED, "there are more literal and length codes than bits allow")          \
    X(LITERALS_INCOMPLETE, "the literal and length code is incomplete")                            \
    X(DISTANCES_OVERSUBSCRIBED, "there are more distance codes than bits allow")                   \
    X(DISTANCES_INCOMPLETE, "the distance code is incomplete")                                     \
    X(CODE_UNKNOWN, "bits that none of the block's codes begin with")                              \
    X(LENGTH_RESERVED, "one of the reserved length symbols 286 and 287")                           \
    X(DISTANCE_RESERVED, "one of the reserved distance symbols 30 and 31")                         \
    X(BEFORE_START, "a distance reaches before the first byte of the window")                      \
    X(BEYOND_WINDOW, "a distance is larger than the negotiated window")                            \
    X(PADDING, "a final block is not padded with zero bits")                                       \
    X(NO_DATA, "a compressed message has no data at all")                                          \
    X(CUT_OFF, "the message ends inside of a block")                                               \
    X(NO_LAST_BLOCK, "the message does not end with an empty stored block")                        \
    X(TAIL_KEPT, "the last four bytes, 00 00 ff ff, were not removed")

enum ws_walker_breach {
#define X(name, sentence) WS_WALKER_##name,
    WS_WALKER_BREACHES(X)
#undef X
};

/* What a message was made of. */
struct ws_walker_facts {
    uint64_t compressed_len, len;    /* bytes of it, bytes that it stands for: so far */
    uint64_t stored, fixed, dynamic; /* blocks begun; the empty one at the end is stored, too */
    uint32_t distance_max;           /* 0: no match */
    bool final;                      /* a block with BFINAL was seen */
};

/* Some KiB, without memory elsewhere; ws_walker_init makes it, nothing ends it. */
struct ws_walker {
    /* Both are about the message that is walked, or after ws_walker_end the one that was. */
    enum ws_walker_breach broken; /* the first; what stands behind it is not looked at */
    uint64_t broken_at; /* offset in the compressed data of the byte that made it certain; behind
                         * the last byte when the end did */
    struct ws_walker_facts facts;

    /* The rest is its own. */
    uint32_t window;    /* bytes that a distance may reach back */
    bool takeover;      /* the window lives on from message to message */
    bool ended;         /* the next byte begins a message */
    uint8_t state;      /* what the next bits are */
    bool final;         /* of this block */
    bool fixed_made;    /* the two codes are those of fixed blocks */
    bool empty_stored;  /* the block before this one was both */
    uint64_t in_window; /* bytes there are to reach back to; no ceiling */
    uint64_t hold;      /* bits taken and not yet used, the first lowest */
    unsigned held;      /* how many, 0..63; the bits of `hold` above are 0 */
    unsigned stored_left;
    unsigned literals, distances, lengths, have; /* codes announced, and code lengths read */
    uint8_t lens[WS_ALPHABET_LITERALS + WS_ALPHABET_DISTANCES];
    struct ws_huffman literal_code, distance_code;
};

/* For a connection's one direction.
 *
 *   window_bits  8..15, as negotiated
 *   takeover     false: each message begins with an empty window
 */
void ws_walker_init(struct ws_walker *w, unsigned window_bits, bool takeover);

/* Between two messages: the window holds that many bytes, of messages that were not walked. */
void ws_walker_set_window(struct ws_walker *w, size_t len);

/* The next bytes of the message's compressed data, cut anywhere. The first after ws_walker_init or
 * ws_walker_end begin a message. False when it is broken, by these bytes or before. */
bool ws_walker_feed(struct ws_walker *w, struct bytes in);

/* The message's end: it has to be in its last block, an empty stored one, where the four bytes are
 * missing that a receiver appends. False when it is broken, by that or before. What a broken
 * message would have left in the window is unknown, so behind one nothing is BEFORE_START until the
 * window is emptied. RFC 7692 7.2.1, 7.2.2. */
bool ws_walker_end(struct ws_walker *w);

const char *ws_walker_breach_name(enum ws_walker_breach breach);     /* "TYPE_RESERVED" */
const char *ws_walker_breach_sentence(enum ws_walker_breach breach); /* static storage, both */

#endif
