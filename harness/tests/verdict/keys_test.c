#include "verdict/keys.h"

#include <criterion/criterion.h>

#include "base/rand.h"

/* How often each rule is told for `n` keys, of which the one at `i` is key_at(i). */
struct told {
    unsigned repeated, counted;
};

static struct told tell_of(uint8_t opcode, uint32_t (*key_at)(unsigned i), unsigned n)
{
    struct keys k = { 0 };
    struct told told = { 0 };

    for (unsigned i = 0; i < n; i++) {
        uint32_t key = key_at(i);
        const struct ws_head head = { .opcode = opcode,
                                      .masked = true,
                                      .key = { (uint8_t)(key >> 24), (uint8_t)(key >> 16),
                                               (uint8_t)(key >> 8), (uint8_t)key } };
        enum ws_rule rule = keys_take(&k, &head);
        told.repeated += rule == WS_RULE_MASK_KEY_REPEATED;
        told.counted += rule == WS_RULE_MASK_KEY_COUNTED;
    }
    return told;
}

static struct told tell(uint32_t (*key_at)(unsigned i), unsigned n)
{
    return tell_of(WS_PONG, key_at, n);
}

static uint32_t by_chance(unsigned i)
{
    return (uint32_t)rand_at(1, i);
}

static uint32_t constant(unsigned i)
{
    (void)i;
    return 7;
}

static uint32_t twice(unsigned i)
{
    return by_chance(i / 2);
}

static uint32_t in_a_cycle(unsigned i)
{
    return by_chance(i % 8);
}

static uint32_t upwards(unsigned i)
{
    return 0xfffffff0u + i; /* goes round */
}

static uint32_t backwards(unsigned i)
{
    return i << 24 | 7;
}

static uint32_t once_again(unsigned i)
{
    return i == 20 || i == 25 ? by_chance(18) : by_chance(i);
}

static uint32_t far_apart(unsigned i)
{
    return by_chance(i % (KEYS_KEPT + 1));
}

Test(verdict_keys, tells_what_is_no_chance_and_only_that)
{
    cr_expect_eq(tell(by_chance, 100000).repeated, 0);
    cr_expect_eq(tell(by_chance, 100000).counted, 0);
    cr_expect_eq(tell(constant, 100).repeated, 0, "another rule tells this");
    cr_expect_eq(tell(constant, 100).counted, 0);
    cr_expect_eq(tell(twice, 5).repeated, 0);
    cr_expect_eq(tell(twice, 6).repeated, 1);
    cr_expect_eq(tell(twice, 100).repeated, 1, "told once");
    cr_expect_eq(tell_of(WS_TEXT, twice, 6).repeated, 1);
    cr_expect_eq(tell_of(WS_TEXT, in_a_cycle, 100).repeated, 0, "may be folded");
    cr_expect_eq(tell(in_a_cycle, 10).repeated, 0);
    cr_expect_eq(tell(in_a_cycle, 11).repeated, 1);
    cr_expect_eq(tell(once_again, 100).repeated, 0, "two may be chance");
    cr_expect_eq(tell(far_apart, 1000).repeated, 0, "beyond what is kept");
    cr_expect_eq(tell(upwards, 7).counted, 0);
    cr_expect_eq(tell(upwards, 8).counted, 1);
    cr_expect_eq(tell(upwards, 100).counted, 1, "told once");
    cr_expect_eq(tell(backwards, 8).counted, 1);
}

Test(verdict_keys, frames_that_were_passed_over_count_with_their_last)
{
    const struct ws_head head = { .opcode = WS_TEXT, .masked = true, .key = { 1, 2, 3, 4 } };
    struct keys k = { 0 };

    for (unsigned i = 0; i < KEYS_REPEATS; i++) {
        keys_pass(&k, head.key);
        cr_expect_eq(keys_take(&k, &head),
                     i + 1 < KEYS_REPEATS ? WS_RULE_NONE : WS_RULE_MASK_KEY_REPEATED);
    }
}
