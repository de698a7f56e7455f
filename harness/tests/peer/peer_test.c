#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "io/clock.h"
#include "io/tcp.h"
#include "peer/client.h"
#include "peer/server.h"

/* No test waits longer for anything than this. */
#define PATIENCE_MS 8000
#define CLOSE_ON "please close"

/* Server and client in one loop. */
struct stage {
    struct io_loop *loop;
    struct io_tls *server_tls, *client_tls;
    struct peer_server *server;
    struct peer_client *client;
    uint64_t until_ms;
};

static struct peer_client *client_of(struct stage *s, const char *path)
{
    char text[128];
    struct peer_url url;
    struct err err = { 0 };
    static const char *const protocols[] = { "none", "chat" };

    snprintf(text, sizeof text, "%s://127.0.0.1:%u%s", s->server_tls ? "wss" : "ws",
             (unsigned)peer_server_port(s->server), path);
    cr_assert(peer_url_parse(text, &url, &err), "%s", err.text);
    struct peer_client *c = peer_client_new(s->loop,
                                            &(struct peer_client_options){ .url = &url,
                                                                           .tls = s->client_tls,
                                                                           .protocols = protocols,
                                                                           .n_protocols = 2,
                                                                           .seed = 7 },
                                            &err);
    cr_assert(c, "%s", err.text);
    return c;
}

static struct stage set(bool tls)
{
    struct err err = { 0 };
    struct stage s = { .loop = io_loop_new(&err), .until_ms = io_now_ms() + PATIENCE_MS };
    static const char *const protocols[] = { "chat" }, *const paths[] = { "/" };
    static const struct ws_policy policy = { .paths = paths, .n_paths = 1 };

    if (tls) {
        s.server_tls = io_tls_new(&(struct io_tls_options){ .server = true }, &err);
        s.client_tls = io_tls_new(&(struct io_tls_options){ .insecure = true }, &err);
        cr_assert(s.server_tls && s.client_tls, "%s", err.text);
    }
    s.server = peer_server_new(s.loop,
                               &(struct peer_server_options){ .tls = s.server_tls,
                                                              .protocols = protocols,
                                                              .n_protocols = 1,
                                                              .policy = &policy,
                                                              .close_on = CLOSE_ON },
                               &err);
    cr_assert(s.server, "%s", err.text);
    s.client = client_of(&s, "/");
    return s;
}

static void strike(struct stage *s)
{
    peer_client_free(s->client);
    peer_server_free(s->server);
    io_loop_free(s->loop);
    io_tls_free(s->server_tls);
    io_tls_free(s->client_tls);
}

static uint64_t deadline(const struct stage *s)
{
    uint64_t server = peer_server_deadline(s->server), client = peer_client_deadline(s->client);

    return server < client ? server : client;
}

/* One event of the loop to whom it belongs. */
static void turn(struct stage *s)
{
    struct io_event event;
    struct err err;
    uint64_t until = deadline(s) < s->until_ms ? deadline(s) : s->until_ms;

    cr_assert(io_loop_next(s->loop, until, &event, &err), "%s", err.text);
    cr_assert_lt(io_now_ms(), s->until_ms, "nothing came in time");
    if (!peer_server_take(s->server, &event, io_now_ms()))
        (void)peer_client_take(s->client, &event, io_now_ms());
}

/* The client's next event; false when it is done. */
static bool client_next(struct stage *s, struct ws_event *out)
{
    while (!peer_client_next(s->client, out, io_now_ms())) {
        if (peer_client_done(s->client))
            return false;
        turn(s);
    }
    return true;
}

static struct ws_event client_wait(struct stage *s, enum ws_event_kind kind)
{
    struct ws_event event;

    cr_assert(client_next(s, &event), "%s", peer_client_trouble(s->client));
    cr_assert_eq(event.kind, kind, "kind %d", (int)event.kind);
    return event;
}

static void expect_echo(struct stage *s, uint8_t opcode, struct bytes data)
{
    cr_assert(peer_client_send(s->client, opcode, data));
    struct ws_event event = client_wait(s, WS_EVENT_MESSAGE);
    cr_assert_eq(event.opcode, opcode);
    cr_assert(bytes_eq(event.data, data), "%zu bytes of %zu", event.data.len, data.len);
}

static void echo_and_close(bool tls)
{
    struct stage s = set(tls);
    size_t size = 3u << 20;
    uint8_t *large = alloc_resize(NULL, size);
    struct ws_event event;

    cr_assert(large);
    for (size_t i = 0; i < size; i++)
        large[i] = (uint8_t)(i * 31 >> 4);
    event = client_wait(&s, WS_EVENT_OPEN);
    cr_assert(http1_has_token(event.head, "Sec-WebSocket-Protocol", "chat"));
    expect_echo(&s, WS_TEXT, BYTES_LIT("hello"));
    expect_echo(&s, WS_TEXT, BYTES_LIT(""));
    expect_echo(&s, WS_BINARY, bytes_of(large, size));
    cr_assert(peer_client_send(s.client, WS_PING, BYTES_LIT("are you there")));
    cr_assert(bytes_eq_str(client_wait(&s, WS_EVENT_PONG).data, "are you there"));
    cr_assert(peer_client_close(s.client, 3000, BYTES_LIT("enough"), io_now_ms()));
    event = client_wait(&s, WS_EVENT_CLOSE);
    cr_assert_eq(event.close.code, 3000);
    cr_assert(client_wait(&s, WS_EVENT_END).clean);
    cr_assert_not(client_next(&s, &event));
    cr_assert_null(peer_client_trouble(s.client), "%s", peer_client_trouble(s.client));
    while (peer_server_count(s.server) > 0)
        turn(&s);
    alloc_free(large);
    strike(&s);
}

Test(peer, the_server_echoes_and_both_close_cleanly)
{
    echo_and_close(false);
}

Test(peer, over_tls_too)
{
    echo_and_close(true);
}

Test(peer, a_server_that_stops_says_1001)
{
    struct stage s = set(false);
    struct ws_event event;

    client_wait(&s, WS_EVENT_OPEN);
    peer_server_stop(s.server, io_now_ms());
    event = client_wait(&s, WS_EVENT_CLOSE);
    cr_assert_eq(event.close.code, 1001);
    while (client_next(&s, &event))
        continue;
    cr_assert_null(peer_client_trouble(s.client), "%s", peer_client_trouble(s.client));
    while (peer_server_count(s.server) > 0)
        turn(&s);
    strike(&s);
}

Test(peer, a_server_closes_when_it_is_asked_to)
{
    struct stage s = set(false);
    struct ws_event event;

    client_wait(&s, WS_EVENT_OPEN);
    expect_echo(&s, WS_BINARY, BYTES_LIT(CLOSE_ON));
    expect_echo(&s, WS_TEXT, BYTES_LIT(CLOSE_ON " now"));
    cr_assert(peer_client_send(s.client, WS_TEXT, BYTES_LIT(CLOSE_ON)));
    event = client_wait(&s, WS_EVENT_CLOSE);
    cr_assert_eq(event.close.code, 1000);
    cr_assert(bytes_eq_str(event.close.reason, "as asked"));
    cr_assert(client_wait(&s, WS_EVENT_END).clean);
    strike(&s);
}

Test(peer, a_server_turns_away_whom_its_policy_does_not_let_in)
{
    struct stage s = set(false);
    struct ws_event event;

    peer_client_free(s.client);
    s.client = client_of(&s, "/none");
    event = client_wait(&s, WS_EVENT_REFUSED);
    cr_assert_eq(event.head->status, 404);
    while (client_next(&s, &event))
        continue;
    while (peer_server_count(s.server) > 0)
        turn(&s);
    strike(&s);
}

Test(peer, a_client_that_cannot_connect_says_why)
{
    struct stage s = set(false);
    struct ws_event event;

    peer_server_stop(s.server, io_now_ms());
    while (client_next(&s, &event))
        continue;
    cr_assert(strstr(peer_client_trouble(s.client), "cannot connect"), "%s",
              peer_client_trouble(s.client));
    strike(&s);
}

/* Many messages at once: the server has to stop reading, and loses none. */
Test(peer, a_flood_is_echoed_whole)
{
    struct stage s = set(false);
    static uint8_t piece[100000];
    size_t n = 200, got = 0;

    client_wait(&s, WS_EVENT_OPEN);
    for (size_t i = 0; i < n; i++)
        cr_assert(peer_client_send(s.client, WS_BINARY, bytes_of(piece, sizeof piece - i)));
    for (; got < n; got++)
        cr_assert_eq(client_wait(&s, WS_EVENT_MESSAGE).data.len, sizeof piece - got);
    strike(&s);
}

/* A raw socket beside the reference client, and all that comes to it. */
struct raw {
    struct io_conn *conn;
    char in[1024];
    size_t n;
    bool ended;
    enum io_end end;
};

static void raw_open(struct stage *s, struct raw *raw, struct bytes out)
{
    struct err err = { 0 };

    *raw = (struct raw){ 0 };
    raw->conn =
        io_connect(s->loop, "127.0.0.1", peer_server_port(s->server), NULL, NULL, raw, &err);
    cr_assert(raw->conn, "%s", err.text);
    cr_assert_neq(io_conn_send(raw->conn, out), IO_GONE);
}

static void raw_take(struct raw *raw, const struct io_event *event)
{
    if (event->kind == IO_ENDED) {
        raw->ended = true;
        raw->end = event->end;
    }
    if (event->kind != IO_DATA)
        return;
    cr_assert_leq(raw->n + event->len, sizeof raw->in - 1);
    memcpy(raw->in + raw->n, event->data, event->len);
    raw->n += event->len;
}

/* Until the server has ended and everything of ours is out. */
static void raw_run(struct stage *s, struct raw *raw)
{
    while (!raw->ended || io_conn_waiting(raw->conn) > 0) {
        struct io_event event;
        struct err err;
        uint64_t until = peer_server_deadline(s->server);
        cr_assert(io_loop_next(s->loop, until < s->until_ms ? until : s->until_ms, &event, &err));
        cr_assert_lt(io_now_ms(), s->until_ms, "nothing came in time");
        if (!peer_server_take(s->server, &event, io_now_ms()) && event.owner == raw)
            raw_take(raw, &event);
    }
}

#define REQUEST                                                                                    \
    "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"                   \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"

/* An unmasked frame, and behind it a mebibyte that the server has no use for: were the socket
 * simply closed, the kernel would answer that with a reset, which may overtake the Close. */
Test(peer, a_failed_connection_gets_its_close_and_a_fin_and_no_reset)
{
    static char out[sizeof REQUEST + 2 + (8u << 20)] = REQUEST "\x81\x00";
    struct stage s = set(false);
    struct raw raw;

    raw_open(&s, &raw, bytes_of(out, sizeof out));
    raw_run(&s, &raw);
    size_t at = bytes_find(bytes_of(raw.in, raw.n), BYTES_LIT("\r\n\r\n")) + 4;
    cr_assert_leq(at + 4, raw.n, "%s", raw.in);
    cr_assert_eq((uint8_t)raw.in[at], 0x88, "a Close");
    cr_assert_eq((uint8_t)raw.in[at + 2] << 8 | (uint8_t)raw.in[at + 3], 1002);
    cr_assert_eq(at + 2 + (uint8_t)raw.in[at + 1], raw.n, "and it is whole, and the last");
    cr_assert_eq(raw.end, IO_END_FIN);
    cr_assert_eq(io_conn_send(raw.conn, BYTES_LIT("x")), IO_SENT_ALL, "a reset came");
    strike(&s);
}

Test(peer, a_request_for_something_else_is_answered_and_ended)
{
    struct stage s = set(false);
    struct raw raw;

    raw_open(&s, &raw, BYTES_LIT("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    raw_run(&s, &raw);
    cr_assert(strncmp(raw.in, "HTTP/1.1 4", 10) == 0, "%s", raw.in);
    cr_assert_eq(raw.end, IO_END_FIN);
    strike(&s);
}

/* A stage with a server of that kind, and a client that has asked for `path`. */
static struct stage set_with(const struct peer_server_options *options, const char *path)
{
    struct err err = { 0 };
    struct stage s = { .loop = io_loop_new(&err), .until_ms = io_now_ms() + PATIENCE_MS };

    s.server = peer_server_new(s.loop, options, &err);
    cr_assert(s.server, "%s", err.text);
    s.client = client_of(&s, path);
    return s;
}

Test(peer, a_plain_get_gets_the_page_and_a_websocket_its_echo)
{
    const struct ws_policy policy = { .plain = "all is well\n" };
    struct stage s = set_with(&(struct peer_server_options){ .policy = &policy }, "/");
    struct raw raw;

    client_wait(&s, WS_EVENT_OPEN);
    expect_echo(&s, WS_TEXT, BYTES_LIT("hello"));
    raw_open(&s, &raw, BYTES_LIT("GET /health HTTP/1.1\r\nHost: a\r\n\r\n"));
    raw_run(&s, &raw);
    cr_assert(strncmp(raw.in, "HTTP/1.1 200 OK\r\n", 17) == 0, "%s", raw.in);
    cr_assert(strstr(raw.in, "\r\n\r\nall is well\n"), "%s", raw.in);
    cr_assert_eq(raw.end, IO_END_FIN);
    strike(&s);
}

Test(peer, who_sends_too_much_gets_1008)
{
    struct stage s = set_with(&(struct peer_server_options){ .rate_max = 2 }, "/");
    struct ws_event event;

    client_wait(&s, WS_EVENT_OPEN);
    for (int i = 0; i < 1000; i++)
        cr_assert(peer_client_send(s.client, WS_TEXT, BYTES_LIT("x")));
    do {
        cr_assert(client_next(&s, &event));
    } while (event.kind == WS_EVENT_MESSAGE);
    cr_assert_eq(event.kind, WS_EVENT_CLOSE);
    cr_assert_eq(event.close.code, 1008);
    strike(&s);
}

Test(peer, one_too_many_gets_1013_and_a_seat_that_is_free_again_is_given)
{
    struct stage s = set_with(&(struct peer_server_options){ .connections_max = 1 }, "/");
    struct peer_client *first = s.client;
    struct ws_event event;

    client_wait(&s, WS_EVENT_OPEN);
    s.client = client_of(&s, "/");
    client_wait(&s, WS_EVENT_OPEN);
    cr_assert_eq(client_wait(&s, WS_EVENT_CLOSE).close.code, 1013);
    while (client_next(&s, &event))
        continue;
    peer_client_free(s.client);

    s.client = first;
    expect_echo(&s, WS_TEXT, BYTES_LIT("still here"));
    cr_assert(peer_client_close(s.client, 1000, (struct bytes){ 0 }, io_now_ms()));
    while (client_next(&s, &event))
        continue;
    peer_client_free(s.client);
    s.client = client_of(&s, "/");
    client_wait(&s, WS_EVENT_OPEN);
    expect_echo(&s, WS_TEXT, BYTES_LIT("welcome"));
    strike(&s);
}

Test(peer, who_answers_pings_stays)
{
    struct stage s =
        set_with(&(struct peer_server_options){ .ping_ms = 1, .patience_ms = PATIENCE_MS }, "/");

    client_wait(&s, WS_EVENT_OPEN);
    client_wait(&s, WS_EVENT_PING);
    client_wait(&s, WS_EVENT_PING);
    strike(&s);
}

Test(peer, who_does_not_answer_a_ping_gets_1011)
{
    struct stage s = set_with(&(struct peer_server_options){ .ping_ms = 1, .patience_ms = 1 }, "/");
    struct raw raw;

    raw_open(&s, &raw,
             BYTES_LIT("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
                       "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
    raw_run(&s, &raw);
    size_t at = bytes_find(bytes_of(raw.in, raw.n), BYTES_LIT("\r\n\r\n")) + 4;
    cr_assert_leq(at + 6, raw.n, "%s", raw.in);
    cr_assert_eq((uint8_t)raw.in[at], 0x89, "a ping");
    cr_assert_eq((uint8_t)raw.in[at + 2], 0x88, "a Close");
    cr_assert_eq((uint8_t)raw.in[at + 4] << 8 | (uint8_t)raw.in[at + 5], 1011);
    strike(&s);
}

Test(peer, events_of_others_are_left_alone)
{
    struct stage s = set(false);
    struct err err;
    struct io_event event;
    int owner;

    cr_assert(
        io_connect(s.loop, "127.0.0.1", peer_server_port(s.server), NULL, NULL, &owner, &err));
    do {
        cr_assert(io_loop_next(s.loop, s.until_ms, &event, &err));
        cr_assert_neq(event.kind, IO_TIME);
    } while (event.kind != IO_CONNECTED || event.owner != &owner);
    cr_assert_not(peer_server_take(s.server, &event, io_now_ms()));
    cr_assert_not(peer_client_take(s.client, &event, io_now_ms()));
    strike(&s);
}

/* What a client has received so far, each message and a bar. */
static void hear(struct peer_client *c, const struct io_event *event, char *heard)
{
    struct ws_event e;

    (void)peer_client_take(c, event, io_now_ms());
    while (peer_client_next(c, &e, io_now_ms()))
        if (e.kind == WS_EVENT_MESSAGE)
            strncat(strncat(heard, (const char *)e.data.ptr, e.data.len), "|", 2);
        else if (e.kind == WS_EVENT_OPEN)
            strcat(heard, "open|");
}

Test(peer, a_room_is_a_path_whatever_its_query)
{
    struct stage s = set_with(&(struct peer_server_options){ .rooms = true }, "/a?name=one");
    struct peer_client *same = client_of(&s, "/a?name=two"), *not = client_of(&s, "/ab");
    char one[128] = "", two[128] = "", three[128] = "";
    bool said = false;

    while (!strchr(one, '!') || !strchr(two, '!') || !strchr(three, '!')) {
        struct io_event event;
        struct err err;
        cr_assert(io_now_ms() < s.until_ms, "heard %s, %s and %s", one, two, three);
        cr_assert(io_loop_next(s.loop, io_now_ms() + 100, &event, &err));
        (void)peer_server_take(s.server, &event, io_now_ms());
        hear(s.client, &event, one);
        hear(same, &event, two);
        hear(not, &event, three);
        if (!said && *one && *two && *three) {
            cr_assert(peer_client_send(same, WS_TEXT, BYTES_LIT("in a!")));
            cr_assert(peer_client_send(not, WS_TEXT, BYTES_LIT("in ab!")));
            said = true;
        }
    }
    cr_expect_str_eq(one, "open|in a!|");
    cr_expect_str_eq(two, "open|in a!|");
    cr_expect_str_eq(three, "open|in ab!|");
    peer_client_free(same);
    peer_client_free(not );
    strike(&s);
}

Test(peer, a_broadcast_goes_to_everybody)
{
    const struct ws_header name = { BYTES_LIT("Server"), BYTES_LIT("me") };
    struct stage s = set_with(
        &(struct peer_server_options){ .broadcast = true, .headers = &name, .n_headers = 1 }, "/");
    struct err err = { 0 };
    char one[128] = "", two[128] = "";
    bool said = false;

    struct peer_client *other = client_of(&s, "/");
    while (!strchr(one, '!') || !strchr(two, '!')) {
        struct io_event event;
        cr_assert(io_now_ms() < s.until_ms, "heard %s and %s", one, two);
        cr_assert(io_loop_next(s.loop, io_now_ms() + 100, &event, &err));
        (void)peer_server_take(s.server, &event, io_now_ms());
        hear(s.client, &event, one);
        hear(other, &event, two);
        if (!said && *one && *two) {
            cr_assert(peer_client_send(other, WS_TEXT, BYTES_LIT("news!")));
            said = true;
        }
    }
    cr_expect_str_eq(one, "open|news!|");
    cr_expect_str_eq(two, "open|news!|");
    peer_client_free(other);
    strike(&s);
}
