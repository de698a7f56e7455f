#include "script/case.h"

#include <string.h>

static const struct {
    const char *word;
    bool block, expects;
} ops[] = {
#define OP(name, word, block, expects) { word, block, expects },
#include "script/ops.def"
#undef OP
};

const char *script_op_word(enum script_op op)
{
    return ops[op].word;
}

bool script_op_is_block(enum script_op op)
{
    return ops[op].block;
}

bool script_op_expects(enum script_op op)
{
    return ops[op].expects;
}

const char *script_severity_name(enum severity severity)
{
    switch (severity) {
    case SEVERITY_PEDANTIC: return "pedantic";
    case SEVERITY_MINOR: return "minor";
    case SEVERITY_MAJOR: return "major";
    case SEVERITY_CRITICAL: return "critical";
    }
    return "?";
}

static bool holds(const char *const *words, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0)
            return true;
    return false;
}

bool script_case_has_tag(const struct script_case *c, const char *tag)
{
    return holds(c->tags, c->n_tags, tag);
}

bool script_case_needs(const struct script_case *c, const char *need)
{
    return holds(c->needs, c->n_needs, need);
}

bool script_need_is_set_up(const char *need)
{
    static const char *const found_out[] = { "echo", "permessage-deflate", "exec", "plain" };

    return !holds(found_out, sizeof found_out / sizeof found_out[0], need);
}

bool script_case_expects(const struct script_case *c, enum expect_kind kind)
{
    for (size_t i = 0; i < c->n_steps; i++)
        if (c->steps[i].op == OP_EXPECT && c->steps[i].as.expect.kind == kind)
            return true;
    return false;
}
