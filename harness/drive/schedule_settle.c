#include "drive/schedule_parts.h"

#include "drive/schedule.h"
#include "io/clock.h"

#define CLIENT_SAYS_NOT_IMPLEMENTED 89

void schedule_plain(const struct schedule *s, size_t index, struct verdict verdict,
                    struct outcome *out)
{
    *out = (struct outcome){ .c = s->cases[index], .index = index, .verdict = verdict };
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

static uint64_t took_us(const struct slot *slot)
{
    return slot->ended_us - slot->started_us;
}

static void take_outcome(struct schedule *s, struct slot *slot, struct verdict v,
                         struct outcome *out)
{
    schedule_plain(s, slot->index, v, out);
    out->attempts = slot->attempt;
    out->duration_us = took_us(slot);
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
                                         .reason = v->reason,
                                         .took_us = took_us(slot) });
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
                                         .ended_us = io_now_us(),
                                         .took_us = took_us(slot) });
    slot_free(slot);
    return true;
}

bool schedule_settle(struct schedule *s, struct slot *slot, struct outcome *out)
{
    bool first = slot->attempt == 1;

    schedule_count_ended(s, slot);
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
