#include "fuzz/planted/timer.h"

#include <time.h>
#include <unistd.h>

int64_t timer_in_ms(int64_t ms)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000 + ms;
}

bool timer_is_past(int64_t deadline_ms)
{
    return timer_in_ms(0) >= deadline_ms;
}

uint64_t timer_seed(void)
{
    uint64_t seed = 0;

    if (getentropy(&seed, sizeof seed) < 0)
        seed = (uint64_t)timer_in_ms(0);
    return seed;
}
