#ifndef WS_DEFLATE_H
#define WS_DEFLATE_H

#include "base/buf.h"

/* The payload transform of permessage-deflate, one object for each direction: RFC 7692 7.2. zlib
 * does the work, and is included nowhere else. Whether a peer's stream keeps what was negotiated is
 * the walker's business (ws/walker.h): the inflater takes any distance up to 32768. */
#define WS_DEFLATE_BITS_MIN 8
#define WS_DEFLATE_BITS_MAX 15
#define WS_DEFLATE_LEVEL 6 /* zlib's own default */

struct ws_deflater;

/* No distance will exceed 2^bits bytes; `takeover`: the window goes on from message to message.
 * `level` 0 to 9. NULL: no memory. */
NODISCARD struct ws_deflater *ws_deflater_new(unsigned bits, bool takeover, int level);
void ws_deflater_free(struct ws_deflater *d);

/* More of a message; what comes out is appended. False: no memory, and so for the rest. */
NODISCARD bool ws_deflater_feed(struct ws_deflater *d, struct bytes data, struct buf *out);

/* All that was fed so far comes out, up to a byte boundary: for a fragment that is not the last.
 * Its 00 00 ff ff stays. */
NODISCARD bool ws_deflater_flush(struct ws_deflater *d, struct buf *out);

/* The message's end: the rest without its 00 00 ff ff. An empty message is one byte, 00. */
NODISCARD bool ws_deflater_end(struct ws_deflater *d, struct buf *out);

/* No reference back from here on: the peer's window holds what this object does not know of. */
void ws_deflater_forget(struct ws_deflater *d);

struct ws_inflater;

#define WS_INFLATE_CHUNK 32768 /* the largest piece that comes out */

NODISCARD struct ws_inflater *ws_inflater_new(bool takeover); /* NULL: no memory */
void ws_inflater_free(struct ws_inflater *i);

enum ws_inflated {
    WS_INFLATED_PIECE,  /* *out has bytes: until the next call */
    WS_INFLATED_ALL,    /* wants more */
    WS_INFLATED_BROKEN, /* it is no DEFLATE, for good */
    WS_INFLATED_NOMEM
};

/* Lend it compressed bytes, or the message's end; then pull until it gives no PIECE. A message that
 * stops in the middle of a block is found BROKEN at its end. A block with BFINAL ends nothing:
 * RFC 7692 7.2.1. */
void ws_inflater_feed(struct ws_inflater *i, struct bytes data);
void ws_inflater_feed_end(struct ws_inflater *i);
enum ws_inflated ws_inflater_next(struct ws_inflater *i, struct bytes *out);

/* Between two messages: what the next may refer to, at most 32768 bytes, appended; and putting such
 * a window in its place. False: no memory. */
NODISCARD bool ws_inflater_window(struct ws_inflater *i, struct buf *out);
NODISCARD bool ws_inflater_set_window(struct ws_inflater *i, struct bytes window);

#endif
