#include "script/parse.h"

#include "script/parser.h"
#include "ws/utf8.h"

#include <string.h>

/* A whole file: its group, its lets, its cases, and `for` around them. */

struct place {
    struct lexer lex;
    struct token tok, last;
};

static struct place here(const struct parser *p)
{
    return (struct place){ p->lex, p->tok, p->last };
}

static void back_to(struct parser *p, const struct place *place)
{
    p->lex = place->lex;
    p->tok = place->tok;
    p->last = place->last;
}

/* Behind the block of a case or a `for` that was given up. */
static void recover(struct parser *p, const struct place *from)
{
    bool one_case = bytes_eq_str(from->tok.source, "case");

    back_to(p, from);
    p->tok = script_lex_next(&p->lex);
    parse_skip_block(p, one_case);
}

static bool parse_case_or_skip(struct parser *p)
{
    struct place from = here(p);
    unsigned depth = p->depth;
    size_t n_bindings = p->n_bindings;

    if (parse_case(p))
        return true;
    p->depth = depth;
    p->n_bindings = n_bindings;
    if (!p->no_memory)
        recover(p, &from);
    return false;
}

static bool parse_for(struct parser *p);

/* Cases and `for` up to the closing brace. False when there was a mistake; the reader is then
 * behind the brace all the same. */
static bool parse_round(struct parser *p)
{
    bool ok = true;

    while (p->tok.kind != TOKEN_CLOSE && !p->no_memory) {
        if (parse_is(p, "case"))
            ok = parse_case_or_skip(p) && ok;
        else if (parse_is(p, "for"))
            ok = parse_for(p) && ok;
        else
            return parse_unexpected(p, "case, for or \"}\"");
    }
    parse_next(p);
    return ok;
}

static bool parse_rounds(struct parser *p, const struct table *table)
{
    struct place body = here(p);

    for (size_t i = 0; i < table->count; i++) {
        if (++p->rounds > SCRIPT_CASES_MAX)
            return parse_fail(p, &body.tok, "more than %d rounds in a file", SCRIPT_CASES_MAX);
        parse_bind_row(p, table, i);
        back_to(p, &body);
        if (!parse_round(p))
            return false;
    }
    return true;
}

static bool parse_for_here(struct parser *p)
{
    struct table table = { 0 };

    parse_next(p);
    if (!parse_table(p, &table) || !parse_enter(p) || !parse_mark(p, TOKEN_OPEN, "\"{\"") ||
        !parse_rounds(p, &table))
        return false;
    p->n_bindings -= table.width;
    parse_leave(p);
    return true;
}

/* After a mistake the whole `for` is left: its other rounds would tell the same. */
static bool parse_for(struct parser *p)
{
    struct place from = here(p);
    unsigned depth = p->depth;
    size_t n_bindings = p->n_bindings;

    if (parse_for_here(p))
        return true;
    p->depth = depth;
    p->n_bindings = n_bindings;
    if (!p->no_memory)
        recover(p, &from);
    return false;
}

/* Words that a payload or what follows one may begin with: a let of that name would hide them. */
static bool is_reserved(struct bytes name)
{
    static const char *const words[] = {
        "random",   "words",      "file",   "fin",     "rsv",      "rsv1",    "rsv2",   "rsv3",
        "mask",     "masked",     "length", "declare", "fragment", "deflate", "cut",    "pace",
        "hold",     "within",     "sample", "next",    "blocks",   "stored",  "fixed",  "dynamic",
        "reserved", "stored-lie", "bomb",   "final",   "keep",     "match",   "symbol", "distance",
    };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (bytes_eq_str(name, words[i]))
            return true;
    return parse_is_number(name);
}

static bool check_let_name(struct parser *p)
{
    if (!parse_here(p, TOKEN_WORD))
        return parse_expected(p, "a name");
    if (is_reserved(p->tok.text))
        return parse_fail(p, &p->tok, "\"%.*s\" has a meaning already", BYTES_ARG(p->tok.text));
    for (const struct let *other = p->lets; other; other = other->next)
        if (parse_is(p, other->name))
            return parse_fail(p, &p->tok, "\"%s\" is taken by the let in line %u", other->name,
                              other->line);
    return true;
}

/* A copy of the payload that knows its name, so that printing can say it. */
static bool name_payload(struct parser *p, struct let *let, const struct payload *from)
{
    struct payload *named = arena_new(p->arena, sizeof *named);

    if (!named)
        return parse_memory(p);
    *named = *from;
    named->name = let->name;
    let->payload = named;
    return true;
}

static bool parse_let(struct parser *p)
{
    struct let *let = arena_new(p->arena, sizeof *let);
    const struct payload *payload;

    if (!let)
        return parse_memory(p);
    parse_next(p);
    let->line = p->tok.line;
    let->col = script_lex_col(p->lex.text, p->tok.line_at, p->tok.at);
    if (!check_let_name(p) || !parse_word(p, "a name", &let->name) ||
        !parse_mark(p, TOKEN_EQUALS, "\"=\""))
        return false;
    /* What `random` makes here depends on the name, and not on which case uses it. */
    p->randoms = hash_bytes(bytes_str(let->name));
    if (!parse_payload(p, &payload) || !name_payload(p, let, payload))
        return false;
    let->next = p->lets;
    p->lets = let;
    return true;
}

static bool parse_group(struct parser *p)
{
    if (p->group)
        return parse_fail(p, &p->tok, "a file holds one group");
    parse_next(p);
    return parse_string(p, "the group's title in quotes", &p->group);
}

/* To the next word that may begin something at file level. */
static void skip_to_item(struct parser *p)
{
    static const char *const words[] = { "case", "for", "let", "group" };

    for (;;) {
        if (p->tok.kind == TOKEN_END)
            return;
        for (size_t i = 0; i < 4; i++)
            if (p->tok.starts_line && bytes_eq_str(p->tok.source, words[i]))
                return;
        p->last = p->tok;
        p->tok = script_lex_next(&p->lex);
    }
}

static bool parse_item(struct parser *p)
{
    if (parse_is(p, "case"))
        return parse_case_or_skip(p);
    if (parse_is(p, "for"))
        return parse_for(p);
    bool ok = parse_is(p, "group") ? parse_group(p)
              : parse_is(p, "let") ? parse_let(p)
                                   : parse_unexpected(p, "group, let, for or case");
    if (!ok && !p->no_memory) {
        p->tok = script_lex_next(&p->lex);
        skip_to_item(p);
    }
    return ok;
}

static bool fail_at_start(struct parser *p, const char *why)
{
    struct token start = { .line = 1 };
    return parse_fail(p, &start, "%s", why);
}

static bool check_utf8(struct parser *p, struct bytes text)
{
    struct ws_utf8 utf8 = { 0 };
    struct token bad = { .line = 1 };

    if (ws_utf8_feed(&utf8, text) && ws_utf8_complete(&utf8))
        return true;
    bad.at = (size_t)utf8.at;
    for (size_t i = 0; i < bad.at; i++) {
        if (text.ptr[i] == '\n') {
            bad.line++;
            bad.line_at = i + 1;
        }
    }
    p->lex.text = text;
    return parse_fail(p, &bad, "this byte is no UTF-8");
}

bool script_parse_with(struct parser *p, struct bytes text, struct script_file *out)
{
    *out = (struct script_file){ .path = p->path, .text = text };
    if (text.len > SCRIPT_FILE_MAX)
        return fail_at_start(p, "a case file of more than 16 MiB");
    if (!check_utf8(p, text))
        return false;
    p->group = NULL;
    parse_begin(p, text);
    while (p->tok.kind != TOKEN_END && !p->no_memory)
        (void)parse_item(p);
    parse_end(p);
    for (size_t i = 0; i < p->n_cases; i++)
        p->cases[i].group = p->group ? p->group : p->path;
    *out = (struct script_file){ p->path,  text,       p->group ? p->group : p->path,
                                 p->cases, p->n_cases, p->lets };
    return p->diags->count == 0;
}

bool script_parse(struct arena *a, const char *path, struct bytes text, const struct embedded *data,
                  struct script_file *out, struct diagnostics *diags)
{
    struct parser p = { .arena = a, .path = path, .data = data, .diags = diags };

    *diags = (struct diagnostics){ 0 };
    return script_parse_with(&p, text, out);
}

/* Those of the `for` around the case, then those of this round. */
static bool bind(struct parser *p, const struct script_case *c, const struct table *each,
                 size_t round)
{
    size_t count = c->n_bindings + each->width;

    if (!parse_grow(p, (void **)&p->bindings, &p->cap_bindings, count, sizeof *p->bindings))
        return false;
    if (c->n_bindings > 0)
        memcpy(p->bindings, c->bindings, c->n_bindings * sizeof *c->bindings);
    for (size_t k = 0; k < each->width; k++)
        p->bindings[c->n_bindings + k] =
            (struct binding){ each->names[k], each->values[round * each->width + k] };
    p->n_bindings = count;
    return true;
}

/* Reads on from the case's first word to the brace of the block; the text was read before and is
 * known to be right up to there. */
static bool parse_round_at(struct parser *p, size_t brace)
{
    while (p->tok.kind != TOKEN_END && p->tok.at < brace)
        p->tok = script_lex_next(&p->lex);
    return parse_mark(p, TOKEN_OPEN, "\"{\"") && parse_steps(p, OP_EACH);
}

bool script_parse_round(struct arena *a, const struct script_case *c, const struct step *each,
                        size_t round, const struct embedded *data, struct step **steps,
                        size_t *n_steps, struct diagnostics *diags)
{
    struct parser p = { .arena = a, .path = c->path, .data = data, .diags = diags };
    bool raw = c->n_steps > 0 && c->steps[0].op == OP_RAW;

    *diags = (struct diagnostics){ 0 };
    p.lets = (struct let *)(uintptr_t)c->lets;
    p.case_at = c->source.ptr;
    p.role = c->role;
    if (!bind(&p, c, &each->as.each, round))
        return false;
    parse_begin(&p, c->source);
    p.lex.line += c->line - 1;
    bool ok = parse_round_at(&p, each->as.each.at) &&
              (script_imply(a, c->line, raw, &p.steps, &p.n_steps) || parse_memory(&p));
    parse_end(&p);
    *steps = p.steps;
    *n_steps = p.n_steps;
    return ok;
}
