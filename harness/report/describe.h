#ifndef REPORT_DESCRIBE_H
#define REPORT_DESCRIBE_H

#include "base/buf.h"
#include "run/transcript.h"

/* One entry of a transcript in words, for terminals and pages alike:
 * "text fin len=5 \"Hello\"", "Close 1002 \"bad\"", "FIN", "ping len=4 from the runner". Plain
 * ASCII apart from "…"; whatever the target sent is quoted. */
NODISCARD bool report_describe(const struct entry *e, struct buf *out);

#endif
