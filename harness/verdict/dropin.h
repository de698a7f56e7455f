#ifndef VERDICT_DROPIN_H
#define VERDICT_DROPIN_H

#include "verdict/ending.h"
#include "verdict/verdict.h"

/* The second grader: what Autobahn|Testsuite would say of the same conversation, in its own words
 * and on its two axes. Only for cases that carry one of its numbers.
 *
 * Behaviour. `also autobahn N { ok { … } nonstrict { … } }` lists the messages and pongs of a
 * grade: all that may come and in this order, whatever the closing; `expect nothing` for none, and
 * an empty block takes anything. Without a block, a case that expects no message and no pong is OK
 * when none came, and every other case takes the grade of our own behaviour axis.
 *
 * Closing. Who has to close first, with which codes, and whether it must be clean, follows from the
 * case's steps: from the first way through them, where a choice is its first branch. */
enum dropin_behavior {
    DROPIN_OK,
    DROPIN_NON_STRICT,
    DROPIN_INFORMATIONAL,
    DROPIN_UNIMPLEMENTED,
    DROPIN_FAILED
};

enum dropin_close {
    DROPIN_CLOSE_OK,
    DROPIN_CLOSE_FAILED, /* by the wrong endpoint, or never open */
    DROPIN_CLOSE_WRONG_CODE,
    DROPIN_CLOSE_UNCLEAN,
    DROPIN_CLOSE_FAILED_BY_CLIENT, /* we, the client, had to end TCP */
    DROPIN_CLOSE_INFORMATIONAL
};

#define DROPIN_CODES_MAX 8
#define DROPIN_TEXT 160

struct dropin_expected {
    bool closed_by_me, require_clean;
    uint16_t codes[DROPIN_CODES_MAX];
    size_t n_codes; /* 1 at least */
};

struct dropin {
    enum dropin_behavior behavior;
    enum dropin_close close;
    char result[DROPIN_TEXT], result_close[DROPIN_TEXT]; /* why, in our words */
    struct dropin_expected expected;
    struct ending ending; /* its reasons look into the transcript */
};

/* `strict` is our own verdict on the same transcript. False, and nothing is written: the case has
 * no Autobahn number. */
bool dropin_grade(const struct script_case *c, const struct transcript *t, enum case_role role,
                  const struct verdict *strict, struct dropin *out);

const char *dropin_behavior_name(enum dropin_behavior behavior); /* "NON-STRICT" */
const char *dropin_close_name(enum dropin_close close);          /* "FAILED BY CLIENT" */
int dropin_behavior_named(const char *name);                     /* -1: unknown, both */
int dropin_close_named(const char *name);

#endif
