#include "base/alloc.h"

#include <criterion/criterion.h>

Test(alloc, frees_at_size_zero)
{
    void *p = alloc_resize(NULL, 10);

    cr_assert_not_null(p);
    cr_assert_null(alloc_resize(p, 0));
    cr_assert_null(alloc_resize(NULL, 0));
    alloc_free(NULL);
}

Test(alloc, keeps_contents)
{
    char *p = alloc_resize(NULL, 4);

    cr_assert_not_null(p);
    for (int i = 0; i < 4; i++)
        p[i] = (char)i;
    p = alloc_resize(p, 4000);
    cr_assert_not_null(p);
    for (int i = 0; i < 4; i++)
        cr_assert_eq(p[i], i);
    alloc_free(p);
}

Test(alloc, fails_from_the_asked_call_on)
{
    alloc_fail_at(2);
    void *first = alloc_resize(NULL, 1), *second = alloc_resize(NULL, 1);
    void *third = alloc_resize(NULL, 1);
    cr_assert_eq(alloc_calls(), 3);
    alloc_fail_at(0);
    cr_assert(first && !second && !third);
    cr_assert_eq(alloc_calls(), 0);
    alloc_free(first);
}
