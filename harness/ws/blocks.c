#include "ws/blocks.h"

#include <assert.h>
#include <string.h>

#include "ws/huffman.h"

#define STORED_MAX 65535 /* bytes of one stored block */

enum type { STORED, FIXED, DYNAMIC, RESERVED };

void ws_blocks_init(struct ws_blocks *b, struct buf *out)
{
    *b = (struct ws_blocks){ .out = out };
}

bool ws_blocks_bits(struct ws_blocks *b, uint32_t value, unsigned count)
{
    assert(count <= 32);
    b->hold |= (value & ((UINT64_C(1) << count) - 1)) << b->held;
    for (b->held += count; b->held >= 8; b->held -= 8, b->hold >>= 8)
        if (!buf_push(b->out, (uint8_t)b->hold))
            return false;
    return true;
}

bool ws_blocks_align(struct ws_blocks *b)
{
    return ws_blocks_bits(b, 0, (8 - b->held) % 8);
}

static bool head(struct ws_blocks *b, enum type type, bool final)
{
    b->final = final;
    return ws_blocks_bits(b, final, 1) && ws_blocks_bits(b, type, 2);
}

bool ws_blocks_stored_head(struct ws_blocks *b, uint16_t len, uint16_t complement, bool final)
{
    return head(b, STORED, final) && ws_blocks_align(b) && ws_blocks_bits(b, len, 16) &&
           ws_blocks_bits(b, complement, 16);
}

bool ws_blocks_stored(struct ws_blocks *b, struct bytes data, bool final)
{
    do {
        const struct bytes part = bytes_take(data, STORED_MAX);
        const uint16_t len = (uint16_t)part.len;
        data = bytes_skip(data, part.len);
        if (!ws_blocks_stored_head(b, len, (uint16_t)~len, final && data.len == 0) ||
            !buf_append(b->out, part))
            return false;
    } while (data.len > 0);
    return true;
}

static void make_codes(struct ws_blocks_codes *c)
{
    ws_huffman_codes(c->lens.literals, WS_ALPHABET_LITERALS, c->literals);
    ws_huffman_codes(c->lens.distances, WS_ALPHABET_DISTANCES, c->distances);
}

bool ws_blocks_open_fixed(struct ws_blocks *b, bool final)
{
    ws_alphabet_fixed(&b->codes.lens);
    make_codes(&b->codes);
    return head(b, FIXED, final);
}

/* Symbols up to the last one that has a code; those are announced. */
static unsigned announced(const uint8_t *lens, unsigned count, unsigned least)
{
    while (count > least && lens[count - 1] == 0)
        count--;
    return count;
}

/* The code for lengths is always this one, complete and nearly even. Long lengths are rare. */
static const uint8_t len_lens[WS_ALPHABET_LENGTHS] = { 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
                                                       5, 5, 5, 5, 5, 5, 4, 4, 4 };

/* How many of the same stand at the front. */
static unsigned run(const uint8_t *lens, size_t count)
{
    unsigned n = 1;

    while (n < count && lens[n] == lens[0])
        n++;
    return n;
}

/* The symbol that takes the most of `same` times `len`, `before` being the length in front. What it
 * takes goes to *times. */
static unsigned best_symbol(uint8_t len, int before, unsigned same, unsigned *times)
{
    unsigned symbol = len;

    *times = 1;
    if (len == 0 && same >= 11)
        symbol = WS_ALPHABET_MANY_ZEROS;
    else if (len == 0 && same >= 3)
        symbol = WS_ALPHABET_ZEROS;
    else if (len == before && same >= 3)
        symbol = WS_ALPHABET_REPEAT;
    if (symbol >= WS_ALPHABET_REPEAT) {
        const struct ws_alphabet_range *r = &ws_alphabet_repeats[symbol - WS_ALPHABET_REPEAT];
        const unsigned most = r->base + (1u << r->extra) - 1;
        *times = same < most ? same : most;
    }
    return symbol;
}

/* The lengths of all codes as one list, as RFC 1951 3.2.7 has it. */
static bool write_lens(struct ws_blocks *b, const uint8_t *lens, size_t count)
{
    uint16_t codes[WS_ALPHABET_LENGTHS];
    unsigned times;

    ws_huffman_codes(len_lens, WS_ALPHABET_LENGTHS, codes);
    for (size_t i = 0; i < count; i += times) {
        const int before = i > 0 ? lens[i - 1] : -1;
        const unsigned symbol = best_symbol(lens[i], before, run(lens + i, count - i), &times);
        if (!ws_blocks_bits(b, codes[symbol], len_lens[symbol]))
            return false;
        if (symbol < WS_ALPHABET_REPEAT)
            continue;
        const struct ws_alphabet_range *r = &ws_alphabet_repeats[symbol - WS_ALPHABET_REPEAT];
        if (!ws_blocks_bits(b, times - r->base, r->extra))
            return false;
    }
    return true;
}

bool ws_blocks_open_dynamic(struct ws_blocks *b, const struct ws_alphabet_lens *lens, bool final)
{
    const unsigned literals = announced(lens->literals, WS_ALPHABET_LITERALS, WS_ALPHABET_MATCH);
    const unsigned distances = announced(lens->distances, WS_ALPHABET_DISTANCES, 1);
    uint8_t list[WS_ALPHABET_LITERALS + WS_ALPHABET_DISTANCES];

    b->codes.lens = *lens;
    make_codes(&b->codes);
    if (!head(b, DYNAMIC, final) || !ws_blocks_bits(b, literals - 257, 5) ||
        !ws_blocks_bits(b, distances - 1, 5) || !ws_blocks_bits(b, WS_ALPHABET_LENGTHS - 4, 4))
        return false;
    for (size_t i = 0; i < WS_ALPHABET_LENGTHS; i++)
        if (!ws_blocks_bits(b, len_lens[ws_alphabet_order[i]], 3))
            return false;
    memcpy(list, lens->literals, literals);
    memcpy(list + literals, lens->distances, distances);
    return write_lens(b, list, literals + distances);
}

/* 226 / 2^8 + 60 / 2^9 is 1, and so is 2 / 2^4 + 28 / 2^5. */
void ws_blocks_even_lens(struct ws_alphabet_lens *out)
{
    memset(out, 0, sizeof *out);
    memset(out->literals, 8, 226);
    memset(out->literals + 226, 9, 60);
    memset(out->distances, 4, 2);
    memset(out->distances + 2, 5, 28);
}

bool ws_blocks_reserved(struct ws_blocks *b, bool final)
{
    return head(b, RESERVED, final);
}

bool ws_blocks_literal_symbol(struct ws_blocks *b, unsigned symbol)
{
    assert(symbol < WS_ALPHABET_LITERALS);
    return ws_blocks_bits(b, b->codes.literals[symbol], b->codes.lens.literals[symbol]);
}

bool ws_blocks_distance_symbol(struct ws_blocks *b, unsigned symbol)
{
    assert(symbol < WS_ALPHABET_DISTANCES);
    return ws_blocks_bits(b, b->codes.distances[symbol], b->codes.lens.distances[symbol]);
}

bool ws_blocks_literals(struct ws_blocks *b, struct bytes data)
{
    for (size_t i = 0; i < data.len; i++)
        if (!ws_blocks_literal_symbol(b, data.ptr[i]))
            return false;
    return true;
}

/* The symbol for `number`: the last one that does not begin above it. */
static unsigned find(const struct ws_alphabet_range *ranges, unsigned count, unsigned number)
{
    while (ranges[count - 1].base > number)
        count--;
    return count - 1;
}

bool ws_blocks_match(struct ws_blocks *b, unsigned len, unsigned distance)
{
    assert(len >= 3 && len <= 258 && distance >= 1 && distance <= 32768);
    const unsigned l = find(ws_alphabet_matches, WS_ALPHABET_MATCHES, len);
    const unsigned d = find(ws_alphabet_reaches, WS_ALPHABET_REACHES, distance);

    return ws_blocks_literal_symbol(b, WS_ALPHABET_MATCH + l) &&
           ws_blocks_bits(b, len - ws_alphabet_matches[l].base, ws_alphabet_matches[l].extra) &&
           ws_blocks_distance_symbol(b, d) &&
           ws_blocks_bits(b, distance - ws_alphabet_reaches[d].base, ws_alphabet_reaches[d].extra);
}

bool ws_blocks_close(struct ws_blocks *b)
{
    return ws_blocks_literal_symbol(b, WS_ALPHABET_END) && (!b->final || ws_blocks_align(b));
}

/* One literal or one match of 258 bytes: each takes two bits, and whichever keeps closer to the
 * ratio comes next. */
bool ws_blocks_bomb(struct ws_blocks *b, uint8_t byte, uint64_t len, unsigned ratio)
{
    struct ws_alphabet_lens lens = { 0 };
    uint64_t done = 0;

    assert(ratio >= 4 && ratio <= WS_BLOCKS_RATIO_MAX);
    lens.literals[byte] = 2;
    lens.literals[WS_ALPHABET_END] = 2;
    lens.literals[WS_ALPHABET_MATCH + WS_ALPHABET_MATCHES - 1] = 1;
    lens.distances[0] = 1;
    if (!ws_blocks_open_dynamic(b, &lens, false))
        return false;
    for (uint64_t symbols = 1; done < len; symbols++) {
        const bool far = done > 0 && len - done >= 258 && done + 258 <= symbols * ratio / 4;
        if (far ? !ws_blocks_match(b, 258, 1) : !ws_blocks_literal_symbol(b, byte))
            return false;
        done += far ? 258 : 1;
    }
    return ws_blocks_close(b);
}

bool ws_blocks_end(struct ws_blocks *b, unsigned kept)
{
    assert(kept <= 4);
    return head(b, STORED, false) && ws_blocks_align(b) &&
           buf_append(b->out, bytes_of("\x00\x00\xff\xff", kept));
}
