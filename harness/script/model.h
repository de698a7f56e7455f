#ifndef SCRIPT_MODEL_H
#define SCRIPT_MODEL_H

#include "script/case.h"
#include "ws/rules.h"

/* What the reference engine says to the frames of a case, in the target's place and with an
 * application that echoes. It speaks of one connection, from its 101 on. */
enum model_end {
    MODEL_OPEN,   /* it waits for more */
    MODEL_CLOSED, /* it has answered a Close with `code` */
    MODEL_FAILED  /* it has failed the connection with `code`, because `broken` was */
};

struct model_reply {
    uint8_t opcode; /* WS_TEXT, WS_BINARY or WS_PONG */
    struct bytes payload;
};

struct model {
    struct model_reply *replies; /* in the engine's order */
    size_t n_replies, cap;
    enum model_end end;
    size_t ended_by; /* which of the sends did it */
    uint16_t code;   /* 0: a Close without one */
    enum ws_rule broken;
    bool mid_frame;     /* MODEL_OPEN: the last frame is not complete */
    const char *unsure; /* behind what nobody can say what a target does; NULL: all is said */
};

/* What the two sides have agreed on. */
struct model_deal {
    enum case_role role; /* who is under test; 0 or ROLE_BOTH: either */
    bool compressed;     /* permessage-deflate, with parameters that only the target knows */
};

#define MODEL_BYTES_MAX (64u << 10) /* of one send: a model of large messages is no use */

/* Runs the frames of `sends` through the engine.
 *
 *   sends   frames as their sender wrote them, or raw bytes; their payloads are known when a case
 *           is parsed and hold at most MODEL_BYTES_MAX. hold= is not looked at; mask= wants a role
 *   from    replies to the sends before that one are left out; the end counts always
 *
 * The replies live in `a`. False: no memory. */
NODISCARD bool script_model(struct arena *a, const struct model_deal *deal,
                            const struct send *const *sends, size_t count, size_t from,
                            struct model *out);

#endif
