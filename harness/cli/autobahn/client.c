#include "cli/autobahn/autobahn.h"

#include <stdio.h>
#include <string.h>

#include "cli/autobahn/reports.h"
#include "cli/options/exit_code.h"
#include "io/file.h"

/* Mode fuzzingclient: tests the servers of a spec, one after the other. */

/* One server's run; lives until the reports of all are written. */
struct server_run {
    const struct spec_server *server;
    struct session session;
    struct autobahn_selection selection; /* without what is excluded for its agent */
    const char *agent;
};

struct fuzzing {
    const struct autobahn_options *o;
    struct autobahn_plan plan;
    struct autobahn_reports reports;
    struct server_run **runs;
    size_t n_runs;
    int code; /* the worst so far */
    bool interrupted;
};

static void worst(struct fuzzing *f, int code)
{
    if (code > f->code)
        f->code = code;
}

/* A spec without servers is about the one that -w names. */
static bool take_wsuri(struct fuzzing *f, struct err *err)
{
    struct spec *spec = &f->plan.spec;

    if (spec->n_servers > 0)
        return true;
    if (!f->o->url)
        return err_set(err, ERR_USAGE,
                       "no server is named: neither by \"servers\" of the spec nor by -w URL");
    if (!spec->servers)
        spec->servers = arena_array(&f->plan.arena, 1, sizeof *spec->servers);
    if (!spec->servers)
        return err_memory(err, "a server");
    spec->servers[0] = (struct spec_server){ .url = f->o->url, .options = spec->options };
    spec->n_servers = 1;
    return true;
}

static bool set_up(struct fuzzing *f, struct server_run *run, struct err *err)
{
    const struct spec_server *server = run->server;
    struct session *s = &run->session;
    struct arena *a = &f->plan.arena;

    autobahn_session(s, &f->plan, f->o, &server->options, ROLE_SERVER);
    s->o.insecure = true; /* as there: a test server's certificate is its own */
    s->o.cert = f->o->cert;
    s->o.key = f->o->key;
    s->o.sni = server->hostname;
    s->again = arena_print(a, "wsproof test '%s'", server->url);
    const char *origin = server->origin ? arena_print(a, "Origin: %s", server->origin) : NULL;
    if (!s->again || (server->origin && !origin))
        return err_memory(err, "a server");
    if (origin)
        s->o.headers.items[s->o.headers.count++] = origin;
    for (size_t i = 0; i < server->n_protocols && i < ARG_LIST_MAX; i++)
        s->o.protocols.items[s->o.protocols.count++] = server->protocols[i];
    return session_open(s, ROLE_SERVER, server->url, err);
}

/* Once it is known who it is: which cases, and where the reports go. */
static bool settle_agent(struct fuzzing *f, struct server_run *run, struct err *err)
{
    struct session *s = &run->session;
    const struct spec *spec = &f->plan.spec;
    const struct autobahn_selection *all = &f->plan.selection;
    struct autobahn_selection *mine = &run->selection;

    run->agent = run->server->agent ? run->server->agent
                 : s->probe.name[0] ? s->probe.name
                                    : "UnknownServer";
    mine->cases = arena_array(&s->arena, all->count, sizeof *mine->cases);
    if (!mine->cases)
        return err_memory(err, "the chosen cases");
    for (size_t i = 0; i < all->count; i++) {
        if (autobahn_excluded(spec->exclude_agents, spec->n_exclude_agents, run->agent,
                              all->cases[i].id))
            continue;
        s->cases[mine->count] = all->cases[i].c;
        mine->cases[mine->count++] = all->cases[i];
    }
    s->n_cases = mine->count;
    s->numbered = mine;
    if (!autobahn_reports_add(&f->reports, run->agent, &s->report, err))
        return false;
    run->agent = f->reports.agents[f->reports.count - 1].agent;
    const char *clean = autobahn_reports_clean(run->agent, &s->arena);
    s->o.report_dir = clean ? arena_print(&s->arena, "%s/wsproof/%s", spec->outdir, clean) : NULL;
    s->outputs.dir = s->o.report_dir;
    return s->o.report_dir || err_memory(err, "a report's folder");
}

static bool run_cases(struct fuzzing *f, struct server_run *run, struct err *err)
{
    struct session *s = &run->session;

    if (!session_probe(s, err) || !settle_agent(f, run, err))
        return false;
    progress_name(stdout, run->agent);
    printf(" at %s: %zu cases\n", run->server->url, s->n_cases);
    fflush(stdout);
    return session_begin(s, err) && session_cases(s, err);
}

static void test_server(struct fuzzing *f, struct server_run *run)
{
    struct session *s = &run->session;
    struct err err = { 0 };
    bool ok = set_up(f, run, &err) && run_cases(f, run, &err);
    int code = session_finish(s, ok ? NULL : &err);

    f->interrupted = !ok && strcmp(err.text, SCHEDULE_INTERRUPTED) == 0;
    if (code > EXIT_UNEXPECTED) /* what was found counts by other rules, below */
        worst(f, code);
    worst(f, autobahn_reports_code(&s->report, f->o->strict_exit));
    if (f->reports.count > 0 && f->reports.agents[f->reports.count - 1].report == &s->report &&
        !autobahn_reports_cases(&f->reports, f->reports.count - 1, &err))
        worst(f, autobahn_fail(&err));
}

static bool test_all(struct fuzzing *f, struct err *err)
{
    const struct spec *spec = &f->plan.spec;

    f->runs = arena_array(&f->plan.arena, spec->n_servers, sizeof *f->runs);
    if (!f->runs)
        return err_memory(err, "the servers");
    for (size_t i = 0; i < spec->n_servers && !f->interrupted; i++) {
        struct server_run *run = arena_new(&f->plan.arena, sizeof *run);
        if (!run)
            return err_memory(err, "a server");
        f->runs[f->n_runs++] = run;
        run->server = &spec->servers[i];
        test_server(f, run);
    }
    return autobahn_reports_index(&f->reports, err);
}

int autobahn_fuzzingclient(const struct autobahn_options *o)
{
    static struct fuzzing f; /* large */
    struct err err = { 0 };

    f.o = o;
    bool ok = autobahn_plan_load(&f.plan, SPEC_FUZZINGCLIENT, o, &err) && take_wsuri(&f, &err) &&
              io_dir_make(f.plan.spec.outdir, &err);
    f.reports.dir = f.plan.spec.outdir;
    if (!ok || !test_all(&f, &err))
        worst(&f, autobahn_fail(&err));
    else
        printf("reports: %s/index.html\n", f.reports.dir);
    for (size_t i = 0; i < f.n_runs; i++)
        session_free(&f.runs[i]->session);
    arena_free(&f.reports.arena);
    autobahn_plan_free(&f.plan);
    return f.code;
}
