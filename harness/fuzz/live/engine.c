#define _POSIX_C_SOURCE 200809L /* setenv */
#include "fuzz/live/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/live/engine_parts.h"
#include "fuzz/live/lane_parts.h"
#include "io/clock.h"
#include "io/core.h"
#include "io/file.h"

#define PULSE_MS 500
/* Besides what is new, each so many sessions is said again in other cuts; but small writes take
 * their time, and no more than this part of all may go into them. */
#define CUT_EVERY 64
#define CUT_SHARE 12
/* What takes so many times what is usual, and so long, is slow. */
#define SLOW_TIMES 100
#define SLOW_LEAST_US 100000
#define FIRST_SESSIONS 3
#define IDLE_MS 100
/* All payloads together, as sent: more than the largest of the lengths that are special. */
#define SESSION_BYTES_MAX (200u << 10)

/* A report has to end the process that it is about, unless the user has said what he wants; what is
 * kept of freed memory is no leak. */
static void set_sanitizers(void)
{
    setenv("ASAN_OPTIONS", "abort_on_error=1:detect_leaks=0:handle_abort=1:quarantine_size_mb=16",
           0);
    setenv("UBSAN_OPTIONS", "halt_on_error=1:abort_on_error=1:print_stacktrace=1", 0);
    setenv("MSAN_OPTIONS", "abort_on_error=1", 0);
    setenv("TSAN_OPTIONS", "halt_on_error=1:abort_on_error=1", 0);
}

/* ---- beginning and end ---- */

static bool open_counters(struct engine *e, struct err *err)
{
    if (e->o->no_coverage)
        return true;
    e->counters = fuzz_counters_new(err);
    return e->counters && fuzz_counters_announce(e->counters, err);
}

static bool open_lane(struct engine *e, struct err *err)
{
    const struct fuzz_options *o = e->o;
    struct lane_options options = { .target = &e->stand.target,
                                    .headers = e->stand.headers,
                                    .n_headers = o->n_headers,
                                    .protocols = o->protocols,
                                    .n_protocols = o->n_protocols,
                                    .timeout_ms = o->timeout_ms,
                                    .seed = o->seed,
                                    .echoes = e->stand.probe.echoes };

    return lane_open(&e->lane, &options, err);
}

/* What counts while nobody says anything is no news; nor is what a target does only at first. */
static bool learn_noise(struct engine *e, struct err *err)
{
    struct lane_word word;
    bool ok = true;

    for (int i = 0; ok && i < FIRST_SESSIONS; i++) {
        ok = lane_say(&e->lane, &(struct fuzz_session){ 0 }, LANE_CUTS_NONE, &e->account, &word,
                      err);
    }
    if (!ok || !e->counters)
        return ok;
    fuzz_counters_zero(e->counters);
    ok = lane_await_exit(&e->lane, IDLE_MS, err);
    fuzz_counters_idle(e->counters);
    return ok;
}

bool engine_open(struct engine *e, const struct fuzz_options *o, struct err *err)
{
    memset(e, 0, sizeof *e);
    e->o = o;
    recent_init(&e->recent);
    engine_cost_init(e);
    set_sanitizers();
    /* A session is a chain of turns between the two of us. */
    if (o->command && !o->all_cores)
        io_keep_to_core((unsigned)o->seed);
    if (!open_counters(e, err) || !stand_open(&e->stand, o, err) || !stand_probe(&e->stand, err) ||
        !findings_open(&e->findings, o->findings, err) || !open_lane(e, err) ||
        !learn_noise(e, err))
        return false;
    e->began_ms = e->pulse_ms = io_elapsed_ms();
    e->began_us = io_now_us();
    engine_tell_ready(e);
    return true;
}

void engine_close(struct engine *e)
{
    if (e->lane.loop)
        lane_close(&e->lane);
    fuzz_account_free(&e->account);
    fuzz_account_free(&e->other);
    recent_free(&e->recent);
    findings_free(&e->findings);
    stand_close(&e->stand);
    fuzz_counters_free(e->counters);
    e->counters = NULL;
}

/* ---- one input ---- */

/* How many replies are new to us; what libFuzzer makes of the counters it does not tell. */
static unsigned note_replies(struct engine *e, const uint8_t *replies)
{
    uint64_t before = e->reply_edges, eight;

    for (size_t i = 0; i < REPLIES_SIZE; i += sizeof eight) {
        memcpy(&eight, replies + i, sizeof eight);
        for (size_t k = i; eight != 0 && k < i + sizeof eight; k++) {
            e->reply_edges += replies[k] > 0 && !e->seen_replies[k];
            e->seen_replies[k] |= replies[k];
        }
    }
    return (unsigned)(e->reply_edges - before);
}

static void keep_nothing(uint8_t *counters)
{
    memset(counters, 0, ENGINE_COUNTERS);
    counters[FUZZ_COUNTERS_SIZE] = 1;
}

static bool is_slow(const struct engine *e, const struct lane_word *word)
{
    return word->took_us > SLOW_LEAST_US && e->lane.usual_us > 0 &&
           word->took_us / SLOW_TIMES > e->lane.usual_us;
}

/* What a session that ended the target reached is not kept: its likes would end it again and
 * again. */
static bool feed_back(struct engine *e, const struct suspicion *shown, const struct lane_word *word,
                      uint8_t *counters)
{
    uint8_t *replies = counters + FUZZ_COUNTERS_SIZE;

    if (shown->kind == SUSPICION_DEATH || shown->kind == SUSPICION_HANG) {
        keep_nothing(counters);
        return false;
    }
    unsigned news = e->counters ? fuzz_counters_take(e->counters, counters) : 0;
    replies_count(&e->account, word, replies);
    return news + note_replies(e, replies) > 0;
}

/* What is new is said once more: comparisons with clocks or addresses are new each time, and what
 * is slow each time is not kept, since its likes would eat the time of thousands. */
static bool look_again(struct engine *e, const struct fuzz_session *s, bool slow, uint8_t *counters,
                       struct err *err)
{
    static uint8_t again[FUZZ_COUNTERS_SIZE];
    struct lane_word word;

    memset(again, 0, sizeof again);
    if (e->counters)
        fuzz_counters_zero(e->counters);
    if (!lane_say(&e->lane, s, LANE_CUTS_OF_SESSION, &e->account, &word, err))
        return false;
    if (e->counters)
        fuzz_counters_take(e->counters, again);
    if (slow && is_slow(e, &word))
        keep_nothing(counters);
    else if (e->counters && word.end == LANE_ENDED)
        fuzz_counters_unsteady(e->counters, counters, again);
    return true;
}

/* Sessions of megabytes would eat the time of thousands. */
static void trim(struct fuzz_session *s)
{
    size_t room = SESSION_BYTES_MAX;

    for (size_t i = 0; i < s->n_steps; i++) {
        struct fuzz_step *step = &s->steps[i];
        size_t len = step->payload.len, times = step->times > 0 ? step->times : 1;
        if (len > 0 && times > 1 && times > room / len)
            step->times = room / len > 1 ? (uint32_t)(room / len) : 1;
        len *= step->times > 0 ? step->times : 1;
        if (step->cut > 0 && len / step->cut > LANE_WRITES_MAX)
            step->cut = (uint32_t)(len / LANE_WRITES_MAX);
        room -= len < room ? len : room;
    }
}

static bool look_at_cuts(struct engine *e, const struct fuzz_session *s, struct suspicion *out,
                         struct err *err)
{
    uint64_t from = io_now_us();

    if (e->cuts_us > (from - e->began_us) / CUT_SHARE)
        return true;
    bool ok = engine_look_at_cuts(e, s, out, err);
    e->cuts_us += io_now_us() - from;
    return ok;
}

static bool look_further(struct engine *e, const struct fuzz_session *s,
                         const struct lane_word *word, bool is_new, struct suspicion *out,
                         struct err *err)
{
    bool ours = e->stand.target.process != NULL;

    if (ours && e->o->cpu_ms > 0 && word->took_us / 1000 > e->o->cpu_ms * 3 / 4)
        return engine_look_at_cost(e, s, out, err);
    if (ours && word->took_us > SLOW_LEAST_US && !engine_look_at_slow(e, s, err))
        return false;
    if (s->n_steps > 0 && s->end != FUZZ_END_DROP && word->end == LANE_ENDED &&
        (is_new || e->lane.sessions % CUT_EVERY == 0))
        return look_at_cuts(e, s, out, err);
    return true;
}

static bool pass_time(struct engine *e, struct err *err)
{
    uint64_t now = io_elapsed_ms();

    e->over = (e->o->runs > 0 && e->taken >= e->o->runs) ||
              (e->o->time_ms > 0 && now - e->began_ms >= e->o->time_ms);
    if (now - e->pulse_ms < PULSE_MS && !e->over)
        return true;
    engine_tell_pulse(e);
    return engine_watch_cost(e, err);
}

bool engine_take(struct engine *e, struct bytes input, uint8_t *counters, struct err *err)
{
    static struct fuzz_session s; /* large */
    struct suspicion shown;
    struct lane_word word;

    e->taken++;
    recent_add(&e->recent, input);
    fuzz_session_decode(input, &s);
    trim(&s);
    if (e->counters)
        fuzz_counters_zero(e->counters);
    if (!engine_look(e, &s, &word, &shown, err))
        return false;
    bool is_new = feed_back(e, &shown, &word, counters);
    const bool slow = is_slow(e, &word);
    if (shown.kind == SUSPICION_NONE && is_new && (e->counters || slow) &&
        !look_again(e, &s, slow, counters, err))
        return false;
    if (shown.kind == SUSPICION_NONE && !look_further(e, &s, &word, is_new, &shown, err))
        return false;
    if (shown.kind != SUSPICION_NONE && !engine_trial(e, &s, &shown, err))
        return false;
    return pass_time(e, err);
}
