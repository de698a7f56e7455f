#include "io/clock.h"

#include <sys/random.h>
#include <sys/resource.h>
#include <time.h>

static uint64_t us_of(clockid_t clock)
{
    struct timespec t = { 0 };

    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static uint64_t skipped_us;

void io_clock_skip(uint64_t us)
{
    skipped_us += us;
}

uint64_t io_elapsed_ms(void)
{
    return us_of(CLOCK_MONOTONIC) / 1000;
}

/* 0 stands for "no time" elsewhere, and a machine may have booted just now. */
uint64_t io_now_ms(void)
{
    uint64_t ms = io_now_us() / 1000;

    return ms == 0 ? 1 : ms;
}

uint64_t io_now_us(void)
{
    return us_of(CLOCK_MONOTONIC) - skipped_us;
}

uint64_t io_wall_us(void)
{
    return us_of(CLOCK_REALTIME);
}

uint64_t io_wall_s(void)
{
    return io_wall_us() / 1000000;
}

/* A kernel too old for getrandom still gives numbers that differ from run to run. */
uint64_t io_entropy(void)
{
    uint64_t bits;

    if (getrandom(&bits, sizeof bits, 0) != (ssize_t)sizeof bits)
        bits = us_of(CLOCK_REALTIME) * 0x9E3779B97F4A7C15u;
    return bits;
}

uint64_t io_own_cpu_us(void)
{
    return us_of(CLOCK_PROCESS_CPUTIME_ID);
}

uint64_t io_own_peak_kib(void)
{
    struct rusage usage;

    return getrusage(RUSAGE_SELF, &usage) == 0 ? (uint64_t)usage.ru_maxrss : 0;
}
