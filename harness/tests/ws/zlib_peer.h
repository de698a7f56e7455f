#ifndef TESTS_WS_ZLIB_PEER_H
#define TESTS_WS_ZLIB_PEER_H

#include <criterion/criterion.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/rand.h"

/* The two ends of RFC 7692 made of zlib, to compare ours with. */
#define ZLIB_PEER_WINDOW 32768
#define ZLIB_PEER_MAX ((size_t)1 << 26)

/* Its window is always the largest there is. */
struct zlib_receiver {
    z_stream z;
    bool takeover;
    struct buf text; /* all that came out since the window was empty */
};

static inline void zlib_receiver_init(struct zlib_receiver *r, bool takeover)
{
    *r = (struct zlib_receiver){ .takeover = takeover };
    buf_init(&r->text, ZLIB_PEER_MAX);
    cr_assert_eq(inflateInit2(&r->z, -15), Z_OK);
}

static inline void zlib_receiver_free(struct zlib_receiver *r)
{
    inflateEnd(&r->z);
    buf_free(&r->text);
}

/* zlib stops behind a final block. More may follow, and may look back: RFC 7692 7.2.3.4. */
static inline void zlib_receiver_go_on(struct zlib_receiver *r)
{
    const size_t known = r->text.len < ZLIB_PEER_WINDOW ? r->text.len : ZLIB_PEER_WINDOW;

    cr_assert_eq(inflateReset(&r->z), Z_OK);
    if (known > 0)
        cr_assert_eq(inflateSetDictionary(&r->z, r->text.ptr + r->text.len - known, (uInt)known),
                     Z_OK);
}

static inline bool zlib_receiver_part(struct zlib_receiver *r, struct bytes in)
{
    int said;

    r->z.next_in = (Bytef *)(uintptr_t)in.ptr;
    r->z.avail_in = (uInt)in.len;
    do {
        cr_assert(buf_reserve(&r->text, 4096));
        const size_t room = r->text.cap - r->text.len;
        r->z.next_out = r->text.ptr + r->text.len;
        r->z.avail_out = (uInt)room;
        said = inflate(&r->z, Z_SYNC_FLUSH);
        r->text.len += room - r->z.avail_out;
        if (said == Z_STREAM_END)
            zlib_receiver_go_on(r);
        cr_assert(said == Z_OK || said == Z_STREAM_END || said == Z_BUF_ERROR ||
                  said == Z_DATA_ERROR);
    } while (said != Z_DATA_ERROR && (r->z.avail_in > 0 || r->z.avail_out == 0));
    return said != Z_DATA_ERROR;
}

/* A whole message; *text shows what it was. False when zlib refuses it. */
static inline bool zlib_receive(struct zlib_receiver *r, struct bytes message, struct bytes *text)
{
    if (!r->takeover) {
        cr_assert_eq(inflateReset(&r->z), Z_OK);
        buf_clear(&r->text);
    }
    const size_t before = r->text.len;
    const bool ok =
        zlib_receiver_part(r, message) && zlib_receiver_part(r, BYTES_LIT("\x00\x00\xff\xff"));
    *text = bytes_skip(buf_bytes(&r->text), before);
    return ok;
}

/* A sender with settings that `r` chose. */
struct zlib_sender {
    z_stream z;
    struct rand *r;
    bool takeover;
    int window_bits, level, strategy, memory;
};

static inline void zlib_sender_init(struct zlib_sender *s, struct rand *r)
{
    *s = (struct zlib_sender){
        .r = r,
        .takeover = rand_below(r, 2),
        .window_bits = 9 + (int)rand_below(r, 7),
        .level = (int)rand_below(r, 10),
        .strategy = (int)rand_below(r, 5),
        .memory = 1 + (int)rand_below(r, 9),
    };
    cr_assert_eq(deflateInit2(&s->z, s->level, Z_DEFLATED, -s->window_bits, s->memory, s->strategy),
                 Z_OK);
}

static inline void zlib_sender_free(struct zlib_sender *s)
{
    deflateEnd(&s->z);
}

static inline void zlib_sender_part(struct zlib_sender *s, struct bytes in, int flush,
                                    struct buf *out)
{
    s->z.next_in = (Bytef *)(uintptr_t)in.ptr;
    s->z.avail_in = (uInt)in.len;
    do {
        cr_assert(buf_reserve(out, 1024));
        const size_t room = out->cap - out->len;
        s->z.next_out = out->ptr + out->len;
        s->z.avail_out = (uInt)room;
        cr_assert_neq(deflate(&s->z, flush), Z_STREAM_ERROR);
        out->len += room - s->z.avail_out;
    } while (s->z.avail_out == 0);
}

/* Either as RFC 7692 7.2.1 describes it, or with a final block and what 7.2.3.4 puts behind it. A
 * flush that has nothing to say says nothing: then the empty block is ours. */
static inline void zlib_sender_end(struct zlib_sender *s, struct bytes in, struct buf *out)
{
    const int flush[] = { Z_FINISH, Z_SYNC_FLUSH, Z_SYNC_FLUSH, Z_FULL_FLUSH };
    const int last = flush[rand_below(s->r, 4)];

    zlib_sender_part(s, in, last, out);
    if (last != Z_FINISH && out->len > 0) {
        cr_assert(out->len > 4 && memcmp(out->ptr + out->len - 4, "\x00\x00\xff\xff", 4) == 0);
        out->len -= 4;
    } else {
        cr_assert(buf_push(out, 0));
    }
    if (last == Z_FINISH || !s->takeover)
        cr_assert_eq(deflateReset(&s->z), Z_OK);
}

/* A message, flushed here and there. */
static inline void zlib_send(struct zlib_sender *s, struct bytes text, struct buf *out)
{
    const int flush[] = { Z_NO_FLUSH, Z_PARTIAL_FLUSH, Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_BLOCK };

    buf_clear(out);
    for (uint64_t parts = rand_below(s->r, 4); parts > 0; parts--) {
        const struct bytes part = bytes_take(text, (size_t)rand_below(s->r, text.len + 1));
        zlib_sender_part(s, part, flush[rand_below(s->r, 5)], out);
        text = bytes_skip(text, part.len);
    }
    zlib_sender_end(s, text, out);
}

#endif
