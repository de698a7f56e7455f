#ifndef SCRIPT_AUTOBAHN_SELECT_H
#define SCRIPT_AUTOBAHN_SELECT_H

#include "script/suite.h"

/* Choosing cases by their numbers in Autobahn|Testsuite ("6.12.3"), by its rules: a pattern without
 * `*` is a whole number; with one it is a prefix in which `*` is any run of characters, so that
 * "1*" also means 10.1.1. Everything else, the dots too, stands for itself. */
struct autobahn_case {
    const char *id; /* "6.12.3" */
    const struct script_case *c;
};

struct autobahn_patterns {
    const char *const *list;
    size_t count;
};

/* "exclude-agent-cases": of agents whose name fits `agent`, those cases are left out. Here a
 * pattern means the whole number, and `agent` the whole name, also with a `*`. */
struct autobahn_exclusion {
    const char *agent;
    struct autobahn_patterns cases;
};

struct autobahn_selection {
    struct autobahn_case *cases; /* in the order of their numbers, each once */
    size_t count;
    const char **unknown; /* of what was wanted, whole numbers that no case has */
    size_t n_unknown;
    const char **idle; /* patterns that matched nothing, wanted or excluded; no mistake */
    size_t n_idle;
};

bool autobahn_pattern_matches(const char *pattern, const char *id);

/* Like strcmp, but part by part as numbers: 2.10 comes after 2.9. */
int autobahn_id_order(const char *a, const char *b);

/* The cases with a number that `want` and not `exclude` means and that test `role`. Where several
 * cases have one number the first in the suite's order counts. All of it lives in `a`. False: no
 * memory. */
NODISCARD bool autobahn_select(const struct suite *s, enum case_role role,
                               struct autobahn_patterns want, struct autobahn_patterns exclude,
                               struct arena *a, struct autobahn_selection *out);

bool autobahn_excluded(const struct autobahn_exclusion *list, size_t count, const char *agent,
                       const char *id);

#endif
