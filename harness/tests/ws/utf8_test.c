#include "support/guard.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/rand.h"
#include "support/cut.h"
#include "ws/utf8.h"

/* What is valid, found without Table 3-7: all scalar values are encoded, and the set of their
 * beginnings decides which byte may come next. */
struct prefixes {
    uint8_t *seen; /* one byte for each beginning of up to three bytes */
};

#define PREFIXES ((size_t)1 << 25)

/* Bytes so far behind a leading 1, so that 41 and 00 41 differ. */
static size_t place(const uint8_t *p, size_t len)
{
    size_t n = 1;

    for (size_t i = 0; i < len; i++)
        n = n << 8 | p[i];
    return n;
}

static size_t encode(uint32_t c, uint8_t out[4])
{
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        return 1;
    }
    const size_t len = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = len; i-- > 1; c >>= 6)
        out[i] = (uint8_t)(0x80 | (c & 0x3F));
    out[0] = (uint8_t)((0xF00 >> len & 0xFF) | c);
    return len;
}

static struct prefixes all_characters(void)
{
    struct prefixes all = { calloc(PREFIXES, 1) };
    uint8_t text[4];

    cr_assert(all.seen);
    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        if (c >= 0xD800 && c <= 0xDFFF)
            continue;
        const size_t len = encode(c, text);
        for (size_t n = 1; n < len; n++)
            all.seen[place(text, n)] = 1;
        if (len < 4)
            all.seen[place(text, len)] = 2;
    }
    return all;
}

/* Index of the first byte that cannot be, or `len`. */
static size_t refused_at(const struct prefixes *all, const uint8_t *p, size_t len)
{
    size_t start = 0;

    for (size_t i = 0; i < len; i++) {
        if (i - start == 3) { /* fourth bytes: any that continues */
            if ((p[i] & 0xC0) != 0x80)
                return i;
            start = i + 1;
            continue;
        }
        switch (all->seen[place(p + start, i + 1 - start)]) {
        case 0: return i;
        case 2: start = i + 1; break;
        default: break;
        }
    }
    return len;
}

static void expect_verdict(const struct prefixes *all, const uint8_t *p, size_t len)
{
    struct ws_utf8 u = { 0 };
    const size_t bad = refused_at(all, p, len);
    const bool ok = ws_utf8_feed_plain(&u, bytes_of(p, len));

    if (ok != (bad == len) || u.at != bad)
        cr_assert_fail("%02x %02x %02x %02x: refused at %llu, not %zu", p[0], p[1], p[2],
                       len > 3 ? p[3] : 0, (unsigned long long)u.at, bad);
}

Test(ws_utf8, refuses_the_first_byte_that_no_text_can_go_on_with)
{
    struct prefixes all = all_characters();
    uint8_t p[4];

    for (uint32_t n = 0x7F0000; n <= 0xFFFFFF; n++) {
        p[0] = (uint8_t)(n >> 16);
        p[1] = (uint8_t)(n >> 8);
        p[2] = (uint8_t)n;
        expect_verdict(&all, p, 3);
    }
    for (uint32_t n = 0xEF0000; n <= 0xF5FFFF; n += 3) {
        static const uint8_t fourth[] = { 0x7F, 0x80, 0xBF, 0xC0 };
        p[0] = (uint8_t)(n >> 16);
        p[1] = (uint8_t)(n >> 8);
        p[2] = (uint8_t)n;
        for (size_t i = 0; i < sizeof fourth; i++) {
            p[3] = fourth[i];
            expect_verdict(&all, p, 4);
        }
    }
    free(all.seen);
}

Test(ws_utf8, accepts_every_character_and_none_cut_short)
{
    uint8_t text[4];

    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        if (c >= 0xD800 && c <= 0xDFFF)
            continue;
        const size_t len = encode(c, text);
        cr_assert(ws_utf8_valid(bytes_of(text, len)), "U+%04X", c);
        for (size_t cut = 1; cut < len; cut++) {
            struct ws_utf8 u = { 0 };
            cr_assert(ws_utf8_feed(&u, bytes_of(text, cut)), "U+%04X", c);
            cr_assert_not(ws_utf8_complete(&u), "U+%04X", c);
        }
    }
    cr_assert(ws_utf8_valid(BYTES_LIT("")));
    cr_assert_not(ws_utf8_valid(BYTES_LIT("a\xc3")));
    cr_assert_not(ws_utf8_valid(BYTES_LIT("a\xff")));
}

Test(ws_utf8, stays_broken)
{
    struct ws_utf8 u = { 0 }, plain = { 0 };

    cr_assert_not(ws_utf8_feed(&u, BYTES_LIT("ab\xff"
                                             "cd")));
    cr_assert_eq(u.at, 2);
    cr_assert_not(ws_utf8_feed(&u, BYTES_LIT("good")));
    cr_assert_eq(u.at, 2);
    cr_assert_not(ws_utf8_complete(&u));
    cr_assert_not(ws_utf8_feed_plain(&plain, BYTES_LIT("\x80")));
    cr_assert_not(ws_utf8_feed_plain(&plain, BYTES_LIT("good")));
}

/* Runs of ASCII and of longer characters, long enough to pass every block size. */
static size_t random_text(struct rand *r, uint8_t *out, size_t room)
{
    static const uint32_t limits[] = { 0x80, 0x800, 0xD800, 0x110000 };
    size_t len = 0;

    while (len + 4 <= room) {
        const uint32_t limit = limits[rand_below(r, 4)];
        for (uint64_t run = rand_below(r, 40); run > 0 && len + 4 <= room; run--) {
            const uint32_t c = (uint32_t)rand_below(r, limit);
            len += encode(c >= 0xD800 && c <= 0xDFFF ? 'x' : c, out + len);
        }
    }
    return len;
}

static void expect_same(struct bytes text)
{
    struct guard g = guard_copy(text);
    struct ws_utf8 plain = { 0 };
    const bool ok = ws_utf8_feed_plain(&plain, text);

    FOR_EACH_CUT(text.len, cut)
    {
        struct ws_utf8 u = { 0 };
        bool fast = true;
        for (size_t at = 0, n; (n = cut_next(&cut, at)) > 0; at += n)
            fast = ws_utf8_feed(&u, bytes_of(g.ptr + at, n));
        cr_assert_eq(fast, ok);
        cr_assert_eq(u.at, plain.at);
        cr_assert_eq(ws_utf8_complete(&u), ws_utf8_complete(&plain));
    }
    guard_free(&g);
}

Test(ws_utf8, fast_and_plain_agree_under_every_cut)
{
    uint8_t text[160];
    struct rand r;

    rand_init(&r, 2);
    for (int round = 0; round < 500; round++) {
        const size_t len = random_text(&r, text, 5 + rand_below(&r, sizeof text - 4));
        expect_same(bytes_of(text, len));
        if (len == 0)
            continue;
        text[rand_below(&r, len)] = (uint8_t)rand_next(&r);
        expect_same(bytes_of(text, len));
        expect_same(bytes_of(text, rand_below(&r, len)));
    }
}
