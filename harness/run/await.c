#include "run/internal.h"

#include <stdio.h>
#include <string.h>

/* Without barriers (the second run of a would-be fail) only patience tells that nothing comes. */
#define PATIENCE_US 1000000
#define ROUND_PATIENCE_US 200000 /* of a sweep, whose rounds add up */
/* How long TCP may take to end after a Close. */
#define ENDING_US 2000000
/* Between two looks at the CPU time, which the kernel counts in steps of ten milliseconds. */
#define LOOK_US 40000

static uint64_t patience_us(const struct run *r)
{
    return rounds_under_way(r) ? ROUND_PATIENCE_US : PATIENCE_US;
}

static bool has_time(const struct run *r, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (r->steps[i].op == OP_EXPECT && r->steps[i].as.expect.within_ms > 0)
            return true;
    return false;
}

/* The first step of a row that has a time of its own. What stands before it has none and takes the
 * usual time, no more: `within` counts from what was taken before, as the verdict has it, and a
 * handshake that never comes is not waited for because something behind it may take long. */
static size_t timed_step(const struct run *r, size_t from, size_t to)
{
    for (size_t i = from; i < to;) {
        size_t next = script_op_is_block(r->steps[i].op) ? r->steps[i].end : i + 1;
        if (has_time(r, i, next))
            return i;
        i = next;
    }
    return from;
}

static uint64_t within_us(const struct run *r, size_t from, size_t to)
{
    uint64_t us = r->options.expect_us;

    for (size_t i = from; i < to && i < r->n_steps; i++)
        if (r->steps[i].op == OP_EXPECT && r->steps[i].as.expect.within_ms > 0)
            us = r->steps[i].as.expect.within_ms * 1000;
    return us;
}

void await_begin(struct run *r, size_t from, size_t to)
{
    struct entry e = run_entry(r, ENTRY_EXPECT);
    const struct step *step = &r->steps[from];

    e.by = BY_CASE;
    e.step = from;
    r->await_since = r->t->count;
    run_add(r, &e);
    r->await_from = from;
    r->await_to = to;
    r->await_start_us = r->now_us;
    r->await_timed = timed_step(r, from, to);
    bool later = r->await_timed > from; /* what comes first has the usual time */
    r->await_deadline_us =
        r->now_us +
        (later ? r->options.expect_us : within_us(r, from, step->op == OP_PREFER ? step->end : to));
    r->barrier = BARRIER_QUIET;
    r->asked = 0;
    r->cpu_seen_us = 0;
    r->state = RUN_STATE_AWAITING;
}

/* The first branch of a choice, or the pattern itself. */
static struct match look(const struct run *r)
{
    const struct step *step = &r->steps[r->await_from];
    bool choice = step->op == OP_PREFER;
    size_t from = choice ? r->await_from + 2 : r->await_from;
    size_t to = choice ? r->steps[r->await_from + 1].end : r->await_to;
    struct pattern_options options = { r->options.role, r->await_since, choice };

    return pattern_match(r->steps, from, to, r->t, r->cursor, &options);
}

/* What stands before `within` has come: now its time begins. */
static void begin_time(struct run *r)
{
    struct pattern_options options = { .role = r->options.role, .since = r->await_since };
    struct match m;

    if (r->await_timed == r->await_from)
        return;
    m = pattern_match(r->steps, r->await_from, r->await_timed, r->t, r->cursor, &options);
    if (m.status != PATTERN_MATCHED)
        return;
    r->await_deadline_us = r->now_us + within_us(r, r->await_timed, r->await_to);
    r->await_timed = r->await_from;
}

static void matched(struct run *r, const struct match *m)
{
    const struct step *step = &r->steps[r->await_from];

    r->cursor = m->cursor;
    r->turn.odd |= m->grade != GRADE_PASS || m->remark;
    r->pc = step->op == OP_PREFER ? step->end : r->await_to;
    r->state = m->cursor.connection == r->connection ? RUN_STATE_STEPS : RUN_STATE_TURNING;
}

static void mismatched(struct run *r)
{
    const struct step *step = &r->steps[r->await_from];
    size_t second = step->op == OP_PREFER ? r->steps[r->await_from + 1].end : step->end;

    if (step->op == OP_PREFER && second < step->end) {
        r->turn.odd = true; /* the other branch has a grade of its own */
        r->state = RUN_STATE_STEPS;
        steps_enter_branch(r, second, step->end);
        return;
    }
    r->mismatched = r->round_missed = true;
    if (rounds_under_way(r)) { /* the other values still have their turn */
        r->n_blocks = 0;
        r->together = 0;
        r->pc = r->n_steps;
        r->state = RUN_STATE_STEPS;
        return;
    }
    run_over(r);
}

static void send_ping(struct run *r)
{
    snprintf(r->barrier_ping, sizeof r->barrier_ping, "barrier %u", ++r->barriers_sent);
    run_speak(r, WS_PING, bytes_str(r->barrier_ping), BY_RUNNER);
    r->barrier = BARRIER_SENT;
    r->barrier_us = r->now_us;
}

static void send_marker(struct run *r)
{
    snprintf(r->marker, sizeof r->marker, "marker %u", ++r->barriers_sent);
    run_speak(r, WS_TEXT, bytes_str(r->marker), BY_RUNNER);
    r->barrier = BARRIER_MARKED;
    r->barrier_us = r->now_us;
}

/* Something that only a target which goes on would answer: a message where it echoes and the case
 * left none unfinished, then a Close. */
static void send_doubt(struct run *r)
{
    bool may_mark = r->options.echoes && !r->speaker.in_message && r->barrier != BARRIER_MARKED;

    if (!run_may_speak(r)) {
        r->barrier = BARRIER_NONE;
    } else if (may_mark) {
        send_marker(r);
    } else {
        run_close(r, 1000, BY_RUNNER);
        r->barrier = BARRIER_CLOSED;
    }
}

/* When the barrier of now may go one step further; UINT64_MAX: only when something comes. */
static uint64_t barrier_due_us(const struct run *r, unsigned wants)
{
    uint64_t last = r->await_start_us;
    uint64_t heard = r->start_us + r->listener.last_us;

    if (heard > last)
        last = heard;
    switch (r->barrier) {
    case BARRIER_QUIET:
        if (!r->options.barriers)
            return wants & WANTS_DOUBT ? last + patience_us(r) : UINT64_MAX;
        if (wants & WANTS_DOUBT)
            return last + r->options.quiet_us;
        return r->pings_out > r->pings_answered ? UINT64_MAX : r->now_us; /* its pong comes first */
    case BARRIER_PASSED: return r->now_us;
    case BARRIER_MARKED:
        return r->barrier_us + (r->options.barriers ? r->options.quiet_us * 4 : patience_us(r));
    case BARRIER_SENT:
    case BARRIER_CLOSED:
    case BARRIER_NONE: break;
    }
    return UINT64_MAX;
}

static bool may_ping(const struct run *r)
{
    return run_may_speak(r) && r->pings_out <= r->pings_answered;
}

static void advance_barrier(struct run *r, unsigned wants)
{
    switch (r->barrier) {
    case BARRIER_QUIET:
        if (r->options.barriers && may_ping(r))
            send_ping(r);
        else if (wants & WANTS_DOUBT)
            send_doubt(r);
        else
            r->barrier = BARRIER_NONE;
        break;
    case BARRIER_PASSED:
    case BARRIER_MARKED:
        if (wants & WANTS_DOUBT)
            send_doubt(r);
        else
            r->barrier = BARRIER_NONE;
        break;
    case BARRIER_SENT:
    case BARRIER_CLOSED:
    case BARRIER_NONE: break;
    }
}

static void silence(struct run *r, bool was_due)
{
    struct entry e = run_entry(r, ENTRY_SILENT);

    r->round_missed |= !was_due;
    run_add(r, &e);
    r->was_silent = true;
}

/* How long the first expectation of that kind waits, from when it is asked for. */
static uint64_t look_time_us(const struct run *r, enum expect_kind kind)
{
    const struct step *step = &r->steps[r->await_from];
    size_t to = step->op == OP_PREFER ? step->end : r->await_to;

    for (size_t i = r->await_from; i < to; i++)
        if (r->steps[i].op == OP_EXPECT && r->steps[i].as.expect.kind == kind)
            return within_us(r, i, i + 1);
    return r->options.expect_us;
}

/* A look at something else than the connection begins a wait of its own: what was awaited before it
 * may have taken all the time there was, as silence does. */
static void ask_for(struct run *r, enum run_act_kind what, enum pattern_wants bit,
                    enum expect_kind kind, struct run_act *act)
{
    r->asked |= bit;
    r->await_deadline_us = r->now_us + look_time_us(r, kind);
    act->kind = what;
}

/* CPU time is looked at again and again, until it rests. */
static uint64_t look_due_us(const struct run *r, unsigned wants)
{
    return wants & r->asked & WANTS_CPU ? r->cpu_seen_us + LOOK_US : UINT64_MAX;
}

static bool ask(struct run *r, unsigned wants, struct run_act *act)
{
    unsigned open = wants & ~r->asked;

    if (open & WANTS_ALIVE)
        ask_for(r, RUN_ALIVE, WANTS_ALIVE, EXPECT_ALIVE, act);
    else if (open & WANTS_MEMORY)
        ask_for(r, RUN_MEMORY, WANTS_MEMORY, EXPECT_MEMORY, act);
    else if (open & WANTS_CPU)
        ask_for(r, RUN_CPU, WANTS_CPU, EXPECT_CPU, act);
    else if (r->now_us >= look_due_us(r, wants) && r->now_us < r->await_deadline_us)
        act->kind = RUN_CPU;
    else
        return false;
    return true;
}

static unsigned wants_now(const struct run *r, const struct match *m)
{
    unsigned wants = m->wants;

    if (r->steps[r->await_from].op == OP_PREFER)
        wants = (wants | WANTS_BARRIER) & ~(unsigned)WANTS_DOUBT;
    return wants;
}

/* In a choice the barrier waits for quiet too: the good branch should not race with a ping. */
static uint64_t due_us(const struct run *r, unsigned wants)
{
    if (r->steps[r->await_from].op == OP_PREFER && r->barrier == BARRIER_QUIET)
        return r->await_start_us + (r->options.barriers ? r->options.quiet_us : PATIENCE_US);
    return barrier_due_us(r, wants);
}

/* The first branch of a choice that cannot be hurried with a ping has had its time. */
static bool choice_is_late(const struct run *r)
{
    return r->steps[r->await_from].op == OP_PREFER && r->barrier == BARRIER_NONE &&
           r->now_us >= r->await_start_us + PATIENCE_US;
}

/* A server ends TCP at once when it has failed the connection: RFC 6455 7.1.1, 7.1.7. Waiting for
 * longer would let the limit and the target's own timers decide. */
static uint64_t end_due_us(const struct run *r, unsigned wants)
{
    if (wants != WANTS_END || r->options.role != ROLE_SERVER)
        return UINT64_MAX;
    return r->start_us + r->listener.last_us + ENDING_US;
}

/* That nothing comes is known when the barrier is passed; without one, after some patience. */
static uint64_t nothing_due_us(const struct run *r, unsigned wants)
{
    uint64_t heard = r->start_us + r->listener.last_us;

    if (r->options.barriers || wants != WANTS_BARRIER ||
        r->await_deadline_us != r->await_start_us + r->options.expect_us)
        return UINT64_MAX;
    return (heard > r->await_start_us ? heard : r->await_start_us) + patience_us(r);
}

void await_advance(struct run *r, struct run_act *act)
{
    struct match m = look(r);

    if (m.status == PATTERN_MATCHED) {
        matched(r, &m);
        return;
    }
    if (m.status == PATTERN_MISMATCH) {
        mismatched(r);
        return;
    }
    begin_time(r);
    unsigned wants = wants_now(r, &m);
    uint64_t due = wants & (WANTS_BARRIER | WANTS_DOUBT) ? due_us(r, wants) : UINT64_MAX;
    uint64_t nothing = nothing_due_us(r, wants);
    uint64_t deadline = min_us(min_us(r->await_deadline_us, end_due_us(r, wants)), nothing);
    if (ask(r, wants, act)) {
        return;
    } else if (r->now_us >= deadline || choice_is_late(r)) {
        silence(r, r->now_us >= nothing);
    } else if (r->now_us >= due) {
        advance_barrier(r, wants);
    } else {
        act->kind = RUN_WAIT;
        act->until_us = min_us(min_us(due, deadline), look_due_us(r, wants));
        if (r->steps[r->await_from].op == OP_PREFER && r->barrier == BARRIER_NONE)
            act->until_us = min_us(act->until_us, r->await_start_us + PATIENCE_US);
    }
}
