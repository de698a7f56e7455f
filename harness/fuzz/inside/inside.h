#ifndef FUZZ_INSIDE_H
#define FUZZ_INSIDE_H

#include "fuzz/inside/wsproof/fuzz.h"
#include "fuzz/oracle/oracle.h"
#include "fuzz/session/session.h"
#include "fuzz/session/wire.h"

/* An implementation in our own process, through wsproof/fuzz.h: sessions are given to it in several
 * cuts, and each account is held against the oracle and against the others. */
enum fuzz_inside_cut { FUZZ_CUT_WHOLE, FUZZ_CUT_WRITTEN, FUZZ_CUT_SMALL, FUZZ_CUTS };

struct fuzz_inside {
    const struct wsp_implementation *implementation;
    enum case_role role;
    struct fuzz_wire wire; /* of the last session; the others too */
    struct fuzz_account accounts[FUZZ_CUTS];
    enum fuzz_inside_cut shown_by; /* which of the cuts showed the finding */
    uint8_t *drained;              /* room for what it says */
};

/* `role` as in WSPROOF_ROLE, NULL: the first that it has. False: it has no such role, or functions
 * are missing: *why says it. fuzz_inside_free is right in either case. */
NODISCARD bool fuzz_inside_init(struct fuzz_inside *in, const struct wsp_implementation *i,
                                const char *role, const char **why);
void fuzz_inside_free(struct fuzz_inside *in);

/* Makes of a session what can be tried: there is no handshake, and perhaps no extension. */
void fuzz_inside_fit(const struct fuzz_inside *in, struct fuzz_session *s);

/* Runs it in every cut. FUZZ_SAME also for a signature that is `known`. False: no memory, or the
 * adapter failed: nothing can be said. */
NODISCARD bool fuzz_inside_try(struct fuzz_inside *in, const struct fuzz_session *s,
                               struct fuzz_finding *out);

#endif
