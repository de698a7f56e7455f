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

/* One self-contained page: no network, readable without JavaScript. `requirements` for the
 * sentences behind the ids. */
NODISCARD bool report_html(const struct run_report *r, const struct requirements *requirements,
                           struct buf *out);

#endif
