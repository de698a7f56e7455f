#ifndef DRIVE_PROFILE_H
#define DRIVE_PROFILE_H

#include "base/arena.h"
#include "base/err.h"
#include "drive/probe.h"
#include "script/setup.h"

/* What no probe can learn, told by the user in a file: a line "WORD VALUE" for each thing that the
 * target is set up for ("origin https://good.example", "limit 64K"). The words are those of `needs`
 * in a case; cases/README.md says what belongs behind each. */
#define PROFILE_WORDS 13

struct profile_row {
    const char *need, *value; /* the value as it stands there */
};

struct profile {
    struct profile_row rows[PROFILE_WORDS];
    size_t count;
    struct setup setup;
};

/* Blank lines and lines that begin with # are left out. False, with file, line and column and what
 * was expected there: a word that is unknown or there twice, or a value of another form. The texts
 * live in `a`; `text` may go. */
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
