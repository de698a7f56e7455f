#ifndef FUZZ_MINIMISE_H
#define FUZZ_MINIMISE_H

#include "fuzz/session.h"

/* Makes a session smaller while what it shows still shows. The one who asks runs the candidates:
 *
 *     fuzz_minimise_init(&m, &session, &arena);
 *     while (fuzz_minimise_next(&m, &candidate))
 *         fuzz_minimise_told(&m, it still shows);
 *     the result is m.best
 *
 * Steps and edits are dropped (halves first), the end, extension, cuts and joins made usual,
 * payloads shortened and made of plain letters, fields made usual. It ends by itself: each
 * candidate that is kept is smaller or plainer. */
struct fuzz_minimise {
    struct fuzz_session best;
    struct arena *arena; /* of new payloads */
    unsigned pass;
    size_t at, size; /* of the pass */
    bool improved;   /* since the passes began anew */
    struct fuzz_session candidate;
    size_t tried;
};

void fuzz_minimise_init(struct fuzz_minimise *m, const struct fuzz_session *s, struct arena *a);
NODISCARD bool fuzz_minimise_next(struct fuzz_minimise *m, const struct fuzz_session **candidate);
void fuzz_minimise_told(struct fuzz_minimise *m, bool still_shows);

#endif
