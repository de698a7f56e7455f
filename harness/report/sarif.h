#ifndef REPORT_SARIF_H
#define REPORT_SARIF_H

#include "base/buf.h"
#include "report/result.h"

/* SARIF 2.1.0, the format in which tools that scan code tell what they found. A rule is a clause of
 * an RFC, a result a case that failed: "error" from `fail_on` on, "warning" below. Its place is in
 * the case file. GitHub shows 5000 results and refuses more than 25000. */
#define SARIF_RESULTS_MAX 5000

NODISCARD bool report_sarif(const struct run_report *r, enum severity fail_on,
                            const struct requirements *requirements, struct buf *out);

/* The same of what `wsproof fuzz` found. */
struct sarif_finding {
    const char *path; /* of its case, "findings/hang.case" */
    const char *text; /* one sentence */
};

NODISCARD bool report_sarif_findings(const char *version, const struct sarif_finding *findings,
                                     size_t n, struct buf *out);

#endif
