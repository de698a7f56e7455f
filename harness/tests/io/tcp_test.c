#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "io/pair.h"

static char client_tag, server_tag;

/* A pair whose ends are told apart by their owners. */
static struct pair tagged(void)
{
    struct pair p = pair_open(NULL, NULL);

    io_conn_set_owner(p.client, &client_tag);
    io_conn_set_owner(p.server, &server_tag);
    return p;
}

static void expect_data(struct pair *p, void *owner, const char *text)
{
    char got[256] = "";
    size_t n = 0;

    while (n < strlen(text)) {
        struct io_event e = pair_wait(p->loop, IO_DATA);
        cr_assert_eq(e.owner, owner);
        cr_assert_lt(n + e.len, sizeof got);
        memcpy(got + n, e.data, e.len);
        n += e.len;
    }
    got[n] = '\0';
    cr_assert_str_eq(got, text);
}

Test(io_tcp, data_goes_both_ways)
{
    struct pair p = tagged();

    cr_assert_eq(io_conn_send(p.client, BYTES_LIT("there")), IO_SENT_ALL);
    expect_data(&p, &server_tag, "there");
    cr_assert_eq(io_conn_send(p.server, BYTES_LIT("and back")), IO_SENT_ALL);
    expect_data(&p, &client_tag, "and back");
    cr_assert_null(io_conn_tls_name(p.client));
    pair_close(&p);
}

Test(io_tcp, an_orderly_end_is_a_fin_and_comes_once_after_the_data)
{
    struct pair p = tagged();
    struct err err;
    struct io_event e;

    cr_assert_eq(io_conn_send(p.client, BYTES_LIT("last words")), IO_SENT_ALL);
    io_conn_close(p.client);
    expect_data(&p, &server_tag, "last words");
    e = pair_next(p.loop);
    cr_assert_eq(e.kind, IO_ENDED);
    cr_assert_eq(e.end, IO_END_FIN);
    cr_assert(io_loop_next(p.loop, io_now_ms() + 20, &e, &err));
    cr_assert_eq(e.kind, IO_TIME);
    pair_close(&p);
}

Test(io_tcp, a_reset_is_told_apart_from_a_fin)
{
    struct pair p = tagged();

    io_conn_reset(p.client);
    struct io_event e = pair_next(p.loop);
    cr_assert_eq(e.kind, IO_ENDED);
    cr_assert_eq(e.end, IO_END_RESET);
    cr_assert_eq(e.conn, p.server);
    pair_close(&p);
}

Test(io_tcp, what_came_before_a_reset_is_read_even_after_a_send_met_it)
{
    struct pair p = tagged();

    cr_assert_eq(io_conn_send(p.client, BYTES_LIT("before")), IO_SENT_ALL);
    io_conn_reset(p.client);
    cr_assert_eq(io_conn_send(p.server, BYTES_LIT("to nobody")), IO_GONE);
    expect_data(&p, &server_tag, "before");
    struct io_event e = pair_next(p.loop);
    cr_assert_eq(e.kind, IO_ENDED);
    cr_assert_eq(e.end, IO_END_RESET);
    cr_assert_eq(io_conn_send(p.server, BYTES_LIT("x")), IO_GONE);
    pair_close(&p);
}

/* The client has unread data when it closes: its FIN-less reset answers what we send after. */
Test(io_tcp, an_end_that_was_a_fin_stays_one_when_a_reset_follows)
{
    struct pair p = tagged();

    io_conn_shutdown(p.client);
    cr_assert_eq(pair_wait(p.loop, IO_ENDED).end, IO_END_FIN);
    io_conn_reset(p.client);
    cr_assert_eq(io_conn_send(p.server, BYTES_LIT("x")), IO_GONE);
    pair_close(&p);
}

Test(io_tcp, after_a_half_close_the_other_half_still_works)
{
    struct pair p = tagged();

    io_conn_shutdown(p.client);
    cr_assert_eq(io_conn_send(p.client, BYTES_LIT("too late")), IO_GONE);
    struct io_event e = pair_next(p.loop);
    cr_assert_eq(e.kind, IO_ENDED);
    cr_assert_eq(e.end, IO_END_FIN);
    cr_assert_eq(io_conn_send(p.server, BYTES_LIT("still here")), IO_SENT_ALL);
    expect_data(&p, &client_tag, "still here");
    pair_close(&p);
}

/* Reads `total` bytes of which each is the low byte of its offset / 7, and the FIN. */
static void drain(struct pair *p, size_t total, bool *sent_told)
{
    size_t n = 0;

    for (;;) {
        struct io_event e = pair_next(p->loop);
        if (e.kind == IO_ENDED)
            break;
        if (e.kind == IO_SENT) {
            *sent_told = true;
            continue;
        }
        for (size_t i = 0; i < e.len; i++, n++) {
            if (e.data[i] != (uint8_t)(n / 7))
                cr_assert_fail("byte %zu is wrong", n);
        }
    }
    cr_assert_eq(n, total);
}

/* Sends until `want` bytes wait, however much the kernel takes; gives how many that were. */
static size_t send_until_waiting(struct io_conn *c, size_t want)
{
    static uint8_t piece[1u << 20];
    size_t total = 0;
    bool waits = false;

    while (io_conn_waiting(c) < want) {
        for (size_t i = 0; i < sizeof piece; i++)
            piece[i] = (uint8_t)((total + i) / 7);
        enum io_sent sent = io_conn_send(c, bytes_of(piece, sizeof piece));
        cr_assert_neq(sent, IO_GONE);
        cr_assert(!waits || sent == IO_WAITS);
        waits = sent == IO_WAITS;
        total += sizeof piece;
        cr_assert_lt(total, 512u << 20, "the kernel takes everything");
    }
    return total;
}

static void send_much(struct pair *p)
{
    bool sent_told = false;

    io_conn_read(p->server, false);
    size_t total = send_until_waiting(p->client, 8u << 20);
    io_conn_shutdown(p->client);
    io_conn_read(p->server, true);
    drain(p, total, &sent_told);
    cr_assert(sent_told);
    cr_assert_eq(io_conn_waiting(p->client), 0);
}

Test(io_tcp, a_large_send_waits_then_drains_then_ends)
{
    struct pair p = tagged();

    send_much(&p);
    pair_close(&p);
}

Test(io_tcp, a_large_send_over_tls_too)
{
    struct err err = { 0 };
    struct io_tls *server = io_tls_new(&(struct io_tls_options){ .server = true }, &err);
    struct io_tls *client = io_tls_new(&(struct io_tls_options){ .insecure = true }, &err);
    cr_assert(server && client, "%s", err.text);
    struct pair p = pair_open(server, client);

    send_much(&p);
    pair_close(&p);
    io_tls_free(server);
    io_tls_free(client);
}

Test(io_tcp, what_waits_when_the_peer_resets_is_told_as_gone)
{
    struct pair p = tagged();

    io_conn_read(p.server, false);
    send_until_waiting(p.client, 8u << 20);
    io_conn_reset(p.server);
    bool sent = false;
    for (;;) {
        struct io_event e = pair_next(p.loop);
        if (e.kind == IO_ENDED) {
            cr_assert_eq(e.end, IO_END_RESET);
            break;
        }
        sent = sent || e.kind == IO_SENT;
    }
    cr_assert(sent);
    cr_assert_eq(io_conn_waiting(p.client), 0);
    pair_close(&p);
}

Test(io_tcp, more_than_the_ceiling_ends_the_connection)
{
    struct pair p = tagged();
    static uint8_t much[16u << 20];
    int n = 0;

    io_conn_read(p.server, false);
    while (io_conn_send(p.client, bytes_of(much, sizeof much)) != IO_GONE)
        cr_assert_lt(++n, 32);
    struct io_event e = pair_next(p.loop);
    cr_assert_eq(e.kind, IO_ENDED);
    cr_assert_eq(e.end, IO_END_ERROR);
    pair_close(&p);
}

Test(io_tcp, reading_that_is_off_gives_nothing_until_on)
{
    struct pair p = tagged();
    struct io_event e;
    struct err err;

    io_conn_read(p.server, false);
    cr_assert_eq(io_conn_send(p.client, BYTES_LIT("patience")), IO_SENT_ALL);
    cr_assert(io_loop_next(p.loop, io_now_ms() + 30, &e, &err));
    cr_assert_eq(e.kind, IO_TIME);
    io_conn_read(p.server, true);
    expect_data(&p, &server_tag, "patience");
    pair_close(&p);
}

static enum io_end end_of_connecting(const char *host, uint16_t port, char *why, size_t why_cap)
{
    struct io_loop *loop = pair_loop();
    struct err err = { 0 };

    cr_assert(io_connect(loop, host, port, NULL, NULL, NULL, &err), "%s", err.text);
    struct io_event e = pair_next(loop);
    cr_assert_eq(e.kind, IO_ENDED);
    snprintf(why, why_cap, "%s", e.why);
    io_loop_free(loop);
    return e.end;
}

Test(io_tcp, a_refused_connection_says_so)
{
    char why[256];

    cr_assert_eq(end_of_connecting("127.0.0.1", io_free_port(), why, sizeof why),
                 IO_END_NOT_REACHED);
    cr_assert(strstr(why, "refused"), "%s", why);
}

Test(io_tcp, a_name_is_looked_up_and_all_its_addresses_tried)
{
    struct io_loop *loop = pair_loop();
    struct err err = { 0 };
    struct io_listener *l = io_listen(loop, "127.0.0.1", 0, NULL, &server_tag, &err);

    cr_assert(l, "%s", err.text);
    cr_assert(io_connect(loop, "localhost", io_listener_port(l), NULL, NULL, &client_tag, &err));
    cr_assert_eq(pair_wait(loop, IO_CONNECTED).owner, &client_tag);
    io_loop_free(loop);
}

Test(io_tcp, a_connection_may_be_closed_while_its_name_is_looked_up)
{
    struct io_loop *loop = pair_loop();
    struct io_event e;
    struct err err = { 0 };

    struct io_conn *c = io_connect(loop, "localhost", 1, NULL, NULL, NULL, &err);
    cr_assert(c);
    io_conn_close(c);
    cr_assert(io_loop_next(loop, io_now_ms() + 20, &e, &err));
    cr_assert_eq(e.kind, IO_TIME);
    io_loop_free(loop);
}

Test(io_tcp, what_is_sent_while_connecting_goes_out_then)
{
    struct io_loop *loop = pair_loop();
    struct err err = { 0 };
    struct io_listener *l = io_listen(loop, "127.0.0.1", 0, NULL, &server_tag, &err);
    struct io_conn *c = io_connect(loop, "127.0.0.1", io_listener_port(l), NULL, NULL, NULL, &err);

    cr_assert_eq(io_conn_send(c, BYTES_LIT("eager")), IO_WAITS);
    io_conn_shutdown(c);
    struct io_event e = pair_wait(loop, IO_DATA);
    cr_assert_eq(e.len, 5);
    cr_assert_eq(pair_wait(loop, IO_ENDED).end, IO_END_FIN);
    io_loop_free(loop);
}

/* Both ends have data ready in one round; the first one served closes the other. */
Test(io_tcp, a_connection_that_is_closed_in_the_queue_gives_nothing)
{
    struct pair p = tagged();
    struct io_event e;
    struct err err;

    cr_assert_eq(io_conn_send(p.client, BYTES_LIT("1")), IO_SENT_ALL);
    cr_assert_eq(io_conn_send(p.server, BYTES_LIT("2")), IO_SENT_ALL);
    e = pair_next(p.loop);
    cr_assert_eq(e.kind, IO_DATA);
    io_conn_close(e.conn == p.client ? p.server : p.client);
    io_conn_close(e.conn);
    cr_assert(io_loop_next(p.loop, io_now_ms() + 20, &e, &err));
    cr_assert_eq(e.kind, IO_TIME);
    pair_close(&p);
}

Test(io_tcp, a_busy_connection_starves_neither_the_other_nor_the_time)
{
    struct pair p = tagged();
    static uint8_t much[4u << 20];
    bool time = false, quiet = false;
    struct io_event e;
    struct err err;

    struct io_conn *c =
        io_connect(p.loop, "127.0.0.1", io_listener_port(p.listener), NULL, NULL, NULL, &err);
    cr_assert(c);
    pair_wait(p.loop, IO_ACCEPTED);
    cr_assert_neq(io_conn_send(p.client, bytes_of(much, sizeof much)), IO_GONE);
    cr_assert_eq(io_conn_send(c, BYTES_LIT("me too")), IO_SENT_ALL);
    for (size_t got = 0; got < sizeof much;) {
        cr_assert(io_loop_next(p.loop, io_now_ms(), &e, &err));
        time = time || e.kind == IO_TIME;
        if (e.kind == IO_DATA && e.owner == &server_tag)
            got += e.len;
        else if (e.kind == IO_DATA)
            quiet = got < sizeof much;
    }
    cr_assert(time);
    cr_assert(quiet);
    pair_close(&p);
}

Test(io_tcp, the_time_comes_when_it_should)
{
    struct io_loop *loop = pair_loop();
    struct io_event e;
    struct err err;
    uint64_t until = io_now_ms() + 15;

    cr_assert(io_loop_next(loop, until, &e, &err));
    cr_assert_eq(e.kind, IO_TIME);
    cr_assert_geq(io_now_ms(), until);
    cr_assert_not(io_loop_next(loop, UINT64_MAX, &e, &err), "nothing can ever come");
    io_loop_free(loop);
}

/* Just before a millisecond is over the timer for the next one may be over before libuv sleeps. A
 * run was silent for ever then, now and then. */
Test(io_tcp, the_time_comes_also_when_it_is_there_before_the_waiting, .timeout = 30)
{
    struct pair p = pair_open(NULL, NULL);
    struct io_event e;
    struct err err;

    for (int i = 0; i < 400; i++) {
        while (io_now_us() % 1000 < 985 + (uint64_t)i % 15)
            continue;
        cr_assert(io_loop_next(p.loop, io_now_ms() + 1, &e, &err), "%s", err.text);
        cr_assert_eq(e.kind, IO_TIME);
    }
    pair_close(&p);
}

Test(io_tcp, a_port_in_use_is_an_error_that_names_it)
{
    struct pair p = pair_open(NULL, NULL);
    struct err err = { 0 };

    cr_assert_null(io_listen(p.loop, "127.0.0.1", io_listener_port(p.listener), NULL, NULL, &err));
    cr_assert_eq(err.code, ERR_SYSTEM);
    cr_assert(strstr(err.text, "127.0.0.1"), "%s", err.text);
    pair_close(&p);
}
