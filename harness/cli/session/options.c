#include "cli/session/parts.h"

#include <string.h>

#include "base/text.h"
#include "cli/options/handshake.h"
#include "io/file.h"

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
        { "--jobs", 'j', ARG_NUMBER, &o->jobs, "N",
          servers ? "cases at a time, 1 to 256 (32)" : "cases at a time, 1 to 256 (8)" },
        { "--timeout", 0, ARG_TIME, &o->timeout_ms, "TIME", "how long an expectation waits (5s)" },
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

static bool check_limits(const struct session_options *o, struct err *err)
{
    if (o->jobs < 1 || o->jobs > SCHEDULE_JOBS_MAX)
        return err_set(err, ERR_USAGE, "--jobs wants 1 to %d", SCHEDULE_JOBS_MAX);
    return o->timeout_ms > 0 || err_set(err, ERR_USAGE, "--timeout wants some time, not 0");
}

bool session_read_options(struct session *s, struct err *err)
{
    return check_limits(&s->o, err) && parse_cuts(s, err) &&
           handshake_headers(&s->o.headers, s->headers, err) &&
           handshake_protocols(&s->o.protocols, err) && session_fail_on(s, err) &&
           read_profile(s, err);
}
