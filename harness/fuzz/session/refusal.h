#ifndef FUZZ_REFUSAL_H
#define FUZZ_REFUSAL_H

#include "fuzz/session/session.h"
#include "ws/rules.h"

/* Has our handshake to be refused by a peer of that `role`? *rule is what it breaks: a MUST that
 * everybody has to notice and that no reading excuses (RFC 6455 4.2.1, for a client 4.1), or
 * WS_RULE_NONE: it need not be, or nobody can say. Pure. False: no memory. */
NODISCARD bool refusal_due(const struct fuzz_session *s, enum case_role role, enum ws_rule *rule);

#endif
