#include "io/clock.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>

#include "io/loop.h"

Test(io_clock, what_is_skipped_is_not_in_the_clock_of_deadlines)
{
    uint64_t now = io_now_us(), all = io_elapsed_ms();

    while (io_now_us() < now + 2000)
        continue;
    io_clock_skip(1000);
    cr_expect_geq(io_now_us(), now + 1000);
    cr_expect_geq(io_elapsed_ms() - all, (io_now_us() - now) / 1000);
    cr_expect_gt(io_now_ms(), 0);
}

/* While the handler sleeps, so does the process, as on a machine that has no time for it. */
static void sleep_long(int number)
{
    struct timespec t = { .tv_nsec = 500000000 };

    (void)number;
    nanosleep(&t, NULL);
}

/* Milliseconds that are not in the clock of deadlines, of a wait in which the process stood still.
 */
static uint64_t forgiven(struct io_loop *loop)
{
    const struct itimerval soon = { .it_value.tv_usec = 50000 };
    uint64_t now = io_now_ms(), all = io_elapsed_ms();
    struct io_event event;
    struct err err;

    setitimer(ITIMER_REAL, &soon, NULL);
    cr_assert(io_loop_next(loop, now + 200, &event, &err), "%s", err.text);
    cr_assert_eq(event.kind, IO_TIME);
    return io_elapsed_ms() - all - (io_now_ms() - now);
}

/* Tried a few times: a busy machine may let the signal come before the waiting begins. */
Test(io_clock, stands_while_the_machine_does_not_let_us_run)
{
    struct sigaction action = { .sa_handler = sleep_long };
    struct err err = { 0 };
    struct io_loop *loop = io_loop_new(&err);
    uint64_t most = 0;

    cr_assert(loop, "%s", err.text);
    sigaction(SIGALRM, &action, NULL);
    for (unsigned i = 0; i < 10 && most < 200; i++)
        most = forgiven(loop);
    cr_assert_geq(most, 200);
    io_loop_free(loop);
}
