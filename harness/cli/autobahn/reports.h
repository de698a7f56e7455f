#ifndef CLI_AUTOBAHN_REPORTS_H
#define CLI_AUTOBAHN_REPORTS_H

#include "base/arena.h"
#include "report/autobahn.h"

/* The folder of reports in Autobahn's form: index.json and index.html of all agents, and two files
 * for each case of each. Zero but for `dir`. */
#define AUTOBAHN_AGENTS_MAX 64

struct autobahn_reports {
    const char *dir;
    struct autobahn_agent agents[AUTOBAHN_AGENTS_MAX];
    size_t count;
    struct arena arena;
};

/* Adds an agent, whose results must outlive the reports. Two agents whose files would have the same
 * names are told apart by a number behind the name of the later one, which stderr tells. */
NODISCARD bool autobahn_reports_add(struct autobahn_reports *r, const char *agent,
                                    const struct run_report *report, struct err *err);

/* The files of the cases of agent `index`, and those of all agents together. */
NODISCARD bool autobahn_reports_cases(const struct autobahn_reports *r, size_t index,
                                      struct err *err);
NODISCARD bool autobahn_reports_index(const struct autobahn_reports *r, struct err *err);

/* The exit code that one agent's results are worth: as in wstest it is in order whatever was found,
 * unless `strict` makes a failure by Autobahn's words count; but what could not be judged is an
 * error in any case. */
int autobahn_reports_code(const struct run_report *report, bool strict);

/* "my_agent": an agent's name in file names, in `a`; NULL: no memory. */
const char *autobahn_reports_clean(const char *agent, struct arena *a);

#endif
