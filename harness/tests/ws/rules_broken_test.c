#include <criterion/criterion.h>
#include <stdlib.h>

#include "wire.h"
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

static const struct http1_limits limits = { .head_bytes = 250, .fields = 9 };

static struct http1_head *decode(const char *text, enum http1_kind kind, struct violation *why)
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
    struct http1_head *head = decode(text, kind, &why);
    struct http1_head *asked = decode(GOOD PROTOCOL "v1\r\n\r\n", HTTP1_REQUEST, &ignored);
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

/* -- all of them -- */

/* Rules that nothing in this folder can find, and who does. */
static const struct {
    enum ws_rule rule;
    const char *found_by;
} elsewhere[] = {
    { WS_RULE_MASK_KEY_CONSTANT, "the monitors, over many frames of one connection" },
};

#define EACH(table, i) for (size_t i = 0; i < sizeof table / sizeof *table; i++)

static void expect_rule(bool *broken, enum ws_rule found, enum ws_rule rule)
{
    cr_assert_eq(found, rule, "%s instead of %s", ws_rule_row(found)->name,
                 ws_rule_row(rule)->name);
    broken[rule] = true;
}

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
    EACH(elsewhere, i)
    {
        cr_assert_not(broken[elsewhere[i].rule], "%s is found here after all",
                      ws_rule_row(elsewhere[i].rule)->name);
        broken[elsewhere[i].rule] = true;
    }
    for (enum ws_rule rule = WS_RULE_NONE; rule < WS_RULE_COUNT; rule++)
        cr_assert(broken[rule], "nothing breaks %s", ws_rule_row(rule)->name);
}
