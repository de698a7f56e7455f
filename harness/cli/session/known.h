#ifndef CLI_SESSION_KNOWN_H
#define CLI_SESSION_KNOWN_H

#include <stdio.h>

#include "cli/session/session.h"

/* --baseline and --update-baseline: a run's results in the light of what is known of the target.
 * Without --baseline all of these do nothing. */

/* Reads the file; each of its patterns must fit a case. With --update-baseline there need not be
 * one, and patterns may fit none. `s` has its suite and its role. */
NODISCARD bool known_open(struct session *s, struct err *err);

/* What a result is by the file. */
void known_judge(const struct session *s, struct result *r);

/* The same for all results of a report that has come to its end, and for the run as a whole: fills
 * r->baseline. `cases`: how many were chosen, shards together. */
NODISCARD bool known_settle(struct session *s, struct run_report *r, size_t cases, struct err *err);

/* With --update-baseline: writes what is now, reads it and judges anew. A run that was cut short,
 * or in which nothing was tested, writes nothing, and says so in r->baseline. */
NODISCARD bool known_update(struct session *s, struct run_report *r, size_t cases, struct err *err);

/* A summary, a line for each surprise and each flaky case (a screen full). */
void known_print(const struct run_report *r, bool quiet, FILE *to);

/* Would the exit code be as if this were no fail? For a result without a line --fail-on decides. */
bool known_gates(const struct session *s, const struct result *r);

#endif
