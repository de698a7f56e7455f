#include "script/print.h"

#include "script/parser.h"
#include "script/print_parts.h"

#include <string.h>

/* The canonical layout, token by token: what stands on one line stays on one line. */

#define INDENT 4

struct layout {
    struct arena arena;
    struct bytes text;
    struct buf *out;
    struct token *line; /* the tokens of one line */
    size_t n, cap;
    struct token last; /* of the line before */
    size_t depth;
    size_t brackets;
    size_t blocks; /* open braces from that of a payload's `blocks` on */
    bool in_list;  /* between for or each and its brace */
    size_t column; /* width of the first words in this run of lines; 0: in none */
};

/* Options of send and fields of expect frame, in their order. */
static const char *const options[] = {
    "fin",    "rsv",     "rsv1",     "rsv2",    "rsv3", "mask", "masked",
    "length", "declare", "fragment", "deflate", "cut",  "pace", "hold",
};
#define N_OPTIONS (sizeof options / sizeof options[0])

static bool is_word(const struct token *t, const char *word)
{
    return t->kind == TOKEN_WORD && bytes_eq_str(t->source, word);
}

static bool is_any(const struct token *t, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_word(t, words[i]))
            return true;
    return false;
}

static size_t rank_of(const struct token *t)
{
    size_t rank = 0;

    while (rank < N_OPTIONS && !is_word(t, options[rank]))
        rank++;
    return rank;
}

/* Tokens of the option that begins at `i`; 0: none does. */
static size_t option_len(const struct layout *l, size_t i)
{
    static const char *const flags[] = { "rsv1", "rsv2", "rsv3", "deflate" };

    if (i >= l->n || rank_of(&l->line[i]) == N_OPTIONS)
        return 0;
    if (i + 2 < l->n && l->line[i + 1].kind == TOKEN_EQUALS)
        return 3;
    return is_any(&l->line[i], flags, 4) ? 1 : 0;
}

/* Moves the `len` tokens at `from` to `to`, before it. */
static void move_back(struct layout *l, size_t to, size_t from, size_t len)
{
    struct token kept[3];

    memcpy(kept, l->line + from, len * sizeof kept[0]);
    memmove(l->line + to + len, l->line + to, (from - to) * sizeof kept[0]);
    memcpy(l->line + to, kept, len * sizeof kept[0]);
}

/* Insertion sort of a run of options; gives the index behind it. */
static size_t sort_options(struct layout *l, size_t first)
{
    size_t i = first, len;

    for (; (len = option_len(l, i)) > 0; i += len) {
        size_t to = first;
        while (to < i && rank_of(&l->line[to]) <= rank_of(&l->line[i]))
            to += option_len(l, to);
        if (to < i)
            move_back(l, to, i, len);
    }
    return i;
}

/* Only what a send or an expect says is sorted: a tag may be called rsv1 too. */
static void sort_line(struct layout *l)
{
    bool step = l->blocks > 0; /* its send is on a line before */

    for (size_t i = 0; i < l->n; i++) {
        if (is_word(&l->line[i], "send") || is_word(&l->line[i], "expect"))
            step = true;
        else if (step && option_len(l, i) > 0)
            i = sort_options(l, i) - 1;
    }
}

static bool is_operator(enum token_kind kind)
{
    return kind == TOKEN_PLUS || kind == TOKEN_STAR || kind == TOKEN_EQUALS || kind == TOKEN_COMMA;
}

/* Does this line go on with what the line before began? */
static bool goes_on(const struct layout *l)
{
    return l->in_list || l->brackets > 0 || is_operator(l->last.kind) ||
           is_operator(l->line[0].kind);
}

static bool put_indent(const struct layout *l)
{
    size_t depth = l->depth;

    if (l->line[0].kind == TOKEN_CLOSE)
        depth -= depth > 0;
    else if (goes_on(l))
        depth++;
    for (size_t i = 0; i < depth * INDENT; i++)
        if (!buf_push(l->out, ' '))
            return false;
    return true;
}

static bool wants_blank(const struct layout *l, size_t i)
{
    const struct token *before = &l->line[i - 1], *t = &l->line[i];

    if (t->kind == TOKEN_EQUALS || before->kind == TOKEN_EQUALS)
        return is_word(&l->line[0], "let");
    if (t->kind == TOKEN_LEFT)
        return !is_word(before, "accept");
    return before->kind != TOKEN_LEFT && t->kind != TOKEN_RIGHT && t->kind != TOKEN_COMMA;
}

static void follow(struct layout *l, const struct token *t)
{
    if (is_word(t, "for") || is_word(t, "each"))
        l->in_list = t->starts_line || l->last.kind == TOKEN_OPEN;
    if (t->kind == TOKEN_OPEN) {
        l->depth++;
        l->blocks += l->blocks > 0 || is_word(&l->last, "blocks");
        l->in_list = false;
    }
    l->blocks -= t->kind == TOKEN_CLOSE && l->blocks > 0;
    l->depth -= t->kind == TOKEN_CLOSE && l->depth > 0;
    l->brackets += t->kind == TOKEN_LEFT;
    l->brackets -= t->kind == TOKEN_RIGHT && l->brackets > 0;
    enum token_kind kind = t->kind == TOKEN_REMARK ? l->last.kind : t->kind;
    l->last = *t;
    l->last.kind = kind;
}

/* Words whose lines stand in columns: those before the steps, and those of a request. */
static bool is_columned(const struct token *t)
{
    static const char *const words[] = {
        "proves", "also", "role",      "needs", "level",  "severity", "tags", "timeout",
        "note",   "line", "contested", "add",   "header", "rawline",  "omit", "body",
    };

    return is_any(t, words, sizeof words / sizeof words[0]);
}

/* A column is as wide as the longest word in its run of lines. */
static size_t column_width(const struct layout *l)
{
    struct lexer lx = { .text = l->text, .at = l->line[0].at, .token_end = l->line[0].at };
    size_t width = 0;

    for (;;) {
        struct token word = script_lex_next(&lx), t;
        if (!is_columned(&word))
            return width;
        width = word.source.len > width ? word.source.len : width;
        struct lexer before;
        do {
            before = lx;
            t = script_lex_next(&lx);
        } while (!t.starts_line && t.kind != TOKEN_END);
        lx = before;
    }
}

static void find_column(struct layout *l)
{
    if (l->line[0].kind == TOKEN_REMARK)
        return;
    if (!is_columned(&l->line[0]))
        l->column = 0;
    else if (l->column == 0)
        l->column = column_width(l);
}

static bool put_column(const struct layout *l)
{
    for (size_t n = l->line[0].source.len; n < l->column; n++)
        if (!buf_push(l->out, ' '))
            return false;
    return true;
}

static struct bytes trimmed(const struct token *t)
{
    struct bytes text = t->source;

    while (text.len > 0 && (text.ptr[text.len - 1] == ' ' || text.ptr[text.len - 1] == '\t' ||
                            text.ptr[text.len - 1] == '\r'))
        text.len--;
    return text;
}

static bool put_line_start(struct layout *l)
{
    bool first = l->last.line == 0;
    bool gap = !first && l->line[0].line - l->last.line > 1 && l->last.kind != TOKEN_OPEN &&
               l->line[0].kind != TOKEN_CLOSE;

    return (!gap || buf_push(l->out, '\n')) && put_indent(l);
}

static bool put_line(struct layout *l)
{
    if (l->n == 0)
        return true;
    sort_line(l);
    find_column(l);
    if (!put_line_start(l))
        return false;
    for (size_t i = 0; i < l->n; i++) {
        struct token t = l->line[i];
        if (i == 1 && !put_column(l))
            return false;
        if ((i > 0 && wants_blank(l, i) && !buf_push(l->out, ' ')) ||
            !buf_append(l->out, trimmed(&t)))
            return false;
        follow(l, &t);
    }
    l->n = 0;
    return buf_push(l->out, '\n');
}

static bool put_lines(struct layout *l, struct bytes text)
{
    struct lexer lx = { .text = text, .keeps_remarks = true };

    for (;;) {
        struct token t = script_lex_next(&lx);
        if ((t.starts_line || t.kind == TOKEN_END) && !put_line(l))
            return false;
        if (t.kind == TOKEN_END)
            return true;
        if (!arena_grow(&l->arena, (void **)&l->line, &l->cap, l->n + 1, sizeof *l->line))
            return false;
        l->line[l->n++] = t;
    }
}

bool script_layout(struct bytes text, struct buf *out)
{
    struct layout l = { .text = text, .out = out };
    bool ok = put_lines(&l, text);

    arena_free(&l.arena);
    return ok;
}

static bool check(struct bytes text, struct diagnostics *diags)
{
    struct arena arena = { 0 };
    struct script_file file;
    struct parser p = { .arena = &arena, .path = "file", .any_file = true, .diags = diags };
    bool ok = script_parse_with(&p, text, &file);

    arena_free(&arena);
    return ok;
}

bool script_format(struct bytes text, struct buf *out, struct diagnostics *diags)
{
    *diags = (struct diagnostics){ 0 };
    return check(text, diags) && script_layout(text, out);
}
