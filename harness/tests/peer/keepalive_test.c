#include "peer/keepalive.h"

#include <criterion/criterion.h>

static struct keepalive every(uint32_t every_ms, uint32_t patience_ms)
{
    struct keepalive k = { .every_ms = every_ms, .patience_ms = patience_ms };

    keepalive_heard(&k, 1000);
    return k;
}

Test(peer_keepalive, silence_brings_one_ping_and_then_the_end)
{
    struct keepalive k = every(100, 50);

    cr_assert_eq(keepalive_step(&k, 1099), KEEPALIVE_WAIT);
    cr_assert_eq(keepalive_deadline(&k), 1100);
    cr_assert_eq(keepalive_step(&k, 1100), KEEPALIVE_PING);
    cr_assert_eq(keepalive_step(&k, 1149), KEEPALIVE_WAIT, "a ping is said once");
    cr_assert_eq(keepalive_deadline(&k), 1150);
    cr_assert_eq(keepalive_step(&k, 1150), KEEPALIVE_GIVE_UP);
    cr_assert_eq(keepalive_step(&k, 9999), KEEPALIVE_WAIT, "and so is the end");
    cr_assert_eq(keepalive_deadline(&k), UINT64_MAX);
}

Test(peer_keepalive, a_sign_of_life_starts_anew)
{
    struct keepalive k = every(100, 50);

    cr_assert_eq(keepalive_step(&k, 1100), KEEPALIVE_PING);
    keepalive_heard(&k, 1140);
    cr_assert_eq(keepalive_step(&k, 1150), KEEPALIVE_WAIT);
    cr_assert_eq(keepalive_step(&k, 1239), KEEPALIVE_WAIT);
    cr_assert_eq(keepalive_step(&k, 1240), KEEPALIVE_PING);
}

Test(peer_keepalive, without_an_interval_nothing_ever_happens)
{
    struct keepalive k = every(0, 50);

    cr_assert_eq(keepalive_deadline(&k), UINT64_MAX);
    cr_assert_eq(keepalive_step(&k, UINT64_MAX), KEEPALIVE_WAIT);
}

Test(peer_keepalive, a_stopped_one_is_quiet)
{
    struct keepalive k = every(100, 50);

    keepalive_stop(&k);
    cr_assert_eq(keepalive_step(&k, 9999), KEEPALIVE_WAIT);
    cr_assert_eq(keepalive_deadline(&k), UINT64_MAX);
}
