#include "fuzz/live/replies.h"

/* Lengths that differ in their form on the wire, or by a factor of four, are different news. */
static unsigned length_class(uint64_t len)
{
    unsigned class = 0;

    for (uint64_t n = len; n > 0; n >>= 2)
        class ++;
    return class + (len > 125 ? 32 : 0) + (len > 65535 ? 32 : 0);
}

static uint32_t mix(uint32_t a, uint32_t b)
{
    uint32_t h = a * 0x9e3779b1u ^ (b + 0x7f4a7c15u) * 0x85ebca6bu;

    h ^= h >> 15;
    h *= 0xc2b2ae35u;
    return h ^ h >> 13;
}

static void hit(uint8_t *counters, uint32_t before, uint32_t news)
{
    uint8_t *c = &counters[mix(before, news) % REPLIES_SIZE];

    if (*c < UINT8_MAX)
        (*c)++;
}

static uint32_t news_of(const struct fuzz_heard *h)
{
    uint32_t kind = (uint32_t)h->kind << 24;

    switch (h->kind) {
    case FUZZ_HEARD_MESSAGE: return kind | (uint32_t)h->opcode << 8 | length_class(h->len);
    case FUZZ_HEARD_PONG:
    case FUZZ_HEARD_PING: return kind | length_class(h->len);
    case FUZZ_HEARD_CLOSE:
        return kind | (uint32_t)h->close.has_code << 16 | (h->close.has_code ? h->close.code : 0u);
    case FUZZ_HEARD_END: break;
    }
    return kind;
}

/* What comes before is remembered without its length: else each length would make each that
 * follows it new. */
static uint32_t place_of(const struct fuzz_heard *h)
{
    return (uint32_t)h->kind << 8 | h->opcode;
}

enum { AT_START = 0x10000, AT_BREACH, AT_STATUS };

void replies_count(const struct fuzz_account *a, const struct lane_word *word, uint8_t *counters)
{
    uint32_t before = AT_START;

    hit(counters, AT_STATUS, a->status);
    hit(counters, AT_BREACH, (uint32_t)a->broken.rule);
    for (size_t i = 0; i < a->count; i++) {
        hit(counters, before, news_of(&a->heard[i]));
        before = place_of(&a->heard[i]);
    }
    hit(counters, before, 0xff000000u | (uint32_t)word->end << 1 | word->patient);
}
