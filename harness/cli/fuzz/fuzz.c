#define _POSIX_C_SOURCE 200809L /* setenv */
#include "cli/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/fuzz/engines.h"
#include "cli/fuzz/minimise.h"
#include "cli/fuzz/progress.h"
#include "cli/session/session.h"
#include "fuzz/live/driver.h"
#include "fuzz/trial/findings.h"
#include "io/clock.h"
#include "io/file.h"
#include "report/sarif.h"

#define TICK_MS 500
/* A trial that is under way when the run ends may wait for a target that hangs. */
#define STOP_MS 20000
#define LATE_MS 60000
#define SARIF_FILE_MAX (16u << 20)

/* `wsproof fuzz`: starts the engines, listens to them, tells people, and gives the exit code. */
struct supervisor {
    struct fuzz_words words;
    struct io_loop *loop;
    struct fuzz_engines engines;
    struct fuzz_progress progress;
    char temporary[IO_DIR_PRIVATE_MAX]; /* the corpus that nobody wants to keep; "": none */
    uint64_t tick_ms, kill_ms;
    bool over;
    int code;
};

static void worse(struct supervisor *s, int code)
{
    s->code = code > s->code ? code : s->code;
}

static void stop(struct supervisor *s)
{
    if (s->kill_ms != UINT64_MAX)
        return;
    s->kill_ms = io_now_ms() + STOP_MS;
    fuzz_engines_stop(&s->engines);
}

/* ---- what the engines tell ---- */

static void on_trouble(struct supervisor *s, const struct fuzz_news *news)
{
    bool known_code = news->code >= EXIT_USAGE && news->code <= EXIT_BUG;

    fprintf(stderr, "wsproof: %s\n", news->text);
    worse(s, known_code ? (int)news->code : EXIT_BUG);
    stop(s);
}

static void on_news(struct supervisor *s, const struct fuzz_news *news)
{
    bool guilty = news->kind == FUZZ_NEWS_FINDING || news->kind == FUZZ_NEWS_AGAIN;

    if (news->kind == FUZZ_NEWS_PULSE)
        return;
    fuzz_progress_news(&s->progress, news);
    if (news->kind == FUZZ_NEWS_TROUBLE)
        on_trouble(s, news);
    if (guilty)
        worse(s, EXIT_UNEXPECTED);
    if (guilty && s->words.o.first)
        stop(s);
}

static void on_died(struct supervisor *s, const struct fuzz_news *news)
{
    fuzz_progress_clear(&s->progress);
    fprintf(stderr, "wsproof: %s and is started again\n", news->text);
}

static void on_lost(struct supervisor *s, size_t who, const struct fuzz_news *news)
{
    fuzz_progress_clear(&s->progress);
    fprintf(stderr, "wsproof: %s and is given up; this is a bug of wsproof. Its log ends:\n%.*s",
            news->text, BYTES_ARG(buf_bytes(&s->engines.engines[who].log)));
    worse(s, EXIT_BUG);
}

/* A second signal is meant seriously. */
static void on_signal(struct supervisor *s)
{
    s->over = s->kill_ms != UINT64_MAX;
    stop(s);
}

static void on_time(struct supervisor *s)
{
    const struct fuzz_options *o = &s->words.o;
    struct fuzz_news all;
    uint64_t passed = io_elapsed_ms() - s->engines.started_ms;

    fuzz_engines_pulse(&s->engines, &all);
    fuzz_progress_pulse(&s->progress, &all);
    if (o->time_ms > 0 && passed > o->time_ms + LATE_MS)
        stop(s);
    s->over = io_now_ms() >= s->kill_ms;
    s->tick_ms = io_now_ms() + TICK_MS;
}

static bool watch(struct supervisor *s, struct err *err)
{
    enum fuzz_engines_event event;
    struct fuzz_news news;
    size_t who;

    while (!s->over) {
        uint64_t until = s->tick_ms < s->kill_ms ? s->tick_ms : s->kill_ms;
        if (!fuzz_engines_next(&s->engines, until, &event, &who, &news, err))
            return false;
        switch (event) {
        case FUZZ_ENGINES_NEWS: on_news(s, &news); break;
        case FUZZ_ENGINES_LOG: fuzz_progress_log(&s->progress, news.text); break;
        case FUZZ_ENGINES_DIED: on_died(s, &news); break;
        case FUZZ_ENGINES_LOST: on_lost(s, who, &news); break;
        case FUZZ_ENGINES_OVER: s->over = true; break;
        case FUZZ_ENGINES_TIME: break;
        case FUZZ_ENGINES_SIGNAL: on_signal(s); break;
        }
        if (io_now_ms() >= s->tick_ms)
            on_time(s);
    }
    return true;
}

/* ---- before and after ---- */

/* What cannot work is told here in plain words, before anything is begun. */
static bool try_target(struct supervisor *s, struct err *err)
{
    static struct stand stand; /* large */
    const struct fuzz_options *o = &s->words.o;
    bool ok = stand_open(&stand, o, err) && stand_probe(&stand, err);

    if (ok)
        fuzz_progress_begin(&s->progress, o->command ? o->command : o->url, stand.probe.name);
    stand_close(&stand);
    return ok;
}

/* Of a folder that somebody named: the name was wrong, not the machine. */
static bool blame_name(bool ok, struct err *err)
{
    if (!ok && err->code == ERR_SYSTEM)
        err->code = ERR_USAGE;
    return ok;
}

static bool try_findings(const struct supervisor *s, struct err *err)
{
    struct findings findings;
    bool ok = findings_open(&findings, s->words.o.findings, err);

    findings_free(&findings);
    return blame_name(ok, err);
}

static bool make_corpus(struct supervisor *s, const char **corpus, struct err *err)
{
    *corpus = s->words.o.corpus;
    if (*corpus)
        return blame_name(io_dir_make(*corpus, err), err);
    *corpus = s->temporary;
    return io_dir_private(s->temporary, err);
}

static bool fuzz(struct supervisor *s, struct err *err)
{
    const char *corpus;

    if (!driver_there(err) || !try_target(s, err) || !try_findings(s, err) ||
        !make_corpus(s, &corpus, err))
        return false;
    s->loop = io_loop_new(err);
    return s->loop && io_loop_watch_signals(s->loop, err) &&
           fuzz_engines_start(&s->engines, s->loop, &s->words, corpus, err) && watch(s, err);
}

static void summarise(struct supervisor *s)
{
    struct fuzz_news all;

    if (s->engines.count == 0)
        return;
    fuzz_engines_pulse(&s->engines, &all);
    fuzz_progress_summary(&s->progress, &all);
}

/* The findings that the summary names, for those who gather them. */
static bool write_sarif(const struct supervisor *s, struct err *err)
{
    struct sarif_finding findings[FUZZ_TOLD_MAX];
    const struct fuzz_progress *p = &s->progress;
    struct buf text;

    if (!s->words.sarif)
        return true;
    for (size_t i = 0; i < p->n_told; i++)
        findings[i] = (struct sarif_finding){ p->told[i].path, p->told[i].text };
    buf_init(&text, SARIF_FILE_MAX);
    bool ok = report_sarif_findings(WSPROOF_VERSION, findings, p->n_told, &text)
                  ? io_file_write(s->words.sarif, buf_bytes(&text), err)
                  : err_memory(err, "the findings as SARIF");
    buf_free(&text);
    return ok;
}

static int supervise(struct supervisor *s)
{
    struct err err = { 0 };

    s->kill_ms = UINT64_MAX;
    fuzz_progress_init(&s->progress, &s->words);
    /* Undefined behaviour that is only told would not fail when the case is run again. */
    setenv("UBSAN_OPTIONS", "halt_on_error=1:abort_on_error=1:print_stacktrace=1", 0);
    bool ok = fuzz(s, &err);
    summarise(s);
    ok = ok && write_sarif(s, &err);
    if (!ok) {
        session_complain(&err);
        worse(s, session_exit_of(&err));
    }
    fuzz_engines_free(&s->engines);
    io_loop_free(s->loop);
    fuzz_progress_free(&s->progress);
    if (*s->temporary)
        io_dir_remove(s->temporary);
    return s->code;
}

int command_fuzz(int argc, char **argv)
{
    static struct supervisor s; /* large */
    struct arg_row rows[FUZZ_ROWS];
    struct arg_list rest = { 0 };
    struct err err = { 0 };
    bool help = false;
    const struct arg_command command = {
        "fuzz", "wsproof fuzz URL | --exec CMD [--role client] [options]",
        "Fuzzes a live WebSocket server or client. A finding is a small .case file that fails "
        "when it is run alone. Exit status 1: there are findings.",
        "  wsproof fuzz ws://localhost:9001/ --time 10m\n"
        "  wsproof fuzz --exec './server --port {port}' --jobs 2 --corpus corpus\n"
        "  wsproof fuzz --role client --exec 'node client.js {url}'\n"
        "  wsproof replay findings/NAME.case --exec './server --port {port}'\n",
        rows
    };

    memset(&s, 0, sizeof s);
    fuzz_defaults(&s.words);
    fuzz_rows(&s.words, rows);
    if (!arg_parse(&command, argc, argv, &rest, &help, &err))
        return arg_fail(&command, &err);
    if (help) {
        arg_help(&command);
        return EXIT_OK;
    }
    if (!fuzz_take(&s.words, &rest, &err))
        return arg_fail(&command, &err);
    if (s.words.o.seed == UINT64_MAX)
        s.words.o.seed = io_entropy() % 1000000;
    return s.words.minimise ? fuzz_minimise_file(&s.words) : supervise(&s);
}
