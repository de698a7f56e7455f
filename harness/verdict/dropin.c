#include "verdict/dropin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/pattern.h"

/* One grading under way. */
struct grader {
    const struct script_case *c;
    const struct also *also;
    const struct transcript *t;
    enum case_role role;
    const struct verdict *strict;
    struct dropin *out;
};

/* What a case expects on the first way through its steps. */
struct first_way {
    bool sends_close, fails, asks_for_data;
    struct dropin_expected *expected;
};

static const struct also *number_of(const struct script_case *c)
{
    for (size_t i = 0; i < c->n_also; i++)
        if (strcmp(c->also[i].suite, "autobahn") == 0)
            return &c->also[i];
    return NULL;
}

static void add_codes(struct dropin_expected *x, const uint16_t *codes, size_t count)
{
    for (size_t i = 0; i < count && x->n_codes < DROPIN_CODES_MAX; i++)
        x->codes[x->n_codes++] = codes[i];
}

/* A message or a pong, which is all that the other suite notes down. */
static bool is_data(enum expect_kind kind)
{
    return kind == EXPECT_TEXT || kind == EXPECT_BINARY || kind == EXPECT_ECHO ||
           kind == EXPECT_PONG;
}

static void take_expect(struct first_way *way, const struct expect *x)
{
    way->fails |= x->kind == EXPECT_FAIL;
    way->asks_for_data |= is_data(x->kind);
    if (x->kind == EXPECT_FAIL || x->kind == EXPECT_CLOSE)
        add_codes(way->expected, x->codes, x->n_codes);
}

static void take_step(struct first_way *way, const struct step *s)
{
    if (s->op == OP_SEND)
        way->sends_close |= s->as.send.opcode == WS_CLOSE && s->as.send.rsv == 0;
    else if (s->op == OP_EXPECT)
        take_expect(way, &s->as.expect);
}

/* Blocks are walked into, choices only into their first branch. */
static void walk(struct first_way *way, const struct step *steps, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        if (steps[i].op == OP_EITHER || steps[i].op == OP_PREFER) {
            walk(way, steps, i + 2, steps[i + 1].end);
            i = steps[i].end - 1;
        } else {
            take_step(way, &steps[i]);
        }
    }
}

static struct first_way expected_of(const struct script_case *c, struct dropin_expected *x)
{
    struct first_way way = { .expected = x };

    *x = (struct dropin_expected){ 0 };
    walk(&way, c->steps, 0, c->n_steps);
    x->closed_by_me = way.sends_close || !way.fails;
    x->require_clean = !way.fails;
    if (x->n_codes == 0)
        x->codes[x->n_codes++] = 1000;
    return way;
}

/* What the target sent, and not because the runner asked. */
static bool is_event(const struct entry *e)
{
    return e->by != BY_RUNNER && (e->kind == ENTRY_MESSAGE_IN ||
                                  (e->kind == ENTRY_FRAME_IN && e->head.opcode == WS_PONG));
}

/* Entries that their endpoint takes note of: as a server it hangs up at the Close, as a client it
 * goes on listening until TCP ends. */
static size_t heard_upto(const struct grader *g)
{
    size_t i = 0;

    while (i < g->t->count && !(g->role == ROLE_CLIENT && g->t->entries[i].kind == ENTRY_FRAME_IN &&
                                g->t->entries[i].head.opcode == WS_CLOSE))
        i++;
    return i;
}

static size_t events(const struct grader *g)
{
    size_t count = 0, upto = heard_upto(g);

    for (size_t i = 0; i < upto; i++)
        count += is_event(&g->t->entries[i]);
    return count;
}

/* The conversation without its Closes: only what was said, and the end. False: no memory. */
static bool without_closing(const struct grader *g, struct transcript *out)
{
    size_t upto = heard_upto(g);
    struct entry end = { .kind = ENTRY_END_IN };
    bool ok = true;

    *out = (struct transcript){ .seed = g->t->seed };
    for (size_t i = 0; ok && i < upto; i++) {
        struct entry e = g->t->entries[i];
        e.connection = 0;
        if (e.kind == ENTRY_MESSAGE_OUT || is_event(&e))
            ok = transcript_add(out, &e);
    }
    return ok && transcript_add(out, &end);
}

static bool pattern_fits(const struct grader *g, size_t from, size_t to, const struct transcript *t)
{
    struct pattern_options options = { .role = g->role, .since = t->count };
    struct cursor cursor = { 0 };

    return pattern_match(g->also->steps, from, to, t, cursor, &options).status == PATTERN_MATCHED;
}

static bool said_fits(const struct grader *g, size_t from, size_t to)
{
    struct transcript said;
    bool fits = without_closing(g, &said) && pattern_fits(g, from, to, &said);

    transcript_free(&said);
    return fits;
}

/* Those of the expectations that an event meets, and all that have to be met. */
static void count_wanted(const struct step *steps, size_t from, size_t to, size_t *data,
                         size_t *all)
{
    *data = *all = 0;
    for (size_t i = from; i < to; i++) {
        if (steps[i].op != OP_EXPECT || steps[i].as.expect.kind == EXPECT_NOTHING)
            continue;
        *data += is_data(steps[i].as.expect.kind);
        ++*all;
    }
}

/* Each event meets one expectation, so the numbers tell whether something came beyond them. A block
 * that speaks of the closing itself is held against all that happened. */
static bool branch_fits(const struct grader *g, size_t branch)
{
    size_t from = branch + 1, to = g->also->steps[branch].end, data, all;

    if (from == to)
        return true;
    count_wanted(g->also->steps, from, to, &data, &all);
    if (data != events(g))
        return false;
    if (all > data)
        return pattern_fits(g, from, to, g->t);
    return all == 0 || said_fits(g, from, to);
}

static enum dropin_behavior from_grade(enum grade grade)
{
    switch (grade) {
    case GRADE_PASS: return DROPIN_OK;
    case GRADE_INFO: return DROPIN_INFORMATIONAL;
    case GRADE_WARN: return DROPIN_NON_STRICT;
    case GRADE_FAIL: break;
    }
    return DROPIN_FAILED;
}

static enum dropin_behavior from_block(const struct grader *g)
{
    for (size_t b = 0; b < g->also->n_steps; b = g->also->steps[b].end)
        if (branch_fits(g, b))
            return from_grade(g->also->steps[b].as.branch.grade);
    return DROPIN_FAILED;
}

static enum dropin_behavior from_verdict(enum verdict_kind kind)
{
    switch (kind) {
    case VERDICT_PASS: return DROPIN_OK;
    case VERDICT_INFO: return DROPIN_INFORMATIONAL;
    case VERDICT_WARN: return DROPIN_NON_STRICT;
    case VERDICT_SKIP: return DROPIN_UNIMPLEMENTED;
    case VERDICT_FAIL:
    case VERDICT_ERROR:
    case VERDICT_KINDS: break;
    }
    return DROPIN_FAILED;
}

/* Has the case gone on in the `otherwise` of a choice? Its last step awaited or sent tells. */
static enum grade worst_otherwise(const struct grader *g)
{
    const struct step *steps = g->c->steps;
    enum grade worst = GRADE_PASS;

    for (size_t i = 0; i < g->t->count; i++) {
        size_t at = g->t->entries[i].step;
        for (size_t b = 0; at < g->c->n_steps && b < at; b++)
            if (steps[b].op == OP_BRANCH && steps[b].end > at)
                worst = grade_worse(worst, steps[b].as.branch.grade);
    }
    return worst;
}

static enum dropin_behavior behavior_of(const struct grader *g, const struct first_way *way)
{
    if (g->strict->result == VERDICT_SKIP)
        return DROPIN_UNIMPLEMENTED;
    if (!g->out->ending.opened)
        return DROPIN_FAILED;
    if (g->also->n_steps > 0)
        return from_block(g);
    if (way->asks_for_data)
        return from_verdict(g->strict->behaviour);
    return events(g) > 0 ? DROPIN_FAILED : from_grade(worst_otherwise(g));
}

static bool code_fits(const struct dropin_expected *x, int code)
{
    for (size_t i = 0; i < x->n_codes; i++)
        if (x->codes[i] == code)
            return true;
    return code < 0;
}

static enum dropin_close close_of(const struct grader *g)
{
    const struct dropin_expected *x = &g->out->expected;
    const struct ending *e = &g->out->ending;

    if (!e->opened || x->closed_by_me != e->closed_by_me)
        return DROPIN_CLOSE_FAILED;
    if (x->require_clean && !e->was_clean)
        return DROPIN_CLOSE_UNCLEAN;
    if (!code_fits(x, e->remote_code))
        return DROPIN_CLOSE_WRONG_CODE;
    if (g->role == ROLE_SERVER && e->dropped_by_me)
        return DROPIN_CLOSE_FAILED_BY_CLIENT;
    return DROPIN_CLOSE_OK;
}

/* Two of its categories let the closing decide the behaviour: UTF-8, where who goes on has not
 * noticed, and closing itself. What is informational is so on both axes. */
static void mix_axes(const struct grader *g)
{
    struct dropin *out = g->out;
    long category = strtol(g->also->id, NULL, 10);

    if (out->behavior == DROPIN_UNIMPLEMENTED) /* who was not asked has not closed wrongly */
        out->close = DROPIN_CLOSE_OK;
    if (out->behavior == DROPIN_INFORMATIONAL && g->also->n_steps > 0)
        out->close = DROPIN_CLOSE_INFORMATIONAL;
    if (category == 6 && out->behavior != DROPIN_UNIMPLEMENTED && !out->expected.closed_by_me &&
        out->ending.closed_by_me)
        out->behavior = DROPIN_FAILED;
    if (category == 7 && out->close == DROPIN_CLOSE_WRONG_CODE)
        out->behavior = DROPIN_FAILED;
}

static void say_codes(const struct dropin_expected *x, char text[DROPIN_TEXT])
{
    size_t n = (size_t)snprintf(text, DROPIN_TEXT, "The close code should be ");

    for (size_t i = 0; i < x->n_codes; i++)
        n += (size_t)snprintf(text + n, DROPIN_TEXT - n, "%u, ", x->codes[i]);
    snprintf(text + n, DROPIN_TEXT - n, "or there should be none.");
}

static void say_close(struct dropin *out)
{
    const char *text = "";

    switch (out->close) {
    case DROPIN_CLOSE_OK: text = "The connection was closed as it should be."; break;
    case DROPIN_CLOSE_FAILED:
        text = !out->ending.opened ? "The opening handshake was not completed."
               : out->ending.closed_by_me
                   ? "The target should have ended the connection; we had to."
                   : "The target ended the connection; it was not its turn.";
        break;
    case DROPIN_CLOSE_WRONG_CODE: say_codes(&out->expected, out->result_close); return;
    case DROPIN_CLOSE_UNCLEAN: text = "There was no whole closing handshake."; break;
    case DROPIN_CLOSE_FAILED_BY_CLIENT:
        text = "The server should have ended TCP; we had to.";
        break;
    case DROPIN_CLOSE_INFORMATIONAL: text = "No rule says how it has to close."; break;
    }
    snprintf(out->result_close, sizeof out->result_close, "%s", text);
}

static void say_behavior(const struct grader *g)
{
    struct dropin *out = g->out;
    const char *text = "";

    switch (out->behavior) {
    case DROPIN_OK: text = "What came is what is wanted."; break;
    case DROPIN_NON_STRICT: text = "What came is tolerated, and not what is wanted."; break;
    case DROPIN_INFORMATIONAL: text = "No rule says what has to come."; break;
    case DROPIN_UNIMPLEMENTED:
        text = g->strict->reason ? g->strict->reason : "The target lacks what the case needs.";
        break;
    case DROPIN_FAILED:
        text = out->close != DROPIN_CLOSE_OK && g->strict->behaviour != VERDICT_FAIL
                   ? out->result_close
               : g->strict->reason ? g->strict->reason
                                   : "What came is not what is wanted.";
        break;
    }
    snprintf(out->result, sizeof out->result, "%s", text);
}

bool dropin_grade(const struct script_case *c, const struct transcript *t, enum case_role role,
                  const struct verdict *strict, struct dropin *out)
{
    struct grader g = { c, number_of(c), t, role, strict, out };

    if (!g.also)
        return false;
    *out = (struct dropin){ 0 };
    struct first_way way = expected_of(c, &out->expected);
    ending_read(t, role, &out->ending);
    out->behavior = behavior_of(&g, &way);
    out->close = close_of(&g);
    mix_axes(&g);
    say_close(out);
    say_behavior(&g);
    return true;
}

const char *dropin_behavior_name(enum dropin_behavior behavior)
{
    switch (behavior) {
    case DROPIN_OK: return "OK";
    case DROPIN_NON_STRICT: return "NON-STRICT";
    case DROPIN_INFORMATIONAL: return "INFORMATIONAL";
    case DROPIN_UNIMPLEMENTED: return "UNIMPLEMENTED";
    case DROPIN_FAILED: break;
    }
    return "FAILED";
}

const char *dropin_close_name(enum dropin_close close)
{
    switch (close) {
    case DROPIN_CLOSE_OK: return "OK";
    case DROPIN_CLOSE_WRONG_CODE: return "WRONG CODE";
    case DROPIN_CLOSE_UNCLEAN: return "UNCLEAN";
    case DROPIN_CLOSE_FAILED_BY_CLIENT: return "FAILED BY CLIENT";
    case DROPIN_CLOSE_INFORMATIONAL: return "INFORMATIONAL";
    case DROPIN_CLOSE_FAILED: break;
    }
    return "FAILED";
}

int dropin_behavior_named(const char *name)
{
    for (int b = DROPIN_OK; b <= DROPIN_FAILED; b++)
        if (strcmp(dropin_behavior_name((enum dropin_behavior)b), name) == 0)
            return b;
    return -1;
}

int dropin_close_named(const char *name)
{
    for (int c = DROPIN_CLOSE_OK; c <= DROPIN_CLOSE_INFORMATIONAL; c++)
        if (strcmp(dropin_close_name((enum dropin_close)c), name) == 0)
            return c;
    return -1;
}
