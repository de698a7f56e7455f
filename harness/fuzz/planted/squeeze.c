#include "fuzz/planted/squeeze.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "fuzz/planted/bug.h"

#define CHUNK 16384

struct squeeze {
    struct params params;
    z_stream pack, *unpack;
    z_stream unpack_room;
};

struct squeeze *squeeze_new(const struct params *params)
{
    struct squeeze *s = calloc(1, sizeof *s);

    if (!s)
        exit(1);
    s->params = *params;
    s->unpack = &s->unpack_room;
    if (deflateInit2(&s->pack, 1, Z_DEFLATED, -params->ours_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK ||
        inflateInit2(s->unpack, -params->theirs_bits) != Z_OK)
        exit(1);
    return s;
}

void squeeze_free(struct squeeze *s)
{
    if (!s)
        return;
    deflateEnd(&s->pack);
    inflateEnd(&s->unpack_room);
    free(s);
}

void squeeze_pack(struct squeeze *s, const uint8_t *bytes, size_t len, struct store *out)
{
    uint8_t room[CHUNK];

    s->pack.next_in = (Bytef *)(uintptr_t)bytes;
    s->pack.avail_in = (uInt)len;
    do {
        s->pack.next_out = room;
        s->pack.avail_out = sizeof room;
        deflate(&s->pack, Z_SYNC_FLUSH);
        store_add(out, room, sizeof room - s->pack.avail_out);
    } while (s->pack.avail_out == 0);
    out->len -= 4; /* 00 00 FF FF */
    if (s->params.ours_alone)
        deflateReset(&s->pack);
}

/* Behind a final block there may be more. What came before can still be referred to. */
static bool begin_anew(z_stream *z)
{
    uint8_t window[32768];
    uInt len = sizeof window;

    return inflateGetDictionary(z, window, &len) == Z_OK && inflateReset(z) == Z_OK &&
           inflateSetDictionary(z, window, len) == Z_OK;
}

enum squeeze_result squeeze_unpack(struct squeeze *s, const uint8_t *bytes, size_t len, size_t max,
                                   struct store *out)
{
    z_stream *z = s->unpack;
    uint8_t room[CHUNK];
    int told;

    z->next_in = (Bytef *)(uintptr_t)bytes;
    z->avail_in = (uInt)len;
    do {
        z->next_out = room;
        z->avail_out = sizeof room;
        told = inflate(z, Z_SYNC_FLUSH);
        size_t more = sizeof room - z->avail_out;
        if (max - out->len < more)
            return SQUEEZE_TOO_LONG;
        store_add(out, room, more);
        if (told == Z_STREAM_END && !begin_anew(z))
            return SQUEEZE_BROKEN;
        if (told != Z_OK && told != Z_STREAM_END && told != Z_BUF_ERROR)
            return SQUEEZE_BROKEN;
    } while (told == Z_STREAM_END ? z->avail_in > 0 : z->avail_out == 0);
    return SQUEEZE_OK;
}

enum squeeze_result squeeze_finish(struct squeeze *s, size_t max, struct store *out)
{
    enum squeeze_result result =
        squeeze_unpack(s, (const uint8_t *)"\x00\x00\xff\xff", 4, max, out);

    /* zlib waits for more of a block that ends too early; 128: it is behind one, 64: in the last.
     */
    if (result == SQUEEZE_OK && !(s->unpack->data_type & (128 | 64)))
        result = SQUEEZE_BROKEN;
    if (s->params.theirs_alone && bug_is(BUG_SECOND_OF_NO_TAKEOVER))
        s->unpack = NULL;
    else if (s->params.theirs_alone)
        inflateReset(s->unpack);
    return result;
}
