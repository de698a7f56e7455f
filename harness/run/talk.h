#ifndef RUN_TALK_H
#define RUN_TALK_H

#include "run/transcript.h"
#include "script/case.h"
#include "ws/http1.h"

/* Questions about a conversation: what a transcript says without judging it. */

/* What the places of a case's texts stand for on one connection, taken from the heads that passed:
 * from the latest request, where several were answered. A client's address is what it was told. */
struct talk_env {
    struct payload_env env;
    char path[1024], host[300], port[8], key[256], accept[32];
};

void talk_env(const struct transcript *t, uint32_t connection, enum case_role role,
              struct talk_env *out);

/* A head entry taken apart again. False when it is none. `out` is large. */
bool talk_head(const struct entry *e, struct http1_head *out);
unsigned talk_status(const struct entry *e); /* of a response head; 0: none */

/* Our first Close on the connection before entry `before`; NULL: none. */
const struct entry *talk_close_out(const struct transcript *t, uint32_t connection, size_t before);

/* Has the runner sent one? */
bool talk_runner_closed(const struct transcript *t, uint32_t connection, size_t before);

/* The last ENTRY_PROVOKED before entry `before`; NULL: none. */
const struct entry *talk_provoked(const struct transcript *t, uint32_t connection, size_t before);
/* Has our side of the opening handshake gone out on the connection before entry `before`? */
bool talk_answered(const struct transcript *t, uint32_t connection, size_t before);

/* The `nth` whole message that the case has sent on the connection before entry `before`; NULL:
 * none. */
const struct entry *talk_message_out(const struct transcript *t, uint32_t connection, size_t nth,
                                     size_t before);

/* First entry of what the case's last sending step before entry `before` put on the wire: the
 * suspect where a target should fail the connection. `before` when there is none. */
size_t talk_last_send(const struct transcript *t, uint32_t connection, size_t before);

/* Are the two the same payload? */
bool talk_same(const struct entry *a, const struct entry *b);
bool talk_is(const struct entry *e, const struct payload *p, const struct payload_env *env);

#endif
