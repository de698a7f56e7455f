#include "verdict/verdict.h"

#include "run/talk.h"
#include "verdict/behaviour.h"
#include "verdict/closing.h"
#include "verdict/monitor.h"

/* A case with two readings is shown with both, and fails only those who asked for the strict one.
 * What else is found has but one reading. */
static void judge_readings(struct judge *j)
{
    if (j->v->behaviour != VERDICT_FAIL || !j->c->contested || j->options->strict)
        return;
    j->v->contested = true;
    j->v->behaviour = VERDICT_WARN;
}

static void judge_monitors(struct judge *j)
{
    struct monitor m;
    const struct finding *worst;
    enum verdict_kind kind;

    monitor_init(&m, j->options->role);
    for (size_t i = 0; i < j->t->count; i++)
        monitor_take(&m, j->t, i);
    for (size_t i = 0; i < m.count && i < MONITOR_FINDINGS_MAX; i++)
        judge_remark(j, ws_rule_row(m.findings[i].broken.rule)->sentence);
    worst = monitor_worst(&m);
    if (!worst)
        return;
    kind = judge_breach(ws_rule_row(worst->broken.rule)->level);
    if (kind <= j->v->behaviour && j->failed)
        return;
    j->v->behaviour = judge_worse(j->v->behaviour, kind);
    j->v->rule = worst->broken.rule;
    j->v->requirement = ws_rule_row(worst->broken.rule)->requirement;
    j->v->reason = ws_rule_row(worst->broken.rule)->sentence;
    j->v->expected = NULL;
    j->v->line = 0;
    j->v->entry = worst->entry;
}

/* With --exec: the process ended while only this case was running. */
static void judge_process(struct judge *j)
{
    for (size_t i = 0; i < j->t->count; i++) {
        const struct entry *e = &j->t->entries[i];
        if (e->kind != ENTRY_PROCESS || !e->flag)
            continue;
        j->v->behaviour = VERDICT_FAIL;
        j->v->severity = SEVERITY_CRITICAL;
        j->v->reason = arena_print(j->a, "the target died: %s", e->text ? e->text : "no status");
        j->v->entry = i;
        j->v->expected = NULL;
        j->v->line = 0;
        j->v->rule = WS_RULE_NONE;
        j->v->retry = false;
        j->v->requirement = "RFC6455-10.7-1";
        j->no_memory |= !j->v->reason;
        return;
    }
}

static void judge_closing(struct judge *j)
{
    struct closing_finding closing;

    closing_judge(j->t, j->options->role, &closing);
    if (closing.cut_short) {
        if (j->v->behaviour != VERDICT_FAIL)
            judge_give_up(j, "the transcript ends before the closing does");
        return;
    }
    j->v->closing = closing.closing;
    j->v->closing_grade = closing.grade;
    if (closing.remark)
        judge_remark(j, closing.remark);
    j->v->retry |= closing.unsure && j->v->behaviour != VERDICT_FAIL;
    if (closing.grade <= j->v->behaviour || !closing.reason)
        return;
    j->v->reason = closing.reason;
    j->v->requirement = closing.requirement;
    j->v->entry = closing.entry;
    j->v->expected = closing.expected;
    j->v->line = 0;
}

static void settle(struct judge *j)
{
    struct verdict *v = j->v;

    v->result = judge_worse(v->behaviour, v->closing_grade);
    v->contested &= v->result != VERDICT_FAIL;
    if (!v->reason && v->result != VERDICT_PASS && v->n_remarks > 0)
        v->reason = v->remarks[0];
}

static bool says_something(const struct transcript *t)
{
    for (size_t i = 0; i < t->count; i++) {
        const struct entry *e = &t->entries[i];
        if (e->kind == ENTRY_EXPECT || e->kind == ENTRY_CLOSING ||
            (e->kind == ENTRY_PROCESS && e->flag))
            return true;
    }
    return false;
}

/* Each whole message of the case's frames is noted right behind its last frame, and no other is:
 * without one of them an echo would be taken for a reply that nobody asked for. */
static bool messages_fit(const struct transcript *t)
{
    uint32_t connection = 0;
    bool in_message = false, due = false;

    for (size_t i = 0; i < t->count; i++) {
        const struct entry *e = &t->entries[i];
        if (due != (e->kind == ENTRY_MESSAGE_OUT))
            return false;
        due = false;
        if (e->kind != ENTRY_FRAME_OUT || e->by != BY_CASE || ws_opcode_is_control(e->head.opcode))
            continue;
        in_message = (in_message && e->connection == connection) || e->head.opcode == WS_TEXT ||
                     e->head.opcode == WS_BINARY;
        connection = e->connection;
        due = in_message && e->head.fin;
        in_message &= !due;
    }
    return !due;
}

bool verdict_judge(const struct script_case *c, const struct transcript *t,
                   const struct verdict_options *options, struct arena *a, struct verdict *out)
{
    struct judge j = { .c = c, .t = t, .options = options, .a = a, .v = out };

    *out = (struct verdict){ .severity = c->severity, .entry = ENTRY_NO_STEP };
    if (!says_something(t)) {
        *out = verdict_error("the transcript holds nothing to judge");
        return true;
    }
    if (!t->full && !messages_fit(t)) {
        *out = verdict_error("the transcript lacks what we sent");
        return true;
    }
    behaviour_judge(&j);
    if (out->result == VERDICT_ERROR)
        return !j.no_memory;
    judge_readings(&j);
    judge_monitors(&j);
    judge_process(&j);
    judge_closing(&j);
    if (out->result != VERDICT_ERROR)
        settle(&j);
    return !j.no_memory;
}
