#ifndef RUN_EXPECTATION_H
#define RUN_EXPECTATION_H

#include "run/pattern.h"

/* One `expect` against what came: the atoms of a pattern. Each looks at one entry after the other
 * and says what it means; it never decides what the case as a whole is worth. */
enum taken {
    TAKEN_SKIP, /* not its business */
    TAKEN_PART, /* a step on the way: the next entry, please */
    TAKEN_YES,
    TAKEN_NO
};

struct expectation {
    const struct transcript *t;
    const struct pattern_options *options;
    const struct step *step;
    struct cursor *cursor;
    enum grade grade;   /* of a YES */
    const char *remark; /* why the grade, or why NO; NULL: plain */
    bool closed;        /* a Close was taken on the way */
    bool silent, unsure;
};

static inline const struct entry *expectation_entry(const struct expectation *x, size_t i)
{
    return &x->t->entries[i];
}

/* The two ends of looking: a YES of at least that grade, and a NO with its reason. */
static inline enum taken expectation_yes(struct expectation *x, enum grade grade,
                                         const char *remark)
{
    x->grade = grade_worse(x->grade, grade);
    if (remark && !x->remark)
        x->remark = remark;
    return TAKEN_YES;
}

static inline enum taken expectation_no(struct expectation *x, const char *why)
{
    x->remark = why;
    return TAKEN_NO;
}

static inline bool expectation_is_close(const struct entry *e)
{
    return e->kind == ENTRY_FRAME_IN && e->head.opcode == WS_CLOSE;
}

/* The oldest message of ours that is not yet echoed and went out before entry `before`. */
bool expectation_is_echo(struct expectation *x, const struct entry *e, size_t before);

enum taken expectation_take(struct expectation *x, size_t entry);

/* Is it met before anything came? (A client that we have answered counts as open.) */
bool expectation_met_at_once(const struct expectation *x);
unsigned expectation_wants(const struct expectation *x);

#endif
