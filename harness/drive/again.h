#ifndef DRIVE_AGAIN_H
#define DRIVE_AGAIN_H

#include "drive/schedule.h"

/* A case that waits for its turn alone, and what its run beside others gave. */
struct again {
    size_t index;
    unsigned attempts;
    bool failed;    /* it would have been a fail, for `reason` */
    bool warned;    /* or a warn, for `reason` */
    bool suspect;   /* the target died when it was under way or had just ended */
    bool convicted; /* and again, of nobody else */
    unsigned death; /* of which it is a suspect; 0: of none */
    const char *reason;
    struct outcome *warn; /* of one that has not been looked at again, and need not be; else NULL */
    uint64_t ended_us;    /* that */
    uint64_t took_us;     /* its run beside others; 0: it had none, or was cut off in it */
};

/* They take their turns in the order in which they came. */
struct again_queue {
    struct again *of;
    size_t next, count, max;
};

/* A case may come as often as a warn that fails alone does when the target dies behind it. */
#define AGAIN_MAX 3

NODISCARD bool again_init(struct again_queue *q, struct arena *a, size_t n_cases);
void again_free(struct again_queue *q); /* the transcripts; the places are the arena's */

void again_add(struct again_queue *q, struct again again);
struct again *again_first(struct again_queue *q);               /* NULL: nobody waits */
struct again again_take(struct again_queue *q);                 /* somebody waits */
void again_put_back(struct again_queue *q, struct again again); /* who was taken is first again */
void again_forget_warn(struct again *again);

/* The server has died: warns that wait are no outcomes yet, but those that ended later than
 * `since_us` may have killed it. */
void again_suspect_warns(struct again_queue *q, uint64_t since_us, unsigned death);

#endif
