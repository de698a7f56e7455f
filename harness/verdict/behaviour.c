#include "verdict/behaviour.h"

#include "run/pattern.h"
#include "script/print.h"
#include "verdict/closing.h"
#include "verdict/requirements.h"
#include "verdict/rounds.h"

/* How far the case has been followed along the transcript. */
struct walk {
    struct judge *j;
    const struct script_case *c; /* the judge's, as the next two */
    const struct transcript *t;
    struct verdict *v;
    const struct step *steps; /* of the case, or of the round of `each` under way */
    size_t n_steps;
    uint32_t round;
    struct arena round_arena;
    struct cursor cursor;
    enum grade grade; /* of the expectations met so far */
    bool lost;        /* the one not met: perhaps only because a reset took it */
    bool told;        /* the verdict's reason is one that was not met and not lost */
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
static const char *reason_of(struct walk *w, const char *why)
{
    const char *row = w->round > 0 ? rounds_row(w->c, w->round, w->j->a) : NULL;
    const char *text =
        row && why ? arena_print(w->j->a, "%s: %s", row, why) : judge_keep(w->j, why);

    w->j->no_memory |= why && !text;
    return text;
}

static void fail_expectation(struct walk *w, const struct match *m, size_t since)
{
    const struct step *step = &w->steps[m->step];
    struct verdict *v = w->v;
    bool lost = step->op == OP_EXPECT && step->as.expect.kind == EXPECT_CLOSE &&
                closing_lost_to_reset(w->t, m->entry);

    w->j->failed = true;
    w->lost = lost;
    v->behaviour = judge_worse(v->behaviour, lost ? VERDICT_INFO : judge_breach(level_of(w->j)));
    if (w->round > 0 && v->reason && (lost || w->told))
        return; /* the first of a sweep is told */
    w->told = !lost;
    v->reason = reason_of(
        w, lost ? "a reset, and bytes of ours behind our Close that may have brought it about: "
                  "whether a Close was sent cannot be told"
                : m->remark);
    v->expected = step_text(w->j, step);
    v->entry = m->entry;
    v->line = step->line;
    v->barrier = barrier_had_part(w->j, since, m->entry);
    v->retry |= m->unsure;
    v->requirement = step->proves ? step->proves : w->c->n_proves > 0 ? w->c->proves[0] : NULL;
}

/* Grades of the `otherwise` branches that a step stands in. */
static void branches_around(struct walk *w, size_t step)
{
    for (size_t i = 0; i < step; i++) {
        const struct step *outer = &w->steps[i];
        if (outer->op != OP_BRANCH || outer->end <= step || outer->as.branch.grade == GRADE_PASS)
            continue;
        w->grade = grade_worse(w->grade, outer->as.branch.grade);
        if (outer->as.branch.why)
            judge_remark(w->j, outer->as.branch.why);
    }
}

static void met(struct walk *w, const struct match *m)
{
    w->cursor = m->cursor;
    w->grade = grade_worse(w->grade, m->grade);
    w->v->retry |= m->unsure;
    if (m->remark)
        judge_remark(w->j, m->remark);
}

/* The good branch of a choice was not taken: the case goes on in the other, or has said its word.
 */
static void choose_other(struct walk *w, const struct match *m, size_t choice, size_t since)
{
    const struct step *steps = w->steps;
    size_t second = steps[choice + 1].end;

    if (second >= steps[choice].end)
        fail_expectation(w, m, since);
    else
        branches_around(w, second + 1);
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

static void judge_expectation(struct walk *w, size_t entry)
{
    size_t step = w->t->entries[entry].step;
    const struct step *steps = w->steps;

    if (w->j->failed || step >= w->n_steps || !can_be_awaited(steps[step].op)) {
        judge_give_up(w->j, "the transcript does not fit the case");
        return;
    }
    bool choice = steps[step].op == OP_PREFER;
    size_t from = choice ? step + 2 : step;
    size_t to = choice ? steps[step + 1].end : pattern_end(steps, w->n_steps, step);
    struct pattern_options options = { w->j->options->role, entry, choice };
    branches_around(w, step);
    w->cursor.connection = w->t->entries[entry].connection;
    if (entry > 0 && w->t->entries[entry].connection != w->t->entries[entry - 1].connection)
        w->cursor.echo = 0;
    struct transcript part = until_it_went_on(w->t, entry);
    struct match m = pattern_match(steps, from, to, &part, w->cursor, &options);
    if (m.status == PATTERN_MATCHED)
        met(w, &m);
    else if (m.status == PATTERN_MORE)
        judge_give_up(w->j, "the transcript ends before the case does");
    else if (choice)
        choose_other(w, &m, step, entry);
    else
        fail_expectation(w, &m, entry);
}

static enum verdict_kind round_kind(const struct walk *w)
{
    if (w->j->failed)
        return w->lost ? VERDICT_INFO : judge_breach(level_of(w->j));
    return from_grade(w->grade);
}

/* The round under way is over: its result is noted, the next one begins with a clean sheet. */
static void end_round(struct walk *w, enum grade before, bool *any_failed)
{
    if (w->round > 0)
        rounds_note(&w->tally, w->round, round_kind(w));
    *any_failed |= w->j->failed;
    w->grade = grade_worse(w->grade, before);
    w->j->failed = false;
}

static bool begin_round(struct walk *w, uint32_t round, size_t entry)
{
    w->round = round;
    w->cursor = (struct cursor){ .entry = entry,
                                 .another = entry,
                                 .round = round,
                                 .connection = w->t->entries[entry].connection,
                                 .report = entry };
    bool no_memory;
    if (rounds_steps(w->c, round, w->j->options->data, &w->round_arena, &w->steps, &w->n_steps,
                     &no_memory))
        return true;
    w->j->no_memory |= no_memory;
    judge_give_up(w->j, "the transcript has a round that the case has not");
    return false;
}

/* Its results by ranges, and before them what was not run. */
static void tell_rounds(struct walk *w)
{
    size_t left = rounds_left(&w->tally, w->c);
    const char *text =
        left > 0
            ? arena_print(w->j->a, "%zu more rounds were not run: too many took too long", left)
            : "";

    w->j->no_memory |= !text;
    if (text && left > 0) {
        judge_remark(w->j, text);
        w->v->behaviour = judge_worse(w->v->behaviour, VERDICT_INFO);
    }
    judge_remark(w->j, rounds_text(&w->tally, w->c, w->j->a));
}

static void follow(struct walk *w)
{
    uint32_t connection = 0;
    bool any_failed = false;
    enum grade before = GRADE_PASS;

    for (size_t i = 0; i < w->t->count && w->v->result != VERDICT_ERROR; i++) {
        const struct entry *e = &w->t->entries[i];
        if (e->kind == ENTRY_CLOSING)
            break;
        if (e->round != w->round) {
            end_round(w, before, &any_failed);
            before = w->grade;
            w->grade = e->round > 0 ? GRADE_PASS : w->grade;
            if (!begin_round(w, e->round, i))
                break;
            connection = e->connection;
        }
        if (e->connection != connection) {
            connection = e->connection;
            if (w->cursor.connection != connection) /* not by `expect another` */
                w->cursor.another = i;
            w->cursor.echo = 0;
        }
        if (e->kind == ENTRY_EXPECT)
            judge_expectation(w, i);
    }
    if (w->v->result == VERDICT_ERROR)
        return;
    end_round(w, before, &any_failed);
    w->v->behaviour = judge_worse(w->v->behaviour, from_grade(w->grade));
    w->j->failed = any_failed;
    if (w->tally.count > 0)
        tell_rounds(w);
}

void behaviour_judge(struct judge *j)
{
    struct walk w = {
        .j = j, .c = j->c, .t = j->t, .v = j->v, .steps = j->c->steps, .n_steps = j->c->n_steps
    };

    follow(&w);
    arena_free(&w.round_arena);
}
