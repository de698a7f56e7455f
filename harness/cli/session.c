#include "cli/session.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/known.h"
#include "cli/own_peer.h"
#include "cli/session_cuts.h"
#include "io/clock.h"
#include "io/file.h"
#include "report/describe.h"
#include "report/json.h"
#include "script/print.h"

#define PROFILE_FILE_MAX (1u << 20)

void session_defaults(struct session_options *o, enum case_role role)
{
    memset(o, 0, sizeof *o);
    o->report_dir = "wsproof-report";
    o->fail_on = "minor";
    o->jobs = role == ROLE_CLIENT ? 8 : 32;
    o->timeout_ms = SCHEDULE_EXPECT_MS;
    o->case_ms = SCHEDULE_CASE_MS;
    o->seed = 1;
}

size_t session_rows(struct session_options *o, enum case_role role, struct arg_row *rows)
{
    bool servers = role == ROLE_SERVER;
    const struct arg_row all[] = {
        { "--exec", 0, ARG_TEXT, &o->exec, "CMD",
          servers ? "start the server: {port}, {url} or {socket} is where it shall listen; without "
                    "any of them "
                    "its output has to tell"
                  : "start the client once a case: {port} or {url} is where it shall connect" },
        { "--cases", 0, ARG_LIST, &o->cases, "GLOB",
          "only these: ids, prefixes, globs, tags, requirement ids" },
        { "--exclude", 0, ARG_LIST, &o->exclude, "GLOB", "not these" },
        { "--long", 0, ARG_FLAG, &o->long_too, NULL, "also those that take minutes (tag long)" },
        { "--shard", 0, ARG_TEXT, &o->shard, "I/N", "only every Nth case, from the Ith" },
        { "--cases-from", 0, ARG_TEXT, &o->cases_from, "PATH",
          "cases from a folder or a .case file, not the built-in ones" },
        { "--profile", 0, ARG_TEXT, &o->profile, "FILE",
          "what the target is set up for, as lines 'limit 64K': see cases/README.md" },
        { "--jobs", 'j', ARG_NUMBER, &o->jobs, "N", "cases at a time" },
        { "--timeout", 0, ARG_TIME, &o->timeout_ms, "TIME", "how long an expectation waits" },
        { "--seed", 0, ARG_NUMBER, &o->seed, "N", "of random payloads and masking keys" },
        { "--cut", 0, ARG_TEXT, &o->cut, "SIZES",
          "bytes a write; of several, the answers must agree: whole,1,2,7" },
        { "--header", 0, ARG_LIST, &o->headers, "'N: V'", "add a header to each request" },
        { "--subprotocol", 0, ARG_LIST, &o->protocols, "NAME",
          "offer a subprotocol in each request" },
        { "--sni", 0, ARG_TEXT, &o->sni, "NAME", "name the server so in TLS" },
        { "--tls", 0, ARG_FLAG, &o->tls, NULL,
          servers ? "speak wss to what --exec starts"
                  : "speak wss to the client; {cacert} in CMD is whom to trust" },
        { "--cacert", 0, ARG_TEXT, &o->cacert, "FILE", "whom to trust (PEM)" },
        { "--cert", 0, ARG_TEXT, &o->cert, "FILE", "our certificate (PEM)" },
        { "--key", 0, ARG_TEXT, &o->key, "FILE", "its key (PEM)" },
        { "--insecure", 0, ARG_FLAG, &o->insecure, NULL, "do not verify certificates" },
        { "--report", 0, ARG_TEXT, &o->report_dir, "DIR",
          "where index.html, results.json and junit.xml go" },
        { "--json", 0, ARG_TEXT, &o->json, "FILE", "results.json also here" },
        { "--junit", 0, ARG_TEXT, &o->junit, "FILE", "junit.xml also here" },
        { "--pcap", 0, ARG_TEXT, &o->pcap, "FILE",
          "what went over the wire, for Wireshark (pcapng), with the secrets of TLS" },
        { "--tap", 0, ARG_FLAG, &o->tap, NULL, "TAP on standard output" },
        { "--github", 0, ARG_FLAG, &o->github, NULL,
          "annotations, and a summary for $GITHUB_STEP_SUMMARY" },
        { "--markdown", 0, ARG_TEXT, &o->markdown, "FILE", "a summary in Markdown here" },
        { "--sarif", 0, ARG_TEXT, &o->sarif, "FILE", "the fails as SARIF 2.1.0 here" },
        { "--badge", 0, ARG_TEXT, &o->badge, "FILE", "a badge (SVG) here" },
        { "--resume", 0, ARG_FLAG, &o->resume, NULL,
          "go on with what a killed run left in --report" },
        { "--strict", 0, ARG_FLAG, &o->strict, NULL, "contested cases may fail" },
        { "--baseline", 0, ARG_TEXT, &o->baseline, "FILE",
          "known failures, a line each: exit 0 with these, 1 when one is gone" },
        { "--update-baseline", 0, ARG_FLAG, &o->update_baseline, NULL,
          "write into that file what is now; its comments and reasons stay" },
        { "--fail-on", 0, ARG_TEXT, &o->fail_on, "LEVEL",
          "exit 1 from: pedantic, minor, major, critical" },
        { "--verbose", 'v', ARG_FLAG, &o->verbose, NULL, "every case, with its conversation" },
        { "--quiet", 'q', ARG_FLAG, &o->quiet, NULL, "only the counts" },
    };
    size_t n = 0;

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        bool client_row = all[i].into == &o->headers || all[i].into == &o->protocols ||
                          all[i].into == &o->sni || all[i].into == &o->cacert ||
                          all[i].into == &o->insecure;
        if (servers || !client_row)
            rows[n++] = all[i];
    }
    rows[n] = (struct arg_row){ 0 };
    return n;
}

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

static bool parse_cuts(struct session *s, struct err *err)
{
    struct bytes rest = bytes_str(s->o.cut ? s->o.cut : "whole");

    while (rest.len > 0 || s->n_cuts == 0) {
        size_t comma = bytes_index(rest, 0, ',');
        struct bytes word = bytes_take(rest, comma);
        uint64_t size = 0;
        rest = bytes_skip(rest, comma + 1);
        bool whole = bytes_eq_str(word, "whole");
        if ((!whole && (!text_number(word, 1 << 20, &size) || size == 0)) ||
            s->n_cuts == SESSION_CUTS_MAX)
            return err_set(err, ERR_USAGE,
                           "--cut expects sizes as 1,2,7,whole (at most %d), found \"%s\"",
                           SESSION_CUTS_MAX, s->o.cut);
        s->cuts[s->n_cuts++] = size;
    }
    return true;
}

static bool parse_headers(struct session *s, struct err *err)
{
    for (size_t i = 0; i < s->o.headers.count; i++) {
        struct bytes line = bytes_str(s->o.headers.items[i]);
        size_t colon = bytes_index(line, 0, ':');
        s->headers[i] =
            (struct ws_header){ bytes_take(line, colon), bytes_trim(bytes_skip(line, colon + 1)) };
        if (colon == line.len || !http1_is_token(s->headers[i].name))
            return err_set(err, ERR_USAGE, "--header expects 'Name: value', found \"%s\"",
                           s->o.headers.items[i]);
    }
    return true;
}

bool session_fail_on(struct session *s, struct err *err)
{
    for (int level = SEVERITY_PEDANTIC; level <= SEVERITY_CRITICAL; level++) {
        if (strcmp(s->o.fail_on, script_severity_name((enum severity)level)) == 0) {
            s->fail_on = s->outputs.fail_on = (enum severity)level;
            return true;
        }
    }
    return err_set(err, ERR_USAGE,
                   "--fail-on expects pedantic, minor, major or critical, found \"%s\"",
                   s->o.fail_on);
}

static bool read_profile(struct session *s, struct err *err)
{
    struct buf text;
    bool ok;

    if (!s->o.profile)
        return true;
    buf_init(&text, PROFILE_FILE_MAX);
    ok = io_file_read(s->o.profile, PROFILE_FILE_MAX, &text, err) &&
         profile_parse(&s->arena, s->o.profile, buf_bytes(&text), &s->profile, err);
    buf_free(&text);
    return ok;
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

static bool write_cacert(struct session *s, struct err *err)
{
    const char *path = arena_print(&s->arena, "%s/cacert.pem", s->o.report_dir);
    struct buf pem;
    bool ok;

    buf_init(&pem, 1 << 20);
    ok = path && io_dir_make(s->o.report_dir, err) && io_tls_certificate(s->tls, &pem, err) &&
         io_file_write(path, buf_bytes(&pem), err);
    buf_free(&pem);
    s->target_options.cacert = path;
    return ok;
}

/* Those that a case may show to a client. Who gives us a certificate has an authority of his own,
 * in whose name we can make none. */
static bool make_flawed(struct session *s, struct err *err)
{
    for (enum io_tls_flaw flaw = IO_TLS_GOOD + 1; flaw < IO_TLS_FLAWS; flaw++) {
        struct io_tls_options options = {
            .server = true, .flaw = flaw, .authority = s->tls, .alpn = "http/1.1"
        };
        if (s->o.cert && flaw != IO_TLS_SELF_SIGNED)
            continue;
        s->flawed[flaw] = io_tls_new(&options, err);
        if (!s->flawed[flaw])
            return false;
        s->target_options.flawed[flaw] = s->flawed[flaw];
    }
    return true;
}

static bool open_tls(struct session *s, const char *url, struct err *err)
{
    struct io_tls_options options = { .server = s->role == ROLE_CLIENT,
                                      .cert = s->o.cert,
                                      .key = s->o.key,
                                      .cacert = s->o.cacert,
                                      .insecure = s->o.insecure,
                                      .alpn = "http/1.1" };
    struct peer_url parsed;
    bool wanted = s->o.tls;

    if (url) {
        if (!peer_url_parse(url, &parsed, err))
            return false;
        wanted = parsed.secure;
    }
    wanted |= target_address_of(&s->target_options) == TARGET_TELLS; /* it may tell a wss:// one */
    if (!wanted)
        return true;
    s->tls = io_tls_new(&options, err);
    return s->tls && (s->role == ROLE_SERVER || (write_cacert(s, err) && make_flawed(s, err)));
}

static bool open_target(struct session *s, const char *url, struct err *err)
{
    const struct own_peer *own = own_peer(s->role);

    s->target_options.role = s->role;
    s->target_options.url = url;
    s->target_options.command = s->o.exec;
    s->target_options.sni = s->o.sni;
    s->target_options.profile = &s->profile;
    if (!url && !s->o.exec)
        s->target_options.command = s->o.tls ? own->tls_command : own->command;
    if (!open_tls(s, url, err))
        return false;
    if (target_address_of(&s->target_options) == TARGET_TELLS)
        s->target_options.tls_if_told = s->tls;
    else
        s->target_options.tls = s->tls;
    return target_init(&s->target, s->loop, &s->target_options, err);
}

static const char *target_name(struct session *s, const char *url)
{
    if (s->o.exec)
        return s->o.exec;
    if (url)
        return url;
    return s->role == ROLE_SERVER ? "wsproof serve (the reference server)"
                                  : "wsproof connect --echo (the reference client)";
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
    s->report.target = target_name(s, url);
    s->report.role = role == ROLE_CLIENT ? "client" : "server";
    s->report.version = WSPROOF_VERSION;
    s->report.seed = s->o.seed;
    s->report.started_s = io_wall_s();
    s->outputs = (struct outputs){ s->o.report_dir, s->o.json,  s->o.junit, s->o.tap,
                                   s->o.markdown,   s->o.badge, s->o.sarif, SEVERITY_MINOR };
    s->progress = progress_new(&shown);
    if (!s->progress)
        return err_memory(err, "the progress line");
    if (!parse_cuts(s, err) || !parse_headers(s, err) || !session_fail_on(s, err) ||
        !read_profile(s, err))
        return false;
    if (!load_source(s, err) || !select_cases(s, err) || !known_open(s, err))
        return false;
    s->loop = io_loop_new(err);
    return s->loop && io_loop_watch_signals(s->loop, err) &&
           pcap_file_open(&s->pcap, s->o.pcap, s->loop, err) && open_target(s, url, err);
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

/* Which words of a target's were taken for its address: people shall see a mistake. */
static void tell_address(const struct session *s)
{
    if (s->target.address == TARGET_TELLS && !s->o.quiet)
        fprintf(stderr, "the target is at %s, for it printed: %s\n", s->target.url_text,
                s->target.told.line);
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
    tell_address(s);
    return true;
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
    while (ok && schedule_next(schedule, &outcome, err))
        ok = session_add(s, &outcome, err);
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
