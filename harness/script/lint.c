#include "script/lint.h"

#include "script/lex.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct linter {
    const struct script_file *file;
    const struct script_case *c;
    struct bytes requirements;
    struct diagnostics *diags;
};

static void PRINTF_LIKE(5, 6)
    complain(struct linter *l, unsigned line, unsigned col, size_t len, const char *fmt, ...)
{
    struct diagnostics *diags = l->diags;
    va_list args;

    /* Instances of one `for` make the same mistake at the same place. */
    for (size_t i = 0; i < diags->count && i < SCRIPT_ERRORS_MAX; i++)
        if (diags->list[i].line == line && diags->list[i].col == col)
            return;
    if (diags->count < SCRIPT_ERRORS_MAX) {
        struct diagnostic *d = &diags->list[diags->count];
        *d = (struct diagnostic){ .line = line, .col = col, .len = len ? (unsigned)len : 1 };
        va_start(args, fmt);
        vsnprintf(d->text, sizeof d->text, fmt, args);
        va_end(args);
    }
    diags->count++;
}

static void complain_step(struct linter *l, const struct step *s, const char *what)
{
    complain(l, s->line, s->col, strlen(script_op_word(s->op)), "%s", what);
}

/* Is there a row that begins with the id and a tab? */
static bool is_requirement(struct bytes table, struct bytes id)
{
    while (table.len > 0) {
        size_t end = bytes_index(table, 0, '\n');
        size_t tab = bytes_index(bytes_take(table, end), 0, '\t');
        if (bytes_eq(bytes_take(table, tab), id))
            return true;
        table = bytes_skip(table, end + 1);
    }
    return false;
}

/* Points at the word in the case's text, or at the case when a ${…} made it. */
static void complain_word(struct linter *l, const char *word, const char *what)
{
    struct bytes source = l->c->source;
    struct lexer lx = { .text = source };
    struct token t;

    do
        t = script_lex_next(&lx);
    while (t.kind != TOKEN_END && !bytes_eq_str(t.source, word));
    if (t.kind == TOKEN_END)
        complain(l, l->c->line, 1, 4, "%s \"%s\"", what, word);
    else
        complain(l, l->c->line + t.line - 1, script_lex_col(source, t.line_at, t.at), t.source.len,
                 "%s \"%s\"", what, word);
}

static void lint_proves(struct linter *l)
{
    for (size_t i = 0; l->requirements.len > 0 && i < l->c->n_proves; i++)
        if (!is_requirement(l->requirements, bytes_str(l->c->proves[i])))
            complain_word(l, l->c->proves[i], "no row of requirements.tsv is called");
}

static size_t behind(const struct step *steps, size_t i)
{
    return script_op_is_block(steps[i].op) ? steps[i].end : i + 1;
}

static bool is_expect(const struct step *s, enum expect_kind kind)
{
    return s->op == OP_EXPECT && s->as.expect.kind == kind;
}

static bool sends(const struct step *steps, size_t i)
{
    for (size_t k = i; k < behind(steps, i); k++)
        if (steps[k].op == OP_SEND || steps[k].op == OP_SEND_MORE || steps[k].op == OP_CLOSE)
            return true;
    return false;
}

/* What a case may still do without its connection. */
static bool needs_no_connection(const struct step *s)
{
    return is_expect(s, EXPECT_ALIVE) || is_expect(s, EXPECT_MEMORY) || is_expect(s, EXPECT_CPU) ||
           is_expect(s, EXPECT_REPORT) || is_expect(s, EXPECT_NOTHING) ||
           is_expect(s, EXPECT_NO_REQUEST) || s->op == OP_WAIT;
}

static bool opens(const struct step *steps, size_t i)
{
    for (size_t k = i; k < behind(steps, i); k++)
        if (steps[k].op == OP_CONNECT || steps[k].op == OP_RECONNECT ||
            is_expect(&steps[k], EXPECT_ANOTHER))
            return true;
    return steps[i].op == OP_EACH;
}

/* Which handshake the next connection gets: said between the end of one and the next. */
static bool is_prelude(const struct step *s)
{
    return s->op == OP_REQUEST || s->op == OP_RESPONSE || s->op == OP_EXTENSION ||
           s->op == OP_SUBPROTOCOL || s->op == OP_TLS || s->op == OP_URL || s->op == OP_HEADER ||
           s->op == OP_LISTEN;
}

/* A choice between such steps is one too. */
static bool goes_without_connection(const struct step *steps, size_t i)
{
    if (!script_op_is_block(steps[i].op))
        return needs_no_connection(&steps[i]) || is_prelude(&steps[i]);
    for (size_t k = i + 1; k < steps[i].end; k = behind(steps, k))
        if (!goes_without_connection(steps, k))
            return false;
    return true;
}

/* Steps of one block in order: what has ended the connection, and what is done after it. */
static void lint_ends(struct linter *l, const struct step *steps, size_t from, size_t to)
{
    bool dropped = false, failed = false;

    for (size_t i = from; i < to; i = behind(steps, i)) {
        const struct step *s = &steps[i];
        if (opens(steps, i)) {
            dropped = failed = false;
        } else if (dropped && !goes_without_connection(steps, i)) {
            complain_step(l, s, "this is never reached: \"drop\" has ended the connection");
            return;
        } else if (failed && sends(steps, i)) {
            complain_step(l, s, "nothing can be sent: \"expect fail\" has ended the connection");
            return;
        }
        dropped = dropped || s->op == OP_DROP;
        failed = failed || is_expect(s, EXPECT_FAIL);
    }
}

/* Behind `expect another` the case is at a connection of which nothing has been seen: whatever is
 * expected there is awaited apart. */
static void lint_another(struct linter *l, const struct step *steps, size_t at)
{
    size_t last = at;

    for (size_t i = at + 1; i < steps[at].end; i = behind(steps, i))
        last = i;
    for (size_t i = at + 1; i < steps[at].end; i = behind(steps, i))
        if (is_expect(&steps[i], EXPECT_ANOTHER) && (i != last || steps[at].op != OP_BRANCH))
            complain_step(l, &steps[i], "\"expect another\" is the last step of a branch");
}

/* An empty branch with a worse grade says "whatever else happens": that is a choice. */
static void lint_branches(struct linter *l, const struct step *steps, size_t at)
{
    for (size_t i = at + 1; i < steps[at].end; i = steps[i].end)
        if (steps[i].end == i + 1 && steps[i].as.branch.grade == GRADE_PASS)
            complain_step(l, &steps[at], "an empty branch matches everything: this always passes");
}

/* `expect nothing` waits for a barrier, and no ping can be sent in the middle of a frame. */
static void lint_held(struct linter *l, const struct step *steps, size_t count)
{
    bool held = false;

    for (size_t i = 0; i < count; i++) {
        const struct step *s = &steps[i];
        if (s->op == OP_SEND)
            held = s->as.send.holds;
        else if (s->op == OP_SEND_MORE && s->as.more.rest)
            held = false;
        else if (s->op == OP_CONNECT || s->op == OP_RECONNECT || s->op == OP_SHUTDOWN)
            held = false;
        else if (held && is_expect(s, EXPECT_NOTHING))
            complain_step(l, s, "a frame is held here: its end comes before expect nothing");
    }
}

/* Payloads whose meaning comes from elsewhere: `next` from a repeat, blocks from a plain rsv1. */
static void lint_payloads(struct linter *l, const struct step *steps, size_t count)
{
    size_t repeated = 0; /* up to there we are in a repeat */

    for (size_t i = 0; i < count; i++) {
        const struct step *s = &steps[i];
        if (s->op == OP_REPEAT && s->end > repeated)
            repeated = s->end;
        if (s->op != OP_SEND)
            continue;
        if (i >= repeated && payload_holds(s->as.send.payload, PAYLOAD_NEXT))
            complain_step(l, s, "outside of a repeat \"next\" gives the first bytes each time");
        else if (s->as.send.deflate && payload_holds(s->as.send.payload, PAYLOAD_BLOCKS))
            complain_step(l, s, "these blocks are compressed already: rsv1 instead of deflate");
    }
}

static void lint_steps(struct linter *l, const struct step *steps, size_t count)
{
    lint_held(l, steps, count);
    lint_payloads(l, steps, count);
    lint_ends(l, steps, 0, count);
    for (size_t i = 0; i < count; i++) {
        if (!script_op_is_block(steps[i].op))
            continue;
        lint_ends(l, steps, i + 1, steps[i].end);
        if (steps[i].op == OP_EITHER || steps[i].op == OP_PREFER)
            lint_branches(l, steps, i);
        if (steps[i].op == OP_BRANCH || steps[i].op == OP_UNORDERED)
            lint_another(l, steps, i);
    }
}

/* What only a set-up gives is skipped where there is none, and not left as it was written. */
static void lint_needs(struct linter *l)
{
    static const struct {
        const char *used, *need;
    } rows[] = { { "${origin}", "origin" },     { "${served}", "path" },
                 { "${guarded}", "auth" },      { "${credentials}", "auth" },
                 { "provoke close", "closer" }, { "close provoked", "closer" } };

    for (size_t i = 0; i < l->c->n_steps; i++)
        if (l->c->steps[i].op == OP_SEND && payload_has_limit(l->c->steps[i].as.send.payload) &&
            !script_case_needs(l->c, "limit"))
            complain_step(l, &l->c->steps[i], "${limit} is only there for a case that needs limit");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (bytes_find(l->c->source, bytes_str(rows[i].used)) < l->c->source.len &&
            !script_case_needs(l->c, rows[i].need))
            complain(l, l->c->line, 1, 4, "%s is only there for a case that needs %s", rows[i].used,
                     rows[i].need);
}

static void lint_case(struct linter *l, const struct script_case *c)
{
    l->c = c;
    if (strcmp(c->title, strrchr(c->id, '/') + 1) == 0)
        complain(l, c->line, 1, 4, "this case has no title");
    lint_proves(l);
    lint_needs(l);
    lint_steps(l, c->steps, c->n_steps);
    for (size_t i = 0; i < c->n_also; i++)
        lint_steps(l, c->also[i].steps, c->also[i].n_steps);
}

static int by_title(const void *a, const void *b)
{
    const struct script_case *const *x = a, *const *y = b;
    int order = strcmp((*x)->title, (*y)->title);

    return order ? order : (*x)->line < (*y)->line ? -1 : (*x)->line > (*y)->line;
}

static bool lint_titles(struct linter *l)
{
    struct arena arena = { 0 };
    size_t n = l->file->n_cases;
    const struct script_case **cases = arena_array(&arena, n, sizeof(struct script_case *));

    if (!cases)
        return false;
    for (size_t i = 0; i < n; i++)
        cases[i] = &l->file->cases[i];
    if (n > 0)
        qsort(cases, n, sizeof(struct script_case *), by_title);
    for (size_t i = 1; i < n; i++)
        if (strcmp(cases[i - 1]->title, cases[i]->title) == 0)
            complain(l, cases[i]->line, 1, 4, "the title \"%s\" is that of line %u too",
                     cases[i]->title, cases[i - 1]->line);
    arena_free(&arena);
    return true;
}

bool script_lint(const struct script_file *file, struct bytes requirements,
                 struct diagnostics *diags)
{
    struct linter l = { .file = file, .requirements = requirements, .diags = diags };

    *diags = (struct diagnostics){ 0 };
    for (const struct let *let = file->lets; let; let = let->next)
        if (!let->used)
            complain(&l, let->line, let->col, strlen(let->name), "\"%s\" is never used", let->name);
    for (size_t i = 0; i < file->n_cases; i++)
        lint_case(&l, &file->cases[i]);
    if (!lint_titles(&l))
        complain(&l, 1, 1, 1, "out of memory");
    return diags->count == 0;
}

/* One `also` line: a number, and whose it is. */
struct numbered {
    const struct also *also;
    const struct script_case *c;
};

static int by_number(const void *a, const void *b)
{
    const struct numbered *x = a, *y = b;
    int order = strcmp(x->also->suite, y->also->suite);

    order = order ? order : strcmp(x->also->id, y->also->id);
    return order ? order : strcmp(x->c->id, y->c->id);
}

static bool numbers_differ(const struct numbered *list, size_t count, struct err *err)
{
    for (size_t i = 1; i < count; i++) {
        const struct numbered *a = &list[i - 1], *b = &list[i];
        if (strcmp(a->also->suite, b->also->suite) == 0 && strcmp(a->also->id, b->also->id) == 0)
            return err_set(err, ERR_SYNTAX, "%s and %s are both %s %s", a->c->id, b->c->id,
                           a->also->suite, a->also->id);
    }
    return true;
}

bool script_lint_numbers(const struct script_case *const *cases, size_t count, struct err *err)
{
    struct arena arena = { 0 };
    size_t total = 0, n = 0;

    for (size_t i = 0; i < count; i++)
        total += cases[i]->n_also;
    struct numbered *list = arena_array(&arena, total, sizeof *list);
    if (!list)
        return err_memory(err, "the numbers of the cases");
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < cases[i]->n_also; k++)
            list[n++] = (struct numbered){ &cases[i]->also[k], cases[i] };
    if (n > 0)
        qsort(list, n, sizeof *list, by_number);
    bool ok = numbers_differ(list, n, err);
    arena_free(&arena);
    return ok;
}
