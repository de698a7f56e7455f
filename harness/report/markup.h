#ifndef REPORT_MARKUP_H
#define REPORT_MARKUP_H

#include "base/buf.h"

/* Text with marks around data, as a stream: XML, HTML, TAP. All data passes `escape`, which fits
 * the place it is written to. `ok` turns false when the buffer says no, and stays so: ask once, at
 * the end. */
struct markup {
    struct buf *buf;
    bool ok;
    bool (*escape)(struct bytes in, struct buf *out);
};

void markup_put(struct markup *m, const char *ours);    /* as it is: never data */
void markup_text(struct markup *m, const char *text);   /* escaped; NULL writes nothing */
void markup_bytes(struct markup *m, struct bytes data); /* escaped */
/* The same, but no more than its first `max` bytes, and then "…". */
void markup_cut(struct markup *m, const char *text, size_t max);
void markup_number(struct markup *m, uint64_t n);
void markup_seconds(struct markup *m, uint64_t us); /* "0.012345" */

#endif
