#include <criterion/criterion.h>

#include "conn_log.h"
#include "support/heap.h"

static struct conn_log server(const struct buf *wire)
{
    return (struct conn_log){ .options = { .server = true }, .in = buf_bytes(wire) };
}

/* A good request and the frames in the same bytes. */
static struct buf opened(void)
{
    struct buf wire = wire_new();

    wire_text(&wire, WIRE_REQUEST);
    return wire;
}

#define HEAD_LEN "154" /* bytes of WIRE_REQUEST: where the frames begin */

Test(ws_conn_server, opens_and_takes_frames_that_follow_in_the_same_segment)
{
    struct buf wire = opened();

    cr_assert_eq(wire.len, (size_t)strtoul(HEAD_LEN, NULL, 10), "it is %zu", wire.len);
    WIRE_FRAME(&wire, FROM_CLIENT, FIN | WS_TEXT, "Hello");
    WIRE_FRAME(&wire, FROM_CLIENT, WS_BINARY, "ab");
    WIRE_FRAME(&wire, FROM_CLIENT, FIN | WS_PING, "p");
    WIRE_FRAME(&wire, FROM_CLIENT, WS_CONTINUATION, "");
    WIRE_FRAME(&wire, FROM_CLIENT, FIN | WS_CONTINUATION, "cd");
    WIRE_FRAME(&wire, FROM_CLIENT, FIN | WS_PONG, "q");
    WIRE_FRAME(&wire, FROM_CLIENT, FIN | WS_TEXT, "");
    WIRE_FRAME(&wire, FROM_CLIENT, FIN | WS_CLOSE,
               "\x03\xe8"
               "bye");
    WIRE_FRAME(&wire, FROM_CLIENT, FIN | WS_TEXT, "ignored");
    struct conn_log run = server(&wire);
    run.echo = true;
    expect_log(&run, "open [OPEN]\n"
                     "message text len=5 \"Hello\" [OPEN]\n"
                     "ping \"p\" [OPEN]\n"
                     "message binary len=4 \"abcd\" [OPEN]\n"
                     "pong \"q\" [OPEN]\n"
                     "message text len=0 [OPEN]\n"
                     "close 1000 \"bye\" [CLOSED wants close]\n"
                     "end clean [CLOSED wants close]\n"
                     "sent HTTP/1.1 101 Switching Protocols\n"
                     "sent text fin len=5 \"Hello\"\n"
                     "sent pong fin len=1 \"p\"\n"
                     "sent binary fin len=4 \"abcd\"\n"
                     "sent text fin len=0\n"
                     "sent close fin len=2 \"\\x03\\xe8\"\n");
    buf_free(&wire);
}

Test(ws_conn_server, answers_an_empty_close_with_an_empty_one)
{
    struct buf wire = opened();

    WIRE_FRAME(&wire, FROM_CLIENT, FIN | WS_CLOSE, "");
    struct conn_log run = server(&wire);
    expect_log(&run, "open [OPEN]\n"
                     "close [CLOSED wants close]\n"
                     "end clean [CLOSED wants close]\n"
                     "sent HTTP/1.1 101 Switching Protocols\n"
                     "sent close fin len=0\n");
    buf_free(&wire);
}

/* After our own Close messages still come in, pings get no answer, and the peer's Close ends it. */
Test(ws_conn_server, sends_nothing_after_its_own_close)
{
    struct buf wire = opened();

    WIRE_FRAME(&wire, FROM_CLIENT, FIN | WS_TEXT, "late");
    WIRE_FRAME(&wire, FROM_CLIENT, FIN | WS_PING, "p");
    WIRE_FRAME(&wire, FROM_CLIENT, FIN | WS_CLOSE, "\x03\xe8");
    struct conn_log run = server(&wire);
    run.echo = true;
    run.close_at_open = 1001;
    expect_log(&run, "open [OPEN]\n"
                     "message text len=4 \"late\" [CLOSING]\n"
                     "ping \"p\" [CLOSING]\n"
                     "close 1000 [CLOSED wants close]\n"
                     "end clean [CLOSED wants close]\n"
                     "sent HTTP/1.1 101 Switching Protocols\n"
                     "sent close fin len=6 \"\\x03\\xe9done\"\n");
    buf_free(&wire);
}

Test(ws_conn_server, tells_an_end_without_closes_as_unclean)
{
    struct buf wire = opened();

    WIRE_FRAME(&wire, FROM_CLIENT, WS_TEXT, "half");
    struct conn_log run = server(&wire);
    expect_log(&run, "open [OPEN]\n"
                     "end [CLOSED wants close]\n"
                     "sent HTTP/1.1 101 Switching Protocols\n");
    buf_free(&wire);
}

Test(ws_conn_server, tells_an_end_during_the_handshake)
{
    struct buf wire = wire_new();

    wire_text(&wire, WIRE_REQUEST_LINE WIRE_HOST);
    struct conn_log run = server(&wire);
    expect_log(&run, "end [CLOSED wants close]\n");
    buf_free(&wire);
}

/* Frames that break a rule, masked with a key of zeroes, and where: 154 is the first frame. */
#define K "\0\0\0\0"

static const struct {
    struct bytes wire;
    enum ws_rule rule;
    unsigned at;
} breaches[] = {
    { BYTES_LIT("\x81\x01"
                "a"),
      WS_RULE_MASK_MISSING, 154 },
    { BYTES_LIT("\xc1\x80" K), WS_RULE_RSV1_SET, 154 },
    { BYTES_LIT("\xa1\x80" K), WS_RULE_RSV2_SET, 154 },
    { BYTES_LIT("\x91\x80" K), WS_RULE_RSV3_SET, 154 },
    { BYTES_LIT("\x83\x80" K), WS_RULE_OPCODE_RESERVED, 154 },
    { BYTES_LIT("\x8b\x80" K), WS_RULE_OPCODE_RESERVED, 154 },
    { BYTES_LIT("\x81\xfe\0\x01" K "a"), WS_RULE_LEN_NOT_SHORT, 154 },
    { BYTES_LIT("\x82\xff\x80\0\0\0\0\0\0\0" K), WS_RULE_LEN_TOP_BIT, 154 },
    { BYTES_LIT("\x09\x80" K), WS_RULE_CONTROL_FRAGMENTED, 154 },
    { BYTES_LIT("\x89\xfe\0\x7e" K), WS_RULE_CONTROL_TOO_LONG, 154 },
    { BYTES_LIT("\x80\x80" K), WS_RULE_CONTINUATION_ALONE, 154 },
    { BYTES_LIT("\x01\x80" K "\x81\x80" K), WS_RULE_MESSAGE_INTERLEAVED, 160 },
    { BYTES_LIT("\x81\x84" K "a\xff"
                "zz"),
      WS_RULE_TEXT_NOT_UTF8, 161 },
    { BYTES_LIT("\x81\x81" K "\xc3"), WS_RULE_TEXT_NOT_UTF8, 161 },
    { BYTES_LIT("\x01\x81" K "\xc3"
                "\x80\x81" K "A"),
      WS_RULE_TEXT_NOT_UTF8, 167 },
    { BYTES_LIT("\x01\x81" K "\xf4"
                "\0\x80" K "\x80\x82" K "\x90z"),
      WS_RULE_TEXT_NOT_UTF8, 173 },
    { BYTES_LIT("\x88\x81" K "\x03"), WS_RULE_CLOSE_LEN_1, 160 },
    { BYTES_LIT("\x88\x82" K "\x03\xed"), WS_RULE_CLOSE_CODE_NEVER, 160 },
    { BYTES_LIT("\x88\x82" K "\x03\xe7"), WS_RULE_CLOSE_CODE_RANGE, 160 },
    { BYTES_LIT("\x88\x82" K "\x03\xec"), WS_RULE_CLOSE_CODE_RESERVED, 160 },
    { BYTES_LIT("\x88\x84" K "\x03\xe8"
                "a\xc0"),
      WS_RULE_CLOSE_REASON_UTF8, 163 },
    { BYTES_LIT("\x82\x89" K), WS_RULE_LIMIT_FRAME, 154 },
    { BYTES_LIT("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff" K), WS_RULE_LIMIT_FRAME, 154 },
    { BYTES_LIT("\x02\x86" K "abcdef"
                "\x80\x83" K),
      WS_RULE_LIMIT_MESSAGE, 166 },
    { BYTES_LIT("\x02\x80" K "\0\x80" K "\0\x80" K "\x80\x80" K), WS_RULE_LIMIT_FRAGMENTS, 172 },
};

static void print_failure(struct buf *out, enum ws_rule rule, unsigned at)
{
    const struct ws_rule_row *row = ws_rule_row(rule);
    uint8_t payload[125];
    const size_t len = ws_close_encode(row->close_code, bytes_str(row->sentence), payload);

    cr_assert(buf_print(out,
                        "open [OPEN]\n"
                        "failed %s @%u [FAILING wants close]\n"
                        "end [CLOSED wants close]\n"
                        "sent HTTP/1.1 101 Switching Protocols\n"
                        "sent close fin len=%zu",
                        row->name, at, len));
    log_quoted(out, bytes_of(payload, len));
    cr_assert(buf_print(out, "\n") && buf_push(out, '\0'));
}

Test(ws_conn_server, fails_at_the_first_wrong_byte_and_takes_nothing_after_it)
{
    for (size_t i = 0; i < sizeof breaches / sizeof *breaches; i++) {
        struct buf wire = opened(), expected = wire_new();
        cr_assert(buf_append(&wire, breaches[i].wire));
        WIRE_FRAME(&wire, FROM_CLIENT, FIN | WS_CLOSE, "\x03\xe8");
        struct conn_log run = server(&wire);
        run.options.message_max = 8;
        run.options.fragments_max = 3;
        print_failure(&expected, breaches[i].rule, breaches[i].at);
        expect_log(&run, (const char *)expected.ptr);
        buf_free(&wire);
        buf_free(&expected);
    }
}

Test(ws_conn_server, takes_all_that_its_limits_allow)
{
    struct buf wire = opened();

    WIRE_FRAME(&wire, FROM_CLIENT, FIN | WS_TEXT, "12345678");
    WIRE_FRAME(&wire, FROM_CLIENT, WS_TEXT, "1234");
    WIRE_FRAME(&wire, FROM_CLIENT, WS_CONTINUATION, "");
    WIRE_FRAME(&wire, FROM_CLIENT, FIN | WS_CONTINUATION, "5678");
    struct conn_log run = server(&wire);
    run.options.message_max = 8;
    run.options.fragments_max = 3;
    expect_log(&run, "open [OPEN]\n"
                     "message text len=8 \"12345678\" [OPEN]\n"
                     "message text len=8 \"12345678\" [OPEN]\n"
                     "end [CLOSED wants close]\n"
                     "sent HTTP/1.1 101 Switching Protocols\n");
    buf_free(&wire);
}

/* A wrong frame after our own Close is told, but nothing more is sent. */
Test(ws_conn_server, fails_without_a_second_close)
{
    struct buf wire = opened();

    WIRE_FRAME(&wire, FROM_CLIENT, FIN | 3, "");
    struct conn_log run = server(&wire);
    run.close_at_open = 1000;
    expect_log(&run, "open [OPEN]\n"
                     "failed OPCODE_RESERVED @154 [FAILING wants close]\n"
                     "end [CLOSED wants close]\n"
                     "sent HTTP/1.1 101 Switching Protocols\n"
                     "sent close fin len=6 \"\\x03\\xe8done\"\n");
    buf_free(&wire);
}

#define REFUSED(rule, at)                                                                          \
    "refused " rule " @" at " [CLOSED wants close]\nend [CLOSED wants close]\n"
#define BAD "sent HTTP/1.1 400 Bad Request\n"
#define UPGRADE_REQUIRED "sent HTTP/1.1 426 Upgrade Required\n"

static const struct {
    const char *request, *log;
} refusals[] = {
    { "get /chat HTTP/1.1\r\n" WIRE_HOST WIRE_UPGRADE WIRE_KEY_LINE WIRE_VERSION "\r\n",
      REFUSED("REQ_METHOD", "0") "sent HTTP/1.1 405 Method Not Allowed\n" },
    { "GET /chat HTTP/1.0\r\n" WIRE_HOST WIRE_UPGRADE WIRE_KEY_LINE WIRE_VERSION "\r\n",
      REFUSED("REQ_VERSION", "10") "sent HTTP/1.1 505 HTTP Version Not Supported\n" },
    { "GET chat HTTP/1.1\r\n" WIRE_HOST WIRE_UPGRADE WIRE_KEY_LINE WIRE_VERSION "\r\n",
      REFUSED("REQ_TARGET", "4") BAD },
    { WIRE_REQUEST_LINE WIRE_UPGRADE WIRE_KEY_LINE WIRE_VERSION "\r\n",
      REFUSED("REQ_HOST", "0") BAD },
    { WIRE_REQUEST_LINE WIRE_HOST "\r\n", REFUSED("REQ_UPGRADE", "0") UPGRADE_REQUIRED },
    { WIRE_REQUEST_LINE WIRE_HOST "Upgrade: websocket\r\n" WIRE_KEY_LINE WIRE_VERSION "\r\n",
      REFUSED("REQ_CONNECTION", "0") BAD },
    { WIRE_REQUEST_LINE WIRE_HOST WIRE_UPGRADE WIRE_VERSION "\r\n",
      REFUSED("REQ_KEY_MISSING", "0") BAD },
    { WIRE_REQUEST_LINE WIRE_HOST WIRE_UPGRADE WIRE_KEY_LINE WIRE_KEY_LINE WIRE_VERSION "\r\n",
      REFUSED("REQ_KEY_DOUBLE", "125") BAD },
    { WIRE_REQUEST_LINE WIRE_HOST WIRE_UPGRADE "Sec-WebSocket-Key: AAAA\r\n" WIRE_VERSION "\r\n",
      REFUSED("REQ_KEY_SHAPE", "80") BAD },
    { WIRE_REQUEST_LINE WIRE_HOST WIRE_UPGRADE WIRE_KEY_LINE "Sec-WebSocket-Version: 8\r\n\r\n",
      REFUSED("REQ_WS_VERSION", "125") UPGRADE_REQUIRED },
    { WIRE_REQUEST_LINE WIRE_HOST WIRE_UPGRADE WIRE_KEY_LINE "Sec-WebSocket-Version: 013\r\n\r\n",
      REFUSED("REQ_WS_VERSION", "125") UPGRADE_REQUIRED },
    { WIRE_REQUEST_LINE WIRE_HOST WIRE_UPGRADE WIRE_KEY_LINE WIRE_VERSION WIRE_VERSION "\r\n",
      REFUSED("REQ_WS_VERSION_DOUBLE", "152") BAD },
    { WIRE_REQUEST_LINE WIRE_HOST WIRE_UPGRADE WIRE_KEY_LINE WIRE_VERSION
      "Sec-WebSocket-Protocol: a, \xe9\r\n\r\n",
      REFUSED("REQ_PROTOCOL", "179") BAD },
    { WIRE_REQUEST_LINE WIRE_HOST WIRE_UPGRADE WIRE_KEY_LINE WIRE_VERSION
      "Sec-WebSocket-Protocol: a, a\r\n\r\n",
      REFUSED("REQ_PROTOCOL_TWICE", "179") BAD },
    { WIRE_REQUEST_LINE WIRE_HOST WIRE_UPGRADE WIRE_KEY_LINE WIRE_VERSION
      "Sec-WebSocket-Extensions: x; \xe9\r\n\r\n",
      REFUSED("REQ_EXTENSIONS", "181") BAD },
    { WIRE_REQUEST_LINE "Ho st: x\r\n\r\n", REFUSED("HTTP_NAME_CHARS", "22") BAD },
    { "Hello\r\n", REFUSED("HTTP_START_LINE", "0") BAD },
    { WIRE_REQUEST_LINE "Host\r\n", REFUSED("HTTP_NO_COLON", "20") BAD },
};

Test(ws_conn_server, refuses_a_bad_request_with_the_fitting_status)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        struct buf wire = wire_new();
        wire_text(&wire, refusals[i].request);
        wire_text(&wire, "more that nobody reads");
        struct conn_log run = server(&wire);
        expect_log(&run, refusals[i].log);
        buf_free(&wire);
    }
}

static void expect_response(const char *request, const char *response)
{
    const struct ws_conn_options options = { .server = true };
    struct buf wire = wire_new();
    struct ws_conn c;
    struct ws_event e;

    wire_text(&wire, request);
    cr_assert(ws_conn_init(&c, &options, 0));
    ws_conn_feed(&c, wire.ptr, wire.len, 0);
    cr_assert(ws_conn_next(&c, &e, 0));
    cr_assert(bytes_eq_str(ws_conn_out(&c), response), "%.*s", BYTES_ARG(ws_conn_out(&c)));
    ws_conn_free(&c);
    buf_free(&wire);
}

#define REFUSAL_FIELDS "Connection: close\r\nContent-Type: text/plain; charset=utf-8\r\n"

Test(ws_conn_server, writes_whole_responses)
{
    expect_response(WIRE_REQUEST, "HTTP/1.1 101 Switching Protocols\r\n"
                                  "Upgrade: websocket\r\n"
                                  "Connection: Upgrade\r\n"
                                  "Sec-WebSocket-Accept: " WIRE_ACCEPT "\r\n"
                                  "\r\n");
    expect_response("POST / HTTP/1.1\r\n\r\n", "HTTP/1.1 405 Method Not Allowed\r\n"
                                               "Allow: GET\r\n" REFUSAL_FIELDS
                                               "Content-Length: 21\r\n\r\nthe method is not GET");
    expect_response(WIRE_REQUEST_LINE WIRE_HOST "\r\n",
                    "HTTP/1.1 426 Upgrade Required\r\n"
                    "Sec-WebSocket-Version: 13\r\n"
                    "Upgrade: websocket\r\n"
                    "Connection: Upgrade\r\n" REFUSAL_FIELDS
                    "Content-Length: 31\r\n\r\nUpgrade does not name websocket");
}

Test(ws_conn_server, refuses_heads_that_are_too_large)
{
    struct buf wire = wire_new();

    wire_text(&wire, WIRE_REQUEST_LINE "X: ");
    while (wire.len <= HTTP1_HEAD_BYTES_MAX)
        wire_text(&wire, "0123456789abcdef");
    for (size_t piece = 1; piece < wire.len; piece *= 7) {
        const struct ws_conn_options options = { .server = true };
        struct ws_conn c;
        struct ws_event e = { 0 };
        cr_assert(ws_conn_init(&c, &options, 0));
        for (size_t at = 0; at < wire.len && c.state == WS_CONN_HANDSHAKE; at += piece) {
            ws_conn_feed(&c, wire.ptr + at, piece < wire.len - at ? piece : wire.len - at, 0);
            ws_conn_next(&c, &e, 0);
        }
        cr_assert_eq(e.kind, WS_EVENT_REFUSED);
        cr_assert_eq(e.broken.rule, WS_RULE_HTTP_TOO_LARGE);
        cr_assert_eq(e.broken.at, HTTP1_HEAD_BYTES_MAX);
        cr_assert(bytes_starts(ws_conn_out(&c), BYTES_LIT("HTTP/1.1 431 ")));
        ws_conn_free(&c);
    }
    buf_free(&wire);
}

Test(ws_conn_server, picks_the_first_offered_subprotocol_that_it_speaks)
{
    static const char *const spoken[] = { "v1", "v2" };
    struct buf wire = wire_new();

    wire_text(&wire, WIRE_REQUEST_LINE WIRE_HOST WIRE_UPGRADE WIRE_KEY_LINE WIRE_VERSION
              "Sec-WebSocket-Protocol: v9, v8\r\nSec-WebSocket-Protocol: v2, v1\r\n\r\n");
    struct conn_log run = server(&wire);
    run.options.protocols = spoken;
    run.options.n_protocols = 2;
    expect_log(&run, "open v2 [OPEN]\nend [CLOSED wants close]\n"
                     "sent HTTP/1.1 101 Switching Protocols\n");
    run.options.n_protocols = 1;
    expect_log(&run, "open v1 [OPEN]\nend [CLOSED wants close]\n"
                     "sent HTTP/1.1 101 Switching Protocols\n");
    run.options.n_protocols = 0;
    expect_log(&run, "open [OPEN]\nend [CLOSED wants close]\n"
                     "sent HTTP/1.1 101 Switching Protocols\n");
    buf_free(&wire);
}

static bool survives(void *ctx)
{
    struct conn_log *run = ctx;
    const struct cut pairs = { .len = run->in.len, .way = CUT_PAIRS };

    return log_run(run, &pairs, NULL);
}

Test(ws_conn_server, gives_in_when_memory_runs_out)
{
    static const char *const spoken[] = { "v1" };
    static const struct ws_header more[] = { { BYTES_LIT("Server"), BYTES_LIT("test") } };
    struct buf wire = wire_new();

    wire_text(&wire, WIRE_REQUEST_LINE WIRE_HOST WIRE_UPGRADE WIRE_KEY_LINE WIRE_VERSION
              "Sec-WebSocket-Protocol: v1\r\n\r\n");
    WIRE_FRAME(&wire, FROM_CLIENT, WS_TEXT, "Hello, Hello, Hello, Hello, Hello, Hello, Hello");
    WIRE_FRAME(&wire, FROM_CLIENT, FIN | WS_PING, "pppppppppppppppppppppppppppppppppppppppppppppp");
    WIRE_FRAME(&wire, FROM_CLIENT, FIN | WS_CONTINUATION, "Hello, Hello, Hello, Hello, Hello");
    WIRE_FRAME(&wire, FROM_CLIENT, FIN | WS_CLOSE, "\x03\xe8");
    struct conn_log run = server(&wire);
    run.echo = true;
    run.options.protocols = spoken;
    run.options.n_protocols = 1;
    run.options.headers = more;
    run.options.n_headers = 1;
    cr_assert_geq(heap_fail_each(survives, &run), 5);
    buf_free(&wire);
}

/* Every write that can find `out` full: the 101, a refusal, a pong, a Close of ours and theirs. */
Test(ws_conn_server, gives_in_when_out_is_full)
{
    static const struct {
        const char *head;
        struct bytes frames;
        size_t room;
    } rows[] = {
        { WIRE_REQUEST, BYTES_LIT(""), 100 },
        { "POST / HTTP/1.1\r\n\r\n", BYTES_LIT(""), 100 },
        { WIRE_REQUEST, BYTES_LIT("\x89\x84" K "ping"), 130 },
        { WIRE_REQUEST, BYTES_LIT("\x83\x80" K), 130 },
        { WIRE_REQUEST, BYTES_LIT("\x88\x82" K "\x03\xe8"), 130 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf wire = wire_new();
        wire_text(&wire, rows[i].head);
        cr_assert(buf_append(&wire, rows[i].frames));
        struct conn_log run = server(&wire);
        run.options.out_max = rows[i].room;
        FOR_EACH_CUT(wire.len, cut)
        cr_assert_not(log_run(&run, &cut, NULL), "row %zu", i);
        buf_free(&wire);
    }
}
