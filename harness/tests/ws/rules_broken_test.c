#include <criterion/criterion.h>
#include <stdlib.h>

#include "wire.h"
#include "ws/blocks.h"
#include "ws/conn.h"

/* One input for each rule that breaks it: a rule that nothing can break guards nothing. */

/* -- frames: what a strict server of ours says to them -- */

#define K "\0\0\0\0" /* the masking key */

static const struct {
    enum ws_rule rule;
    struct bytes wire;
} frames[] = {
    { WS_RULE_MASK_MISSING, BYTES_LIT("\x81\x00") },
    { WS_RULE_RSV1_SET, BYTES_LIT("\xc1\x80" K) },
    { WS_RULE_RSV2_SET, BYTES_LIT("\xa1\x80" K) },
    { WS_RULE_RSV3_SET, BYTES_LIT("\x91\x80" K) },
    { WS_RULE_OPCODE_RESERVED, BYTES_LIT("\x87\x80" K) },
    { WS_RULE_LEN_NOT_SHORT, BYTES_LIT("\x81\xfe\0\0" K) },
    { WS_RULE_LEN_TOP_BIT, BYTES_LIT("\x81\xff\xff\0\0\0\0\0\0\0" K) },
    { WS_RULE_CONTROL_FRAGMENTED, BYTES_LIT("\x0a\x80" K) },
    { WS_RULE_CONTROL_TOO_LONG, BYTES_LIT("\x8a\xfe\0\x7e" K) },
    { WS_RULE_CONTINUATION_ALONE, BYTES_LIT("\x80\x80" K) },
    { WS_RULE_MESSAGE_INTERLEAVED, BYTES_LIT("\x02\x80" K "\x82\x80" K) },
    { WS_RULE_TEXT_NOT_UTF8, BYTES_LIT("\x81\x81" K "\x80") },
    { WS_RULE_CLOSE_LEN_1, BYTES_LIT("\x88\x81" K "\x03") },
    { WS_RULE_CLOSE_CODE_NEVER, BYTES_LIT("\x88\x82" K "\x03\xf7") },
    { WS_RULE_CLOSE_CODE_RANGE, BYTES_LIT("\x88\x82" K "\0\0") },
    { WS_RULE_CLOSE_CODE_RESERVED, BYTES_LIT("\x88\x82" K "\xff\xff") },
    { WS_RULE_CLOSE_REASON_UTF8, BYTES_LIT("\x88\x83" K "\x03\xe8\x80") },
    { WS_RULE_LIMIT_MESSAGE, BYTES_LIT("\x02\x81" K "a"
                                       "\x80\x84" K) },
    { WS_RULE_LIMIT_FRAME, BYTES_LIT("\x82\x85" K) },
    { WS_RULE_LIMIT_FRAGMENTS, BYTES_LIT("\x02\x80" K "\0\x80" K "\0\x80" K) },
};

static enum ws_rule broken_by_frames(struct bytes frames_wire)
{
    const struct ws_conn_options options = { .server = true, .message_max = 4, .fragments_max = 2 };
    struct buf wire = wire_new();
    struct ws_conn c;
    struct ws_event e = { 0 };

    wire_text(&wire, WIRE_REQUEST);
    cr_assert(buf_append(&wire, frames_wire));
    cr_assert(ws_conn_init(&c, &options, 0));
    ws_conn_feed(&c, wire.ptr, wire.len, 0);
    while (ws_conn_next(&c, &e, 0) && e.kind != WS_EVENT_FAILED) {
    }
    ws_conn_free(&c);
    buf_free(&wire);
    return e.broken.rule;
}

/* -- headers that only a law of their own makes wrong -- */

static const struct {
    enum ws_rule rule;
    struct ws_head head;
    struct ws_law law;
} heads[] = {
    { WS_RULE_MASK_PRESENT,
      { .fin = true, .opcode = WS_TEXT, .masked = true, .len_form = WS_LEN_7 },
      { .from_client = false } },
    { WS_RULE_AFTER_CLOSE_DATA,
      { .fin = true, .opcode = WS_TEXT, .len_form = WS_LEN_7 },
      { .after_close = true } },
    { WS_RULE_AFTER_CLOSE_CLOSE,
      { .fin = true, .opcode = WS_CLOSE, .len_form = WS_LEN_7 },
      { .after_close = true } },
    { WS_RULE_AFTER_CLOSE_FRAME,
      { .fin = true, .opcode = WS_PING, .len_form = WS_LEN_7 },
      { .after_close = true } },
};

static enum ws_rule broken_by_head(const struct ws_head *head, const struct ws_law *law)
{
    struct violation found[WS_HEAD_BREACHES_MAX];

    return ws_check_head(head, law, 0, found) == 1 ? found[0].rule : WS_RULE_NONE;
}

/* -- HTTP heads -- */

#define FIRST WIRE_REQUEST_LINE
#define GOOD FIRST WIRE_HOST WIRE_UPGRADE WIRE_KEY_LINE WIRE_VERSION
#define PROTOCOL "Sec-WebSocket-Protocol: "
#define EXTENSIONS "Sec-WebSocket-Extensions: "
#define REST WIRE_HOST WIRE_UPGRADE WIRE_KEY_LINE WIRE_VERSION "\r\n"
#define SWITCHING "HTTP/1.1 101 Switching Protocols\r\n"
#define ACCEPT "Sec-WebSocket-Accept: " WIRE_ACCEPT "\r\n"
#define ACCEPTED SWITCHING WIRE_UPGRADE ACCEPT
#define FIFTY "01234567890123456789012345678901234567890123456789"
#define FIVE "a:\r\na:\r\na:\r\na:\r\na:\r\n"

static const struct {
    enum ws_rule rule;
    const char *text;
} requests[] = {
    { WS_RULE_HTTP_START_LINE, "GET\r\n\r\n" },
    { WS_RULE_HTTP_NO_COLON, FIRST "a\r\n\r\n" },
    { WS_RULE_HTTP_TOO_LARGE, FIRST "a: " FIFTY FIFTY FIFTY FIFTY FIFTY },
    { WS_RULE_HTTP_TOO_MANY, FIRST FIVE FIVE "\r\n" },
    { WS_RULE_HTTP_BARE_LF, GOOD "\n" },
    { WS_RULE_HTTP_FOLDED, GOOD "a: b\r\n c\r\n\r\n" },
    { WS_RULE_HTTP_NAME_CHARS, GOOD "a b: c\r\n\r\n" },
    { WS_RULE_HTTP_VALUE_CHARS, GOOD "a: \x01\r\n\r\n" },
    { WS_RULE_REQ_METHOD, "PUT / HTTP/1.1\r\n" REST },
    { WS_RULE_REQ_VERSION, "GET / HTTP/1.0\r\n" REST },
    { WS_RULE_REQ_TARGET, "GET chat HTTP/1.1\r\n" REST },
    { WS_RULE_REQ_HOST, GOOD WIRE_HOST "\r\n" },
    { WS_RULE_REQ_UPGRADE,
      FIRST WIRE_HOST "Connection: Upgrade\r\n" WIRE_KEY_LINE WIRE_VERSION "\r\n" },
    { WS_RULE_REQ_CONNECTION,
      FIRST WIRE_HOST "Upgrade: websocket\r\n" WIRE_KEY_LINE WIRE_VERSION "\r\n" },
    { WS_RULE_REQ_KEY_MISSING, FIRST WIRE_HOST WIRE_UPGRADE WIRE_VERSION "\r\n" },
    { WS_RULE_REQ_KEY_DOUBLE, GOOD WIRE_KEY_LINE "\r\n" },
    { WS_RULE_REQ_KEY_SHAPE,
      FIRST WIRE_HOST WIRE_UPGRADE "Sec-WebSocket-Key: a\r\n" WIRE_VERSION "\r\n" },
    { WS_RULE_REQ_WS_VERSION, FIRST WIRE_HOST WIRE_UPGRADE WIRE_KEY_LINE "\r\n" },
    { WS_RULE_REQ_WS_VERSION_DOUBLE, GOOD WIRE_VERSION "\r\n" },
    { WS_RULE_REQ_PROTOCOL, GOOD PROTOCOL "/\r\n\r\n" },
    { WS_RULE_REQ_PROTOCOL_TWICE, GOOD PROTOCOL "a,a\r\n\r\n" },
    { WS_RULE_REQ_EXTENSIONS, GOOD EXTENSIONS "/\r\n\r\n" },
    { WS_RULE_REQ_BODY, GOOD "Content-Length: 5\r\n\r\n" },
}, responses[] = {
    { WS_RULE_RES_STATUS, "HTTP/1.1 200 OK\r\n\r\n" },
    { WS_RULE_RES_VERSION, "HTTP/1.0 101 a\r\n" WIRE_UPGRADE ACCEPT "\r\n" },
    { WS_RULE_RES_UPGRADE, SWITCHING "Connection: Upgrade\r\n" ACCEPT "\r\n" },
    { WS_RULE_RES_CONNECTION, SWITCHING "Upgrade: websocket\r\n" ACCEPT "\r\n" },
    { WS_RULE_RES_ACCEPT_MISSING, SWITCHING WIRE_UPGRADE "\r\n" },
    { WS_RULE_RES_ACCEPT_DOUBLE, ACCEPTED ACCEPT "\r\n" },
    { WS_RULE_RES_ACCEPT_WRONG, SWITCHING WIRE_UPGRADE "Sec-WebSocket-Accept: a\r\n\r\n" },
    { WS_RULE_RES_PROTOCOL_UNASKED, ACCEPTED PROTOCOL "a\r\n\r\n" },
    { WS_RULE_RES_PROTOCOL_EMPTY, ACCEPTED PROTOCOL "\r\n\r\n" },
    { WS_RULE_RES_PROTOCOL_DOUBLE, ACCEPTED PROTOCOL "v1\r\n" PROTOCOL "v1\r\n\r\n" },
    { WS_RULE_RES_EXTENSION_UNASKED, ACCEPTED EXTENSIONS "a\r\n\r\n" },
    { WS_RULE_RES_EXTENSIONS, ACCEPTED EXTENSIONS "\r\n\r\n" },
    { WS_RULE_RES_BODY, ACCEPTED "Content-Length: 5\r\n\r\n" },
};

static const struct http1_limits small = { .head_bytes = 250, .fields = 9 };

static struct http1_head *decode(const char *text, enum http1_kind kind, struct http1_limits limits,
                                 struct violation *why)
{
    struct http1_head *head = malloc(sizeof *head);
    size_t used;

    cr_assert(head);
    why->rule = WS_RULE_NONE;
    cr_assert_neq(http1_decode(bytes_str(text), kind, limits, head, &used, why), WS_MORE, "%s",
                  text);
    return head;
}

/* The one thing that is wrong with the head; WS_RULE_NONE when it is not exactly one. */
static enum ws_rule broken_by_text(const char *text, enum http1_kind kind)
{
    struct violation why, ignored;
    struct http1_head *head = decode(text, kind, small, &why);
    struct http1_head *asked = decode(GOOD PROTOCOL "v1\r\n\r\n", HTTP1_REQUEST, small, &ignored);
    const struct ws_offer offer = { BYTES_LIT(WIRE_KEY), asked };
    struct ws_findings found = { .count = 0 };

    if (why.rule == WS_RULE_NONE && kind == HTTP1_REQUEST)
        ws_handshake_check_request(head, &found);
    else if (why.rule == WS_RULE_NONE)
        ws_handshake_check_response(head, &offer, &found);
    free(head);
    free(asked);
    return found.count == 1 ? found.list[0].rule : why.rule;
}

/* -- negotiation of permessage-deflate -- */

#define PMD "permessage-deflate"

static const struct {
    enum ws_rule rule;
    const char *offer, *answer; /* NULL: the offer is judged */
} negotiations[] = {
    { WS_RULE_PMD_UNKNOWN_OFFERED, PMD "; foo", NULL },
    { WS_RULE_PMD_UNKNOWN_ANSWERED, PMD, PMD "; foo" },
    { WS_RULE_PMD_TWICE_OFFERED, PMD "; server_max_window_bits=9; server_max_window_bits=9", NULL },
    { WS_RULE_PMD_TWICE_ANSWERED, PMD,
      PMD "; client_no_context_takeover; client_no_context_takeover" },
    { WS_RULE_PMD_SERVER_TAKEOVER_VALUE, PMD "; server_no_context_takeover=1", NULL },
    { WS_RULE_PMD_CLIENT_TAKEOVER_VALUE, PMD, PMD "; client_no_context_takeover=1" },
    { WS_RULE_PMD_SERVER_BITS, PMD "; server_max_window_bits=16", NULL },
    { WS_RULE_PMD_CLIENT_BITS, PMD "; client_max_window_bits", PMD "; client_max_window_bits" },
    { WS_RULE_PMD_TAKEOVER_IGNORED, PMD "; server_no_context_takeover", PMD },
    { WS_RULE_PMD_BITS_IGNORED, PMD "; server_max_window_bits=9", PMD },
    { WS_RULE_PMD_CLIENT_BITS_UNASKED, PMD, PMD "; client_max_window_bits=15" },
    { WS_RULE_PMD_BAD_OFFER_TAKEN, PMD "; foo", PMD },
    { WS_RULE_PMD_ZERO_TAKEN, PMD "; client_max_window_bits=08", PMD },
    { WS_RULE_PMD_ANSWERED_TWICE, PMD, PMD ", " PMD },
};

static struct http1_head *decode_list(const char *first, const char *extensions,
                                      enum http1_kind kind, struct buf *text)
{
    struct violation ignored;

    cr_assert(buf_print(text, "%s" EXTENSIONS "%s\r\n\r\n%c", first, extensions, 0));
    return decode((const char *)text->ptr, kind, (struct http1_limits){ 0 }, &ignored);
}

/* As above: the one thing that is wrong. */
static enum ws_rule broken_by_negotiation(const char *offer_text, const char *answer)
{
    struct buf request_text = wire_new(), response_text = wire_new();
    struct http1_head *request = decode_list(GOOD, offer_text, HTTP1_REQUEST, &request_text);
    struct http1_head *response =
        decode_list(ACCEPTED, answer ? answer : "", HTTP1_RESPONSE, &response_text);
    const struct ws_offer offer = { BYTES_LIT(WIRE_KEY), request };
    struct ws_findings found;

    if (answer)
        ws_handshake_check_response(response, &offer, &found);
    else
        ws_handshake_check_request(request, &found);
    free(request);
    free(response);
    buf_free(&request_text);
    buf_free(&response_text);
    return found.count == 1 ? found.list[0].rule : WS_RULE_NONE;
}

/* -- compressed messages -- */

static enum ws_rule broken_by_message(struct bytes packed)
{
    static const struct ws_conn_deflate deflate = { .ratio_max = 10 };
    const struct ws_conn_options options = { .server = true, .deflate = &deflate };
    struct buf wire = wire_new();
    struct ws_conn c;
    struct ws_event e = { 0 };

    wire_text(&wire, GOOD EXTENSIONS PMD "\r\n\r\n");
    wire_frame(&wire, FROM_CLIENT, FIN | WS_RSV1 << 4 | WS_BINARY, packed);
    cr_assert(ws_conn_init(&c, &options, 0));
    ws_conn_feed(&c, wire.ptr, wire.len, 0);
    while (ws_conn_next(&c, &e, 0) && e.kind != WS_EVENT_FAILED) {
    }
    ws_conn_free(&c);
    buf_free(&wire);
    return e.broken.rule;
}

/* 100000 zeroes in some 100 bytes. */
static enum ws_rule broken_by_bomb(void)
{
    static const uint8_t zeroes[100000];
    struct ws_deflater *d = ws_deflater_new(15, true, WS_DEFLATE_LEVEL);
    struct buf packed = wire_new();

    cr_assert(d && ws_deflater_feed(d, bytes_of(zeroes, sizeof zeroes), &packed));
    cr_assert(ws_deflater_end(d, &packed));
    const enum ws_rule rule = broken_by_message(buf_bytes(&packed));
    buf_free(&packed);
    ws_deflater_free(d);
    return rule;
}

static void expect_rule(bool *broken, enum ws_rule found, enum ws_rule rule)
{
    cr_assert_eq(found, rule, "%s instead of %s", ws_rule_row(found)->name,
                 ws_rule_row(rule)->name);
    broken[rule] = true;
}

/* 300 bytes, and one that refers back to the first of them. */
static void refer_back(struct buf *out)
{
    static const uint8_t zeroes[300];
    struct ws_blocks b;

    ws_blocks_init(&b, out);
    cr_assert(ws_blocks_stored(&b, bytes_of(zeroes, sizeof zeroes), false));
    cr_assert(ws_blocks_open_fixed(&b, false) && ws_blocks_match(&b, 3, 300));
    cr_assert(ws_blocks_close(&b) && ws_blocks_end(&b, 0));
}

/* One message, from that end with that window. */
static enum ws_rule broken_in_window(bool from_client, unsigned bits, bool takeover,
                                     struct bytes packed)
{
    const struct ws_unpack_options options = { .way = { (uint8_t)bits, takeover },
                                               .from_client = from_client };
    struct ws_unpacker *u = ws_unpacker_new(&options);
    enum ws_inflated status = WS_INFLATED_ALL;
    struct bytes plain;

    cr_assert(u);
    ws_unpacker_feed(u, packed);
    while ((status = ws_unpacker_next(u, &plain)) == WS_INFLATED_PIECE)
        ;
    if (status == WS_INFLATED_ALL) {
        ws_unpacker_feed_end(u);
        while ((status = ws_unpacker_next(u, &plain)) == WS_INFLATED_PIECE)
            ;
    }
    const enum ws_rule rule = status == WS_INFLATED_BROKEN ? ws_unpacker_why(u).rule : WS_RULE_NONE;
    ws_unpacker_free(u);
    return rule;
}

static void check_windows(bool *broken)
{
    const struct bytes back = BYTES_LIT("\xf2\x00\x11\x00\x00"); /* RFC 7692 7.2.3.2, the second */
    struct buf far = wire_new();

    refer_back(&far);
    expect_rule(broken, broken_in_window(true, 8, true, buf_bytes(&far)), WS_RULE_WINDOW_OF_CLIENT);
    expect_rule(broken, broken_in_window(false, 8, true, buf_bytes(&far)),
                WS_RULE_WINDOW_OF_SERVER);
    expect_rule(broken, broken_in_window(true, 9, true, buf_bytes(&far)), WS_RULE_NONE);
    expect_rule(broken, broken_in_window(true, 15, false, back), WS_RULE_TAKEOVER_OF_CLIENT);
    expect_rule(broken, broken_in_window(false, 15, false, back), WS_RULE_TAKEOVER_OF_SERVER);
    expect_rule(broken, broken_in_window(true, 15, true, back), WS_RULE_INFLATE_BROKEN);
    expect_rule(broken, broken_in_window(true, 15, true, BYTES_LIT("\xf2\x48\xcd")),
                WS_RULE_INFLATE_CUT);
    expect_rule(broken, broken_in_window(true, 15, true, BYTES_LIT("\xf3\x07\x20\x00")),
                WS_RULE_INFLATE_PADDING);
    expect_rule(broken, broken_in_window(true, 15, true, BYTES_LIT("\x2d\x00\x00\x00")),
                WS_RULE_INFLATE_LENGTHS);
    buf_free(&far);
}

/* -- all of them -- */

/* Rules that nothing in this folder can find, and who does. */
static const struct {
    enum ws_rule rule;
    const char *found_by;
} elsewhere[] = {
    { WS_RULE_MASK_KEY_CONSTANT, "the monitors, over many frames of one connection" },
    { WS_RULE_FRAME_AFTER_REFUSAL, "the monitors, where an HTTP response would begin" },
    { WS_RULE_REQ_ORIGIN, "the monitors: a server need not know what a client's context is" },
    { WS_RULE_REQ_KEY_AGAIN, "the monitors, over several connections" },
    { WS_RULE_MASK_KEY_REPEATED, "the monitors, over many frames of one connection" },
    { WS_RULE_MASK_KEY_COUNTED, "the monitors, over many frames of one connection" },
};

#define EACH(table, i) for (size_t i = 0; i < sizeof table / sizeof *table; i++)

Test(ws_rules_broken, each_rule_is_broken_by_some_input)
{
    bool broken[WS_RULE_COUNT] = { [WS_RULE_NONE] = true };

    EACH(frames, i)
    expect_rule(broken, broken_by_frames(frames[i].wire), frames[i].rule);
    EACH(heads, i)
    expect_rule(broken, broken_by_head(&heads[i].head, &heads[i].law), heads[i].rule);
    EACH(requests, i)
    expect_rule(broken, broken_by_text(requests[i].text, HTTP1_REQUEST), requests[i].rule);
    EACH(responses, i)
    expect_rule(broken, broken_by_text(responses[i].text, HTTP1_RESPONSE), responses[i].rule);
    EACH(negotiations, i)
    expect_rule(broken, broken_by_negotiation(negotiations[i].offer, negotiations[i].answer),
                negotiations[i].rule);
    expect_rule(broken, broken_by_message(BYTES_LIT("\x06")), WS_RULE_INFLATE_BROKEN);
    expect_rule(broken, broken_by_bomb(), WS_RULE_LIMIT_RATIO);
    check_windows(broken);
    EACH(elsewhere, i)
    {
        cr_assert_not(broken[elsewhere[i].rule], "%s is found here after all",
                      ws_rule_row(elsewhere[i].rule)->name);
        broken[elsewhere[i].rule] = true;
    }
    for (enum ws_rule rule = WS_RULE_NONE; rule < WS_RULE_COUNT; rule++)
        cr_assert(broken[rule], "nothing breaks %s", ws_rule_row(rule)->name);
}
