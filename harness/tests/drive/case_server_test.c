#include "drive/stage.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drive/case_server.h"
#include "drive/visitor.h"

/* case_server_next blocks, so the server is a process of its own, which tells each of its events in
 * a line: "result AGENT N VERDICT", "report AGENT", "last AGENT", "stop". */
static struct {
    pid_t pid;
    FILE *tells;
    unsigned port;
    struct io_loop *loop; /* of the clients, which are the test */
} server;

static const char cases[] = "case one \"The \\\"first\\\"\" {\nnote \"n\"\n"
                            "also autobahn 1.1.1\nsend text \"hello\"\nexpect echo\n}\n"
                            "case two \"The second\" {\nnote \"n\"\n"
                            "send ping \"p\"\nexpect pong \"p\"\n}\n"
                            "case three \"The third\" {\nnote \"n\"\nrole client\n"
                            "needs report\nsend close 1000\nexpect report closed 1000\n}\n";

static void tell(const struct case_server_event *e, FILE *out)
{
    switch (e->kind) {
    case CASE_SERVER_RESULT:
        fprintf(out, "result %s %zu %s\n", e->agent, e->outcome.index + 1,
                verdict_name(e->outcome.verdict.result));
        break;
    case CASE_SERVER_REPORT: fprintf(out, "%s %s\n", e->last ? "last" : "report", e->agent); break;
    case CASE_SERVER_COMMAND: fprintf(out, "command %.*s\n", BYTES_ARG(e->text)); break;
    case CASE_SERVER_PAGE: fprintf(out, "page %s\n", e->agent); break;
    case CASE_SERVER_STOP: fprintf(out, "stop\n"); break;
    }
    fflush(out);
}

/* Whatever it was told: a text in writes of a byte, then the end. */
static void obey(struct visitor *v)
{
    struct ws_head head = {
        .fin = true, .opcode = WS_TEXT, .len_form = WS_LEN_7, .payload_len = 3
    };

    visitor_frame(v, &head, BYTES_LIT("hi!"), 1);
    cr_assert(ws_conn_close(&v->conn, 3001, (struct bytes){ 0 }, io_now_ms()));
}

static bool numbered; /* cases go by Autobahn's numbers, with what a spec of it can say beside */

static void serve(FILE *out)
{
    static struct stage stage;
    struct err err = { 0 };
    struct case_server_event e;
    struct case_server_options options = {
        .run = { .role = ROLE_CLIENT,
                 .host = "127.0.0.1",
                 .path = "/",
                 .expect_us = 200000,
                 .quiet_us = 50000,
                 .barriers = true },
        .verdict = { .role = ROLE_CLIENT },
        .case_us = 2000000,
        .host = "127.0.0.1",
        .page = BYTES_LIT("<p>the page</p>"),
    };
    static const char *const origins[] = { "http://good*" };
    static const char *const shy[] = { "2.1" };
    static const struct autobahn_exclusion exclusion = { "shy*", { shy, 1 } };
    struct autobahn_case numbers[] = { { "1.1.1", NULL }, { "2.1", NULL }, { "3.1", NULL } };
    struct autobahn_selection selection = { .cases = numbers, .count = 3 };

    stage_cases(&stage, cases);
    if (numbered) {
        options.numbered = &selection;
        options.exclusions = &exclusion;
        options.n_exclusions = options.n_origins = 1;
        options.origins = origins;
    }
    stage.loop = io_loop_new(&err);
    struct case_server *s =
        stage.loop ? case_server_new(stage.loop, stage.cases, stage.n_cases, &options, &err) : NULL;
    if (!s)
        return;
    fprintf(out, "%u\n", (unsigned)case_server_port(s));
    fflush(out);
    do {
        if (!case_server_next(s, &e, &err))
            return;
        tell(&e, out);
        if (e.kind == CASE_SERVER_COMMAND)
            obey(e.visitor);
        if (e.kind == CASE_SERVER_PAGE)
            case_server_show(s, &e, BYTES_LIT("<p>a report</p>"));
        transcript_free(&e.outcome.transcript);
    } while (e.kind != CASE_SERVER_STOP);
    case_server_free(s);
    io_loop_free(stage.loop);
    arena_free(&stage.arena);
}

static void open_server(void)
{
    int ends[2];
    struct err err = { 0 };

    alarm(STAGE_PATIENCE_S);
    cr_assert(pipe(ends) == 0 && (server.pid = fork()) >= 0);
    if (server.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve(fdopen(ends[1], "w"));
        _exit(0);
    }
    close(ends[1]);
    server.tells = fdopen(ends[0], "r");
    cr_assert(server.tells && fscanf(server.tells, "%u", &server.port) == 1 &&
              fgetc(server.tells) == '\n');
    server.loop = io_loop_new(&err);
    cr_assert(server.loop, "%s", err.text);
}

static void close_server(void)
{
    kill(server.pid, SIGKILL);
    waitpid(server.pid, NULL, 0);
    fclose(server.tells);
    io_loop_free(server.loop);
}

static void expect_told(const char *line)
{
    char got[256] = "";

    cr_assert(fgets(got, sizeof got, server.tells), "it is gone instead of telling %s", line);
    got[strcspn(got, "\n")] = '\0';
    cr_expect_str_eq(got, line);
}

static struct io_event next_event(void)
{
    struct io_event event;
    struct err err = { 0 };

    cr_assert(io_loop_next(server.loop, io_now_ms() + 20000, &event, &err), "%s", err.text);
    cr_assert_neq(event.kind, IO_TIME, "nothing came in time");
    return event;
}

static struct peer_client *client_of(const char *target)
{
    char text[512];
    static struct peer_url url;
    struct err err = { 0 };

    snprintf(text, sizeof text, "ws://127.0.0.1:%u%s", server.port, target);
    cr_assert(peer_url_parse(text, &url, &err), "%s", err.text);
    struct peer_client *c =
        peer_client_new(server.loop, &(struct peer_client_options){ .url = &url, .seed = 1 }, &err);
    cr_assert(c, "%s", err.text);
    return c;
}

/* What a client was told: the last text, a Close, the status of a refusal. */
struct answer {
    char text[256];
    bool closed;
    unsigned refused;
};

static void take(struct peer_client *c, const struct ws_event *e, bool echoes, struct answer *a)
{
    if (e->kind == WS_EVENT_MESSAGE) {
        snprintf(a->text, sizeof a->text, "%.*s", BYTES_ARG(e->data));
        cr_assert(!echoes || peer_client_send(c, e->opcode, e->data));
    }
    a->closed |= e->kind == WS_EVENT_CLOSE;
    if (e->kind == WS_EVENT_REFUSED)
        a->refused = e->head->status;
}

static struct answer visit(const char *target, bool echoes)
{
    struct peer_client *c = client_of(target);
    struct answer a = { "", false, 0 };
    struct ws_event e;

    for (;;) {
        while (peer_client_next(c, &e, io_now_ms()))
            take(c, &e, echoes, &a);
        if (peer_client_done(c))
            break;
        struct io_event event = next_event();
        (void)peer_client_take(c, &event, io_now_ms());
    }
    peer_client_free(c);
    return a;
}

static void expect_answer(const char *target, const char *text)
{
    struct answer a = visit(target, false);

    cr_expect_str_eq(a.text, text, "%s: %s", target, a.text);
    cr_expect(a.closed, "%s", target);
}

static void expect_refused(const char *target)
{
    cr_expect_eq(visit(target, false).refused, 500, "%s", target);
}

static void open_numbered_server(void)
{
    numbered = true;
    open_server();
}

/* All that comes back for these bytes, until the server ends. */
static void exchange(struct bytes out, char *in, size_t size)
{
    struct err err = { 0 };
    struct io_conn *c =
        io_connect(server.loop, "127.0.0.1", (uint16_t)server.port, NULL, NULL, NULL, &err);
    size_t n = 0;

    cr_assert(c, "%s", err.text);
    cr_assert_neq(io_conn_send(c, out), IO_GONE);
    for (struct io_event e; (e = next_event()).kind != IO_ENDED;) {
        size_t room = size - 1 - n, len = e.kind != IO_DATA ? 0 : e.len < room ? e.len : room;
        if (len > 0)
            memcpy(in + n, e.data, len);
        n += len;
    }
    in[n] = '\0';
    io_conn_close(c);
}

Test(case_server, counts_and_describes_its_cases)
{
    open_server();
    expect_answer("/getCaseCount", "3");
    expect_answer("/getCaseInfo?case=1",
                  "{\"id\": \"t/one\", \"description\": \"The \\\"first\\\"\"}");
    expect_answer("/getCaseInfo?casetuple=t/two",
                  "{\"id\": \"t/two\", \"description\": \"The second\"}");
    expect_answer("/getCaseInfo?casetuple=1.1.1",
                  "{\"id\": \"t/one\", \"description\": \"The \\\"first\\\"\"}");
    close_server();
}

Test(case_server, runs_cases_and_tells_their_standing)
{
    open_server();
    cr_expect_str_eq(visit("/runCase?case=1&agent=good", true).text, "hello");
    expect_told("result good 1 pass");
    (void)visit("/runCase?casetuple=t%2Ftwo&agent=good", true);
    expect_told("result good 2 pass");
    (void)visit("/runCase?case=1&agent=mute+one", false);
    expect_told("result mute one 1 fail");
    expect_answer("/getCaseStatus?case=1&agent=good", "{\"behavior\": \"OK\"}");
    expect_answer("/getCaseStatus?case=1&agent=mute+one", "{\"behavior\": \"FAILED\"}");
    (void)visit("/runCase?case=1&agent=mute+one", true);
    expect_told("result mute one 1 pass");
    expect_answer("/getCaseStatus?casetuple=1.1.1&agent=mute+one", "{\"behavior\": \"OK\"}");
    close_server();
}

/* The status is asked for before the case is run. */
Test(case_server, who_asks_for_a_status_waits_for_it)
{
    struct answer a = { "", false, 0 };
    struct ws_event e;
    bool open = false;

    open_server();
    struct peer_client *asks = client_of("/getCaseStatus?case=2&agent=me");
    while (!open) {
        struct io_event event = next_event();
        (void)peer_client_take(asks, &event, io_now_ms());
        while (peer_client_next(asks, &e, io_now_ms()))
            open |= e.kind == WS_EVENT_OPEN;
    }
    struct peer_client *runs = client_of("/runCase?case=2&agent=me");
    while (!peer_client_done(asks) || !peer_client_done(runs)) {
        while (peer_client_next(asks, &e, io_now_ms()))
            take(asks, &e, false, &a);
        while (peer_client_next(runs, &e, io_now_ms()))
            continue;
        if (peer_client_done(asks) && peer_client_done(runs))
            break;
        struct io_event event = next_event();
        if (!peer_client_take(asks, &event, io_now_ms()))
            (void)peer_client_take(runs, &event, io_now_ms());
    }
    peer_client_free(asks);
    peer_client_free(runs);
    cr_expect_str_eq(a.text, "{\"behavior\": \"OK\"}");
    expect_told("result me 2 pass");
    close_server();
}

Test(case_server, reports_are_asked_for_by_agent)
{
    open_server();
    cr_expect(visit("/updateReports?agent=me", false).closed);
    expect_told("report me");
    (void)visit("/updateReports?agent=me&shutdownOnComplete=true", false);
    expect_told("last me");
    close_server();
}

Test(case_server, what_is_missing_or_unknown_is_refused)
{
    open_server();
    expect_refused("/runCase");
    expect_refused("/runCase?case=1");
    expect_refused("/runCase?agent=me");
    expect_refused("/runCase?case=0&agent=me");
    expect_refused("/runCase?case=4&agent=me");
    expect_refused("/runCase?case=x&agent=me");
    expect_refused("/runCase?casetuple=9.9.9&agent=me");
    expect_refused("/getCaseInfo?case=4");
    expect_refused("/getCaseInfo");
    expect_refused("/getCaseStatus?case=1");
    expect_refused("/updateReports");
    expect_refused("/runCase?case=1&case=2&agent=me");
    expect_refused("/runCase?case=1&agent=me&agent=you");
    expect_refused("/updateReports?agent=me&agent=me");
    expect_answer("/getCaseCount", "3");
    close_server();
}

Test(case_server, who_speaks_no_websocket_is_told_what_this_is)
{
    char in[2048];

    open_server();
    exchange(BYTES_LIT("GET /about HTTP/1.1\r\nHost: a\r\n\r\n"), in, sizeof in);
    cr_expect(strncmp(in, "HTTP/1.1 200", 12) == 0 && strstr(in, "/getCaseCount"), "%s", in);
    exchange(BYTES_LIT("GET /stopServer HTTP/1.1\r\nHost: a\r\n\r\n"), in, sizeof in);
    cr_expect(strncmp(in, "HTTP/1.1 200", 12) == 0, "%s", in);
    exchange(BYTES_LIT("no HTTP at all\r\n\r\n"), in, sizeof in);
    cr_expect(strncmp(in, "HTTP/1.1 400", 12) == 0, "%s", in);
    expect_answer("/getCaseCount", "3");
    close_server();
}

static void expect_page(struct bytes request, const char *body)
{
    char in[2048];

    exchange(request, in, sizeof in);
    cr_expect(strncmp(in, "HTTP/1.1 200", 12) == 0, "%s", in);
    cr_expect(strstr(in, "\r\nContent-Type: text/html; charset=utf-8\r\n"), "%s", in);
    const char *end = strstr(in, "\r\n\r\n");
    cr_expect(end && strcmp(end + 4, body) == 0, "%s", in);
}

Test(case_server, a_browser_gets_the_page_and_the_report_of_an_agent)
{
    open_server();
    expect_page(BYTES_LIT("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), "<p>the page</p>");
    expect_page(BYTES_LIT("GET /?autorun=1 HTTP/1.1\r\nHost: a\r\n\r\n"), "<p>the page</p>");
    expect_page(BYTES_LIT("GET /reports/?agent=a%2Fb HTTP/1.1\r\nHost: a\r\n\r\n"),
                "<p>a report</p>");
    expect_told("page a/b");
    expect_page(BYTES_LIT("GET /reports/ HTTP/1.1\r\nHost: a\r\n\r\n"), "<p>a report</p>");
    expect_told("page ");
    close_server();
}

/* What a client cannot show by itself is no failure of its. */
Test(case_server, what_needs_set_up_is_skipped)
{
    open_server();
    (void)visit("/runCase?case=3&agent=me", true);
    expect_told("result me 3 skip");
    close_server();
}

/* Heads without an end, as many as want: they cost a place, and the server goes on. */
Test(case_server, outlives_those_who_leave_in_the_middle)
{
    static char endless[VISITOR_HEAD_MAX + 100] = "GET / HTTP/1.1\r\n";
    struct err err = { 0 };
    char in[2048];

    open_server();
    for (size_t i = strlen(endless); i < sizeof endless; i++)
        endless[i] = 'a';
    exchange(bytes_of(endless, sizeof endless), in, sizeof in);
    for (unsigned i = 0; i < 100; i++) {
        struct io_conn *c =
            io_connect(server.loop, "127.0.0.1", (uint16_t)server.port, NULL, NULL, NULL, &err);
        cr_assert(c, "%s", err.text);
        cr_assert_neq(io_conn_send(c, BYTES_LIT("GET /runCase?case=1&agent=me HTTP")), IO_GONE);
        while (next_event().kind != IO_SENT)
            continue;
        io_conn_reset(c);
    }
    expect_answer("/getCaseCount", "3");
    close_server();
}

/* More connections that say nothing than it has places for: the oldest gives way. */
Test(case_server, outlives_those_who_never_speak)
{
    enum { SILENT = 70 };
    struct io_conn *silent[SILENT];
    struct err err = { 0 };

    open_server();
    for (unsigned i = 0; i < SILENT; i++) {
        silent[i] =
            io_connect(server.loop, "127.0.0.1", (uint16_t)server.port, NULL, NULL, NULL, &err);
        cr_assert(silent[i], "%s", err.text);
        while (next_event().kind != IO_CONNECTED)
            continue;
    }
    expect_answer("/getCaseCount", "3");
    for (unsigned i = 0; i < SILENT; i++)
        io_conn_close(silent[i]);
    close_server();
}

/* The case is still under way when the report is asked for: it has to be in it. */
Test(case_server, a_report_waits_for_the_cases_of_its_agent)
{
    struct answer a = { "", false, 0 };
    struct ws_event e;

    open_server();
    struct peer_client *runs = client_of("/runCase?case=1&agent=me");
    while (!a.text[0]) {
        struct io_event event = next_event();
        (void)peer_client_take(runs, &event, io_now_ms());
        while (peer_client_next(runs, &e, io_now_ms()))
            take(runs, &e, false, &a);
    }
    cr_expect(visit("/updateReports?agent=me", false).closed);
    expect_told("result me 1 fail");
    expect_told("report me");
    peer_client_free(runs);
    close_server();
}

/* Asked for again, a case has no result before it has ended again. */
Test(case_server, a_case_that_runs_again_has_no_standing)
{
    struct answer a = { "", false, 0 };
    struct ws_event e;

    open_server();
    (void)visit("/runCase?case=1&agent=me", true);
    expect_told("result me 1 pass");
    struct peer_client *runs = client_of("/runCase?case=1&agent=me");
    while (!a.text[0]) {
        struct io_event event = next_event();
        (void)peer_client_take(runs, &event, io_now_ms());
        while (peer_client_next(runs, &e, io_now_ms()))
            take(runs, &e, false, &a);
    }
    expect_answer("/getCaseStatus?case=1&agent=me", "{\"behavior\": \"FAILED\"}");
    peer_client_free(runs);
    close_server();
}

Test(case_server, goes_by_numbers_and_excludes_by_agent)
{
    open_numbered_server();
    expect_answer("/getCaseInfo?case=2", "{\"id\": \"2.1\", \"description\": \"The second\"}");
    expect_answer("/getCaseInfo?casetuple=2.1",
                  "{\"id\": \"2.1\", \"description\": \"The second\"}");
    struct answer a = visit("/runCase?case=2&agent=shy+one", true);
    cr_expect(a.closed && !a.text[0]);
    (void)visit("/runCase?case=2&agent=bold", true);
    expect_told("result bold 2 pass");
    close_server();
}

Test(case_server, refuses_what_a_page_from_elsewhere_asks_for)
{
    static const char head[] = "GET /getCaseCount HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
                               "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: http://";
    char out[512], in[2048];

    open_numbered_server();
    snprintf(out, sizeof out, "%sevil.example\r\n\r\n", head);
    exchange(bytes_str(out), in, sizeof in);
    cr_expect(strncmp(in, "HTTP/1.1 403", 12) == 0, "%s", in);
    snprintf(out, sizeof out,
             "%sgood.example\r\n\r\n\x88\x80"
             "abcd",
             head);
    exchange(bytes_str(out), in, sizeof in);
    cr_expect(strncmp(in, "HTTP/1.1 101", 12) == 0, "%s", in);
    close_server();
}

Test(case_server, any_other_path_is_for_direct_commands)
{
    struct ws_event e;
    struct answer a = { "", false, 0 };

    open_server();
    struct peer_client *c = client_of("/");
    while (!peer_client_done(c)) {
        struct io_event event = next_event();
        (void)peer_client_take(c, &event, io_now_ms());
        while (peer_client_next(c, &e, io_now_ms())) {
            if (e.kind == WS_EVENT_OPEN)
                cr_assert(peer_client_send(c, WS_TEXT, BYTES_LIT("[\"do it\"]")));
            take(c, &e, false, &a);
        }
    }
    peer_client_free(c);
    expect_told("command [\"do it\"]");
    cr_expect_str_eq(a.text, "hi!");
    cr_expect(a.closed);
    close_server();
}

Test(case_server, stops_when_told)
{
    open_server();
    (void)visit("/stopServer", false);
    expect_told("stop");
    cr_expect_eq(fgetc(server.tells), EOF);
    close_server();
}
