#include "ws/deflate.h"

#include <string.h>
#include <zlib.h>

#include "fuzz/targets/target.h"
#include "ws/walker.h"

/* What we compress: the walker has nothing against it at the window that was asked for, our
 * inflater and zlib's give it back, message for message, flushed in the middle or not. Input: the
 * window and more, then messages, each behind two bytes: length and how often it is repeated. */
#define TEXT_MAX (256u << 10)
#define WIRE_MAX (2 * TEXT_MAX)

static uint8_t text_memory[TEXT_MAX], wire_memory[WIRE_MAX], back[TEXT_MAX];

struct round {
    struct ws_deflater *deflater;
    struct ws_inflater *inflater;
    struct ws_walker walker;
    z_stream z;
    struct buf text, wire;
    bool takeover, flushes;
};

static bool repeat(struct bytes part, size_t times, struct buf *out)
{
    for (size_t i = 0; i < times; i++)
        if (!buf_append(out, part))
            return false;
    return true;
}

static bool compress_text(struct round *r)
{
    const struct bytes text = buf_bytes(&r->text);
    const size_t half = r->flushes ? text.len / 2 : 0;

    return ws_deflater_feed(r->deflater, bytes_take(text, half), &r->wire) &&
           (!r->flushes || ws_deflater_flush(r->deflater, &r->wire)) &&
           ws_deflater_feed(r->deflater, bytes_skip(text, half), &r->wire) &&
           ws_deflater_end(r->deflater, &r->wire);
}

static void check_inflater(struct round *r)
{
    enum ws_inflated status;
    struct bytes out;
    size_t len = 0;

    ws_inflater_feed(r->inflater, buf_bytes(&r->wire));
    for (int end = 0; end < 2; end++) {
        while ((status = ws_inflater_next(r->inflater, &out)) == WS_INFLATED_PIECE) {
            MUST(out.len <= r->text.len - len, "more than %zu bytes", r->text.len);
            memcpy(back + len, out.ptr, out.len);
            len += out.len;
        }
        MUST(status == WS_INFLATED_ALL || status == WS_INFLATED_NOMEM, "status %d", status);
        if (end == 0)
            ws_inflater_feed_end(r->inflater);
    }
    MUST(len == r->text.len && memcmp(back, r->text.ptr, len) == 0, "%zu bytes", len);
}

static void check_zlib(struct round *r)
{
    static const uint8_t tail[] = { 0x00, 0x00, 0xff, 0xff };

    MUST(buf_append(&r->wire, bytes_of(tail, sizeof tail)), "room");
    r->z.next_in = r->wire.ptr;
    r->z.avail_in = (uInt)r->wire.len;
    r->z.next_out = back;
    r->z.avail_out = sizeof back;
    const int said = inflate(&r->z, Z_SYNC_FLUSH);
    const size_t len = sizeof back - r->z.avail_out;
    MUST(said == Z_OK || said == Z_BUF_ERROR, "zlib says %d", said);
    MUST(r->z.avail_in == 0 && len == r->text.len && memcmp(back, r->text.ptr, len) == 0,
         "zlib has %zu of %zu bytes", len, r->text.len);
    if (!r->takeover)
        inflateReset(&r->z);
}

static void check_message(struct round *r)
{
    if (!compress_text(r))
        return; /* incompressible, and flushed to more than there is room for */
    MUST(r->wire.len > 0, "nothing");
    ws_walker_feed(&r->walker, buf_bytes(&r->wire));
    MUST(ws_walker_end(&r->walker), "the walker says %s", ws_walker_breach_name(r->walker.broken));
    MUST(r->walker.facts.len == r->text.len, "%llu bytes", (unsigned long long)r->walker.facts.len);
    check_inflater(r);
    check_zlib(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size);
    const unsigned settings = steer(&in), level = steer(&in) % 10;
    struct round r = { .takeover = settings & 8, .flushes = settings & 16 };

    if (inflateInit2(&r.z, -15) != Z_OK)
        return 0;
    ws_walker_init(&r.walker, 8 + settings % 8, r.takeover);
    r.deflater = ws_deflater_new(8 + settings % 8, r.takeover, (int)level);
    r.inflater = ws_inflater_new(r.takeover);
    while (r.deflater && r.inflater && in.len > 0) {
        const size_t len = steer(&in), times = 1 + steer(&in);
        r.text = (struct buf){ .ptr = text_memory, .cap = TEXT_MAX, .max = TEXT_MAX };
        r.wire = (struct buf){ .ptr = wire_memory, .cap = WIRE_MAX, .max = WIRE_MAX };
        MUST(repeat(bytes_take(in, len), times, &r.text), "room");
        in = bytes_skip(in, len);
        check_message(&r);
    }
    ws_deflater_free(r.deflater);
    ws_inflater_free(r.inflater);
    (void)inflateEnd(&r.z);
    return 0;
}
