#include "ws/deflate.h"

#include <zlib.h>

#include "base/alloc.h"

#define ROOM 16384 /* what deflate may write at a time */

/* What every message ends with, and what is not sent: an empty stored block. */
static const uint8_t tail[4] = { 0x00, 0x00, 0xff, 0xff };

static void *zlib_alloc(void *opaque, unsigned items, unsigned size)
{
    size_t bytes;

    (void)opaque;
    return size_mul(&bytes, items, size) ? alloc_resize(NULL, bytes) : NULL;
}

static void zlib_free(void *opaque, void *ptr)
{
    (void)opaque;
    alloc_free(ptr);
}

/* ---- compressing ---- */

struct ws_deflater {
    z_stream z;
    bool takeover;
    bool fed; /* something of this message is in there */
};

/* zlib refuses a raw window of 256 bytes. With 512 its longest distance is 250, since it keeps 262
 * bytes of the window free for matches to come: no reference passes 256. */
static int zlib_bits(unsigned bits)
{
    return bits <= WS_DEFLATE_BITS_MIN ? -(WS_DEFLATE_BITS_MIN + 1) : -(int)bits;
}

struct ws_deflater *ws_deflater_new(unsigned bits, bool takeover, int level)
{
    struct ws_deflater *d = alloc_resize(NULL, sizeof *d);

    if (!d)
        return NULL;
    *d = (struct ws_deflater){ .z = { .zalloc = zlib_alloc, .zfree = zlib_free },
                               .takeover = takeover };
    if (deflateInit2(&d->z, level, Z_DEFLATED, zlib_bits(bits), 8, Z_DEFAULT_STRATEGY) == Z_OK)
        return d;
    alloc_free(d);
    return NULL;
}

void ws_deflater_free(struct ws_deflater *d)
{
    if (!d)
        return;
    (void)deflateEnd(&d->z);
    alloc_free(d);
}

/* Until there is nothing more to say. */
static bool run(struct ws_deflater *d, int flush, struct buf *out)
{
    do {
        const size_t left = out->max - out->len, room = left < ROOM ? left : ROOM;
        if (room == 0 || !buf_reserve(out, room))
            return false;
        d->z.next_out = out->ptr + out->len;
        d->z.avail_out = (uInt)room;
        (void)deflate(&d->z, flush); /* Z_BUF_ERROR: there was nothing to do */
        out->len += room - d->z.avail_out;
    } while (d->z.avail_out == 0 || d->z.avail_in > 0);
    return true;
}

bool ws_deflater_feed(struct ws_deflater *d, struct bytes data, struct buf *out)
{
    for (; data.len > 0; data = bytes_skip(data, UINT32_MAX)) {
        struct bytes part = bytes_take(data, UINT32_MAX);
        d->z.next_in = (Bytef *)(uintptr_t)part.ptr;
        d->z.avail_in = (uInt)part.len;
        d->fed = true;
        if (!run(d, Z_NO_FLUSH, out))
            return false;
    }
    return true;
}

/* First what there is, then the empty block: zlib writes that again when its room ends with it. */
bool ws_deflater_flush(struct ws_deflater *d, struct buf *out)
{
    d->fed = false;
    return run(d, Z_BLOCK, out) && run(d, Z_SYNC_FLUSH, out);
}

bool ws_deflater_end(struct ws_deflater *d, struct buf *out)
{
    bool ok = true;

    if (!d->fed) {
        ok = buf_push(out, 0x00);
    } else {
        ok = ws_deflater_flush(d, out);
        if (ok)
            out->len -= sizeof tail;
    }
    if (!d->takeover)
        ws_deflater_forget(d);
    return ok;
}

void ws_deflater_forget(struct ws_deflater *d)
{
    d->fed = false;
    (void)deflateReset(&d->z);
}

/* ---- inflating ---- */

struct ws_inflater {
    z_stream z;
    bool takeover, broken, no_memory;
    bool at_end;         /* what is lent is the tail */
    bool between_blocks; /* behind the last byte that was taken */
    uint8_t out[WS_INFLATE_CHUNK];
    uint8_t window[1u << WS_DEFLATE_BITS_MAX];
};

struct ws_inflater *ws_inflater_new(bool takeover)
{
    struct ws_inflater *i = alloc_resize(NULL, sizeof *i);

    if (!i)
        return NULL;
    i->z = (z_stream){ .zalloc = zlib_alloc, .zfree = zlib_free };
    i->takeover = takeover;
    i->at_end = i->between_blocks = i->broken = i->no_memory = false;
    if (inflateInit2(&i->z, -WS_DEFLATE_BITS_MAX) == Z_OK)
        return i;
    alloc_free(i);
    return NULL;
}

void ws_inflater_free(struct ws_inflater *i)
{
    if (!i)
        return;
    (void)inflateEnd(&i->z);
    alloc_free(i);
}

void ws_inflater_feed(struct ws_inflater *i, struct bytes data)
{
    i->z.next_in = (Bytef *)(uintptr_t)data.ptr;
    i->z.avail_in = (uInt)data.len; /* frames come in pieces far below 4 GiB */
}

void ws_inflater_feed_end(struct ws_inflater *i)
{
    ws_inflater_feed(i, bytes_of(tail, sizeof tail));
    i->at_end = true;
}

bool ws_inflater_set_window(struct ws_inflater *i, struct bytes window)
{
    return inflateReset(&i->z) == Z_OK &&
           (window.len == 0 || inflateSetDictionary(&i->z, window.ptr, (uInt)window.len) == Z_OK);
}

bool ws_inflater_window(struct ws_inflater *i, struct buf *out)
{
    uInt len = 0;

    if (!buf_reserve(out, 1u << WS_DEFLATE_BITS_MAX) ||
        inflateGetDictionary(&i->z, out->ptr + out->len, &len) != Z_OK)
        return false;
    out->len += len;
    return true;
}

/* Behind a block with BFINAL the next one begins with the next byte, and may refer back. */
static bool go_on(struct ws_inflater *i)
{
    uInt len = 0;

    return inflateGetDictionary(&i->z, i->window, &len) == Z_OK &&
           ws_inflater_set_window(i, bytes_of(i->window, len));
}

/* A whole message ends between two blocks: only there does the tail leave no open block. */
static enum ws_inflated all(struct ws_inflater *i)
{
    if (!i->at_end)
        return WS_INFLATED_ALL;
    i->at_end = false;
    if (!i->between_blocks) {
        i->broken = true;
        return WS_INFLATED_BROKEN;
    }
    if (!i->takeover)
        (void)inflateReset(&i->z);
    return WS_INFLATED_ALL;
}

/* Of what zlib tells: an end of block was the last thing, and no bits of a further one are there.
 */
static bool is_between(const z_stream *z)
{
    const int behind_block = 128, bits = 7;

    return (z->data_type & behind_block) != 0 && (z->data_type & bits) == 0;
}

/* One call of zlib. */
static enum ws_inflated step(struct ws_inflater *i)
{
    switch (inflate(&i->z, Z_SYNC_FLUSH)) {
    case Z_OK: i->between_blocks = is_between(&i->z); return WS_INFLATED_ALL;
    case Z_BUF_ERROR: return WS_INFLATED_ALL; /* there was nothing to do */
    case Z_STREAM_END:
        i->between_blocks = true;
        if (go_on(i))
            return WS_INFLATED_ALL;
        break;
    case Z_MEM_ERROR: i->no_memory = true; return WS_INFLATED_NOMEM;
    default: break;
    }
    i->broken = true;
    return WS_INFLATED_BROKEN;
}

enum ws_inflated ws_inflater_next(struct ws_inflater *i, struct bytes *out)
{
    if (i->no_memory)
        return WS_INFLATED_NOMEM;
    if (i->broken)
        return WS_INFLATED_BROKEN;
    for (;;) {
        i->z.next_out = i->out;
        i->z.avail_out = sizeof i->out;
        const uInt before = i->z.avail_in;
        enum ws_inflated status = step(i);
        *out = bytes_of(i->out, sizeof i->out - i->z.avail_out);
        if (out->len > 0 && i->at_end) { /* the tail was taken for data */
            i->broken = true;
            return WS_INFLATED_BROKEN;
        }
        if (out->len > 0)
            return WS_INFLATED_PIECE; /* what is wrong behind it is told by the next call */
        if (status != WS_INFLATED_ALL)
            return status;
        if (i->z.avail_in == 0 || i->z.avail_in == before)
            return all(i);
    }
}
