#include "ws/deflate.h"

#include <criterion/criterion.h>
#include <string.h>
#include <zlib.h>

#include "deflated.h"
#include "support/cut.h"
#include "support/heap.h"

static struct buf new_buf(void)
{
    struct buf b;

    buf_init(&b, DEFLATED_MAX);
    return b;
}

static void pack(struct ws_deflater *d, struct bytes plain, struct buf *out)
{
    buf_clear(out);
    cr_assert(ws_deflater_feed(d, plain, out));
    cr_assert(ws_deflater_end(d, out));
}

/* All that comes out for what was fed last. */
static enum ws_inflated pull(struct ws_inflater *i, struct buf *out)
{
    enum ws_inflated status;
    struct bytes piece;

    while ((status = ws_inflater_next(i, &piece)) == WS_INFLATED_PIECE) {
        cr_assert(piece.len > 0 && piece.len <= WS_INFLATE_CHUNK);
        if (!buf_append(out, piece))
            return WS_INFLATED_NOMEM;
    }
    return status;
}

/* A whole message, into an empty `out`; ALL when it is one. */
static enum ws_inflated unpack(struct ws_inflater *i, struct bytes packed, struct buf *out)
{
    buf_clear(out);
    ws_inflater_feed(i, packed);
    enum ws_inflated status = pull(i, out);
    if (status != WS_INFLATED_ALL)
        return status;
    ws_inflater_feed_end(i);
    return pull(i, out);
}

static void expect_message(struct ws_inflater *i, struct bytes packed, struct bytes plain)
{
    struct buf out = new_buf();

    cr_assert_eq(unpack(i, packed, &out), WS_INFLATED_ALL);
    cr_assert(bytes_eq(buf_bytes(&out), plain), "%zu bytes instead of %zu", out.len, plain.len);
    buf_free(&out);
}

/* -- there and back -- */

static const size_t sizes[] = { 0, 1, 2, 100, 32768, 65536, 300000 };
#define SIZES (sizeof sizes / sizeof *sizes)

/* One connection: every size and kind of message, each twice. The inflater is told to forget when
 * the deflater is, so a reference back would be found. */
static void go_through(unsigned bits, bool takeover, int level)
{
    struct ws_deflater *d = ws_deflater_new(bits, takeover, level);
    struct ws_inflater *i = ws_inflater_new(takeover);
    struct buf plain = new_buf(), packed = new_buf();

    cr_assert(d && i);
    for (size_t n = 0; n < SIZES * DEFLATED_KINDS * 2; n++) {
        deflated_fill((enum deflated_kind)(n / 2 / SIZES), sizes[n / 2 % SIZES], &plain);
        pack(d, buf_bytes(&plain), &packed);
        cr_assert_gt(packed.len, 0);
        expect_message(i, buf_bytes(&packed), buf_bytes(&plain));
    }
    buf_free(&plain);
    buf_free(&packed);
    ws_deflater_free(d);
    ws_inflater_free(i);
}

Test(ws_deflate, what_was_deflated_inflates_for_every_window)
{
    for (unsigned bits = WS_DEFLATE_BITS_MIN; bits <= WS_DEFLATE_BITS_MAX; bits++) {
        go_through(bits, true, 1);
        go_through(bits, false, 1);
    }
}

Test(ws_deflate, what_was_deflated_inflates_for_every_level)
{
    for (int level = 0; level <= 9; level += 3) {
        go_through(8, true, level);
        go_through(15, false, level);
    }
}

/* -- what a message looks like -- */

#define TAIL BYTES_LIT("\0\0\xff\xff")

static bool ends_with(struct bytes in, struct bytes end)
{
    return in.len >= end.len && bytes_eq(bytes_skip(in, in.len - end.len), end);
}

/* Whatever the message, zlib's flush is an empty stored block: its header stays, at least a byte of
 * three zero bits behind the data. */
Test(ws_deflate, the_tail_is_not_sent)
{
    struct ws_deflater *d = ws_deflater_new(15, true, WS_DEFLATE_LEVEL);
    struct buf plain = new_buf(), packed = new_buf(), whole = new_buf();
    z_stream z = { 0 };

    cr_assert(d);
    cr_assert_eq(deflateInit2(&z, WS_DEFLATE_LEVEL, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
    for (size_t n = 1; n < 1000; n += 13) { /* zlib itself, in one call, is the measure */
        deflated_fill(WORDS, n, &plain);
        pack(d, buf_bytes(&plain), &packed);
        cr_assert(buf_append(&packed, TAIL) && buf_reserve(&whole, 10000));
        z.next_in = plain.ptr;
        z.avail_in = (uInt)plain.len;
        z.next_out = whole.ptr;
        z.avail_out = 10000;
        cr_assert_eq(deflate(&z, Z_SYNC_FLUSH), Z_OK);
        cr_assert(bytes_eq(buf_bytes(&packed), bytes_of(whole.ptr, 10000 - z.avail_out)));
    }
    deflateEnd(&z);
    buf_free(&plain);
    buf_free(&packed);
    buf_free(&whole);
    ws_deflater_free(d);
}

Test(ws_deflate, packs_as_the_examples_of_the_rfc_do)
{
    struct ws_deflater *d = ws_deflater_new(15, true, WS_DEFLATE_LEVEL);
    struct buf out = new_buf();

    cr_assert(d);
    pack(d, BYTES_LIT("Hello"), &out);
    cr_assert(bytes_eq(buf_bytes(&out), BYTES_LIT(HELLO_FIXED)));
    pack(d, BYTES_LIT("Hello"), &out);
    cr_assert(bytes_eq(buf_bytes(&out), BYTES_LIT(HELLO_AGAIN)));
    ws_deflater_forget(d);
    pack(d, BYTES_LIT("Hello"), &out);
    cr_assert(bytes_eq(buf_bytes(&out), BYTES_LIT(HELLO_FIXED)));
    pack(d, BYTES_LIT(""), &out);
    cr_assert(bytes_eq(buf_bytes(&out), BYTES_LIT("\0")));
    ws_deflater_free(d);
    d = ws_deflater_new(15, false, WS_DEFLATE_LEVEL);
    cr_assert(d);
    for (int n = 0; n < 2; n++) {
        pack(d, BYTES_LIT("Hello"), &out);
        cr_assert(bytes_eq(buf_bytes(&out), BYTES_LIT(HELLO_FIXED)));
    }
    buf_free(&out);
    ws_deflater_free(d);
}

/* A message begun and never ended leaves nothing behind either. */
Test(ws_deflate, forgets_what_was_never_finished)
{
    struct ws_deflater *d = ws_deflater_new(15, true, WS_DEFLATE_LEVEL);
    struct buf out = new_buf();

    cr_assert(d);
    cr_assert(ws_deflater_feed(d, BYTES_LIT("Hello, half a mess"), &out));
    ws_deflater_forget(d);
    pack(d, BYTES_LIT(""), &out);
    cr_assert(bytes_eq(buf_bytes(&out), BYTES_LIT("\0")));
    pack(d, BYTES_LIT("Hello"), &out);
    cr_assert(bytes_eq(buf_bytes(&out), BYTES_LIT(HELLO_FIXED)));
    buf_free(&out);
    ws_deflater_free(d);
}

/* RFC 7692 7.2.1: a fragment that is not the last keeps its tail; 7.2.3.6: a last one with nothing
 * left to say is 00. */
Test(ws_deflate, fragments_keep_the_tail)
{
    struct ws_deflater *d = ws_deflater_new(15, true, WS_DEFLATE_LEVEL);
    struct ws_inflater *i = ws_inflater_new(true);
    struct buf packed = new_buf();

    cr_assert(d && i);
    cr_assert(ws_deflater_feed(d, BYTES_LIT("He"), &packed));
    cr_assert(ws_deflater_flush(d, &packed));
    cr_assert(bytes_eq(buf_bytes(&packed), BYTES_LIT("\xf2\x48\x05\x00\x00\x00\xff\xff")));
    cr_assert(ws_deflater_feed(d, BYTES_LIT("llo"), &packed));
    cr_assert(ws_deflater_flush(d, &packed));
    cr_assert(ends_with(buf_bytes(&packed), TAIL));
    const size_t before = packed.len;
    cr_assert(ws_deflater_end(d, &packed));
    cr_assert_eq(packed.len, before + 1);
    cr_assert_eq(packed.ptr[before], 0x00);
    expect_message(i, buf_bytes(&packed), BYTES_LIT("Hello"));
    buf_free(&packed);
    ws_deflater_free(d);
    ws_inflater_free(i);
}

/* The flush comes out once, however the end of the room it is written to falls. */
Test(ws_deflate, one_flush_is_one_empty_block)
{
    static const uint8_t zeroes[16384 + 64];

    for (size_t len = 16384 - 64; len <= sizeof zeroes; len++) {
        struct ws_deflater *d = ws_deflater_new(15, true, 0); /* stored: sizes are known */
        struct buf packed = new_buf();
        cr_assert(d);
        pack(d, bytes_of(zeroes, len), &packed);
        const size_t blocks = (packed.len - len) / 5;
        cr_assert_eq(packed.len, len + blocks * 5 + 1);
        cr_assert_leq(blocks, 3, "%zu bytes in %zu blocks", len, blocks);
        cr_assert_not(bytes_find(buf_bytes(&packed), BYTES_LIT("\0\0\0\xff\xff\0")) < packed.len,
                      "an empty block before the last, for %zu bytes", len);
        buf_free(&packed);
        ws_deflater_free(d);
    }
}

/* What may be written is bounded; less room than a chunk is no reason to refuse. */
Test(ws_deflate, writes_into_what_room_there_is)
{
    struct ws_deflater *d = ws_deflater_new(15, true, WS_DEFLATE_LEVEL);
    struct buf out, plain = new_buf();

    cr_assert(d);
    buf_init(&out, 16);
    pack(d, BYTES_LIT("Hello"), &out);
    cr_assert(bytes_eq(buf_bytes(&out), BYTES_LIT(HELLO_FIXED)));
    deflated_fill(RANDOM, 100, &plain);
    buf_clear(&out);
    cr_assert_not(ws_deflater_feed(d, buf_bytes(&plain), &out) && ws_deflater_end(d, &out));
    cr_assert_leq(out.len, 16);
    buf_free(&out);
    buf_free(&plain);
    ws_deflater_free(d);
}

/* -- windows -- */

/* Does each distance stay within 2^bits? zlib's inflate looks at that where it has to copy from its
 * window: always, when there is room for one byte at a time. */
static bool stays_within(unsigned bits, struct bytes packed)
{
    z_stream z = { 0 };
    int status = Z_OK;

    cr_assert_eq(inflateInit2(&z, -(int)bits), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)packed.ptr;
    z.avail_in = (uInt)packed.len;
    while (status == Z_OK) {
        uint8_t byte;
        z.next_out = &byte;
        z.avail_out = 1;
        status = inflate(&z, Z_SYNC_FLUSH);
    }
    inflateEnd(&z);
    return status == Z_BUF_ERROR; /* all was taken */
}

static void pack_all(unsigned bits, enum deflated_kind kind, struct buf *packed)
{
    struct ws_deflater *d = ws_deflater_new(bits, true, 9);
    struct buf plain = new_buf();

    cr_assert(d);
    buf_clear(packed);
    for (int n = 0; n < 3; n++) {
        deflated_fill(kind, 40000, &plain);
        cr_assert(ws_deflater_feed(d, buf_bytes(&plain), packed));
        cr_assert(ws_deflater_flush(d, packed));
    }
    buf_free(&plain);
    ws_deflater_free(d);
}

Test(ws_deflate, no_distance_passes_the_window)
{
    struct buf packed = new_buf();

    for (unsigned bits = 8; bits <= 15; bits++) {
        for (enum deflated_kind kind = 0; kind < DEFLATED_KINDS; kind++) {
            pack_all(bits, kind, &packed);
            cr_assert(stays_within(bits, buf_bytes(&packed)), "kind %d with %u bits", (int)kind,
                      bits);
        }
    }
    pack_all(10, PERIOD_300, &packed); /* and that would be seen */
    cr_assert_not(stays_within(8, buf_bytes(&packed)));
    pack_all(15, WORDS, &packed);
    cr_assert_not(stays_within(14, buf_bytes(&packed)));
    buf_free(&packed);
}

/* -- what may come -- */

#define HELLO BYTES_LIT("Hello")

static const struct {
    struct bytes packed, plain;
} good[] = {
    { BYTES_LIT(HELLO_FIXED), HELLO },
    { BYTES_LIT(HELLO_AGAIN), HELLO },
    { BYTES_LIT(HELLO_STORED), HELLO },
    { BYTES_LIT(HELLO_AGAIN), HELLO },
    { BYTES_LIT(HELLO_FINAL), HELLO },
    { BYTES_LIT(HELLO_AGAIN), HELLO }, /* across a final block */
    { BYTES_LIT(HELLO_TWO_BLOCKS), HELLO },
    { BYTES_LIT("\x00"), BYTES_LIT("") },
    { BYTES_LIT("\x02\x00"), BYTES_LIT("") },     /* an empty fixed block before it */
    { BYTES_LIT("\x03\x00\x00"), BYTES_LIT("") }, /* a final one */
    { BYTES_LIT("\x01"), BYTES_LIT("") },         /* the last block itself is final */
    { BYTES_LIT(HELLO_AGAIN), HELLO },
    { BYTES_LIT("\xf3\x48\xcd\xc9\xc9\x07\x00" HELLO_FIXED), BYTES_LIT("HelloHello") },
    { BYTES_LIT("\xf3\x48\xcd\xc9\xc9\x07\x00" HELLO_AGAIN), BYTES_LIT("HelloHello") },
};

Test(ws_deflate, inflates_all_that_the_rfc_allows)
{
    struct ws_inflater *i = ws_inflater_new(true);

    cr_assert(i);
    for (size_t n = 0; n < sizeof good / sizeof *good; n++)
        expect_message(i, good[n].packed, good[n].plain);
    ws_inflater_free(i);
}

Test(ws_deflate, without_takeover_nothing_is_behind_a_message)
{
    static const struct bytes first[] = {
        BYTES_LIT(HELLO_FIXED),
        BYTES_LIT(HELLO_FINAL),
        BYTES_LIT("\x00\x05\x00\xfa\xffHello\x01"),
    };
    struct buf out = new_buf();

    for (size_t n = 0; n < sizeof first / sizeof *first; n++) {
        struct ws_inflater *i = ws_inflater_new(false);
        cr_assert(i);
        expect_message(i, first[n], HELLO);
        expect_message(i, first[n], HELLO);
        cr_assert_eq(unpack(i, BYTES_LIT(HELLO_AGAIN), &out), WS_INFLATED_BROKEN, "row %zu", n);
        ws_inflater_free(i);
    }
    buf_free(&out);
}

/* -- what may not -- */

static const struct {
    const char *what;
    struct bytes packed;
    const char *plain; /* what comes out before it is found */
} bad[] = {
    { "the reserved block type", BYTES_LIT("\x06"), "" },
    { "it behind a good block", BYTES_LIT("\xf3\x48\xcd\xc9\xc9\x07\x00\x07"), "Hello" },
    { "a stored block's length and its complement differ", BYTES_LIT("\x00\x05\x00\xfa\xfeHello"),
      "" },
    { "a distance before the start", BYTES_LIT(HELLO_AGAIN), "H" },
    { "lengths of a code that cannot be", BYTES_LIT("\x04\xff\xff\xff\xff"), "" },
    { "the empty payload", BYTES_LIT(""), "" },
    { "no end of block", BYTES_LIT("\xf2\x48\xcd"), "He" },
    { "a stored block without its data", BYTES_LIT("\x00\x05\x00\xfa\xff"), "" },
    { "one that lacks a byte", BYTES_LIT("\x00\x05\x00\xfa\xffHell"), "Hell" },
    { "one that would take the tail for data", BYTES_LIT("\x00\x04\x00\xfb\xff"), "" },
    { "a final one that would", BYTES_LIT("\x01\x05\x00\xfa\xffH"), "H" },
    { "a tail that was sent", BYTES_LIT("\xf2\x48\xcd\xc9\xc9\x07\x00\x00\x00\xff\xff"), "Hello" },
    { "no block behind a final one", BYTES_LIT("\xf3\x48\xcd\xc9\xc9\x07\x00"), "Hello" },
};

Test(ws_deflate, finds_what_is_no_message)
{
    for (size_t n = 0; n < sizeof bad / sizeof *bad; n++) {
        FOR_EACH_CUT(bad[n].packed.len, cut)
        {
            struct ws_inflater *i = ws_inflater_new(true);
            struct buf out = new_buf();
            enum ws_inflated status = WS_INFLATED_ALL;
            cr_assert(i);
            for (size_t at = 0, len; (len = cut_next(&cut, at)) > 0; at += len) {
                ws_inflater_feed(i, bytes_of(bad[n].packed.ptr + at, len));
                status = pull(i, &out);
            }
            if (status == WS_INFLATED_ALL)
                ws_inflater_feed_end(i);
            cr_assert_eq(pull(i, &out), WS_INFLATED_BROKEN, "%s", bad[n].what);
            cr_assert(bytes_eq_str(buf_bytes(&out), bad[n].plain), "%s: %.*s", bad[n].what,
                      BYTES_ARG(buf_bytes(&out)));
            ws_inflater_feed(i, BYTES_LIT(HELLO_FIXED));
            cr_assert_eq(pull(i, &out), WS_INFLATED_BROKEN, "for good");
            buf_free(&out);
            ws_inflater_free(i);
        }
    }
}

/* Random bytes are taken or refused, the same for every cut. */
Test(ws_deflate, garbage_does_no_harm_and_is_judged_alike_for_every_cut)
{
    struct rand rand;

    rand_init(&rand, 7692);
    for (int n = 0; n < 2000; n++) {
        uint8_t garbage[40];
        struct buf whole = new_buf(), pieces = new_buf();
        struct ws_inflater *a = ws_inflater_new(true), *b = ws_inflater_new(true);
        cr_assert(a && b);
        rand_fill(&rand, garbage, sizeof garbage);
        enum ws_inflated status = unpack(a, bytes_of(garbage, sizeof garbage), &whole);
        enum ws_inflated in_pieces = WS_INFLATED_ALL;
        for (size_t at = 0; at < sizeof garbage && in_pieces == WS_INFLATED_ALL; at++) {
            ws_inflater_feed(b, bytes_of(garbage + at, 1));
            in_pieces = pull(b, &pieces);
        }
        if (in_pieces == WS_INFLATED_ALL) {
            ws_inflater_feed_end(b);
            in_pieces = pull(b, &pieces);
        }
        cr_assert_eq(status, in_pieces, "%d", n);
        cr_assert(bytes_eq(buf_bytes(&whole), buf_bytes(&pieces)), "%d", n);
        buf_free(&whole);
        buf_free(&pieces);
        ws_inflater_free(a);
        ws_inflater_free(b);
    }
}

Test(ws_deflate, a_cut_changes_nothing)
{
    struct ws_deflater *d = ws_deflater_new(12, true, 9);
    struct buf plain = new_buf(), packed = new_buf(), out = new_buf();

    cr_assert(d);
    deflated_fill(WORDS, 3000, &plain);
    pack(d, buf_bytes(&plain), &packed);
    FOR_EACH_CUT(packed.len, cut)
    {
        struct ws_inflater *i = ws_inflater_new(true);
        cr_assert(i);
        buf_clear(&out);
        for (size_t at = 0, len; (len = cut_next(&cut, at)) > 0; at += len) {
            ws_inflater_feed(i, bytes_of(packed.ptr + at, len));
            cr_assert_eq(pull(i, &out), WS_INFLATED_ALL);
        }
        ws_inflater_feed_end(i);
        cr_assert_eq(pull(i, &out), WS_INFLATED_ALL);
        cr_assert(bytes_eq(buf_bytes(&out), buf_bytes(&plain)), "cut %zu", cut.way);
        ws_inflater_free(i);
    }
    buf_free(&plain);
    buf_free(&packed);
    buf_free(&out);
    ws_deflater_free(d);
}

/* -- memory -- */

static bool deflates(void *ctx)
{
    struct ws_deflater *d = ws_deflater_new(15, true, WS_DEFLATE_LEVEL);
    struct buf out = new_buf();
    bool ok = d && ws_deflater_feed(d, *(struct bytes *)ctx, &out) && ws_deflater_end(d, &out);

    buf_free(&out);
    ws_deflater_free(d);
    return ok;
}

static bool inflates(void *ctx)
{
    struct ws_inflater *i = ws_inflater_new(true);
    struct buf out = new_buf();
    bool ok =
        i && unpack(i, *(struct bytes *)ctx, &out) == WS_INFLATED_ALL &&
        unpack(i, BYTES_LIT("\xf3\x48\xcd\xc9\xc9\x07\x00" HELLO_AGAIN), &out) == WS_INFLATED_ALL;

    buf_free(&out);
    ws_inflater_free(i);
    return ok;
}

Test(ws_deflate, gives_in_when_memory_runs_out)
{
    struct bytes plain = BYTES_LIT("Hello, Hello, Hello"), packed = BYTES_LIT(HELLO_FIXED);

    cr_assert_geq(heap_fail_each(deflates, &plain), 6);  /* the object, five of zlib, the output */
    cr_assert_geq(heap_fail_each(inflates, &packed), 4); /* the object, zlib's two, the output */
}

Test(ws_deflate, frees_nothing)
{
    ws_deflater_free(NULL);
    ws_inflater_free(NULL);
}
