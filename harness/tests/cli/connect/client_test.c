#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "cli/connect/backoff.h"
#include "cli/connect/client_report.h"

Test(backoff, each_wait_is_longer_than_any_before_it_and_none_passes_a_minute)
{
    for (uint64_t base = 1; base <= 10000; base *= 10) {
        uint64_t longest = 0;
        for (unsigned attempt = 1; attempt <= 40; attempt++) {
            uint64_t least = backoff_ms(attempt, base, 0);
            uint64_t most = backoff_ms(attempt, base, base);
            cr_assert(attempt == 1 || least > longest || least == 60000, "%u", attempt);
            cr_assert_leq(most, 60000);
            longest = most;
        }
    }
}

Test(backoff, the_first_wait_is_anything_up_to_the_base)
{
    cr_assert_eq(backoff_ms(1, 5000, 0), 0);
    cr_assert_eq(backoff_ms(1, 5000, 5000), 5000);
    cr_assert_eq(backoff_ms(1, 5000, 5001), 0);
    cr_assert_eq(backoff_ms(1, 0, UINT64_MAX), 0);
    cr_assert_eq(backoff_ms(9, 0, UINT64_MAX), 0);
    cr_assert_eq(backoff_ms(2, 90000, 0), 90000);
}

Test(client_report, a_line_each_and_no_reason_can_end_it_early)
{
    char text[512] = "";
    FILE *to = tmpfile();

    cr_assert(to);
    report_open(to);
    report_message(to, true, 5);
    report_message(to, false, 0);
    report_error(to, "two\nlines");
    report_closed(to, 1006, BYTES_LIT(""));
    report_closed(to, 3000, BYTES_LIT("a \"b\" \\ \n\x01\xC3\xBC"));
    rewind(to);
    size_t n = fread(text, 1, sizeof text - 1, to);
    fclose(to);
    text[n] = '\0';
    cr_assert_str_eq(text, "open\n"
                           "message text 5\n"
                           "message binary 0\n"
                           "error two?lines\n"
                           "closed 1006 \"\"\n"
                           "closed 3000 \"a \\\"b\\\" \\\\ \\u000a\\u0001\xC3\xBC\"\n");
}
