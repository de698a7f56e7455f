#ifndef WS_RULES_H
#define WS_RULES_H

#include "base/bytes.h"

/* The law as one table: rules.def. */
enum ws_rule {
    WS_RULE_NONE,
#define RULE(name, requirement, level, code, sentence) WS_RULE_##name,
#include "ws/rules.def"
#undef RULE
    WS_RULE_COUNT
};

enum ws_level { WS_MAY, WS_SHOULD, WS_MUST };

/* What a peer did wrong, and where: data, not an error of ours. */
struct violation {
    enum ws_rule rule;
    uint64_t at; /* offset in the peer's stream, in bytes from its start */
};

struct ws_rule_row {
    const char *name;        /* "MASK_MISSING" */
    const char *requirement; /* "RFC6455-5.1-2", an id of the catalogue */
    enum ws_level level;
    uint16_t close_code;  /* what we fail the connection with; 0: the RFC is silent */
    const char *sentence; /* "a client sent a frame without a mask" */
};

const struct ws_rule_row *ws_rule_row(enum ws_rule rule); /* never NULL */
/* The requirement that one breaks who takes what breaks the rule. Where the catalogue has a row for
 * either side it is the receiver's, for the rules that every receiver has to notice (RFC 6455 4.1,
 * 4.2.1, 5.1); else the rule's own. */
const char *ws_rule_taken(enum ws_rule rule);
enum ws_rule ws_rule_named(struct bytes name);  /* WS_RULE_NONE when unknown */
const char *ws_level_name(enum ws_level level); /* "MUST" */

#endif
