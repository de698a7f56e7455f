#include <criterion/criterion.h>

#include "conn_log.h"
#include "support/heap.h"

#define SEED 7

static const char *const offered[] = { "v1", "v2" };
static const struct ws_header more[] = { { BYTES_LIT("Sec-WebSocket-Extensions"),
                                           BYTES_LIT("x-test; a=1") } };

static struct ws_conn_options client_options(void)
{
    return (struct ws_conn_options){
        .target = BYTES_LIT("/chat"),
        .host = BYTES_LIT("example.com"),
        .protocols = offered,
        .n_protocols = 2,
        .headers = more,
        .n_headers = 1,
        .seed = SEED,
    };
}

static struct conn_log client(const struct buf *wire)
{
    return (struct conn_log){ .options = client_options(), .in = buf_bytes(wire) };
}

static void accept_line(struct buf *wire)
{
    const struct ws_conn_options options = client_options();
    char accept[WS_ACCEPT_TEXT + 1];
    struct ws_conn c;

    cr_assert(ws_conn_init(&c, &options, 0));
    cr_assert(ws_handshake_accept(bytes_str(c.key), accept));
    cr_assert(buf_print(wire, "Sec-WebSocket-Accept: %s\r\n", accept));
    ws_conn_free(&c);
}

static struct buf response(const char *status_line, const char *tail)
{
    struct buf wire = wire_new();

    wire_text(&wire, status_line);
    wire_text(&wire, WIRE_UPGRADE);
    accept_line(&wire);
    wire_text(&wire, tail);
    return wire;
}

#define SWITCHING "HTTP/1.1 101 Switching Protocols\r\n"
#define SENT_REQUEST "sent GET /chat HTTP/1.1\n"

Test(ws_conn_client, asks_for_what_it_was_told_to)
{
    const struct ws_conn_options options = client_options();
    struct buf expected = wire_new();
    struct ws_conn c;

    cr_assert(ws_conn_init(&c, &options, 0));
    cr_assert(buf_print(&expected,
                        "GET /chat HTTP/1.1\r\n"
                        "Host: example.com\r\n"
                        "Upgrade: websocket\r\n"
                        "Connection: Upgrade\r\n"
                        "Sec-WebSocket-Key: %s\r\n"
                        "Sec-WebSocket-Version: 13\r\n"
                        "Sec-WebSocket-Protocol: v1, v2\r\n"
                        "Sec-WebSocket-Extensions: x-test; a=1\r\n\r\n",
                        c.key));
    cr_assert(bytes_eq(ws_conn_out(&c), buf_bytes(&expected)));
    ws_conn_free(&c);
    buf_free(&expected);
}

Test(ws_conn_client, opens_takes_frames_and_waits_for_the_server_to_end)
{
    struct buf wire = response(SWITCHING, "Sec-WebSocket-Protocol: v2\r\n\r\n");

    WIRE_FRAME(&wire, FROM_SERVER, FIN | WS_TEXT, "Hello");
    WIRE_FRAME(&wire, FROM_SERVER, FIN | WS_PING, "p");
    WIRE_FRAME(&wire, FROM_SERVER, FIN | WS_CLOSE,
               "\x0f\xa0"
               "private");
    struct conn_log run = client(&wire);
    run.echo = true;
    expect_log(&run, "open v2 [OPEN]\n"
                     "message text len=5 \"Hello\" [OPEN]\n"
                     "ping \"p\" [OPEN]\n"
                     "close 4000 \"private\" [CLOSED]\n"
                     "end clean [CLOSED wants close]\n" SENT_REQUEST
                     "sent text fin masked len=5 \"Hello\"\n"
                     "sent pong fin masked len=1 \"p\"\n"
                     "sent close fin masked len=2 \"\\x0f\\xa0\"\n");
    buf_free(&wire);
}

Test(ws_conn_client, passes_over_interim_responses)
{
    struct buf wire = wire_new();

    wire_text(&wire, "HTTP/1.1 100 Continue\r\n\r\n"
                     "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" SWITCHING WIRE_UPGRADE);
    accept_line(&wire);
    wire_text(&wire, "\r\n");
    WIRE_FRAME(&wire, FROM_SERVER, FIN | 3, "");
    struct conn_log run = client(&wire);
    expect_log(&run, "open [OPEN]\n"
                     "failed OPCODE_RESERVED @194 [FAILING]\n"
                     "end [CLOSED wants close]\n" SENT_REQUEST
                     "sent close fin masked len=24 \"\\x03\\xeathe opcode is reserved\"\n");
    buf_free(&wire);
}

Test(ws_conn_client, counts_a_violation_from_the_start_of_the_stream)
{
    struct buf wire = wire_new();

    wire_text(&wire, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\n\r\n");
    struct conn_log run = client(&wire);
    expect_log(&run, "refused RES_STATUS @34 [CLOSED wants close]\n"
                     "end [CLOSED wants close]\n" SENT_REQUEST);
    buf_free(&wire);
}

static void expect_refusal(struct buf wire, const char *rule)
{
    struct buf expected = wire_new();
    struct conn_log run = client(&wire);

    cr_assert(buf_print(&expected,
                        "refused %s [CLOSED wants close]\n"
                        "end [CLOSED wants close]\n" SENT_REQUEST "%c",
                        rule, 0));
    expect_log(&run, (const char *)expected.ptr);
    buf_free(&expected);
    buf_free(&wire);
}

Test(ws_conn_client, refuses_what_breaks_a_must)
{
    expect_refusal(response("HTTP/1.1 200 OK\r\n", "\r\n"), "RES_STATUS @9");
    expect_refusal(response(SWITCHING, "Sec-WebSocket-Protocol: v3\r\n\r\n"),
                   "RES_PROTOCOL_UNASKED @127");
    expect_refusal(response(SWITCHING, "Sec-WebSocket-Extensions: y\r\n\r\n"),
                   "RES_EXTENSION_UNASKED @153");
    expect_refusal(response("SSH-2.0-x\r\n", ""), "HTTP_START_LINE @0");
}

Test(ws_conn_client, lets_a_should_pass)
{
    struct buf wire = response(SWITCHING, "Sec-WebSocket-Extensions: x-test\r\n"
                                          "Content-Length: 0\r\nX:\n\r\n");

    struct conn_log run = client(&wire);
    expect_log(&run, "open [OPEN]\nend [CLOSED wants close]\n" SENT_REQUEST);
    buf_free(&wire);
}

Test(ws_conn_client, refuses_a_masked_frame)
{
    struct buf wire = response(SWITCHING, "\r\n");

    WIRE_FRAME(&wire, FROM_CLIENT, FIN | WS_TEXT, "Hello");
    struct conn_log run = client(&wire);
    expect_log(&run, "open [OPEN]\n"
                     "failed MASK_PRESENT @129 [FAILING]\n"
                     "end [CLOSED wants close]\n" SENT_REQUEST
                     "sent close fin masked len=30 \"\\x03\\xeaa server sent a masked frame\"\n");
    buf_free(&wire);
}

Test(ws_conn_client, uses_another_key_for_each_frame)
{
    const struct ws_conn_options options = client_options();
    struct buf wire = response(SWITCHING, "\r\n");
    struct ws_head a, b;
    struct ws_event e;
    struct ws_conn c;
    size_t used;

    cr_assert(ws_conn_init(&c, &options, 0));
    ws_conn_sent(&c, ws_conn_out(&c).len);
    ws_conn_feed(&c, wire.ptr, wire.len, 0);
    cr_assert(ws_conn_next(&c, &e, 0));
    cr_assert(ws_conn_send(&c, WS_PING, BYTES_LIT("")));
    cr_assert(ws_conn_send(&c, WS_PING, BYTES_LIT("")));
    cr_assert_eq(ws_frame_decode(ws_conn_out(&c), &a, &used), WS_OK);
    cr_assert_eq(ws_frame_decode(bytes_skip(ws_conn_out(&c), used), &b, &used), WS_OK);
    cr_assert_neq(memcmp(a.key, b.key, 4), 0);
    ws_conn_free(&c);
    buf_free(&wire);
}

static bool survives(void *ctx)
{
    struct conn_log *run = ctx;
    const struct cut pairs = { .len = run->in.len, .way = CUT_PAIRS };

    return log_run(run, &pairs, NULL);
}

Test(ws_conn_client, gives_in_when_memory_runs_out)
{
    struct buf wire = response(SWITCHING, "Sec-WebSocket-Protocol: v2\r\n\r\n");

    WIRE_FRAME(&wire, FROM_SERVER, FIN | WS_TEXT, "Hello");
    WIRE_FRAME(&wire, FROM_SERVER, FIN | WS_CLOSE, "");
    struct conn_log run = client(&wire);
    cr_assert_geq(heap_fail_each(survives, &run), 5);
    buf_free(&wire);
}

/* A target that makes the request unreadable leaves nothing to compare with, but does no harm. */
Test(ws_conn_client, copes_with_a_request_that_is_no_request)
{
    struct buf wire = response(SWITCHING, "\r\n");
    struct conn_log run = client(&wire);

    run.options.target = BYTES_LIT("/a b");
    run.options.n_protocols = 0;
    expect_log(&run, "open [OPEN]\nend [CLOSED wants close]\nsent GET /a b HTTP/1.1\n");
    buf_free(&wire);
}
