#include "ws/unpack.h"

#include "support/cut.h"

#include <criterion/criterion.h>

#include "ws/deflate.h"

/* A message of that many equal bytes, compressed. */
static void make_bomb(size_t len, struct buf *out)
{
    static uint8_t text[1u << 20];
    struct ws_deflater *d = ws_deflater_new(15, false, 6);

    cr_assert(d && ws_deflater_feed(d, bytes_of(text, len), out) && ws_deflater_end(d, out));
    ws_deflater_free(d);
}

/* All that comes out before it is refused. */
static size_t refused_after(struct bytes in, const struct cut *cut, struct violation *why)
{
    const struct ws_unpack_options options = { .way = { .bits = 15 }, .ratio_max = 20 };
    struct ws_unpacker *u = ws_unpacker_new(&options);
    enum ws_inflated status = WS_INFLATED_ALL;
    struct bytes piece;
    size_t len = 0;

    cr_assert(u);
    for (size_t at = 0, n; status == WS_INFLATED_ALL && (n = cut_next(cut, at)) > 0; at += n) {
        ws_unpacker_feed(u, bytes_of(in.ptr + at, n));
        while ((status = ws_unpacker_next(u, &piece)) == WS_INFLATED_PIECE)
            len += piece.len;
    }
    cr_assert_eq(status, WS_INFLATED_BROKEN);
    *why = ws_unpacker_why(u);
    ws_unpacker_free(u);
    return len;
}

Test(ws_unpack, tells_a_ratio_at_the_same_byte_however_it_was_cut)
{
    struct violation why;
    struct buf bomb;

    buf_init(&bomb, 1u << 16);
    make_bomb(1u << 20, &bomb);
    FOR_EACH_CUT(bomb.len, cut)
    {
        cr_expect_eq(refused_after(buf_bytes(&bomb), &cut, &why), 65536, "cut %zu", cut.way);
        cr_expect_eq(why.rule, WS_RULE_LIMIT_RATIO);
        cr_expect_eq(why.at, 0, "cut %zu: at %llu", cut.way, (unsigned long long)why.at);
    }
    buf_free(&bomb);
}
