#ifndef FUZZ_SESSION_LINES_H
#define FUZZ_SESSION_LINES_H

#include "fuzz/session/session.h"

/* What our side says, as lines of a case against a target of that `role`. All append whole lines to
 * `out`, none where all is as usual; false when it does not take them. */

/* `extension` and `request { … }` or `response { … }`. */
NODISCARD bool fuzz_lines_handshake(const struct fuzz_session *s, enum case_role role,
                                    struct buf *out);

/* A `send` for each step, those that are joined `together`; between two writes a `wait` of so many
 * ms, if any. */
NODISCARD bool fuzz_lines_frames(const struct fuzz_session *s, enum case_role role,
                                 unsigned wait_ms, struct buf *out);

/* `shutdown` or `drop`. */
NODISCARD bool fuzz_lines_end(const struct fuzz_session *s, struct buf *out);

#endif
