#include "script/parser.h"

/* Blocks about the opening handshake: request { … }, extension "…" { … } and what is expected of
 * a request or response. */

static bool open_block(struct parser *p)
{
    return parse_mark(p, TOKEN_OPEN, "\"{\"");
}

/* A text, or this connection's key without quotes. */
static bool parse_key(struct parser *p, struct bytes *out)
{
    if (!parse_here_word(p, "${key}"))
        return parse_text(p, "a key: ${key} or a text in quotes", TEXT_PLACES, out);
    *out = BYTES_LIT("${key}");
    parse_next(p);
    return true;
}

/* accept(lower ${key}), accept(flip ${key}), accept(of "KEY"). */
static bool parse_accept(struct parser *p, struct value *out)
{
    static const char *const hows[] = { "lower", "flip", "of" };
    size_t how;

    parse_next(p);
    if (!parse_mark(p, TOKEN_LEFT, "\"(\" behind accept") ||
        !parse_choice(p, "lower, flip or of", hows, 3, &how))
        return false;
    out->kind = how == 0 ? VALUE_ACCEPT_LOWER : how == 1 ? VALUE_ACCEPT_FLIP : VALUE_ACCEPT_OF;
    if (!parse_key(p, &out->text))
        return false;
    return parse_mark(p, TOKEN_RIGHT, "\")\" behind the key");
}

static bool parse_value(struct parser *p, struct value *out)
{
    *out = (struct value){ .kind = VALUE_TEXT };
    if (parse_here_word(p, "accept"))
        return parse_accept(p, out);
    if (parse_here(p, TOKEN_HEX))
        return parse_hex(p, &out->text);
    return parse_text(p, "a text in quotes", TEXT_PLACES, &out->text);
}

static bool parse_edit(struct parser *p, struct edit *out)
{
    static const char *const words[] = { "line", "header", "add", "omit", "rawline", "body" };
    size_t kind;

    parse_go_on(p);
    out->line = p->tok.line;
    if (!parse_choice(p, "line, header, add, omit, rawline or body", words, 6, &kind))
        return false;
    out->kind = (enum edit_kind)kind;
    switch (out->kind) {
    case EDIT_LINE:
    case EDIT_RAWLINE:
    case EDIT_BODY: return parse_value(p, &out->value);
    case EDIT_HEADER:
    case EDIT_ADD:
        return parse_string(p, "a header name in quotes", &out->name) &&
               parse_value(p, &out->value);
    case EDIT_OMIT: return parse_string(p, "a header name in quotes", &out->name);
    }
    return false;
}

bool parse_edits(struct parser *p, struct head_edits *out)
{
    size_t cap = 0;

    if (!open_block(p))
        return false;
    while (!parse_take_mark(p, TOKEN_CLOSE)) {
        if (!parse_grow(p, (void **)&out->edits, &cap, out->count + 1, sizeof *out->edits) ||
            !parse_edit(p, &out->edits[out->count]))
            return false;
        out->count++;
    }
    return true;
}

/* NAME, NAME NUMBER or NAME "text". */
static bool parse_param(struct parser *p, struct ext_param *out)
{
    parse_go_on(p);
    if (!parse_word(p, "a parameter's name or \"}\"", &out->name))
        return false;
    if (parse_here(p, TOKEN_STRING))
        return parse_string(p, "a value", &out->value);
    if (parse_here(p, TOKEN_WORD) && parse_is_number(p->tok.text))
        return parse_word(p, "a value", &out->value);
    return true;
}

bool parse_extension(struct parser *p, struct ext_offer *out)
{
    size_t cap = 0;

    if (!parse_string(p, "an extension's name in quotes", &out->name))
        return false;
    if (p->tok.kind != TOKEN_OPEN)
        return true;
    parse_next(p);
    while (!parse_take_mark(p, TOKEN_CLOSE)) {
        if (!parse_grow(p, (void **)&out->params, &cap, out->n_params + 1, sizeof *out->params) ||
            !parse_param(p, &out->params[out->n_params]))
            return false;
        out->n_params++;
    }
    return true;
}

/* sni "localhost", sni absent. */
static bool parse_sni(struct parser *p, struct cond *out)
{
    out->kind = parse_take_word(p, "absent") ? COND_NO_SNI : COND_SNI;
    return out->kind == COND_NO_SNI ||
           parse_text(p, "a name in quotes, or absent", TEXT_PLACES, &out->value);
}

static bool parse_condition(struct parser *p, struct cond *out)
{
    static const char *const parts[] = { "header", "line", "sni" };
    static const char *const kinds[] = { "is", "has", "lacks", "absent" };
    size_t part, kind;

    parse_go_on(p);
    if (!parse_choice(p, "header, line, sni or \"}\"", parts, 3, &part))
        return false;
    if (part == 2)
        return parse_sni(p, out);
    if (part == 1) {
        out->kind = COND_LINE;
        return parse_text(p, "a start line in quotes", TEXT_PLACES, &out->value);
    }
    if (!parse_string(p, "a header name in quotes", &out->name) ||
        !parse_choice(p, "is, has, lacks or absent", kinds, 4, &kind))
        return false;
    out->kind = (enum cond_kind)kind;
    if (out->kind == COND_ABSENT)
        return true;
    return parse_text(p, "a text in quotes", TEXT_PLACES, &out->value);
}

bool parse_conditions(struct parser *p, struct cond **conds, size_t *count)
{
    size_t cap = 0;

    if (p->tok.kind != TOKEN_OPEN || p->tok.starts_line)
        return true;
    parse_next(p);
    while (!parse_take_mark(p, TOKEN_CLOSE)) {
        if (!parse_grow(p, (void **)conds, &cap, *count + 1, sizeof **conds) ||
            !parse_condition(p, &(*conds)[*count]))
            return false;
        (*count)++;
    }
    return true;
}
