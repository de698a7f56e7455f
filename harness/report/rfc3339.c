#include "report/rfc3339.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define DAY_S 86400

static bool is_leap(unsigned year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static unsigned days_of_month(unsigned year, unsigned month)
{
    static const uint8_t days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

void report_rfc3339_print(uint64_t seconds, char out[RFC3339_TEXT + 1])
{
    if (seconds > RFC3339_MAX)
        seconds = RFC3339_MAX;
    unsigned day = (unsigned)(seconds / DAY_S), second = (unsigned)(seconds % DAY_S);
    unsigned year = 1970, month = 1;

    for (; day >= (is_leap(year) ? 366u : 365u); year++)
        day -= is_leap(year) ? 366 : 365;
    for (; day >= days_of_month(year, month); month++)
        day -= days_of_month(year, month);
    /* The ranges are known; the remainders tell them to the compiler. */
    snprintf(out, RFC3339_TEXT + 1, "%04u-%02u-%02uT%02u:%02u:%02uZ", year % 10000, month % 100,
             (day + 1) % 100, second / 3600 % 24, second / 60 % 60, second % 60);
}

/* Digits at the places of a pattern: 'd' is a digit, all else itself. */
static bool has_shape(struct bytes in, const char *shape)
{
    if (in.len != strlen(shape))
        return false;
    for (size_t i = 0; i < in.len; i++) {
        bool digit = in.ptr[i] >= '0' && in.ptr[i] <= '9';
        if (shape[i] == 'd' ? !digit : in.ptr[i] != (uint8_t)shape[i])
            return false;
    }
    return true;
}

static unsigned digits(struct bytes in, size_t at, size_t len)
{
    uint64_t n = 0;
    return text_number(bytes_take(bytes_skip(in, at), len), 9999, &n) ? (unsigned)n : 0;
}

bool report_rfc3339_parse(struct bytes in, uint64_t *seconds)
{
    if (!has_shape(in, "dddd-dd-ddTdd:dd:ddZ"))
        return false;
    unsigned year = digits(in, 0, 4), month = digits(in, 5, 2), day = digits(in, 8, 2);
    unsigned hour = digits(in, 11, 2), minute = digits(in, 14, 2), second = digits(in, 17, 2);

    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > days_of_month(year, month) ||
        hour > 23 || minute > 59 || second > 59)
        return false;
    uint64_t days = day - 1;
    for (unsigned y = 1970; y < year; y++)
        days += is_leap(y) ? 366 : 365;
    for (unsigned m = 1; m < month; m++)
        days += days_of_month(year, m);
    *seconds = days * DAY_S + hour * 3600u + minute * 60u + second;
    return true;
}
