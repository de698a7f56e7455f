#ifndef REPORT_WRITERS_H
#define REPORT_WRITERS_H

#include "base/buf.h"
#include "report/result.h"

/* The other output formats, each a whole file. A target's bytes are escaped in all of them. */
NODISCARD bool report_junit(const struct run_report *r, struct buf *out);
NODISCARD bool report_tap(const struct run_report *r, struct buf *out);

/* One self-contained page: no network, readable without JavaScript. `requirements` for the
 * sentences behind the ids. */
NODISCARD bool report_html(const struct run_report *r, const struct requirements *requirements,
                           struct buf *out);

#endif
