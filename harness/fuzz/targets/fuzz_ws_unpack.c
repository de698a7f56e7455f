#include "ws/unpack.h"

#include <string.h>
#include <zlib.h>

#include "fuzz/targets/target.h"
#include "ws/walker.h"

/* Compressed messages of one connection: what our receiver makes of them is the same whole and
 * cut, and it is what zlib makes of them by itself, as far as zlib sees what is wrong. Input: how
 * it is cut, the window, then messages, each behind two bytes of length. */
#define TEXT_MAX (4u << 20)
#define RATIO_MAX 1000 /* no bombs: they only take time */

struct receiver {
    struct ws_unpacker *unpacker;
    uint8_t text[TEXT_MAX];
    size_t len;
    enum ws_inflated status;
};

static struct receiver whole, cut;
static uint8_t second[TEXT_MAX]; /* opinion */

static void pull(struct receiver *r)
{
    struct bytes out;

    while ((r->status = ws_unpacker_next(r->unpacker, &out)) == WS_INFLATED_PIECE) {
        MUST(out.len > 0 && out.len <= WS_INFLATE_CHUNK, "a piece of %zu", out.len);
        const size_t n = out.len < TEXT_MAX - r->len ? out.len : TEXT_MAX - r->len;
        memcpy(r->text + r->len, out.ptr, n);
        r->len += n;
    }
}

static void receive(struct receiver *r, struct bytes message, unsigned way)
{
    r->len = 0;
    r->status = WS_INFLATED_ALL;
    for (size_t at = 0, n; (n = cut_next(way, at, message.len - at)) > 0; at += n) {
        ws_unpacker_feed(r->unpacker, bytes_of(message.ptr + at, n));
        pull(r);
        if (r->status != WS_INFLATED_ALL)
            return;
    }
    ws_unpacker_feed_end(r->unpacker);
    pull(r);
}

/* zlib's inflate with nothing around it. False: it refuses. It stops behind a final block, and
 * where its room ends. */
static bool zlib_inflate(z_stream *z, struct bytes in)
{
    z->next_in = (Bytef *)(uintptr_t)in.ptr;
    z->avail_in = (uInt)in.len;
    const int said = inflate(z, Z_SYNC_FLUSH);
    return said == Z_OK || said == Z_STREAM_END || said == Z_BUF_ERROR;
}

/* A message that stands alone, held against zlib. */
static void check_zlib(struct bytes message, const struct receiver *r)
{
    z_stream z = { .next_out = second, .avail_out = TEXT_MAX };
    struct ws_walker w;

    if (inflateInit2(&z, -15) != Z_OK)
        return;
    ws_walker_init(&w, 15, false);
    ws_walker_feed(&w, message);
    ws_walker_end(&w);
    const bool taken = zlib_inflate(&z, message) && zlib_inflate(&z, BYTES_LIT("\x00\x00\xff\xff"));
    const size_t len = TEXT_MAX - z.avail_out;
    const bool all = (z.avail_in == 0 || !taken) && len < TEXT_MAX;
    (void)inflateEnd(&z);
    if (!all)
        return; /* a final block with more behind it, or a bomb */
    MUST(taken || w.broken, "the walker takes what zlib refuses");
    MUST(w.broken >= WS_WALKER_PADDING || w.broken == WS_WALKER_LENGTHS_INCOMPLETE ||
             taken == !w.broken,
         "the walker says %s, zlib takes it", ws_walker_breach_name(w.broken));
    MUST(w.broken || w.facts.len == len, "%llu bytes, zlib has %zu",
         (unsigned long long)w.facts.len, len);
    MUST(r->len <= len && memcmp(r->text, second, r->len) == 0, "%zu bytes of zlib's %zu", r->len,
         len);
    MUST(r->status != WS_INFLATED_ALL || (r->len == len && taken), "%zu bytes of zlib's %zu",
         r->len, len);
}

static void compare(void)
{
    const struct violation a = ws_unpacker_why(whole.unpacker), b = ws_unpacker_why(cut.unpacker);

    MUST(whole.status == cut.status, "status %d whole, %d cut", whole.status, cut.status);
    MUST(whole.len == cut.len && memcmp(whole.text, cut.text, whole.len) == 0, "%zu, %zu bytes",
         whole.len, cut.len);
    MUST(a.rule == b.rule && a.at == b.at, "%s at %llu whole, %s at %llu cut",
         ws_rule_row(a.rule)->name, (unsigned long long)a.at, ws_rule_row(b.rule)->name,
         (unsigned long long)b.at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size);
    const unsigned way = steer(&in), window = steer(&in);
    const struct ws_unpack_options options = {
        .way = { .bits = (uint8_t)(8 + window % 8), .takeover = window & 8 },
        .from_client = window & 16,
        .ratio_max = window & 32 ? 20 : RATIO_MAX,
    };

    whole.unpacker = ws_unpacker_new(&options);
    cut.unpacker = ws_unpacker_new(&options);
    for (size_t n = 0; in.len > 0 && whole.unpacker && cut.unpacker; n++) {
        const size_t len = steer(&in) | (size_t)steer(&in) << 8;
        const struct bytes message = bytes_take(in, len);
        in = bytes_skip(in, len);
        receive(&whole, message, CUT_WHOLE);
        receive(&cut, message, way);
        compare();
        if (n == 0 || !options.way.takeover)
            check_zlib(message, &whole);
        if (whole.status != WS_INFLATED_ALL)
            break;
    }
    ws_unpacker_free(whole.unpacker);
    ws_unpacker_free(cut.unpacker);
    return 0;
}
