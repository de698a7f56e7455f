#ifndef SCRIPT_LEX_H
#define SCRIPT_LEX_H

#include "base/bytes.h"

/* Case text as tokens, which are views into it. Knows no word of the language. */
enum token_kind {
    TOKEN_END,
    TOKEN_WORD,   /* send, 1000..1003, close-${code} */
    TOKEN_STRING, /* "…", quotes included */
    TOKEN_HEX,    /* x"…" */
    TOKEN_OPEN,   /* { */
    TOKEN_CLOSE,  /* } */
    TOKEN_LEFT,   /* ( */
    TOKEN_RIGHT,  /* ) */
    TOKEN_COMMA,
    TOKEN_PLUS,
    TOKEN_STAR,
    TOKEN_EQUALS,
    TOKEN_REMARK, /* # to the end of the line; only when asked for */
    TOKEN_BAD     /* no token: `problem` says why */
};

struct token {
    enum token_kind kind;
    struct bytes text;   /* as written; a word after its ${…} are filled in may live elsewhere */
    struct bytes source; /* as written, always */
    size_t at;           /* byte offset of `source` in the text */
    unsigned line;       /* from 1 */
    size_t line_at;      /* byte offset at which that line begins */
    bool starts_line;    /* nothing but blanks before it */
    bool glued;          /* no blank between it and the token before */
    const char *problem;
};

/* A zeroed lexer with `text` set is ready. */
struct lexer {
    struct bytes text;
    size_t at;
    unsigned line; /* lines that are over */
    size_t line_at;
    size_t token_end; /* of the token before */
    bool keeps_remarks;
};

/* The next token; at the end TOKEN_END for ever. Every call moves on. */
struct token script_lex_next(struct lexer *lx);

/* Column of a byte of the token's line, from 1, in characters. */
unsigned script_lex_col(struct bytes text, size_t line_at, size_t at);

#endif
