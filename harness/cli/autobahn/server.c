#include "cli/autobahn/autobahn.h"

#include <stdio.h>
#include <string.h>

#include "cli/autobahn/reports.h"
#include "cli/options/exit_code.h"
#include "cli/serve/agents.h"
#include "drive/visitor.h"
#include "io/clock.h"
#include "io/file.h"
#include "report/browser.h"
#include "report/command.h"

/* Mode fuzzingserver: clients come and ask for the cases. */

struct fuzzing {
    const struct autobahn_options *o;
    struct autobahn_plan plan;
    struct session session;
    struct agents agents;
    struct autobahn_reports reports;
    struct web_site port_site, web_site; /* of the fuzzing server's port, and of --webport */
    struct web_server *web;
    struct case_server *server;
    struct peer_url url;
};

/* ---- reports ---- */

/* The agents as they are now; names stay theirs, as they come in the same order again. */
static bool name_agents(struct fuzzing *f, struct err *err)
{
    for (size_t i = f->reports.count; i < f->agents.count; i++)
        if (!autobahn_reports_add(&f->reports, f->agents.list[i].name, &f->agents.list[i].report,
                                  err))
            return false;
    return true;
}

static bool write_reports(struct fuzzing *f, struct err *err)
{
    if (!name_agents(f, err) || !agents_write(&f->agents, err))
        return false;
    for (size_t i = 0; i < f->agents.count; i++) {
        if (f->agents.list[i].changed && !autobahn_reports_cases(&f->reports, i, err))
            return false;
        f->agents.list[i].changed = false;
    }
    return autobahn_reports_index(&f->reports, err);
}

/* ---- direct command mode ---- */

static void send_frame(struct visitor *v, const struct command_frame *f)
{
    struct ws_head head = { .fin = f->fin,
                            .rsv = f->rsv,
                            .opcode = f->opcode,
                            .masked = f->masked,
                            .len_form = ws_frame_shortest(f->payload.len),
                            .payload_len = f->payload.len };

    memcpy(head.key, f->key, sizeof head.key);
    visitor_frame(v, &head, f->payload, (size_t)f->chop);
}

/* A command that nobody understands ends the conversation, and says why. */
static void obey(const struct case_server_event *e)
{
    struct arena a = { 0 };
    struct err err = { 0 };
    struct command command;
    uint64_t now_ms = io_now_ms();
    bool ok;

    if (!report_command_read(e->text, &a, &command, &err)) {
        ok = ws_conn_close(&e->visitor->conn, 1003, bytes_take(bytes_str(err.text), 120), now_ms);
    } else if (command.n_frames == 0) {
        ok = ws_conn_close(&e->visitor->conn, command.code, command.reason, now_ms);
    } else {
        ok = true;
        for (size_t i = 0; i < command.n_frames; i++)
            send_frame(e->visitor, &command.frames[i]);
    }
    if (!ok)
        fprintf(stderr, "wsproof: out of memory for a Close\n");
    arena_free(&a);
}

/* ---- serving ---- */

static bool serve(struct fuzzing *f, struct err *err)
{
    struct case_server_event e;

    for (;;) {
        if (!case_server_next(f->server, &e, err))
            return false;
        switch (e.kind) {
        case CASE_SERVER_RESULT:
            if (!agents_add(&f->agents, &e, err))
                return false;
            break;
        case CASE_SERVER_REPORT:
            if (!write_reports(f, err))
                return false;
            if (e.last)
                return true;
            break;
        case CASE_SERVER_COMMAND: obey(&e); break;
        case CASE_SERVER_PAGE: break; /* the site has answered that */
        case CASE_SERVER_STOP: return f->agents.count == 0 || write_reports(f, err);
        }
    }
}

static bool open_session(struct fuzzing *f, struct err *err)
{
    const struct spec *spec = &f->plan.spec;
    struct session *s = &f->session;

    if (!peer_url_parse(spec->url, &f->url, err))
        return false;
    if (io_is_local(f->url.host))
        return err_set(err, ERR_USAGE, "%s: a fuzzing server listens on a port", spec->url);
    autobahn_session(s, &f->plan, f->o, &spec->options, ROLE_CLIENT);
    s->o.tls = f->url.secure || spec->enable_ssl || f->o->key || f->o->cert;
    s->o.cert = f->o->cert ? f->o->cert : spec->cert;
    s->o.key = f->o->key ? f->o->key : spec->key;
    s->o.report_dir = arena_print(&f->plan.arena, "%s/wsproof", spec->outdir);
    if (!s->o.report_dir)
        return err_memory(err, "a report's folder");
    return io_dir_make(spec->outdir, err) && session_open(s, ROLE_CLIENT, NULL, err);
}

/* The fuzzing server's port is open to everybody: a folder of reports that holds the working folder
 * too (as "." does) is not shown on it. */
static const char *public_reports(const struct spec *spec)
{
    return io_file_below(spec->outdir, ".") ? NULL : spec->outdir;
}

static void describe_sites(struct fuzzing *f)
{
    struct web_site site = { .about = { .version = WSPROOF_VERSION,
                                        .scheme = f->session.tls ? "wss" : "ws",
                                        .port = f->url.port,
                                        .n_cases = f->session.n_cases,
                                        .reports = true },
                             .browser = report_browser_page(),
                             .reports_dir = f->plan.spec.outdir };

    f->port_site = f->web_site = site;
    f->port_site.reports_dir = public_reports(&f->plan.spec);
    f->port_site.about.reports = f->port_site.reports_dir != NULL;
    f->web_site.cwd = ".";
    f->web_site.about.cwd = true;
}

/* The pages for people are an extra: a port that is taken is no reason not to serve the cases. They
 * show the working folder, so they are for this machine alone unless the spec's URL says more. */
static void open_web(struct fuzzing *f)
{
    bool local = strcmp(f->url.host, "localhost") == 0 || strncmp(f->url.host, "127.", 4) == 0 ||
                 strcmp(f->url.host, "::1") == 0;
    struct err err = { 0 };

    if (f->o->webport == 0)
        return;
    f->web = web_server_new(f->session.loop, local ? "127.0.0.1" : AUTOBAHN_EVERYWHERE_IPV4,
                            (uint16_t)f->o->webport, &f->web_site, &err);
    if (!f->web)
        fprintf(stderr, "warning: no pages on port %u: %s\n", (unsigned)f->o->webport, err.text);
}

/* The host of the spec's URL is what clients call us; wstest listens on every address whatever it
 * says, and containers rely on that. */
static bool open_server(struct fuzzing *f, struct err *err)
{
    struct session *s = &f->session;
    const struct spec *spec = &f->plan.spec;

    session_schedule(s);
    struct case_server_options options = { .run = s->schedule.run,
                                           .verdict = s->schedule.verdict,
                                           .case_us = s->schedule.case_us,
                                           .host = AUTOBAHN_EVERYWHERE,
                                           .port = f->url.port,
                                           .tls = s->tls,
                                           .numbered = &f->plan.selection,
                                           .exclusions = spec->exclude_agents,
                                           .n_exclusions = spec->n_exclude_agents,
                                           .origins = spec->options.origins,
                                           .n_origins = spec->options.n_origins,
                                           .site = &f->port_site,
                                           .web = f->web };
    options.run.protocols = spec->protocols;
    options.run.n_protocols = spec->n_protocols;
    f->server = case_server_new(s->loop, s->cases, s->n_cases, &options, err);
    if (f->server)
        return true;
    options.host = AUTOBAHN_EVERYWHERE_IPV4;
    f->server = case_server_new(s->loop, s->cases, s->n_cases, &options, err);
    return f->server != NULL;
}

static void announce(const struct fuzzing *f)
{
    printf("wsproof %s fuzzing server: %zu cases on %s://%s (every address, port %u)\n",
           WSPROOF_VERSION, f->session.n_cases, f->session.tls ? "wss" : "ws", f->url.authority,
           (unsigned)case_server_port(f->server));
    if (f->web)
        printf("pages for people on http://127.0.0.1:%u/\n", (unsigned)web_server_port(f->web));
    fflush(stdout);
}

static bool run(struct fuzzing *f, struct err *err)
{
    if (!autobahn_plan_load(&f->plan, SPEC_FUZZINGSERVER, f->o, err) || !open_session(f, err))
        return false;
    f->agents.s = &f->session;
    f->reports.dir = f->plan.spec.outdir;
    describe_sites(f);
    open_web(f);
    if (!open_server(f, err))
        return false;
    announce(f);
    return serve(f, err);
}

/* With --strict-exit it is also unexpected that nobody came. */
static int code_of(const struct fuzzing *f)
{
    int code = f->agents.count == 0 && f->o->strict_exit ? EXIT_UNEXPECTED : EXIT_OK;

    for (size_t i = 0; i < f->agents.count; i++) {
        int one = autobahn_reports_code(&f->agents.list[i].report, f->o->strict_exit);
        code = one > code ? one : code;
    }
    return code;
}

int autobahn_fuzzingserver(const struct autobahn_options *o)
{
    static struct fuzzing f; /* large */
    struct err err = { 0 };

    f.o = o;
    int code = run(&f, &err) ? EXIT_OK : autobahn_fail(&err);
    if (f.server) {
        int found = code_of(&f);
        code = found > code ? found : code;
        (void)agents_summary(&f.agents);
    }
    case_server_free(f.server);
    web_server_free(f.web);
    session_free(&f.session);
    arena_free(&f.reports.arena);
    autobahn_plan_free(&f.plan);
    return code;
}
