#include <criterion/criterion.h>
#include <string.h>

#include "support/heap.h"
#include "tests/ws/bit_text.h"
#include "tests/ws/zlib_peer.h"
#include "ws/blocks.h"
#include "ws/walker.h"

/* Each of these writes a message; the table says how it has to look. */
static bool hello_fixed(struct ws_blocks *b)
{
    return ws_blocks_open_fixed(b, false) && ws_blocks_literals(b, BYTES_LIT("Hello")) &&
           ws_blocks_close(b) && ws_blocks_end(b, 0);
}

static bool hello_stored(struct ws_blocks *b)
{
    return ws_blocks_stored(b, BYTES_LIT("Hello"), false) && ws_blocks_end(b, 0);
}

static bool hello_final(struct ws_blocks *b)
{
    return ws_blocks_open_fixed(b, true) && ws_blocks_literals(b, BYTES_LIT("Hello")) &&
           ws_blocks_close(b) && ws_blocks_end(b, 0);
}

static bool hello_in_two(struct ws_blocks *b)
{
    return ws_blocks_open_fixed(b, false) && ws_blocks_literals(b, BYTES_LIT("He")) &&
           ws_blocks_close(b) && ws_blocks_stored(b, BYTES_LIT(""), false) &&
           ws_blocks_open_fixed(b, false) && ws_blocks_literals(b, BYTES_LIT("llo")) &&
           ws_blocks_close(b) && ws_blocks_end(b, 0);
}

static bool hello_again(struct ws_blocks *b)
{
    return ws_blocks_open_fixed(b, false) && ws_blocks_literals(b, BYTES_LIT("H")) &&
           ws_blocks_match(b, 4, 5) && ws_blocks_close(b) && ws_blocks_end(b, 0);
}

static bool empty_blocks(struct ws_blocks *b)
{
    return ws_blocks_stored(b, BYTES_LIT(""), false) && ws_blocks_open_fixed(b, false) &&
           ws_blocks_close(b) && ws_blocks_open_fixed(b, true) && ws_blocks_close(b) &&
           ws_blocks_stored(b, BYTES_LIT(""), true) && ws_blocks_end(b, 0);
}

static bool reserved(struct ws_blocks *b)
{
    return ws_blocks_reserved(b, false) && ws_blocks_align(b) && ws_blocks_reserved(b, true) &&
           ws_blocks_bits(b, 0xABCDE, 20) && ws_blocks_align(b);
}

static bool lying_len(struct ws_blocks *b)
{
    return ws_blocks_stored_head(b, 5, 0x1234, true) && ws_blocks_bits(b, 0x6F6C6C65, 32);
}

static bool far_match(struct ws_blocks *b)
{
    return ws_blocks_open_fixed(b, false) && ws_blocks_match(b, 258, 32768) && ws_blocks_close(b) &&
           ws_blocks_end(b, 0);
}

static bool reserved_symbols(struct ws_blocks *b)
{
    return ws_blocks_open_fixed(b, false) && ws_blocks_literal_symbol(b, 286) &&
           ws_blocks_literal_symbol(b, 257) && ws_blocks_distance_symbol(b, 31) &&
           ws_blocks_align(b);
}

static bool kept_tail(struct ws_blocks *b)
{
    return ws_blocks_end(b, 4);
}

static bool cut_tail(struct ws_blocks *b)
{
    return ws_blocks_end(b, 3);
}

static bool no_tail(struct ws_blocks *b)
{
    return ws_blocks_open_fixed(b, false) && ws_blocks_literals(b, BYTES_LIT("Hello")) &&
           ws_blocks_close(b) && ws_blocks_align(b);
}

static const struct {
    bool (*write)(struct ws_blocks *b);
    const char *wanted; /* as bit_text.h has it */
} messages[] = {
    /* RFC 7692 7.2.3.1 to 7.2.3.5 */
    { hello_fixed, "xf248cdc9c90700" },
    { hello_again, "xf200110000" },
    { hello_stored, "x000500faff48656c6c6f00" },
    { hello_final, "xf348cdc9c9070000" },
    { hello_in_two, "xf248050000 x00ffffcac9c90700" },
    { empty_blocks, "x000000ffff 1:0 2:1 0000000 1:1 2:1 0000000 | x010000ffff x00" },
    { reserved, "1:0 2:3 | 1:1 2:3 20:703710 |" },
    { lying_len, "x0105003412656c6c6f" },
    { far_match, "1:0 2:1 11000101 11101 13:8191 0000000 1:0 2:0 |" },
    { reserved_symbols, "1:0 2:1 11000110 0000001 11111 |" },
    { kept_tail, "x000000ffff" },
    { cut_tail, "x000000ff" },
    { no_tail, "xf248cdc9c90700" }, /* its own last bits look like the head of a stored block */
};

static struct buf written(bool (*write)(struct ws_blocks *b))
{
    struct ws_blocks b;
    struct buf out;

    buf_init(&out, 1 << 20);
    ws_blocks_init(&b, &out);
    cr_assert(write(&b) && ws_blocks_align(&b));
    return out;
}

Test(ws_blocks, writes_each_block_as_the_rfcs_have_it)
{
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        struct buf out = written(messages[i].write), wanted = bit_text(messages[i].wanted);
        cr_assert(bytes_eq(buf_bytes(&out), buf_bytes(&wanted)), "row %zu: %zu bytes, not %zu", i,
                  out.len, wanted.len);
        buf_free(&out);
        buf_free(&wanted);
    }
}

/* The same lengths as zlib's own block of the kind would have, so that it can be read by hand. */
static bool small_dynamic(struct ws_blocks *b)
{
    struct ws_alphabet_lens lens = { 0 };

    lens.literals['a'] = 1;
    lens.literals[256] = 2;
    lens.literals[257] = 2;
    lens.distances[0] = lens.distances[1] = lens.distances[2] = lens.distances[3] = 2;
    return ws_blocks_open_dynamic(b, &lens, true) && ws_blocks_literals(b, BYTES_LIT("aba")) &&
           ws_blocks_match(b, 3, 2) && ws_blocks_close(b);
}

/* Of the code for lengths, 0 is 0000, 1 is 0001, 2 is 0010, 16 is 1010, 18 is 1100: 0 to 9 and 16
 * to 18 have four bits. "b" has no code and leaves nothing. */
Test(ws_blocks, tells_the_codes_of_a_dynamic_block_with_repeats)
{
    struct buf out = written(small_dynamic);
    struct buf wanted = bit_text("1:1 2:2 5:1 5:3 4:15 "
                                 "3:4 3:4 3:4 3:4 3:4 3:4 3:4 3:4 3:5 3:4 "
                                 "3:5 3:4 3:5 3:4 3:5 3:4 3:5 3:4 3:5 "
                                 "1100 7:86 0001 1100 7:127 1100 7:9 0010 1010 2:2 "
                                 "0 0 11 01 10 |");

    cr_assert(bytes_eq(buf_bytes(&out), buf_bytes(&wanted)));
    buf_free(&out);
    buf_free(&wanted);
}

/* What a walker of the largest window says. */
static struct ws_walker walked(const struct buf *message)
{
    struct ws_walker w;

    ws_walker_init(&w, 15, false);
    ws_walker_feed(&w, buf_bytes(message));
    ws_walker_end(&w);
    return w;
}

static bool crooked_codes(struct ws_blocks *b)
{
    struct ws_alphabet_lens lens;

    ws_blocks_even_lens(&lens);
    lens.literals[0] = 7;
    return ws_blocks_open_dynamic(b, &lens, false);
}

static bool too_many_literals(struct ws_blocks *b)
{
    struct ws_alphabet_lens lens;

    ws_alphabet_fixed(&lens);
    return ws_blocks_open_dynamic(b, &lens, false);
}

static bool too_many_distances(struct ws_blocks *b)
{
    struct ws_alphabet_lens lens;

    ws_blocks_even_lens(&lens);
    lens.distances[31] = 15;
    return ws_blocks_open_dynamic(b, &lens, false);
}

static bool no_end(struct ws_blocks *b)
{
    struct ws_alphabet_lens lens = { .literals = { 1, 1 } };

    return ws_blocks_open_dynamic(b, &lens, false);
}

Test(ws_blocks, announces_codes_that_are_none)
{
    const struct {
        bool (*write)(struct ws_blocks *b);
        enum ws_walker_breach broken;
    } rows[] = {
        { crooked_codes, WS_WALKER_LITERALS_OVERSUBSCRIBED },
        { too_many_literals, WS_WALKER_LITERALS_TOO_MANY },
        { too_many_distances, WS_WALKER_DISTANCES_TOO_MANY },
        { no_end, WS_WALKER_END_MISSING },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf out = written(rows[i].write);
        const struct ws_walker w = walked(&out);
        cr_assert_eq(w.broken, rows[i].broken, "row %zu: %s", i, ws_walker_breach_name(w.broken));
        buf_free(&out);
    }
}

/* A message of all distances, each with another length, and what it stands for. */
static void write_all_distances(struct buf *out, struct buf *text, bool fixed)
{
    struct ws_alphabet_lens lens;
    struct ws_blocks b;
    struct rand r;

    ws_blocks_init(&b, out);
    ws_blocks_even_lens(&lens);
    rand_init(&r, 3);
    cr_assert(buf_reserve(text, 70000));
    rand_fill(&r, text->ptr, 70000);
    text->len = 70000;
    cr_assert(ws_blocks_stored(&b, buf_bytes(text), false));
    cr_assert(fixed ? ws_blocks_open_fixed(&b, false) : ws_blocks_open_dynamic(&b, &lens, false));
    for (unsigned distance = 1; distance <= 32768; distance++) {
        const unsigned len = 3 + distance * 7 % 256;
        cr_assert(ws_blocks_match(&b, len, distance));
        for (unsigned i = 0; i < len; i++)
            cr_assert(buf_push(text, text->ptr[text->len - distance]));
    }
    cr_assert(ws_blocks_close(&b) && ws_blocks_end(&b, 0));
}

Test(ws_blocks, writes_every_length_and_distance)
{
    for (int fixed = 0; fixed < 2; fixed++) {
        struct zlib_receiver zlib;
        struct buf out, text;
        struct bytes inflated;

        buf_init(&out, 1 << 24);
        buf_init(&text, 1 << 24);
        write_all_distances(&out, &text, fixed);
        const struct ws_walker w = walked(&out);
        cr_assert_eq(w.broken, WS_WALKER_NONE);
        cr_assert_eq(w.facts.distance_max, 32768);
        cr_assert_eq(w.facts.stored, 3); /* 70000 bytes take two */
        zlib_receiver_init(&zlib, false);
        cr_assert(zlib_receive(&zlib, buf_bytes(&out), &inflated));
        cr_assert(bytes_eq(inflated, buf_bytes(&text)));
        zlib_receiver_free(&zlib);
        buf_free(&out);
        buf_free(&text);
    }
}

/* Bytes on the wire of a bomb that stands for `len`. */
static size_t bomb(uint64_t len, unsigned ratio)
{
    struct ws_blocks b;
    struct buf out;

    buf_init(&out, 1 << 24);
    ws_blocks_init(&b, &out);
    cr_assert(ws_blocks_bomb(&b, 'x', len, ratio) && ws_blocks_end(&b, 0));
    const struct ws_walker w = walked(&out);
    cr_assert_eq(w.broken, WS_WALKER_NONE);
    cr_assert_eq(w.facts.len, len, "%llu", (unsigned long long)w.facts.len);
    buf_free(&out);
    return w.facts.compressed_len;
}

Test(ws_blocks, makes_bombs_of_any_size_and_ratio)
{
    const unsigned ratios[] = { 4, 5, 7, 50, 100, 333, 1000, 1031, WS_BLOCKS_RATIO_MAX };

    for (uint64_t len = 0; len < 1100; len++)
        bomb(len, WS_BLOCKS_RATIO_MAX);
    for (size_t i = 0; i < sizeof ratios / sizeof *ratios; i++) {
        const uint64_t len = UINT64_C(10000000);
        const double ratio = (double)len / (double)(bomb(len, ratios[i]) - 20);
        cr_assert(ratio > ratios[i] * 0.99 && ratio < ratios[i] * 1.01, "%u: %f", ratios[i], ratio);
    }
    cr_assert_lt(bomb(UINT64_C(1) << 30, WS_BLOCKS_RATIO_MAX), ((size_t)1 << 30) / 1031);
}

/* One byte more than a stored block holds. */
Test(ws_blocks, makes_only_the_last_of_several_stored_blocks_final)
{
    static const uint8_t zeros[65536];
    struct ws_blocks b;
    struct buf out;

    buf_init(&out, 1 << 20);
    ws_blocks_init(&b, &out);
    cr_assert(ws_blocks_stored(&b, bytes_of(zeros, sizeof zeros), true));
    cr_assert_eq(out.len, 5 + 65535 + 5 + 1);
    cr_assert(memcmp(out.ptr, "\x00\xff\xff\x00\x00", 5) == 0);
    cr_assert(memcmp(out.ptr + 5 + 65535, "\x01\x01\x00\xfe\xff\x00", 6) == 0);
    buf_free(&out);
}

static bool all_messages(void *ctx)
{
    struct ws_alphabet_lens lens;
    struct ws_blocks b;
    struct buf out;
    bool ok;

    (void)ctx;
    buf_init(&out, 1 << 20);
    ws_blocks_init(&b, &out);
    ws_blocks_even_lens(&lens);
    ok = hello_stored(&b) && hello_in_two(&b) && reserved(&b) && ws_blocks_align(&b) &&
         ws_blocks_stored(&b, bytes_of(&lens, sizeof lens), false) && far_match(&b) &&
         ws_blocks_open_dynamic(&b, &lens, true) && ws_blocks_close(&b) &&
         ws_blocks_bomb(&b, 'x', 3000000, WS_BLOCKS_RATIO_MAX) && ws_blocks_end(&b, 4);
    buf_free(&out);
    return ok;
}

Test(ws_blocks, gives_in_when_there_is_no_memory)
{
    cr_assert_gt(heap_fail_each(all_messages, NULL), 3);
}

/* At whichever byte the ceiling is reached. */
Test(ws_blocks, stops_at_the_ceiling)
{
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        struct buf whole = written(messages[i].write);
        for (size_t max = 0; max < whole.len; max++) {
            struct ws_blocks b;
            struct buf out;
            buf_init(&out, max);
            ws_blocks_init(&b, &out);
            cr_assert_not(messages[i].write(&b), "row %zu, %zu bytes", i, max);
            cr_assert(bytes_eq(buf_bytes(&out), bytes_take(buf_bytes(&whole), out.len)));
            buf_free(&out);
        }
        buf_free(&whole);
    }
}
