#ifndef FUZZ_MUTATE_H
#define FUZZ_MUTATE_H

#include "base/rand.h"
#include "fuzz/runtime/coverage.h"
#include "fuzz/session/session.h"

/* Mutations that know what a frame and a head are. A session is changed in place; new payloads live
 * in `a`. Each call makes one change, now and then a few. Never fails: without memory, or where a
 * change cannot be made, it makes another or none. `word` is something that the target has compared
 * with something else, and what it may like to hear; NULL: nobody knows. */
void fuzz_mutate(struct fuzz_session *s, const struct coverage_word *word, struct rand *rand,
                 struct arena *a);

/* Steps and edits of both, in `into`. */
void fuzz_cross(struct fuzz_session *into, const struct fuzz_session *other, struct rand *rand);

/* One change of the bytes of an HTTP head, or of a header's value: lines swapped, doubled, left
 * out, tokens of WebSocket's heads put in. Gives the new size, at most `cap`. */
size_t fuzz_mutate_head(uint8_t *head, size_t size, size_t cap, struct rand *rand);

#endif
