#ifndef SUPPORT_HEAP_H
#define SUPPORT_HEAP_H

#include <criterion/criterion.h>

#include "base/alloc.h"

#define HEAP_CALLS_MAX 10000 /* no test allocates that often: something never gives in */

/* Runs `body` with the heap empty from its 1st, 2nd, 3rd … call on, until it says that it got
 * through. It must give in without that, and clean up: the leak checker looks on. Gives the number
 * of calls that were made to fail. */
static inline unsigned long heap_fail_each(bool (*body)(void *), void *ctx)
{
    for (unsigned long nth = 1; nth < HEAP_CALLS_MAX; nth++) {
        alloc_fail_at(nth);
        const bool through = body(ctx);
        const bool failed = alloc_calls() >= nth;
        alloc_fail_at(0);
        if (through) {
            cr_assert(!failed, "a failed allocation went unnoticed at call %lu", nth);
            return nth - 1;
        }
        cr_assert(failed, "gave in although every allocation worked");
    }
    cr_assert_fail("never got through");
    return 0;
}

#endif
