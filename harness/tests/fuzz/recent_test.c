#include "fuzz/live/recent.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static void add(struct recent *r, int n)
{
    char text[16];

    snprintf(text, sizeof text, "input %d", n);
    recent_add(r, bytes_str(text));
}

static int at(const struct recent *r, size_t back)
{
    int n = -1;

    cr_assert_eq(sscanf((const char *)recent_at(r, back).ptr, "input %d", &n), 1);
    return n;
}

Test(fuzz_recent, the_newest_comes_first)
{
    static struct recent r;

    recent_init(&r);
    for (int i = 0; i < 10; i++)
        add(&r, i);
    cr_expect_eq(r.count, 10);
    for (size_t i = 0; i < 10; i++)
        cr_expect_eq(at(&r, i), 9 - (int)i);
    recent_free(&r);
}

Test(fuzz_recent, what_is_old_is_forgotten_and_the_mark_moves_with_it)
{
    static struct recent r;

    recent_init(&r);
    for (int i = 0; i < RECENT_MAX; i++)
        add(&r, i);
    recent_mark(&r);
    for (int i = RECENT_MAX; i < RECENT_MAX + 100; i++)
        add(&r, i);
    cr_expect_leq(r.count, RECENT_MAX);
    cr_expect_eq(r.count - r.marked, 100);
    cr_expect_eq(at(&r, 99), RECENT_MAX);
    cr_expect_eq(at(&r, 100), RECENT_MAX - 1);
    recent_free(&r);
}

Test(fuzz_recent, large_inputs_push_the_old_ones_out)
{
    static uint8_t large[RECENT_BYTES / 3];
    static struct recent r;

    recent_init(&r);
    for (uint8_t i = 1; i <= 10; i++) {
        memset(large, i, sizeof large);
        recent_add(&r, bytes_of(large, sizeof large));
        cr_assert(r.count > 0 && r.count <= 3);
        cr_expect_eq(recent_at(&r, 0).ptr[sizeof large - 1], i);
        cr_expect_eq(recent_at(&r, 0).len, sizeof large);
    }
    recent_free(&r);
}

Test(fuzz_recent, the_mark_may_be_set_back)
{
    static struct recent r;

    recent_init(&r);
    for (int i = 0; i < 10; i++)
        add(&r, i);
    recent_mark_back(&r, 4);
    cr_expect_eq(r.count - r.marked, 4);
    recent_mark_back(&r, 11);
    cr_expect_eq(r.marked, 0);
    recent_free(&r);
}
