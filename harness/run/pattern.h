#ifndef RUN_PATTERN_H
#define RUN_PATTERN_H

#include "run/transcript.h"
#include "script/case.h"

/* Matching what came against what a case expects. A pattern is a run of steps that only expect
 * (expect, either, unordered, close). One pure function serves the runner, which asks whether to
 * wait or to go on, and the verdict, which asks how good it was: they cannot disagree. */

/* How far into a transcript the expectations have come. A zeroed cursor is at the start. */
struct cursor {
    size_t entry;       /* first entry not yet taken */
    size_t echo;        /* messages of ours that have been echoed, or given up */
    size_t frames_upto; /* entries below this were taken frame by frame */
    size_t another;     /* behind the latest ENTRY_ANOTHER that was taken */
    uint32_t connection, round;
    size_t report; /* first entry that may be the next line the target prints */
};

enum pattern_status { PATTERN_MORE, PATTERN_MATCHED, PATTERN_MISMATCH };

/* What would bring a pattern on that is still waiting. */
enum pattern_wants {
    WANTS_BARRIER = 1, /* proof that the target has gone past what was sent */
    WANTS_DOUBT = 2,   /* something that only a target which goes on would answer */
    WANTS_ALIVE = 4,
    WANTS_MEMORY = 8,
    WANTS_END = 16, /* its Close came; what is left is that TCP ends */
    WANTS_CPU = 32
};

struct match {
    enum pattern_status status;
    enum grade grade;     /* MATCHED: the worst on the way taken */
    struct cursor cursor; /* MATCHED: behind it */
    unsigned wants;       /* MORE: bits of enum pattern_wants */
    const char *remark;   /* why it is not a plain pass; static or of the case; NULL: none */
    size_t step;          /* MISMATCH: what was expected there … */
    size_t entry;         /* … and what came; ENTRY_NO_STEP: nothing */
    bool silent;          /* MISMATCH: because nothing came in time */
    bool unsure;          /* a reset may have eaten what would decide: run again alone */
};

struct pattern_options {
    enum case_role role; /* who is under test */
    size_t since;        /* the pattern's ENTRY_EXPECT: older pongs and silences are not its own */
    bool passed_is_end;  /* prefer: the barrier's pong ends the first branch */
};

/* Steps [first, pattern_end) make one pattern with `first`, an expecting step. */
size_t pattern_end(const struct step *steps, size_t n_steps, size_t first);

/* Match steps [from, to) against the entries from `cursor` on. Branches are tried first without any
 * warn, then with. */
struct match pattern_match(const struct step *steps, size_t from, size_t to,
                           const struct transcript *t, struct cursor cursor,
                           const struct pattern_options *options);

#endif
