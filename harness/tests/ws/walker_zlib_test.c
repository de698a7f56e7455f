#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/ws/made_blocks.h"
#include "tests/ws/zlib_peer.h"

/* Walker and writer against zlib. Round n is the same in every run; WSPROOF_FUZZ_ROUNDS says how
 * many there are. */
#define ROUNDS 2000

static uint64_t rounds(void)
{
    const char *wanted = getenv("WSPROOF_FUZZ_ROUNDS");

    return wanted ? strtoull(wanted, NULL, 10) : ROUNDS;
}

/* A message in pieces of random size, and its end. */
static bool walk(struct ws_walker *w, struct bytes message, struct rand *r)
{
    const size_t largest = 1 + (size_t)rand_below(r, rand_below(r, 2) ? 20 : 5000);

    while (message.len > 0) {
        const struct bytes part = bytes_take(message, (size_t)rand_below(r, largest + 1));
        message = bytes_skip(message, part.len);
        ws_walker_feed(w, part);
    }
    return ws_walker_end(w);
}

static bool walk_whole(struct ws_walker *w, struct bytes message)
{
    ws_walker_feed(w, message);
    return ws_walker_end(w);
}

static bool facts_eq(const struct ws_walker_facts *a, const struct ws_walker_facts *b)
{
    return a->compressed_len == b->compressed_len && a->len == b->len && a->stored == b->stored &&
           a->fixed == b->fixed && a->dynamic == b->dynamic && a->distance_max == b->distance_max &&
           a->final == b->final;
}

#define MUST(claim, round, w)                                                                      \
    cr_assert(claim, "round %llu: walker says %s at %llu, %llu bytes, distance %u",                \
              (unsigned long long)(round), ws_walker_breach_name((w)->broken),                     \
              (unsigned long long)(w)->broken_at, (unsigned long long)(w)->facts.len,              \
              (unsigned)(w)->facts.distance_max)

/* A connection of messages that our writer made. */
static void made_round(uint64_t round)
{
    struct rand r;
    struct made_blocks m;
    struct zlib_receiver zlib;
    struct ws_walker w;
    struct bytes text;

    rand_init(&r, rand_derive(round, BYTES_LIT("made")));
    const unsigned window_bits = 8 + (unsigned)rand_below(&r, 8);
    const bool takeover = rand_below(&r, 2);
    made_blocks_init(&m, &r, window_bits, takeover);
    zlib_receiver_init(&zlib, takeover);
    ws_walker_init(&w, window_bits, takeover);
    for (uint64_t messages = 1 + rand_below(&r, 4); messages > 0; messages--) {
        made_blocks_message(&m);
        MUST(walk(&w, buf_bytes(&m.wire), &r), round, &w);
        MUST(facts_eq(&w.facts, &m.facts), round, &w);
        cr_assert(zlib_receive(&zlib, buf_bytes(&m.wire), &text), "round %llu",
                  (unsigned long long)round);
        MUST(bytes_eq(text, bytes_skip(buf_bytes(&m.text), m.text_begin)), round, &w);
    }
    zlib_receiver_free(&zlib);
    made_blocks_free(&m);
}

Test(ws_walker_zlib, takes_what_the_writer_makes_and_zlib_inflates_it_to_what_was_meant)
{
    for (uint64_t round = 0; round < rounds(); round++)
        made_round(round);
}

/* Random bytes, text of few words, runs, or what was there before again. */
static void put_text(struct rand *r, struct buf *text)
{
    static const char *const words[] = { "the ", "quick ", "brown ", "fox ", "\"name\":", "{}, " };
    const size_t len = (size_t)rand_below(r, rand_below(r, 32) ? 3000 : 100000);
    const size_t begin = text->len;

    cr_assert(buf_reserve(text, len + 8));
    switch (rand_below(r, 4)) {
    case 0: rand_fill(r, text->ptr + begin, len); break;
    case 1: memset(text->ptr + begin, (int)rand_below(r, 256), len); break;
    case 2:
        for (size_t i = 0; i < len; i++)
            text->ptr[begin + i] =
                begin + i ? text->ptr[(begin + i) * 3 / 4 + i % 7 * (begin + i) / 64] : 'x';
        break;
    default:
        while (text->len - begin < len)
            cr_assert(buf_append(text, bytes_str(words[rand_below(r, 6)])));
        return;
    }
    text->len += len;
}

static void make_text(struct rand *r, struct buf *text)
{
    if (rand_below(r, 4))
        buf_clear(text); /* else it begins with what was sent before */
    for (uint64_t parts = rand_below(r, 4); parts > 0; parts--)
        put_text(r, text);
}

/* A smaller window must be enough exactly when nothing reaches farther. */
static void check_windows(struct bytes message, uint64_t round)
{
    struct ws_walker wide, narrow;

    ws_walker_init(&wide, 15, false);
    if (!walk_whole(&wide, message))
        return; /* it looks into the message before */
    for (unsigned bits = 8; bits < 15; bits++) {
        const bool fits = wide.facts.distance_max <= UINT32_C(1) << bits;
        ws_walker_init(&narrow, bits, false);
        MUST(walk_whole(&narrow, message) == fits, round, &narrow);
        MUST(narrow.broken == (fits ? WS_WALKER_NONE : WS_WALKER_BEYOND_WINDOW), round, &narrow);
    }
}

static void sent_round(uint64_t round)
{
    struct rand r;
    struct zlib_sender sender;
    struct ws_walker w;
    struct buf text, wire;

    rand_init(&r, rand_derive(round, BYTES_LIT("sent")));
    buf_init(&text, ZLIB_PEER_MAX);
    buf_init(&wire, ZLIB_PEER_MAX);
    zlib_sender_init(&sender, &r);
    ws_walker_init(&w, (unsigned)sender.window_bits, sender.takeover);
    for (uint64_t messages = 1 + rand_below(&r, 4); messages > 0; messages--) {
        make_text(&r, &text);
        zlib_send(&sender, buf_bytes(&text), &wire);
        MUST(walk(&w, buf_bytes(&wire), &r), round, &w);
        MUST(w.facts.len == text.len && w.facts.compressed_len == wire.len, round, &w);
        check_windows(buf_bytes(&wire), round);
    }
    zlib_sender_free(&sender);
    buf_free(&wire);
    buf_free(&text);
}

Test(ws_walker_zlib, takes_what_zlib_sends)
{
    for (uint64_t round = 0; round < rounds(); round++)
        sent_round(round);
}

/* A few edits to a message that was right, or none. */
static void mutate(struct rand *r, struct buf *b)
{
    uint8_t more[8];

    for (uint64_t edits = rand_below(r, 4); edits > 0 && b->len > 0; edits--) {
        const size_t at = (size_t)rand_below(r, rand_below(r, 2) ? b->len : b->len / 8 + 1);
        switch (rand_below(r, 8)) {
        case 0: b->ptr[at] = (uint8_t)rand_next(r); break;
        case 1: b->len = at; break;
        case 2:
            memmove(b->ptr + at, b->ptr + at + 1, b->len - at - 1);
            b->len--;
            break;
        case 3:
            rand_fill(r, more, sizeof more);
            cr_assert(buf_append(b, bytes_of(more, (size_t)rand_below(r, sizeof more + 1))));
            break;
        case 4: cr_assert(buf_append(b, BYTES_LIT("\x00\x00\xff\xff"))); break;
        default: b->ptr[at] ^= (uint8_t)(1 << rand_below(r, 8)); break;
        }
    }
}

static void append_noise(struct rand *r, struct buf *out)
{
    const size_t len = 2 + (size_t)rand_below(r, 100);

    cr_assert(buf_reserve(out, len));
    rand_fill(r, out->ptr + out->len, len);
    out->len += len;
}

/* A dynamic block in whose code for lengths anything has a meaning, and then noise. */
static void make_lens_of_noise(struct rand *r, struct buf *out)
{
    const unsigned first = (unsigned)rand_below(r, 19);
    struct ws_blocks b;

    ws_blocks_init(&b, out);
    cr_assert(ws_blocks_bits(&b, 4, 3) && ws_blocks_bits(&b, (uint32_t)rand_below(r, 30), 5) &&
              ws_blocks_bits(&b, (uint32_t)rand_below(r, 30), 5) && ws_blocks_bits(&b, 15, 4));
    for (unsigned i = 0; i < 19; i++)
        cr_assert(ws_blocks_bits(&b, (first + i) % 19 < 13 ? 4 : 5, 3));
    append_noise(r, out);
}

/* A dynamic block with a code that is complete but for one length. */
static void make_crooked(struct rand *r, struct buf *out)
{
    struct ws_alphabet_lens lens;
    struct ws_blocks b;
    uint8_t *len;

    made_blocks_lens(r, &lens);
    len =
        rand_below(r, 2) ? &lens.literals[rand_below(r, 288)] : &lens.distances[rand_below(r, 32)];
    *len = (uint8_t)(rand_below(r, 2) ? rand_below(r, 16) : (*len + 1) & 15);
    ws_blocks_init(&b, out);
    cr_assert(ws_blocks_open_dynamic(&b, &lens, rand_below(r, 2)));
    for (uint64_t i = 0; i < 50; i++)
        cr_assert(ws_blocks_literal_symbol(&b, (unsigned)rand_below(r, 256)));
    cr_assert(ws_blocks_close(&b) && ws_blocks_end(&b, (unsigned)rand_below(r, 5)));
    append_noise(r, out);
}

static void make_suspect(struct rand *r, struct buf *out)
{
    struct made_blocks m;
    struct zlib_sender sender;
    struct buf text;

    buf_init(&text, ZLIB_PEER_MAX);
    buf_clear(out);
    switch (rand_below(r, 8)) {
    case 0: append_noise(r, out); break;
    case 1: make_lens_of_noise(r, out); break;
    case 2: make_crooked(r, out); break;
    case 3:
    case 4:
        zlib_sender_init(&sender, r);
        put_text(r, &text);
        zlib_send(&sender, buf_bytes(&text), out);
        zlib_sender_free(&sender);
        mutate(r, out);
        break;
    default:
        made_blocks_init(&m, r, 15, false);
        made_blocks_message(&m);
        cr_assert(buf_append(out, buf_bytes(&m.wire)));
        made_blocks_free(&m);
        mutate(r, out);
        break;
    }
    buf_free(&text);
}

/* What the walker refuses and zlib does not see. Else zlib knows RFC 1951 as well as we do, as long
 * as its window is the largest there is.
 * - The bits behind a final block, where zlib stops.
 * - That a message is not whole: zlib waits for the rest.
 * - Where the code for lengths has no code at all, zlib reads as many lengths of 0 as there have to
 *   be, one bit each, before it misses the block's end. So it may wait for those bits, too. */
static bool zlib_tolerates(enum ws_walker_breach breach, struct zlib_receiver *zlib)
{
    const uint8_t zeros[64] = { 0 };

    if (breach == WS_WALKER_LENGTHS_INCOMPLETE)
        return !zlib_receiver_part(zlib, bytes_of(zeros, sizeof zeros));
    return breach == WS_WALKER_NONE || breach == WS_WALKER_PADDING || breach >= WS_WALKER_NO_DATA;
}

/* Gives what was wrong with it. */
static enum ws_walker_breach suspect_round(uint64_t round, struct buf *message)
{
    struct rand r;
    struct zlib_receiver zlib;
    struct ws_walker w, whole;
    struct bytes text;

    rand_init(&r, rand_derive(round, BYTES_LIT("suspect")));
    make_suspect(&r, message);
    ws_walker_init(&w, 15, false);
    ws_walker_init(&whole, 15, false);
    walk(&w, buf_bytes(message), &r);
    walk_whole(&whole, buf_bytes(message));
    MUST(w.broken == whole.broken && w.broken_at == whole.broken_at, round, &w);
    MUST(facts_eq(&w.facts, &whole.facts), round, &w);

    zlib_receiver_init(&zlib, false);
    const bool taken = zlib_receive(&zlib, buf_bytes(message), &text);
    MUST(taken || w.broken, round, &w);
    MUST(!taken || zlib_tolerates(w.broken, &zlib), round, &w);
    if (w.broken < WS_WALKER_PADDING)
        MUST(text.len == w.facts.len, round, &w);
    zlib_receiver_free(&zlib);
    return w.broken;
}

Test(ws_walker_zlib, refuses_what_zlib_refuses_and_no_more_but_what_zlib_cannot_see)
{
    uint64_t count[WS_WALKER_TAIL_KEPT + 1] = { 0 };
    struct buf message;

    buf_init(&message, ZLIB_PEER_MAX);
    for (uint64_t round = 0; round < 10 * rounds(); round++)
        count[suspect_round(round, &message)]++;
    buf_free(&message);
    for (int i = 0; i <= WS_WALKER_TAIL_KEPT; i++)
        if (getenv("WSPROOF_FUZZ_ROUNDS"))
            fprintf(stderr, "%8llu %s\n", (unsigned long long)count[i],
                    ws_walker_breach_name((enum ws_walker_breach)i));
        else
            cr_assert(count[i] > 0 || i == WS_WALKER_BEYOND_WINDOW, "no round was %s",
                      ws_walker_breach_name((enum ws_walker_breach)i));
}
