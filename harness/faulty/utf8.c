#include "faulty/utf8.h"

#include "faulty/fault.h"

#define CHECKED_MAX 1000 /* by who looks at the beginning only */
#define BLOCK 16         /* by who checks whole blocks only */

/* A character of `more` further bytes, the first of them between `low` and `high`. */
static bool begin(struct utf8 *u, uint8_t b, uint8_t more, uint8_t low, uint8_t high)
{
    *u = (struct utf8){ more, low, high, b & (0x3Fu >> more) };
    return true;
}

static bool begin_3(struct utf8 *u, uint8_t b)
{
    uint8_t low = b == 0xE0 && !fault_is(FAULT_TAKES_OVERLONG_3) ? 0xA0 : 0x80;
    uint8_t high = b == 0xED && !fault_is(FAULT_TAKES_SURROGATES) ? 0x9F : 0xBF;

    return !fault_is(FAULT_REFUSES_THREE_BYTES) && begin(u, b, 2, low, high);
}

static bool begin_4(struct utf8 *u, uint8_t b)
{
    uint8_t low = b == 0xF0 && !fault_is(FAULT_TAKES_OVERLONG_4) ? 0x90 : 0x80;
    uint8_t high = b == 0xF4 && !fault_is(FAULT_TAKES_BEYOND_UNICODE) ? 0x8F : 0xBF;

    return !fault_is(FAULT_REFUSES_FOUR_BYTES) && begin(u, b, 3, low, high);
}

/* What can begin no character, but for who takes it. */
static bool begin_odd(struct utf8 *u, uint8_t b)
{
    if (b < 0xC0)
        return fault_is(FAULT_TAKES_LONE_CONTINUATION_BYTE);
    if (b < 0xC2)
        return fault_is(FAULT_TAKES_OVERLONG_2) && begin(u, b, 1, 0x80, 0xBF);
    if (b < 0xF8)
        return fault_is(FAULT_TAKES_F5_TO_F7) && begin(u, b, 3, 0x80, 0xBF);
    if (b < 0xFC)
        return fault_is(FAULT_TAKES_FIVE_BYTES) && begin(u, b, 4, 0x80, 0xBF);
    return b >= 0xFE && fault_is(FAULT_TAKES_FE_FF);
}

static bool first_byte(struct utf8 *u, uint8_t b)
{
    if (b == 0)
        return !fault_is(FAULT_REFUSES_NUL);
    if (b < 0x80)
        return true;
    if (b >= 0xC2 && b <= 0xDF)
        return !fault_is(FAULT_REFUSES_TWO_BYTES) && begin(u, b, 1, 0x80, 0xBF);
    if (b >= 0xE0 && b <= 0xEF)
        return begin_3(u, b);
    if (b >= 0xF0 && b <= 0xF4)
        return begin_4(u, b);
    return begin_odd(u, b);
}

static bool next_byte(struct utf8 *u, uint8_t b)
{
    if ((b < u->low || b > u->high) && !fault_is(FAULT_TAKES_ANY_SECOND_BYTE))
        return false;
    *u = (struct utf8){ (uint8_t)(u->wanted - 1), 0x80, 0xBF, u->character << 6 | (b & 0x3F) };
    return u->wanted > 0 || (u->character & 0xFFFE) != 0xFFFE ||
           !fault_is(FAULT_REFUSES_NONCHARACTERS);
}

static bool take_byte(struct utf8 *u, uint8_t b)
{
    return u->wanted == 0 ? first_byte(u, b) : next_byte(u, b);
}

static bool take_all(struct utf8 *u, struct bytes in)
{
    for (size_t i = 0; i < in.len; i++)
        if (!take_byte(u, in.ptr[i]))
            return false;
    return true;
}

bool utf8_take(struct utf8 *u, struct bytes in)
{
    if (fault_is(FAULT_TAKES_BAD_TEXT_AT_END))
        in.len &= ~(size_t)(BLOCK - 1);
    if (!take_all(u, in))
        return false;
    return !fault_is(FAULT_REFUSES_CHARACTER_IN_TWO_READS) || utf8_may_end(u);
}

bool utf8_may_end(const struct utf8 *u)
{
    return u->wanted == 0 || fault_is(FAULT_TAKES_CUT_CHARACTER) ||
           fault_is(FAULT_TAKES_BAD_TEXT_AT_END);
}

void utf8_begin_frame(struct utf8 *u, bool first)
{
    if (!first && fault_is(FAULT_TAKES_CUT_CHARACTER_IN_FRAGMENT))
        *u = (struct utf8){ 0 };
}

bool utf8_is_checked(size_t at, bool fragmented)
{
    if (fault_is(FAULT_TAKES_BAD_FRAGMENTED_TEXT) && fragmented)
        return false;
    return !fault_is(FAULT_TAKES_BAD_TEXT) &&
           !(fault_is(FAULT_TAKES_BAD_TEXT_LATER) && at >= CHECKED_MAX);
}

bool utf8_is_valid(struct bytes text)
{
    struct utf8 u = { 0 };

    return take_all(&u, text) && u.wanted == 0;
}
