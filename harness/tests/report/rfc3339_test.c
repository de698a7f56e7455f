#include "report/rfc3339.h"

#include <criterion/criterion.h>

Test(report_rfc3339, prints_and_reads_back)
{
    static const struct {
        uint64_t seconds;
        const char *text;
    } rows[] = {
        { 0, "1970-01-01T00:00:00Z" },          { 951782399, "2000-02-28T23:59:59Z" },
        { 951782400, "2000-02-29T00:00:00Z" },  { 1770091506, "2026-02-03T04:05:06Z" },
        { 4107542400, "2100-03-01T00:00:00Z" }, { RFC3339_MAX, "9999-12-31T23:59:59Z" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[RFC3339_TEXT + 1];
        uint64_t seconds;
        report_rfc3339_print(rows[i].seconds, text);
        cr_assert_str_eq(text, rows[i].text);
        cr_assert(report_rfc3339_parse(bytes_str(text), &seconds));
        cr_assert_eq(seconds, rows[i].seconds);
    }
}

Test(report_rfc3339, cuts_what_is_past_its_end)
{
    char text[RFC3339_TEXT + 1];

    report_rfc3339_print(UINT64_MAX, text);
    cr_assert_str_eq(text, "9999-12-31T23:59:59Z");
}

Test(report_rfc3339, refuses_what_is_no_time)
{
    static const char *const wrong[] = {
        "",
        "2026-02-03",
        "2026-02-03T04:05:06",
        "2026-02-03T04:05:06+00:00",
        "2026-02-03 04:05:06Z",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z",
        "2026-01-01T00:00:60Z",
        "1969-12-31T23:59:59Z",
        "2026-01-01T0x:00:00Z",
        "2026-01-01T00:00:00Zz",
    };

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        uint64_t seconds;
        cr_assert_not(report_rfc3339_parse(bytes_str(wrong[i]), &seconds), "%s", wrong[i]);
    }
}
