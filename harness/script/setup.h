#ifndef SCRIPT_SETUP_H
#define SCRIPT_SETUP_H

#include <stdbool.h>
#include <stdint.h>

/* What the target is set up for and no probe can learn, as a profile tells it. All zero: nothing.
 * The texts belong to who read the profile. */
struct setup {
    const char *origin;                /* ${origin}: accepted, as no other is */
    const char *served;                /* ${served}: a path that is served, as hardly another is */
    const char *guarded, *credentials; /* a path that only this value of Authorization opens */
    uint64_t limit;                    /* ${limit}: payload bytes of the largest message it takes */
    const char *closer;                /* the text that makes it close */
    bool close_has_code;
    uint16_t close_code;      /* with this code, */
    const char *close_reason; /* and this reason; NULL: not told */
};

/* So that twice the limit is still a payload. */
#define SETUP_LIMIT_MAX (UINT64_C(256) << 20)

#endif
