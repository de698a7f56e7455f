#ifndef FUZZ_SESSION_TEXT_H
#define FUZZ_SESSION_TEXT_H

#include "fuzz/session/session.h"

/* A session as a case file that anybody can read and run. What must come is added: `expect model`
 * where the reference engine is certain, a refusal where the handshake breaks a MUST; where the
 * RFCs do not decide nothing is demanded but that the target lives. The text parses and is in
 * canonical form; what it sends is what fuzz_wire_make makes, but for masking keys. */
struct fuzz_text_facts {
    enum case_role role;
    const char *name;   /* of the case: a-z 0-9 . - */
    const char *title;  /* in quotes there; any text */
    const char *remark; /* lines before the case, "# " is put in front; NULL: none */
    const char *expect; /* what must come, as in a case, whole lines; NULL: what the engine says */
    bool echoes;        /* the target echoes */
    /* 0: the session once. Else so many times, each on a connection of its own or all its frames on
     * `one_connection`; then `expect`, which is not NULL. */
    uint32_t turns;
    bool one_connection;
    unsigned wait_ms; /* between its writes; 0: none */
};

/* Appended to `out`. False: no memory, more than `out` takes, or facts that do not parse. */
NODISCARD bool fuzz_session_text(const struct fuzz_session *s, const struct fuzz_text_facts *facts,
                                 struct buf *out);

#endif
