#ifndef FUZZ_ENGINE_PARTS_H
#define FUZZ_ENGINE_PARTS_H

#include "fuzz/live/engine.h"

/* Inside of engine. */

/* engine_look.c: says a session and tells what is suspicious in what came: in `e->account`, what it
 * answers in `e->wire`. */
NODISCARD bool engine_look(struct engine *e, const struct fuzz_session *s, struct lane_word *word,
                           struct suspicion *out, struct err *err);
/* The same session in other cuts: does that change what comes? */
NODISCARD bool engine_look_at_cuts(struct engine *e, const struct fuzz_session *s,
                                   struct suspicion *out, struct err *err);
/* What it costs the target's process, which has to be ours. */
NODISCARD bool engine_look_at_cost(struct engine *e, const struct fuzz_session *s,
                                   struct suspicion *out, struct err *err);
/* Frames that need more memory each time are said so many times over; so few of them. */
#define ENGINE_PILE 4
#define ENGINE_PILE_STEPS (FUZZ_STEPS_MAX / ENGINE_PILE)
/* An empty session, so that who serves one after the other is through with those before it: what
 * they cost is not counted to the next. */
NODISCARD bool engine_settle(struct engine *e, struct err *err);
/* Does the target keep memory of each of many such sessions? */
NODISCARD bool engine_look_at_leak(struct engine *e, const struct fuzz_session *s,
                                   struct suspicion *out, struct err *err);
/* Whichever of them shows what `wanted` is. */
NODISCARD bool engine_look_for(struct engine *e, enum suspicion_kind wanted,
                               const struct fuzz_session *s, struct suspicion *out,
                               struct err *err);

/* So long may one search take: in a young run less, since what is slow costs its time with each
 * try.
 */
uint64_t engine_search_us(const struct engine *e);

/* So long a death may come after the session that brings it. */
#define ENGINE_LINGER_MS 400

/* engine_news.c: that sessions can begin, and with what. */
void engine_tell_ready(struct engine *e);

/* engine_trial.c: finds who is to blame, makes it small, and has it tried. */
NODISCARD bool engine_trial(struct engine *e, const struct fuzz_session *s,
                            const struct suspicion *suspicion, struct err *err);

/* engine_cost.c: now and then, what the target's process needs, and what it keeps. */
void engine_cost_init(struct engine *e);
NODISCARD bool engine_watch_cost(struct engine *e, struct err *err);
/* The cost of a session that took long, as long as there is time for that. */
NODISCARD bool engine_look_at_slow(struct engine *e, const struct fuzz_session *s, struct err *err);

/* So many times a session, or its frames, are told that needs `bytes` each: far more than what is
 * taken for a leak. */
uint32_t engine_turns(const struct engine *e, uint64_t bytes);
#define ENGINE_TURNS_MAX                                                                           \
    4000 /* more would take too long: smaller leaks need a smaller --memory                        \
          */

#endif
