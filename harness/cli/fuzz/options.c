#include "cli/fuzz/options.h"

#include <string.h>

#define TIME_MS (5 * 60 * 1000) /* where nobody says when to stop */
#define JOBS_MAX 64

void fuzz_defaults(struct fuzz_words *w)
{
    memset(w, 0, sizeof *w);
    w->o.findings = "findings";
    w->o.timeout_ms = 2000;
    w->o.memory_bytes = 256u << 20;
    w->o.cpu_ms = 2000;
    w->o.time_ms = UINT64_MAX;
    w->o.seed = UINT64_MAX;
    w->role = "server";
    w->jobs = 1;
}

void fuzz_rows(struct fuzz_words *w, struct arg_row rows[FUZZ_ROWS])
{
    struct fuzz_options *o = &w->o;
    const struct arg_row all[] = {
        { "--exec", 0, ARG_TEXT, &o->command, "CMD",
          "start the target: {port}, {url} or {socket} in CMD, or it tells where it is" },
        { "--role", 0, ARG_TEXT, &w->role, "ROLE", "what it is: server (usual) or client" },
        { "--time", 0, ARG_TIME, &o->time_ms, "TIME", "for so long (5m); 0s: until Ctrl-C" },
        { "--runs", 0, ARG_NUMBER, &o->runs, "N", "for so many sessions" },
        { "--first", 0, ARG_FLAG, &o->first, NULL, "only until the first finding" },
        { "--seed", 0, ARG_NUMBER, &o->seed, "N", "begin as a run with this seed did" },
        { "--jobs", 'j', ARG_NUMBER, &w->jobs, "N", "so many targets at a time (1)" },
        { "--corpus", 0, ARG_TEXT, &o->corpus, "DIR", "keep what reached something new" },
        { "--findings", 0, ARG_TEXT, &o->findings, "DIR", "where findings go (findings)" },
        { "--sarif", 0, ARG_TEXT, &w->sarif, "FILE", "the findings as SARIF 2.1.0 here" },
        { "--minimise", 0, ARG_TEXT, &w->minimise, "FILE", "make a .case that fails smaller" },
        { "--timeout", 0, ARG_TIME, &o->timeout_ms, "TIME", "silent for so long: it hangs (2s)" },
        { "--memory", 0, ARG_NUMBER, &o->memory_bytes, "SIZE", "one session may cost (256M)" },
        { "--cpu", 0, ARG_TIME, &o->cpu_ms, "TIME", "one session may cost (2s)" },
        { "--strict", 0, ARG_FLAG, &o->strict, NULL, "what a SHOULD says and contested readings" },
        { "--pedantic", 0, ARG_FLAG, &o->pedantic, NULL, "fails of pedantic severity count" },
        { "--no-coverage", 0, ARG_FLAG, &o->no_coverage, NULL, "let replies guide, even so" },
        { "--no-grammar", 0, ARG_FLAG, &o->no_grammar, NULL, "mutate bytes, not frames" },
        { "--all-cores", 0, ARG_FLAG, &o->all_cores, NULL, "do not keep it to the engine's core" },
        { "--header", 0, ARG_LIST, &w->headers, "'N: V'", "add a header to each request" },
        { "--subprotocol", 0, ARG_LIST, &w->protocols, "NAME", "offer it in each request" },
        { "--sni", 0, ARG_TEXT, &o->sni, "NAME", "name the server so in TLS" },
        { "--cacert", 0, ARG_TEXT, &o->cacert, "FILE", "whom to trust (PEM)" },
        { "--insecure", 0, ARG_FLAG, &o->insecure, NULL, "do not verify certificates" },
        { "--tls", 0, ARG_FLAG, &o->tls, NULL,
          "speak wss; to a client: {cacert} in CMD is whom to trust" },
        { "--verbose", 'v', ARG_FLAG, &w->verbose, NULL, "also what came to nothing" },
        { "--quiet", 'q', ARG_FLAG, &w->quiet, NULL, "only findings and the summary" },
    };
    _Static_assert(sizeof all / sizeof *all < FUZZ_ROWS, "room for all, and the end");

    memcpy(rows, all, sizeof all);
    rows[sizeof all / sizeof *all] = (struct arg_row){ 0 };
}

static bool take_role(struct fuzz_words *w, struct err *err)
{
    bool client = strcmp(w->role, "client") == 0;

    if (!client && strcmp(w->role, "server") != 0)
        return err_set(err, ERR_USAGE, "--role expects server or client, found \"%s\"", w->role);
    w->o.role = client ? ROLE_CLIENT : ROLE_SERVER;
    return true;
}

static bool take_target(struct fuzz_words *w, const struct arg_list *rest, struct err *err)
{
    if (rest->count > 1)
        return err_set(err, ERR_USAGE, "unexpected \"%s\"", rest->items[1]);
    w->o.url = rest->count == 1 ? rest->items[0] : NULL;
    if (w->o.role == ROLE_CLIENT && w->o.url)
        return err_set(err, ERR_USAGE, "a client has no URL, found \"%s\"; --exec starts it",
                       w->o.url);
    if (w->o.role == ROLE_CLIENT && !w->o.command)
        return err_set(err, ERR_USAGE, "--role client needs --exec, to start the client");
    if (!w->o.url && !w->o.command)
        return err_set(err, ERR_USAGE, "what shall be fuzzed? expected a URL or --exec CMD");
    return true;
}

/* Several engines at one server would blame it for what another did to it. */
static bool check_jobs(const struct fuzz_words *w, struct err *err)
{
    if (w->jobs < 1 || w->jobs > JOBS_MAX)
        return err_set(err, ERR_USAGE, "--jobs expects 1 to %d", JOBS_MAX);
    if (w->jobs > 1 && w->o.url)
        return err_set(err, ERR_USAGE,
                       "--jobs needs a target for each: leave out the URL, and use --exec with "
                       "{port}");
    return true;
}

bool fuzz_take(struct fuzz_words *w, const struct arg_list *rest, struct err *err)
{
    struct fuzz_options *o = &w->o;

    o->headers = w->headers.items;
    o->n_headers = w->headers.count;
    o->protocols = w->protocols.items;
    o->n_protocols = w->protocols.count;
    o->verbose = w->verbose;
    if (o->time_ms == UINT64_MAX)
        o->time_ms = o->runs > 0 ? 0 : TIME_MS;
    if (o->timeout_ms == 0)
        return err_set(err, ERR_USAGE, "--timeout 0s: every target would hang");
    return take_role(w, err) && take_target(w, rest, err) && check_jobs(w, err);
}
