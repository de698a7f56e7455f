#ifndef CLI_FUZZ_PROGRESS_H
#define CLI_FUZZ_PROGRESS_H

#include "cli/fuzz/options.h"
#include "fuzz/trial/news.h"

/* What a person sees of a fuzzing run: on a terminal a line that moves, elsewhere a line every ten
 * seconds; each finding on a line of its own as it comes; in the end what to do with them. Respects
 * NO_COLOR. */
#define FUZZ_TOLD_MAX 200 /* findings that the summary names */

struct fuzz_progress {
    const struct fuzz_words *words;
    struct arena arena;
    bool terminal, color, line_open, quiet, verbose;
    bool ready;                            /* the first engine has reached the target */
    uint64_t started_ms, shown_ms, new_ms; /* new: something new was reached, or found */
    uint64_t counted_ms, counted;          /* sessions, when the rate was taken last */
    double rate;
    struct fuzz_news pulse; /* the last one shown */
    struct fuzz_told {
        const char *path, *text;
        bool known; /* it was there before */
    } told[FUZZ_TOLD_MAX];
    const char *doubted[FUZZ_TOLD_MAX];
    size_t n_told, findings, known, doubts;
};

void fuzz_progress_init(struct fuzz_progress *p, const struct fuzz_words *words);
void fuzz_progress_free(struct fuzz_progress *p);

void fuzz_progress_begin(struct fuzz_progress *p, const char *target, const char *name);
/* Anything but a pulse. */
void fuzz_progress_news(struct fuzz_progress *p, const struct fuzz_news *news);
void fuzz_progress_log(struct fuzz_progress *p, const char *line);
/* Somebody else writes to the terminal now. */
void fuzz_progress_clear(struct fuzz_progress *p);
/* Called once a second or so. */
void fuzz_progress_pulse(struct fuzz_progress *p, const struct fuzz_news *all);
void fuzz_progress_summary(struct fuzz_progress *p, const struct fuzz_news *all);

#endif
