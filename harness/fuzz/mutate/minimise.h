#ifndef FUZZ_MINIMISE_H
#define FUZZ_MINIMISE_H

#include "fuzz/session/session.h"

/* Makes a session smaller while what it shows still shows. The one who asks runs the candidates:
 *
 *     fuzz_minimise_init(&m, &session, &arena);
 *     while (fuzz_minimise_next(&m, &candidate))
 *         fuzz_minimise_told(&m, it still shows);
 *     the result is m.best
 *
 * Steps and edits are dropped (halves first), fragments taken together, the end, extension, cuts
 * and joins made usual, payloads and values shortened, payloads made of plain letters, fields made
 * usual. The same answers give the same candidates. It ends by itself: each candidate that is kept
 * has less of something and more of nothing. */
struct fuzz_minimise {
    struct fuzz_session best;
    struct arena *arena;           /* of new payloads */
    unsigned pass;                 /* where the search is: */
    size_t item, at, size, stride; /* of the pass */
    bool improved;                 /* since the passes began anew */
    struct fuzz_session candidate;
    size_t tried;
};

void fuzz_minimise_init(struct fuzz_minimise *m, const struct fuzz_session *s, struct arena *a);

/* The next one to try, until the next call; false: there is none, `best` is the result. */
NODISCARD bool fuzz_minimise_next(struct fuzz_minimise *m, const struct fuzz_session **candidate);
void fuzz_minimise_told(struct fuzz_minimise *m, bool still_shows);

#endif
