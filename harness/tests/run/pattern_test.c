#include "run/pattern.h"

#include <criterion/criterion.h>

#include "base/arena.h"
#include "tests/run/matching.h"

#define EITHER "either {\nexpect echo\nexpect fail 1002\n} or warn \"early\" {\nexpect fail 1002\n}"

Test(run_pattern, branches_are_tried_first_without_a_warn)
{
    static const struct matching rows[] = {
        { .steps = EITHER,
          .talk = "out text \"a\";in text \"a\";in close 1002;in end fin",
          .says = "pass @5" },
        { .steps = EITHER,
          .talk = "out text \"a\";in close 1002;in end fin",
          .says = "warn @3: early" },
        { .steps = EITHER,
          .talk = "out text \"a\";in text \"a\";in close 1003;in end fin",
          .says = "warn @5: it failed the connection with another code" },
        { .steps = EITHER, .talk = "out text \"a\"", .says = "more" },
        { .steps = EITHER, .talk = "out text \"a\";in text \"a\"", .says = "more barrier doubt" },
        { .steps = EITHER,
          .talk = "out text \"a\";in text \"b\"",
          .says = "no @3 step +2: it is not the echo of the oldest message sent" },
        { .steps = EITHER,
          .talk = "expect @2;out text \"a\";silent",
          .says = "no step +2 silent: nothing came in time" },
        { .steps = "either {\nexpect close 1000\n} or info \"b\" {\nexpect close 1001\n} or warn "
                   "\"c\" {\nexpect close 1002\n}",
          .talk = "in close 1001",
          .says = "info @1: b" },
        { .steps = "either {\nexpect close 1000\n} or info \"b\" {\nexpect close 1001\n} or warn "
                   "\"c\" {\nexpect close 1002\n}",
          .talk = "in close 1002",
          .says = "warn @1: c" },
        { .steps = "either {\nexpect close 1000\n} or info \"b\" {\nexpect close 1001\n} or warn "
                   "\"c\" {\nexpect close 1002\n}",
          .talk = "in close 1003",
          .says = "no @0 step +2: the Close has another code" },
        /* The milder branch wins even where it is written last. */
        { .steps = "either {\nexpect close 1000\n} or warn \"c\" {\nexpect close any\n} or info "
                   "\"b\" {\nexpect close 1001\n}",
          .talk = "in close 1001",
          .says = "info @1: b" },
    };

    MATCHING_TABLE(rows);
}

#define IN_TIME                                                                                    \
    "expect close any\neither {\nexpect eof within 1s\n} or warn \"late\" {\nexpect eof within "   \
    "20s\n}"

/* The second counts from what was taken before, here from the Close. */
Test(run_pattern, within_tells_one_branch_from_another)
{
    static const struct matching rows[] = {
        { .steps = IN_TIME,
          .talk = "in close 1000 us=5000000;in end fin us=6000000",
          .says = "pass @1" },
        { .steps = IN_TIME,
          .talk = "in close 1000 us=5000000;in end fin us=6000001",
          .says = "warn @1: late" },
        { .steps = "expect close any\nexpect eof within 1s",
          .talk = "in close 1000 us=5000000;in end fin us=6000001",
          .says = "pass @1" },
    };

    MATCHING_TABLE(rows);
}

Test(run_pattern, a_branch_is_only_taken_if_what_follows_fits_too)
{
    static const struct matching rows[] = {
        { .steps = "either {\nexpect text \"a\"\n} or warn \"w\" {\nexpect text \"a\"\nexpect text "
                   "\"b\"\n}\nexpect close 1000",
          .talk = "in text \"a\";in text \"b\";in close 1000",
          .says = "warn @5: w" },
        { .steps = "either {\nexpect text \"a\"\n} or warn \"w\" {\nexpect text \"a\"\nexpect text "
                   "\"b\"\n}\nexpect close 1000",
          .talk = "in text \"a\";in close 1000",
          .says = "pass @3" },
        { .steps =
              "either {\neither {\nexpect text \"a\"\n} or info \"i\" {\nexpect text "
              "\"b\"\n}\nexpect text \"c\"\n} or warn \"w\" {\nexpect text \"d\"\n}\nexpect close",
          .talk = "in text \"b\";in text \"c\";in close",
          .says = "info @5: i" },
    };

    MATCHING_TABLE(rows);
}

Test(run_pattern, what_is_unordered_comes_in_any_order_and_once)
{
    static const struct matching rows[] = {
        { .steps = "unordered {\nexpect echo\nexpect pong \"p\"\n}",
          .talk = "out text \"a\";in text \"a\";in pong \"p\"",
          .says = "pass @5" },
        { .steps = "unordered {\nexpect echo\nexpect pong \"p\"\n}",
          .talk = "out text \"a\";in pong \"p\";in text \"a\"",
          .says = "pass @5" },
        { .steps = "unordered {\nexpect echo\nexpect pong \"p\"\n}",
          .talk = "out text \"a\";in text \"a\"",
          .says = "more" },
        { .steps = "unordered {\nexpect echo\nexpect pong \"p\"\n}",
          .talk = "out text \"a\";in text \"b\"",
          .says = "no @3 step +1: it is not the echo of the oldest message sent" },
        { .steps = "unordered {\nexpect text \"a\"\nexpect text \"b\"\nexpect text \"c\"\n}",
          .talk = "in text \"c\";in text \"a\";in text \"b\"",
          .says = "pass @6" },
        { .steps = "unordered {\nexpect text \"a\"\nexpect text \"b\"\n}",
          .talk = "in text \"a\";in text \"a\"",
          .says = "no @3 step +2: the message has another payload" },
        { .steps = "unordered {\nexpect text \"a\"\nexpect text \"b\"\n}\nexpect close",
          .talk = "in text \"b\";in text \"a\";in close",
          .says = "pass @5" },
        { .steps = "unordered {\nexpect echo\nexpect pong \"p\"\n}",
          .talk = "out text \"a\";in pong \"p\";in end fin",
          .says = "no @3 step +1: the connection ended" },
    };

    MATCHING_TABLE(rows);
}

/* Found at the first try, the other orders are not tried: ten equal ones would make 3.6 million. */
Test(run_pattern, many_equal_things_are_found_at_once)
{
    char steps[1000] = "unordered {\n", talk[1000] = "";

    for (int i = 0; i < 14; i++) {
        strcat(steps, "expect pong\n");
        strcat(talk, "in pong \"p\";");
    }
    strcat(steps, "}");
    struct matching rows[] = { { .steps = steps, .talk = talk, .says = "pass @14" } };
    MATCHING_TABLE(rows);
}

/* The others of twenty equal ones need not be tried where the first did not fit: 20! orders. */
Test(run_pattern, many_equal_things_of_which_one_is_missing_are_missed_at_once)
{
    char steps[1000] = "unordered {\n", talk[1000] = "";

    for (int i = 0; i < 20; i++) {
        strcat(steps, i % 2 ? "expect text \"a\"\n" : "expect text \"b\"\n");
        strcat(talk, i % 2 ? "in text \"a\";" : "in text \"b\";");
    }
    strcat(steps, "expect pong\n}");
    struct matching rows[] = { { .steps = steps, .talk = talk, .says = "more" } };
    MATCHING_TABLE(rows);
}

Test(run_pattern, close_is_their_close_and_then_the_end)
{
    static const struct matching rows[] = {
        { .steps = "close 1000",
          .talk = "out close 1000;in close 1000;in end fin",
          .says = "pass @2" },
        { .steps = "close 1000",
          .talk = "out close 1000;in close 1001;in end fin",
          .says = "pass @2" },
        { .steps = "close 1000",
          .talk = "out close 1000;in close 1000",
          .says = "more barrier doubt" },
        { .steps = "close 1000",
          .talk = "out close 1000;in end fin",
          .says = "no @1: the connection ended" },
        { .steps = "close 1000",
          .talk = "out text \"a\";out close 1000;in text \"a\";in close 1000;in end fin",
          .says = "pass @6" },
        { .steps = "close 1000",
          .talk = "out close 1000;in text \"a\"",
          .says = "no @2: a message came" },
        { .steps = "close 1000",
          .talk = "expect @2;out close 1000;silent",
          .says = "no silent: nothing came in time" },
    };

    MATCHING_TABLE(rows);
}

#define PREFER                                                                                     \
    "prefer {\nexpect fail 1007\n} otherwise warn \"late\" {\nsend ping\nexpect fail 1007\n}"

Test(run_pattern, the_good_branch_of_a_choice_ends_with_the_pong)
{
    static const struct matching rows[] = {
        { .steps = PREFER,
          .prefer = true,
          .talk = "expect @2;in close 1007;in end fin",
          .says = "pass @2" },
        { .steps = PREFER, .prefer = true, .talk = "expect @2", .says = "more barrier doubt" },
        { .steps = PREFER,
          .prefer = true,
          .talk = "expect @2;passed",
          .says = "no step +2 silent: nothing came in time" },
        { .steps = PREFER,
          .prefer = true,
          .talk = "passed;expect @2",
          .says = "more barrier doubt" },
        { .steps = PREFER,
          .prefer = true,
          .talk = "expect @2;silent",
          .says = "no step +2 silent: nothing came in time" },
        { .steps = PREFER,
          .prefer = true,
          .talk = "expect @2;in close 1002;in end fin",
          .says = "warn @2: it failed the connection with another code" },
    };

    MATCHING_TABLE(rows);
}

Test(run_pattern, one_pattern_goes_on_where_the_last_one_stopped)
{
    static const struct matching rows[] = {
        { .steps = "expect text \"a\"\nsend ping\nexpect text \"b\"",
          .talk = "in text \"a\";in text \"b\"",
          .says = "pass @4" },
        { .steps = "expect text \"a\"\nsend ping\nexpect text \"a\"",
          .talk = "in text \"a\"",
          .says = "more" },
        { .steps = "expect eof\nsend ping\nexpect eof", .talk = "in end fin", .says = "pass @0" },
        { .steps = "expect echo\nsend ping\nexpect fail",
          .talk = "out text \"a\";in text \"a\";in close 1002;in end fin",
          .says = "pass @5" },
    };

    MATCHING_TABLE(rows);
}

/* The furthest one speaks for all that did not fit. */
Test(run_pattern, the_mismatch_that_came_furthest_is_told)
{
    static const struct matching rows[] = {
        { .steps = "either {\nexpect close 1000\n} or warn \"w\" {\nexpect text \"a\"\nexpect text "
                   "\"b\"\n}",
          .talk = "in text \"a\";in text \"c\"",
          .says = "no @3 step +5: the message has another payload" },
    };

    MATCHING_TABLE(rows);
}
