#include <criterion/criterion.h>

#include "cli/options/exit_code.h"
#include "cli/session/session.h"

/* One case is known to kill the server. */
Test(cli_exit_code, a_known_death_explains_no_other)
{
    struct result killer = { .verdict = { .result = VERDICT_FAIL, .severity = SEVERITY_CRITICAL },
                             .known = { .as = KNOWN_EXPECTED } };
    struct run_report r = { .results = &killer, .n_results = 1, .deaths = 2 };
    struct session s = { .fail_on = SEVERITY_MINOR };

    cr_expect_eq(session_exit_code(&s, &r), EXIT_OK);
    r.unsolved = 1;
    cr_expect_eq(session_exit_code(&s, &r), EXIT_UNEXPECTED);
}
