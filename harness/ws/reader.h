#ifndef WS_READER_H
#define WS_READER_H

#include "ws/frame.h"

/* Frames out of a byte stream, cut as it may be: HEAD, then DATA as it comes (none for an empty
 * payload), then END. Decodes only: any header goes through, of any declared length. */
enum ws_piece_kind { WS_PIECE_HEAD, WS_PIECE_DATA, WS_PIECE_END };

struct ws_piece {
    enum ws_piece_kind kind;
    uint64_t at; /* HEAD: offset of the frame's first byte; DATA: of data's; END: past the frame */
    struct bytes data; /* DATA only: unmasked; lives until the next feed */
};

/* A zeroed reader stands at offset 0. `head` and `frame_at` describe the frame under way from its
 * HEAD to its END. */
struct ws_reader {
    struct ws_head head;
    uint64_t frame_at; /* stream offset of the frame's first byte */
    uint64_t taken;    /* payload bytes of this frame given out */
    uint64_t at;       /* stream offset of the next byte */
    uint8_t held[WS_HEAD_MAX];
    size_t held_len;
    bool in_payload;
    uint8_t *in;
    size_t in_len;
};

/* Lend it the next bytes; they are unmasked in place and must stay until ws_reader_next says
 * false. Only when the last lot is used up. */
void ws_reader_feed(struct ws_reader *r, uint8_t *in, size_t len);

/* The next piece, or false when it wants more bytes. */
bool ws_reader_next(struct ws_reader *r, struct ws_piece *out);

/* What was lent and not yet used: for who stops reading in the middle. */
struct bytes ws_reader_rest(const struct ws_reader *r);

/* Passes over `n` lent bytes that are no frames: the head in front of them, or what nobody wants.
 */
void ws_reader_skip(struct ws_reader *r, size_t n);

/* Is the stream at a frame boundary (nothing held, nothing owed)? */
bool ws_reader_between_frames(const struct ws_reader *r);

#endif
