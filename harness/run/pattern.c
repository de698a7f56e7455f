#include "run/pattern.h"

#include "run/expectation.h"

/* A small backtracking matcher. `rest` is what stands behind the block under way, so that a branch
 * is only taken if what follows it fits too. */
struct rest {
    size_t from, to;
    const struct rest *next;
};

struct matcher {
    const struct step *steps;
    const struct transcript *t;
    const struct pattern_options *options;
    enum grade limit;  /* nothing worse is tried now */
    struct match miss; /* the one that came furthest, to be told */
    bool missed;
    unsigned choices; /* how many the way taken has led into */
};

static struct match match_from(struct matcher *m, size_t at, size_t to, const struct rest *rest,
                               struct cursor cursor);

/* The case goes on with another connection behind it, of which nothing is known before. */
static bool turns_away(const struct step *step)
{
    return step->op == OP_EXPECT && step->as.expect.kind == EXPECT_ANOTHER;
}

static bool any_turns_away(const struct step *steps, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (turns_away(&steps[i]))
            return true;
    return false;
}

/* Where the innermost block around it ends: what stands behind a `repeat` is no part of its turns.
 */
static size_t block_end(const struct step *steps, size_t n_steps, size_t step)
{
    size_t end = n_steps;

    for (size_t i = 0; i < step; i++)
        if (script_op_is_block(steps[i].op) && steps[i].end > step && steps[i].end < end)
            end = steps[i].end;
    return end;
}

size_t pattern_end(const struct step *steps, size_t n_steps, size_t first)
{
    size_t at = first, end = block_end(steps, n_steps, first);

    if (steps[at].op == OP_PREFER || steps[at].op == OP_CLOSE)
        return at + 1;
    while (at < end && script_op_expects(steps[at].op) && steps[at].op != OP_BRANCH) {
        size_t next = script_op_is_block(steps[at].op) ? steps[at].end : at + 1;
        bool last = any_turns_away(steps, at, next);
        at = next;
        if (last)
            break;
    }
    return at;
}

static struct match mismatch(struct matcher *m, const struct expectation *x, size_t step,
                             size_t entry)
{
    struct match r = { .status = PATTERN_MISMATCH,
                       .remark = x->remark,
                       .step = step,
                       .entry = x->silent ? ENTRY_NO_STEP : entry,
                       .silent = x->silent,
                       .unsure = x->unsure };

    r.cursor.entry = entry;
    if (!m->missed || entry > m->miss.cursor.entry) {
        m->miss = r;
        m->missed = true;
    }
    return r;
}

/* In a choice `within` tells one branch from another. Elsewhere the waiting ends with it, and here
 * the wait lasts as long as the last branch wants. It counts from what was taken before. What fails
 * a connection takes its time to end TCP: that has a limit of its own. */
static bool is_late(const struct matcher *m, const struct step *step, const struct entry *e,
                    const struct cursor *cursor)
{
    uint64_t within_us = step->as.expect.within_ms * 1000, from_us = 0;

    if (m->choices == 0 || within_us == 0 || e->kind == ENTRY_SILENT ||
        step->as.expect.kind == EXPECT_FAIL)
        return false;
    if (m->options->since < m->t->count)
        from_us = m->t->entries[m->options->since].us;
    if (cursor->entry > 0 && m->t->entries[cursor->entry - 1].us > from_us)
        from_us = m->t->entries[cursor->entry - 1].us;
    return e->us > from_us + within_us;
}

static struct match look_for(struct matcher *m, const struct step *step, size_t number,
                             struct cursor cursor)
{
    struct expectation x = {
        m->t, m->options, step, &cursor, GRADE_PASS, NULL, false, false, false
    };

    if (expectation_met_at_once(&x))
        return (struct match){ .status = PATTERN_MATCHED, .cursor = cursor };
    for (size_t i = turns_away(step) ? cursor.another : cursor.entry; i < m->t->count; i++) {
        const struct entry *e = &m->t->entries[i];
        if (e->kind == ENTRY_MESSAGE_IN && i <= cursor.frames_upto)
            continue; /* its last frame was taken as a frame */
        enum taken taken = expectation_take(&x, i);
        if (taken == TAKEN_YES && is_late(m, step, e, &cursor))
            taken = expectation_no(&x, "it came too late");
        switch (taken) {
        case TAKEN_SKIP:
        case TAKEN_PART: break;
        case TAKEN_NO: return mismatch(m, &x, number, i);
        case TAKEN_YES:
            /* An end of waiting stays for what is awaited behind it. */
            if (i >= cursor.entry)
                cursor.entry = e->kind == ENTRY_END_IN ? i : i + 1;
            if (x.grade > m->limit)
                return (struct match){ .status = PATTERN_MISMATCH, .unsure = x.unsure };
            return (struct match){ .status = PATTERN_MATCHED,
                                   .grade = x.grade,
                                   .cursor = cursor,
                                   .remark = x.remark,
                                   .unsure = x.unsure };
        }
    }
    return (struct match){ .status = PATTERN_MORE, .wants = expectation_wants(&x) };
}

static struct cursor other_way(struct cursor c)
{
    size_t entry = c.entry;

    c.entry = c.report;
    c.report = entry;
    return c;
}

/* One expectation; on MATCHED the cursor stands behind what it took. What a target prints and what
 * it sends come by two ways, and nothing tells which was first: each is in order by itself. */
static struct match match_one(struct matcher *m, const struct step *step, size_t number,
                              struct cursor cursor)
{
    bool printed = step->op == OP_EXPECT && step->as.expect.kind == EXPECT_REPORT;
    struct match r = look_for(m, step, number, printed ? other_way(cursor) : cursor);

    if (printed && r.status == PATTERN_MATCHED)
        r.cursor = other_way(r.cursor);
    return r;
}

/* What follows, after `done` has matched: the grades and remarks of both. */
static struct match and_then(struct match done, struct match next)
{
    if (next.status == PATTERN_MATCHED) {
        next.grade = grade_worse(next.grade, done.grade);
        next.unsure |= done.unsure;
        if (!next.remark || (done.remark && done.grade >= next.grade))
            next.remark = done.remark ? done.remark : next.remark;
    }
    return next;
}

/* The better of two ways to go on, when neither is certain: matched, then waiting, then not. */
static struct match better(struct match a, struct match b)
{
    if (a.status == PATTERN_MATCHED || b.status == PATTERN_MATCHED)
        return a.status == PATTERN_MATCHED ? a : b;
    if (a.status == PATTERN_MORE && b.status == PATTERN_MORE)
        a.wants |= b.wants;
    return a.status == PATTERN_MORE ? a : b;
}

static struct match match_branches(struct matcher *m, size_t at, const struct rest *rest,
                                   struct cursor cursor)
{
    struct match best = { .status = PATTERN_MISMATCH };

    for (size_t b = at + 1; b < m->steps[at].end && best.status != PATTERN_MATCHED;
         b = m->steps[b].end) {
        const struct step *branch = &m->steps[b];
        if (branch->as.branch.grade > m->limit)
            continue;
        m->choices++;
        struct match way = match_from(m, b + 1, branch->end, rest, cursor);
        m->choices--;
        struct match door = { .status = PATTERN_MATCHED,
                              .grade = branch->as.branch.grade,
                              .remark = branch->as.branch.why };
        best = better(best, and_then(door, way));
    }
    return best;
}

#define UNORDERED_MAX 32

static bool same_payload(const struct payload *a, const struct payload *b)
{
    if (!a || !b)
        return a == b;
    return a->kind == PAYLOAD_BYTES && b->kind == PAYLOAD_BYTES && bytes_eq(a->bytes, b->bytes);
}

/* Two expectations that the same things meet: whatever the one has tried, the other need not. */
static bool are_alike(const struct step *a, const struct step *b)
{
    const struct expect *x = &a->as.expect, *y = &b->as.expect;

    if (a->op != OP_EXPECT || b->op != OP_EXPECT || x->kind != y->kind ||
        x->within_ms != y->within_ms)
        return false;
    return x->kind == EXPECT_ECHO || ((x->kind == EXPECT_TEXT || x->kind == EXPECT_BINARY ||
                                       x->kind == EXPECT_PING || x->kind == EXPECT_PONG) &&
                                      same_payload(x->payload, y->payload));
}

/* Twenty messages that are the same could otherwise come in more orders than anybody can try. */
static bool was_tried(const struct step *children, size_t k, uint32_t left)
{
    for (size_t i = 0; i < k; i++)
        if ((left & UINT32_C(1) << i) && are_alike(&children[i], &children[k]))
            return true;
    return false;
}

/* Children of `unordered` that are still awaited are the bits of `left`. */
static struct match match_unordered(struct matcher *m, size_t at, uint32_t left,
                                    const struct rest *rest, struct cursor cursor)
{
    size_t first = at + 1, end = m->steps[at].end;
    struct match best = { .status = PATTERN_MISMATCH };

    if (left == 0)
        return match_from(m, end, end, rest, cursor);
    for (size_t k = 0; k < end - first && k < UNORDERED_MAX && best.status != PATTERN_MATCHED;
         k++) {
        if (!(left & UINT32_C(1) << k) || was_tried(&m->steps[first], k, left))
            continue;
        struct match one = match_one(m, &m->steps[first + k], first + k, cursor);
        if (one.status == PATTERN_MATCHED)
            one =
                and_then(one, match_unordered(m, at, left & ~(UINT32_C(1) << k), rest, one.cursor));
        best = better(best, one);
    }
    return best;
}

/* `close`: their Close, any code, then the end. */
static struct match match_close(struct matcher *m, size_t at, struct cursor cursor)
{
    static const struct step close = { .op = OP_EXPECT,
                                       .as.expect = { .kind = EXPECT_CLOSE, .any = true } };
    static const struct step eof = { .op = OP_EXPECT, .as.expect = { .kind = EXPECT_EOF } };
    struct match first = match_one(m, &close, at, cursor);

    return first.status == PATTERN_MATCHED ? and_then(first, match_one(m, &eof, at, first.cursor))
                                           : first;
}

static struct match match_from(struct matcher *m, size_t at, size_t to, const struct rest *rest,
                               struct cursor cursor)
{
    const struct step *step = &m->steps[at];

    if (at >= to) {
        if (rest)
            return match_from(m, rest->from, rest->to, rest->next, cursor);
        return (struct match){ .status = PATTERN_MATCHED, .cursor = cursor };
    }
    if (step->op == OP_EITHER || step->op == OP_UNORDERED) {
        struct rest behind = { step->end, to, rest };
        return step->op == OP_EITHER
                   ? match_branches(m, at, &behind, cursor)
                   : match_unordered(m, at, (uint32_t)((UINT64_C(1) << (step->end - at - 1)) - 1),
                                     &behind, cursor);
    }
    struct match one =
        step->op == OP_CLOSE ? match_close(m, at, cursor) : match_one(m, step, at, cursor);
    if (one.status != PATTERN_MATCHED)
        return one;
    return and_then(one, match_from(m, at + 1, to, rest, one.cursor));
}

struct match pattern_match(const struct step *steps, size_t from, size_t to,
                           const struct transcript *t, struct cursor cursor,
                           const struct pattern_options *options)
{
    struct matcher m = { .steps = steps, .t = t, .options = options };

    for (m.limit = GRADE_PASS; m.limit <= GRADE_WARN; m.limit++) {
        struct match r = match_from(&m, from, to, NULL, cursor);
        if (r.status != PATTERN_MISMATCH)
            return r;
    }
    return m.miss;
}
