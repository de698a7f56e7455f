#include "ws/walker_parts.h"

#define MATCH_BITS 48 /* of the longest: two codes of 15, and 5 and 13 bits behind them */

/* Takes bytes until there are enough bits for any match, or no more bytes. What is above `held` in
 * `hold` afterwards is the beginning of the next byte. */
static inline void fill(struct bits *b)
{
    uint64_t next = 0;

    if (b->end - b->next < 8) {
        have_bits(b, 56);
        return;
    }
    for (unsigned i = 0; i < 8; i++)
        next |= (uint64_t)b->next[i] << i * 8;
    b->hold |= next << b->held;
    b->next += (63 - b->held) >> 3;
    b->held |= 56;
}

/* What the loop below works on: copies, which can stay in registers. */
struct walk {
    struct bits b;
    uint64_t len; /* bytes that the symbols taken so far stand for */
    uint32_t distance_max;
};

enum taken { TAKEN, MORE, END, WRONG };

static enum taken wrong(struct ws_walker *w, enum ws_walker_breach what)
{
    w->broken = what;
    return WRONG;
}

/* A code's bits, and those behind it that make a number of it; there are enough. */
static inline unsigned number(struct bits *b, unsigned entry, const struct ws_alphabet_range *range)
{
    use(b, ws_huffman_len(entry));
    return range->base + use(b, range->extra);
}

/* Only what reaches farther than all before it can be too far. */
static inline enum taken reach(struct ws_walker *w, struct walk *s, uint32_t far)
{
    if (far <= s->distance_max)
        return TAKEN;
    s->distance_max = far;
    if (far > w->in_window + s->len)
        return wrong(w, WS_WALKER_BEFORE_START);
    return far > w->window ? wrong(w, WS_WALKER_BEYOND_WINDOW) : TAKEN;
}

/* How far back a match goes whose length has just been taken. */
static inline enum taken distance(struct ws_walker *w, struct walk *s)
{
    const unsigned entry = ws_huffman_decode(&w->distance_code, s->b.hold);
    const unsigned symbol = ws_huffman_symbol(entry);

    if (ws_huffman_len(entry) > s->b.held)
        return MORE;
    if (symbol >= WS_ALPHABET_REACHES) {
        use(&s->b, ws_huffman_len(entry));
        return wrong(w, symbol == WS_HUFFMAN_NONE ? WS_WALKER_CODE_UNKNOWN
                                                  : WS_WALKER_DISTANCE_RESERVED);
    }
    if (ws_huffman_len(entry) + ws_alphabet_reaches[symbol].extra > s->b.held)
        return MORE;
    return reach(w, s, number(&s->b, entry, &ws_alphabet_reaches[symbol]));
}

/* All of a match or nothing. */
static inline enum taken match(struct ws_walker *w, struct walk *s, unsigned entry)
{
    const unsigned symbol = ws_huffman_symbol(entry), at = symbol - WS_ALPHABET_MATCH;
    const struct bits before = s->b;

    if (at >= WS_ALPHABET_MATCHES) {
        use(&s->b, ws_huffman_len(entry));
        return wrong(w, symbol == WS_HUFFMAN_NONE ? WS_WALKER_CODE_UNKNOWN
                                                  : WS_WALKER_LENGTH_RESERVED);
    }
    if (ws_huffman_len(entry) + ws_alphabet_matches[at].extra > s->b.held)
        return MORE;
    const unsigned len = number(&s->b, entry, &ws_alphabet_matches[at]);
    const enum taken taken = distance(w, s);
    if (taken == TAKEN)
        s->len += len;
    else if (taken == MORE)
        s->b = before;
    return taken;
}

static inline enum taken symbol(struct ws_walker *w, struct walk *s)
{
    const unsigned entry = ws_huffman_decode(&w->literal_code, s->b.hold);

    if (ws_huffman_len(entry) > s->b.held)
        return MORE;
    if (ws_huffman_symbol(entry) > WS_ALPHABET_END)
        return match(w, s, entry);
    use(&s->b, ws_huffman_len(entry));
    if (ws_huffman_symbol(entry) == WS_ALPHABET_END)
        return END;
    s->len++;
    return TAKEN;
}

bool ws_walker_symbols(struct ws_walker *w, struct bits *b)
{
    struct walk s = { .b = *b, .distance_max = w->facts.distance_max };
    enum taken taken;

    do {
        if (s.b.held < MATCH_BITS)
            fill(&s.b);
        taken = symbol(w, &s);
    } while (taken == TAKEN);
    s.b.hold &= (UINT64_C(1) << s.b.held) - 1;
    *b = s.b;
    w->facts.distance_max = s.distance_max;
    count_output(w, s.len);
    return taken == END && ws_walker_end_block(w, b);
}
