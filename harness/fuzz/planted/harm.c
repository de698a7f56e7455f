#include "fuzz/planted/harm.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fuzz/planted/bug.h"

#define BURN_SECONDS 3

static volatile unsigned sink;
static void *volatile last; /* so that no compiler finds an allocation useless */

void harm_read(const char *text)
{
    const volatile char *there = text;

    sink += (unsigned)*there;
}

void harm_die(void)
{
    volatile int *volatile nowhere = NULL;

    *nowhere = 1;
}

void harm_hang(void)
{
    for (;;)
        sink++;
}

void harm_burn(void)
{
    for (clock_t end = clock() + BURN_SECONDS * CLOCKS_PER_SEC; clock() < end;)
        for (unsigned i = 0; i < 100000; i++)
            sink += i;
}

void harm_leak(size_t len)
{
    last = malloc(len);
    if (last)
        memset(last, 0xA5, len);
}

void harm_recurse(unsigned depth)
{
    volatile char frame[1024];

    frame[depth % sizeof frame] = (char)depth;
    if (depth < UINT_MAX)
        harm_recurse(depth + 1);
    sink += (unsigned)frame[0];
}

void harm_divide(size_t sum, unsigned count)
{
    sink = (unsigned)sum / count;
}

void harm_free_twice(void)
{
    last = malloc(16);
    void *volatile again = last;
    free(last);
    free(again);
}

void harm_copy(const uint8_t *bytes, size_t len, size_t room)
{
    uint8_t *copy = malloc(room);

    last = copy;
    if (copy)
        memcpy(copy, bytes, len);
    free(copy);
}

void harm_by_field(const char *value)
{
    size_t len = strlen(value);

    if (bug_is(BUG_HEADER_WITHOUT_VALUE) && len == 0)
        harm_die();
    if (bug_is(BUG_LONG_HEADER) && len >= 256)
        harm_copy((const uint8_t *)value, len, 256);
}
