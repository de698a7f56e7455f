#include "cli/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/session.h"
#include "drive/case_server.h"
#include "io/clock.h"

#define AGENTS_MAX 64

/* What one client got; each has a report of its own. */
struct agent {
    char *name, *dir;
    struct run_report report;
    size_t cap;
    uint64_t first_ms;
};

struct agents {
    struct session *s;
    struct agent list[AGENTS_MAX];
    size_t count;
};

/* A folder name that no agent can leave with: letters and digits, all else "_". */
static char *folder_of(struct session *s, const char *name)
{
    char *dir = arena_print(&s->arena, "%s/%s", s->o.report_dir, name);

    for (char *p = dir ? dir + strlen(s->o.report_dir) + 1 : NULL; p && *p; p++) {
        bool keep = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                    (*p >= '0' && *p <= '9') || *p == '-' || (*p == '.' && p[1] != '.');
        *p = keep ? *p : '_';
    }
    return dir;
}

static struct agent *agent_named(struct agents *all, const char *name)
{
    struct session *s = all->s;

    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->list[i].name, name) == 0)
            return &all->list[i];
    if (all->count == AGENTS_MAX)
        return NULL;
    struct agent *a = &all->list[all->count];
    *a = (struct agent){ .name = arena_str(&s->arena, bytes_str(name)),
                         .dir = folder_of(s, name),
                         .report = s->report,
                         .first_ms = io_now_ms() };
    if (!a->name || !a->dir)
        return NULL;
    a->report.target = a->name;
    all->count++;
    return a;
}

/* A case that a client asks for again takes the place of its old result. */
static struct result *place_for(struct session *s, struct agent *a, const char *id)
{
    for (size_t i = 0; i < a->report.n_results; i++) {
        if (strcmp(a->report.results[i].id, id) == 0) {
            result_free(&a->report.results[i]);
            return &a->report.results[i];
        }
    }
    if (!arena_grow(&s->arena, (void **)&a->report.results, &a->cap, a->report.n_results + 1,
                    sizeof *a->report.results))
        return NULL;
    return &a->report.results[a->report.n_results++];
}

static bool add(struct agents *all, struct case_server_event *e, struct err *err)
{
    struct session *s = all->s;
    struct agent *a = agent_named(all, e->agent);
    struct result *r = a ? place_for(s, a, e->outcome.c->id) : NULL;

    if (!r) {
        transcript_free(&e->outcome.transcript);
        return err_set(err, ERR_MEMORY, "no room for a result of %s", e->agent);
    }
    session_result(s, &e->outcome, r);
    r->again = arena_print(&s->arena, "ask for /runCase?casetuple=%s&agent=%s", r->id, a->name);
    progress_result(s->progress, r, a->report.n_results, s->n_cases);
    return true;
}

static bool write_agent(struct agents *all, struct agent *a, struct err *err)
{
    struct session *s = all->s;
    struct outputs outputs = { .dir = a->dir };

    qsort(a->report.results, a->report.n_results, sizeof *a->report.results, session_order);
    a->report.duration_ms = io_now_ms() - a->first_ms;
    a->report.own_cpu_ms = io_own_cpu_us() / 1000;
    a->report.own_peak_kib = io_own_peak_kib();
    return outputs_end(&outputs, &a->report, &s->source.requirements, &s->arena, err);
}

static bool write_all(struct agents *all, struct err *err)
{
    for (size_t i = 0; i < all->count; i++)
        if (!write_agent(all, &all->list[i], err))
            return false;
    return true;
}

static bool serve(struct agents *all, struct case_server *server, struct err *err)
{
    struct case_server_event e;

    for (;;) {
        if (!case_server_next(server, &e, err))
            return false;
        switch (e.kind) {
        case CASE_SERVER_RESULT:
            if (!add(all, &e, err))
                return false;
            break;
        case CASE_SERVER_REPORT:
            if (!write_all(all, err))
                return false;
            if (e.last)
                return true;
            break;
        case CASE_SERVER_STOP: return write_all(all, err);
        }
    }
}

static int summary(struct agents *all)
{
    int code = all->count > 0 ? EXIT_OK : EXIT_UNEXPECTED;

    for (size_t i = 0; i < all->count; i++) {
        struct agent *a = &all->list[i];
        int one = session_exit_code(all->s, &a->report);
        printf("%s: ", a->name);
        progress_summary(all->s->progress, &a->report, a->dir);
        code = one > code ? one : code;
        for (size_t k = 0; k < a->report.n_results; k++)
            result_free(&a->report.results[k]);
    }
    return code;
}

static int run(struct session *s, const char *host, uint64_t port)
{
    static struct agents all; /* large */
    struct err err = { 0 };
    struct case_server *server = NULL;
    int code;

    all = (struct agents){ .s = s };
    if (!session_open(s, ROLE_CLIENT, NULL, &err))
        return session_close(s, &err);
    session_schedule(s);
    struct case_server_options options = { s->schedule.run,     s->schedule.verdict,
                                           s->schedule.case_us, host,
                                           (uint16_t)port,      s->tls };
    server = case_server_new(s->loop, s->cases, s->n_cases, &options, &err);
    if (!server)
        return session_close(s, &err);
    printf("%zu cases on %s://%s:%u/\n", s->n_cases, s->tls ? "wss" : "ws", host,
           case_server_port(server));
    fflush(stdout);
    bool ok = serve(&all, server, &err);
    code = summary(&all);
    case_server_free(server);
    int closed = session_close(s, ok ? NULL : &err);
    return closed > code ? closed : code;
}

int command_serve_cases(int argc, char **argv)
{
    static struct session s;
    const char *host = "127.0.0.1";
    uint64_t port = 9001;
    struct arg_row rows[SESSION_ROWS];
    struct arg_list rest = { 0 };
    struct err err = { 0 };
    bool help = false;
    const struct arg_command command = {
        "serve-cases", "wsproof serve-cases [--port N] [options]",
        "Serves the cases to clients that loop over them: /getCaseCount, /runCase?case=N&agent=A,\n"
        "/getCaseStatus?case=N&agent=A, /updateReports?agent=A (&shutdownOnComplete=true), "
        "/stopServer.",
        "  wsproof serve-cases --port 9001 --report reports\n", rows
    };

    memset(&s, 0, sizeof s);
    session_defaults(&s.o, ROLE_CLIENT);
    size_t n = session_rows(&s.o, ROLE_CLIENT, rows);
    for (size_t i = 0; i < n; i++) /* nothing is started here, and nothing goes on */
        if (strcmp(rows[i].name, "--exec") == 0)
            rows[i] = (struct arg_row){ "--port", 'p', ARG_NUMBER,
                                        &port,    "N", "where to listen; 0: any" };
        else if (strcmp(rows[i].name, "--jobs") == 0)
            rows[i] = (struct arg_row){ "--host", 0, ARG_TEXT, &host, "HOST", "on which address" };
    if (!arg_parse(&command, argc, argv, &rest, &help, &err))
        return arg_fail(&command, &err);
    if (help) {
        arg_help(&command);
        return EXIT_OK;
    }
    if (rest.count > 0 || port > 65535) {
        err_set(&err, ERR_USAGE, rest.count ? "unexpected argument" : "--port goes up to 65535");
        return arg_fail(&command, &err);
    }
    s.argc = argc;
    s.argv = argv;
    return run(&s, host, port);
}
