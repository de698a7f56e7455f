#include "verdict/verdict.h"

#include <string.h>

#include "run/pattern.h"
#include "run/talk.h"
#include "script/print.h"
#include "verdict/closing.h"
#include "verdict/monitor.h"
#include "verdict/requirements.h"
#include "verdict/rounds.h"

/* The judge at work: what it has read of a transcript so far. */
struct judge {
    const struct script_case *c;
    const struct transcript *t;
    const struct verdict_options *options;
    struct arena *a;
    struct verdict *v;
    const struct step *steps; /* of the case, or of the round of `each` under way */
    size_t n_steps;
    uint32_t round;
    struct arena round_arena;
    struct cursor cursor;
    enum grade grade; /* of the expectations met so far */
    bool failed;      /* one was not met: no further one may follow */
    bool lost;        /* … but perhaps only because a reset took it */
    bool told;        /* the verdict's reason is one that was not met and not lost */
    bool no_memory;
    struct rounds_tally tally;
};

static enum verdict_kind from_grade(enum grade grade)
{
    switch (grade) {
    case GRADE_PASS: return VERDICT_PASS;
    case GRADE_INFO: return VERDICT_INFO;
    case GRADE_WARN: return VERDICT_WARN;
    case GRADE_FAIL: return VERDICT_FAIL;
    }
    return VERDICT_ERROR;
}

static enum verdict_kind worse(enum verdict_kind a, enum verdict_kind b)
{
    return a > b ? a : b;
}

/* Texts of a round's steps do not outlive the round. */
static const char *kept(struct judge *j, const char *text)
{
    const char *copy = text ? arena_str(j->a, bytes_str(text)) : NULL;

    j->no_memory |= text && !copy;
    return copy;
}

static void remark(struct judge *j, const char *text)
{
    struct verdict *v = j->v;

    for (size_t i = 0; i < v->n_remarks; i++)
        if (strcmp(v->remarks[i], text) == 0)
            return;
    if (v->n_remarks < VERDICT_REMARKS_MAX && (text = kept(j, text)))
        v->remarks[v->n_remarks++] = text;
}

/* The force of what a case proves: its own word, else the strongest row that it names. */
static enum ws_level level_of(const struct judge *j)
{
    enum ws_level level = WS_MAY;

    switch (j->c->level) {
    case LEVEL_MAY: return WS_MAY;
    case LEVEL_SHOULD: return WS_SHOULD;
    case LEVEL_MUST: return WS_MUST;
    case LEVEL_BY_REQUIREMENT: break;
    }
    if (!j->options->requirements || j->c->n_proves == 0)
        return WS_MUST;
    for (size_t i = 0; i < j->c->n_proves; i++) {
        const struct requirement *row =
            requirements_find(j->options->requirements, j->c->proves[i]);
        if (row && row->level > level)
            level = row->level;
    }
    return level;
}

static enum verdict_kind breach(enum ws_level level)
{
    return level == WS_MUST ? VERDICT_FAIL : level == WS_SHOULD ? VERDICT_WARN : VERDICT_INFO;
}

#define STEP_TEXT_MAX 2000           /* bytes of it: who wants more looks into the case */
#define STEP_PRINTED_MAX (64u << 20) /* before it is shortened */

static bool shorten(struct buf *text)
{
    size_t len = STEP_TEXT_MAX;

    if (text->len <= len)
        return true;
    while ((text->ptr[len] & 0xc0) == 0x80)
        len--; /* no half of a character */
    size_t left_out = text->len - len;
    text->len = len;
    return buf_print(text, "… (and %zu more)", left_out);
}

static const char *step_text(struct judge *j, const struct step *step)
{
    struct buf text;
    const char *copy = NULL;

    buf_init(&text, STEP_PRINTED_MAX);
    if (script_print_step(step, &text) && shorten(&text))
        copy = arena_str(j->a, buf_bytes(&text));
    buf_free(&text);
    j->no_memory |= !copy;
    return copy;
}

/* Only what the runner sent before the entry that decided; all of it where none came. */
static bool barrier_had_part(const struct judge *j, size_t since, size_t decided)
{
    for (size_t i = since; i < decided && i < j->t->count; i++) {
        const struct entry *e = &j->t->entries[i];
        if (e->kind == ENTRY_FRAME_OUT && e->by == BY_RUNNER && e->head.opcode != WS_PONG)
            return true;
    }
    return false;
}

/* Of a sweep it says for which of its values. */
static const char *reason_of(struct judge *j, const char *why)
{
    const char *row = j->round > 0 ? rounds_row(j->c, j->round, j->a) : NULL;
    const char *text = row && why ? arena_print(j->a, "%s: %s", row, why) : kept(j, why);

    j->no_memory |= why && !text;
    return text;
}

static void fail_expectation(struct judge *j, const struct match *m, size_t since)
{
    const struct step *step = &j->steps[m->step];
    struct verdict *v = j->v;

    bool lost = step->op == OP_EXPECT && step->as.expect.kind == EXPECT_CLOSE &&
                closing_lost_to_reset(j->t, m->entry);

    j->failed = true;
    j->lost = lost;
    v->behaviour = worse(v->behaviour, lost ? VERDICT_INFO : breach(level_of(j)));
    if (j->round > 0 && v->reason && (lost || j->told))
        return; /* the first of a sweep is told */
    j->told = !lost;
    v->reason = reason_of(
        j, lost ? "a reset, and bytes of ours behind our Close that may have brought it about: "
                  "whether a Close was sent cannot be told"
                : m->remark);
    v->expected = step_text(j, step);
    v->entry = m->entry;
    v->line = step->line;
    v->barrier = barrier_had_part(j, since, m->entry);
    v->retry |= m->unsure;
    v->requirement = step->proves ? step->proves : j->c->n_proves > 0 ? j->c->proves[0] : NULL;
}

static void inconsistent(struct judge *j, const char *why)
{
    *j->v = verdict_error(why);
    j->failed = true;
}

/* Grades of the `otherwise` branches that a step stands in. */
static void branches_around(struct judge *j, size_t step)
{
    for (size_t i = 0; i < step; i++) {
        const struct step *outer = &j->steps[i];
        if (outer->op != OP_BRANCH || outer->end <= step || outer->as.branch.grade == GRADE_PASS)
            continue;
        j->grade = grade_worse(j->grade, outer->as.branch.grade);
        if (outer->as.branch.why)
            remark(j, outer->as.branch.why);
    }
}

static void met(struct judge *j, const struct match *m)
{
    j->cursor = m->cursor;
    j->grade = grade_worse(j->grade, m->grade);
    j->v->retry |= m->unsure;
    if (m->remark)
        remark(j, m->remark);
}

/* The good branch of a choice was not taken: the case goes on in the other, or has said its word.
 */
static void choose_other(struct judge *j, const struct match *m, size_t choice, size_t since)
{
    const struct step *steps = j->steps;
    size_t second = steps[choice + 1].end;

    if (second >= steps[choice].end)
        fail_expectation(j, m, since);
    else
        branches_around(j, second + 1);
}

static bool can_be_awaited(enum script_op op)
{
    return (script_op_expects(op) && op != OP_BRANCH) || op == OP_PREFER || op == OP_CLOSE;
}

/* What is awaited was decided before the case went on: by the next thing awaited, or its end. */
static struct transcript until_it_went_on(const struct transcript *t, size_t entry)
{
    struct transcript part = *t;

    for (size_t i = entry + 1; i < part.count; i++)
        if (t->entries[i].kind == ENTRY_EXPECT || t->entries[i].kind == ENTRY_CLOSING)
            part.count = i;
    return part;
}

static void judge_expectation(struct judge *j, size_t entry)
{
    size_t step = j->t->entries[entry].step;
    const struct step *steps = j->steps;

    if (j->failed || step >= j->n_steps || !can_be_awaited(steps[step].op)) {
        inconsistent(j, "the transcript does not fit the case");
        return;
    }
    bool choice = steps[step].op == OP_PREFER;
    size_t from = choice ? step + 2 : step;
    size_t to = choice ? steps[step + 1].end : pattern_end(steps, j->n_steps, step);
    struct pattern_options options = { j->options->role, entry, choice };
    branches_around(j, step);
    j->cursor.connection = j->t->entries[entry].connection;
    if (entry > 0 && j->t->entries[entry].connection != j->t->entries[entry - 1].connection)
        j->cursor.echo = 0;
    struct transcript part = until_it_went_on(j->t, entry);
    struct match m = pattern_match(steps, from, to, &part, j->cursor, &options);
    if (m.status == PATTERN_MATCHED)
        met(j, &m);
    else if (m.status == PATTERN_MORE)
        inconsistent(j, "the transcript ends before the case does");
    else if (choice)
        choose_other(j, &m, step, entry);
    else
        fail_expectation(j, &m, entry);
}

static enum verdict_kind round_kind(const struct judge *j)
{
    if (j->failed)
        return j->lost ? VERDICT_INFO : breach(level_of(j));
    return from_grade(j->grade);
}

/* The round under way is over: its result is noted, the next one begins with a clean sheet. */
static void end_round(struct judge *j, enum grade before, bool *any_failed)
{
    if (j->round > 0)
        rounds_note(&j->tally, j->round, round_kind(j));
    *any_failed |= j->failed;
    j->grade = grade_worse(j->grade, before);
    j->failed = false;
}

static bool begin_round(struct judge *j, uint32_t round, size_t entry)
{
    j->round = round;
    j->cursor = (struct cursor){ .entry = entry,
                                 .another = entry,
                                 .round = round,
                                 .connection = j->t->entries[entry].connection,
                                 .report = entry };
    bool no_memory;
    if (rounds_steps(j->c, round, j->options->data, &j->round_arena, &j->steps, &j->n_steps,
                     &no_memory))
        return true;
    j->no_memory |= no_memory;
    inconsistent(j, "the transcript has a round that the case has not");
    return false;
}

/* Its results by ranges, and before them what was not run. */
static void tell_rounds(struct judge *j)
{
    size_t left = rounds_left(&j->tally, j->c);
    const char *text =
        left > 0 ? arena_print(j->a, "%zu more rounds were not run: too many took too long", left)
                 : "";

    j->no_memory |= !text;
    if (text && left > 0) {
        remark(j, text);
        j->v->behaviour = worse(j->v->behaviour, VERDICT_INFO);
    }
    remark(j, rounds_text(&j->tally, j->c, j->a));
}

static void judge_behaviour(struct judge *j)
{
    uint32_t connection = 0;
    bool any_failed = false;
    enum grade before = GRADE_PASS;

    for (size_t i = 0; i < j->t->count && j->v->result != VERDICT_ERROR; i++) {
        const struct entry *e = &j->t->entries[i];
        if (e->kind == ENTRY_CLOSING)
            break;
        if (e->round != j->round) {
            end_round(j, before, &any_failed);
            before = j->grade;
            j->grade = e->round > 0 ? GRADE_PASS : j->grade;
            if (!begin_round(j, e->round, i))
                break;
            connection = e->connection;
        }
        if (e->connection != connection) {
            connection = e->connection;
            if (j->cursor.connection != connection) /* not by `expect another` */
                j->cursor.another = i;
            j->cursor.echo = 0;
        }
        if (e->kind == ENTRY_EXPECT)
            judge_expectation(j, i);
    }
    if (j->v->result == VERDICT_ERROR)
        return;
    end_round(j, before, &any_failed);
    j->v->behaviour = worse(j->v->behaviour, from_grade(j->grade));
    j->failed = any_failed;
    if (j->tally.count > 0)
        tell_rounds(j);
}

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
        remark(j, ws_rule_row(m.findings[i].broken.rule)->sentence);
    worst = monitor_worst(&m);
    if (!worst)
        return;
    kind = breach(ws_rule_row(worst->broken.rule)->level);
    if (kind <= j->v->behaviour && j->failed)
        return;
    j->v->behaviour = worse(j->v->behaviour, kind);
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
            inconsistent(j, "the transcript ends before the closing does");
        return;
    }
    j->v->closing = closing.closing;
    j->v->closing_grade = closing.grade;
    if (closing.remark)
        remark(j, closing.remark);
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

    v->result = worse(v->behaviour, v->closing_grade);
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
    struct judge j = { .c = c,
                       .t = t,
                       .options = options,
                       .a = a,
                       .v = out,
                       .steps = c->steps,
                       .n_steps = c->n_steps };

    *out = (struct verdict){ .severity = c->severity, .entry = ENTRY_NO_STEP };
    if (!says_something(t)) {
        *out = verdict_error("the transcript holds nothing to judge");
        return true;
    }
    if (!t->full && !messages_fit(t)) {
        *out = verdict_error("the transcript lacks what we sent");
        return true;
    }
    judge_behaviour(&j);
    arena_free(&j.round_arena);
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
