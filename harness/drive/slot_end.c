#include "drive/slot_end.h"

#include <stdio.h>

#include "drive/crash_sign.h"
#include "drive/fresh.h"

/* A server that broke off and answers no more has this long to be told dead: a shell around it may
 * outlive it for a moment. */
#define DYING_US 1000000
/* One that is suspected to die of this case is asked whether it lives; a busy machine may take so
 * long for either answer. */
#define SUSPECT_US 10000000
/* A client, or a server that is suspected to die of this case, may fall over the connection only
 * when it cleans up behind it, and serve others until then. */
#define LINGER_US 100000

/* A process that dies loses its sockets first, and is told dead later. Until that is known, the
 * next case must not begin and this one must not be judged, unless it answers somebody else. */
static bool may_have_died(const struct slot *s)
{
    const struct target *t = s->target;

    return t->process && !t->exited && s->run.ended && !s->run.listener.got_close;
}

/* It may have ended in good order, and the server be at its death all the same. */
static bool is_suspect(const struct slot *s)
{
    return s->suspect && s->target->process && !s->target->exited;
}

static bool may_die_yet(const struct slot *s)
{
    if (s->target->options.role == ROLE_CLIENT)
        return s->process && s->exit_code < 0 && s->run.up;
    return is_suspect(s);
}

static void linger(struct slot *s, uint64_t now)
{
    fresh_close(s);
    s->state = SLOT_OVER;
    if (!may_die_yet(s))
        return;
    s->state = SLOT_LINGERING;
    slot_wait_until(s, now + LINGER_US);
}

void slot_end(struct slot *s, uint64_t now)
{
    slot_hang_up(s, false);
    s->ended_us = now;
    s->unanswered = s->fresh != NULL;
    if ((!may_have_died(s) && !is_suspect(s)) || !fresh_open(s)) {
        linger(s, now);
        return;
    }
    s->state = SLOT_CHECKING;
    slot_wait_until(s, now + (is_suspect(s) ? SUSPECT_US : DYING_US));
}

void slot_end_answered(struct slot *s, uint64_t now)
{
    linger(s, now);
}

void slot_end_due(struct slot *s, uint64_t now)
{
    if (s->state == SLOT_LINGERING)
        s->state = SLOT_OVER;
    if (s->state == SLOT_CHECKING)
        linger(s, now);
}

/* Of a further connection that was refused that is the reason; who never had one is innocent. */
static void blame_death(struct slot *s)
{
    if (!s->run.no_memory && (s->run.up || s->run.connection > 0))
        s->run.trouble = NULL;
}

void slot_target_died(struct slot *s)
{
    uint64_t now = slot_now_us(s);
    const char *how = s->target->how;

    run_process(&s->run, true, how, now);
    blame_death(s);
    if (s->state != SLOT_RUNNING) {
        fresh_close(s);
        s->state = SLOT_OVER;
        return;
    }
    run_ended(&s->run, END_RESET, how, now);
    slot_drive(s);
    if (s->state != SLOT_RUNNING)
        return;
    run_stop(&s->run, how, now); /* further rounds of `each` would meet nobody */
    blame_death(s);
    slot_drive(s);
}

void slot_note_report(struct slot *s)
{
    const struct target *t = s->target;
    char how[CRASH_SUMMARY_MAX + 64];
    struct crash_sign sign;

    if (!s->alone || !s->run.up || !t->process || t->exited ||
        !crash_sign_find(target_said_since(t, s->err_from), &sign) || !crash_kind_ends(sign.kind))
        return;
    snprintf(how, sizeof how, "one of its processes did (stderr: %s)", sign.summary);
    run_process(&s->run, true, how, slot_now_us(s));
}
