#include <criterion/criterion.h>

#include "conn_log.h"
#include "deflated.h"
#include "support/heap.h"
#include "ws/deflate.h"

/* Compressed messages that a server of ours is sent. The transform itself: deflate_test.c. */

static const struct ws_conn_deflate deflate;

#define OFFERING                                                                                   \
    WIRE_REQUEST_LINE WIRE_HOST WIRE_UPGRADE WIRE_KEY_LINE WIRE_VERSION                            \
        "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
#define HEAD_LEN 200 /* of that: where the frames begin */
#define RSV1 0x40

static struct buf offering(void)
{
    struct buf wire = wire_new();

    wire_text(&wire, OFFERING);
    cr_assert_eq(wire.len, HEAD_LEN, "it is %zu", wire.len);
    return wire;
}

static struct conn_log server(const struct buf *wire)
{
    return (struct conn_log){ .options = { .server = true, .deflate = &deflate },
                              .in = buf_bytes(wire) };
}

#define OPENED "open [OPEN]\n"
#define HELLO "message text len=5 \"Hello\" [OPEN]\n"
#define END "end [CLOSED wants close]\nsent HTTP/1.1 101 Switching Protocols\n"

Test(ws_conn_inflate, takes_the_examples_of_the_rfc_and_plain_messages_between_them)
{
    struct buf wire = offering();

    WIRE_FRAME(&wire, FROM_CLIENT, FIN | RSV1 | WS_TEXT, HELLO_FIXED);
    WIRE_FRAME(&wire, FROM_CLIENT, FIN | WS_TEXT, "plain");
    WIRE_FRAME(&wire, FROM_CLIENT, FIN | RSV1 | WS_TEXT, HELLO_AGAIN);
    WIRE_FRAME(&wire, FROM_CLIENT, FIN | RSV1 | WS_TEXT, HELLO_STORED);
    WIRE_FRAME(&wire, FROM_CLIENT, WS_BINARY, "pl");
    WIRE_FRAME(&wire, FROM_CLIENT, FIN | WS_CONTINUATION, "ain");
    WIRE_FRAME(&wire, FROM_CLIENT, FIN | RSV1 | WS_BINARY, HELLO_FINAL);
    WIRE_FRAME(&wire, FROM_CLIENT, FIN | RSV1 | WS_TEXT, HELLO_AGAIN);
    WIRE_FRAME(&wire, FROM_CLIENT, FIN | RSV1 | WS_TEXT, HELLO_TWO_BLOCKS);
    WIRE_FRAME(&wire, FROM_CLIENT, FIN | RSV1 | WS_TEXT, "\x00");
    WIRE_FRAME(&wire, FROM_CLIENT, FIN | RSV1 | WS_BINARY, "\x03\x00\x00");
    struct conn_log run = server(&wire);
    expect_log(&run, OPENED HELLO "message text len=5 \"plain\" [OPEN]\n" HELLO HELLO
                                  "message binary len=5 \"plain\" [OPEN]\n"
                                  "message binary len=5 \"Hello\" [OPEN]\n" HELLO HELLO
                                  "message text len=0 [OPEN]\n"
                                  "message binary len=0 [OPEN]\n" END);
    buf_free(&wire);
}

Test(ws_conn_inflate, takes_fragments_with_control_frames_between)
{
    struct buf wire = offering();

    WIRE_FRAME(&wire, FROM_CLIENT, RSV1 | WS_TEXT, "");
    WIRE_FRAME(&wire, FROM_CLIENT, FIN | WS_PING, "1");
    WIRE_FRAME(&wire, FROM_CLIENT, WS_CONTINUATION, "\xf2");
    WIRE_FRAME(&wire, FROM_CLIENT, WS_CONTINUATION, "\x48\xcd");
    WIRE_FRAME(&wire, FROM_CLIENT, FIN | WS_PONG, "2");
    WIRE_FRAME(&wire, FROM_CLIENT, WS_CONTINUATION, "\xc9\xc9\x07\x00");
    WIRE_FRAME(&wire, FROM_CLIENT, FIN | WS_CONTINUATION, "");
    WIRE_FRAME(&wire, FROM_CLIENT, RSV1 | WS_BINARY, "\xf2\x48\x05\x00\x00\x00\xff\xff");
    WIRE_FRAME(&wire, FROM_CLIENT, FIN | WS_PING, "");
    WIRE_FRAME(&wire, FROM_CLIENT, FIN | WS_CONTINUATION, "\xca\xc9\xc9\x07\x00");
    struct conn_log run = server(&wire);
    expect_log(&run,
               OPENED "ping \"1\" [OPEN]\n"
                      "pong \"2\" [OPEN]\n" HELLO "ping [OPEN]\n"
                      "message binary len=5 \"Hello\" [OPEN]\n" END "sent pong fin len=1 \"1\"\n"
                      "sent pong fin len=0\n");
    buf_free(&wire);
}

/* The log shows the bytes that are sent: f2 48 cd c9 c9 07 00, then f2 00 11 00 00. */
Test(ws_conn_inflate, sends_compressed_messages_with_rsv1)
{
    struct buf wire = offering();

    WIRE_FRAME(&wire, FROM_CLIENT, FIN | WS_TEXT, "Hello");
    WIRE_FRAME(&wire, FROM_CLIENT, FIN | RSV1 | WS_TEXT, HELLO_FIXED);
    struct conn_log run = server(&wire);
    run.echo = true;
    expect_log(&run,
               OPENED HELLO HELLO END "sent text fin len=7 \"\\xf2H\\xcd\\xc9\\xc9\\x07\\x00\"\n"
                                      "sent text fin len=5 \"\\xf2\\x00\\x11\\x00\\x00\"\n");
    struct ws_conn c;
    cr_assert(ws_conn_init(&c, &run.options, 0));
    cr_assert(log_feed(&run, &c, buf_bytes(&wire), NULL));
    const struct bytes out = ws_conn_out(&c);
    cr_assert(bytes_eq(bytes_skip(out, out.len - 16),
                       BYTES_LIT("\xc1\x07" HELLO_FIXED "\xc1\x05" HELLO_AGAIN)));
    ws_conn_free(&c);
    buf_free(&wire);
}

/* -- what breaks a rule -- */

#define K "\0\0\0\0" /* the masking key */

/* 200 is the first frame. What does not inflate, or inflates to a wrong text, is told at the frame
 * in which that is seen; what is missing at the message's end, behind its last byte. */
static const struct {
    struct bytes frames;
    enum ws_rule rule;
    unsigned at;
} breaches[] = {
    { BYTES_LIT("\xc9\x80" K), WS_RULE_RSV1_SET, 200 },
    { BYTES_LIT("\xca\x80" K), WS_RULE_RSV1_SET, 200 },
    { BYTES_LIT("\xc8\x80" K), WS_RULE_RSV1_SET, 200 },
    { BYTES_LIT("\x41\x81" K "\xf2"
                "\xc0\x86" K "\x48\xcd\xc9\xc9\x07\x00"),
      WS_RULE_RSV1_SET, 207 },
    { BYTES_LIT("\x01\x81" K "a"
                "\xc0\x81" K "b"),
      WS_RULE_RSV1_SET, 207 },
    { BYTES_LIT("\xe1\x87" K HELLO_FIXED), WS_RULE_RSV2_SET, 200 },
    { BYTES_LIT("\xd1\x87" K HELLO_FIXED), WS_RULE_RSV3_SET, 200 },

    /* text: stored blocks show what it is */
    { BYTES_LIT("\xc1\x88" K "\x00\x02\x00\xfd\xff\xff"
                "a\x00"),
      WS_RULE_TEXT_NOT_UTF8, 200 },
    { BYTES_LIT("\x41\x86" K "\x00\x02\x00\xfd\xff\xc3"
                "\x80\x82" K "a\x00"),
      WS_RULE_TEXT_NOT_UTF8, 212 },
    { BYTES_LIT("\x41\x86" K "\x00\x02\x00\xfd\xff\xff"
                "\x80\x82" K "a\x00"),
      WS_RULE_TEXT_NOT_UTF8, 200 },
    { BYTES_LIT("\xc1\x87" K "\x00\x01\x00\xfe\xff\xc3\x00"), WS_RULE_TEXT_NOT_UTF8, 213 },
    { BYTES_LIT("\x41\x86" K "\x00\x01\x00\xfe\xff\xc3"
                "\x80\x81" K "\x00"),
      WS_RULE_TEXT_NOT_UTF8, 219 },

    /* what is no DEFLATE */
    { BYTES_LIT("\xc1\x81" K "\x06"), WS_RULE_INFLATE_BROKEN, 200 },
    { BYTES_LIT("\x42\x86" K "\x00\x01\x00\xfe\xff"
                "a"
                "\x80\x81" K "\x06"),
      WS_RULE_INFLATE_BROKEN, 212 },
    { BYTES_LIT("\xc2\x85" K "\x00\x05\x00\xfa\xfe"), WS_RULE_INFLATE_BROKEN, 200 },
    { BYTES_LIT("\xc2\x85" K HELLO_AGAIN), WS_RULE_INFLATE_BROKEN, 200 },
    { BYTES_LIT("\xc2\x87" K HELLO_FIXED "\xc2\x81" K "\x07"), WS_RULE_INFLATE_BROKEN, 213 },

    /* a wrong text before the broken block is the first that is wrong */
    { BYTES_LIT("\xc1\x87" K "\x00\x01\x00\xfe\xff\xff\x06"), WS_RULE_TEXT_NOT_UTF8, 200 },
    { BYTES_LIT("\xc1\x88" K "\x00\x02\x00\xfd\xff\xc3\xa9\x06"), WS_RULE_INFLATE_BROKEN, 200 },

    /* limits: of the inflated message 20 bytes, of a frame of it 128 */
    { BYTES_LIT("\xc2\x86" K "\x4a\x4c\xc4\x02\x00\x00"), WS_RULE_LIMIT_MESSAGE,
      200 }, /* 21 times a */
    { BYTES_LIT("\xc2\xfe\x00\x82" K), WS_RULE_LIMIT_FRAME, 200 },
    { BYTES_LIT("\x42\x87" K HELLO_FIXED "\x00\xfe\x00\x82" K), WS_RULE_LIMIT_FRAME, 213 },
    { BYTES_LIT("\x82\x95" K), WS_RULE_LIMIT_FRAME, 200 },
};

static void print_failure(struct buf *out, enum ws_rule rule, unsigned at)
{
    const struct ws_rule_row *row = ws_rule_row(rule);
    uint8_t payload[125];
    const size_t len = ws_close_encode(row->close_code, bytes_str(row->sentence), payload);

    cr_assert(buf_print(out, "failed %s @%u [FAILING wants close]\n" END "sent close fin len=%zu",
                        row->name, at, len));
    log_quoted(out, bytes_of(payload, len));
    cr_assert(buf_print(out, "\n") && buf_push(out, '\0'));
}

/* The log from its failure on: what came before is in other tests. */
static const char *from_failure(const struct buf *log)
{
    return strstr((const char *)log->ptr, "failed");
}

static void expect_failure(struct conn_log *run, size_t row, enum ws_rule rule, unsigned at)
{
    struct buf expected = wire_new();

    print_failure(&expected, rule, at);
    FOR_EACH_CUT(run->in.len, cut)
    {
        struct buf log = wire_new();
        cr_assert(log_run(run, &cut, &log));
        cr_assert(buf_push(&log, '\0'));
        const char *failure = from_failure(&log);
        cr_assert(failure && strcmp(failure, (const char *)expected.ptr) == 0,
                  "row %zu, cut %zu:\n%s\nbut expected:\n%s", row, cut.way, (const char *)log.ptr,
                  (const char *)expected.ptr);
        buf_free(&log);
    }
    buf_free(&expected);
}

Test(ws_conn_inflate, fails_at_the_frame_that_is_wrong_however_it_is_cut)
{
    for (size_t i = 0; i < sizeof breaches / sizeof *breaches; i++) {
        struct buf wire = offering();
        cr_assert(buf_append(&wire, breaches[i].frames));
        WIRE_FRAME(&wire, FROM_CLIENT, FIN | WS_CLOSE, "\x03\xe8");
        struct conn_log run = server(&wire);
        run.options.message_max = 20;
        expect_failure(&run, i, breaches[i].rule, breaches[i].at);
        buf_free(&wire);
    }
}

Test(ws_conn_inflate, a_message_that_does_not_end_with_a_block_is_cut_off)
{
    static const struct {
        struct bytes frames;
        unsigned at;
    } cut_off[] = {
        { BYTES_LIT("\xc1\x80" K), 206 },
        { BYTES_LIT("\xc1\x83" K "\xf2\x48\xcd"), 209 },
        { BYTES_LIT("\xc1\x85" K "\x00\x04\x00\xfb\xff"), 211 },
        { BYTES_LIT("\xc1\x87" K "\xf3\x48\xcd\xc9\xc9\x07\x00"), 213 },
    };

    for (size_t i = 0; i < sizeof cut_off / sizeof *cut_off; i++) {
        struct buf wire = offering();
        cr_assert(buf_append(&wire, cut_off[i].frames));
        WIRE_FRAME(&wire, FROM_CLIENT, FIN | WS_CLOSE, "\x03\xe8");
        struct conn_log run = server(&wire);
        expect_failure(&run, i, WS_RULE_INFLATE_CUT, cut_off[i].at);
        buf_free(&wire);
    }
}

Test(ws_conn_inflate, rsv1_without_agreement_breaks_the_rule_of_reserved_bits)
{
    struct buf wire = wire_new();

    wire_text(&wire, WIRE_REQUEST);
    WIRE_FRAME(&wire, FROM_CLIENT, FIN | RSV1 | WS_TEXT, HELLO_FIXED);
    struct conn_log run = server(&wire); /* it would, but nobody asked */
    expect_failure(&run, 0, WS_RULE_RSV1_SET, 154);
    buf_free(&wire);
}

/* -- limits -- */

static void wire_packed(struct buf *wire, struct ws_deflater *d, struct bytes plain, uint8_t first)
{
    struct buf packed = wire_new();

    cr_assert(ws_deflater_feed(d, plain, &packed) && ws_deflater_end(d, &packed));
    wire_frame(wire, FROM_CLIENT, first, buf_bytes(&packed));
    buf_free(&packed);
}

/* As many bytes as are allowed inflate, be they less or more than that when compressed. */
Test(ws_conn_inflate, takes_a_message_of_just_the_limit)
{
    for (enum deflated_kind kind = 0; kind < DEFLATED_KINDS; kind++) {
        struct ws_deflater *d = ws_deflater_new(15, true, WS_DEFLATE_LEVEL);
        struct buf wire = offering(), plain = wire_new(), log = wire_new();
        const struct cut pairs = { .way = CUT_PAIRS };
        cr_assert(d);
        deflated_fill(kind, 1001, &plain);
        wire_packed(&wire, d, bytes_take(buf_bytes(&plain), 1000), FIN | RSV1 | WS_BINARY);
        wire_packed(&wire, d, buf_bytes(&plain), FIN | RSV1 | WS_BINARY);
        struct conn_log run = server(&wire);
        run.options.message_max = 1000;
        struct cut cut = pairs;
        cut.len = wire.len;
        cr_assert(log_run(&run, &cut, &log) && buf_push(&log, '\0'));
        const char *message = strstr((const char *)log.ptr, "message binary len=1000 ");
        cr_assert(message && strstr(message, "failed LIMIT_MESSAGE @"), "%s",
                  (const char *)log.ptr);
        buf_free(&wire);
        buf_free(&plain);
        buf_free(&log);
        ws_deflater_free(d);
    }
}

/* Wrong text and too much of it in one frame: what comes first in the message counts. */
Test(ws_conn_inflate, which_limit_is_hit_first_does_not_depend_on_the_cut)
{
    static const struct {
        size_t bad_at;
        enum ws_rule rule;
    } rows[] = { { 9, WS_RULE_TEXT_NOT_UTF8 },
                 { 19, WS_RULE_TEXT_NOT_UTF8 },
                 { 20, WS_RULE_LIMIT_MESSAGE },
                 { 29, WS_RULE_LIMIT_MESSAGE } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ws_deflater *d = ws_deflater_new(15, true, WS_DEFLATE_LEVEL);
        struct buf wire = offering(), plain = wire_new();
        cr_assert(d);
        deflated_fill(ALL_ALIKE, 40, &plain);
        plain.ptr[rows[i].bad_at] = 0xff;
        wire_packed(&wire, d, buf_bytes(&plain), FIN | RSV1 | WS_TEXT);
        struct conn_log run = server(&wire);
        run.options.message_max = 20;
        expect_failure(&run, i, rows[i].rule, HEAD_LEN);
        buf_free(&wire);
        buf_free(&plain);
        ws_deflater_free(d);
    }
}

/* A bomb: 400 KB in 400 bytes. Told before all of it is there, and at one place. */
Test(ws_conn_inflate, a_ratio_above_the_limit_ends_it_while_inflating)
{
    static const struct ws_conn_deflate strict = { .ratio_max = 300 },
                                        lenient = { .ratio_max = 1100 };
    struct ws_deflater *d = ws_deflater_new(15, true, 9);
    struct buf wire = offering(), plain = wire_new(), log = wire_new();

    cr_assert(d);
    deflated_fill(ALL_ALIKE, 400000, &plain);
    wire_packed(&wire, d, buf_bytes(&plain), FIN | RSV1 | WS_BINARY);
    struct conn_log run = server(&wire);
    run.options.deflate = &strict;
    expect_failure(&run, 0, WS_RULE_LIMIT_RATIO, HEAD_LEN);
    run.options.deflate = &lenient;
    const struct cut whole = { .len = wire.len };
    cr_assert(log_run(&run, &whole, &log) && buf_push(&log, '\0'));
    cr_assert(strstr((const char *)log.ptr, "message binary len=400000"));
    buf_free(&log);
    buf_free(&plain);
    buf_free(&wire);
    ws_deflater_free(d);
}

/* Each message is measured by itself: what is allowed once is allowed again. */
Test(ws_conn_inflate, the_ratio_is_that_of_one_message)
{
    static const struct ws_conn_deflate strict = { .ratio_max = 20 };
    struct ws_deflater *d = ws_deflater_new(15, true, 9);
    struct buf wire = offering(), plain = wire_new(), log = wire_new();

    cr_assert(d);
    deflated_fill(ALL_ALIKE, 60000, &plain);
    wire_packed(&wire, d, buf_bytes(&plain), FIN | RSV1 | WS_BINARY);
    wire_packed(&wire, d, buf_bytes(&plain), FIN | RSV1 | WS_BINARY);
    struct conn_log run = server(&wire);
    run.options.deflate = &strict;
    const struct cut whole = { .len = wire.len };
    cr_assert(log_run(&run, &whole, &log) && buf_push(&log, '\0'));
    cr_assert_null(strstr((const char *)log.ptr, "failed"), "%s", (const char *)log.ptr);
    buf_free(&log);
    buf_free(&plain);
    buf_free(&wire);
    ws_deflater_free(d);
}

/* Much that is alike and then noise: over the whole message the ratio is harmless, at its beginning
 * it is not. One feed or many, the verdict is the same. */
Test(ws_conn_inflate, noise_behind_a_bomb_does_not_hide_it)
{
    static const struct ws_conn_deflate strict = { .ratio_max = 20 };
    struct ws_deflater *d = ws_deflater_new(15, true, 9);
    struct buf wire = offering(), plain = wire_new(), noise = wire_new();

    cr_assert(d);
    deflated_fill(ALL_ALIKE, 100000, &plain);
    deflated_fill(RANDOM, 10000, &noise);
    cr_assert(buf_append(&plain, buf_bytes(&noise)));
    wire_packed(&wire, d, buf_bytes(&plain), FIN | RSV1 | WS_BINARY);
    for (size_t way = 0; way < 3 + 1000; way += way < 3 ? 1 : 100) {
        struct conn_log run = server(&wire);
        struct buf log = wire_new();
        const struct cut cut = { .len = wire.len, .way = way };
        run.options.deflate = &strict;
        cr_assert(log_run(&run, &cut, &log) && buf_push(&log, '\0'));
        cr_assert(strstr((const char *)log.ptr, "failed LIMIT_RATIO @200"), "cut %zu:\n%s", way,
                  (const char *)log.ptr);
        buf_free(&log);
    }
    buf_free(&noise);
    buf_free(&plain);
    buf_free(&wire);
    ws_deflater_free(d);
}

/* -- memory -- */

static bool server_survives(void *ctx)
{
    struct conn_log *run = ctx;
    const struct cut pairs = { .len = run->in.len, .way = CUT_PAIRS };

    return log_run(run, &pairs, NULL);
}

Test(ws_conn_inflate, a_server_gives_in_when_memory_runs_out)
{
    struct buf wire = offering();

    WIRE_FRAME(&wire, FROM_CLIENT, FIN | RSV1 | WS_TEXT, HELLO_FIXED);
    WIRE_FRAME(&wire, FROM_CLIENT, FIN | RSV1 | WS_TEXT, HELLO_FINAL);
    struct conn_log run = server(&wire);
    run.echo = true;
    cr_assert_geq(heap_fail_each(server_survives, &run), 15);
    buf_free(&wire);
}
