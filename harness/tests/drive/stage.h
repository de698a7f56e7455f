#ifndef TESTS_DRIVE_STAGE_H
#define TESTS_DRIVE_STAGE_H

/* alarm is beyond C11: include this before any system header. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drive/schedule.h"
#include "io/clock.h"
#include "support/case_log.h"

/* The command of a server that listens where it is told, and has that habit (odd_server.c). */
#define ODD(habit) "'" ODD_SERVER "' " habit " {port}"

#define STAGE_CASES_MAX 64

/* No test takes longer: it is killed. Criterion's .timeout would do the same, but loses memory in
 * its runner when two tests with one are under way, which a sanitizer does not let pass. */
#define STAGE_PATIENCE_S 60

/* A target, the cases for it, and what is known of it before. */
struct stage {
    struct io_loop *loop;
    struct target target;
    struct arena arena;
    const struct script_case *cases[STAGE_CASES_MAX];
    size_t n_cases;
    struct schedule_options options;
    struct probe probe;
    struct io_loop *others; /* holds a server that runs already */
    char url[64];
};

static inline void stage_set(struct stage *s, const char *url, const char *command)
{
    struct err err = { 0 };

    alarm(STAGE_PATIENCE_S);
    s->loop = io_loop_new(&err);
    cr_assert(s->loop, "%s", err.text);
    struct target_options options = { .role = ROLE_SERVER, .url = url, .command = command };
    cr_assert(target_init(&s->target, s->loop, &options, &err), "%s", err.text);
    s->probe = (struct probe){ .open = true, .echoes = true, .answers_ping = true };
    s->options = (struct schedule_options){
        .run = { .role = ROLE_SERVER,
                 .expect_us = 5000000,
                 .quiet_us = 50000,
                 .barriers = true,
                 .echoes = true,
                 .seed = 1 },
        .verdict = { .role = ROLE_SERVER },
        .jobs = 8,
        .case_us = 20000000,
    };
}

/* The run has to know where the target is; with --exec that is known only when it has started. */
static inline void stage_tell_address(struct stage *s)
{
    s->options.run.host = s->target.url.authority;
    s->options.run.path = s->target.url.target;
    s->options.run.port = s->target.port_text;
    s->options.run.base = s->target.base;
}

/* A server that the tester starts. */
static inline void stage_exec(struct stage *s, const char *command)
{
    struct err err = { 0 };

    *s = (struct stage){ 0 };
    stage_set(s, NULL, command);
    cr_assert(target_start(&s->target, &err), "%s", err.text);
    stage_tell_address(s);
}

/* A server that runs already, as others have started it. */
static inline void stage_url(struct stage *s, const char *habit)
{
    struct err err = { 0 };
    struct io_event event;
    char *argv[] = { (char *)(uintptr_t)ODD_SERVER, (char *)(uintptr_t)habit,
                     (char *)(uintptr_t) "0", NULL };

    *s = (struct stage){ .others = io_loop_new(&err) };
    cr_assert(s->others && io_process_start(s->others, argv, NULL, &err), "%s", err.text);
    cr_assert(io_loop_next(s->others, io_now_ms() + TARGET_START_MS, &event, &err));
    cr_assert(event.kind == IO_OUTPUT && !event.is_stderr && event.len < 10, "it does not start");
    snprintf(s->url, sizeof s->url, "ws://127.0.0.1:%.*s/", (int)event.len - 1,
             (const char *)event.data);
    stage_set(s, s->url, NULL);
    stage_tell_address(s);
}

static inline void stage_free(struct stage *s)
{
    target_free(&s->target);
    arena_free(&s->arena);
    io_loop_free(s->loop);
    io_loop_free(s->others);
}

/* `text`: whole cases, as in a file. Many of them: call it again. */
static inline void stage_cases(struct stage *s, const char *text)
{
    struct diagnostics diags = { 0 };
    struct script_file file;
    struct buf whole;

    buf_init(&whole, SCRIPT_FILE_MAX);
    cr_assert(buf_print(&whole, "group \"G\"\n%s", text));
    const char *kept = arena_str(&s->arena, buf_bytes(&whole));
    buf_free(&whole);
    if (!script_parse(&s->arena, "t.case", bytes_str(kept), NULL, &file, &diags))
        case_log_mistakes("t.case", bytes_str(kept), &diags);
    cr_assert_eq(diags.count, 0, "it does not parse");
    for (size_t i = 0; i < file.n_cases; i++) {
        cr_assert_lt(s->n_cases, STAGE_CASES_MAX);
        s->cases[s->n_cases++] = &file.cases[i];
    }
}

/* What came out of a schedule, in the order of the cases. */
struct seen {
    struct {
        bool told;
        size_t place; /* among those told, from 0 */
        enum verdict_kind result;
        unsigned attempts;
        size_t entries;
        char reason[160], stderr_text[160];
    } of[STAGE_CASES_MAX];
    size_t n;
    unsigned unsolved; /* deaths of which nobody was convicted */
    struct err err;    /* why it did not go on; ERR_NONE: all were told */
};

static inline void stage_note(struct seen *seen, struct outcome *o)
{
    cr_assert_lt(o->index, STAGE_CASES_MAX);
    cr_assert_not(seen->of[o->index].told, "case %zu is told twice", o->index);
    seen->of[o->index].told = true;
    seen->of[o->index].place = seen->n;
    seen->of[o->index].result = o->verdict.result;
    seen->of[o->index].attempts = o->attempts;
    seen->of[o->index].entries = o->transcript.count;
    snprintf(seen->of[o->index].reason, 160, "%s", o->verdict.reason ? o->verdict.reason : "");
    snprintf(seen->of[o->index].stderr_text, 160, "%s", o->err_output ? o->err_output : "");
    transcript_free(&o->transcript);
    seen->n++;
}

static inline struct seen stage_run(struct stage *s)
{
    struct seen seen = { .n = 0 };
    struct outcome o;
    struct schedule *schedule =
        schedule_new(&s->target, s->cases, s->n_cases, &s->options, &s->probe, &seen.err);

    cr_assert(schedule, "%s", seen.err.text);
    while (schedule_next(schedule, &o, &seen.err))
        stage_note(&seen, &o);
    cr_assert(seen.err.code != ERR_NONE || seen.n == s->n_cases, "%zu of %zu were told", seen.n,
              s->n_cases);
    seen.unsolved = schedule_unsolved(schedule);
    schedule_free(schedule);
    return seen;
}

/* Case `i` by name of its verdict, with a part of its reason ("": no matter which). */
static inline void stage_expect(const struct seen *seen, size_t i, const char *verdict,
                                const char *reason)
{
    cr_assert(seen->of[i].told, "case %zu is not told: %s", i, seen->err.text);
    cr_expect_str_eq(verdict_name(seen->of[i].result), verdict, "case %zu, attempt %u: %s: %s", i,
                     seen->of[i].attempts, verdict_name(seen->of[i].result), seen->of[i].reason);
    cr_expect(strstr(seen->of[i].reason, reason), "case %zu: \"%s\" is not in \"%s\"", i, reason,
              seen->of[i].reason);
}

#endif
