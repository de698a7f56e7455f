#ifndef CLI_CONNECT_BACKOFF_H
#define CLI_CONNECT_BACKOFF_H

#include <stdint.h>

/* How long to wait before attempt `attempt` (from 1) to connect again: at first a random time up to
 * `base_ms`, then each time longer than before, about twice. `random` is any 64 bits. All in
 * milliseconds, never more than a minute unless the base is. RFC 6455 7.2.3. */
uint64_t backoff_ms(unsigned attempt, uint64_t base_ms, uint64_t random);

#endif
