#ifndef FUZZ_WIRE_H
#define FUZZ_WIRE_H

#include "fuzz/session/session.h"
#include "ws/permessage.h"

/* A session as bytes: what is written after the handshake, and in which writes. */
struct fuzz_wire {
    struct buf bytes;
    size_t *ends; /* offset behind each write, rising; the last is bytes.len */
    size_t n_ends, cap;
    struct arena arena; /* of the ends */
    bool whole;         /* the last frame is complete for certain: another one could follow */
    bool says_close;    /* a Close is among the frames */
};

/*   role    who is under test: a server gets masked frames
 *   agreed  how our messages may be compressed; NULL: not at all, and what the session wants
 *           compressed is sent as it is
 *   seed    of the masking keys
 *
 * False: no memory. `out` was zeroed or made before; what was in it is gone; fuzz_wire_free ends
 * it. */
NODISCARD bool fuzz_wire_make(const struct fuzz_session *s, enum case_role role,
                              const struct ws_permessage *agreed, uint64_t seed,
                              struct fuzz_wire *out);
void fuzz_wire_clear(struct fuzz_wire *w); /* keeps the memory */
void fuzz_wire_free(struct fuzz_wire *w);

/* What an extension means in the terms of RFC 7692, as an offer to a server or an agreement with a
 * peer of that role. */
struct ws_permessage fuzz_wire_permessage(enum fuzz_extension extension, enum case_role role);

#endif
