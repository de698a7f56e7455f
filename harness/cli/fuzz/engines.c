#define _POSIX_C_SOURCE 200809L /* SIGINT's friends */
#include "cli/fuzz/engines.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "drive/target.h"
#include "io/clock.h"

#define LINE_MAX_BYTES (64u << 10)
#define STARTS_MAX 5 /* of one engine: an end that comes again and again is not worth more */
#define WORDS_MAX (64 + 2 * 2 * ARG_LIST_MAX)
/* Lives differ in what they try, and so do jobs. */
#define SEED_STEP 1000003

/* ---- the command line ---- */

struct words {
    struct arena *arena;
    char *list[WORDS_MAX + 1];
    size_t count;
    bool ok;
};

static void add(struct words *w, const char *word)
{
    char *copy = w->ok && w->count < WORDS_MAX ? arena_str(w->arena, bytes_str(word)) : NULL;

    w->ok = copy != NULL;
    if (w->ok)
        w->list[w->count++] = copy;
}

static void add_text(struct words *w, const char *option, const char *value)
{
    if (!value)
        return;
    add(w, option);
    add(w, value);
}

static void add_number(struct words *w, const char *option, uint64_t n, const char *unit)
{
    char text[32];

    snprintf(text, sizeof text, "%llu%s", (unsigned long long)n, unit);
    add_text(w, option, text);
}

static void add_flag(struct words *w, const char *option, bool on)
{
    if (on)
        add(w, option);
}

static void add_list(struct words *w, const char *option, const struct arg_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        add_text(w, option, list->items[i]);
}

/* What an engine has left to do in this life. */
struct share {
    uint64_t seed, runs, time_ms; /* runs and time: 0 for no limit */
};

static void add_words(struct words *w, const struct fuzz_words *given, const char *corpus,
                      const struct share *share)
{
    const struct fuzz_options *o = &given->o;

    add(w, "/proc/self/exe");
    add(w, "fuzz-engine");
    add_text(w, "--exec", o->command);
    add_text(w, "--role", given->role);
    add_text(w, "--corpus", corpus);
    add_text(w, "--findings", o->findings);
    add_number(w, "--seed", share->seed, "");
    add_number(w, "--runs", share->runs, "");
    add_number(w, "--time", share->time_ms, "ms");
    add_number(w, "--timeout", o->timeout_ms, "ms");
    add_number(w, "--memory", o->memory_bytes, "");
    add_number(w, "--cpu", o->cpu_ms, "ms");
    add_flag(w, "--no-coverage", o->no_coverage);
    add_flag(w, "--no-grammar", o->no_grammar);
    add_flag(w, "--all-cores", o->all_cores);
    add_flag(w, "--strict", o->strict);
    add_flag(w, "--pedantic", o->pedantic);
    add_flag(w, "--first", o->first);
    add_flag(w, "--insecure", o->insecure);
    add_flag(w, "--tls", o->tls);
    add_flag(w, "--verbose", given->verbose);
    add_text(w, "--sni", o->sni);
    add_text(w, "--cacert", o->cacert);
    add_list(w, "--header", &given->headers);
    add_list(w, "--subprotocol", &given->protocols);
    if (o->url) {
        add(w, "--");
        add(w, o->url);
    }
}

/* ---- one engine ---- */

/* At least one of each that is limited: zero would be none. */
static bool share_of(const struct fuzz_engines *e, size_t who, struct share *out)
{
    const struct fuzz_options *o = &e->words->o;
    const struct fuzz_engine *engine = &e->engines[who];
    uint64_t passed = io_elapsed_ms() - e->started_ms;
    uint64_t runs = o->runs / e->count + (who < o->runs % e->count);

    out->seed = o->seed + who + (uint64_t)engine->starts * SEED_STEP;
    out->runs = runs > engine->sessions_before ? runs - engine->sessions_before : 0;
    out->time_ms = o->time_ms > passed ? o->time_ms - passed : 0;
    return (o->runs == 0 || out->runs > 0) && (o->time_ms == 0 || out->time_ms > 0);
}

static bool start(struct fuzz_engines *e, size_t who, struct err *err)
{
    struct fuzz_engine *engine = &e->engines[who];
    struct words words = { .arena = &e->arena, .ok = true };
    struct share share;

    engine->exited = false;
    if (!share_of(e, who, &share)) {
        engine->done = true;
        return true;
    }
    add_words(&words, e->words, e->corpus, &share);
    if (!words.ok)
        return err_memory(err, "the command line of an engine");
    engine->starts++;
    buf_clear(&engine->line);
    engine->process = io_process_start(e->loop, words.list, engine, err);
    return engine->process != NULL;
}

bool fuzz_engines_start(struct fuzz_engines *e, struct io_loop *loop,
                        const struct fuzz_words *words, const char *corpus, struct err *err)
{
    memset(e, 0, sizeof *e);
    e->words = words;
    e->corpus = corpus;
    e->loop = loop;
    e->count = (size_t)words->jobs;
    e->started_ms = io_elapsed_ms();
    for (size_t i = 0; i < e->count; i++) {
        buf_init(&e->engines[i].line, LINE_MAX_BYTES);
        buf_init(&e->engines[i].log, FUZZ_LOG_MAX * 2);
        if (!start(e, i, err))
            return false;
    }
    return true;
}

static void forget_process(struct fuzz_engine *engine)
{
    if (engine->process)
        io_process_free(engine->process);
    engine->process = NULL;
    engine->exited = false;
}

void fuzz_engines_free(struct fuzz_engines *e)
{
    for (size_t i = 0; i < e->count; i++) {
        forget_process(&e->engines[i]);
        buf_free(&e->engines[i].line);
        buf_free(&e->engines[i].log);
    }
    arena_free(&e->arena);
    memset(e, 0, sizeof *e);
}

void fuzz_engines_stop(struct fuzz_engines *e)
{
    e->stopping = true;
    for (size_t i = 0; i < e->count; i++)
        if (e->engines[i].process && !e->engines[i].exited)
            io_process_signal(e->engines[i].process, SIGTERM);
}

void fuzz_engines_pulse(const struct fuzz_engines *e, struct fuzz_news *out)
{
    *out = (struct fuzz_news){ .kind = FUZZ_NEWS_PULSE };
    for (size_t i = 0; i < e->count; i++) {
        const struct fuzz_engine *engine = &e->engines[i];
        const struct fuzz_news *pulse = &engine->pulse;
        out->sessions += engine->sessions_before + pulse->sessions;
        out->suspects += pulse->suspects;
        out->seen = pulse->seen > out->seen ? pulse->seen : out->seen;
        out->edges = pulse->edges > out->edges ? pulse->edges : out->edges;
        out->corpus = pulse->corpus > out->corpus ? pulse->corpus : out->corpus;
        out->coverage |= pulse->coverage;
        if (*pulse->text)
            memcpy(out->text, pulse->text, sizeof out->text);
    }
}

/* ---- what they say ---- */

static void keep_log(struct fuzz_engine *engine, struct bytes line)
{
    struct buf *log = &engine->log;

    line = bytes_take(line, FUZZ_LOG_MAX / 2);
    if (log->len + line.len + 1 > FUZZ_LOG_MAX)
        buf_drop(log, log->len + line.len + 1 - FUZZ_LOG_MAX);
    if (!buf_append(log, line) || !buf_push(log, '\n'))
        buf_clear(log);
}

static void note(struct fuzz_engine *engine, const struct fuzz_news *news)
{
    if (news->kind == FUZZ_NEWS_PULSE)
        engine->pulse = *news;
    engine->done |= news->kind == FUZZ_NEWS_DONE;
    engine->troubled |= news->kind == FUZZ_NEWS_TROUBLE;
}

/* A whole line of its output. */
static bool take_line(struct fuzz_engine *engine, enum fuzz_engines_event *event,
                      struct fuzz_news *news)
{
    struct bytes all = buf_bytes(&engine->line);
    size_t end = bytes_index(all, 0, '\n');
    struct bytes line = bytes_take(all, end);

    if (end == all.len)
        return false;
    *event = fuzz_news_read(line, news) ? FUZZ_ENGINES_NEWS : FUZZ_ENGINES_LOG;
    if (*event == FUZZ_ENGINES_NEWS) {
        note(engine, news);
    } else {
        keep_log(engine, line);
        snprintf(news->text, sizeof news->text, "%.*s",
                 BYTES_ARG(bytes_take(line, sizeof news->text - 1)));
    }
    buf_drop(&engine->line, end + 1);
    return true;
}

/* It is gone. False: that was to be expected. */
static bool take_exit(struct fuzz_engines *e, size_t who, enum fuzz_engines_event *event,
                      struct fuzz_news *news, struct err *err)
{
    struct fuzz_engine *engine = &e->engines[who];
    struct io_process_status status = io_process_status(engine->process);
    bool expected = engine->done || engine->troubled || e->stopping;
    char how[128];

    forget_process(engine);
    if (expected)
        return false;
    e->deaths++;
    target_status_text(&status, how, sizeof how);
    engine->sessions_before += engine->pulse.sessions;
    engine->pulse.sessions = 0;
    *news = (struct fuzz_news){ .kind = FUZZ_NEWS_NOTE };
    snprintf(news->text, sizeof news->text, "engine %zu %s", who + 1, how);
    *event =
        engine->starts < STARTS_MAX && start(e, who, err) ? FUZZ_ENGINES_DIED : FUZZ_ENGINES_LOST;
    return true;
}

static bool any_runs(const struct fuzz_engines *e)
{
    for (size_t i = 0; i < e->count; i++)
        if (e->engines[i].process)
            return true;
    return false;
}

/* Something that has come already. Each engine in its turn, so that none is passed over. */
static bool next_ready(struct fuzz_engines *e, enum fuzz_engines_event *event, size_t *who,
                       struct fuzz_news *news, struct err *err)
{
    for (size_t i = 0; i < e->count; i++) {
        *who = (e->next + i) % e->count;
        struct fuzz_engine *engine = &e->engines[*who];
        if (take_line(engine, event, news) ||
            (engine->exited && take_exit(e, *who, event, news, err))) {
            e->next = *who + 1;
            return true;
        }
    }
    *event = FUZZ_ENGINES_OVER;
    return !any_runs(e);
}

static void take_output(struct fuzz_engine *engine, const struct io_event *io)
{
    struct bytes in = bytes_of(io->data, io->len);

    /* A line without end is no line of ours. */
    if (engine->line.len + in.len > LINE_MAX_BYTES)
        buf_clear(&engine->line);
    if (!buf_append(&engine->line, bytes_take(in, LINE_MAX_BYTES)))
        buf_clear(&engine->line);
}

static struct fuzz_engine *engine_of(struct fuzz_engines *e, const struct io_event *io)
{
    for (size_t i = 0; i < e->count; i++)
        if (e->engines[i].process && io->process == e->engines[i].process)
            return &e->engines[i];
    return NULL;
}

bool fuzz_engines_next(struct fuzz_engines *e, uint64_t deadline_ms, enum fuzz_engines_event *event,
                       size_t *who, struct fuzz_news *news, struct err *err)
{
    struct io_event io;

    memset(news, 0, sizeof *news);
    while (!next_ready(e, event, who, news, err)) {
        if (!io_loop_next(e->loop, deadline_ms, &io, err))
            return false;
        struct fuzz_engine *engine = engine_of(e, &io);
        if (io.kind == IO_TIME || io.kind == IO_SIGNAL) {
            *event = io.kind == IO_TIME ? FUZZ_ENGINES_TIME : FUZZ_ENGINES_SIGNAL;
            return true;
        }
        if (engine && io.kind == IO_OUTPUT)
            take_output(engine, &io);
        if (engine && io.kind == IO_EXITED)
            engine->exited = true;
    }
    return true;
}
