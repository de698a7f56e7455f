#ifndef FUZZ_SEEDS_H
#define FUZZ_SEEDS_H

#include "base/err.h"
#include "fuzz/session/session.h"

/* The sessions that fuzzing begins with: one of each thing that a peer can say and do well. */

/* Writes them into the folder `dir`, unless there is something in it. */
NODISCARD bool seeds_write(const char *dir, struct err *err);

/* The `n`th; false: there is none. Views are static. */
bool seeds_at(size_t n, struct fuzz_session *out);

#endif
