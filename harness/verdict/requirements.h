#ifndef VERDICT_REQUIREMENTS_H
#define VERDICT_REQUIREMENTS_H

#include "base/arena.h"
#include "base/err.h"
#include "ws/rules.h"

/* The catalogue, cases/requirements.tsv: every normative statement, a row each. */
struct requirement {
    const char *id; /* "RFC6455-5.1-2" */
    const char *rfc, *section;
    enum ws_level level;    /* MUST NOT counts as MUST, SHOULD NOT as SHOULD */
    const char *level_text; /* "MUST NOT" */
    const char *role;       /* "client", "server", "both", … */
    const char *summary;
    const char *testable; /* "server-blackbox", …, "no" */
    const char *why_not;
    bool pedantic;
};

struct requirements {
    struct requirement *rows; /* sorted by id */
    size_t count;
};

/* Parses the table (tabs, one header line) into the arena; `err` tells the line. */
NODISCARD bool requirements_parse(struct arena *a, struct bytes text, struct requirements *out,
                                  struct err *err);
const struct requirement *requirements_find(const struct requirements *r,
                                            const char *id); /* NULL: none */

#endif
