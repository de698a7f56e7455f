#include "support/guard.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/text.h"
#include "wire.h"
#include "ws/http1.h"

/* -- heads as text -- */

static void log_head(struct buf *log, const struct http1_head *head)
{
    if (head->kind == HTTP1_REQUEST)
        cr_assert(buf_print(log, "%.*s %.*s", BYTES_ARG(head->method), BYTES_ARG(head->target)));
    else
        cr_assert(buf_print(log, "%u '%.*s'", head->status, BYTES_ARG(head->reason)));
    cr_assert(buf_print(log, " %u.%u", head->major, head->minor));
    for (size_t i = 0; i < head->n_fields; i++) {
        const struct http1_field *f = &head->fields[i];
        cr_assert(buf_print(log, " | @%u ", (unsigned)f->at));
        cr_assert(text_quote(f->name, 99, log) && buf_push(log, '=') &&
                  text_quote(f->value, 99, log));
    }
    for (size_t i = 0; i < head->n_oddities && i < HTTP1_ODDITIES_MAX; i++)
        cr_assert(buf_print(log, " | %s @%u", ws_rule_row(head->oddities[i].rule)->name,
                            (unsigned)head->oddities[i].at));
}

struct decoded {
    enum ws_status status;
    struct buf log;
    size_t used;
};

static struct decoded decode(struct bytes in, enum http1_kind kind, struct http1_limits limits)
{
    struct guard g = guard_copy(in);
    struct http1_head *head = malloc(sizeof *head);
    struct violation why;
    struct decoded d = { .log = wire_new() };

    cr_assert(head);
    d.status = http1_decode(guard_bytes(&g), kind, limits, head, &d.used, &why);
    if (d.status == WS_OK)
        log_head(&d.log, head);
    else if (d.status == WS_BROKEN)
        cr_assert(
            buf_print(&d.log, "broken %s @%u", ws_rule_row(why.rule)->name, (unsigned)why.at));
    free(head);
    guard_free(&g);
    return d;
}

/* With each beginning of the head the decoder wants more, or already says what it says of all. */
static void expect(const char *text, enum http1_kind kind, struct http1_limits limits,
                   const char *expected)
{
    const struct bytes all = bytes_str(text);

    for (size_t len = 0; len <= all.len; len++) {
        struct decoded d = decode(bytes_take(all, len), kind, limits);
        if (len == all.len || d.status == WS_BROKEN)
            cr_assert(bytes_eq_str(buf_bytes(&d.log), expected), "%.*s\nnot %s\nfor %s",
                      BYTES_ARG(buf_bytes(&d.log)), expected, text);
        else
            cr_assert_eq(d.status, WS_MORE, "%zu bytes of %s", len, text);
        buf_free(&d.log);
    }
}

static void expect_request(const char *text, const char *expected)
{
    expect(text, HTTP1_REQUEST, (struct http1_limits){ 0 }, expected);
}

static void expect_response(const char *text, const char *expected)
{
    expect(text, HTTP1_RESPONSE, (struct http1_limits){ 0 }, expected);
}

Test(ws_http1, decodes_requests)
{
    expect_request("GET / HTTP/1.1\r\n\r\n", "GET / 1.1");
    expect_request("OPTIONS * HTTP/1.0\r\nHost: a\r\nX:\r\nY:\t b c \t\r\n\r\n",
                   "OPTIONS * 1.0 | @20 Host=a | @29 X= | @33 Y=b c");
    expect_request("GET http://a/b?c HTTP/2.0\r\na!#$%&'*+-.^_`|~Z9:1\r\n\r\n",
                   "GET http://a/b?c 2.0 | @27 a!#$%&'*+-.^_`|~Z9=1");
}

Test(ws_http1, skips_one_empty_line_in_front_of_a_request)
{
    expect_request("\r\nGET / HTTP/1.1\r\na: b\r\n\r\n", "GET / 1.1 | @18 a=b");
    expect_request("\r\n\r\nGET / HTTP/1.1\r\n\r\n", "broken HTTP_START_LINE @2");
    expect_response("\r\nHTTP/1.1 200 OK\r\n\r\n", "broken HTTP_START_LINE @0");
}

Test(ws_http1, decodes_responses)
{
    expect_response("HTTP/1.1 101 Switching Protocols\r\nA: b\r\n\r\n",
                    "101 'Switching Protocols' 1.1 | @34 A=b");
    expect_response("HTTP/1.0 200 \r\n\r\n", "200 '' 1.0");
    expect_response("HTTP/1.1 999\r\n\r\n", "999 '' 1.1");
    expect_response("HTTP/1.1 101 a\tb\x01\r\n\r\n", "101 'a\tb\x01' 1.1 | HTTP_VALUE_CHARS @16");
}

Test(ws_http1, stops_behind_the_empty_line)
{
    struct decoded d = decode(BYTES_LIT("GET / HTTP/1.1\r\n\r\nHost: a\r\n\r\n"), HTTP1_REQUEST,
                              (struct http1_limits){ 0 });

    cr_assert_eq(d.status, WS_OK);
    cr_assert_eq(d.used, 18);
    buf_free(&d.log);
}

Test(ws_http1, refuses_what_is_no_start_line)
{
    static const char *const requests[] = {
        "GET\r\n",
        "GET /\r\n",
        "GET  HTTP/1.1\r\n",
        "GET  / HTTP/1.1\r\n",
        " GET / HTTP/1.1\r\n",
        "G(T / HTTP/1.1\r\n",
        "GET / HTTP/1.1 \r\n",
        "GET / HTTP/11\r\n",
        "GET / HTTP/1.x\r\n",
        "GET / HTTP/x.1\r\n",
        "GET / HTTP/1,1\r\n",
        "GET / http/1.1\r\n",
        "GET / HTTP/1.10\r\n",
        "GET / a HTTP/1.1\r\n",
    };
    static const char *const responses[] = {
        "\r\n",
        "HTTP/1.1\r\n",
        "HTTP/1.1 \r\n",
        "HTTP/1.1 10\r\n",
        "HTTP/1.1 1010\r\n",
        "HTTP/1.1 1x1 a\r\n",
        "HTTP/1.1 10x a\r\n",
        "HTTP/1.1 x01 a\r\n",
        "HTTP/1.1 001 a\r\n",
        "HTTP/1.1-101 a\r\n",
        "HTTP/1.1  101 a\r\n",
        "GET / HTTP/1.1\r\n",
    };
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
        expect_request(requests[i], "broken HTTP_START_LINE @0");
    for (size_t i = 0; i < sizeof responses / sizeof *responses; i++)
        expect_response(responses[i], "broken HTTP_START_LINE @0");
}

Test(ws_http1, refuses_lines_without_colon_or_name)
{
    expect_request("GET / HTTP/1.1\r\nHost\r\n", "broken HTTP_NO_COLON @16");
    expect_request("GET / HTTP/1.1\r\nA: b\r\n: c\r\n", "broken HTTP_NO_COLON @22");
    expect_request("GET / HTTP/1.1\r\nA: b\r\nC \r\n", "broken HTTP_NO_COLON @22");
    expect_request("GET / HTTP/1.1\r\n A: b\r\n", "broken HTTP_NO_COLON @16");
}

Test(ws_http1, notes_oddities_with_their_offset)
{
    expect_request("GET / HTTP/1.1\nA: b\r\n\n",
                   "GET / 1.1 | @15 A=b | HTTP_BARE_LF @14 | HTTP_BARE_LF @21");
    expect_request(
        "GET / HTTP/1.1\r\nA: b\r\n c\r\n\td \r\n \r\nE: f\r\n\r\n",
        "GET / 1.1 | @16 A=b\\r\\n c\\r\\n\\td | @34 E=f | HTTP_FOLDED @22 | HTTP_FOLDED "
        "@26 | HTTP_FOLDED @31");
    expect_request("GET / HTTP/1.1\r\nA:\r\n b\x02\r\n\r\n",
                   "GET / 1.1 | @16 A=b\\x02 | HTTP_FOLDED @20 | HTTP_VALUE_CHARS @22");
    expect_request("GET / HTTP/1.1\r\nA b: c\r\nD : e\r\n\xe9: f\r\n\r\n",
                   "GET / 1.1 | @16 A b=c | @24 D=e | @31 \\xe9=f | HTTP_NAME_CHARS @17 | "
                   "HTTP_NAME_CHARS @25 | HTTP_NAME_CHARS @31");
    expect_request("GET / HTTP/1.1\r\nA: b\rc\x7f\r\nD: \xe9\r\n\r\n",
                   "GET / 1.1 | @16 A=b\\rc\\x7f | @25 D=\\xe9 | HTTP_VALUE_CHARS @20");
}

Test(ws_http1, notes_a_nul)
{
    struct decoded d = decode(BYTES_LIT("GET / HTTP/1.1\r\nA: b\0c\r\n\r\n"), HTTP1_REQUEST,
                              (struct http1_limits){ 0 });

    cr_assert(bytes_eq_str(buf_bytes(&d.log), "GET / 1.1 | @16 A=b\\x00c | HTTP_VALUE_CHARS @20"));
    buf_free(&d.log);
}

/* Twenty bare LFs fill the list; the bad name behind them is told all the same. */
Test(ws_http1, never_hides_one_kind_of_oddity_behind_another)
{
    struct buf wire = wire_new();
    struct http1_head *head = malloc(sizeof *head);
    struct violation why;
    size_t used, names = 0, folds = 0;

    cr_assert(head);
    wire_text(&wire, "GET / HTTP/1.1\n");
    for (int i = 0; i < 20; i++)
        wire_text(&wire, "A: b\n");
    wire_text(&wire, "C D: e\n f\nG H: i\n\n");
    cr_assert_eq(http1_decode(buf_bytes(&wire), HTTP1_REQUEST, (struct http1_limits){ 0 }, head,
                              &used, &why),
                 WS_OK);
    cr_assert_eq(head->n_oddities, 28, "%zu", head->n_oddities);
    for (size_t i = 0; i < HTTP1_ODDITIES_MAX; i++) {
        names += head->oddities[i].rule == WS_RULE_HTTP_NAME_CHARS;
        folds += head->oddities[i].rule == WS_RULE_HTTP_FOLDED;
        if (i > 0)
            cr_assert_gt(head->oddities[i].at, head->oddities[i - 1].at);
    }
    cr_assert(names == 1 && folds == 1);
    free(head);
    buf_free(&wire);
}

Test(ws_http1, keeps_its_limits)
{
    const struct http1_limits fits = { .head_bytes = 18 }, small = { .head_bytes = 17 };
    const struct http1_limits two = { .fields = 2 };

    expect("GET / HTTP/1.1\r\n\r\n", HTTP1_REQUEST, fits, "GET / 1.1");
    expect("GET / HTTP/1.1\r\n\r\n", HTTP1_REQUEST, small, "broken HTTP_TOO_LARGE @17");
    expect("GET / HTTP/1.1\r\nA: b\r\nC\r\n", HTTP1_REQUEST, small, "broken HTTP_TOO_LARGE @17");
    expect("GET / HTTP/1.1\r\nA:\r\nB:\r\n\r\n", HTTP1_REQUEST, two, "GET / 1.1 | @16 A= | @20 B=");
    expect("GET / HTTP/1.1\r\nA:\r\nB:\r\nC:\r\n\r\n", HTTP1_REQUEST, two,
           "broken HTTP_TOO_MANY @24");
}

Test(ws_http1, never_takes_more_fields_than_it_has_room_for)
{
    struct buf wire = wire_new();
    const struct http1_limits many = { .fields = 1000 };

    wire_text(&wire, "GET / HTTP/1.1\r\n");
    for (int i = 0; i < HTTP1_FIELDS_MAX; i++)
        wire_text(&wire, "A:\r\n");
    struct decoded d = decode(buf_bytes(&wire), HTTP1_REQUEST, many);
    cr_assert_eq(d.status, WS_MORE);
    buf_free(&d.log);
    wire_text(&wire, "A:\r\n");
    d = decode(buf_bytes(&wire), HTTP1_REQUEST, many);
    cr_assert(bytes_eq_str(buf_bytes(&d.log), "broken HTTP_TOO_MANY @528"));
    buf_free(&d.log);
    buf_free(&wire);
}

/* -- looking things up -- */

static struct http1_head *head_of(const char *text)
{
    struct http1_head *head = malloc(sizeof *head);
    struct violation why;
    size_t used;

    cr_assert(head);
    cr_assert_eq(
        http1_decode(bytes_str(text), HTTP1_REQUEST, (struct http1_limits){ 0 }, head, &used, &why),
        WS_OK);
    return head;
}

Test(ws_http1, finds_fields_without_case_and_in_order)
{
    struct http1_head *head = head_of("GET / HTTP/1.1\r\nA: 1\r\nB: 2\r\na: 3\r\n\r\n");

    cr_assert(bytes_eq_str(http1_field(head, "a", 0)->value, "1"));
    cr_assert(bytes_eq_str(http1_field(head, "A", 1)->value, "3"));
    cr_assert_null(http1_field(head, "A", 2));
    cr_assert_null(http1_field(head, "AB", 0));
    cr_assert_eq(http1_count(head, "a"), 2);
    cr_assert_eq(http1_count(head, "c"), 0);
    free(head);
}

static void expect_list(const char *value, const char *expected)
{
    struct bytes rest = bytes_str(value), element;
    struct buf log = wire_new();

    while (http1_list_next(&rest, &element))
        cr_assert(buf_print(&log, "[%.*s]", BYTES_ARG(element)));
    cr_assert(bytes_eq_str(buf_bytes(&log), expected), "%.*s", BYTES_ARG(buf_bytes(&log)));
    buf_free(&log);
}

Test(ws_http1, walks_lists)
{
    expect_list("", "");
    expect_list(" , ,\t", "");
    expect_list("a", "[a]");
    expect_list("a,b , c d ,, e", "[a][b][c d][e]");
    expect_list("a\r\n , b", "[a][b]");
    expect_list("a;b=\"c,d\", e", "[a;b=\"c,d\"][e]");
    expect_list("\"a\\\",b\", c", "[\"a\\\",b\"][c]");
    expect_list("\"a, b", "[\"a, b]");
    expect_list("\"a\\", "[\"a\\]");
    expect_list("a\\,b", "[a\\][b]");
}

Test(ws_http1, finds_tokens_in_any_line)
{
    struct http1_head *head = head_of("GET / HTTP/1.1\r\nConnection: keep-alive, Foo\r\n"
                                      "Connection: x, UPGRADE\r\n\r\n");

    cr_assert(http1_has_token(head, "connection", "upgrade"));
    cr_assert(http1_has_token(head, "Connection", "foo"));
    cr_assert_not(http1_has_token(head, "Connection", "upgrad"));
    cr_assert_not(http1_has_token(head, "Upgrade", "x"));
    free(head);
}

Test(ws_http1, knows_tokens)
{
    static const char separators[] = "()<>@,;:\\\"/[]?={} \t\x7f\x01\x80\xff";

    cr_assert(http1_is_token(BYTES_LIT("permessage-deflate_1.0~")));
    cr_assert_not(http1_is_token(BYTES_LIT("")));
    for (const char *s = separators; *s; s++) {
        const char text[] = { 'a', *s };
        cr_assert_not(http1_is_token(bytes_of(text, 2)), "%02x", (unsigned char)*s);
    }
}

Test(ws_http1, knows_reasons)
{
    cr_assert_str_eq(http1_reason(101), "Switching Protocols");
    cr_assert_str_eq(http1_reason(404), "Not Found");
    cr_assert_str_eq(http1_reason(505), "HTTP Version Not Supported");
    cr_assert_str_eq(http1_reason(299), "");
    for (unsigned status = 0; status < 1000; status++)
        if (*http1_reason(status) != '\0')
            cr_assert(status >= 100 && status < 600, "%u", status);
}
