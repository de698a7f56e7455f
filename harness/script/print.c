#include "script/print.h"

#include "script/blocks.h"
#include "script/lex.h"
#include "script/print_parts.h"

#include <string.h>

/* A case as text, one step a line; script_layout indents it afterwards. */

#define PRINT_MAX (64u << 20) /* of a file of 16 MiB, with its escapes written out */

static bool put_word(const char *word, const char *text, struct buf *out)
{
    return buf_print(out, "%s %s\n", word, text);
}

static bool put_note(const char *word, const char *text, struct buf *out)
{
    return !text || (buf_print(out, "%s ", word) &&
                     script_put_string(bytes_str(text), false, out) && buf_push(out, '\n'));
}

static bool put_words(const char *word, const char *const *words, size_t count, struct buf *out)
{
    if (count == 0)
        return true;
    if (!buf_print(out, "%s", word))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!buf_print(out, " %s", words[i]))
            return false;
    return buf_push(out, '\n');
}

static bool put_steps(const struct script_case *c, const struct step *steps, size_t from, size_t to,
                      struct buf *out);

/* either { … } or warn "…" { … }: the first branch carries the word of the whole. */
static bool put_branches(const struct script_case *c, const struct step *steps, size_t at,
                         struct buf *out)
{
    const char *next = steps[at].op == OP_EITHER ? " or" : " otherwise";

    for (size_t i = at + 1; i < steps[at].end; i = steps[i].end) {
        bool plain = steps[i].as.branch.grade == GRADE_PASS;
        if (!buf_print(out, "%s", i == at + 1 ? script_op_word(steps[at].op) : next) ||
            (!plain && !(buf_push(out, ' ') && script_put_step(&steps[i], true, out))) ||
            !buf_print(out, " {\n") || !put_steps(c, steps, i + 1, steps[i].end, out) ||
            !buf_print(out, "}"))
            return false;
    }
    return buf_push(out, '\n');
}

/* `each` as it was written: its steps hold one round only, and its lists may have many rows. */
static bool put_each(const struct script_case *c, const struct table *each, struct buf *out)
{
    struct lexer lx = { .text = c->source, .at = each->at };
    size_t depth = 0;
    struct token t;

    do {
        t = script_lex_next(&lx);
        depth += t.kind == TOKEN_OPEN;
        depth -= t.kind == TOKEN_CLOSE;
    } while (depth > 0 && t.kind != TOKEN_END);
    return buf_print(out, "each ") &&
           buf_append(out, bytes_take(bytes_skip(c->source, each->from), lx.at - each->from)) &&
           buf_push(out, '\n');
}

static bool put_block(const struct script_case *c, const struct step *steps, size_t at,
                      struct buf *out)
{
    if (steps[at].op == OP_EITHER || steps[at].op == OP_PREFER)
        return put_branches(c, steps, at, out);
    if (steps[at].op == OP_EACH)
        return put_each(c, &steps[at].as.each, out);
    if (!script_put_step(&steps[at], true, out))
        return false;
    return buf_print(out, " {\n") && put_steps(c, steps, at + 1, steps[at].end, out) &&
           buf_print(out, "}\n");
}

static bool put_plain(const struct script_case *c, const struct step *s, struct buf *out)
{
    if (s->implied)
        return true;
    if (s->op == OP_CONNECT && c->role == ROLE_CLIENT)
        return buf_print(out, "respond\n");
    return script_put_step(s, true, out) && buf_push(out, '\n');
}

static bool put_steps(const struct script_case *c, const struct step *steps, size_t from, size_t to,
                      struct buf *out)
{
    for (size_t i = from; i < to;) {
        bool block = script_op_is_block(steps[i].op);
        if (!(block ? put_block(c, steps, i, out) : put_plain(c, &steps[i], out)))
            return false;
        i = block ? steps[i].end : i + 1;
    }
    return true;
}

static bool put_also(const struct script_case *c, const struct also *also, struct buf *out)
{
    static const char *const words[] = { "ok", "informational", "nonstrict", "fail" };

    if (!buf_print(out, "also %s %s", also->suite, also->id))
        return false;
    if (!also->steps)
        return buf_push(out, '\n');
    if (!buf_print(out, " {\n"))
        return false;
    for (size_t i = 0; i < also->n_steps; i = also->steps[i].end)
        if (!buf_print(out, "%s {\n", words[also->steps[i].as.branch.grade]) ||
            !put_steps(c, also->steps, i + 1, also->steps[i].end, out) || !buf_print(out, "}\n"))
            return false;
    return buf_print(out, "}\n");
}

static bool put_meta(const struct script_case *c, struct buf *out)
{
    static const char *const roles[] = { NULL, "server", "client", "both" };
    static const char *const levels[] = { NULL, "may", "should", "must" };

    if (!put_words("proves", c->proves, c->n_proves, out))
        return false;
    for (size_t i = 0; i < c->n_also; i++)
        if (!put_also(c, &c->also[i], out))
            return false;
    return put_word("role", roles[c->role], out) && put_words("needs", c->needs, c->n_needs, out) &&
           (c->level == LEVEL_BY_REQUIREMENT || put_word("level", levels[c->level], out)) &&
           put_word("severity", script_severity_name(c->severity), out) &&
           put_words("tags", c->tags, c->n_tags, out) &&
           (c->timeout_ms == 0 ||
            (buf_print(out, "timeout ") && script_put_duration(c->timeout_ms, out) &&
             buf_push(out, '\n'))) &&
           put_note("note", c->note, out) && put_note("contested", c->contested, out) &&
           (!c->manual || buf_print(out, "manual\n")) &&
           (!c->cut_off || buf_print(out, "cut off\n"));
}

/* Steps of `expect model` in line `line`, from `at` on. */
static size_t model_end(const struct script_case *c, size_t at)
{
    unsigned line = c->steps[at].line;

    while (at < c->n_steps && c->steps[at].proves && c->steps[at].line == line)
        at++;
    return at;
}

static bool put_models(const struct script_case *c, struct buf *out)
{
    bool sweeps = false;

    for (size_t i = 0; i < c->n_steps;) {
        size_t end = model_end(c, i);
        sweeps = sweeps || c->steps[i].op == OP_EACH;
        if (end > i && !(buf_print(out, "\n# expect model in line %u%s:\n", c->steps[i].line,
                                   sweeps ? ", in the first round" : "") &&
                         put_steps(c, c->steps, i, end, out)))
            return false;
        i = end > i ? end : i + 1;
    }
    return true;
}

bool script_print_models(const struct script_case *c, struct buf *out)
{
    struct buf text;

    buf_init(&text, PRINT_MAX);
    bool ok = put_models(c, &text) && (text.len == 0 || buf_push(out, '\n')) &&
              script_layout(buf_bytes(&text), out);
    buf_free(&text);
    return ok;
}

static bool reaches(const struct payload *p, const struct let *let);

static bool item_reaches(const struct blocks_item *item, const struct let *let)
{
    for (size_t i = 0; i < item->n_parts; i++)
        if (reaches(item->parts[i].literals, let))
            return true;
    return reaches(item->data, let);
}

static bool blocks_reach(const struct blocks *b, const struct let *let)
{
    for (size_t i = 0; b && i < b->n_items; i++)
        if (item_reaches(&b->items[i], let))
            return true;
    return false;
}

/* Is the let somewhere in this tree? Lets inside lets are branches of the tree like others. */
static bool reaches(const struct payload *p, const struct let *let)
{
    return p && ((p->name && strcmp(p->name, let->name) == 0) || reaches(p->a, let) ||
                 reaches(p->b, let) || blocks_reach(p->blocks, let));
}

static bool step_uses(const struct step *s, const struct let *let)
{
    if (s->op == OP_SEND)
        return reaches(s->as.send.payload, let);
    return s->op == OP_EACH || (s->op == OP_EXPECT && reaches(s->as.expect.payload, let));
}

static bool case_uses(const struct script_case *c, const struct let *let)
{
    for (size_t i = 0; i < c->n_steps; i++)
        if (step_uses(&c->steps[i], let))
            return true;
    for (size_t i = 0; i < c->n_also; i++)
        for (size_t k = 0; k < c->also[i].n_steps; k++)
            if (step_uses(&c->also[i].steps[k], let))
                return true;
    return false;
}

/* The last of them that is not printed yet stands before the others. */
static bool put_lets(const struct script_case *c, struct buf *out)
{
    for (const struct let *until = NULL; until != c->lets;) {
        const struct let *let = c->lets;
        while (let->next != until)
            let = let->next;
        if (case_uses(c, let) && !(script_put_let(let, out) && buf_push(out, '\n')))
            return false;
        until = let;
    }
    return true;
}

static bool has_each(const struct script_case *c)
{
    for (size_t i = 0; i < c->n_steps; i++)
        if (c->steps[i].op == OP_EACH)
            return true;
    return false;
}

/* for NAME, NAME in (VALUE VALUE) {: what the block of an `each` names. */
static bool put_for(const struct script_case *c, struct buf *out)
{
    if (!buf_print(out, "for "))
        return false;
    for (size_t i = 0; i < c->n_bindings; i++)
        if (!buf_print(out, "%s%s", i ? ", " : "", c->bindings[i].name))
            return false;
    if (!buf_print(out, c->n_bindings > 1 ? " in (" : " in "))
        return false;
    for (size_t i = 0; i < c->n_bindings; i++)
        if (!(i == 0 || buf_push(out, ' ')) ||
            !script_put_string(bytes_str(c->bindings[i].text), false, out))
            return false;
    return buf_print(out, c->n_bindings > 1 ? ") {\n" : " {\n");
}

static bool put_case(const struct script_case *c, struct buf *out)
{
    bool bound = c->n_bindings > 0 && has_each(c);

    return buf_print(out, "group ") && script_put_string(bytes_str(c->group), false, out) &&
           buf_print(out, "\n\n") && put_lets(c, out) && (!bound || put_for(c, out)) &&
           buf_print(out, "case %s ", strrchr(c->id, '/') + 1) &&
           script_put_string(bytes_str(c->title), false, out) && buf_print(out, " {\n") &&
           put_meta(c, out) && buf_push(out, '\n') && put_steps(c, c->steps, 0, c->n_steps, out) &&
           buf_print(out, "}\n") && (!bound || buf_print(out, "}\n"));
}

bool script_print_case(const struct script_case *c, struct buf *out)
{
    struct buf text;

    buf_init(&text, PRINT_MAX);
    bool ok = put_case(c, &text) && script_layout(buf_bytes(&text), out);
    buf_free(&text);
    return ok;
}
