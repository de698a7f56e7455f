#ifndef SCRIPT_PARSER_H
#define SCRIPT_PARSER_H

#include "script/lex.h"
#include "script/parse.h"

/* The inside of the parser, shared by the parse_*.c files: one token ahead, recursive descent.
 * Every parse_* function gives false after telling a mistake; the case is then given up. */

#define SCRIPT_DEPTH_MAX 16                    /* blocks in blocks, brackets in brackets */
#define SCRIPT_PAYLOAD_MAX (UINT64_C(1) << 30) /* bytes of one payload */
#define SCRIPT_LIMITS_MAX 3                    /* times ${limit} in a sum */
#define SCRIPT_NODES_MAX 1024                  /* parts of one payload, those of its lets too */
#define SCRIPT_BLOCKS_MAX (1 << 26)            /* bytes of all blocks { … } of a file, packed */
#define SCRIPT_VALUES_MAX 100000               /* of one for or each */

struct parser {
    struct arena *arena;
    struct lexer lex;
    struct token tok;  /* the next one, not taken yet */
    struct token last; /* the one taken last */
    struct diagnostics *diags;
    struct buf scratch; /* one string while it is being decoded */
    bool no_memory;

    const char *path;
    const struct embedded *data; /* what `file "…"` may name */
    bool any_file;               /* … or anything, when only the form matters */
    struct let *lets;
    struct binding *bindings; /* of for and each, innermost last */
    size_t n_bindings, cap_bindings;
    unsigned depth;

    /* Of the case being read. */
    struct step *steps;
    size_t n_steps, cap_steps;
    enum case_role role;    /* as it says; 0: not yet */
    uint64_t randoms;       /* how many `random` it has so far */
    const uint8_t *case_at; /* where its source begins */
    size_t rounds;          /* of all the `for` of the file */
    size_t blocks_len;      /* of all its blocks { … }, packed */

    /* Of the file. */
    const char *group;
    struct script_case *cases;
    size_t n_cases, cap_cases;
    size_t *ids; /* hash table of case numbers + 1 */
    size_t cap_ids;
};

/* parser.c: tokens and mistakes. */
void parse_begin(struct parser *p, struct bytes text);
void parse_end(struct parser *p);
void parse_next(struct parser *p);
bool parse_fail(struct parser *p, const struct token *at, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* "expected WHAT, found …": on this line, or wherever the next token stands. */
bool parse_expected(struct parser *p, const char *what);
bool parse_unexpected(struct parser *p, const char *what);
bool parse_memory(struct parser *p);
bool parse_is(const struct parser *p, const char *word);
bool parse_here(const struct parser *p, enum token_kind kind); /* next on the same line */
bool parse_here_word(const struct parser *p, const char *word);
bool parse_take_word(struct parser *p, const char *word); /* when it is here */
bool parse_take_mark(struct parser *p, enum token_kind kind);
void parse_go_on(struct parser *p); /* what comes next may stand on the next line */
NODISCARD bool parse_mark(struct parser *p, enum token_kind kind, const char *what);
NODISCARD bool parse_grow(struct parser *p, void **items, size_t *cap, size_t want, size_t size);
NODISCARD bool parse_enter(struct parser *p); /* one block or bracket deeper */
void parse_leave(struct parser *p);

/* Behind the brace that matches the next one. Of a case: `case` at the start of a line ends the
 * search, since a brace is then missing before it. */
void parse_skip_block(struct parser *p, bool one_case);

/* The nearest of `words` to `word`, or NULL. Each entry begins with its word: { { "a", … }, … }. */
const char *parse_nearest(const char *word, const char *const *words, size_t count);

/* parse_value.c: numbers, words and choices. All want their token on the same line. */
NODISCARD bool parse_number(struct parser *p, const char *what, uint64_t max, uint64_t *out);
/* A number, or ${limit+1}: `limits` is how many times the set-up's limit is added. */
NODISCARD bool parse_size(struct parser *p, const char *what, uint64_t *out, uint64_t *limits);
NODISCARD bool parse_code(struct parser *p, const char *what, uint16_t *out);
NODISCARD bool parse_duration(struct parser *p, uint64_t *ms);
NODISCARD bool parse_word(struct parser *p, const char *what, const char **out);
NODISCARD bool parse_choice(struct parser *p, const char *what, const char *const *words,
                            size_t count, size_t *out);
NODISCARD bool parse_sum(struct bytes text, uint64_t max, uint64_t *out);
bool parse_is_number(struct bytes text); /* begins with a digit */

/* parse_text.c: strings and ${…}. */
enum text_use {
    TEXT_PLAIN, /* no places */
    TEXT_PLACES /* ${path} … stay; a $ that is none is doubled */
};
NODISCARD bool parse_text(struct parser *p, const char *what, enum text_use use, struct bytes *out);
NODISCARD bool parse_string(struct parser *p, const char *what, const char **out);
NODISCARD bool parse_hex(struct parser *p, struct bytes *out);
NODISCARD bool parse_fill_word(struct parser *p, struct token *t);
bool parse_is_place(struct bytes name); /* path, host, … */
bool parse_has_places(struct parser *p, const struct token *t);

/* parse_payload.c */
bool parse_payload_follows(const struct parser *p);
NODISCARD bool parse_payload(struct parser *p, const struct payload **out);
/* … of an expectation, which knows no turn. */
NODISCARD bool parse_expected_payload(struct parser *p, const struct payload **out);

/* parse_blocks.c: { … } behind the word `blocks`, which is taken. Fills in bytes, blocks and
 * nodes. */
NODISCARD bool parse_blocks(struct parser *p, struct payload *out);

/* parse_list.c: NAME, NAME in LIST, NAME in LIST … up to the brace: every row of one list with
 * every row of the others. The names are bound, to nothing yet; `table` begins empty. */
#define SCRIPT_NAMES_MAX 8 /* of one for or each */
NODISCARD bool parse_table(struct parser *p, struct table *table);
/* Binds the names to a row; they are the innermost. */
void parse_bind_row(struct parser *p, const struct table *table, size_t row);

/* parse_head.c, parse_send.c, parse_expect.c: the big steps, behind their first word. */
NODISCARD bool parse_edits(struct parser *p, struct head_edits *out);
NODISCARD bool parse_extension(struct parser *p, struct ext_offer *out);
NODISCARD bool parse_conditions(struct parser *p, struct cond **conds, size_t *count);
NODISCARD bool parse_send(struct parser *p, struct step *out);
NODISCARD bool parse_opcode(struct parser *p, uint8_t *out);
NODISCARD bool parse_len_form(struct parser *p, unsigned *out);
NODISCARD bool parse_bool(struct parser *p, bool *out);
NODISCARD bool parse_expect(struct parser *p, struct step *out);

/* parse_step.c: one step, or those of a block up to its closing brace, which is taken. `inside` is
 * the block that they stand in; OP_COUNT: the case itself. */
NODISCARD bool parse_step(struct parser *p, enum script_op inside);
NODISCARD bool parse_steps(struct parser *p, enum script_op inside);
/* One more step of the case; gives its number, SIZE_MAX without memory. */
NODISCARD size_t parse_push_step(struct parser *p, const struct token *at, const struct step *step);
NODISCARD bool parse_branch_block(struct parser *p, enum grade grade, const char *why,
                                  const struct token *at);

/* parse_model.c: `expect model`, behind its words. */
NODISCARD bool parse_model(struct parser *p, const struct token *at, enum script_op inside);

/* imply.c: adds what nobody writes. `steps` is replaced by an array in the arena. */
NODISCARD bool script_imply(struct arena *a, unsigned line, bool raw, struct step **steps,
                            size_t *count);

/* parse.c: script_parse with a parser that has its arena, path, diags and data. */
NODISCARD bool script_parse_with(struct parser *p, struct bytes text, struct script_file *out);

/* parse_case.c: from the word `case` to its closing brace. */
NODISCARD bool parse_case(struct parser *p);

/* parse_meta.c: proves, also, role … */
bool parse_is_head_word(const struct parser *p);
NODISCARD bool parse_meta(struct parser *p, struct script_case *c);

#endif
