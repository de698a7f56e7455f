#include "script/parser.h"

#include <string.h>

/* One case: name, title, what stands before the steps, the steps; and what follows from them. */

#define SEVERITY_UNSAID ((enum severity)99)

static bool is_case_name(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-'))
            return false;
    }
    return text.len > 0;
}

/* "rfc6455/5.2-reserved-bits" of "rfc6455/5.2-reserved-bits.case". */
static struct bytes without_ending(const char *path)
{
    struct bytes whole = bytes_str(path);
    struct bytes ending = BYTES_LIT(".case");

    if (whole.len > ending.len && bytes_eq(bytes_skip(whole, whole.len - ending.len), ending))
        return bytes_take(whole, whole.len - ending.len);
    return whole;
}

static bool parse_case_name(struct parser *p, struct script_case *c)
{
    struct bytes file = without_ending(p->path);

    if (!parse_here(p, TOKEN_WORD) || !is_case_name(p->tok.text))
        return parse_expected(p, "the case's name, of a-z 0-9 . and -");
    c->id = arena_print(p->arena, "%.*s/%.*s", BYTES_ARG(file), BYTES_ARG(p->tok.text));
    if (!c->id)
        return parse_memory(p);
    parse_next(p);
    return true;
}

static bool grow_ids(struct parser *p)
{
    size_t cap = p->cap_ids ? p->cap_ids * 2 : 64;
    size_t *ids = arena_array(p->arena, cap, sizeof *ids);

    if (!ids)
        return parse_memory(p);
    for (size_t i = 0; i < p->n_cases; i++) {
        size_t at = (size_t)hash_bytes(bytes_str(p->cases[i].id)) & (cap - 1);
        while (ids[at])
            at = (at + 1) & (cap - 1);
        ids[at] = i + 1;
    }
    p->ids = ids;
    p->cap_ids = cap;
    return true;
}

/* Ids are unique: enters the id of the case that comes next. */
static bool enter_id(struct parser *p, const struct script_case *c, const struct token *name)
{
    if ((p->n_cases + 1) * 2 > p->cap_ids && !grow_ids(p))
        return false;
    size_t at = (size_t)hash_bytes(bytes_str(c->id)) & (p->cap_ids - 1);
    for (; p->ids[at]; at = (at + 1) & (p->cap_ids - 1)) {
        const struct script_case *other = &p->cases[p->ids[at] - 1];
        if (strcmp(other->id, c->id) == 0)
            return parse_fail(p, name, "the id \"%s\" is taken by the case in line %u", c->id,
                              other->line);
    }
    p->ids[at] = p->n_cases + 1;
    return true;
}

/* Which role a step speaks of; 0: either. */
static unsigned role_of(const struct step *s)
{
    switch (s->op) {
    case OP_REQUEST: return ROLE_SERVER;
    case OP_RESPONSE:
    case OP_URL:
    case OP_HEADER:
    case OP_LISTEN:
    case OP_TLS: return ROLE_CLIENT;
    case OP_EXPECT:
        switch (s->as.expect.kind) {
        case EXPECT_REFUSED:
        case EXPECT_RESPONSE: return ROLE_SERVER;
        case EXPECT_REQUEST:
        case EXPECT_REPORT:
        case EXPECT_NO_REQUEST:
        case EXPECT_ANOTHER: return ROLE_CLIENT;
        case EXPECT_OPEN:
        case EXPECT_TEXT:
        case EXPECT_BINARY:
        case EXPECT_ECHO:
        case EXPECT_PING:
        case EXPECT_PONG:
        case EXPECT_FRAME:
        case EXPECT_CLOSE:
        case EXPECT_EOF:
        case EXPECT_FAIL:
        case EXPECT_NOTHING:
        case EXPECT_ALIVE:
        case EXPECT_MEMORY:
        case EXPECT_CPU: return 0;
        }
        return 0;
    case OP_RAW:
    case OP_EXTENSION:
    case OP_SUBPROTOCOL:
    case OP_CONNECT:
    case OP_RECONNECT:
    case OP_SEND:
    case OP_SEND_MORE:
    case OP_TOGETHER:
    case OP_REPEAT:
    case OP_EACH:
    case OP_WAIT:
    case OP_READ:
    case OP_DROP:
    case OP_SHUTDOWN:
    case OP_MEASURE:
    case OP_PROVOKE:
    case OP_CLOSE:
    case OP_UNORDERED:
    case OP_EITHER:
    case OP_PREFER:
    case OP_BRANCH:
    case OP_COUNT: return 0;
    }
    return 0;
}

static void choose_role(const struct parser *p, struct script_case *c)
{
    unsigned roles = script_case_needs(c, "report") ? ROLE_CLIENT : 0;

    for (size_t i = 0; i < p->n_steps; i++)
        roles |= role_of(&p->steps[i]);
    c->role = roles == 0 ? ROLE_BOTH : (enum case_role)roles;
}

/* A case about refusing costs less than one in which a correct peer is let down. */
static void choose_severity(const struct parser *p, struct script_case *c)
{
    c->severity = SEVERITY_MAJOR;
    for (size_t i = 0; i < p->n_steps; i++) {
        const struct step *s = &p->steps[i];
        if (s->op == OP_EXPECT &&
            (s->as.expect.kind == EXPECT_FAIL || s->as.expect.kind == EXPECT_REFUSED))
            c->severity = SEVERITY_MINOR;
    }
}

#define BROUGHT_MAX 2

/* What a step demands of the target, so that no case has to say it. A client that we do not start
 * itself has its own address and its own mind. */
static void brought_needs(const struct step *s, const char *out[BROUGHT_MAX])
{
    out[0] = out[1] = NULL;
    if (s->op == OP_TLS)
        out[0] = "tls", out[1] = "exec";
    else if (s->op == OP_LISTEN)
        out[0] = "port", out[1] = "exec";
    else if (s->op == OP_HEADER)
        out[0] = "header", out[1] = "exec";
    else if (s->op == OP_EXPECT &&
             (s->as.expect.kind == EXPECT_NO_REQUEST || s->as.expect.kind == EXPECT_ANOTHER))
        out[0] = "exec";
}

static bool add_need(struct parser *p, struct script_case *c, const char *need)
{
    size_t cap = c->n_needs;

    if (!need || script_case_needs(c, need))
        return true;
    if (!parse_grow(p, (void **)&c->needs, &cap, c->n_needs + 1, sizeof *c->needs))
        return false;
    c->needs[c->n_needs++] = need;
    return true;
}

static bool add_brought_needs(struct parser *p, struct script_case *c)
{
    const char *needs[BROUGHT_MAX];

    for (size_t i = 0; i < p->n_steps; i++) {
        brought_needs(&p->steps[i], needs);
        for (size_t k = 0; k < BROUGHT_MAX; k++)
            if (!add_need(p, c, needs[k]))
                return false;
    }
    return true;
}

static bool copy_bindings(struct parser *p, struct script_case *c)
{
    if (p->n_bindings == 0)
        return true;
    c->bindings = arena_array(p->arena, p->n_bindings, sizeof *c->bindings);
    if (!c->bindings)
        return parse_memory(p);
    memcpy(c->bindings, p->bindings, p->n_bindings * sizeof *c->bindings);
    c->n_bindings = p->n_bindings;
    return true;
}

static bool parse_case_body(struct parser *p, struct script_case *c)
{
    if (!parse_mark(p, TOKEN_OPEN, "\"{\"") || !parse_enter(p))
        return false;
    while (p->tok.kind != TOKEN_CLOSE) {
        bool meta = p->n_steps == 0 && parse_is_head_word(p);
        if (!(meta ? parse_meta(p, c) : parse_step(p, OP_COUNT)))
            return false;
    }
    parse_leave(p);
    c->source = bytes_of(p->case_at, (size_t)(p->tok.source.ptr - p->case_at) + 1);
    c->last_line = p->tok.line;
    parse_next(p);
    return true;
}

/* What the text leaves to be understood. */
static bool complete_case(struct parser *p, struct script_case *c, const struct token *name)
{
    bool raw = p->n_steps > 0 && p->steps[0].op == OP_RAW;

    if (c->n_proves == 0 && !c->note)
        return parse_fail(p, name, "a case says what it proves, or why it is here in a note");
    if (!add_brought_needs(p, c))
        return false;
    if ((unsigned)c->role == 0)
        choose_role(p, c);
    if (c->severity == SEVERITY_UNSAID)
        choose_severity(p, c);
    c->steps = p->steps;
    c->n_steps = p->n_steps;
    return (copy_bindings(p, c) && script_imply(p->arena, c->line, raw, &c->steps, &c->n_steps)) ||
           parse_memory(p);
}

bool parse_case(struct parser *p)
{
    struct script_case c = { .severity = SEVERITY_UNSAID, .line = p->tok.line };

    p->case_at = p->tok.source.ptr;
    p->steps = NULL;
    p->n_steps = p->cap_steps = 0;
    p->randoms = 0;
    p->role = (enum case_role)0;
    c.path = p->path;
    c.group = p->group;
    c.lets = p->lets;
    parse_next(p);
    struct token name = p->tok;
    if (!parse_case_name(p, &c))
        return false;
    c.title = strrchr(c.id, '/') + 1;
    if (parse_here(p, TOKEN_STRING) && !parse_string(p, "a title", &c.title))
        return false;
    if (!parse_case_body(p, &c) || !complete_case(p, &c, &name) || !enter_id(p, &c, &name))
        return false;
    if (p->n_cases >= SCRIPT_CASES_MAX)
        return parse_fail(p, &name, "more than %d cases in a file", SCRIPT_CASES_MAX);
    if (!parse_grow(p, (void **)&p->cases, &p->cap_cases, p->n_cases + 1, sizeof *p->cases))
        return false;
    p->cases[p->n_cases++] = c;
    return true;
}
