#ifndef VERDICT_VERDICT_H
#define VERDICT_VERDICT_H

#include "base/embedded.h"
#include "run/transcript.h"
#include "script/case.h"
#include "ws/rules.h"

/* What a transcript proves about the target. A pure function of case and transcript: a saved one
 * can be judged again, and gets the same. */
enum verdict_kind {
    VERDICT_PASS,  /* as required, strictly */
    VERDICT_INFO,  /* no rule applies, or the finding does not hold up; recorded */
    VERDICT_WARN,  /* against a SHOULD, or looser than it should be */
    VERDICT_FAIL,  /* broke a MUST */
    VERDICT_SKIP,  /* the target lacks what the case needs */
    VERDICT_ERROR, /* our fault or the environment's; never counted against the target */
    VERDICT_KINDS
};

/* How the connection came to its end; no statement when the case did not get that far. */
enum closing {
    CLOSING_NONE,    /* nothing to say */
    CLOSING_CLEAN,   /* both Closes, then TCP ended by who has to */
    CLOSING_UNCLEAN, /* TCP ended without a Close */
    CLOSING_WRONG_CODE,
    CLOSING_WRONG_END, /* who should end TCP did not */
    CLOSING_LATE,      /* in the end, but only long after */
    CLOSING_KINDS
};

#define VERDICT_REMARKS_MAX 8

struct verdict {
    enum verdict_kind result; /* the worse of the next two */
    enum verdict_kind behaviour;
    enum verdict_kind closing_grade;
    enum closing closing;
    enum severity severity;     /* of a warn or fail */
    bool contested;             /* would be a fail in one of two readings */
    enum ws_rule rule;          /* a monitor's, or WS_RULE_NONE */
    const char *requirement;    /* id; NULL: none */
    unsigned line;              /* in the case file; 0: none */
    const char *reason;         /* one sentence; NULL for a plain pass */
    const char *expected, *got; /* NULL: none */
    size_t entry;               /* of the transcript, that decided; ENTRY_NO_STEP: none */
    bool barrier;               /* a barrier had a part in it: not final before a run without */
    bool retry;                 /* cannot be told yet: run again alone */
    const char *remarks[VERDICT_REMARKS_MAX];
    size_t n_remarks;
};

struct requirements;

struct verdict_options {
    bool strict; /* contested cases may fail */
    const struct requirements
        *requirements;           /* for the level of what a case proves; NULL: all MUST */
    enum case_role role;         /* who is under test */
    const struct embedded *data; /* files of the suite, for `file "name"`; NULL: none */
};

/* Texts live in `a`. False: no memory. An inconsistent transcript gives VERDICT_ERROR. */
NODISCARD bool verdict_judge(const struct script_case *c, const struct transcript *t,
                             const struct verdict_options *options, struct arena *a,
                             struct verdict *out);

/* The other two ends of a case: not run, with the reason. */
struct verdict verdict_skip(const char *reason);
struct verdict verdict_error(const char *reason);

const char *verdict_name(enum verdict_kind kind);       /* "pass" */
int verdict_named(const char *name);                    /* -1: unknown */
const char *verdict_closing_name(enum closing closing); /* "wrong code" */
int verdict_closing_named(const char *name);

#endif
