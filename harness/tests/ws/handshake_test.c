#include "ws/handshake.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "wire.h"

Test(ws_handshake, makes_the_key_and_the_accept_of_the_rfc)
{
    char key[WS_KEY_TEXT + 1], accept[WS_ACCEPT_TEXT + 1];

    ws_handshake_key((const uint8_t *)"the sample nonce", key);
    cr_assert_str_eq(key, WIRE_KEY);
    cr_assert(ws_handshake_accept(BYTES_LIT(WIRE_KEY), accept));
    cr_assert_str_eq(accept, WIRE_ACCEPT);
    cr_assert(ws_handshake_accept(BYTES_LIT(""), accept));
    cr_assert_str_eq(accept, "Kfh9QIsMVZcl6xEPYxPHzW8SZ8w=");
}

/* -- findings as text: "RULE @at " for each -- */

static struct http1_head *decode(const char *text, enum http1_kind kind)
{
    struct http1_head *head = malloc(sizeof *head);
    struct violation why;
    size_t used;

    cr_assert(head);
    cr_assert_eq(http1_decode(bytes_str(text), kind, (struct http1_limits){ 0 }, head, &used, &why),
                 WS_OK, "%s", text);
    return head;
}

static void expect_findings(const struct ws_findings *f, const char *expected, const char *text)
{
    struct buf log = wire_new();

    for (size_t i = 0; i < f->count; i++)
        cr_assert(buf_print(&log, "%s @%u ", ws_rule_row(f->list[i].rule)->name,
                            (unsigned)f->list[i].at));
    cr_assert(bytes_eq_str(buf_bytes(&log), expected), "%.*s\nnot %s\nfor %s",
              BYTES_ARG(buf_bytes(&log)), expected, text);
    buf_free(&log);
}

static void expect_request(const char *text, const char *expected)
{
    struct http1_head *head = decode(text, HTTP1_REQUEST);
    struct ws_findings found;

    ws_handshake_check_request(head, &found);
    expect_findings(&found, expected, text);
    free(head);
}

/* -- requests -- */

#define LINE WIRE_REQUEST_LINE
#define BEFORE_KEY LINE WIRE_HOST WIRE_UPGRADE     /* 80 bytes */
#define GOOD BEFORE_KEY WIRE_KEY_LINE WIRE_VERSION /* 152 bytes: what is added stands at 152 */

Test(ws_handshake, accepts_good_requests)
{
    expect_request(WIRE_REQUEST, "");
    expect_request(
        "GET http://example.com/x HTTP/1.1\r\n" WIRE_HOST WIRE_UPGRADE WIRE_KEY_LINE WIRE_VERSION
        "\r\n",
        "");
    expect_request(
        "GET HTTPS://example.com/x HTTP/1.2\r\n" WIRE_HOST WIRE_UPGRADE WIRE_KEY_LINE WIRE_VERSION
        "\r\n",
        "");
    expect_request(LINE "hOST: a\r\nUPGRADE: foo, WebSocket\r\n"
                        "connection: keep-alive\r\nconnection: UPGRADE\r\n" WIRE_KEY_LINE
                        "sec-websocket-version:13\r\n\r\n",
                   "");
    expect_request(GOOD "Sec-WebSocket-Protocol: a, b\r\nSec-WebSocket-Protocol: c\r\n"
                        "Sec-WebSocket-Extensions: x; y=\"z\"\r\nContent-Length: 0\r\n"
                        "Origin: null\r\n\r\n",
                   "");
    expect_request(BEFORE_KEY "Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEC==\r\n" WIRE_VERSION "\r\n",
                   "");
}

Test(ws_handshake, judges_the_start_line)
{
    static const char *const targets[] = { "chat", "*", "/a#b", "ws://a/", "/\x01", "/\xe9" };

    expect_request("get /chat HTTP/1.1\r\n" WIRE_HOST WIRE_UPGRADE WIRE_KEY_LINE WIRE_VERSION
                   "\r\n",
                   "REQ_METHOD @0 ");
    expect_request("GET /chat HTTP/1.0\r\n" WIRE_HOST WIRE_UPGRADE WIRE_KEY_LINE WIRE_VERSION
                   "\r\n",
                   "REQ_VERSION @10 ");
    expect_request("GET /chat HTTP/0.9\r\n" WIRE_HOST WIRE_UPGRADE WIRE_KEY_LINE WIRE_VERSION
                   "\r\n",
                   "REQ_VERSION @10 ");
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        struct buf text = wire_new();
        cr_assert(buf_print(&text, "GET %s HTTP/1.1\r\n%s%c", targets[i],
                            WIRE_HOST WIRE_UPGRADE WIRE_KEY_LINE WIRE_VERSION "\r\n", 0));
        expect_request((const char *)text.ptr, "REQ_TARGET @4 ");
        buf_free(&text);
    }
}

Test(ws_handshake, judges_what_stands_in_host)
{
    static const char *const good[] = {
        "a",     "a.example:80", "a:",      "192.0.2.1:65535",
        "[::1]", "[::1]:8080",   "A_b~%41", "xn--bcher-kva.example"
    };
    static const char *const bad[] = { " ",      "a b",     "a/b",    "a?b",   "u@a",
                                       "a, a",   ":80",     "a:port", "a:1:2", "[::1",
                                       "[::1]x", "a:65536", "b\xfc",  "a\x01" };

    for (size_t i = 0; i < sizeof good / sizeof *good + sizeof bad / sizeof *bad; i++) {
        bool ok = i < sizeof good / sizeof *good;
        const char *value = ok ? good[i] : bad[i - sizeof good / sizeof *good];
        char text[400];
        snprintf(text, sizeof text, LINE "Host: %s\r\n%s\r\n", value,
                 WIRE_UPGRADE WIRE_KEY_LINE WIRE_VERSION);
        expect_request(text, ok                      ? ""
                             : strchr(value, '\x01') ? "HTTP_VALUE_CHARS @27 REQ_HOST @20 "
                                                     : "REQ_HOST @20 ");
    }
}

Test(ws_handshake, judges_bodies)
{
    expect_request(GOOD "Content-Length: 0\r\n\r\n", "");
    expect_request(GOOD "Content-Length: 5\r\n\r\n", "REQ_BODY @152 ");
    expect_request(GOOD "Content-Length: 0\r\nContent-Length: 1\r\n\r\n", "REQ_BODY @171 ");
    expect_request(GOOD "Transfer-Encoding: chunked\r\n\r\n", "REQ_BODY @152 ");
}

Test(ws_handshake, judges_host_upgrade_and_connection)
{
    expect_request(LINE WIRE_UPGRADE WIRE_KEY_LINE WIRE_VERSION "\r\n", "REQ_HOST @0 ");
    expect_request(GOOD "Host: b\r\n\r\n", "REQ_HOST @152 ");
    expect_request(LINE "Host:\r\n" WIRE_UPGRADE WIRE_KEY_LINE WIRE_VERSION "\r\n",
                   "REQ_HOST @20 ");
    expect_request(LINE WIRE_HOST "Connection: Upgrade\r\n" WIRE_KEY_LINE WIRE_VERSION "\r\n",
                   "REQ_UPGRADE @0 ");
    expect_request(LINE WIRE_HOST
                   "Upgrade: websocket2\r\nConnection: close\r\n" WIRE_KEY_LINE WIRE_VERSION "\r\n",
                   "REQ_UPGRADE @39 REQ_CONNECTION @60 ");
}

Test(ws_handshake, judges_the_key)
{
    static const char *const bad[] = {
        "AAAA",                         /* 3 bytes */
        "AAAAAAAAAAAAAAAAAAAAAA",       /* no padding */
        "AAAAAAAAAAAAAAAAAAAAAAA=",     /* 17 bytes */
        "AAAAAAAAAAAAAAAAAAAAAAAA",     /* 18 bytes */
        "AAAAAAAAAAAAAAAAAAAAA-==",     /* the URL alphabet */
        "AAAAAAAAAAAAAAAAAAAAAAAAAA==", /* 19 bytes */
        "AAAAAAAAAAA AAAAAAAAAA==",
    };

    expect_request(BEFORE_KEY WIRE_VERSION "\r\n", "REQ_KEY_MISSING @0 ");
    expect_request(BEFORE_KEY "Sec-WebSocket-Key: \r\n" WIRE_VERSION "\r\n",
                   "REQ_KEY_MISSING @80 ");
    expect_request(GOOD WIRE_KEY_LINE "\r\n", "REQ_KEY_DOUBLE @152 ");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct buf text = wire_new();
        cr_assert(buf_print(&text, BEFORE_KEY "Sec-WebSocket-Key: %s\r\n" WIRE_VERSION "\r\n%c",
                            bad[i], 0));
        expect_request((const char *)text.ptr, "REQ_KEY_SHAPE @80 ");
        buf_free(&text);
    }
}

Test(ws_handshake, judges_the_version)
{
    static const char *const bad[] = { "8", "013", "13.0", "+13", "13, 8", "" };

    expect_request(BEFORE_KEY WIRE_KEY_LINE "\r\n", "REQ_WS_VERSION @0 ");
    expect_request(GOOD "Sec-WebSocket-Version: 8\r\n\r\n", "REQ_WS_VERSION_DOUBLE @152 ");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct buf text = wire_new();
        cr_assert(buf_print(&text, BEFORE_KEY WIRE_KEY_LINE "Sec-WebSocket-Version: %s\r\n\r\n%c",
                            bad[i], 0));
        expect_request((const char *)text.ptr, "REQ_WS_VERSION @125 ");
        buf_free(&text);
    }
}

Test(ws_handshake, judges_offered_subprotocols)
{
    expect_request(GOOD "Sec-WebSocket-Protocol:\r\n\r\n", "REQ_PROTOCOL @175 ");
    expect_request(GOOD "Sec-WebSocket-Protocol: ,\r\n\r\n", "REQ_PROTOCOL @176 ");
    expect_request(GOOD "Sec-WebSocket-Protocol: a, b c\r\n\r\n", "REQ_PROTOCOL @179 ");
    expect_request(GOOD "Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: \xe9\r\n\r\n",
                   "REQ_PROTOCOL @203 ");
    expect_request(GOOD "Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: A, a\r\n\r\n",
                   "REQ_PROTOCOL_TWICE @206 ");
}

Test(ws_handshake, compares_only_so_many_subprotocols)
{
    struct buf text = wire_new();

    wire_text(&text, GOOD "Sec-WebSocket-Protocol: ");
    for (int i = 0; i < 100; i++)
        cr_assert(buf_print(&text, "p%d,", i));
    const size_t at = text.len;
    cr_assert(buf_print(&text, "p70,p5\r\n\r\n%c", 0));
    struct buf expected = wire_new();
    cr_assert(buf_print(&expected, "REQ_PROTOCOL_TWICE @%zu %c", at + 4, 0));
    expect_request((const char *)text.ptr, (const char *)expected.ptr);
    buf_free(&text);
    buf_free(&expected);
}

Test(ws_handshake, judges_offered_extensions)
{
    expect_request(GOOD "Sec-WebSocket-Extensions:\r\n\r\n", "REQ_EXTENSIONS @177 ");
    expect_request(GOOD "Sec-WebSocket-Extensions: a, b;\r\n\r\n", "REQ_EXTENSIONS @183 ");
    expect_request(GOOD "Sec-WebSocket-Extensions: a\r\nSec-WebSocket-Extensions: b=c\r\n\r\n",
                   "REQ_EXTENSIONS @208 ");
}

Test(ws_handshake, tells_everything_in_the_order_of_the_table)
{
    expect_request("POST x HTTP/1.0\nA\x01: \x02\n\x20y\n"
                   "Sec-WebSocket-Key: a\nSec-WebSocket-Key: b\n"
                   "Sec-WebSocket-Version: 1\nSec-WebSocket-Version: 2\n"
                   "Sec-WebSocket-Protocol: a,a,/\nSec-WebSocket-Extensions: /\n\n",
                   "HTTP_BARE_LF @15 HTTP_FOLDED @22 HTTP_NAME_CHARS @17 HTTP_VALUE_CHARS @20 "
                   "REQ_METHOD @0 REQ_VERSION @7 REQ_TARGET @5 REQ_HOST @0 REQ_UPGRADE @0 "
                   "REQ_CONNECTION @0 REQ_KEY_DOUBLE @46 REQ_KEY_SHAPE @25 REQ_WS_VERSION @67 "
                   "REQ_WS_VERSION_DOUBLE @92 REQ_PROTOCOL @145 REQ_PROTOCOL_TWICE @143 "
                   "REQ_EXTENSIONS @173 ");
}

/* -- responses -- */

#define OFFERED GOOD "Sec-WebSocket-Protocol: a, b\r\nSec-WebSocket-Extensions: x; p, y\r\n\r\n"

#define SWITCHING "HTTP/1.1 101 Switching Protocols\r\n" /* 34 bytes */
#define ACCEPT_LINE "Sec-WebSocket-Accept: " WIRE_ACCEPT "\r\n"
#define ACCEPTED SWITCHING WIRE_UPGRADE ACCEPT_LINE /* 127 bytes */

static void expect_response(const char *text, struct ws_offer offer, const char *expected)
{
    struct http1_head *head = decode(text, HTTP1_RESPONSE);
    struct ws_findings found;

    ws_handshake_check_response(head, &offer, &found);
    expect_findings(&found, expected, text);
    free(head);
}

Test(ws_handshake, accepts_good_responses)
{
    struct http1_head *request = decode(OFFERED, HTTP1_REQUEST);
    const struct ws_offer offer = { BYTES_LIT(WIRE_KEY), request };
    const struct ws_offer spaced = { BYTES_LIT(" \t" WIRE_KEY " "), NULL };
    const struct ws_offer unknown = { .request = NULL };

    expect_response(ACCEPTED "\r\n", offer, "");
    expect_response(ACCEPTED "\r\n", spaced, "");
    expect_response(SWITCHING
                    "upgrade: WEBSOCKET\r\nconnection: x, upgrade\r\n" ACCEPT_LINE
                    "Sec-WebSocket-Protocol: b\r\n"
                    "Sec-WebSocket-Extensions: y\r\nSec-WebSocket-Extensions: x; q\r\n\r\n",
                    offer, "");
    expect_response(SWITCHING WIRE_UPGRADE "\r\n", unknown, "");
    expect_response(SWITCHING WIRE_UPGRADE "Sec-WebSocket-Accept: any\r\n\r\n", unknown, "");
    free(request);
}

Test(ws_handshake, judges_the_head_of_a_response)
{
    const struct ws_offer offer = { BYTES_LIT(WIRE_KEY), NULL };

    expect_response("HTTP/1.1 200 OK\nX: \x01\r\n\r\n", offer, "RES_STATUS @9 ");
    expect_response("HTTP/1.0 101 a\r\n" WIRE_UPGRADE ACCEPT_LINE "\r\n", offer, "RES_VERSION @0 ");
    expect_response("HTTP/1.2 101 a\n" WIRE_UPGRADE ACCEPT_LINE "\r\n", offer,
                    "HTTP_BARE_LF @14 RES_VERSION @0 ");
    expect_response(SWITCHING "Upgrade: websocket, x\r\nConnection: Upgrade\r\n" ACCEPT_LINE "\r\n",
                    offer, "RES_UPGRADE @34 ");
    expect_response(ACCEPTED "Upgrade: websocket\r\n\r\n", offer, "RES_UPGRADE @34 ");
    expect_response(SWITCHING "Upgrade: websocket\r\nConnection: close\r\n" ACCEPT_LINE "\r\n",
                    offer, "RES_CONNECTION @54 ");
    expect_response(SWITCHING ACCEPT_LINE "\r\n", offer, "RES_UPGRADE @0 RES_CONNECTION @0 ");
    expect_response(ACCEPTED "Content-Length: 0\r\n\r\n", offer, "RES_BODY @127 ");
    expect_response(ACCEPTED "Transfer-Encoding: chunked\r\n\r\n", offer, "RES_BODY @127 ");
}

Test(ws_handshake, judges_the_accept)
{
    const struct ws_offer offer = { BYTES_LIT(WIRE_KEY), NULL }, unknown = { .request = NULL };

    expect_response(SWITCHING WIRE_UPGRADE "\r\n", offer, "RES_ACCEPT_MISSING @0 ");
    expect_response(ACCEPTED ACCEPT_LINE "\r\n", offer, "RES_ACCEPT_DOUBLE @127 ");
    expect_response(ACCEPTED ACCEPT_LINE "\r\n", unknown, "RES_ACCEPT_DOUBLE @127 ");
    expect_response(SWITCHING WIRE_UPGRADE
                    "Sec-WebSocket-Accept: S3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
                    offer, "RES_ACCEPT_WRONG @75 ");
    expect_response(SWITCHING WIRE_UPGRADE "Sec-WebSocket-Accept:\r\n\r\n", offer,
                    "RES_ACCEPT_WRONG @75 ");
}

Test(ws_handshake, judges_the_choice_of_a_server)
{
    struct http1_head *request = decode(OFFERED, HTTP1_REQUEST);
    const struct ws_offer offer = { BYTES_LIT(WIRE_KEY), request };
    const struct ws_offer nothing = { BYTES_LIT(WIRE_KEY), NULL };

    expect_response(ACCEPTED "Sec-WebSocket-Protocol: c\r\n\r\n", offer,
                    "RES_PROTOCOL_UNASKED @127 ");
    expect_response(ACCEPTED "Sec-WebSocket-Protocol: A\r\n\r\n", offer,
                    "RES_PROTOCOL_UNASKED @127 ");
    expect_response(ACCEPTED "Sec-WebSocket-Protocol: a\r\n\r\n", nothing,
                    "RES_PROTOCOL_UNASKED @127 ");
    expect_response(ACCEPTED "Sec-WebSocket-Protocol:\r\n\r\n", offer, "RES_PROTOCOL_EMPTY @127 ");
    expect_response(ACCEPTED "Sec-WebSocket-Protocol: a, b\r\n\r\n", offer,
                    "RES_PROTOCOL_EMPTY @127 ");
    expect_response(ACCEPTED "Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: b\r\n\r\n",
                    offer, "RES_PROTOCOL_DOUBLE @154 ");
    expect_response(ACCEPTED "Sec-WebSocket-Extensions: x, z\r\n\r\n", offer,
                    "RES_EXTENSION_UNASKED @156 ");
    expect_response(ACCEPTED "Sec-WebSocket-Extensions: x\r\n\r\n", nothing,
                    "RES_EXTENSION_UNASKED @153 ");
    expect_response(ACCEPTED "Sec-WebSocket-Extensions:\r\n\r\n", offer, "RES_EXTENSIONS @152 ");
    expect_response(ACCEPTED "Sec-WebSocket-Extensions:\r\nSec-WebSocket-Extensions: x\r\n\r\n",
                    offer, "");
    expect_response(ACCEPTED "Sec-WebSocket-Extensions: x\r\nSec-WebSocket-Extensions:,\r\n\r\n",
                    offer, "");
    expect_response(ACCEPTED "Sec-WebSocket-Extensions:\r\nSec-WebSocket-Extensions: ,\r\n\r\n",
                    offer, "RES_EXTENSIONS @152 ");
    expect_response(ACCEPTED "Sec-WebSocket-Extensions: x;;\r\n\r\n", offer,
                    "RES_EXTENSIONS @155 ");
    free(request);
}

Test(ws_handshake, refuses_for_the_first_must)
{
    struct ws_findings f = { .count = 0 };

    cr_assert_eq(ws_handshake_refusal(&f, false), WS_RULE_NONE);
    f.list[f.count++] = (struct violation){ WS_RULE_HTTP_BARE_LF, 0 };
    cr_assert_eq(ws_handshake_refusal(&f, false), WS_RULE_NONE);
    f.list[f.count++] = (struct violation){ WS_RULE_REQ_HOST, 0 };
    f.list[f.count++] = (struct violation){ WS_RULE_REQ_METHOD, 0 };
    cr_assert_eq(ws_handshake_refusal(&f, false), WS_RULE_REQ_HOST);
}

/* -- writing -- */

/* A value that is longer than all that follows it, so that only it fails to fit. */
static const struct ws_header longer[] = {
    { BYTES_LIT("A"), BYTES_LIT("0123456789012345678901234567890123456789") }
};

static const struct ws_header more[] = { { BYTES_LIT("A"), BYTES_LIT("1") },
                                         { BYTES_LIT("B"), BYTES_LIT("") } };

Test(ws_handshake, writes_heads)
{
    struct buf out = wire_new();

    cr_assert(ws_handshake_write_request(&out, BYTES_LIT("/chat"), BYTES_LIT("example.com"),
                                         BYTES_LIT(WIRE_KEY), NULL, 0));
    cr_assert(bytes_eq_str(buf_bytes(&out), WIRE_REQUEST));
    buf_clear(&out);
    cr_assert(ws_handshake_write_accept(&out, BYTES_LIT(WIRE_ACCEPT), more, 2));
    cr_assert(bytes_eq_str(buf_bytes(&out), ACCEPTED "A: 1\r\nB: \r\n\r\n"));
    buf_clear(&out);
    cr_assert(ws_handshake_write_refusal(&out, 404, more, 1, BYTES_LIT("no")));
    cr_assert(bytes_eq_str(buf_bytes(&out),
                           "HTTP/1.1 404 Not Found\r\nA: 1\r\nConnection: close\r\n"
                           "Content-Type: text/plain; charset=utf-8\r\n"
                           "Content-Length: 2\r\n\r\nno"));
    buf_free(&out);
}

Test(ws_handshake, says_when_a_head_does_not_fit)
{
    struct buf out;

    for (size_t room = 0; room < 190; room++) {
        buf_init(&out, room);
        cr_assert_not(ws_handshake_write_request(&out, BYTES_LIT("/chat"), BYTES_LIT("example.com"),
                                                 BYTES_LIT(WIRE_KEY), longer, 1));
        buf_free(&out);
    }
}
