#ifndef REPORT_AUTOBAHN_H
#define REPORT_AUTOBAHN_H

#include "base/buf.h"
#include "report/result.h"

/* The reports of Autobahn|Testsuite, for what reads them: index.json and a JSON file a case with
 * its names, types and layout; HTML pages of our own with the ids and classes that scripts and
 * people look for. Results without an old number are left out. A target's bytes, an agent's name
 * among them, are escaped everywhere. False: no memory, or the ceiling of `out`. */

/* One agent's results. Of agents with the same name, and of results with the same number, the last
 * one counts. */
struct autobahn_agent {
    const char *agent;
    const struct run_report *report;
};

NODISCARD bool autobahn_index_json(const struct autobahn_agent *agents, size_t n, struct buf *out);
NODISCARD bool autobahn_index_html(const struct autobahn_agent *agents, size_t n, struct buf *out);

/* `r` is one of the agent's results and has an old number. */
NODISCARD bool autobahn_case_json(const struct autobahn_agent *agent, const struct result *r,
                                  struct buf *out);
NODISCARD bool autobahn_case_html(const struct autobahn_agent *agent, const struct result *r,
                                  struct buf *out);

/* "my_agent_case_1_1_1.json": the file of a case's report, `ending` "json" or "html". Of the name
 * its letters and digits stay, in lower case; each other character within is "_", before and behind
 * nothing. So two names may share a file, as they always did. */
NODISCARD bool autobahn_file_name(const char *agent, const char *id, const char *ending,
                                  struct buf *out);

#endif
