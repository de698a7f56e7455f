#include "ws/rules.h"

#include <assert.h>

static const struct ws_rule_row rows[WS_RULE_COUNT] = {
    [WS_RULE_NONE] = { "NONE", "", WS_MAY, 0, "no rule is broken" },
#define RULE(name, requirement, level, code, sentence)                                             \
    [WS_RULE_##name] = { #name, requirement, WS_##level, code, sentence },
#include "ws/rules.def"
#undef RULE
};

const struct ws_rule_row *ws_rule_row(enum ws_rule rule)
{
    assert(rule < WS_RULE_COUNT);
    return &rows[rule];
}

static const char *const taken[WS_RULE_COUNT] = {
    [WS_RULE_MASK_MISSING] = "RFC6455-5.1-2",       [WS_RULE_MASK_PRESENT] = "RFC6455-5.1-5",
    [WS_RULE_REQ_METHOD] = "RFC6455-4.2.1-2",       [WS_RULE_REQ_UPGRADE] = "RFC6455-4.2.1-5",
    [WS_RULE_REQ_CONNECTION] = "RFC6455-4.2.1-6",   [WS_RULE_REQ_WS_VERSION] = "RFC6455-4.2.1-8",
    [WS_RULE_REQ_KEY_MISSING] = "RFC6455-4.2.1-15", [WS_RULE_RES_UPGRADE] = "RFC6455-4.1-44",
    [WS_RULE_RES_CONNECTION] = "RFC6455-4.1-45",    [WS_RULE_RES_ACCEPT_MISSING] = "RFC6455-4.1-46",
    [WS_RULE_RES_ACCEPT_WRONG] = "RFC6455-4.1-46",
};

const char *ws_rule_taken(enum ws_rule rule)
{
    assert(rule < WS_RULE_COUNT);
    return taken[rule] ? taken[rule] : rows[rule].requirement;
}

enum ws_rule ws_rule_named(struct bytes name)
{
    for (enum ws_rule rule = WS_RULE_NONE; rule < WS_RULE_COUNT; rule++)
        if (bytes_eq_str(name, rows[rule].name))
            return rule;
    return WS_RULE_NONE;
}

const char *ws_level_name(enum ws_level level)
{
    switch (level) {
    case WS_MAY: return "MAY";
    case WS_SHOULD: return "SHOULD";
    case WS_MUST: return "MUST";
    }
    return "";
}
