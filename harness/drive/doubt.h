#ifndef DRIVE_DOUBT_H
#define DRIVE_DOUBT_H

#include "verdict/verdict.h"

/* Which results may be the doing of a neighbour or of a busy machine, and are looked at again alone
 * before they count. */

/* A fail, an error, or what could not be told. Not bytes that break a rule by themselves: no
 * neighbour can have sent them. */
bool doubt_verdict(const struct verdict *v);

/* A warn over what load can bring: a silence, an end, a refusal. What it says of bytes that came in
 * good order is the target's manner. */
bool doubt_warn(const struct verdict *v, const struct transcript *t);

/* A target that warns hundreds of times does so for a few reasons, and to wait out each of its
 * silences alone would take longer than all the rest. So a reason that held alone twice is believed
 * in the other cases, and no more than DOUBT_LOOKS_MAX are looked at. */
#define DOUBT_HELD 2
#define DOUBT_LOOKS_MAX 64

/* A zeroed one has looked at nothing. The reasons are their owner's. */
struct doubt_looks {
    struct doubt_look {
        const char *reason;
        bool held;
    } of[DOUBT_LOOKS_MAX];
    size_t count;
};

bool doubt_wants_look(const struct doubt_looks *looks, const char *reason);
/* What came of one alone. There must be room: doubt_wants_look has said yes. */
void doubt_note_look(struct doubt_looks *looks, const char *reason, const struct verdict *alone);

#endif
