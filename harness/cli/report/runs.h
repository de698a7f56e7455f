#ifndef CLI_REPORT_RUNS_H
#define CLI_REPORT_RUNS_H

#include "base/arena.h"
#include "base/err.h"
#include "report/result.h"

/* Results files sorted by target: the shards of one run become that run again, several targets
 * stand beside each other in the order in which they came. Zeroed it is empty; runs_free ends it.
 * Texts live in the arena that each call is given. */
struct runs {
    struct run_report *list;
    size_t *room; /* of each run's results */
    size_t count, cap, room_cap;
};

/* `what` is PATH or NAME=PATH, where the name stands for the target's own. PATH is a results.json,
 * a results.jsonl, or a folder: then every results.json in it and below. */
NODISCARD bool runs_add(struct runs *r, const char *what, struct arena *a, struct err *err);

/* When all are in: results in suite order, shards counted (see report/merge.h). */
NODISCARD bool runs_close(struct runs *r, struct arena *a, struct err *err);
void runs_free(struct runs *r);

#endif
