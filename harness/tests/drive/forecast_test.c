#include "drive/forecast.h"

#include <criterion/criterion.h>

#define SECOND 1000000u

static uint64_t known(const struct forecast *f)
{
    const struct forecast_left left = forecast_left(f);

    cr_assert(left.known && !left.at_least);
    return left.us;
}

Test(forecast, beside_others_the_rate_counts)
{
    struct forecast f = { .together_left = 100, .together_ended = 400, .together_us = 8 * SECOND };

    cr_expect_eq(known(&f), 2 * SECOND);
}

/* 300 that take a second each are five minutes, however fast the thousand before them went. */
Test(forecast, who_runs_alone_is_told_by_those_that_did)
{
    struct forecast f = { .together_ended = 1000,
                          .together_us = 2 * SECOND,
                          .alone_left = 300,
                          .alone_ended = 10,
                          .alone_us = 10 * SECOND };

    cr_expect_eq(known(&f), 300 * SECOND);
    f.together_left = 500;
    cr_expect_eq(known(&f), 301 * SECOND);
}

/* Who was silent for five seconds will be for five more. */
Test(forecast, a_second_run_takes_as_long_as_the_first)
{
    struct forecast f = { .together_ended = 1000,
                          .together_us = 2 * SECOND,
                          .again_us = 40 * SECOND,
                          .spent_us = 3 * SECOND };

    cr_expect_eq(known(&f), 37 * SECOND);
    f.spent_us = 41 * SECOND;
    cr_expect_eq(known(&f), 0);
}

Test(forecast, what_nobody_has_seen_is_not_told)
{
    struct forecast f = { .together_left = 100, .together_ended = 4, .together_us = SECOND };

    cr_expect_not(forecast_left(&f).known);
    f.together_ended = 5;
    cr_expect_eq(known(&f), 20 * SECOND);
    f.alone_left = 7;
    cr_expect(forecast_left(&f).at_least);
    cr_expect_eq(forecast_left(&f).us, 20 * SECOND);
    f.alone_ended = 3;
    f.alone_us = 3 * SECOND;
    cr_expect_eq(known(&f), 27 * SECOND);
}
