#ifndef REPORT_AUTOBAHN_PICK_H
#define REPORT_AUTOBAHN_PICK_H

#include "base/arena.h"
#include "report/autobahn.h"

/* The results that count, in the order of their numbers as texts ("10.1.1" before "2.1") or in the
 * suite's (2 before 10). False: no memory. */
enum autobahn_order { AUTOBAHN_BY_TEXT, AUTOBAHN_BY_NUMBER };
NODISCARD bool autobahn_results(const struct run_report *r, enum autobahn_order order,
                                struct arena *a, const struct result ***out, size_t *count);

/* The agents that count, in the order of their names. False: no memory. */
NODISCARD bool autobahn_agents(const struct autobahn_agent *agents, size_t n, struct arena *a,
                               const struct autobahn_agent ***out, size_t *count);

#endif
