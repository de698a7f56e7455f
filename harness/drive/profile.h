#ifndef DRIVE_PROFILE_H
#define DRIVE_PROFILE_H

#include "base/arena.h"
#include "base/err.h"
#include "drive/probe.h"

/* What no probe can learn, told by the user in a file: a line "need value" for each thing that the
 * target is set up for ("subprotocol chat", "origin https://good.example"). */
#define PROFILE_ROWS_MAX 64

struct profile_row {
    const char *need, *value;
};

struct profile {
    struct profile_row rows[PROFILE_ROWS_MAX];
    size_t count;
};

/* Blank lines and lines that begin with # are left out. An unknown need is an error with its line.
 */
NODISCARD bool profile_parse(struct arena *a, const char *path, struct bytes text,
                             struct profile *out, struct err *err);
const char *profile_value(const struct profile *p, const char *need); /* NULL: not set up */

/* Why a case cannot be run against this target; NULL: it can. The text lives in `a`. */
const char *profile_lacks(const struct profile *p, const struct probe *probe,
                          const struct target_options *target, const struct script_case *c,
                          struct arena *a);

/* The same of a client that comes by itself: whether it echoes, or takes compression or a
 * subprotocol, its own request and its first answer tell in each case. */
const char *profile_lacks_unseen(const struct profile *p, const struct target_options *target,
                                 const struct script_case *c, struct arena *a);

#endif
