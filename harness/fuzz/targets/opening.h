#ifndef FUZZ_TARGETS_OPENING_H
#define FUZZ_TARGETS_OPENING_H

#include "fuzz/session/session.h"
#include "fuzz/targets/player.h"

/* A session as the stream that an endpoint of ours gets: our head, then the frames.
 *
 *   flags  one byte of the input: whether it echoes, has small limits, and the like. Only with
 *          OPENING_DEFLATES it compresses, and only then the session's edits of the handshake are
 *          carried out: both take ten times as long as the frames do
 */
#define OPENING_DEFLATES 1u
struct opening {
    struct player_facts facts; /* how the endpoint behaves */
    struct bytes stream;       /* what comes to it; until the next call */
};

/* False: no memory. */
NODISCARD bool opening_make(struct bytes session, enum case_role role, unsigned flags,
                            struct opening *out);

/* Whole and cut, compared and judged. */
void opening_play(const struct opening *o, unsigned way);

#endif
