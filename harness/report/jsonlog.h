#ifndef REPORT_JSONLOG_H
#define REPORT_JSONLOG_H

#include "report/jsonin.h"
#include "report/jsonout.h"
#include "run/transcript.h"

/* The transcript of a case as the members "log" and "log_full" of its object. Everything in it
 * survives: what is read back is judged the same. */
void jsonlog_write(struct jsonout *o, const struct transcript *t);

/* Appends to `t`, which the caller frees in either case. */
NODISCARD bool jsonlog_read(const struct jsonin *result, struct transcript *t);

#endif
