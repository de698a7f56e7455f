#include <criterion/criterion.h>
#include <string.h>

#include "io/capture.h"
#include "io/pair.h"

/* Both ends of each connection are on one loop, so each is captured twice: once from each side. */
struct heard {
    struct pair pair;
    struct io_capture *capture;
};

static struct heard listen_in(const struct io_tls *server, const struct io_tls *client)
{
    struct heard h;
    struct err err = { 0 };
    struct io_loop *loop = pair_loop();

    h.capture = io_capture_new(&err);
    cr_assert(h.capture, "%s", err.text);
    io_loop_capture(loop, h.capture);
    h.pair = pair_open_in(loop, server, client);
    return h;
}

static void stop(struct heard *h)
{
    pair_close(&h->pair);
    io_capture_free(h->capture);
}

/* "client> open", "client> 5", "server< fin": who captured it, which way it went, what it was. */
static void tell(const struct io_captured *c, struct buf *log)
{
    static const char *const words[] = {
        [IO_CAPTURED_OPEN] = "open", [IO_CAPTURED_FIN] = "fin", [IO_CAPTURED_RESET] = "reset"
    };
    bool ok =
        buf_print(log, "%s%c ", c->flow->accepted ? "server" : "client", c->from_us ? '>' : '<');

    ok = ok && (c->kind == IO_CAPTURED_BYTES ? buf_print(log, "%zu\n", c->len)
                                             : buf_print(log, "%s\n", words[c->kind]));
    cr_assert(ok);
}

static void all_heard(struct heard *h, const char *side, struct buf *log)
{
    struct io_captured c;

    buf_init(log, 1 << 16);
    while (io_capture_next(h->capture, &c))
        if (strcmp(c.flow->accepted ? "server" : "client", side) == 0)
            tell(&c, log);
    cr_assert(buf_push(log, '\0'));
}

Test(io_capture, bytes_ends_and_places_of_a_connection_are_heard)
{
    struct heard h = listen_in(NULL, NULL);
    struct io_captured c;
    struct buf log;

    cr_assert(io_capture_next(h.capture, &c));
    cr_assert_eq(c.kind, IO_CAPTURED_OPEN);
    cr_assert_eq(c.flow->accepted ? c.flow->us.port : c.flow->peer.port,
                 io_listener_port(h.pair.listener));
    cr_assert_eq(c.flow->us.address[0], 127);
    cr_assert_not(c.flow->local);

    cr_assert_eq(io_conn_send(h.pair.client, BYTES_LIT("Hello")), IO_SENT_ALL);
    cr_assert_eq(pair_wait(h.pair.loop, IO_DATA).len, 5);
    io_conn_shutdown(h.pair.client);
    pair_wait(h.pair.loop, IO_ENDED);
    io_conn_close(h.pair.server);
    pair_wait(h.pair.loop, IO_ENDED);
    io_conn_close(h.pair.client);
    all_heard(&h, "client", &log);
    cr_assert(strstr((char *)log.ptr, "client> 5\nclient> fin\nclient< fin\n"), "%s", log.ptr);
    buf_free(&log);
    stop(&h);
}

Test(io_capture, the_bytes_are_those_that_passed)
{
    struct heard h = listen_in(NULL, NULL);
    struct io_captured c;
    int seen = 0;

    cr_assert_eq(io_conn_send(h.pair.client, BYTES_LIT("Hello")), IO_SENT_ALL);
    pair_wait(h.pair.loop, IO_DATA);
    while (io_capture_next(h.capture, &c)) {
        if (c.kind != IO_CAPTURED_BYTES)
            continue;
        cr_assert(bytes_eq_str(c.data, "Hello"));
        cr_assert_eq(c.from_us, !c.flow->accepted);
        seen++;
    }
    cr_assert_eq(seen, 2);
    cr_assert_eq(io_capture_waiting(h.capture), 0, "what was pulled is forgotten");
    stop(&h);
}

Test(io_capture, a_reset_is_one_and_nothing_follows_it)
{
    struct heard h = listen_in(NULL, NULL);
    struct buf log;

    io_conn_reset(h.pair.server);
    cr_assert_eq(pair_wait(h.pair.loop, IO_ENDED).end, IO_END_RESET);
    io_conn_close(h.pair.client);
    struct io_captured c;
    buf_init(&log, 1 << 16);
    while (io_capture_next(h.capture, &c))
        if (c.kind != IO_CAPTURED_OPEN)
            tell(&c, &log);
    cr_assert(buf_push(&log, '\0'));
    cr_assert_str_eq((char *)log.ptr, "server> reset\nclient< reset\n");
    buf_free(&log);
    stop(&h);
}

Test(io_capture, a_label_is_that_connection_s_alone)
{
    struct heard h = listen_in(NULL, NULL);
    struct io_captured c;

    io_conn_label(h.pair.client, "mine");
    while (io_capture_next(h.capture, &c)) {
        if (c.flow->accepted)
            cr_assert_null(c.flow->label);
        else
            cr_assert_str_eq(c.flow->label, "mine");
    }
    stop(&h);
}

Test(io_capture, under_tls_there_are_records_and_the_secrets_that_open_them)
{
    struct err err = { 0 };
    struct io_tls *server = io_tls_new(&(struct io_tls_options){ .server = true }, &err);
    struct io_tls *client = io_tls_new(&(struct io_tls_options){ .insecure = true }, &err);
    struct heard h = listen_in(server, client);
    struct io_captured c;
    struct buf secrets;

    cr_assert_eq(io_conn_send(h.pair.client, BYTES_LIT("secret")), IO_SENT_ALL);
    pair_wait(h.pair.loop, IO_DATA);
    buf_init(&secrets, 1 << 16);
    cr_assert(io_capture_secrets(h.capture, &secrets));
    cr_assert(bytes_find(buf_bytes(&secrets), BYTES_LIT("CLIENT_TRAFFIC_SECRET_0 ")) < secrets.len);
    buf_clear(&secrets);
    cr_assert(io_capture_secrets(h.capture, &secrets));
    cr_assert_eq(secrets.len, 0, "each is given once");
    while (io_capture_next(h.capture, &c)) {
        if (c.kind != IO_CAPTURED_BYTES)
            continue;
        cr_assert_eq(c.data.ptr[1], 3, "a record of TLS begins with its type and version");
        cr_assert_eq(bytes_find(c.data, BYTES_LIT("secret")), c.data.len);
    }
    buf_free(&secrets);
    stop(&h);
    io_tls_free(server);
    io_tls_free(client);
}

Test(io_capture, nobody_listens_and_a_label_does_nothing)
{
    struct pair p = pair_open(NULL, NULL);

    io_conn_label(p.client, "nobody asks");
    cr_assert_eq(io_conn_send(p.client, BYTES_LIT("Hello")), IO_SENT_ALL);
    cr_assert_eq(pair_wait(p.loop, IO_DATA).len, 5);
    pair_close(&p);
}
