#include "script/lex.h"

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(uint8_t c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '-' || c == '.' || c == '/' || c == ':';
}

/* The byte `ahead` of the reader, 0 behind the end. */
static uint8_t peek(const struct lexer *lx, size_t ahead)
{
    return ahead < lx->text.len - lx->at ? lx->text.ptr[lx->at + ahead] : 0;
}

/* Blanks, line ends, and remarks unless they are to be tokens. */
static void skip_blanks(struct lexer *lx)
{
    while (lx->at < lx->text.len) {
        uint8_t c = lx->text.ptr[lx->at];
        if (c == '#') {
            if (lx->keeps_remarks)
                return;
            lx->at = bytes_index(lx->text, lx->at, '\n');
        } else if (c == '\n') {
            lx->line_at = ++lx->at;
            lx->line++;
        } else if (is_blank(c)) {
            lx->at++;
        } else {
            return;
        }
    }
}

/* Bytes of a string from its opening quote to the closing one; 0 when the line ends before. */
static size_t string_len(const struct lexer *lx, size_t quote)
{
    for (size_t n = quote + 1; lx->at + n < lx->text.len; n++) {
        uint8_t c = peek(lx, n);
        if (c == '\n')
            return 0;
        if (c == '"')
            return n + 1;
        if (c == '\\' && peek(lx, n + 1) != '\n')
            n++;
    }
    return 0;
}

/* A word runs over ${…} too, and in a number over a sum: 64K+1. */
static size_t word_len(const struct lexer *lx)
{
    bool number = is_digit(peek(lx, 0)) || peek(lx, 0) == '$';
    size_t n = 0;

    for (;;) {
        uint8_t c = peek(lx, n), after = peek(lx, n + 1);
        if (c == '$' && after == '{') {
            size_t end = n;
            while (peek(lx, end) != '}' && peek(lx, end) != '\n' && lx->at + end < lx->text.len)
                end++;
            if (peek(lx, end) != '}')
                return n;
            n = end;
        } else if (!is_word(c) && !(number && c == '+' && (is_digit(after) || after == '$'))) {
            return n;
        }
        n++;
    }
}

static enum token_kind mark_kind(uint8_t c)
{
    switch (c) {
    case '{': return TOKEN_OPEN;
    case '}': return TOKEN_CLOSE;
    case '(': return TOKEN_LEFT;
    case ')': return TOKEN_RIGHT;
    case ',': return TOKEN_COMMA;
    case '+': return TOKEN_PLUS;
    case '*': return TOKEN_STAR;
    case '=': return TOKEN_EQUALS;
    default: return TOKEN_BAD;
    }
}

static size_t char_len(const struct lexer *lx)
{
    size_t n = 1;

    while ((peek(lx, n) & 0xC0) == 0x80)
        n++;
    return n;
}

/* Sets the kind; gives the length, at least 1. */
static size_t read_token(struct lexer *lx, struct token *t)
{
    uint8_t c = peek(lx, 0);
    bool hex = c == 'x' && peek(lx, 1) == '"';

    if (c == '"' || hex) {
        size_t n = string_len(lx, hex);
        t->kind = n == 0 ? TOKEN_BAD : hex ? TOKEN_HEX : TOKEN_STRING;
        t->problem = n == 0 ? "this string has no closing quote on its line" : NULL;
        return n == 0 ? bytes_index(lx->text, lx->at, '\n') - lx->at : n;
    }
    if (c == '#') {
        t->kind = TOKEN_REMARK;
        return bytes_index(lx->text, lx->at, '\n') - lx->at;
    }
    t->kind = mark_kind(c);
    if (t->kind != TOKEN_BAD)
        return 1;
    size_t n = word_len(lx);
    if (n > 0) {
        t->kind = TOKEN_WORD;
        return n;
    }
    t->problem = "no word of the language has this character in it";
    return char_len(lx);
}

struct token script_lex_next(struct lexer *lx)
{
    bool first = lx->token_end == 0;
    size_t line_before = lx->line_at;

    skip_blanks(lx);
    struct token t = {
        .at = lx->at,
        .line = lx->line + 1,
        .line_at = lx->line_at,
        .starts_line = first || lx->line_at != line_before,
        .glued = lx->at == lx->token_end,
    };
    size_t len = lx->at < lx->text.len ? read_token(lx, &t) : 0;
    t.source = t.text = bytes_take(bytes_skip(lx->text, lx->at), len);
    lx->at += len;
    lx->token_end = lx->at;
    return t;
}

unsigned script_lex_col(struct bytes text, size_t line_at, size_t at)
{
    unsigned col = 1;

    for (size_t i = line_at; i < at && i < text.len; i++)
        col += (text.ptr[i] & 0xC0) != 0x80;
    return col;
}
