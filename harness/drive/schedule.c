#include "drive/schedule.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "drive/schedule_parts.h"
#include "io/clock.h"

#define LOST_MAX 3 /* alone and in a row unreachable: the target is gone for good */

struct schedule *schedule_new(struct target *target, const struct script_case *const *cases,
                              size_t n_cases, const struct schedule_options *options,
                              const struct probe *probe, struct err *err)
{
    struct arena arena = { 0 };
    struct schedule *s = arena_new(&arena, sizeof *s);

    if (s) {
        s->arena = arena;
        s->target = target;
        s->cases = cases;
        s->n_cases = n_cases;
        s->options = *options;
        s->options.run.echoes = probe->echoes;
        s->probe = probe;
        s->n_slots = options->jobs < 1                   ? 1
                     : options->jobs < SCHEDULE_JOBS_MAX ? options->jobs
                                                         : SCHEDULE_JOBS_MAX;
        s->slots = arena_array(&s->arena, s->n_slots, sizeof *s->slots);
    }
    if (!s || !s->slots || !again_init(&s->again, &s->arena, n_cases) ||
        !quarantine_init(&s->quarantine, &s->arena)) {
        arena_free(s ? &s->arena : &arena);
        err_memory(err, "the schedule");
        return NULL;
    }
    for (size_t i = 0; i < n_cases; i++)
        s->alone_ahead += schedule_wants_alone(cases[i]);
    s->counted_us = io_now_us();
    return s;
}

void schedule_free(struct schedule *s)
{
    struct arena arena;

    if (!s)
        return;
    for (unsigned i = 0; i < s->n_slots; i++)
        slot_free(&s->slots[i]);
    schedule_forget_knock(s);
    quarantine_free(&s->quarantine);
    again_free(&s->again);
    arena = s->arena; /* it holds the schedule itself */
    arena_free(&arena);
}

size_t schedule_running(const struct schedule *s)
{
    size_t n = 0;

    for (unsigned i = 0; i < s->n_slots; i++)
        n += slot_busy(&s->slots[i]);
    return n;
}

unsigned schedule_unsolved(const struct schedule *s)
{
    return deaths_unsolved(&s->deaths);
}

/* Also how soon somebody else is served, which neighbours would spoil. */
static bool looks_at_process(const struct expect *e)
{
    return e->kind == EXPECT_MEMORY || e->kind == EXPECT_CPU ||
           (e->kind == EXPECT_ALIVE && e->within_ms > 0);
}

bool schedule_wants_alone(const struct script_case *c)
{
    if (script_case_has_tag(c, "destructive") || script_case_has_tag(c, "alone"))
        return true;
    for (size_t i = 0; i < c->n_steps; i++)
        if (c->steps[i].op == OP_MEASURE || c->steps[i].op == OP_LISTEN ||
            (c->steps[i].op == OP_EXPECT && looks_at_process(&c->steps[i].as.expect)))
            return true;
    return false;
}

static bool begin(struct schedule *s, struct slot *slot, size_t index, unsigned attempt,
                  struct outcome *out)
{
    struct run_options run = s->options.run;
    struct err err;

    s->served++;
    schedule_forget_knock(s);
    slot->attempt = attempt;
    slot->alone = s->alone;
    slot->suspect = s->alone && s->now_alone.suspect;
    slot->index = index;
    /* Alone and again: patience in place of barriers, so that none can have had a part in it. */
    if (attempt > 1)
        run.barriers = false;
    if (slot_begin(slot, s->target, s->cases[index], &run, s->options.case_us, &err)) {
        slot_drive(slot);
        return true;
    }
    slot_free(slot);
    const char *why = arena_str(&s->arena, bytes_str(err.text));
    schedule_plain(s, index, verdict_error(why ? why : "out of memory"), out);
    out->attempts = attempt;
    return false;
}

static struct slot *free_slot(struct schedule *s)
{
    for (unsigned i = 0; i < s->n_slots; i++)
        if (s->slots[i].state == SLOT_FREE)
            return &s->slots[i];
    return NULL;
}

/* Starts what can be started. True: a case came out without being run. */
static bool fill_together(struct schedule *s, struct outcome *out)
{
    struct slot *slot;

    while (s->next < s->n_cases && (slot = free_slot(s))) {
        size_t index = s->next++;
        const struct script_case *c = s->cases[index];
        bool alone = schedule_wants_alone(c);
        s->alone_ahead -= alone;
        const char *lacks =
            profile_lacks(s->options.profile, s->probe, &s->target->options, c, &s->arena);
        if (lacks) {
            schedule_plain(s, index, verdict_skip(lacks), out);
            return true;
        }
        if (alone)
            again_add(&s->again, (struct again){ .index = index });
        else if (!begin(s, slot, index, 1, out))
            return true;
    }
    return false;
}

bool schedule_believes(const struct schedule *s, const struct again *a)
{
    return a->warn && !a->suspect && !doubt_wants_look(&s->looks, a->reason);
}

static bool fill_alone(struct schedule *s, struct outcome *out)
{
    struct again *next = again_first(&s->again);

    if (schedule_running(s) > 0 || !next)
        return false;
    if (next->suspect && s->quarantine.count > 0)
        return false; /* it shall be the only one */
    s->now_alone = again_take(&s->again);
    if (schedule_believes(s, &s->now_alone)) {
        *out = *s->now_alone.warn;
        return true;
    }
    again_forget_warn(&s->now_alone);
    return !begin(s, &s->slots[0], s->now_alone.index, s->now_alone.attempts + 1, out);
}

static uint64_t next_deadline_ms(const struct schedule *s)
{
    uint64_t until = quarantine_due_us(&s->quarantine);

    for (unsigned i = 0; i < s->n_slots; i++)
        if (slot_busy(&s->slots[i]) && slot_deadline_us(&s->slots[i]) < until)
            until = slot_deadline_us(&s->slots[i]);
    return until == UINT64_MAX ? until : until / 1000 + 1;
}

static void pass_time(struct schedule *s)
{
    for (unsigned i = 0; i < s->n_slots; i++)
        slot_pass_time(&s->slots[i]);
}

static void dispatch(struct schedule *s, const struct io_event *event)
{
    if (event->kind == IO_SIGNAL)
        s->interrupted = true;
    for (unsigned i = 0; i < s->n_slots; i++) {
        uint64_t life_us = slot_shows_life(&s->slots[i], event);
        if (slot_take(&s->slots[i], event)) {
            quarantine_alive(&s->quarantine, life_us);
            slot_drive(&s->slots[i]);
            return;
        }
    }
    if (!schedule_take_knock(s, event))
        target_take(s->target, event);
}

static struct slot *ended_slot(struct schedule *s)
{
    for (unsigned i = 0; i < s->n_slots; i++)
        if (s->slots[i].state == SLOT_OVER)
            return &s->slots[i];
    return NULL;
}

/* One wait and what came of it. */
static bool wait_once(struct schedule *s, uint64_t until_ms, struct err *err)
{
    struct io_event event;
    uint64_t deadline_ms = next_deadline_ms(s);

    schedule_knock(s);
    if (!io_loop_next(s->target->loop, deadline_ms < until_ms ? deadline_ms : until_ms, &event,
                      err))
        return false;
    if (event.kind == IO_TIME)
        pass_time(s);
    else
        dispatch(s, &event);
    return true;
}

static bool can_go_on(const struct schedule *s, struct err *err)
{
    if (s->interrupted)
        return err_set(err, ERR_TARGET, SCHEDULE_INTERRUPTED);
    return s->lost < LOST_MAX ||
           err_set(err, ERR_TARGET, "the target is gone: %s", s->target->url_text);
}

/* A server that is dead, or not what the next case shall meet. False: it does not come back. */
static bool care_for_target(struct schedule *s, struct err *err)
{
    if (s->target->exited) {
        schedule_target_died(s);
        /* Who has ended by it is judged before its stderr is forgotten. */
        return ended_slot(s) || schedule_restart_target(s, err);
    }
    if (!s->spoilt || schedule_running(s) > 0)
        return true;
    s->spoilt = false; /* the next case shall not pay for it */
    return schedule_restart_target(s, err);
}

/* Nothing came out and nobody can begin: the next phase, or no more. */
static bool turn_to_alone(struct schedule *s)
{
    if (s->alone)
        return again_first(&s->again) != NULL;
    return s->alone = true;
}

enum schedule_got schedule_until(struct schedule *s, uint64_t until_ms, struct outcome *out,
                                 struct err *err)
{
    struct slot *slot;

    err->code = ERR_NONE;
    while (can_go_on(s, err)) {
        if (!s->target->exited && quarantine_release(&s->quarantine, io_now_us(), out))
            return SCHEDULE_OUTCOME;
        if ((slot = ended_slot(s))) {
            if (schedule_settle(s, slot, out))
                return SCHEDULE_OUTCOME;
            continue;
        }
        bool died = s->target->exited;
        if (!care_for_target(s, err))
            break;
        if (died)
            continue;
        if (s->alone ? fill_alone(s, out) : fill_together(s, out))
            return SCHEDULE_OUTCOME;
        if (ended_slot(s))
            continue;
        if (schedule_running(s) == 0 && s->quarantine.count == 0) {
            if (!turn_to_alone(s))
                break;
            continue;
        }
        if (io_now_ms() >= until_ms)
            return SCHEDULE_TIME;
        if (!wait_once(s, until_ms, err))
            break;
    }
    return SCHEDULE_OVER;
}

bool schedule_next(struct schedule *s, struct outcome *out, struct err *err)
{
    return schedule_until(s, UINT64_MAX, out, err) == SCHEDULE_OUTCOME;
}
