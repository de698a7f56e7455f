#include "peer/pace.h"

#include <criterion/criterion.h>

/* How many of `n` messages at once are let through. */
static int burst(struct pace *p, uint64_t now_ms, int n)
{
    int allowed = 0;

    for (int i = 0; i < n; i++)
        allowed += pace_allows(p, now_ms);
    return allowed;
}

Test(peer_pace, a_second_s_worth_may_come_at_once)
{
    struct pace p = { .per_s = 5 };

    cr_assert_eq(burst(&p, 1000, 9), 5);
}

Test(peer_pace, what_time_gives_can_be_used)
{
    struct pace p = { .per_s = 5 };

    cr_assert_eq(burst(&p, 1000, 9), 5);
    cr_assert_eq(burst(&p, 1199, 9), 0);
    cr_assert_eq(burst(&p, 1200, 9), 1);
    cr_assert_eq(burst(&p, 1800, 9), 3);
}

Test(peer_pace, an_hour_of_silence_gives_no_more_than_a_second)
{
    struct pace p = { .per_s = 5 };

    cr_assert_eq(burst(&p, 1000, 9), 5);
    cr_assert_eq(burst(&p, 3600000, 9), 5);
}

Test(peer_pace, zero_is_any_number)
{
    struct pace p = { 0 };

    cr_assert_eq(burst(&p, 1, 10000), 10000);
}
