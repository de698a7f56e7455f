#ifndef REPORT_MERGE_H
#define REPORT_MERGE_H

#include "base/arena.h"
#include "base/err.h"
#include "report/result.h"

/* Parts of one run made one again: what --shard I/N has split. Which parts there were stands among
 * the options of the run ("shard" "1/3"), so that what was merged can be merged with more. */

/* What `part`, read from `file`, says of the run as a whole goes into `run`: times, deaths,
 * trouble, the baseline, its shards. Not its results. Texts stay where they are. False with
 * ERR_USAGE: a shard that is there already, or one of another number of them, or beside a whole
 * run. */
NODISCARD bool report_merge(struct run_report *run, const struct run_report *part, const char *file,
                            struct arena *a, struct err *err);

/* When all parts are in and the results are in suite order. False with ERR_USAGE: a case is there
 * twice. Shards that are missing are no error, but make the run unfinished and its trouble. */
NODISCARD bool report_merge_close(struct run_report *run, struct arena *a, struct err *err);

#endif
