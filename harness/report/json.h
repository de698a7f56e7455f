#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include "base/buf.h"
#include "report/result.h"

/* results.json and its journal. jansson lives here. The schema is
 * reports/schema/results.schema.json.
 *
 * The journal (results.jsonl) has the run on its first line and a case on each further one, as they
 * end; a killed run leaves it behind, its last line perhaps cut. */
#define REPORT_FORMAT "wsproof-results"
#define REPORT_FORMAT_VERSION 1
#define REPORT_FILE_MAX (256u << 20)
#define REPORT_CASES_MAX 1000000 /* of several targets together; the suite has some hundred */

NODISCARD bool report_json(const struct run_report *r, struct buf *out);
NODISCARD bool report_journal_run(const struct run_report *r, struct buf *out);     /* one line */
NODISCARD bool report_journal_result(const struct result *result, struct buf *out); /* one line */

/* Reads either form. Texts live in `a`, transcripts in themselves (result_free each). Unknown keys
 * are ignored; wrong types and a foreign format version are errors that name the place, and leave
 * nothing to free. A journal is always `unfinished`: a run that ends well leaves none behind; its
 * last line, if cut, is dropped. Texts read back as they were except for bytes that are no UTF-8,
 * which are U+FFFD; entries of a transcript are exact. */
NODISCARD bool report_read(struct arena *a, struct bytes text, struct run_report *out,
                           struct err *err);

#endif
