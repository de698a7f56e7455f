#ifndef REPORT_PAGE_KNOWN_H
#define REPORT_PAGE_KNOWN_H

#include "report/markup.h"
#include "report/result.h"

/* What a baseline says, in a page. `m` escapes for HTML. Without a baseline each writes nothing. */
void page_known_mark(struct markup *m, const struct result *r);      /* "expected", in a line */
void page_known_why(struct markup *m, const struct result *r);       /* a paragraph: why, where */
void page_known_said(struct markup *m, const struct result *r);      /* the same as bare text */
void page_known_panel(struct markup *m, const struct run_report *r); /* the counts, the notes */
bool page_known_is_bad(const struct run_report *r); /* it fails by what was known */
void page_known_alarms(struct markup *m, const struct run_report *r); /* what makes the run fail */

#endif
