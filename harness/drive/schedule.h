#ifndef DRIVE_SCHEDULE_H
#define DRIVE_SCHEDULE_H

#include "drive/forecast.h"
#include "drive/probe.h"
#include "drive/profile.h"
#include "verdict/verdict.h"

/* Who runs when, against what, and what died. Cases run beside each other; each would-be fail, and
 * each case that was under way when the target died, runs again alone before it counts. Of a death
 * is convicted who was suspected of one already, and of whom a server dies again that has served
 * nobody else. Outcomes are pulled, in the order in which they become certain. */
#define SCHEDULE_JOBS_MAX 256
#define SCHEDULE_INTERRUPTED "interrupted" /* the error's text when a signal ended it */

struct schedule_options {
    struct run_options run; /* for every case; `echoes` comes from the probe */
    struct verdict_options verdict;
    unsigned jobs;
    uint64_t case_us;
    const struct profile *profile; /* NULL: none */
};

/* How every run against that target is done, by a user's `wsproof test` and by whoever says that a
 * case fails: where the target is, what it is set up for, how long is waited. What differs from run
 * to run is the caller's to add: headers, subprotocols, seed, cuts, `strict`, more jobs.
 *
 *   target    known by now: target_is_known, or a client's
 *   suite     the files of the suite and its requirements; they and the target outlive `out` */
#define SCHEDULE_EXPECT_MS 5000
#define SCHEDULE_CASE_MS 60000
void schedule_usual(const struct target *target, const struct embedded *suite,
                    const struct requirements *requirements, struct schedule_options *out);

struct outcome {
    const struct script_case *c;
    size_t index; /* in the list that was given */
    struct verdict verdict;
    struct transcript transcript; /* the reader's to free */
    uint64_t duration_us;
    unsigned attempts;
    const char *err_output; /* the target's last stderr, for what did not pass; NULL: none */
};

struct schedule;

/* The list and the target must outlive it. */
NODISCARD struct schedule *schedule_new(struct target *target,
                                        const struct script_case *const *cases, size_t n_cases,
                                        const struct schedule_options *options,
                                        const struct probe *probe, struct err *err);
void schedule_free(struct schedule *s);

/* The next outcome. False: all have been given, or it cannot go on (`err` is then set): the target
 * is gone for good, or a signal said to stop. Its texts live as long as the schedule. */
NODISCARD bool schedule_next(struct schedule *s, struct outcome *out, struct err *err);

/* The same, for who has other things to do: SCHEDULE_TIME when it is `until_ms` and none is there
 * yet. SCHEDULE_OVER is schedule_next's false. */
enum schedule_got { SCHEDULE_OUTCOME, SCHEDULE_TIME, SCHEDULE_OVER };
NODISCARD enum schedule_got schedule_until(struct schedule *s, uint64_t until_ms,
                                           struct outcome *out, struct err *err);

/* About how long it still takes. */
struct forecast_left schedule_left(const struct schedule *s);

/* Cases under way now, for a progress line. */
size_t schedule_running(const struct schedule *s);

/* Deaths of the server of which no case could be convicted, up to now. */
unsigned schedule_unsolved(const struct schedule *s);

#endif
