#ifndef DRIVE_QUARANTINE_H
#define DRIVE_QUARANTINE_H

#include "drive/schedule.h"

/* Outcomes that are not certain yet: many a server falls over a connection only when it cleans up
 * behind it, and then all that ended shortly before are suspects. They wait here in the order in
 * which they ended; nothing else waits for them.
 *
 * How long such an end takes is the machine's to say, so that time alone acquits nobody. What does
 * is an answer to somebody who came later: a server that dies of a case gives none. Only one that
 * answers nobody for long without dying is believed to live. */
#define QUARANTINE_US 100000
#define QUARANTINE_PATIENCE_US 10000000
#define QUARANTINE_MAX 1024

struct quarantine {
    struct kept {
        struct outcome outcome;
        uint64_t ended_us;
    } * ring; /* QUARANTINE_MAX of them */
    size_t first, count;
    uint64_t alive_us;
};

NODISCARD bool quarantine_init(struct quarantine *q, struct arena *a);
void quarantine_free(struct quarantine *q); /* the transcripts; the ring is the arena's */

/* There must be room: quarantine_release has said no. */
void quarantine_add(struct quarantine *q, const struct outcome *outcome, uint64_t now_us);

/* The server has answered somebody who came at `since_us`. */
void quarantine_alive(struct quarantine *q, uint64_t since_us);
bool quarantine_wants_life(const struct quarantine *q); /* one has ended since */

/* The oldest, if nothing speaks against it any more or no room is left. */
NODISCARD bool quarantine_release(struct quarantine *q, uint64_t now_us, struct outcome *out);

/* The server has died: each of them is a suspect, the oldest first. False: none is left. */
NODISCARD bool quarantine_suspect(struct quarantine *q, struct outcome *out);
/* And so is whatever else ended later than this. */
uint64_t quarantine_since_us(const struct quarantine *q, uint64_t now_us);

uint64_t quarantine_due_us(const struct quarantine *q); /* UINT64_MAX: it is empty */

#endif
