#include "cli/session/parts.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/options/exit_code.h"
#include "cli/session/cuts.h"
#include "cli/session/known.h"
#include "cli/session/own_peer.h"
#include "io/clock.h"
#include "io/file.h"
#include "report/describe.h"
#include "report/json.h"
#include "script/print.h"

static bool parse_shard(const char *text, struct selection *out, struct err *err)
{
    struct bytes all = bytes_str(text);
    size_t slash = bytes_index(all, 0, '/');
    uint64_t i, n;

    if (!text)
        return true;
    if (!text_number(bytes_take(all, slash), 100000, &i) ||
        !text_number(bytes_skip(all, slash + 1), 100000, &n) || i < 1 || i > n)
        return err_set(err, ERR_USAGE, "--shard expects I/N with 1 <= I <= N, found \"%s\"", text);
    out->shard = (unsigned)i;
    out->shards = (unsigned)n;
    return true;
}

/* Chosen by their numbers in Autobahn|Testsuite, and there is at least one. */
static bool take_numbered(struct session *s, struct err *err)
{
    s->cases = arena_array(&s->arena, s->numbered->count + 1, sizeof(struct script_case *));
    if (!s->cases)
        return err_memory(err, "the chosen cases");
    for (; s->n_cases < s->numbered->count; s->n_cases++)
        s->cases[s->n_cases] = s->numbered->cases[s->n_cases].c;
    return true;
}

static bool select_cases(struct session *s, struct err *err)
{
    struct selection selection = { .want = s->o.cases.items,
                                   .n_want = s->o.cases.count,
                                   .exclude = s->o.exclude.items,
                                   .n_exclude = s->o.exclude.count,
                                   .role = s->role,
                                   .no_long = !s->o.long_too };

    if (s->numbered)
        return take_numbered(s, err);
    if (!parse_shard(s->o.shard, &selection, err) ||
        !suite_select(&s->source.suite, &selection, &s->arena, &s->cases, &s->n_cases, err))
        return false;
    s->n_left_out = suite_left_out(&s->source.suite, &selection);
    s->n_chosen = suite_chosen(&s->source.suite, &selection);
    return s->n_cases > 0 ||
           err_set(err, ERR_USAGE, "no case is left to run: see wsproof cases list --role %s",
                   s->role == ROLE_CLIENT ? "client" : "server");
}

static bool load_source(struct session *s, struct err *err)
{
    if (!s->shared)
        return source_load(&s->source, s->o.cases_from, err);
    s->source = *s->shared;
    return true;
}

bool session_open(struct session *s, enum case_role role, const char *url, struct err *err)
{
    struct progress_options shown = { s->o.verbose, s->o.quiet, s->o.tap };

    if (s->o.github)
        github_begin(&s->github);
    s->role = role;
    s->started_ms = io_elapsed_ms();
    s->report.target = session_target_name(s, url);
    s->report.role = role == ROLE_CLIENT ? "client" : "server";
    s->report.version = WSPROOF_VERSION;
    s->report.seed = s->o.seed;
    s->report.started_s = io_wall_s();
    s->outputs = (struct outputs){ s->o.report_dir, s->o.json,  s->o.junit, s->o.tap,
                                   s->o.markdown,   s->o.badge, s->o.sarif, SEVERITY_MINOR };
    s->progress = progress_new(&shown);
    if (!s->progress)
        return err_memory(err, "the progress line");
    if (!session_read_options(s, err))
        return false;
    if (!load_source(s, err) || !select_cases(s, err) || !known_open(s, err))
        return false;
    s->loop = io_loop_new(err);
    return s->loop && io_loop_watch_signals(s->loop, err) &&
           pcap_file_open(&s->pcap, s->o.pcap, s->loop, err) && session_open_target(s, url, err);
}

void session_schedule(struct session *s)
{
    struct run_options *run = &s->schedule.run;

    schedule_usual(&s->target, s->source.files, &s->source.requirements, &s->schedule);
    run->headers = s->headers;
    run->n_headers = s->o.headers.count;
    run->protocols = s->o.protocols.items;
    run->n_protocols = s->o.protocols.count;
    run->seed = s->o.seed;
    run->cut = s->cuts[s->cut];
    run->pace_us = s->n_cuts > 1 ? 1000 : 0; /* answers are compared: the cuts must arrive */
    run->expect_us = s->o.timeout_ms * 1000;
    s->schedule.verdict.strict = s->o.strict;
    s->schedule.jobs = (unsigned)s->o.jobs;
    s->schedule.case_us = s->o.case_ms * 1000;
}

static void note_option(struct session *s, const char *name, const char *value)
{
    static const size_t room = 16;

    if (!s->report.options)
        s->report.options = arena_array(&s->arena, room, sizeof *s->report.options);
    if (value && s->report.options && s->report.n_options < room)
        s->report.options[s->report.n_options++] = (struct run_options_row){ name, value };
}

static void note_options(struct session *s)
{
    note_option(s, "jobs", arena_print(&s->arena, "%llu", (unsigned long long)s->o.jobs));
    note_option(s, "timeout",
                arena_print(&s->arena, "%llums", (unsigned long long)s->o.timeout_ms));
    note_option(s, "cut", s->o.cut);
    note_option(s, "shard", s->o.shard);
    note_option(s, "profile", s->o.profile);
    note_option(s, "strict", s->o.strict ? "yes" : NULL);
    if (s->n_left_out > 0)
        note_option(s, "long cases", arena_print(&s->arena, "%zu left out", s->n_left_out));
}

static void note_probe(struct session *s)
{
    struct run_options_row *rows = arena_array(&s->arena, 4, sizeof *rows);

    if (!rows)
        return;
    rows[0] =
        (struct run_options_row){ "echo", s->probe.echoes   ? "yes"
                                          : s->probe.pushes ? "no: it sends messages of its own"
                                                            : "no" };
    rows[1] = (struct run_options_row){ "answers ping", s->probe.answers_ping ? "yes" : "no" };
    rows[2] = (struct run_options_row){ s->role == ROLE_CLIENT ? "offers permessage-deflate"
                                                               : "takes permessage-deflate",
                                        s->probe.deflate ? "yes" : "no" };
    s->report.probe = rows;
    s->report.n_probe = s->role == ROLE_CLIENT ? 3 : 2;
    if (s->probe.name[0])
        s->report.server_header = s->probe.name;
}

/* A killed run's journal; no results when there is none. */
static bool read_journal(struct session *s, struct run_report *old, struct err *err)
{
    const char *path = arena_print(&s->arena, "%s/results.jsonl", s->o.report_dir);

    memset(old, 0, sizeof *old);
    if (!s->o.resume || !path || !io_file_exists(path))
        return true;
    if (!outputs_read(path, &s->arena, old, err))
        return false;
    if (old->target && strcmp(old->target, s->report.target) != 0)
        return err_set(err, ERR_USAGE, "--resume: %s is a run against %s", path, old->target);
    return true;
}

static bool make_room(struct session *s, size_t taken_over, struct err *err)
{
    s->results_cap = s->n_cases + taken_over;
    s->report.results = arena_array(&s->arena, s->results_cap + 1, sizeof *s->report.results);
    return s->report.results || err_memory(err, "the results");
}

/* The journal's results are taken over, its cases not run again. */
static bool take_over(struct session *s, struct err *err)
{
    struct run_report old;
    size_t kept = 0;

    if (!read_journal(s, &old, err) || !make_room(s, old.n_results, err))
        return false;
    for (size_t i = 0; i < old.n_results; i++)
        s->report.results[s->report.n_results++] = old.results[i];
    for (size_t i = 0; i < s->n_cases; i++) {
        bool done = false;
        for (size_t k = 0; k < old.n_results; k++)
            done |= strcmp(old.results[k].id, s->cases[i]->id) == 0;
        if (!done)
            s->cases[kept++] = s->cases[i];
    }
    s->n_cases = kept;
    return true;
}

bool session_begin(struct session *s, struct err *err)
{
    note_options(s);
    note_probe(s);
    if (!take_over(s, err) || !outputs_begin(&s->outputs, &s->report, s->o.resume, &s->arena, err))
        return false;
    progress_start(s->progress, &s->report, s->n_cases + s->report.n_results, s->n_left_out);
    return true;
}

/* Of our own peer we know what it is set up for, unless somebody says otherwise. */
static bool know_own_peer(struct session *s, struct err *err)
{
    const char *text = own_peer(s->role)->profile;

    if (s->o.profile || s->o.exec || s->target_options.url)
        return true;
    return profile_parse(&s->arena, "(built in)", bytes_str(text), &s->profile, err);
}

bool session_probe(struct session *s, struct err *err)
{
    if (!know_own_peer(s, err))
        return false;
    if (s->role == ROLE_SERVER && s->target_options.command && !target_start(&s->target, err))
        return false;
    session_schedule(s);
    if (!probe_target(&s->target, &s->schedule.run, &s->probe, err))
        return false;
    session_tell_address(s);
    return true;
}

/* The next outcome, while the progress line goes on. */
static bool next_outcome(struct session *s, struct schedule *schedule, struct outcome *out,
                         struct err *err)
{
    enum schedule_got got;

    s->foreseen = true;
    while ((got = schedule_until(schedule, progress_due_ms(s->progress), out, err)) ==
           SCHEDULE_TIME) {
        s->left = schedule_left(schedule);
        progress_time(s->progress, &s->left);
    }
    s->left = schedule_left(schedule);
    return got == SCHEDULE_OUTCOME;
}

static bool run_all(struct session *s, struct err *err)
{
    struct outcome outcome;
    bool ok = true;

    session_schedule(s);
    struct schedule *schedule =
        schedule_new(&s->target, s->cases, s->n_cases, &s->schedule, &s->probe, err);
    if (!schedule)
        return false;
    while (ok && next_outcome(s, schedule, &outcome, err))
        ok = session_add(s, &outcome, err);
    s->report.unsolved += schedule_unsolved(schedule);
    schedule_free(schedule);
    return ok && err->code == ERR_NONE;
}

bool session_cases(struct session *s, struct err *err)
{
    return s->n_cuts > 1 ? session_cuts(s, err) : run_all(s, err);
}

bool session_run(struct session *s, struct err *err)
{
    return session_probe(s, err) && session_begin(s, err) && session_cases(s, err);
}
