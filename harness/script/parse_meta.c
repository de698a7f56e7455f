#include "script/parser.h"

#include <string.h>

/* What stands before the steps: what a case proves, whom it concerns, what it needs. */

enum meta {
    META_PROVES,
    META_ALSO,
    META_ROLE,
    META_NEEDS,
    META_LEVEL,
    META_SEVERITY,
    META_TAGS,
    META_TIMEOUT,
    META_NOTE,
    META_CONTESTED,
    META_MANUAL,
    META_CUT,
    N_META
};

static const char *const meta_words[N_META] = {
    "proves", "also",    "role", "needs",     "level",  "severity",
    "tags",   "timeout", "note", "contested", "manual", "cut",
};

static const char *const known_needs[] = {
    "echo",        "permessage-deflate",
    "subprotocol", "tls",
    "exec",        "report",
    "closer",      "origin",
    "proxy",       "path",
    "limit",       "port",
    "auth",        "pair",
    "reconnect",   "header",
    "redirects",   "plain",
};
#define N_NEEDS (sizeof known_needs / sizeof known_needs[0])

static bool add_word(struct parser *p, const char ***words, size_t *count, size_t *cap,
                     const char *word)
{
    if (!parse_grow(p, (void **)words, cap, *count + 1, sizeof **words))
        return false;
    (*words)[(*count)++] = word;
    return true;
}

/* One word or more, up to the end of the line, behind those of earlier lines. */
static bool parse_words(struct parser *p, const char *what, const char ***words, size_t *count)
{
    size_t cap = *count;

    do {
        const char *word;
        if (!parse_word(p, what, &word) || !add_word(p, words, count, &cap, word))
            return false;
    } while (parse_here(p, TOKEN_WORD));
    return true;
}

static bool parse_needs(struct parser *p, struct script_case *c)
{
    size_t cap = c->n_needs, need;

    do {
        if (!parse_choice(p, "something a target may have, as echo or permessage-deflate",
                          known_needs, N_NEEDS, &need) ||
            !add_word(p, &c->needs, &c->n_needs, &cap, known_needs[need]))
            return false;
    } while (parse_here(p, TOKEN_WORD));
    return true;
}

static bool parse_role(struct parser *p, struct script_case *c)
{
    static const char *const roles[] = { "server", "client", "both" };
    size_t role;

    if (!parse_choice(p, "server or client", roles, 3, &role))
        return false;
    p->role = c->role = (enum case_role)(role + 1);
    return true;
}

static bool parse_level(struct parser *p, struct script_case *c)
{
    static const char *const levels[] = { "may", "should", "must" };
    size_t level;

    if (!parse_choice(p, "must, should or may", levels, 3, &level))
        return false;
    c->level = (enum case_level)(level + LEVEL_MAY);
    return true;
}

static bool parse_severity(struct parser *p, struct script_case *c)
{
    static const char *const severities[] = { "pedantic", "minor", "major", "critical" };
    size_t severity;

    if (!parse_choice(p, "critical, major, minor or pedantic", severities, 4, &severity))
        return false;
    c->severity = (enum severity)severity;
    return true;
}

static bool parse_cut(struct parser *p, struct script_case *c)
{
    c->cut_off = parse_take_word(p, "off");
    return c->cut_off || parse_expected(p, "off");
}

/* { ok { … } nonstrict { … } informational { … } }: branches of their own flat array. */
static bool parse_also_block(struct parser *p, struct also *also)
{
    static const char *const words[] = { "ok", "informational", "nonstrict" };
    struct step *steps = p->steps;
    size_t n_steps = p->n_steps, cap_steps = p->cap_steps, grade;

    p->steps = NULL;
    p->n_steps = p->cap_steps = 0;
    parse_next(p);
    while (!parse_take_mark(p, TOKEN_CLOSE)) {
        struct token at = p->tok;
        parse_go_on(p);
        if (!parse_choice(p, "ok, nonstrict, informational or \"}\"", words, 3, &grade) ||
            !parse_branch_block(p, (enum grade)grade, NULL, &at))
            return false;
    }
    also->steps = p->steps;
    also->n_steps = p->n_steps;
    p->steps = steps;
    p->n_steps = n_steps;
    p->cap_steps = cap_steps;
    return true;
}

/* also autobahn 3.2, also autobahn 12.4.1 { … } */
static bool parse_also(struct parser *p, struct script_case *c)
{
    static const char *const suites[] = { "autobahn" };
    size_t cap = c->n_also, suite;

    if (!parse_choice(p, "autobahn", suites, 1, &suite))
        return false;
    do {
        if (!parse_grow(p, (void **)&c->also, &cap, c->n_also + 1, sizeof *c->also))
            return false;
        struct also *also = &c->also[c->n_also];
        *also = (struct also){ .suite = suites[suite] };
        if (!parse_word(p, "the case's number there, as 12.4.1", &also->id))
            return false;
        c->n_also++;
    } while (parse_here(p, TOKEN_WORD));
    if (!parse_here(p, TOKEN_OPEN))
        return true;
    return parse_also_block(p, &c->also[c->n_also - 1]);
}

static enum meta meta_of(const struct parser *p)
{
    size_t i = 0;

    while (i < N_META && !parse_is(p, meta_words[i]))
        i++;
    return (enum meta)i;
}

bool parse_is_head_word(const struct parser *p)
{
    return meta_of(p) != N_META;
}

bool parse_meta(struct parser *p, struct script_case *c)
{
    enum meta meta = meta_of(p);

    parse_next(p);
    switch (meta) {
    case META_PROVES:
        return parse_words(p, "a row of requirements.tsv, as RFC6455-5.2-3", &c->proves,
                           &c->n_proves);
    case META_ALSO: return parse_also(p, c);
    case META_ROLE: return parse_role(p, c);
    case META_NEEDS: return parse_needs(p, c);
    case META_LEVEL: return parse_level(p, c);
    case META_SEVERITY: return parse_severity(p, c);
    case META_TAGS: return parse_words(p, "a tag", &c->tags, &c->n_tags);
    case META_TIMEOUT: return parse_duration(p, &c->timeout_ms);
    case META_NOTE: return parse_string(p, "a text in quotes", &c->note);
    case META_CONTESTED: return parse_string(p, "both readings, in quotes", &c->contested);
    case META_MANUAL: c->manual = true; return true;
    case META_CUT: return parse_cut(p, c);
    case N_META: break;
    }
    return true;
}
