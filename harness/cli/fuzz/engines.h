#ifndef CLI_FUZZ_ENGINES_H
#define CLI_FUZZ_ENGINES_H

#include "cli/fuzz/options.h"
#include "fuzz/trial/news.h"
#include "io/process.h"

/* The processes `wsproof fuzz-engine` that do the work, one for each job: started, listened to, and
 * started again when one dies, which is a bug of ours and must not end a long run. */
#define FUZZ_ENGINES_MAX 64
#define FUZZ_LOG_MAX 4096 /* the end of what an engine wrote, beside its news */

struct fuzz_engine {
    struct io_process *process; /* NULL: it is over */
    struct fuzz_news pulse;     /* its last */
    uint64_t sessions_before;   /* of its lives before this one */
    unsigned starts;
    bool done, troubled; /* it has said so */
    bool exited;         /* its process has, and that is not told yet */
    struct buf line, log;
};

struct fuzz_engines {
    const struct fuzz_words *words;
    const char *corpus;
    struct io_loop *loop;
    struct arena arena;
    struct fuzz_engine engines[FUZZ_ENGINES_MAX];
    size_t count, next; /* next: whose lines are read first */
    uint64_t started_ms;
    bool stopping;
    unsigned deaths;
};

/* What happened, pulled. */
enum fuzz_engines_event {
    FUZZ_ENGINES_NEWS,  /* `news` of engine `who` */
    FUZZ_ENGINES_LOG,   /* a line of its log, in news.text */
    FUZZ_ENGINES_DIED,  /* it ended by itself, and runs again; news.text says how */
    FUZZ_ENGINES_LOST,  /* so often that it does not run again: news.text, and its log */
    FUZZ_ENGINES_OVER,  /* the last one has ended */
    FUZZ_ENGINES_TIME,  /* the deadline */
    FUZZ_ENGINES_SIGNAL /* SIGINT or SIGTERM */
};

/* `corpus`: the folder that they share. */
NODISCARD bool fuzz_engines_start(struct fuzz_engines *e, struct io_loop *loop,
                                  const struct fuzz_words *words, const char *corpus,
                                  struct err *err);
void fuzz_engines_free(struct fuzz_engines *e); /* kills what still runs */

NODISCARD bool fuzz_engines_next(struct fuzz_engines *e, uint64_t deadline_ms,
                                 enum fuzz_engines_event *event, size_t *who,
                                 struct fuzz_news *news, struct err *err);

/* Tells them to end; what they are at comes to its end first. */
void fuzz_engines_stop(struct fuzz_engines *e);

/* All of them together. */
void fuzz_engines_pulse(const struct fuzz_engines *e, struct fuzz_news *out);

#endif
