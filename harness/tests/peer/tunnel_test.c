#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "io/clock.h"
#include "peer/client.h"

/* No test waits longer for anything than this. */
#define PATIENCE_MS 8000

/* A client, and a proxy that gives a set answer, in one loop. */
struct stage {
    struct io_loop *loop;
    struct io_listener *listener;
    struct io_conn *proxy;
    struct peer_client *client;
    char heard[2000];
    size_t len;
    uint64_t until_ms;
};

static void set(struct stage *s, const char *to, const struct io_tls *tls)
{
    static struct peer_url url, proxy;
    char text[64];
    struct err err = { 0 };

    *s = (struct stage){ .loop = io_loop_new(&err), .until_ms = io_now_ms() + PATIENCE_MS };
    s->listener = io_listen(s->loop, "127.0.0.1", 0, NULL, NULL, &err);
    cr_assert(s->listener, "%s", err.text);
    snprintf(text, sizeof text, "http://127.0.0.1:%u", (unsigned)io_listener_port(s->listener));
    cr_assert(peer_url_parse_proxy(text, &proxy, &err), "%s", err.text);
    cr_assert(peer_url_parse(to, &url, &err), "%s", err.text);
    s->client = peer_client_new(
        s->loop,
        &(struct peer_client_options){ .url = &url, .proxy = &proxy, .tls = tls, .seed = 7 }, &err);
    cr_assert(s->client, "%s", err.text);
}

static void strike(struct stage *s)
{
    peer_client_free(s->client);
    io_loop_free(s->loop);
}

/* One event; what the proxy hears is kept. */
static void turn(struct stage *s)
{
    struct io_event event;
    struct ws_event said;
    struct err err;

    cr_assert(io_loop_next(s->loop, s->until_ms, &event, &err), "%s", err.text);
    cr_assert_lt(io_now_ms(), s->until_ms, "nothing came in time; heard: %s", s->heard);
    if (event.kind == IO_ACCEPTED)
        s->proxy = event.conn;
    if (event.kind == IO_DATA && event.conn == s->proxy) {
        cr_assert_lt(s->len + event.len, sizeof s->heard);
        memcpy(s->heard + s->len, event.data, event.len);
        s->len += event.len;
    }
    (void)peer_client_take(s->client, &event, io_now_ms());
    while (peer_client_next(s->client, &said, io_now_ms()))
        ;
}

/* The proxy has heard a whole request, answers, and forgets it. */
static void answer(struct stage *s, const char *request, const char *text)
{
    while (!strstr(s->heard, "\r\n\r\n"))
        turn(s);
    cr_assert_str_eq(s->heard, request);
    memset(s->heard, 0, sizeof s->heard);
    s->len = 0;
    cr_assert_neq(io_conn_send(s->proxy, bytes_str(text)), IO_GONE);
}

Test(peer_tunnel, the_handshake_begins_when_the_proxy_has_put_us_through)
{
    struct stage s;

    set(&s,
        "ws://b\xC3\xBC"
        "cher.test/x",
        NULL);
    answer(&s, "CONNECT xn--bcher-kva.test:80 HTTP/1.1\r\nHost: xn--bcher-kva.test:80\r\n\r\n",
           "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 Fine\r\nContent-Length: 5\r\n\r\n");
    while (!strstr(s.heard, "\r\n\r\n"))
        turn(&s);
    cr_assert(strstr(s.heard, "GET /x HTTP/1.1\r\n") == s.heard, "%s", s.heard);
    cr_assert(strstr(s.heard, "Host: xn--bcher-kva.test\r\n"), "%s", s.heard);
    cr_assert_not(peer_client_done(s.client));
    strike(&s);
}

Test(peer_tunnel, tls_is_spoken_inside)
{
    struct err err = { 0 };
    struct io_tls *tls = io_tls_new(&(struct io_tls_options){ .insecure = true }, &err);
    struct stage s;

    cr_assert(tls, "%s", err.text);
    set(&s, "wss://[::1]/", tls);
    answer(&s, "CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\n\r\n", "HTTP/1.1 200\r\n\r\n");
    while (s.len < 3)
        turn(&s);
    cr_assert(bytes_eq(bytes_of(s.heard, 2), bytes_of("\x16\x03", 2)), "no ClientHello");
    io_conn_close(s.proxy);
    s.proxy = NULL;
    while (!peer_client_done(s.client))
        turn(&s);
    cr_assert_eq(peer_client_end(s.client), PEER_END_TLS);
    strike(&s);
    io_tls_free(tls);
}

Test(peer_tunnel, a_proxy_that_does_not_put_us_through_ends_it)
{
    static const struct {
        const char *answer, *word;
    } rows[] = {
        { "HTTP/1.1 403 Forbidden\r\n\r\n", "403 Forbidden" },
        { "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic\r\n\r\n", "407" },
        { "HTTP/1.1 302 There\r\nLocation: http://x/\r\n\r\n", "302" },
        { "HTTP/1.1 200 OK\r\n\r\nmore", "more than its answer" },
        { "SSH-2.0-x\r\n\r\n", "no HTTP" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct stage s;
        set(&s, "ws://a.test:8/", NULL);
        answer(&s, "CONNECT a.test:8 HTTP/1.1\r\nHost: a.test:8\r\n\r\n", rows[i].answer);
        while (!peer_client_done(s.client))
            turn(&s);
        const char *trouble = peer_client_trouble(s.client);
        cr_assert(trouble && strstr(trouble, rows[i].word), "%s: %s", rows[i].word, trouble);
        cr_assert_eq(peer_client_end(s.client), PEER_END_LOST);
        strike(&s);
    }
}

Test(peer_tunnel, a_proxy_that_goes_away_is_named)
{
    struct stage s;

    set(&s, "ws://a.test/", NULL);
    while (!s.proxy)
        turn(&s);
    io_conn_close(s.proxy);
    s.proxy = NULL;
    while (!peer_client_done(s.client))
        turn(&s);
    cr_assert(strstr(peer_client_trouble(s.client), "the proxy did not put us through"));
    io_listener_close(s.listener);
    strike(&s);
}
