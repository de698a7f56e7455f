#include "ws/conn.h"

#include <criterion/criterion.h>

#include "wire.h"

/* The edge of a connection: its time, its output, its states. Frames: conn_server_test.c. */

static struct ws_conn new_server(size_t out_max)
{
    const struct ws_conn_options options = {
        .server = true,
        .out_max = out_max,
        .open_timeout_ms = 100,
        .close_timeout_ms = 20,
    };
    struct ws_conn c;

    cr_assert(ws_conn_init(&c, &options, 1000));
    return c;
}

static void open_it(struct ws_conn *c)
{
    uint8_t request[] = WIRE_REQUEST;
    struct ws_event e;

    ws_conn_feed(c, request, sizeof request - 1, 1000);
    cr_assert(ws_conn_next(c, &e, 1000));
    cr_assert_eq(e.kind, WS_EVENT_OPEN);
    cr_assert(bytes_eq_str(e.head->target, "/chat"));
    cr_assert_not(ws_conn_next(c, &e, 1000));
    ws_conn_sent(c, ws_conn_out(c).len);
}

Test(ws_conn, times_out_when_no_handshake_comes)
{
    struct ws_conn c = new_server(0);
    struct ws_event e;

    cr_assert_eq(ws_conn_deadline(&c), 1100);
    cr_assert_not(ws_conn_next(&c, &e, 1099));
    cr_assert_not(ws_conn_wants_close(&c));
    cr_assert(ws_conn_next(&c, &e, 1100));
    cr_assert_eq(e.kind, WS_EVENT_TIMEOUT);
    cr_assert(ws_conn_wants_close(&c));
    cr_assert_not(ws_conn_next(&c, &e, 9999), "a timeout is told once");
    cr_assert_eq(ws_conn_deadline(&c), UINT64_MAX);
    ws_conn_feed_end(&c, 9999);
    cr_assert(ws_conn_next(&c, &e, 9999));
    cr_assert_eq(e.kind, WS_EVENT_END);
    cr_assert_not(ws_conn_next(&c, &e, 9999), "an end is told once");
    ws_conn_free(&c);
}

Test(ws_conn, waits_for_ever_while_open)
{
    struct ws_conn c = new_server(0);
    struct ws_event e;

    open_it(&c);
    cr_assert_eq(ws_conn_deadline(&c), UINT64_MAX);
    cr_assert_not(ws_conn_next(&c, &e, 1000000000));
    ws_conn_free(&c);
}

Test(ws_conn, times_out_when_no_close_answers_its_own)
{
    struct ws_conn c = new_server(0);
    struct ws_event e;

    open_it(&c);
    cr_assert(ws_conn_close(&c, 0, BYTES_LIT(""), 2000));
    cr_assert(bytes_eq(ws_conn_out(&c), BYTES_LIT("\x88\0")));
    cr_assert(ws_conn_close(&c, 1000, BYTES_LIT("again"), 2000));
    cr_assert(ws_conn_send(&c, WS_TEXT, BYTES_LIT("late")));
    cr_assert_eq(ws_conn_out(&c).len, 2, "nothing follows the Close");
    cr_assert_not(ws_conn_wants_close(&c));
    cr_assert_eq(ws_conn_deadline(&c), 2020);
    cr_assert(ws_conn_next(&c, &e, 2020));
    cr_assert_eq(e.kind, WS_EVENT_TIMEOUT);
    cr_assert(ws_conn_wants_close(&c));
    ws_conn_free(&c);
}

Test(ws_conn, ignores_input_after_it_has_ended)
{
    struct ws_conn c = new_server(0);
    uint8_t close[] = { 0x88, 0x80, 0, 0, 0, 0 }, junk[] = { 0xff, 0xff };
    struct ws_event e;

    open_it(&c);
    ws_conn_feed(&c, close, sizeof close, 1000);
    cr_assert(ws_conn_next(&c, &e, 1000));
    cr_assert_eq(e.kind, WS_EVENT_CLOSE);
    cr_assert_not(e.close.has_code);
    ws_conn_feed(&c, junk, sizeof junk, 1000);
    ws_conn_feed(&c, junk, sizeof junk, 1000);
    cr_assert_not(ws_conn_next(&c, &e, 1000));
    ws_conn_feed_end(&c, 1000);
    cr_assert(ws_conn_next(&c, &e, 1000));
    cr_assert(e.kind == WS_EVENT_END && e.clean);
    ws_conn_free(&c);
}

/* Sent bytes leave room again, in whatever portions they go. */
Test(ws_conn, keeps_what_waits_in_order_and_below_its_limit)
{
    struct ws_conn c = new_server(300);
    uint8_t next_out = 0, next_in = 0;

    open_it(&c);
    for (int round = 0; round < 1000; round++) {
        uint8_t data[7];
        for (size_t i = 0; i < sizeof data; i++)
            data[i] = next_in++;
        while (!ws_conn_send(&c, WS_BINARY, bytes_of(data, sizeof data))) {
            const struct bytes out = ws_conn_out(&c);
            cr_assert_gt(out.len, 300 - 9);
            cr_assert_eq(out.ptr[0], 0x82);
            for (size_t i = 2; i < 9; i++)
                cr_assert_eq(out.ptr[i], next_out++);
            ws_conn_sent(&c, 9);
        }
    }
    ws_conn_free(&c);
}

Test(ws_conn, refuses_a_message_that_does_not_fit)
{
    static const uint8_t large[300];
    struct ws_conn c = new_server(300);

    open_it(&c);
    cr_assert_not(ws_conn_send(&c, WS_BINARY, bytes_of(large, sizeof large)));
    cr_assert_eq(ws_conn_out(&c).len, 0, "all or nothing");
    cr_assert_not(ws_conn_failed(&c));
    ws_conn_free(&c);
}

/* 70000 bytes pass through the buffers in two fragments; when all is quiet they are given back. */
Test(ws_conn, gives_back_large_buffers)
{
    struct ws_conn c = new_server(0);
    struct buf wire = wire_new(), data = wire_new();
    struct ws_event e;

    for (int i = 0; i < 70000; i++)
        cr_assert(buf_push(&data, (uint8_t)(i * 7)));
    wire_frame(&wire, FROM_CLIENT, WS_BINARY, bytes_take(buf_bytes(&data), 30000));
    wire_frame(&wire, FROM_CLIENT, FIN | WS_CONTINUATION, bytes_skip(buf_bytes(&data), 30000));
    open_it(&c);
    ws_conn_feed(&c, wire.ptr, wire.len, 1000);
    cr_assert(ws_conn_next(&c, &e, 1000));
    cr_assert_eq(e.kind, WS_EVENT_MESSAGE);
    cr_assert(bytes_eq(e.data, buf_bytes(&data)));
    cr_assert(ws_conn_send(&c, e.opcode, e.data));
    cr_assert_not(ws_conn_next(&c, &e, 1000));
    cr_assert_eq(c.message.cap, 0);
    cr_assert(bytes_eq(bytes_skip(ws_conn_out(&c), 10), buf_bytes(&data)));
    ws_conn_sent(&c, ws_conn_out(&c).len);
    cr_assert_eq(c.out.cap, 0);
    buf_free(&wire);
    buf_free(&data);
    ws_conn_free(&c);
}

Test(ws_conn, names_its_states)
{
    cr_assert_str_eq(ws_conn_state_name(WS_CONN_HANDSHAKE), "HANDSHAKE");
    cr_assert_str_eq(ws_conn_state_name(WS_CONN_CLOSED), "CLOSED");
}

Test(ws_conn, is_dead_once_freed)
{
    struct ws_conn c = new_server(0);
    struct ws_event e;

    ws_conn_free(&c);
    cr_assert_not(ws_conn_next(&c, &e, 0));
    ws_conn_free(&c);
}

Test(ws_conn, without_a_handshake_the_first_bytes_are_frames_and_no_time_runs_out)
{
    struct ws_conn c = new_server(0);
    uint8_t ping[] = { 0x89, 0x80, 0, 0, 0, 0 };
    struct ws_event e;

    ws_conn_skip_handshake(&c, NULL);
    cr_assert_eq(ws_conn_deadline(&c), UINT64_MAX);
    ws_conn_feed(&c, ping, sizeof ping, 1000);
    cr_assert(ws_conn_next(&c, &e, 1000));
    cr_assert_eq(e.kind, WS_EVENT_PING);
    cr_assert_eq(ws_conn_out(&c).len, 2);
    ws_conn_free(&c);
}

Test(ws_conn, a_client_that_skips_the_handshake_sends_no_request)
{
    const struct ws_conn_options options = { .target = BYTES_LIT("/"), .host = BYTES_LIT("h") };
    struct ws_conn c;

    cr_assert(ws_conn_init(&c, &options, 0));
    cr_assert_gt(ws_conn_out(&c).len, 0);
    ws_conn_skip_handshake(&c, NULL);
    cr_assert_eq(ws_conn_out(&c).len, 0);
    ws_conn_free(&c);
}
