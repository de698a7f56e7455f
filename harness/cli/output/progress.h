#ifndef CLI_OUTPUT_PROGRESS_H
#define CLI_OUTPUT_PROGRESS_H

#include <stdio.h>

#include "drive/forecast.h"
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

/* How far it has come. */
struct progress_at {
    size_t done, total;
    bool foreseen; /* `left` says all that can be said; else how fast results come */
    struct forecast_left left;
};

void progress_result(struct progress *p, const struct result *result, const struct progress_at *at);

/* When the line is to be drawn again though no result comes, by io_now_ms; UINT64_MAX: never. Then
 * progress_time is due, for which only what is left has changed. */
uint64_t progress_due_ms(const struct progress *p);
void progress_time(struct progress *p, const struct forecast_left *left);

void progress_summary(struct progress *p, const struct run_report *r, const char *where);

#endif
