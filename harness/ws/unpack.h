#ifndef WS_UNPACK_H
#define WS_UNPACK_H

#include "ws/deflate.h"
#include "ws/permessage.h"

/* The receiving end of permessage-deflate: compressed messages in, plain ones out, held to the
 * window that was agreed on. The walker judges and zlib inflates, byte for byte in step, so that
 * what comes out does not depend on how the bytes were cut. RFC 7692 6.2, 7.2.2. */
struct ws_unpacker;

struct ws_unpack_options {
    struct ws_permessage_way way;
    bool from_client;   /* who compressed: decides which rule a breach breaks */
    uint32_t ratio_max; /* plain bytes for a compressed one; 0: any. Counts from 64 KiB on, and by
                           the KiB of what came compressed */
};

NODISCARD struct ws_unpacker *ws_unpacker_new(const struct ws_unpack_options *options);
void ws_unpacker_free(struct ws_unpacker *u);

/* Lend it payload of a compressed message, or its end; then pull until no PIECE comes. Behind the
 * end's ALL the next message may begin. */
void ws_unpacker_feed(struct ws_unpacker *u, struct bytes data);
void ws_unpacker_feed_end(struct ws_unpacker *u);
enum ws_inflated ws_unpacker_next(struct ws_unpacker *u, struct bytes *out);

/* Between two messages: as ws_inflater_window and _set_window. */
NODISCARD bool ws_unpacker_window(struct ws_unpacker *u, struct buf *out);
NODISCARD bool ws_unpacker_set_window(struct ws_unpacker *u, struct bytes window);

/* After BROKEN: the rule, and the byte of the message's compressed data; of a ratio that is too
 * high the first byte of the KiB in which it was passed. */
struct violation ws_unpacker_why(const struct ws_unpacker *u);

#endif
