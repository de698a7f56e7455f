#ifndef CLI_SESSION_PARTS_H
#define CLI_SESSION_PARTS_H

#include "cli/session/session.h"

/* Inside of a session: what session_open and session_probe are made of. */

/* options.c: what the options' texts mean goes into `s`; those that choose cases are read
 * where these are chosen. */
NODISCARD bool session_read_options(struct session *s, struct err *err);

/* target.c: the target, which is not started, and TLS with it if it needs that. `url` NULL:
 * --exec, or our own peer. Wants the loop and the profile. */
NODISCARD bool session_open_target(struct session *s, const char *url, struct err *err);
const char *session_target_name(struct session *s, const char *url); /* for reports */

/* Which words of a target's were taken for its address: people shall see a mistake. */
void session_tell_address(const struct session *s);

#endif
