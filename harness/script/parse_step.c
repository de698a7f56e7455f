#include "script/parser.h"

#include <string.h>

/* The steps of a case or block, each by its first word. */

size_t parse_push_step(struct parser *p, const struct token *at, const struct step *step)
{
    if (!parse_grow(p, (void **)&p->steps, &p->cap_steps, p->n_steps + 1, sizeof *p->steps))
        return SIZE_MAX;
    struct step *made = &p->steps[p->n_steps];
    *made = *step;
    made->line = at->line;
    made->col = script_lex_col(p->lex.text, at->line_at, at->at);
    return p->n_steps++;
}

static bool add_step(struct parser *p, const struct token *at, const struct step *step)
{
    return parse_push_step(p, at, step) != SIZE_MAX;
}

/* A step and its { … }. */
static bool parse_block(struct parser *p, const struct token *at, const struct step *step,
                        enum script_op inside)
{
    size_t index = parse_push_step(p, at, step);

    if (index == SIZE_MAX || !parse_enter(p) || !parse_mark(p, TOKEN_OPEN, "\"{\"") ||
        !parse_steps(p, inside))
        return false;
    parse_leave(p);
    p->steps[index].end = p->n_steps;
    return true;
}

bool parse_branch_block(struct parser *p, enum grade grade, const char *why, const struct token *at)
{
    struct step branch = { .op = OP_BRANCH };

    branch.as.branch.grade = grade;
    branch.as.branch.why = why;
    return parse_block(p, at, &branch, OP_EITHER);
}

/* pass, warn "why", info "why", fail "why"; nothing is pass. */
static bool parse_branch(struct parser *p, const struct token *at, enum script_op inside)
{
    static const char *const words[] = { "pass", "info", "warn", "fail" };
    struct step branch = { .op = OP_BRANCH };
    size_t grade = GRADE_PASS;

    if (p->tok.kind != TOKEN_OPEN) {
        if (!parse_choice(p, "warn, info, fail or \"{\"", words, 4, &grade))
            return false;
        if (grade != GRADE_PASS &&
            !parse_string(p, "why, as a text for the report", &branch.as.branch.why))
            return false;
    }
    branch.as.branch.grade = (enum grade)grade;
    return parse_block(p, at, &branch, inside);
}

/* either { … } or warn "…" { … }; prefer { … } otherwise warn "…" { … }. */
static bool parse_branches(struct parser *p, const struct token *at, enum script_op op,
                           const char *next)
{
    size_t index = parse_push_step(p, at, &(struct step){ .op = op });
    size_t count = 0;
    struct token from = p->tok;

    if (index == SIZE_MAX || p->tok.kind != TOKEN_OPEN)
        return index != SIZE_MAX && parse_expected(p, "\"{\"");
    do {
        if (!parse_branch(p, &from, op))
            return false;
        count++;
        from = p->tok;
        parse_go_on(p);
    } while (parse_take_word(p, next));
    p->tok.starts_line = from.starts_line;
    if (count < 2)
        return parse_fail(p, at, "a single branch chooses nothing: expected \"%s\" behind it",
                          next);
    p->steps[index].end = p->n_steps;
    return true;
}

static bool parse_repeat(struct parser *p, const struct token *at)
{
    struct step step = { .op = OP_REPEAT };

    if (!parse_number(p, "how many times", UINT32_MAX, &step.as.repeat.count))
        return false;
    if (parse_take_word(p, "until")) {
        if (!parse_take_word(p, "stalled"))
            return parse_expected(p, "stalled");
        step.as.repeat.until_stalled = true;
    }
    return parse_block(p, at, &step, OP_REPEAT);
}

/* Reads the block once with this row, to find its mistakes; with `keep` its steps stay. */
static bool parse_round(struct parser *p, const struct token *at, const struct step *each,
                        size_t row, bool keep)
{
    size_t steps = p->n_steps;
    uint64_t randoms = p->randoms;

    parse_bind_row(p, &each->as.each, row);
    if (!parse_block(p, at, each, OP_EACH))
        return false;
    if (!keep) {
        p->n_steps = steps;
        p->randoms = randoms;
    }
    return true;
}

#define ROUNDS_CHECKED 64 /* more values than this are ranges of numbers, or products of lists */

/* The first round is kept; the others are read for their mistakes, or the last one at least. */
static bool parse_rounds(struct parser *p, const struct token *at, const struct step *each)
{
    struct lexer lex = p->lex;
    struct token tok = p->tok, last = p->last;
    size_t count = each->as.each.count;

    for (size_t i = count; i-- > 0;) {
        if (count > ROUNDS_CHECKED && i > 0 && i < count - 1)
            continue;
        p->lex = lex;
        p->tok = tok;
        p->last = last;
        if (!parse_round(p, at, each, i, i == 0))
            return false;
    }
    return true;
}

static bool parse_each(struct parser *p, const struct token *at)
{
    struct step step = { .op = OP_EACH };
    size_t from = (size_t)(p->tok.source.ptr - p->case_at);

    if (!parse_table(p, &step.as.each))
        return false;
    step.as.each.from = from;
    step.as.each.at = (size_t)(p->tok.source.ptr - p->case_at);
    if (!parse_rounds(p, at, &step))
        return false;
    p->n_bindings -= step.as.each.width;
    return true;
}

static bool parse_tls(struct parser *p, struct step *out)
{
    static const char *const certs[] = { "good", "expired", "wrong-host", "self-signed" };
    size_t cert;

    if (!parse_mark(p, TOKEN_OPEN, "\"{\""))
        return false;
    parse_go_on(p);
    if (!parse_take_word(p, "cert"))
        return parse_expected(p, "cert");
    if (!parse_choice(p, "good, expired, wrong-host or self-signed", certs, 4, &cert))
        return false;
    out->as.text = certs[cert];
    return parse_mark(p, TOKEN_CLOSE, "\"}\"");
}

static bool parse_url(struct parser *p, struct step *out)
{
    struct bytes text;
    struct token at = p->tok;

    if (!parse_text(p, "an address in quotes, as \"${base}/chat\"", TEXT_PLACES, &text))
        return false;
    out->as.text = (const char *)text.ptr;
    return bytes_index(text, 0, 0) == text.len || parse_fail(p, &at, "no zero byte can stand here");
}

static bool parse_told_header(struct parser *p, struct step *out)
{
    struct token at;

    if (!parse_string(p, "a header name in quotes", &out->as.header.name))
        return false;
    at = p->tok;
    if (!parse_string(p, "its value in quotes", &out->as.header.value))
        return false;
    return !strpbrk(out->as.header.value, "'\"\\{}") ||
           parse_fail(
               p, &at,
               "no quotes, braces and backslashes: it becomes a word of the client's command");
}

static bool parse_listen(struct parser *p, struct step *out)
{
    struct token at = p->tok;
    uint64_t port;

    if (!parse_number(p, "a port", UINT16_MAX, &port))
        return false;
    out->as.port = (uint16_t)port;
    return port > 0 || parse_fail(p, &at, "a port is from 1 to 65535");
}

static bool parse_provoke(struct parser *p, struct step *out)
{
    out->as.text = "close";
    return parse_take_word(p, "close") || parse_expected(p, "close");
}

static bool parse_read(struct parser *p, struct step *out)
{
    static const char *const values[] = { "off", "on" };
    size_t value;

    if (!parse_choice(p, "on or off", values, 2, &value))
        return false;
    out->as.on = value == 1;
    return true;
}

static bool parse_own_close(struct parser *p, struct step *out)
{
    out->as.close.has_code = parse_here(p, TOKEN_WORD) && parse_is_number(p->tok.text);
    return !out->as.close.has_code || parse_code(p, "a close code", &out->as.close.code);
}

/* What stands behind the word of a step without block. */
static bool parse_plain(struct parser *p, struct step *out)
{
    switch (out->op) {
    case OP_REQUEST:
    case OP_RESPONSE: return parse_edits(p, &out->as.head);
    case OP_EXTENSION: return parse_extension(p, &out->as.extension);
    case OP_SUBPROTOCOL: return parse_string(p, "a subprotocol in quotes", &out->as.text);
    case OP_TLS: return parse_tls(p, out);
    case OP_URL: return parse_url(p, out);
    case OP_HEADER: return parse_told_header(p, out);
    case OP_LISTEN: return parse_listen(p, out);
    case OP_SEND: return parse_send(p, out);
    case OP_WAIT: return parse_duration(p, &out->as.wait_ms);
    case OP_READ: return parse_read(p, out);
    case OP_PROVOKE: return parse_provoke(p, out);
    case OP_CLOSE: return parse_own_close(p, out);
    case OP_EXPECT: return parse_expect(p, out);
    case OP_RAW:
    case OP_CONNECT:
    case OP_RECONNECT:
    case OP_DROP:
    case OP_SHUTDOWN:
    case OP_SEND_MORE:
    case OP_TOGETHER:
    case OP_REPEAT:
    case OP_EACH:
    case OP_MEASURE:
    case OP_UNORDERED:
    case OP_EITHER:
    case OP_PREFER:
    case OP_BRANCH:
    case OP_COUNT: return true;
    }
    return true;
}

static bool parse_op(struct parser *p, const struct token *at, enum script_op op)
{
    struct step step = { .op = op };

    switch (op) {
    case OP_TOGETHER:
    case OP_UNORDERED: return parse_block(p, at, &step, op);
    case OP_MEASURE:
        return parse_string(p, "what is measured, in quotes", &step.as.text) &&
               parse_block(p, at, &step, op);
    case OP_REPEAT: return parse_repeat(p, at);
    case OP_EACH: return parse_each(p, at);
    case OP_EITHER: return parse_branches(p, at, op, "or");
    case OP_PREFER: return parse_branches(p, at, op, "otherwise");
    case OP_RAW:
    case OP_REQUEST:
    case OP_RESPONSE:
    case OP_EXTENSION:
    case OP_SUBPROTOCOL:
    case OP_TLS:
    case OP_URL:
    case OP_HEADER:
    case OP_LISTEN:
    case OP_CONNECT:
    case OP_RECONNECT:
    case OP_SEND:
    case OP_SEND_MORE:
    case OP_WAIT:
    case OP_READ:
    case OP_DROP:
    case OP_SHUTDOWN:
    case OP_PROVOKE:
    case OP_CLOSE:
    case OP_EXPECT:
    case OP_BRANCH:
    case OP_COUNT: break;
    }
    return parse_plain(p, &step) && add_step(p, at, &step);
}

/* "send more" is read by "send", and a branch by what holds it. */
static enum script_op op_of(const struct parser *p)
{
    if (parse_is(p, "respond"))
        return OP_CONNECT;
    for (enum script_op op = 0; op < OP_COUNT; op++)
        if (op != OP_SEND_MORE && op != OP_BRANCH && parse_is(p, script_op_word(op)))
            return op;
    return OP_COUNT;
}

/* What one write may hold. */
static bool joins(enum script_op op)
{
    return op == OP_CONNECT || op == OP_SEND || op == OP_SEND_MORE || op == OP_REPEAT ||
           op == OP_TOGETHER || op == OP_DROP || op == OP_SHUTDOWN || op == OP_PROVOKE;
}

static bool check_place(struct parser *p, enum script_op op, enum script_op inside)
{
    const char *word = script_op_word(op);

    if (op == OP_RAW && (p->n_steps > 0 || inside != OP_COUNT))
        return parse_fail(p, &p->tok, "\"raw\" is the first step of a case or none");
    if (op == OP_EACH && inside != OP_COUNT)
        return parse_fail(p, &p->tok, "\"each\" cannot stand inside another block");
    if ((inside == OP_EITHER || inside == OP_UNORDERED) && !script_op_expects(op))
        return parse_fail(p, &p->tok, "\"%s\" cannot stand in \"%s\", which only looks%s", word,
                          script_op_word(inside),
                          inside == OP_EITHER ? ": prefer … otherwise may send" : "");
    if (inside == OP_TOGETHER && !joins(op))
        return parse_fail(p, &p->tok, "\"%s\" cannot stand in \"together\", which is one write",
                          word);
    return true;
}

/* A word that begins no step: is it misspelt, or at the wrong place? */
static bool unknown_step(struct parser *p)
{
    const char *words[OP_COUNT];
    size_t count = 0;

    if (p->tok.kind != TOKEN_WORD)
        return parse_unexpected(p, "a step or \"}\"");
    if (parse_is_head_word(p))
        return parse_fail(p, &p->tok, "\"%.*s\" stands before the steps", BYTES_ARG(p->tok.text));
    for (enum script_op op = 0; op < OP_COUNT; op++)
        if (op != OP_SEND_MORE && op != OP_BRANCH)
            words[count++] = script_op_word(op);
    char *word = arena_str(p->arena, p->tok.text);
    if (!word)
        return parse_memory(p);
    const char *nearest = parse_nearest(word, words, count);
    if (nearest)
        return parse_fail(p, &p->tok, "unknown step \"%s\": did you mean \"%s\"?", word, nearest);
    return parse_unexpected(p, "a step or \"}\"");
}

bool parse_step(struct parser *p, enum script_op inside)
{
    enum script_op op = op_of(p);
    struct token at = p->tok;

    if (op == OP_COUNT)
        return unknown_step(p);
    if (!check_place(p, op, inside))
        return false;
    parse_next(p);
    if (op == OP_EXPECT && parse_take_word(p, "model"))
        return parse_model(p, &at, inside);
    return parse_op(p, &at, op);
}

bool parse_steps(struct parser *p, enum script_op inside)
{
    while (!parse_take_mark(p, TOKEN_CLOSE))
        if (!parse_step(p, inside))
            return false;
    return true;
}
