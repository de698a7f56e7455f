#define _GNU_SOURCE /* kill, mkdtemp, symlink beside C11 */

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "io/file.h"
#include "io/pair.h"

static struct io_tls *make(struct io_tls_options options)
{
    struct err err = { 0 };
    struct io_tls *tls = io_tls_new(&options, &err);

    cr_assert(tls, "%s", err.text);
    return tls;
}

/* The server's own certificate in a file of its own, whose name goes to `path`. */
static void export_certificate(const struct io_tls *server, char path[64])
{
    struct buf pem = { 0 };
    struct err err = { 0 };

    strcpy(path, P_tmpdir "/wsproof-test-XXXXXX");
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    close(fd);
    cr_assert(io_tls_certificate(server, &pem, &err), "%s", err.text);
    cr_assert(io_file_write(path, buf_bytes(&pem), &err), "%s", err.text);
    buf_free(&pem);
}

Test(io_tls, a_certificate_that_is_trusted_carries_data_and_a_clean_end)
{
    char path[64];
    struct io_tls *server = make((struct io_tls_options){ .server = true, .alpn = "http/1.1" });

    export_certificate(server, path);
    struct io_tls *client = make((struct io_tls_options){ .cacert = path, .alpn = "http/1.1" });
    struct pair p = pair_open(server, client);
    cr_assert(strstr(io_conn_tls_name(p.client), "TLSv1.3"), "%s", io_conn_tls_name(p.client));
    cr_assert_str_eq(io_conn_alpn(p.server), "http/1.1");
    cr_assert_str_eq(io_conn_alpn(p.client), "http/1.1");
    cr_assert_null(io_conn_sni(p.server), "an address is never sent as a name");

    cr_assert_eq(io_conn_send(p.client, BYTES_LIT("secret")), IO_SENT_ALL);
    struct io_event e = pair_next(p.loop);
    cr_assert_eq(e.kind, IO_DATA);
    cr_assert_eq(e.conn, p.server);
    cr_assert_arr_eq(e.data, "secret", 6);
    io_conn_shutdown(p.client);
    cr_assert_eq(pair_wait(p.loop, IO_ENDED).end, IO_END_FIN);
    cr_assert_eq(io_conn_send(p.server, BYTES_LIT("other half")), IO_SENT_ALL);
    cr_assert_eq(pair_wait(p.loop, IO_DATA).len, 10);
    pair_close(&p);
    io_tls_free(server);
    io_tls_free(client);
    unlink(path);
}

/* How a client's connection to `host` ends when the handshake must not succeed. */
static void expect_refusal(const struct io_tls *server, const struct io_tls *client,
                           const char *host, const char *word)
{
    struct io_loop *loop = pair_loop();
    struct err err = { 0 };
    struct io_listener *l = io_listen(loop, "0.0.0.0", 0, server, NULL, &err);

    cr_assert(l, "%s", err.text);
    cr_assert(io_connect(loop, host, io_listener_port(l), client, NULL, NULL, &err));
    struct io_event e = pair_next(loop);
    cr_assert_eq(e.kind, IO_ENDED);
    cr_assert_eq(e.end, IO_END_TLS_FAILED);
    cr_assert(strstr(e.why, word), "%s", e.why);
    io_conn_close(e.conn);
    uint64_t until = io_now_ms() + PAIR_PATIENCE_MS;
    while (io_listener_lost(l) == 0 && io_now_ms() < until)
        cr_assert(io_loop_next(loop, io_now_ms() + 10, &e, &err));
    cr_assert_eq(io_listener_lost(l), 1);
    io_loop_free(loop);
}

Test(io_tls, a_certificate_that_nobody_vouches_for_is_refused)
{
    struct io_tls *server = make((struct io_tls_options){ .server = true });
    struct io_tls *client = make((struct io_tls_options){ 0 });

    expect_refusal(server, client, "127.0.0.1", "certificate");
    io_tls_free(server);
    io_tls_free(client);
}

Test(io_tls, a_trusted_certificate_for_another_name_is_refused)
{
    char path[64];
    struct io_tls *server = make((struct io_tls_options){ .server = true });

    export_certificate(server, path);
    struct io_tls *client = make((struct io_tls_options){ .cacert = path });
    expect_refusal(server, client, "127.0.0.2", "address");
    io_tls_free(server);
    io_tls_free(client);
    unlink(path);
}

Test(io_tls, a_name_is_sent_and_matched)
{
    char path[64];
    struct err err = { 0 };
    struct io_tls *server = make((struct io_tls_options){ .server = true });

    export_certificate(server, path);
    struct io_tls *client = make((struct io_tls_options){ .cacert = path });
    struct io_loop *loop = pair_loop();
    struct io_listener *l = io_listen(loop, "localhost", 0, server, NULL, &err);
    cr_assert(io_connect(loop, "localhost", io_listener_port(l), client, NULL, NULL, &err));
    cr_assert_str_eq(io_conn_sni(pair_wait(loop, IO_ACCEPTED).conn), "localhost");
    io_loop_free(loop);
    io_tls_free(server);
    io_tls_free(client);
    unlink(path);
}

/* Does a client that trusts the authority at `path` get through to this server? */
static bool gets_through(const struct io_tls *server, const char *path)
{
    struct io_tls *client = make((struct io_tls_options){ .cacert = path });
    struct io_loop *loop = pair_loop();
    struct err err = { 0 };
    struct io_listener *l = io_listen(loop, "127.0.0.1", 0, server, NULL, &err);
    struct io_event event;

    cr_assert(l && io_connect(loop, "127.0.0.1", io_listener_port(l), client, NULL, NULL, &err));
    do
        event = pair_next(loop);
    while (event.kind != IO_ACCEPTED && event.kind != IO_TURNED_AWAY);
    cr_expect(event.kind == IO_ACCEPTED || (event.listener == l && event.why));
    io_loop_free(loop);
    io_tls_free(client);
    return event.kind == IO_ACCEPTED;
}

Test(io_tls, a_flawed_certificate_of_a_trusted_authority_is_not_accepted)
{
    struct io_tls *good = make((struct io_tls_options){ .server = true });
    struct io_tls *other = make((struct io_tls_options){ .server = true });
    char path[64];

    export_certificate(good, path);
    cr_expect(gets_through(good, path));
    cr_expect_not(gets_through(other, path), "its authority is another one");
    for (enum io_tls_flaw flaw = IO_TLS_GOOD; flaw < IO_TLS_FLAWS; flaw++) {
        struct io_tls *tls =
            make((struct io_tls_options){ .server = true, .flaw = flaw, .authority = good });
        cr_expect_eq(gets_through(tls, path), flaw == IO_TLS_GOOD, "flaw %d", (int)flaw);
        io_tls_free(tls);
    }
    io_tls_free(good);
    io_tls_free(other);
    unlink(path);
}

/* The request then comes in one segment with the end of the handshake, and is read with it. */
Test(io_tls, what_is_sent_while_connecting_is_not_lost_behind_the_handshake)
{
    struct io_tls *server = make((struct io_tls_options){ .server = true });
    struct io_tls *client = make((struct io_tls_options){ .insecure = true });
    struct io_loop *loop = pair_loop();
    struct err err = { 0 };
    struct io_listener *l = io_listen(loop, "127.0.0.1", 0, server, NULL, &err);
    struct io_conn *c =
        io_connect(loop, "127.0.0.1", io_listener_port(l), client, NULL, NULL, &err);

    cr_assert_eq(io_conn_send(c, BYTES_LIT("eager")), IO_WAITS);
    struct io_event e = pair_wait(loop, IO_DATA);
    cr_assert_eq(e.len, 5);
    cr_assert_neq(e.conn, c);
    io_loop_free(loop);
    io_tls_free(server);
    io_tls_free(client);
}

/* Beside others a connection has one turn a round: a peer that writes little records would wait a
 * thousand times for them. */
Test(io_tls, records_that_lie_there_are_read_at_once_and_their_end_after_them)
{
    struct io_tls *server = make((struct io_tls_options){ .server = true });
    struct io_tls *client = make((struct io_tls_options){ .insecure = true });
    struct pair p = pair_open(server, client);

    io_conn_read(p.server, false);
    for (int i = 0; i < 100; i++)
        cr_assert_eq(io_conn_send(p.client, BYTES_LIT("little")), IO_SENT_ALL);
    io_conn_shutdown(p.client);
    io_conn_read(p.server, true);
    struct io_event e = pair_next(p.loop);
    cr_assert_eq(e.kind, IO_DATA);
    cr_assert_eq(e.len, 600, "%zu", e.len);
    e = pair_next(p.loop);
    cr_assert_eq(e.kind, IO_ENDED);
    cr_assert_eq(e.end, IO_END_FIN, "%s", e.why);
    pair_close(&p);
    io_tls_free(server);
    io_tls_free(client);
}

Test(io_tls, an_end_without_close_notify_is_a_cut)
{
    struct io_tls *server = make((struct io_tls_options){ .server = true });
    struct io_tls *client = make((struct io_tls_options){ .insecure = true });
    struct pair p = pair_open(server, client);

    io_conn_close(p.client);
    cr_assert_eq(pair_wait(p.loop, IO_ENDED).end, IO_END_TLS_CUT);
    pair_close(&p);
    p = pair_open(server, client);
    io_conn_reset(p.client);
    cr_assert_eq(pair_wait(p.loop, IO_ENDED).end, IO_END_RESET);
    pair_close(&p);
    io_tls_free(server);
    io_tls_free(client);
}

Test(io_tls, plain_text_to_a_tls_server_is_dropped_and_told)
{
    struct io_tls *server = make((struct io_tls_options){ .server = true });
    struct io_loop *loop = pair_loop();
    struct err err = { 0 };
    struct io_listener *l = io_listen(loop, "127.0.0.1", 0, server, NULL, &err);
    struct io_conn *c = io_connect(loop, "127.0.0.1", io_listener_port(l), NULL, NULL, NULL, &err);

    cr_assert(c);
    pair_wait(loop, IO_CONNECTED);
    cr_assert_eq(io_conn_send(c, BYTES_LIT("GET / HTTP/1.1\r\n\r\n")), IO_SENT_ALL);
    cr_assert(strstr(pair_wait(loop, IO_TURNED_AWAY).why, "http request"));
    cr_assert_eq(pair_wait(loop, IO_ENDED).conn, c);
    cr_assert_eq(io_listener_lost(l), 1);
    io_loop_free(loop);
    io_tls_free(server);
}

Test(io_tls, settings_that_cannot_work_are_errors)
{
    struct err err = { 0 };

    cr_assert_null(io_tls_new(&(struct io_tls_options){ .server = true, .cert = "x" }, &err));
    cr_assert_eq(err.code, ERR_USAGE);
    cr_assert_null(io_tls_new(&(struct io_tls_options){ .cacert = "/nonexistent" }, &err));
    cr_assert_eq(err.code, ERR_SYSTEM);
    cr_assert(strstr(err.text, "/nonexistent"), "%s", err.text);
}
