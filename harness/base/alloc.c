#include "base/alloc.h"

#include <stdlib.h>

/* Test state only: one thread allocates at a time, and nothing of a run depends on it. */
static unsigned long fail_at;
static unsigned long calls;

void *alloc_resize(void *old, size_t size)
{
    if (size == 0) {
        free(old);
        return NULL;
    }
    calls++;
    if (fail_at != 0 && calls >= fail_at)
        return NULL;
    return realloc(old, size);
}

void alloc_free(void *ptr)
{
    free(ptr);
}

void alloc_fail_at(unsigned long nth)
{
    fail_at = nth;
    calls = 0;
}

unsigned long alloc_calls(void)
{
    return calls;
}
