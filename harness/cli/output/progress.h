#ifndef CLI_OUTPUT_PROGRESS_H
#define CLI_OUTPUT_PROGRESS_H

#include <stdio.h>

#include "report/result.h"

/* What a person sees of a run: on a terminal a line that moves, elsewhere one now and then; each
 * finding in a line as it comes, in the end a summary that fits a screen. Respects NO_COLOR. */
struct progress;

struct progress_options {
    bool verbose, quiet, tap;
};

NODISCARD struct progress *progress_new(const struct progress_options *options);
void progress_free(struct progress *p);

/* A name that somebody else chose, with nothing in it that a terminal would obey. */
void progress_name(FILE *to, const char *name);

/* `left_out`: long cases that nobody asked for. */
void progress_start(struct progress *p, const struct run_report *r, size_t total, size_t left_out);
void progress_result(struct progress *p, const struct result *result, size_t done, size_t total);
void progress_summary(struct progress *p, const struct run_report *r, const char *where);

#endif
