#ifndef PLANTED_TIMER_H
#define PLANTED_TIMER_H

#include <stdbool.h>
#include <stdint.h>

/* Time and chance. Compiled without coverage: what differs from one session to the next by itself
 * would look like news to a fuzzer. */
int64_t timer_in_ms(int64_t ms);         /* a moment in the future */
bool timer_is_past(int64_t deadline_ms); /* is it there? */
uint64_t timer_seed(void);               /* bits that nobody can guess */

#endif
