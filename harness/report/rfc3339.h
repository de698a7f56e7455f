#ifndef REPORT_RFC3339_H
#define REPORT_RFC3339_H

#include "base/bytes.h"

#define RFC3339_TEXT 20                    /* "2026-02-03T04:05:06Z" */
#define RFC3339_MAX UINT64_C(253402300799) /* the last second of the year 9999 */

/* Seconds since 1970, UTC, as text with a NUL, and back. Seconds past RFC3339_MAX are cut to it.
 * The parser takes exactly what the printer gives. RFC 3339 5.6. */
void report_rfc3339_print(uint64_t seconds, char out[RFC3339_TEXT + 1]);
NODISCARD bool report_rfc3339_parse(struct bytes in, uint64_t *seconds);

#endif
