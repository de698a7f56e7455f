#include "cli/connect/backoff.h"

#define LONGEST_MS 60000

/* The slots of two attempts never touch: [0, 1], [2, 3], [4, 5], [8, 9] times the base. */
uint64_t backoff_ms(unsigned attempt, uint64_t base_ms, uint64_t random)
{
    uint64_t most = base_ms > LONGEST_MS ? base_ms : LONGEST_MS;
    uint64_t least = 0;

    for (unsigned k = 1; k < attempt && least < most; k++)
        least = least == 0 ? base_ms * 2 : least * 2;
    uint64_t delay = least + random % (base_ms + 1);
    return delay < most ? delay : most;
}
