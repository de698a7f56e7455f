#include "ws/reader.h"

#include <assert.h>
#include <string.h>

#include "ws/mask.h"

void ws_reader_feed(struct ws_reader *r, uint8_t *in, size_t len)
{
    assert(r->in_len == 0);
    r->in = in;
    r->in_len = len;
}

void ws_reader_skip(struct ws_reader *r, size_t n)
{
    assert(n <= r->in_len);
    if (n == 0)
        return;
    r->in += n;
    r->in_len -= n;
    r->at += n;
}

static void hold(struct ws_reader *r, size_t n)
{
    memcpy(r->held + r->held_len, r->in, n);
    r->held_len += n;
    ws_reader_skip(r, n);
}

/* A header that came in one lot is decoded where it lies, else in `held`, byte by byte so that
 * nothing behind it is swallowed. */
static bool take_head(struct ws_reader *r)
{
    size_t used;

    if (r->held_len == 0) {
        if (ws_frame_decode(bytes_of(r->in, r->in_len), &r->head, &used) == WS_OK) {
            ws_reader_skip(r, used);
            return true;
        }
        hold(r, r->in_len);
        return false;
    }
    while (r->in_len > 0) {
        hold(r, 1);
        if (ws_frame_decode(bytes_of(r->held, r->held_len), &r->head, &used) == WS_OK) {
            r->held_len = 0;
            return true;
        }
    }
    return false;
}

static bool next_head(struct ws_reader *r, struct ws_piece *out)
{
    if (r->in_len == 0)
        return false;
    if (r->held_len == 0)
        r->frame_at = r->at;
    if (!take_head(r))
        return false;
    r->taken = 0;
    r->in_payload = true;
    *out = (struct ws_piece){ .kind = WS_PIECE_HEAD, .at = r->frame_at };
    return true;
}

static bool next_data(struct ws_reader *r, struct ws_piece *out)
{
    const uint64_t owed = r->head.payload_len - r->taken;
    const size_t n = owed < r->in_len ? (size_t)owed : r->in_len;

    if (n == 0)
        return false;
    if (r->head.masked)
        ws_mask(r->in, n, r->head.key, r->taken);
    *out = (struct ws_piece){ .kind = WS_PIECE_DATA, .at = r->at, .data = bytes_of(r->in, n) };
    r->taken += n;
    ws_reader_skip(r, n);
    return true;
}

bool ws_reader_next(struct ws_reader *r, struct ws_piece *out)
{
    if (!r->in_payload)
        return next_head(r, out);
    if (r->taken < r->head.payload_len)
        return next_data(r, out);
    r->in_payload = false;
    *out = (struct ws_piece){ .kind = WS_PIECE_END, .at = r->at };
    return true;
}

struct bytes ws_reader_rest(const struct ws_reader *r)
{
    return bytes_of(r->in, r->in_len);
}

bool ws_reader_between_frames(const struct ws_reader *r)
{
    return !r->in_payload && r->held_len == 0;
}
