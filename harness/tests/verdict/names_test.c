#include <criterion/criterion.h>

#include "verdict/verdict.h"

Test(verdict_names, lead_back_to_what_they_name)
{
    for (int kind = 0; kind < VERDICT_KINDS; kind++)
        cr_assert_eq(verdict_named(verdict_name((enum verdict_kind)kind)), kind);
    for (int closing = 0; closing < CLOSING_KINDS; closing++)
        cr_assert_eq(verdict_closing_named(verdict_closing_name((enum closing)closing)), closing);
    cr_assert_eq(verdict_named("PASS"), -1);
    cr_assert_eq(verdict_closing_named("wrong"), -1);
    cr_assert_str_eq(verdict_closing_name(CLOSING_WRONG_CODE), "wrong code");
}

Test(verdict_names, a_case_that_did_not_run_points_at_no_entry)
{
    struct verdict skip = verdict_skip("no echo"), error = verdict_error("no target");

    cr_assert_eq(skip.result, VERDICT_SKIP);
    cr_assert_eq(skip.behaviour, VERDICT_SKIP);
    cr_assert_eq(skip.closing, CLOSING_NONE);
    cr_assert_eq(skip.entry, ENTRY_NO_STEP);
    cr_assert_str_eq(skip.reason, "no echo");
    cr_assert_eq(error.result, VERDICT_ERROR);
    cr_assert_eq(error.rule, WS_RULE_NONE);
    cr_assert_str_eq(error.reason, "no target");
}
