#ifndef VERDICT_COVERAGE_H
#define VERDICT_COVERAGE_H

#include "script/suite.h"
#include "verdict/requirements.h"

/* Which requirement is proven by how many cases, whatever they gave. */
enum coverage_state {
    COVERAGE_UNTESTABLE, /* no test from outside can show it: `why_not` of its row */
    COVERAGE_WAITS,      /* of a transport that is not built in yet: HTTP/2, HTTP/3 */
    COVERAGE_MISSING,    /* no case */
    COVERAGE_SET_UP,     /* every case needs something that the target is set up for */
    COVERAGE_COVERED
};

const char *coverage_word(enum coverage_state state); /* "needs set-up" */

struct coverage_row {
    const struct requirement *requirement;
    enum coverage_state state;
    enum case_role under_test;      /* by its column `testable`; 0: nobody */
    size_t cases, servers, clients; /* all cases; those for servers; those for clients */
    const char *set_up;             /* SET_UP: what all of them need, "origin, closer" */
};

struct coverage {
    struct coverage_row *rows; /* in the order of the requirements */
    size_t count;
};

/* Everything lives in `a`, and points into the suite and the requirements. False: no memory. */
NODISCARD bool coverage_make(struct arena *a, const struct suite *suite,
                             const struct requirements *requirements, struct coverage *out,
                             struct err *err);

/* Testable rows of one kind, and those with a case; of these, those that wait for a set-up. */
struct coverage_total {
    const char *rfc, *section; /* `section` NULL: of the whole RFC */
    size_t testable, covered, set_up;
};

/* A total for each RFC, or for each of its chapters (4.2.1 and 4.2.2 are 4). `role` 0: all rows;
 * else those that are about that role, covered when a case is for it. In the arena, in the order of
 * the rows. */
NODISCARD bool coverage_totals(struct arena *a, const struct coverage *c, bool by_chapter,
                               enum case_role role, struct coverage_total **out, size_t *count,
                               struct err *err);

#endif
