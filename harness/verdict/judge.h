#ifndef VERDICT_JUDGE_H
#define VERDICT_JUDGE_H

#include "verdict/verdict.h"

/* Inside of verdict_judge: the judge of one transcript, and the verdict that it writes. Its texts
 * live in `a`. */
struct judge {
    const struct script_case *c;
    const struct transcript *t;
    const struct verdict_options *options;
    struct arena *a;
    struct verdict *v;
    bool failed; /* an expectation was not met: no further one may follow */
    bool no_memory;
};

enum verdict_kind judge_worse(enum verdict_kind a, enum verdict_kind b);

/* What it means that a rule of this force was broken. */
enum verdict_kind judge_breach(enum ws_level level);

/* A copy that lives as long as the verdict; NULL for NULL, or with no_memory. */
const char *judge_keep(struct judge *j, const char *text);

/* Adds a copy of `text` to the remarks, unless it stands there or they are full. */
void judge_remark(struct judge *j, const char *text);

/* The transcript cannot be one of this case: an error of ours, whatever was found so far. `why`
 * lives for ever. */
void judge_give_up(struct judge *j, const char *why);

#endif
