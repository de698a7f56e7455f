#include "cli/commands.h"

#include <stdio.h>
#include <string.h>

#include "cli/serve/agents.h"
#include "report/browser.h"
#include "report/escape.h"
#include "report/markup.h"
#include "report/writers.h"

#define PAGE_MAX (64u << 20) /* a report of a thousand cases is some 5 MiB */

static void put_query(struct markup *m, const char *text)
{
    for (; *text; text++)
        m->ok = m->ok && buf_print(m->buf, "%%%02X", (unsigned char)*text);
}

/* The agents so far, each with a link to its report. */
static bool list_agents(const struct agents *all, struct buf *out)
{
    struct markup m = { .buf = out, .ok = true, .escape = report_escape_html };

    markup_put(&m, "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
                   "<title>Reports of wsproof</title>\n<h1>Reports</h1>\n<ul>\n");
    for (size_t i = 0; i < all->count; i++) {
        markup_put(&m, "<li><a href=\"?agent=");
        put_query(&m, all->list[i].name);
        markup_put(&m, "\">");
        markup_text(&m, all->list[i].name);
        markup_put(&m, "</a></li>\n");
    }
    markup_put(&m, all->count ? "</ul>\n" : "</ul>\n<p>Nobody has run a case yet.</p>\n");
    return m.ok;
}

/* What a browser asked for: the report of one agent as it stands now, or the list of all. */
static bool show(struct agents *all, struct case_server *server, const struct case_server_event *e,
                 struct err *err)
{
    struct agent *a = NULL;
    struct buf html;
    bool ok;

    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->list[i].name, e->agent) == 0)
            a = &all->list[i];
    buf_init(&html, PAGE_MAX);
    if (a)
        agents_settle(a);
    ok = a ? report_html(&a->report, &all->s->source.requirements, &html) : list_agents(all, &html);
    if (ok)
        case_server_show(server, e, buf_bytes(&html));
    buf_free(&html);
    return ok || err_memory(err, "a report's page");
}

static bool serve(struct agents *all, struct case_server *server, struct err *err)
{
    struct case_server_event e;

    for (;;) {
        if (!case_server_next(server, &e, err))
            return false;
        switch (e.kind) {
        case CASE_SERVER_RESULT:
            if (!agents_add(all, &e, err))
                return false;
            break;
        case CASE_SERVER_REPORT:
            if (!agents_write(all, err))
                return false;
            if (e.last)
                return true;
            break;
        case CASE_SERVER_PAGE:
            if (!show(all, server, &e, err))
                return false;
            break;
        case CASE_SERVER_COMMAND: break; /* nobody speaks that here */
        case CASE_SERVER_STOP: return agents_write(all, err);
        }
    }
}

/* `host` may be the path of a UNIX socket, which tells itself what to connect to. */
static void announce(const struct session *s, const char *host, unsigned port)
{
    const char *scheme = s->tls ? "wss" : "ws";
    char url[PEER_LOCAL_URL_MAX];

    if (io_is_local(host) && peer_url_of_local(host, s->tls != NULL, url, sizeof url))
        printf("%zu cases on %s\n", s->n_cases, url);
    else
        printf("%zu cases on %s://%s:%u/\n", s->n_cases, scheme, host, port);
    fflush(stdout);
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
    if (s->n_cuts > 1)
        err_set(&err, ERR_USAGE,
                "serve-cases takes one size of --cut: each client asks for a case once");
    if (err.code != ERR_NONE)
        return session_close(s, &err);
    session_schedule(s);
    struct case_server_options options = {
        .run = s->schedule.run,
        .verdict = s->schedule.verdict,
        .case_us = s->schedule.case_us,
        .profile = &s->profile,
        .host = host,
        .port = (uint16_t)port,
        .tls = s->tls,
        .page = report_browser_page(),
    };
    server = case_server_new(s->loop, s->cases, s->n_cases, &options, &err);
    if (!server)
        return session_close(s, &err);
    announce(s, host, case_server_port(server));
    bool ok = serve(&all, server, &err);
    code = agents_summary(&all);
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
        "/stopServer.\nA browser that opens the address tests itself; the reports are at "
        "/reports/.",
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
            rows[i] =
                (struct arg_row){ "--host", 0,      ARG_TEXT,
                                  &host,    "HOST", "on which address, or UNIX socket: ./PATH" };
    if (!arg_parse(&command, argc, argv, &rest, &help, &err))
        return arg_fail(&command, &err);
    if (help) {
        arg_help(&command);
        return EXIT_OK;
    }
    if (rest.count > 0 || port > 65535) {
        err_set(&err, ERR_USAGE, rest.count ? "what is \"%s\"? only options are expected" : "%s",
                rest.count ? rest.items[0] : "--port goes up to 65535");
        return arg_fail(&command, &err);
    }
    s.argc = argc;
    s.argv = argv;
    return run(&s, host, port);
}
