#ifndef FUZZ_RECENT_H
#define FUZZ_RECENT_H

#include "base/buf.h"

/* The last inputs, encoded, for what shows only later: a death that another session met, memory
 * that is looked at now and then. */
#define RECENT_MAX 8192
#define RECENT_BYTES (4u << 20)

struct recent {
    struct buf bytes;
    size_t ends[RECENT_MAX]; /* of each, in `bytes` */
    size_t count;
    size_t marked; /* how many there were at the last recent_mark, as far as they are still here */
};

void recent_init(struct recent *r);
void recent_free(struct recent *r);

/* The older half is forgotten when there is no room; without memory the input is. */
void recent_add(struct recent *r, struct bytes input);
void recent_mark(struct recent *r);

/* As if it had been called `back` inputs ago, or before all that are here. */
void recent_mark_back(struct recent *r, size_t back);

/* `back` 0: the newest; below `count`. Until the next recent_add. */
struct bytes recent_at(const struct recent *r, size_t back);

#endif
