#include "drive/deaths.h"

#include <criterion/criterion.h>

/* A convict has let the server die again and again: those before are his too. */
Test(drive_deaths, a_convict_explains_the_deaths_that_led_to_him)
{
    struct deaths d = { 0 };
    unsigned first = deaths_note(&d, 0), other = deaths_note(&d, 0);
    unsigned again = deaths_note(&d, first);

    cr_expect_eq(deaths_unsolved(&d), 3);
    deaths_solve(&d, again);
    cr_expect_eq(deaths_unsolved(&d), 1);
    deaths_solve(&d, other);
    cr_expect_eq(deaths_unsolved(&d), 0);
}

Test(drive_deaths, no_more_are_noted_than_there_is_room_for)
{
    struct deaths d = { 0 };

    for (unsigned i = 0; i < DEATHS_MAX; i++)
        cr_assert_eq(deaths_note(&d, 0), i + 1);
    cr_expect_eq(deaths_note(&d, 0), 0);
    deaths_solve(&d, 0);
    cr_expect_eq(deaths_unsolved(&d), DEATHS_MAX);
}
