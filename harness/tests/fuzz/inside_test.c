#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/inside/inside.h"
#include "ws/conn.h"

/* The engine as an implementation that is linked in, and what may be wrong with it. */
enum fault { RIGHT, DEAF, FORGETS_PINGS, COUNTS_CHUNKS };
static enum fault fault;

struct linked {
    struct wsp_report *report;
    struct ws_conn conn;
    bool closed;
};

static void *linked_open(struct wsp_report *report, const struct wsp_options *options)
{
    const struct ws_conn_options how = { .server = options->role == WSP_SERVER,
                                         .target = BYTES_LIT("/"),
                                         .host = BYTES_LIT("test") };
    struct linked *l = calloc(1, sizeof *l);

    cr_assert(l && ws_conn_init(&l->conn, &how, 0));
    l->report = report;
    ws_conn_skip_handshake(&l->conn, NULL);
    return l;
}

static void hear(struct linked *l, const struct ws_event *e, size_t chunk)
{
    if (e->kind == WS_EVENT_PING && fault == FORGETS_PINGS)
        ws_conn_sent(&l->conn, ws_conn_out(&l->conn).len);
    if (e->kind == WS_EVENT_CLOSE)
        wsp_closed(l->report, e->close.has_code ? e->close.code : WS_CLOSE_NO_CODE);
    if (e->kind == WS_EVENT_MESSAGE && fault != DEAF)
        wsp_message(l->report, e->opcode == WS_TEXT, e->data.ptr,
                    fault == COUNTS_CHUNKS && e->data.len > chunk ? chunk : e->data.len);
}

static bool linked_feed(void *connection, const uint8_t *bytes, size_t size)
{
    struct linked *l = connection;
    uint8_t copy[4096];
    struct ws_event e;

    cr_assert_leq(size, sizeof copy);
    memcpy(copy, bytes, size);
    ws_conn_feed(&l->conn, copy, size, 0);
    while (ws_conn_next(&l->conn, &e, 0))
        hear(l, &e, size);
    return l->conn.state == WS_CONN_OPEN;
}

static size_t linked_drain(void *connection, uint8_t *into, size_t room)
{
    struct linked *l = connection;
    const struct bytes out = bytes_take(ws_conn_out(&l->conn), room < 3 ? room : 3);

    memcpy(into, out.len > 0 ? out.ptr : (const uint8_t *)"", out.len);
    ws_conn_sent(&l->conn, out.len);
    return out.len;
}

static void linked_close(void *connection)
{
    struct linked *l = connection;

    ws_conn_free(&l->conn);
    free(l);
}

static const char *const no_pings[] = { "wrong-answer.pong-missing", NULL };
static struct wsp_implementation linked = { .name = "linked",
                                            .roles = WSP_SERVER | WSP_CLIENT,
                                            .open = linked_open,
                                            .feed = linked_feed,
                                            .drain = linked_drain,
                                            .close = linked_close };

static struct fuzz_session talk(void)
{
    return (struct fuzz_session){
        .n_steps = 3,
        .steps = { { .fin = true, .opcode = WS_TEXT, .payload = BYTES_LIT("Hello") },
                   { .fin = true, .opcode = WS_PING, .payload = BYTES_LIT("p") },
                   { .fin = true, .opcode = WS_BINARY, .payload = BYTES_LIT("x"), .times = 300 } },
    };
}

static const char *found_by(const char *role, enum fault with, const struct fuzz_session *s)
{
    static struct fuzz_finding finding;
    struct fuzz_inside in;
    const char *why;

    fault = with;
    cr_assert(fuzz_inside_init(&in, &linked, role, &why), "%s", why);
    cr_assert(fuzz_inside_try(&in, s, &finding));
    fuzz_inside_free(&in);
    return finding.signature;
}

Test(fuzz_inside, of_the_engine_nothing_is_found_in_either_role)
{
    struct fuzz_session s = talk();

    cr_expect_str_empty(found_by("server", RIGHT, &s));
    cr_expect_str_empty(found_by("client", RIGHT, &s));
    s.steps[1].rsv = WS_RSV3;
    cr_expect_str_empty(found_by("server", RIGHT, &s));
    s.end = FUZZ_END_SHUTDOWN;
    cr_expect_str_empty(found_by("client", RIGHT, &s));
}

Test(fuzz_inside, what_is_wrong_is_found)
{
    struct fuzz_session s = talk();

    cr_expect_str_eq(found_by(NULL, DEAF, &s), "wrong-answer.message-missing");
    cr_expect_str_eq(found_by("client", FORGETS_PINGS, &s), "wrong-answer.pong-missing");
    cr_expect_str_eq(found_by("server", COUNTS_CHUNKS, &s), "cut-dependent.message");
}

Test(fuzz_inside, what_is_known_is_passed_over)
{
    struct fuzz_session s = talk();

    linked.known = no_pings;
    cr_expect_str_empty(found_by("server", FORGETS_PINGS, &s));
    cr_expect_str_eq(found_by("server", DEAF, &s), "wrong-answer.message-missing");
    linked.known = NULL;
}

Test(fuzz_inside, a_role_that_it_does_not_have_is_refused)
{
    struct wsp_implementation server = linked;
    struct fuzz_inside in;
    const char *why;

    server.roles = WSP_SERVER;
    cr_assert_not(fuzz_inside_init(&in, &server, "client", &why));
    fuzz_inside_free(&in);
    cr_assert_not(fuzz_inside_init(&in, &server, "servers", &why));
    fuzz_inside_free(&in);
    server.drain = NULL;
    cr_assert_not(fuzz_inside_init(&in, &server, NULL, &why));
    fuzz_inside_free(&in);
}

Test(fuzz_inside, a_session_is_made_to_fit)
{
    struct fuzz_session s = { .extension = FUZZ_DEFLATE, .n_edits = 1, .n_steps = 1 };
    struct fuzz_inside in;
    const char *why;

    cr_assert(fuzz_inside_init(&in, &linked, NULL, &why));
    s.steps[0] = (struct fuzz_step){ .payload = BYTES_LIT("xx"), .times = 500000 };
    fuzz_inside_fit(&in, &s);
    cr_assert_eq(s.extension, FUZZ_PLAIN);
    cr_assert_eq(s.n_edits, 0);
    cr_assert_eq(s.steps[0].times, 40960);
    fuzz_inside_free(&in);
}
