#include "drive/schedule.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "drive/schedule_parts.h"
#include "io/clock.h"

#define LOST_MAX 3 /* alone and in a row unreachable: the target is gone for good */
#define CLIENT_SAYS_NOT_IMPLEMENTED 89

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

/* What measures, watches the process or may destroy runs alone from the start. */
static bool wants_to_be_alone(const struct script_case *c)
{
    if (script_case_has_tag(c, "destructive") || script_case_has_tag(c, "alone"))
        return true;
    for (size_t i = 0; i < c->n_steps; i++)
        if (c->steps[i].op == OP_MEASURE || c->steps[i].op == OP_LISTEN ||
            (c->steps[i].op == OP_EXPECT && looks_at_process(&c->steps[i].as.expect)))
            return true;
    return false;
}

static void plain_outcome(const struct schedule *s, size_t index, struct verdict verdict,
                          struct outcome *out)
{
    *out = (struct outcome){ .c = s->cases[index], .index = index, .verdict = verdict };
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
    plain_outcome(s, index, verdict_error(why ? why : "out of memory"), out);
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
        const char *lacks =
            profile_lacks(s->options.profile, s->probe, &s->target->options, c, &s->arena);
        if (lacks) {
            plain_outcome(s, index, verdict_skip(lacks), out);
            return true;
        }
        if (wants_to_be_alone(c))
            again_add(&s->again, (struct again){ .index = index });
        else if (!begin(s, slot, index, 1, out))
            return true;
    }
    return false;
}

/* A warn whose like held alone often enough comes out as it was seen. */
static bool is_believed(const struct schedule *s, const struct again *a)
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
    if (is_believed(s, &s->now_alone)) {
        *out = *s->now_alone.warn;
        return true;
    }
    again_forget_warn(&s->now_alone);
    return !begin(s, &s->slots[0], s->now_alone.index, s->now_alone.attempts + 1, out);
}

static const char *tail_of(struct schedule *s, const struct slot *slot)
{
    const struct buf *b = s->target->process ? &s->target->err_output : &slot->err_output;
    return b->len > 0 ? arena_str(&s->arena, buf_bytes(b)) : NULL;
}

/* What this run says, looked at by itself. */
static struct verdict judge(struct schedule *s, struct slot *slot)
{
    struct verdict v;
    const char *trouble = slot->run.trouble;

    if (slot->exit_code == CLIENT_SAYS_NOT_IMPLEMENTED)
        return verdict_skip("the client says that it does not implement this (exit code 89)");
    if (trouble) {
        const char *kept = arena_str(&s->arena, bytes_str(trouble));
        kept = kept ? kept : "out of memory";
        return slot->run.unsupported ? verdict_skip(kept) : verdict_error(kept);
    }
    if (!verdict_judge(slot->c, &slot->transcript, &s->options.verdict, &s->arena, &v))
        return verdict_error("out of memory");
    return v;
}

/* Alone it came out better: what it did beside others is told, and convicts nobody. */
static void only_beside_others(struct schedule *s, struct verdict *v)
{
    const char *reason =
        arena_print(&s->arena, "%s: seen only beside other cases or with a barrier, not alone",
                    s->now_alone.reason ? s->now_alone.reason : "it failed");

    v->result = v->behaviour = VERDICT_INFO;
    v->closing_grade = VERDICT_PASS;
    v->reason = reason ? reason : s->now_alone.reason;
}

static bool came_out_better(const struct again *before, const struct verdict *v)
{
    switch (v->result) {
    case VERDICT_PASS:
    case VERDICT_INFO: return before->failed || before->warned;
    case VERDICT_WARN: /* that of a fail: alone it is what it is */
    case VERDICT_FAIL:
    case VERDICT_SKIP:
    case VERDICT_ERROR:
    case VERDICT_KINDS: break;
    }
    return false;
}

static void take_outcome(struct schedule *s, struct slot *slot, struct verdict v,
                         struct outcome *out)
{
    plain_outcome(s, slot->index, v, out);
    out->attempts = slot->attempt;
    out->duration_us = slot->ended_us - slot->started_us;
    if (v.result != VERDICT_PASS)
        out->err_output = tail_of(s, slot);
    transcript_shorten(&slot->transcript);
    out->transcript = slot->transcript;
    slot->transcript = (struct transcript){ 0 };
}

static void count_lost(struct schedule *s, const struct slot *slot)
{
    if (slot->not_reached && slot->target->options.role == ROLE_SERVER)
        s->lost += slot->alone;
    else
        s->lost = 0;
}

/* A server that hangs, that keeps what it has taken, or is still at it: a second look would find
 * nothing new, or take the end of that work for rest. */
static bool spoils(const struct slot *slot, const struct verdict *v)
{
    return slot->unanswered ||
           (v->result == VERDICT_FAIL && (script_case_expects(slot->c, EXPECT_MEMORY) ||
                                          script_case_expects(slot->c, EXPECT_CPU)));
}

/* Its first run; or it only warned there, and a fail has to be seen twice. */
static bool may_be_doubted(const struct schedule *s, const struct slot *slot,
                           const struct verdict *v)
{
    if (slot->attempt == 1)
        return true;
    return s->now_alone.warned && !s->now_alone.convicted && v->result == VERDICT_FAIL;
}

static void doubt(struct schedule *s, struct slot *slot, const struct verdict *v)
{
    again_add(&s->again, (struct again){ .index = slot->index,
                                         .attempts = slot->attempt,
                                         .failed = v->result == VERDICT_FAIL,
                                         .reason = v->reason });
    slot_free(slot);
}

/* A warn beside others. False: it is none, it is certain, or there is no memory to doubt it. */
static bool doubt_warned(struct schedule *s, struct slot *slot, const struct verdict *v)
{
    bool beside = slot->attempt == 1 && !slot->alone && s->n_slots > 1;
    struct outcome *seen;

    if (!beside || !doubt_warn(v, &slot->transcript) ||
        !(seen = arena_new(&s->arena, sizeof *seen)))
        return false;
    take_outcome(s, slot, *v, seen);
    again_add(&s->again, (struct again){ .index = slot->index,
                                         .attempts = 1,
                                         .warned = true,
                                         .reason = v->reason,
                                         .warn = seen,
                                         .ended_us = io_now_us() });
    slot_free(slot);
    return true;
}

/* A slot that has ended: an outcome, or once more alone. */
static bool settle(struct schedule *s, struct slot *slot, struct outcome *out)
{
    bool first = slot->attempt == 1;

    slot_note_report(slot);
    struct verdict v = judge(s, slot);
    count_lost(s, slot);
    s->spoilt |= slot->alone && s->target->process && spoils(slot, &v);
    if (!first && s->now_alone.warned && doubt_wants_look(&s->looks, s->now_alone.reason))
        doubt_note_look(&s->looks, s->now_alone.reason, &v);
    if (!first && s->now_alone.convicted && v.result == VERDICT_FAIL)
        deaths_solve(&s->deaths, s->now_alone.death);
    if (may_be_doubted(s, slot, &v) && doubt_verdict(&v)) {
        doubt(s, slot, &v);
        return false;
    }
    if (doubt_warned(s, slot, &v))
        return false;
    if (!first && came_out_better(&s->now_alone, &v))
        only_beside_others(s, &v);
    take_outcome(s, slot, v, out);
    bool certain = slot->suspect || !s->target->process || s->target->exited;
    slot_free(slot);
    if (!certain)
        quarantine_add(&s->quarantine, out, io_now_us());
    return certain;
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
static bool wait_once(struct schedule *s, struct err *err)
{
    struct io_event event;

    schedule_knock(s);
    if (!io_loop_next(s->target->loop, next_deadline_ms(s), &event, err))
        return false;
    if (event.kind == IO_TIME)
        pass_time(s);
    else
        dispatch(s, &event);
    return true;
}

bool schedule_next(struct schedule *s, struct outcome *out, struct err *err)
{
    struct slot *slot;

    err->code = ERR_NONE;
    for (;;) {
        if (s->interrupted)
            return err_set(err, ERR_TARGET, SCHEDULE_INTERRUPTED);
        if (s->lost >= LOST_MAX)
            return err_set(err, ERR_TARGET, "the target is gone: %s", s->target->url_text);
        if (!s->target->exited && quarantine_release(&s->quarantine, io_now_us(), out))
            return true;
        if ((slot = ended_slot(s))) {
            if (settle(s, slot, out))
                return true;
            continue;
        }
        if (s->target->exited) {
            schedule_target_died(s);
            if (ended_slot(s))
                continue; /* judged before its stderr is forgotten */
            if (!schedule_restart_target(s, err))
                return false;
            continue;
        }
        if (s->spoilt && schedule_running(s) == 0) {
            s->spoilt = false; /* the next case shall not pay for it */
            if (!schedule_restart_target(s, err))
                return false;
        }
        if (s->alone ? fill_alone(s, out) : fill_together(s, out))
            return true;
        if (ended_slot(s))
            continue;
        if (schedule_running(s) > 0 || s->quarantine.count > 0) {
            if (!wait_once(s, err))
                return false;
        } else if (!s->alone) {
            s->alone = true;
        } else if (!again_first(&s->again)) {
            return false;
        }
    }
}
