#ifndef REPORT_ATTENTION_H
#define REPORT_ATTENTION_H

#include "report/result.h"

/* What of a run somebody has to look at: not what a baseline expects. What shows but a few of them
 * asks here which, so that CI's page, its summary and its list of findings agree. */
enum attention_level {
    ATTENTION_NONE,
    ATTENTION_WARNING, /* a fail below the level that gates */
    ATTENTION_ERROR    /* what gates: a fail, a surprise; and what we could not do */
};

enum attention_level attention_level(const struct result *r, enum severity fail_on);

/* Goes through the errors, the fails, the gravest first, and the surprises, in the order of the
 * suite among equals. Zero bytes are its beginning. */
struct attention {
    unsigned rank;
    size_t at;
};

/* NULL: there is no more. */
const struct result *attention_next(struct attention *a, const struct run_report *r);

/* What was acceptable, as it stands behind "expected:"; NULL: nothing is said. */
const char *attention_expected(const struct verdict *v);

/* How many it will give in all. */
size_t attention_count(const struct run_report *r);

#endif
