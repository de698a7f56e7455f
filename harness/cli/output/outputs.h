#ifndef CLI_OUTPUT_OUTPUTS_H
#define CLI_OUTPUT_OUTPUTS_H

#include "base/err.h"
#include "report/result.h"

/* Where a run's reports go. NULL: not wanted. */
struct outputs {
    const char *dir; /* gets results.json, results.jsonl while running, junit.xml, index.html */
    const char *json, *junit; /* further copies */
    bool tap;                 /* on stdout */
    const char *markdown, *badge, *sarif;
    enum severity
        fail_on; /* from here on a fail is an error to those who know errors and warnings */
};

/* A results.json or a journal read back into `a`; errors name the file. */
NODISCARD bool outputs_read(const char *path, struct arena *a, struct run_report *out,
                            struct err *err);

/* The journal: what a killed run leaves behind. */
NODISCARD bool outputs_begin(const struct outputs *o, const struct run_report *r, bool resume,
                             struct arena *a, struct err *err);
NODISCARD bool outputs_result(const struct outputs *o, const struct result *result, struct arena *a,
                              struct err *err);

/* All reports; the journal goes when results.json is there. */
NODISCARD bool outputs_end(const struct outputs *o, const struct run_report *r,
                           const struct requirements *requirements, struct arena *a,
                           struct err *err);

#endif
