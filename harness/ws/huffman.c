#include "ws/huffman.h"

#include <assert.h>
#include <string.h>

#define LEN_MAX WS_ALPHABET_CODE_LEN_MAX
#define FAST_SIZE (1u << WS_HUFFMAN_FAST)

/* How many codes there are of each length, and the first of each. */
struct shape {
    uint16_t count[LEN_MAX + 1], first[LEN_MAX + 1];
};

static void measure(const uint8_t *lens, size_t count, struct shape *out)
{
    unsigned first = 0;

    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < count; i++)
        out->count[lens[i]]++;
    out->count[0] = 0;
    for (size_t len = 1; len <= LEN_MAX; len++) {
        first = (first + out->count[len - 1]) << 1;
        out->first[len] = (uint16_t)first;
    }
}

/* Each code takes its share of all bits: one of n bits takes 2^-n of them. */
static enum ws_huffman_set judge(const struct shape *s)
{
    int left = 1, codes = 0;

    for (size_t len = 1; len <= LEN_MAX; len++) {
        left = left * 2 - s->count[len];
        codes += s->count[len];
        if (left < 0)
            return WS_HUFFMAN_OVERSUBSCRIBED;
    }
    if (left == 0)
        return WS_HUFFMAN_COMPLETE;
    if (codes == 0)
        return WS_HUFFMAN_EMPTY;
    return codes == 1 && s->count[1] == 1 ? WS_HUFFMAN_SINGLE : WS_HUFFMAN_INCOMPLETE;
}

static unsigned reverse(unsigned code, unsigned len)
{
    code = (code & 0x5555) << 1 | (code >> 1 & 0x5555);
    code = (code & 0x3333) << 2 | (code >> 2 & 0x3333);
    code = (code & 0x0F0F) << 4 | (code >> 4 & 0x0F0F);
    code = (code & 0x00FF) << 8 | (code >> 8 & 0x00FF);
    return code >> (16 - len);
}

void ws_huffman_codes(const uint8_t *lens, size_t count, uint16_t *codes)
{
    struct shape s;

    measure(lens, count, &s);
    for (size_t i = 0; i < count; i++)
        codes[i] = lens[i] ? (uint16_t)reverse(s.first[lens[i]]++ & 0xFFFF, lens[i]) : 0;
}

static void fill_long(struct ws_huffman *h, const struct shape *s)
{
    unsigned place = 0;

    for (unsigned len = 1; len <= LEN_MAX; len++) {
        h->offset[len] = (int16_t)((int)place - s->first[len]);
        h->limit[len] = (uint16_t)((s->first[len] + s->count[len]) << (LEN_MAX - len));
        place += s->count[len];
    }
}

/* In a set that is not complete every bit that no code begins with means nothing by itself. */
static void fill_fast(struct ws_huffman *h, enum ws_huffman_set set)
{
    const uint16_t entry = set == WS_HUFFMAN_COMPLETE ? 0 : (uint16_t)(WS_HUFFMAN_NONE << 4 | 1);

    for (size_t i = 0; i < FAST_SIZE; i++)
        h->fast[i] = entry;
}

static void put(struct ws_huffman *h, size_t symbol, unsigned code, unsigned len)
{
    h->sorted[(int)code + h->offset[len]] = (uint16_t)symbol;
    if (len <= WS_HUFFMAN_FAST)
        for (size_t i = reverse(code, len); i < FAST_SIZE; i += (size_t)1 << len)
            h->fast[i] = (uint16_t)(symbol << 4 | len);
}

enum ws_huffman_set ws_huffman_build(struct ws_huffman *h, const uint8_t *lens, size_t count)
{
    struct shape s;
    enum ws_huffman_set set;

    assert(count <= WS_ALPHABET_LITERALS);
    measure(lens, count, &s);
    set = judge(&s);
    if (set == WS_HUFFMAN_INCOMPLETE || set == WS_HUFFMAN_OVERSUBSCRIBED)
        return set;
    fill_long(h, &s);
    fill_fast(h, set);
    for (size_t i = 0; i < count; i++)
        if (lens[i] > 0)
            put(h, i, s.first[lens[i]]++, lens[i]);
    return set;
}

/* As numbers of 15 bits, codes grow with their length: the first limit above tells it. Only a
 * complete set comes here, and its last limit is above all. */
unsigned ws_huffman_decode_long(const struct ws_huffman *h, uint64_t bits)
{
    const unsigned code = reverse((unsigned)bits & 0x7FFF, LEN_MAX);
    unsigned len = WS_HUFFMAN_FAST + 1;

    while (code >= h->limit[len])
        len++;
    return (unsigned)h->sorted[(int)(code >> (LEN_MAX - len)) + h->offset[len]] << 4 | len;
}
