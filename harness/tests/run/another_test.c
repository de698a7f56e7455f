#include <criterion/criterion.h>

#include "tests/run/matching.h"

/* What is expected of the client itself: that it does not come, or comes again. */

#define HERE "connected;expect @0;in head GET;"

Test(run_another, no_request_is_met_when_the_client_gives_up)
{
    static const struct matching rows[] = {
        { .steps = "expect no request", .talk = "expect @0", .says = "more" },
        { .steps = "expect no request", .talk = "expect @0;exited", .says = "pass @2" },
        { .steps = "expect no request", .talk = "expect @0;died", .says = "pass @2" },
        { .steps = "expect no request",
          .talk = "expect @0;output \"error no such scheme\"",
          .says = "pass @2" },
        { .steps = "expect no request",
          .talk = "expect @0;output \"closed 1006\"",
          .says = "pass @2" },
        { .steps = "expect no request", .talk = "expect @0;output \"hello\"", .says = "more" },
        { .steps = "expect no request",
          .talk = "expect @0;stderr \"error: none\"",
          .says = "more" },
        { .steps = "expect no request",
          .talk = "expect @0;connected;in end tls-failed",
          .says = "pass @2" },
        { .steps = "expect no request", .talk = "expect @0;connected;silent", .says = "pass @3" },
        { .steps = "expect no request",
          .talk = "expect @0;connected;in head GET",
          .says = "no @2: it sent a request" },
        { .steps = "expect no request",
          .talk = "expect @0;connected;in bad \"hello\"",
          .says = "no @2: it sent a request" },
    };

    MATCHING_TABLE(rows);
}

Test(run_another, comes_again_once_for_each_time_that_it_is_expected)
{
    static const struct matching rows[] = {
        { .role = ROLE_CLIENT, .steps = "expect another", .talk = HERE, .says = "more" },
        { .role = ROLE_CLIENT,
          .steps = "expect another",
          .talk = HERE "another",
          .says = "pass @4" },
        /* It may have come while something else was awaited. */
        { .role = ROLE_CLIENT,
          .steps = "respond\nexpect text\nexpect another",
          .talk = HERE "out head 101;another;in text masked key=1 \"a\"",
          .says = "pass @7" },
        { .role = ROLE_CLIENT,
          .steps = "expect another",
          .talk = HERE "in end fin;another",
          .says = "pass @5" },
        { .role = ROLE_CLIENT,
          .steps = "expect another",
          .talk = HERE "in end fin;exited",
          .says = "no @4: the client ended" },
        { .role = ROLE_CLIENT,
          .steps = "expect another\nexpect another",
          .talk = HERE "another",
          .says = "more" },
        { .role = ROLE_CLIENT,
          .steps = "expect another",
          .talk = HERE "silent",
          .says = "no silent: nothing came in time" },
    };

    MATCHING_TABLE(rows);
}

Test(run_another, later_is_longer_after_the_end_than_the_time_before)
{
    static const char steps[] = "respond\nexpect another\nrespond\nexpect another later";
    static const struct matching rows[] = {
        { .role = ROLE_CLIENT,
          .steps = steps,
          .talk =
              "connected;in end fin us=100;another us=250;in end fin #1 us=500;another #1 us=651",
          .says = "pass @5" },
        { .role = ROLE_CLIENT,
          .steps = steps,
          .talk =
              "connected;in end fin us=100;another us=250;in end fin #1 us=500;another #1 us=650",
          .says = "no @4 step +2: it came no later than the one before" },
        { .role = ROLE_CLIENT,
          .steps = steps,
          .talk = "connected;out end reset us=100;another us=250;out end reset #1 us=500;"
                  "another #1 us=600",
          .says = "no @4 step +2: it came no later than the one before" },
    };

    MATCHING_TABLE(rows);
}

Test(run_another, nothing_means_no_further_handshake_before_the_answer)
{
    static const struct matching rows[] = {
        { .role = ROLE_CLIENT,
          .steps = "expect nothing",
          .talk = HERE "silent",
          .says = "pass @4" },
        { .role = ROLE_CLIENT,
          .steps = "expect nothing",
          .talk = HERE "another;silent",
          .says = "no @3: a further handshake began before this one was answered" },
        { .role = ROLE_CLIENT,
          .steps = "expect nothing",
          .talk = HERE "out head 101;another;silent",
          .says = "pass @6" },
    };

    MATCHING_TABLE(rows);
}

Test(run_another, the_name_asked_for_in_tls_belongs_to_the_request)
{
    static const struct matching rows[] = {
        { .role = ROLE_CLIENT,
          .steps = "expect request {\nsni \"localhost\"\n}",
          .talk = "connected \"LocalHost\";in head GET",
          .says = "pass @2" },
        { .role = ROLE_CLIENT,
          .steps = "expect request {\nsni \"localhost\"\n}",
          .talk = "connected \"localhost.example\";in head GET",
          .says = "no @1: the head is not as it has to be" },
        { .role = ROLE_CLIENT,
          .steps = "expect request {\nsni \"localhost\"\n}",
          .talk = "connected;in head GET",
          .says = "no @1: the head is not as it has to be" },
        { .role = ROLE_CLIENT,
          .steps = "expect request {\nsni absent\n}",
          .talk = "connected;in head GET",
          .says = "pass @2" },
        { .role = ROLE_CLIENT,
          .steps = "expect request {\nsni absent\n}",
          .talk = "connected \"127.0.0.1\";in head GET",
          .says = "no @1: the head is not as it has to be" },
    };

    MATCHING_TABLE(rows);
}
