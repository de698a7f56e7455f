#ifndef CLI_OUTPUT_SUMMARY_H
#define CLI_OUTPUT_SUMMARY_H

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

/* "812 of 2091 cases, 3 fails, 0:14 left", the time once it can be told. `seen`: results since the
 * run began, `elapsed_ms` ago. */
NODISCARD bool summary_progress(size_t done, size_t total, size_t fails, size_t seen,
                                uint64_t elapsed_ms, struct buf *out);

#endif
