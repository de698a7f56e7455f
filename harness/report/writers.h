#ifndef REPORT_WRITERS_H
#define REPORT_WRITERS_H

#include "base/buf.h"
#include "report/result.h"

/* The other output formats, each a whole file. A target's bytes are escaped in all of them. */
NODISCARD bool report_junit(const struct run_report *r, struct buf *out);
NODISCARD bool report_tap(const struct run_report *r, struct buf *out);

/* For people in a CI: workflow commands that GitHub makes annotations of, at most ten errors and
 * ten warnings (fails below `fail_on`), each on a line; a summary in Markdown, which GitHub and
 * GitLab show; a badge (SVG) for a README. */
NODISCARD bool report_github(const struct run_report *r, enum severity fail_on, struct buf *out);
NODISCARD bool report_markdown(const struct run_report *r, struct buf *out);
NODISCARD bool report_badge(const struct run_report *r, struct buf *out);

/* A run of the past, as a page's history knows it. */
struct report_past {
    const char *target, *version;
    uint64_t started_s; /* since 1970 */
    struct run_counts counts;
};

/* What one page is about: one run, or runs of several targets beside each other. The page's order
 * of targets is that of `runs`; what is in `past` is counted and drawn, no more. */
struct report_book {
    const struct run_report *runs;
    size_t n_runs; /* at least one */
    const struct report_past *past;
    size_t n_past;
};

/* One self-contained page: no network, readable without JavaScript. `requirements` for the
 * sentences behind the ids. The second is a book of one run. */
NODISCARD bool report_html_book(const struct report_book *book,
                                const struct requirements *requirements, struct buf *out);
NODISCARD bool report_html(const struct run_report *r, const struct requirements *requirements,
                           struct buf *out);

#endif
