#include "ws/utf8.h"

#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* What the next byte has to be: named for the bytes that are still to come. The four special ones
 * are the second bytes of Unicode Table 3-7 that are narrower than 80..BF: they keep out overlong
 * forms (E0, F0), surrogates (ED) and what is above U+10FFFF (F4). */
enum utf8_state { BETWEEN, ONE, TWO, THREE, AFTER_E0, AFTER_ED, AFTER_F0, AFTER_F4 };

static const struct {
    uint8_t low, high, then;
} wanted[] = {
    [ONE] = { 0x80, 0xBF, BETWEEN },  [TWO] = { 0x80, 0xBF, ONE },
    [THREE] = { 0x80, 0xBF, TWO },    [AFTER_E0] = { 0xA0, 0xBF, ONE },
    [AFTER_ED] = { 0x80, 0x9F, ONE }, [AFTER_F0] = { 0x90, 0xBF, TWO },
    [AFTER_F4] = { 0x80, 0x8F, TWO },
};

/* The first byte of a character that is not ASCII. */
static bool lead(uint8_t c, uint8_t *state)
{
    if (c < 0xC2 || c > 0xF4)
        return false;
    if (c < 0xE0)
        *state = ONE;
    else if (c < 0xF0)
        *state = c == 0xE0 ? AFTER_E0 : c == 0xED ? AFTER_ED : TWO;
    else
        *state = c == 0xF0 ? AFTER_F0 : c == 0xF4 ? AFTER_F4 : THREE;
    return true;
}

static bool step(uint8_t c, uint8_t *state)
{
    if (*state == BETWEEN)
        return c < 0x80 || lead(c, state);
    if (c < wanted[*state].low || c > wanted[*state].high)
        return false;
    *state = wanted[*state].then;
    return true;
}

/* Takes bytes until `stop`, or until a character ends behind it. Gives the index after the last
 * byte that was taken, or of the one that was refused. */
static size_t walk(struct ws_utf8 *u, struct bytes in, size_t i, size_t stop)
{
    uint8_t state = u->state;

    for (; i < in.len && (i < stop || state != BETWEEN); i++) {
        if (!step(in.ptr[i], &state)) {
            u->broken = true;
            break;
        }
    }
    u->state = state;
    return i;
}

bool ws_utf8_feed_plain(struct ws_utf8 *u, struct bytes in)
{
    if (u->broken)
        return false;
    u->at += walk(u, in, 0, in.len);
    return !u->broken;
}

#define BLOCK 16

#if defined(__SSE2__)
static bool ascii_block(const uint8_t *p)
{
    return _mm_movemask_epi8(_mm_loadu_si128((const __m128i *)(const void *)p)) == 0;
}
#else
static bool ascii_block(const uint8_t *p)
{
    uint64_t a, b;

    memcpy(&a, p, 8);
    memcpy(&b, p + 8, 8);
    return ((a | b) & UINT64_C(0x8080808080808080)) == 0;
}
#endif

bool ws_utf8_feed(struct ws_utf8 *u, struct bytes in)
{
    size_t i = 0;

    if (u->broken)
        return false;
    while (i < in.len && !u->broken) {
        if (u->state == BETWEEN)
            while (in.len - i >= BLOCK && ascii_block(in.ptr + i))
                i += BLOCK;
        i = walk(u, in, i, in.len - i > BLOCK ? i + BLOCK : in.len);
    }
    u->at += i;
    return !u->broken;
}

bool ws_utf8_complete(const struct ws_utf8 *u)
{
    return !u->broken && u->state == BETWEEN;
}

bool ws_utf8_valid(struct bytes in)
{
    struct ws_utf8 u = { 0 };

    return ws_utf8_feed(&u, in) && ws_utf8_complete(&u);
}
