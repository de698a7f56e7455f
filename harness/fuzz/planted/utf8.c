#include "fuzz/planted/utf8.h"

#include "fuzz/planted/bug.h"

static void expect(struct utf8 *u, unsigned need, uint8_t low, uint8_t high)
{
    u->need = need;
    u->low = low;
    u->high = high;
}

static bool begin(struct utf8 *u, uint8_t byte)
{
    bool spares_surrogates = bug_is(BUG_TAKES_SURROGATE_LATER) && u->at_fragment;

    u->character = byte & (byte < 0xE0 ? 0x1F : byte < 0xF0 ? 0x0F : 0x07);
    if (byte < 0x80)
        return true;
    if (byte >= 0xC2 && byte <= 0xDF)
        expect(u, 1, 0x80, 0xBF);
    else if (byte == 0xE0)
        expect(u, 2, 0xA0, 0xBF);
    else if (byte == 0xED)
        expect(u, 2, 0x80, spares_surrogates ? 0xBF : 0x9F);
    else if (byte >= 0xE1 && byte <= 0xEF)
        expect(u, 2, 0x80, 0xBF);
    else if (byte == 0xF0)
        expect(u, 3, 0x90, 0xBF);
    else if (byte >= 0xF1 && byte <= 0xF3)
        expect(u, 3, 0x80, 0xBF);
    else if (byte == 0xF4)
        expect(u, 3, 0x80, 0x8F);
    else
        return false;
    return true;
}

static bool go_on(struct utf8 *u, uint8_t byte)
{
    if (byte < u->low || byte > u->high)
        return false;
    u->character = u->character << 6 | (byte & 0x3F);
    expect(u, u->need - 1, 0x80, 0xBF);
    return !(bug_is(BUG_REFUSES_LAST_CHARACTER) && u->need == 0 && u->character == 0x10FFFF);
}

bool utf8_feed(struct utf8 *u, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!(u->need > 0 ? go_on(u, bytes[i]) : begin(u, bytes[i])))
            return false;
        u->at_fragment = false;
    }
    return true;
}
