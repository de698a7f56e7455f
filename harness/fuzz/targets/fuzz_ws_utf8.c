#include "ws/utf8.h"

#include "fuzz/targets/target.h"

/* The fast check against the plain one, whole and cut, and against the definition of UTF-8, spelled
 * out here by code points: RFC 3629 3. */

static bool is_continuation(struct bytes in, size_t i)
{
    return i < in.len && (in.ptr[i] & 0xC0) == 0x80;
}

/* Bytes of the character in front; 0: that is none. */
static size_t character(struct bytes in)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    const uint8_t first = in.ptr[0];
    const size_t len = first < 0x80   ? 1
                       : first < 0xC0 ? 0
                       : first < 0xE0 ? 2
                       : first < 0xF0 ? 3
                                      : 4;
    uint32_t point = first & (0x7Fu >> (len > 1 ? len : 0));

    for (size_t i = 1; i < len; i++) {
        if (!is_continuation(in, i))
            return 0;
        point = point << 6 | (in.ptr[i] & 0x3F);
    }
    if (first >= 0xF8 || point > 0x10FFFF || point < least[len] || (point >> 11) == 0xD800 >> 11)
        return 0;
    return len;
}

/* Bytes in front that are whole characters. */
static size_t valid_len(struct bytes in)
{
    size_t at = 0, len;

    while (at < in.len && (len = character(bytes_skip(in, at))) > 0)
        at += len;
    return at;
}

/* The fast one against the plain one, and cut. */
static void check_ways(struct bytes in, unsigned way, struct ws_utf8 *fast)
{
    struct ws_utf8 plain = { 0 }, cut = { 0 };

    const bool ok = ws_utf8_feed(fast, in);
    MUST(ok == ws_utf8_feed_plain(&plain, in), "fast says %d", ok);
    for (size_t at = 0, n; (n = cut_next(way, at, in.len - at)) > 0; at += n)
        MUST(ws_utf8_feed(&cut, bytes_of(in.ptr + at, n)) || !ok, "cut: at %zu", at);
    MUST(fast->at == plain.at && fast->at == cut.at, "at %llu, plain %llu, cut %llu",
         (unsigned long long)fast->at, (unsigned long long)plain.at, (unsigned long long)cut.at);
    MUST(fast->broken == !ok && plain.broken == !ok && cut.broken == !ok, "ok %d", ok);
    MUST(ws_utf8_complete(&plain) == ws_utf8_complete(&cut), "plain against cut");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size);
    const unsigned way = steer(&in);
    const size_t right = valid_len(in);
    struct ws_utf8 fast = { 0 };

    check_ways(in, way, &fast);
    MUST(ws_utf8_complete(&fast) == (right == in.len), "characters end at %zu of %zu", right,
         in.len);
    MUST(fast.at >= right && fast.at <= right + 3, "at %llu, characters end at %zu",
         (unsigned long long)fast.at, right);
    MUST(ws_utf8_valid(in) == ws_utf8_complete(&fast), "whole");
    return 0;
}
