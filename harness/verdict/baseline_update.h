#ifndef VERDICT_BASELINE_UPDATE_H
#define VERDICT_BASELINE_UPDATE_H

#include "verdict/baseline.h"

/* What a case gave, for a baseline that shall say what is now. */
struct baseline_now {
    const char *id;
    const struct verdict *verdict;
    enum severity usual; /* the case's */
    bool gates;          /* a fail that no reader would let pass without a line */
};

struct baseline_run {
    const struct suite *suite;
    enum case_role role;
    const struct baseline_now *cases; /* those that were run, in suite order */
    size_t count;
    struct baseline_tally tally;
    const char *target; /* for the comment on top of a new file */
};

/* The text of a baseline under which this run is as expected, appended to `out`; `a` for the time
 * being. Comments, order, reasons, links and flaky lines stay, and so do lines about cases that
 * were not run or ended in an error. A line whose case passes (or is info) goes, and one whose
 * pattern fits no case; of others only the verdict is put right. A glob stays as long as it is
 * right for one of its cases; those for which it is not get lines of their own. New lines come at
 * the end, each with BASELINE_NO_REASON for its reason. False: no memory, or the ceiling of `out`.
 */
NODISCARD bool baseline_update(const struct baseline *old, const struct baseline_run *run,
                               struct arena *a, struct buf *out);

#endif
