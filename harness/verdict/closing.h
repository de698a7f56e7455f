#ifndef VERDICT_CLOSING_H
#define VERDICT_CLOSING_H

#include "verdict/verdict.h"

/* The second axis: how the target took part in the closing handshake that the runner began when
 * the case had said all. RFC 6455 5.5.1, 7.1.1. */
#define CLOSING_LATE_US 1000000 /* a server ends TCP at once; a second later is not that */

struct closing_finding {
    enum closing closing;
    enum verdict_kind grade;
    const char *reason, *expected, *requirement, *remark; /* static; NULL: none */
    size_t entry;
    bool unsure;
    bool cut_short; /* neither came what is due, nor was the time for it up: nothing is said */
};

/* Is `end` a reset of a connection on which bytes of ours went out behind our Close? Who has not
 * read them and closes sends a reset, and that destroys the answer it had sent: there is no telling
 * whether a Close came. */
bool closing_lost_to_reset(const struct transcript *t, size_t end);

void closing_judge(const struct transcript *t, enum case_role role, struct closing_finding *out);

#endif
