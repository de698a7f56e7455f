#include "drive/knock.h"
#include "drive/schedule_parts.h"
#include "io/clock.h"

#define RESTARTS_MAX                                                                               \
    50 /* a server that dies at every case is a finding, not a reason to run for hours */

void schedule_forget_knock(struct schedule *s)
{
    peer_client_free(s->knock);
    s->knock = NULL;
}

static void suspect(struct schedule *s, size_t index, unsigned attempts, unsigned death)
{
    again_add(
        &s->again,
        (struct again){ .index = index, .attempts = attempts, .suspect = true, .death = death });
}

/* It may have been any of those that were under way or had just ended. */
static void suspect_all(struct schedule *s)
{
    unsigned death = deaths_note(&s->deaths, 0);
    struct outcome o;

    again_suspect_warns(&s->again, quarantine_since_us(&s->quarantine, io_now_us()), death);
    while (quarantine_suspect(&s->quarantine, &o)) {
        suspect(s, o.index, o.attempts, death);
        transcript_free(&o.transcript);
    }
    for (unsigned i = 0; i < s->n_slots; i++) {
        struct slot *slot = &s->slots[i];
        if (!slot_busy(slot))
            continue;
        suspect(s, slot->index, slot->attempt, death);
        slot_free(slot);
    }
}

/* It was the only one under way; but somebody before it may have let a server die that took its
 * time for it. Only of one that has served nobody else a suspect is convicted. */
static void suspect_only_one(struct schedule *s, struct slot *slot)
{
    struct again *a = &s->now_alone;
    bool certain = a->suspect && s->served == 1;

    a->death = deaths_note(&s->deaths, a->death);
    if (certain) {
        a->convicted = true;
        slot_target_died(slot);
        return;
    }
    a->suspect = true;
    a->attempts = slot->attempt;
    s->confirms = true;
    again_put_back(&s->again, *a);
    slot_free(slot);
}

void schedule_target_died(struct schedule *s)
{
    if (s->mourned)
        return;
    s->mourned = true;
    if (s->alone && s->quarantine.count == 0 && slot_busy(&s->slots[0]))
        suspect_only_one(s, &s->slots[0]);
    else
        suspect_all(s);
}

bool schedule_restart_target(struct schedule *s, struct err *err)
{
    if (!s->confirms && s->restarts++ == RESTARTS_MAX)
        return err_set(err, ERR_TARGET, "the target died %d times", RESTARTS_MAX);
    s->confirms = s->mourned = false;
    s->served = 0;
    schedule_forget_knock(s);
    return target_start(s->target, err) && probe_reach(s->target, err);
}

bool schedule_take_knock(struct schedule *s, const struct io_event *event)
{
    bool mine = s->knock && event->conn && event->owner == s->knock;

    if (mine && knock_answered(s->knock, event, io_now_us())) {
        quarantine_alive(&s->quarantine, s->knocked_us);
        schedule_forget_knock(s);
    }
    return mine;
}

/* Is there nobody else whose answer would tell that the server lives? Not twice: who is not
 * answered waits. */
void schedule_knock(struct schedule *s)
{
    if (s->knock || schedule_running(s) > 0 || !quarantine_wants_life(&s->quarantine))
        return;
    s->knocked_us = io_now_us();
    s->knock = knock_open(s->target, s->options.run.seed);
}
