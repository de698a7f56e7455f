#ifndef IO_CLOCK_H
#define IO_CLOCK_H

#include <stdint.h>

/* The clock of deadlines: monotonic, never 0, and standing while the machine lets us, or anybody,
 * not run. */
uint64_t io_now_ms(void);
uint64_t io_now_us(void); /* the same, finer */

/* Time that has just passed and shall not count: the loop woke so much later than it wanted to. */
void io_clock_skip(uint64_t us);

uint64_t io_elapsed_ms(void); /* monotonic, all of it: how long people have waited */
uint64_t io_wall_s(void);     /* seconds since 1970, for reports only */
uint64_t io_wall_us(void);    /* the same, finer */
uint64_t io_entropy(void);    /* 64 unpredictable bits */

/* CPU time, user and system together, of this process, in microseconds. */
uint64_t io_own_cpu_us(void);
uint64_t io_own_peak_kib(void); /* largest resident memory so far */

#endif
