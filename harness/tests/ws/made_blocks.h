#ifndef TESTS_WS_MADE_BLOCKS_H
#define TESTS_WS_MADE_BLOCKS_H

#include <criterion/criterion.h>
#include <string.h>

#include "base/rand.h"
#include "ws/blocks.h"
#include "ws/walker.h"

/* Valid messages of random blocks that ws/blocks.h writes, and what they stand for. */
struct made_blocks {
    struct rand *r;
    struct ws_blocks writer;
    struct buf wire;   /* this message */
    struct buf text;   /* all of the connection so far, or without takeover of the message */
    size_t text_begin; /* where the message's begins */
    bool takeover;
    uint32_t window;
    struct ws_walker_facts facts; /* what a walker should say of the message */
};

#define MADE_BLOCKS_MAX ((size_t)1 << 26)

static inline void made_blocks_init(struct made_blocks *m, struct rand *r, unsigned window_bits,
                                    bool takeover)
{
    *m = (struct made_blocks){ .r = r, .takeover = takeover, .window = UINT32_C(1) << window_bits };
    buf_init(&m->wire, MADE_BLOCKS_MAX);
    buf_init(&m->text, MADE_BLOCKS_MAX);
    ws_blocks_init(&m->writer, &m->wire);
}

static inline void made_blocks_free(struct made_blocks *m)
{
    buf_free(&m->wire);
    buf_free(&m->text);
}

/* Lengths of a complete code for `count` (2 or more) of `all` symbols: a tree whose leaves are
 * split until there are enough. `keep` is one of them. */
static inline void made_blocks_code(struct rand *r, uint8_t *lens, size_t all, size_t count,
                                    size_t keep)
{
    uint8_t leaves[WS_ALPHABET_LITERALS] = { 1, 1 };
    const bool deep = rand_below(r, 2);
    size_t have = 2;

    while (have < count) {
        const size_t at = deep && rand_below(r, 8) ? have - 1 : (size_t)rand_below(r, have);
        if (leaves[at] < WS_ALPHABET_CODE_LEN_MAX)
            leaves[have++] = ++leaves[at];
    }
    memset(lens, 0, all);
    for (size_t i = 0, at = keep; i < count; i++) {
        while (lens[at])
            at = (size_t)rand_below(r, all);
        lens[at] = leaves[i];
    }
}

static inline void made_blocks_lens(struct rand *r, struct ws_alphabet_lens *out)
{
    ws_blocks_even_lens(out);
    if (rand_below(r, 4) == 0)
        return;
    const size_t literals = rand_below(r, 4) ? 286 : 2 + (size_t)rand_below(r, 285);
    const size_t distances = rand_below(r, 4) ? 30 : (size_t)rand_below(r, 31);
    made_blocks_code(r, out->literals, 286, literals, WS_ALPHABET_END);
    memset(out->distances, 0, sizeof out->distances);
    if (distances == 1)
        out->distances[rand_below(r, 30)] = 1;
    else if (distances > 1)
        made_blocks_code(r, out->distances, 30, distances, 0);
}

static inline void made_blocks_literal(struct made_blocks *m)
{
    const uint8_t byte = (uint8_t)rand_next(m->r);

    if (m->writer.codes.lens.literals[byte] == 0)
        return;
    cr_assert(ws_blocks_literals(&m->writer, bytes_of(&byte, 1)));
    cr_assert(buf_push(&m->text, byte));
}

/* A number that the symbol stands for and that is not above `most`. */
static inline unsigned made_blocks_number(struct rand *r, struct ws_alphabet_range range,
                                          size_t most)
{
    const size_t last = range.base + ((size_t)1 << range.extra) - 1;

    return range.base + (unsigned)rand_below(r, (last < most ? last : most) - range.base + 1);
}

/* When the chosen symbols have codes, and there is something to look back to. */
static inline void made_blocks_match(struct made_blocks *m)
{
    const size_t reach = m->text.len < m->window ? m->text.len : m->window;
    const size_t l = (size_t)rand_below(m->r, WS_ALPHABET_MATCHES);
    const size_t d = (size_t)rand_below(m->r, WS_ALPHABET_REACHES);
    const struct ws_alphabet_lens *lens = &m->writer.codes.lens;

    if (!lens->literals[WS_ALPHABET_MATCH + l] || !lens->distances[d] ||
        ws_alphabet_reaches[d].base > reach)
        return;
    const unsigned len = made_blocks_number(m->r, ws_alphabet_matches[l], l < 28 ? 257 : 258);
    const unsigned distance = rand_below(m->r, 8)
                                  ? made_blocks_number(m->r, ws_alphabet_reaches[d], reach)
                                  : ws_alphabet_reaches[d].base;
    cr_assert(ws_blocks_match(&m->writer, len, distance));
    for (unsigned i = 0; i < len; i++)
        cr_assert(buf_push(&m->text, m->text.ptr[m->text.len - distance]));
    if (distance > m->facts.distance_max)
        m->facts.distance_max = distance;
}

static inline void made_blocks_symbols(struct made_blocks *m, bool final)
{
    uint64_t count = rand_below(m->r, rand_below(m->r, 16) ? 60 : 3000);

    for (const uint64_t matches = rand_below(m->r, 4); count > 0; count--)
        if (rand_below(m->r, 4) < matches)
            made_blocks_match(m);
        else
            made_blocks_literal(m);
    cr_assert(ws_blocks_close(&m->writer));
    m->facts.final |= final;
}

static inline void made_blocks_dynamic(struct made_blocks *m, bool final)
{
    struct ws_alphabet_lens lens;

    made_blocks_lens(m->r, &lens);
    cr_assert(ws_blocks_open_dynamic(&m->writer, &lens, final));
    made_blocks_symbols(m, final);
    m->facts.dynamic++;
}

static inline void made_blocks_fixed(struct made_blocks *m, bool final)
{
    cr_assert(ws_blocks_open_fixed(&m->writer, final));
    made_blocks_symbols(m, final);
    m->facts.fixed++;
}

static inline void made_blocks_stored(struct made_blocks *m, bool final)
{
    const size_t len = (size_t)rand_below(m->r, rand_below(m->r, 64) ? 300 : 150000);

    cr_assert(buf_reserve(&m->text, len + 1));
    rand_fill(m->r, m->text.ptr + m->text.len, len);
    cr_assert(ws_blocks_stored(&m->writer, bytes_of(m->text.ptr + m->text.len, len), final));
    m->text.len += len;
    m->facts.stored += len ? (len + 65534) / 65535 : 1;
    m->facts.final |= final;
}

/* Large enough to hold a match. */
static inline void made_blocks_bomb(struct made_blocks *m)
{
    const size_t len = 600 + (size_t)rand_below(m->r, rand_below(m->r, 16) ? 2000 : 100000);
    const unsigned ratio = 8 + (unsigned)rand_below(m->r, WS_BLOCKS_RATIO_MAX - 7);
    const uint8_t byte = (uint8_t)rand_next(m->r);

    cr_assert(ws_blocks_bomb(&m->writer, byte, len, ratio));
    cr_assert(buf_reserve(&m->text, len));
    memset(m->text.ptr + m->text.len, byte, len);
    m->text.len += len;
    m->facts.dynamic++;
    if (m->facts.distance_max == 0)
        m->facts.distance_max = 1;
}

static inline void made_blocks_block(struct made_blocks *m)
{
    const bool final = rand_below(m->r, 4) == 0;

    switch (rand_below(m->r, 8)) {
    case 0:
    case 1: made_blocks_stored(m, final); break;
    case 2:
    case 3: made_blocks_fixed(m, final); break;
    case 4: made_blocks_bomb(m); break;
    default: made_blocks_dynamic(m, final); break;
    }
}

/* The next message: `wire`, and what is in `text` from `text_begin`. */
static inline void made_blocks_message(struct made_blocks *m)
{
    buf_clear(&m->wire);
    if (!m->takeover)
        buf_clear(&m->text);
    m->text_begin = m->text.len;
    m->facts = (struct ws_walker_facts){ .stored = 1 };
    for (uint64_t blocks = rand_below(m->r, 6); blocks > 0; blocks--)
        made_blocks_block(m);
    cr_assert(ws_blocks_end(&m->writer, 0));
    m->facts.len = m->text.len - m->text_begin;
    m->facts.compressed_len = m->wire.len;
}

#endif
