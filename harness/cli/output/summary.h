#ifndef CLI_OUTPUT_SUMMARY_H
#define CLI_OUTPUT_SUMMARY_H

#include "drive/forecast.h"
#include "report/result.h"

/* What a terminal is told of results, as text: a line for each finding, and in the end of a run
 * what fits a screen. Nothing in it that a terminal would obey, but for the colours asked for. */
struct summary_look {
    bool color, brief; /* brief: the counts alone */
};

/* "fail  minor    ID: sentence [requirement], expected …, came …" without the line's end. */
NODISCARD bool summary_finding(const struct result *result, struct summary_look look,
                               struct buf *out);

/* The counts; then what failed, ended in error or was skipped: one by one when they are few, else
 * in groups, the worst and largest first. `where`: of the report; NULL: none. */
NODISCARD bool summary_write(const struct run_report *r, struct summary_look look,
                             const char *where, struct buf *out);

/* "812 of 2091 cases, 3 fails, 0:14 left", the time if it is known; "at least 0:14" if no more of
 * it is. */
NODISCARD bool summary_progress(size_t done, size_t total, size_t fails,
                                const struct forecast_left *left, struct buf *out);

#endif
