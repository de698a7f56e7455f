#ifndef IO_CLOCK_H
#define IO_CLOCK_H

#include <stdint.h>

uint64_t io_now_ms(void);  /* monotonic; never 0 */
uint64_t io_now_us(void);  /* the same clock, finer */
uint64_t io_wall_s(void);  /* seconds since 1970, for reports only */
uint64_t io_entropy(void); /* 64 unpredictable bits */

/* CPU time, user and system together, of this process, in microseconds. */
uint64_t io_own_cpu_us(void);
uint64_t io_own_peak_kib(void); /* largest resident memory so far */

#endif
