#ifndef FUZZ_ENGINE_H
#define FUZZ_ENGINE_H

#include "fuzz/live/counters.h"
#include "fuzz/live/lane.h"
#include "fuzz/live/recent.h"
#include "fuzz/live/replies.h"
#include "fuzz/trial/findings.h"
#include "fuzz/trial/news.h"

/* One live target and one session at a time: says what it is given, tells how far that came, and
 * brings what is suspicious to trial. Where the sessions come from is not its business: of
 * libFuzzer (fuzz/live/driver.h), or of a test. Its news go to standard output. */
#define ENGINE_COUNTERS (FUZZ_COUNTERS_SIZE + REPLIES_SIZE)

struct engine {
    const struct fuzz_options *o;
    struct stand stand; /* the target, for trials and for us */
    struct lane lane;
    struct fuzz_counters *counters; /* NULL with --no-coverage */
    struct findings findings;
    struct fuzz_account account, other;
    struct recent recent;
    struct io_mark mark; /* where the target's process stood at the last look */
    unsigned marked_starts;
    bool marked;
    uint64_t dear_bytes; /* one session may need so many: more is suspicious */
    uint64_t dear_kib;   /* growth between two looks behind which it is looked for one that does */
    uint64_t leak_kib, leak_step_kib; /* the same for what is kept: from where, how much */
    uint64_t leak_from;               /* the session with which that began; 0: not yet */
    unsigned leak_starts;
    uint64_t began_ms, pulse_ms, corpus_ms, corpus;
    uint64_t taken, suspects, reply_edges;
    uint64_t began_us, cuts_us; /* of that, what was spent on other cuts, */
    uint64_t vain_us;           /* on trials that came to nothing, */
    uint64_t costs_us;          /* on the search for who is dear, */
    uint64_t costs_until_us;    /* which has to end by then */
    const char *trying;         /* the signature whose trial is under way; NULL: none */
    uint8_t seen_replies[REPLIES_SIZE];
    bool lingers; /* the death that is looked for comes a while after its session */
    bool over;    /* it has done its runs, or its time */
};

/* Starts the target, learns what it is like, and says that it is ready. `o` must outlive it.
 * engine_close is right in either case. */
NODISCARD bool engine_open(struct engine *e, const struct fuzz_options *o, struct err *err);
void engine_close(struct engine *e);

/* Says the session that `input` is (fuzz/session/session.h), and looks at what came.
 *
 *   counters  ENGINE_COUNTERS bytes, added to: code first, then replies; at least one is set
 *
 * False: it cannot go on (`err`). `over`: it need not. */
NODISCARD bool engine_take(struct engine *e, struct bytes input, uint8_t *counters,
                           struct err *err);

/* A line for the supervisor; one that says how far it has come. */
void engine_tell_pulse(struct engine *e);
void engine_tell(const struct fuzz_news *news);

#endif
