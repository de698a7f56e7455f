#include "base/err.h"

#include <criterion/criterion.h>

Test(err, is_filled_and_gives_false)
{
    struct err e = { 0 };

    cr_assert_not(err_set(&e, ERR_SYNTAX, "expected %s", "a number"));
    cr_assert_eq(e.code, ERR_SYNTAX);
    cr_assert_str_eq(e.text, "expected a number");
    cr_assert_not(err_memory(&e, "cases"));
    cr_assert_eq(e.code, ERR_MEMORY);
    cr_assert_str_eq(e.text, "out of memory for cases");
}

Test(err, keeps_the_first_place)
{
    struct err e = { 0 };

    err_set(&e, ERR_SYNTAX, "x");
    cr_assert_not(err_at(&e, "a.case", 3, 4));
    cr_assert_not(err_at(&e, "b.case", 5, 6));
    cr_assert_str_eq(e.file, "a.case");
    cr_assert(e.line == 3 && e.col == 4);
}

Test(err, cuts_what_is_too_long)
{
    static char text[2 * ERR_TEXT_MAX], file[2 * ERR_FILE_MAX];
    struct err e = { 0 };

    memset(text, 'x', sizeof text - 1);
    memset(file, 'y', sizeof file - 1);
    err_set(&e, ERR_SYSTEM, "%s", text);
    err_at(&e, file, 1, 0);
    cr_assert_eq(strlen(e.text), ERR_TEXT_MAX - 1);
    cr_assert_eq(strlen(e.file), ERR_FILE_MAX - 1);
}

Test(err, may_be_absent)
{
    struct err e = { 0 };

    cr_assert_not(err_set(NULL, ERR_USAGE, "x"));
    cr_assert_not(err_at(NULL, "a", 1, 1));
    cr_assert_not(err_at(&e, NULL, 1, 1));
    cr_assert_str_eq(e.file, "");
}
