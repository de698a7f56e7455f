#ifndef DRIVE_FORECAST_H
#define DRIVE_FORECAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How long a run still takes, by what its cases have taken so far. Those that run alone take a
 * hundred times as long as those beside others, and come last: each kind is told by its own.
 * A zeroed one knows nothing. */
struct forecast {
    /* Those beside others: the time from the first's beginning to the last's end is theirs. */
    size_t together_left, together_ended;
    uint64_t together_us;
    /* Alone from the start; what comes between two of them counts to the later. */
    size_t alone_left, alone_ended;
    uint64_t alone_us;
    uint64_t again_us; /* the first runs of those that wait for a second, alone */
    uint64_t spent_us; /* what the one that runs alone has had of its time */
};

struct forecast_left {
    bool known;    /* false: nobody can tell yet */
    bool at_least; /* none that runs alone has ended yet: what they take is not in it */
    uint64_t us;
};

struct forecast_left forecast_left(const struct forecast *f);

#endif
