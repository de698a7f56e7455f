#include "script/parser.h"

#include "base/text.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SHOWN_MAX 40 /* characters of the source quoted in a mistake */

void parse_begin(struct parser *p, struct bytes text)
{
    p->lex = (struct lexer){ .text = text };
    buf_init(&p->scratch, SCRIPT_FILE_MAX);
    parse_next(p);
}

void parse_end(struct parser *p)
{
    buf_free(&p->scratch);
}

void parse_next(struct parser *p)
{
    p->last = p->tok;
    p->tok = script_lex_next(&p->lex);
    if (p->tok.kind == TOKEN_WORD && !parse_fill_word(p, &p->tok)) {
        p->tok.kind = TOKEN_BAD;
        p->tok.problem = NULL; /* told already */
    }
}

static bool told_already(const struct diagnostics *diags, unsigned line, unsigned col)
{
    for (size_t i = 0; i < diags->count && i < SCRIPT_ERRORS_MAX; i++)
        if (diags->list[i].line == line && diags->list[i].col == col)
            return true;
    return false;
}

/* A `for` meets the same mistake once for each value: it is told once. */
bool parse_fail(struct parser *p, const struct token *at, const char *fmt, ...)
{
    struct diagnostics *diags = p->diags;
    unsigned col = script_lex_col(p->lex.text, at->line_at, at->at);
    unsigned end = script_lex_col(p->lex.text, at->line_at, at->at + at->source.len);

    if (told_already(diags, at->line, col))
        return false;
    if (diags->count < SCRIPT_ERRORS_MAX) {
        struct diagnostic *d = &diags->list[diags->count];
        va_list args;
        *d = (struct diagnostic){ .line = at->line, .col = col, .len = end > col ? end - col : 1 };
        va_start(args, fmt);
        vsnprintf(d->text, sizeof d->text, fmt, args);
        va_end(args);
    }
    diags->count++;
    return false;
}

bool parse_memory(struct parser *p)
{
    p->no_memory = true;
    return parse_fail(p, &p->tok, "out of memory");
}

/* Just behind the token taken last: where the line ended too early. */
static struct token line_end(const struct parser *p)
{
    struct token t = p->last;

    t.at += t.source.len;
    t.source = bytes_take(t.source, 0);
    return t;
}

bool parse_expected(struct parser *p, const char *what)
{
    if (p->tok.kind == TOKEN_END || !p->tok.starts_line || p->last.source.len == 0)
        return parse_unexpected(p, what);
    struct token end = line_end(p);
    return parse_fail(p, &end, "expected %s, found the end of the line", what);
}

bool parse_unexpected(struct parser *p, const char *what)
{
    const struct token *t = &p->tok;
    struct bytes shown = bytes_take(t->source, SHOWN_MAX);

    if (t->kind == TOKEN_END)
        return parse_fail(p, t, "expected %s, found the end of the file", what);
    if (t->kind == TOKEN_BAD)
        return t->problem ? parse_fail(p, t, "%s", t->problem) : false;
    if (t->kind == TOKEN_STRING || t->kind == TOKEN_HEX)
        return parse_fail(p, t, "expected %s, found %.*s%s", what, BYTES_ARG(shown),
                          shown.len < t->source.len ? "…" : "");
    return parse_fail(p, t, "expected %s, found \"%.*s\"", what, BYTES_ARG(shown));
}

bool parse_is(const struct parser *p, const char *word)
{
    return p->tok.kind == TOKEN_WORD && bytes_eq_str(p->tok.text, word);
}

bool parse_here(const struct parser *p, enum token_kind kind)
{
    return p->tok.kind == kind && !p->tok.starts_line;
}

bool parse_here_word(const struct parser *p, const char *word)
{
    return !p->tok.starts_line && parse_is(p, word);
}

bool parse_take_word(struct parser *p, const char *word)
{
    if (!parse_here_word(p, word))
        return false;
    parse_next(p);
    return true;
}

bool parse_take_mark(struct parser *p, enum token_kind kind)
{
    if (p->tok.kind != kind)
        return false;
    parse_next(p);
    return true;
}

void parse_go_on(struct parser *p)
{
    p->tok.starts_line = false;
}

bool parse_grow(struct parser *p, void **items, size_t *cap, size_t want, size_t size)
{
    return arena_grow(p->arena, items, cap, want, size) || parse_memory(p);
}

bool parse_mark(struct parser *p, enum token_kind kind, const char *what)
{
    if (p->tok.kind != kind)
        return parse_expected(p, what);
    parse_next(p);
    return true;
}

bool parse_enter(struct parser *p)
{
    if (p->depth >= SCRIPT_DEPTH_MAX)
        return parse_fail(p, &p->tok, "more than %d blocks or brackets inside each other",
                          SCRIPT_DEPTH_MAX);
    p->depth++;
    return true;
}

void parse_leave(struct parser *p)
{
    assert(p->depth > 0);
    p->depth--;
}

void parse_skip_block(struct parser *p, bool one_case)
{
    size_t depth = 0;
    bool opened = false;

    while (p->tok.kind != TOKEN_END && (!opened || depth > 0)) {
        if (p->tok.kind == TOKEN_OPEN) {
            opened = true;
            depth++;
        } else if (p->tok.kind == TOKEN_CLOSE) {
            if (depth == 0)
                return;
            depth--;
        } else if (one_case && p->tok.starts_line && bytes_eq_str(p->tok.source, "case")) {
            return;
        }
        p->last = p->tok;
        p->tok = script_lex_next(&p->lex);
    }
}

const char *parse_nearest(const char *word, const char *const *words, size_t count)
{
    size_t len = strlen(word);
    unsigned best = len < 2 ? 0 : len < 4 ? 2 : 3; /* fewer changes, or it is another word */
    const char *nearest = NULL;

    for (size_t i = 0; i < count; i++) {
        unsigned distance = text_distance(word, words[i], best);
        if (distance < best) {
            best = distance;
            nearest = words[i];
        }
    }
    return nearest;
}
