#include "ws/walker_parts.h"

#include <string.h>

bool ws_walker_code_counts(struct ws_walker *w, struct bits *b)
{
    if (!have_bits(b, 14))
        return false;
    w->literals = use(b, 5) + 257;
    w->distances = use(b, 5) + 1;
    w->lengths = use(b, 4) + 4;
    w->have = 0;
    memset(w->lens, 0, WS_ALPHABET_LENGTHS);
    if (w->literals > 286)
        return breach(w, WS_WALKER_LITERALS_TOO_MANY);
    if (w->distances > WS_ALPHABET_REACHES)
        return breach(w, WS_WALKER_DISTANCES_TOO_MANY);
    return go(w, CODE_LENGTHS);
}

/* The code for lengths is made where the one for distances will be: it is of use before that. */
bool ws_walker_code_lengths(struct ws_walker *w, struct bits *b)
{
    for (; w->have < w->lengths; w->have++) {
        if (!have_bits(b, 3))
            return false;
        w->lens[ws_alphabet_order[w->have]] = (uint8_t)use(b, 3);
    }
    w->have = 0;
    w->fixed_made = false;
    switch (ws_huffman_build(&w->distance_code, w->lens, WS_ALPHABET_LENGTHS)) {
    case WS_HUFFMAN_COMPLETE: return go(w, CODES);
    case WS_HUFFMAN_OVERSUBSCRIBED: return breach(w, WS_WALKER_LENGTHS_OVERSUBSCRIBED);
    case WS_HUFFMAN_SINGLE:
    case WS_HUFFMAN_EMPTY:
    case WS_HUFFMAN_INCOMPLETE: break;
    }
    return breach(w, WS_WALKER_LENGTHS_INCOMPLETE);
}

/* RFC 1951 3.2.7 allows a single distance code, of one bit. A block of literals needs none, and an
 * empty one nothing but its end: inflaters take both. */
static bool make_codes(struct ws_walker *w)
{
    enum ws_huffman_set set;

    if (w->lens[WS_ALPHABET_END] == 0)
        return breach(w, WS_WALKER_END_MISSING);
    set = ws_huffman_build(&w->literal_code, w->lens, w->literals);
    if (set == WS_HUFFMAN_OVERSUBSCRIBED)
        return breach(w, WS_WALKER_LITERALS_OVERSUBSCRIBED);
    if (set == WS_HUFFMAN_INCOMPLETE)
        return breach(w, WS_WALKER_LITERALS_INCOMPLETE);
    set = ws_huffman_build(&w->distance_code, w->lens + w->literals, w->distances);
    if (set == WS_HUFFMAN_OVERSUBSCRIBED)
        return breach(w, WS_WALKER_DISTANCES_OVERSUBSCRIBED);
    if (set == WS_HUFFMAN_INCOMPLETE)
        return breach(w, WS_WALKER_DISTANCES_INCOMPLETE);
    return go(w, SYMBOLS);
}

/* `times` the length before, or 0. */
static bool repeat(struct ws_walker *w, unsigned symbol, unsigned times)
{
    const bool zeros = symbol != WS_ALPHABET_REPEAT;

    if (!zeros && w->have == 0)
        return breach(w, WS_WALKER_REPEAT_OF_NOTHING);
    if (times > w->literals + w->distances - w->have)
        return breach(w, WS_WALKER_REPEAT_TOO_LONG);
    memset(w->lens + w->have, zeros ? 0 : w->lens[w->have - 1], times);
    w->have += times;
    return true;
}

/* One symbol of the code for lengths, of 7 bits at most: a length, or one of the three repeats with
 * up to 7 bits more. */
static bool code_len(struct ws_walker *w, struct bits *b)
{
    const struct ws_alphabet_range *range = NULL;
    unsigned entry, symbol;

    have_bits(b, 7 + 7);
    entry = ws_huffman_decode(&w->distance_code, b->hold);
    symbol = ws_huffman_symbol(entry);
    if (symbol >= WS_ALPHABET_REPEAT)
        range = &ws_alphabet_repeats[symbol - WS_ALPHABET_REPEAT];
    if (b->held < ws_huffman_len(entry) + (range ? range->extra : 0u))
        return false;
    use(b, ws_huffman_len(entry));
    if (range)
        return repeat(w, symbol, range->base + use(b, range->extra));
    w->lens[w->have++] = (uint8_t)symbol;
    return true;
}

bool ws_walker_codes(struct ws_walker *w, struct bits *b)
{
    while (w->have < w->literals + w->distances)
        if (!code_len(w, b))
            return false;
    return make_codes(w);
}
