#ifndef FUZZ_SESSION_CASE_H
#define FUZZ_SESSION_CASE_H

#include "base/err.h"
#include "fuzz/session/session.h"

/* A case's side of the conversation as a session: its handshake, its sends, how it ends. What it
 * expects is left out. Views look into the case and into `a`.
 *
 * False with ERR_SYNTAX and the line where it does what no session can: loops, waiting, choices
 * that send, payloads that only a run makes. */
NODISCARD bool fuzz_session_from_case(const struct script_case *c, struct arena *a,
                                      struct fuzz_session *out, struct err *err);

#endif
