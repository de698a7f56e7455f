#include "script/parser.h"

#include <string.h>

static struct payload *new_payload(struct parser *p, enum payload_kind kind)
{
    struct payload *made = arena_new(p->arena, sizeof *made);

    if (!made) {
        parse_memory(p);
        return NULL;
    }
    made->kind = kind;
    made->nodes = 1;
    return made;
}

/* Bounds time and stack of everybody who walks the tree. */
static bool check_size(struct parser *p, const struct payload *made, const struct token *at)
{
    if (made->nodes > SCRIPT_NODES_MAX)
        return parse_fail(p, at, "a payload of more than %d parts", SCRIPT_NODES_MAX);
    if (payload_len(made, NULL) > SCRIPT_PAYLOAD_MAX)
        return parse_fail(p, at, "a payload of more than 1G");
    return true;
}

static bool parse_quoted(struct parser *p, const struct payload **out)
{
    bool has_places = parse_has_places(p, &p->tok);
    struct payload *made = new_payload(p, has_places ? PAYLOAD_TEMPLATE : PAYLOAD_BYTES);

    *out = made;
    return made && parse_text(p, "a text", has_places ? TEXT_PLACES : TEXT_PLAIN, &made->bytes);
}

static bool parse_hex_bytes(struct parser *p, const struct payload **out)
{
    struct payload *made = new_payload(p, PAYLOAD_BYTES);

    *out = made;
    if (!made)
        return false;
    made->spelling = SPELLED_HEX;
    return parse_hex(p, &made->bytes);
}

/* random SIZE, words SIZE. */
static bool parse_made_up(struct parser *p, enum payload_kind kind, const struct payload **out)
{
    struct payload *made = new_payload(p, kind);

    *out = made;
    if (!made)
        return false;
    if (kind == PAYLOAD_RANDOM)
        made->salt = p->randoms++;
    parse_next(p);
    return parse_size(p, "a size", &made->count, &made->limits);
}

/* sample KIND SIZE. */
static bool parse_sample(struct parser *p, const struct payload **out)
{
    struct payload *made = new_payload(p, PAYLOAD_SAMPLE);
    const char *kinds[SAMPLE_COUNT];
    size_t kind;

    *out = made;
    if (!made)
        return false;
    for (size_t i = 0; i < SAMPLE_COUNT; i++)
        kinds[i] = sample_word((enum sample_kind)i);
    parse_next(p);
    if (!parse_choice(p, "json, picture, prose, html or document", kinds, SAMPLE_COUNT, &kind))
        return false;
    made->sample = (enum sample_kind)kind;
    return parse_number(p, "a size", SCRIPT_PAYLOAD_MAX, &made->count);
}

/* next SIZE of PAYLOAD, of all of it up to a closing bracket or the options. */
static bool parse_next_of(struct parser *p, const struct payload **out)
{
    struct payload *made = new_payload(p, PAYLOAD_NEXT);

    *out = made;
    if (!made || !parse_enter(p))
        return false;
    parse_next(p);
    if (!parse_number(p, "a size", SCRIPT_PAYLOAD_MAX, &made->count))
        return false;
    if (!parse_take_word(p, "of"))
        return parse_expected(p, "\"of\" and the payload that the bytes are taken from");
    const struct token at = p->tok;
    if (!parse_payload(p, &made->a))
        return false;
    made->nodes += made->a->nodes;
    parse_leave(p);
    /* What a file holds is not known where only the form matters. */
    return payload_len(made->a, NULL) > 0 || p->any_file ||
           parse_fail(p, &at, "there are no bytes in this to take the next from");
}

static bool parse_packed(struct parser *p, const struct payload **out)
{
    struct payload *made = new_payload(p, PAYLOAD_BLOCKS);

    *out = made;
    if (!made)
        return false;
    parse_next(p);
    return parse_blocks(p, made);
}

static const struct embedded *data_file(const struct parser *p, const char *name)
{
    static const char folder[] = "data/";

    for (const struct embedded *f = p->data; f && f->path; f++)
        if (strncmp(f->path, folder, strlen(folder)) == 0 &&
            strcmp(f->path + strlen(folder), name) == 0)
            return f;
    return NULL;
}

static bool parse_file_name(struct parser *p, const struct payload **out)
{
    struct payload *made = new_payload(p, PAYLOAD_BYTES);

    *out = made;
    if (!made)
        return false;
    made->spelling = SPELLED_FILE;
    parse_next(p);
    struct token at = p->tok;
    if (!parse_string(p, "the name of a file in data", &made->file))
        return false;
    const struct embedded *file = data_file(p, made->file);
    if (!file)
        return p->any_file || parse_fail(p, &at, "there is no data/%s", made->file);
    made->bytes = bytes_of(file->ptr, file->len);
    return true;
}

static struct let *find_let(const struct parser *p, struct bytes name)
{
    for (struct let *let = p->lets; let; let = (struct let *)(uintptr_t)let->next)
        if (bytes_eq_str(name, let->name))
            return let;
    return NULL;
}

static bool parse_let_name(struct parser *p, const struct payload **out)
{
    static const char wanted[] =
        "a payload: \"…\", x\"…\", random, words, sample, next, blocks, file or a name";
    struct let *let = p->tok.kind == TOKEN_WORD ? find_let(p, p->tok.text) : NULL;

    if (!let)
        return parse_expected(p, wanted);
    let->used = true;
    *out = let->payload;
    parse_next(p);
    return true;
}

static bool parse_bracket(struct parser *p, const struct payload **out)
{
    if (!parse_enter(p))
        return false;
    parse_next(p);
    parse_go_on(p);
    if (!parse_payload(p, out))
        return false;
    parse_leave(p);
    return parse_mark(p, TOKEN_RIGHT, "\")\" at the end of the bracket");
}

static bool parse_factor(struct parser *p, const struct payload **out)
{
    if (p->tok.starts_line)
        return parse_let_name(p, out);
    if (p->tok.kind == TOKEN_STRING)
        return parse_quoted(p, out);
    if (p->tok.kind == TOKEN_HEX)
        return parse_hex_bytes(p, out);
    if (p->tok.kind == TOKEN_LEFT)
        return parse_bracket(p, out);
    if (parse_is(p, "random"))
        return parse_made_up(p, PAYLOAD_RANDOM, out);
    if (parse_is(p, "words"))
        return parse_made_up(p, PAYLOAD_WORDS, out);
    if (parse_is(p, "sample"))
        return parse_sample(p, out);
    if (parse_is(p, "next"))
        return parse_next_of(p, out);
    if (parse_is(p, "blocks"))
        return parse_packed(p, out);
    if (parse_is(p, "file"))
        return parse_file_name(p, out);
    return parse_let_name(p, out);
}

static bool parse_times(struct parser *p, const struct payload **out)
{
    struct token at = p->tok;

    if (!parse_factor(p, out))
        return false;
    while (parse_take_mark(p, TOKEN_STAR)) {
        struct payload *made = new_payload(p, PAYLOAD_REPEAT);
        parse_go_on(p);
        if (!made || !parse_size(p, "how many times", &made->count, &made->limits))
            return false;
        made->a = *out;
        made->nodes += made->a->nodes;
        if (!check_size(p, made, &at))
            return false;
        *out = made;
    }
    return true;
}

bool parse_payload(struct parser *p, const struct payload **out)
{
    struct token at = p->tok;

    if (!parse_times(p, out))
        return false;
    while (parse_take_mark(p, TOKEN_PLUS)) {
        struct payload *made = new_payload(p, PAYLOAD_JOIN);
        parse_go_on(p);
        if (!made || !parse_times(p, &made->b))
            return false;
        made->a = *out;
        made->nodes += made->a->nodes + made->b->nodes;
        if (!check_size(p, made, &at))
            return false;
        *out = made;
    }
    return check_size(p, *out, &at);
}

bool parse_expected_payload(struct parser *p, const struct payload **out)
{
    const struct token at = p->tok;

    if (!parse_payload(p, out))
        return false;
    if (payload_has_limit(*out))
        return parse_fail(p, &at, "${limit} is for what is sent: \"expect echo\" wants that back");
    return !payload_holds(*out, PAYLOAD_NEXT) ||
           parse_fail(p, &at,
                      "\"next\" cannot be expected, only sent: \"expect echo\" wants back "
                      "what was sent");
}

static bool payload_word_here(const struct parser *p)
{
    static const char *const words[] = { "random", "words", "sample", "next", "blocks", "file" };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (parse_is(p, words[i]))
            return true;
    return find_let(p, p->tok.text) != NULL;
}

bool parse_payload_follows(const struct parser *p)
{
    if (p->tok.starts_line)
        return false;
    switch (p->tok.kind) {
    case TOKEN_STRING:
    case TOKEN_HEX:
    case TOKEN_LEFT: return true;
    case TOKEN_WORD: return payload_word_here(p);
    case TOKEN_END:
    case TOKEN_OPEN:
    case TOKEN_CLOSE:
    case TOKEN_RIGHT:
    case TOKEN_COMMA:
    case TOKEN_PLUS:
    case TOKEN_STAR:
    case TOKEN_EQUALS:
    case TOKEN_REMARK:
    case TOKEN_BAD: return false;
    }
    return false;
}
