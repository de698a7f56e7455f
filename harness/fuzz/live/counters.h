#ifndef FUZZ_COUNTERS_H
#define FUZZ_COUNTERS_H

#include "base/err.h"
#include "base/rand.h"
#include "fuzz/runtime/coverage.h"

/* The coverage of a live target: the memory that it shares with us (fuzz/runtime/coverage.h),
 * around each session zeroed and taken. A target without the runtime leaves it zero, and nothing is
 * taken. What stands in it was written by the target, whose memory may be broken: nothing there is
 * believed unseen. */
#define FUZZ_COUNTERS_SIZE (COVERAGE_EDGES + COVERAGE_COMPARES)

struct fuzz_counters;

NODISCARD struct fuzz_counters *fuzz_counters_new(struct err *err);
void fuzz_counters_free(struct fuzz_counters *c); /* NULL is allowed */

/* Puts the name of the memory into our environment (COVERAGE_ENV), where every process that we
 * start from now on finds it. Once, before the target is started; not beside other threads. */
NODISCARD bool fuzz_counters_announce(const struct fuzz_counters *c, struct err *err);

/* All counters of the target to 0, those in its own memory included. */
void fuzz_counters_zero(struct fuzz_counters *c);

/* Raises `into`, of FUZZ_COUNTERS_SIZE bytes, to what was counted since: a place that is 0 or
 * hidden is left as it is there. Gives how many of the counters were never taken before. The values
 * are plain counts, as libFuzzer wants its extra counters: it makes the classes itself. */
uint32_t fuzz_counters_take(struct fuzz_counters *c, uint8_t *into);

/* Says that nothing was said to the target since the last fuzz_counters_zero: what has counted
 * meanwhile (timers, other threads) is no news of any session, and is hidden from now on. */
void fuzz_counters_idle(struct fuzz_counters *c);

/* Says that `one` and `other`, both zeroed and then taken, are of the same session: comparisons
 * that only one of them has are of clocks, addresses or chance, and are hidden from now on. Edges
 * are not: most of them are only late, as what a target does when a connection has ended. */
void fuzz_counters_unsteady(struct fuzz_counters *c, const uint8_t *one, const uint8_t *other);

/* Something that the target compared with something else, of any session so far: a place in its
 * code is picked, and what was seen there last. False: nothing was found. */
NODISCARD bool fuzz_counters_word(const struct fuzz_counters *c, struct rand *rand,
                                  struct coverage_word *out);

/* What there is to tell people. */
struct fuzz_counters_facts {
    bool attached;     /* a target with the runtime was started at some time */
    bool foreign;      /* there is one of another layout, which nobody here can read */
    bool by_pc;        /* how many edges there are is not known: `edges` is too small */
    uint32_t edges;    /* that exist */
    uint32_t seen;     /* that were ever taken */
    uint32_t compares; /* steps towards the equality of something that were ever taken */
    uint32_t hidden;
    uint32_t overflow;   /* edges that share a counter, or have none */
    uint32_t unreadable; /* modules whose counters we cannot read, or know nothing of */
};

void fuzz_counters_facts(const struct fuzz_counters *c, struct fuzz_counters_facts *out);

/* A sentence, for people who wonder where their coverage is; NULL when all is well. */
const char *fuzz_counters_trouble(const struct fuzz_counters_facts *facts);

#endif
