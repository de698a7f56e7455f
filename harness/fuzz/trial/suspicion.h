#ifndef FUZZ_SUSPICION_H
#define FUZZ_SUSPICION_H

#include "fuzz/oracle/oracle.h"

/* What a quick session made us think. Nobody is accused by it: fuzz/trial/convict.h decides. */
enum suspicion_kind {
    SUSPICION_NONE,
    SUSPICION_DIFFERENCE, /* it did what the RFC does not allow */
    SUSPICION_CUT,        /* what it did depends on how the bytes were cut */
    SUSPICION_DEATH,      /* its process ended, or a sanitizer reported */
    SUSPICION_HANG,       /* it was silent for too long */
    SUSPICION_MEMORY,
    SUSPICION_LEAK, /* it keeps memory of each of many sessions */
    SUSPICION_CPU,
    SUSPICION_KINDS
};

struct suspicion {
    enum suspicion_kind kind;
    enum fuzz_difference difference;
    enum ws_rule rule;  /* of a difference; WS_RULE_NONE: none */
    uint32_t turns;     /* of memory: so many are far beyond what is allowed; 0: one is */
    char signature[80]; /* equal for what is the same fault; the name of its file: a-z 0-9 . - */
    char what[200];     /* a sentence for people */
    char words[1024];   /* the target's last ones, of a death; "": none */
};

/* FUZZ_SAME gives SUSPICION_NONE. */
void suspicion_of_finding(const struct fuzz_finding *f, struct suspicion *out);

/* A process that ended by itself, or said that something is wrong and went on.
 *
 *   how   "was killed by signal 6 (Aborted)"; NULL: it still runs
 *   said  the end of its stderr, or a sanitizer's report */
void suspicion_of_death(const char *how, struct bytes said, struct suspicion *out);

void suspicion_of_hang(uint64_t timeout_ms, struct suspicion *out);
void suspicion_of_memory(uint64_t bytes, struct suspicion *out);
/* Each turn of the same frames on one connection, or each session, takes so many bytes more. */
void suspicion_of_pile(uint64_t bytes, uint32_t turns, struct suspicion *out);
void suspicion_of_leak(uint64_t bytes, uint32_t turns, struct suspicion *out);
void suspicion_of_cpu(uint64_t ms, struct suspicion *out);

/* The same fault, as far as a quick session can tell: a candidate that shows another one is not
 * taken for a smaller form of the first. */
bool suspicion_same(const struct suspicion *a, const struct suspicion *b);

const char *suspicion_name(enum suspicion_kind kind); /* "difference", "death" */

#endif
