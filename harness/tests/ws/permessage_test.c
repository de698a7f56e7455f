#include "support/guard.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "support/heap.h"
#include "wire.h"
#include "ws/permessage.h"

/* Parameters as text: "st ct s=10 c=12 hint". */
static void log_params(struct buf *log, const struct ws_permessage *p)
{
    cr_assert(buf_print(log, "%s%s", p->server_no_takeover ? " st" : "",
                        p->client_no_takeover ? " ct" : ""));
    if (p->server_bits)
        cr_assert(buf_print(log, " s=%u", p->server_bits));
    if (p->client_bits)
        cr_assert(buf_print(log, " c=%u", p->client_bits));
    if (p->client_bits_hint)
        cr_assert(buf_print(log, " hint"));
}

static void expect_text(struct buf *log, const char *expected, const char *what)
{
    cr_assert(bytes_eq_str(buf_bytes(log), expected), "\"%.*s\" instead of \"%s\" for %s",
              BYTES_ARG(buf_bytes(log)), expected, what);
    buf_free(log);
}

/* -- one element -- */

/* `params` stands behind the name; what is read of it, or the rule and the index in it. */
static void expect_read(const char *params, bool in_response, const char *expected)
{
    struct buf text = wire_new(), log = wire_new();
    struct ws_permessage p;
    struct ws_extension e;
    const uint8_t *at;
    size_t bad_at;

    cr_assert(buf_print(&text, "permessage-deflate%s", params));
    struct guard g = guard_copy(buf_bytes(&text));
    struct bytes rest = guard_bytes(&g);
    cr_assert_eq(ws_extension_next(&rest, &e, &bad_at), WS_OK, "%s", params);
    cr_assert(ws_permessage_is(&e));
    const enum ws_rule rule = ws_permessage_read(&e, in_response, &p, &at);
    if (rule == WS_RULE_NONE)
        log_params(&log, &p);
    else
        cr_assert(buf_print(&log, "%s @%zu", ws_rule_row(rule)->name,
                            (size_t)(at - g.ptr) - strlen("permessage-deflate")));
    expect_text(&log, expected, params);
    guard_free(&g);
    buf_free(&text);
}

static const struct {
    const char *params, *offered, *answered;
} reads[] = {
    { "", "", "" },
    { "; server_no_context_takeover", " st", " st" },
    { "; client_no_context_takeover", " ct", " ct" },
    { "; server_max_window_bits=8", " s=8", " s=8" },
    { "; server_max_window_bits=15", " s=15", " s=15" },
    { "; client_max_window_bits=9", " c=9", " c=9" },
    { ";client_max_window_bits=10 ;server_no_context_takeover;server_max_window_bits = 11;"
      "client_no_context_takeover",
      " st ct s=11 c=10", " st ct s=11 c=10" },
    { "; client_max_window_bits", " hint", "PMD_CLIENT_BITS @2" },
    { "; server_max_window_bits", "PMD_SERVER_BITS @2", "PMD_SERVER_BITS @2" },

    /* values */
    { "; server_max_window_bits=\"10\"", " s=10", " s=10" },
    { "; server_max_window_bits=\"1\\0\"", " s=10", " s=10" },
    { "; client_max_window_bits=\"\\1\\5\"", " c=15", " c=15" },
    { "; client_max_window_bits=\"0\\8\"", "PMD_CLIENT_BITS @2", "PMD_CLIENT_BITS @2" },
    { "; server_max_window_bits=7", "PMD_SERVER_BITS @2", "PMD_SERVER_BITS @2" },
    { "; server_max_window_bits=16", "PMD_SERVER_BITS @2", "PMD_SERVER_BITS @2" },
    { "; server_max_window_bits=0", "PMD_SERVER_BITS @2", "PMD_SERVER_BITS @2" },
    { "; server_max_window_bits=08", "PMD_SERVER_BITS @2", "PMD_SERVER_BITS @2" },
    { "; server_max_window_bits=010", "PMD_SERVER_BITS @2", "PMD_SERVER_BITS @2" },
    { "; server_max_window_bits=+10", "PMD_SERVER_BITS @2", "PMD_SERVER_BITS @2" },
    { "; server_max_window_bits=-9", "PMD_SERVER_BITS @2", "PMD_SERVER_BITS @2" },
    { "; server_max_window_bits=1e1", "PMD_SERVER_BITS @2", "PMD_SERVER_BITS @2" },
    { "; server_max_window_bits=10.0", "PMD_SERVER_BITS @2", "PMD_SERVER_BITS @2" },
    { "; server_max_window_bits=266", "PMD_SERVER_BITS @2", "PMD_SERVER_BITS @2" }, /* 10 + 256 */
    { "; client_max_window_bits=4294967306", "PMD_CLIENT_BITS @2", "PMD_CLIENT_BITS @2" },
    { "; client_max_window_bits=7", "PMD_CLIENT_BITS @2", "PMD_CLIENT_BITS @2" },
    { "; client_max_window_bits=99", "PMD_CLIENT_BITS @2", "PMD_CLIENT_BITS @2" },
    { "; client_max_window_bits=\"a\"", "PMD_CLIENT_BITS @2", "PMD_CLIENT_BITS @2" },
    { "; server_no_context_takeover=1", "PMD_SERVER_TAKEOVER_VALUE @2",
      "PMD_SERVER_TAKEOVER_VALUE @2" },
    { "; server_no_context_takeover=\"true\"", "PMD_SERVER_TAKEOVER_VALUE @2",
      "PMD_SERVER_TAKEOVER_VALUE @2" },
    { "; client_no_context_takeover=true", "PMD_CLIENT_TAKEOVER_VALUE @2",
      "PMD_CLIENT_TAKEOVER_VALUE @2" },

    /* names */
    { "; foo", "PMD_UNKNOWN_OFFERED @2", "PMD_UNKNOWN_ANSWERED @2" },
    { "; foo=1", "PMD_UNKNOWN_OFFERED @2", "PMD_UNKNOWN_ANSWERED @2" },
    { "; Server_Max_Window_Bits=10", "PMD_UNKNOWN_OFFERED @2", "PMD_UNKNOWN_ANSWERED @2" },
    { "; server_max_window_bit=10", "PMD_UNKNOWN_OFFERED @2", "PMD_UNKNOWN_ANSWERED @2" },
    { "; server_max_window_bitsx=10", "PMD_UNKNOWN_OFFERED @2", "PMD_UNKNOWN_ANSWERED @2" },

    /* twice */
    { "; server_no_context_takeover; server_no_context_takeover", "PMD_TWICE_OFFERED @30",
      "PMD_TWICE_ANSWERED @30" },
    { "; client_no_context_takeover; server_no_context_takeover; client_no_context_takeover",
      "PMD_TWICE_OFFERED @58", "PMD_TWICE_ANSWERED @58" },
    { "; server_max_window_bits=10; server_max_window_bits=10", "PMD_TWICE_OFFERED @29",
      "PMD_TWICE_ANSWERED @29" },
    { "; client_max_window_bits=12; client_max_window_bits", "PMD_TWICE_OFFERED @29",
      "PMD_CLIENT_BITS @29" },

    /* the first that is wrong */
    { "; server_no_context_takeover; foo; server_max_window_bits=7", "PMD_UNKNOWN_OFFERED @30",
      "PMD_UNKNOWN_ANSWERED @30" },
    { "; server_max_window_bits=7; server_max_window_bits=10", "PMD_SERVER_BITS @2",
      "PMD_SERVER_BITS @2" },
};

Test(ws_permessage, reads_the_parameters_of_an_element)
{
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++) {
        expect_read(reads[i].params, false, reads[i].offered);
        expect_read(reads[i].params, true, reads[i].answered);
    }
}

static bool is_ours(const char *value)
{
    struct bytes rest = bytes_str(value);
    struct ws_extension e;
    size_t bad_at;

    cr_assert_eq(ws_extension_next(&rest, &e, &bad_at), WS_OK);
    return ws_permessage_is(&e);
}

Test(ws_permessage, knows_its_name)
{
    cr_assert(is_ours("permessage-deflate; foo"));
    cr_assert_not(is_ours("permessage-deflate2"));
    cr_assert_not(is_ours("permessage-bzip2"));
    cr_assert_not(is_ours("x-webkit-deflate-frame"));
}

static const struct {
    struct ws_permessage params;
    const char *text;
} prints[] = {
    { { 0 }, "permessage-deflate" },
    { { .server_no_takeover = true }, "permessage-deflate; server_no_context_takeover" },
    { { .client_no_takeover = true }, "permessage-deflate; client_no_context_takeover" },
    { { .server_bits = 8 }, "permessage-deflate; server_max_window_bits=8" },
    { { .client_bits = 15 }, "permessage-deflate; client_max_window_bits=15" },
    { { .client_bits_hint = true }, "permessage-deflate; client_max_window_bits" },
    { { .server_no_takeover = true,
        .client_no_takeover = true,
        .server_bits = 9,
        .client_bits = 10 },
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
      "server_max_window_bits=9; client_max_window_bits=10" },
};

Test(ws_permessage, prints_what_it_reads)
{
    for (size_t i = 0; i < sizeof prints / sizeof *prints; i++) {
        struct buf out = wire_new(), log = wire_new();
        cr_assert(ws_permessage_print(&prints[i].params, &out));
        cr_assert(bytes_eq_str(buf_bytes(&out), prints[i].text), "%.*s",
                  BYTES_ARG(buf_bytes(&out)));
        log_params(&log, &prints[i].params);
        cr_assert(buf_push(&log, '\0'));
        expect_read(prints[i].text + strlen("permessage-deflate"), false, (const char *)log.ptr);
        buf_free(&log);
        buf_free(&out);
    }
}

static bool prints_all(void *ctx)
{
    struct buf out = wire_new();
    const bool ok = ws_permessage_print(ctx, &out);

    buf_free(&out);
    return ok;
}

Test(ws_permessage, gives_in_when_memory_runs_out)
{
    struct ws_permessage all = { true, true, 10, 11, false };

    cr_assert_geq(heap_fail_each(prints_all, &all), 2);
}

/* -- an answer to an offer -- */

static const struct {
    struct ws_permessage offer, response;
    enum ws_rule rule;
} fits[] = {
    { { 0 }, { 0 }, WS_RULE_NONE },
    { { 0 },
      { .server_no_takeover = true, .client_no_takeover = true, .server_bits = 10 },
      WS_RULE_NONE },
    { { .client_no_takeover = true }, { 0 }, WS_RULE_NONE }, /* a hint */
    { { .server_no_takeover = true }, { 0 }, WS_RULE_PMD_TAKEOVER_IGNORED },
    { { .server_no_takeover = true },
      { .client_no_takeover = true },
      WS_RULE_PMD_TAKEOVER_IGNORED },
    { { .server_no_takeover = true }, { .server_no_takeover = true }, WS_RULE_NONE },
    { { .server_bits = 10 }, { 0 }, WS_RULE_PMD_BITS_IGNORED },
    { { .server_bits = 10 }, { .server_bits = 11 }, WS_RULE_PMD_BITS_IGNORED },
    { { .server_bits = 10 }, { .server_bits = 10 }, WS_RULE_NONE },
    { { .server_bits = 10 }, { .server_bits = 8 }, WS_RULE_NONE },
    { { .server_bits = 15 }, { 0 }, WS_RULE_PMD_BITS_IGNORED },
    { { 0 }, { .client_bits = 15 }, WS_RULE_PMD_CLIENT_BITS_UNASKED },
    { { .server_bits = 10 },
      { .server_bits = 10, .client_bits = 10 },
      WS_RULE_PMD_CLIENT_BITS_UNASKED },
    { { .client_bits_hint = true }, { .client_bits = 8 }, WS_RULE_NONE },
    { { .client_bits_hint = true }, { 0 }, WS_RULE_NONE },
    { { .client_bits = 10 }, { .client_bits = 8 }, WS_RULE_NONE },
    { { .client_bits = 10 }, { .client_bits = 12 }, WS_RULE_NONE }, /* RFC7692-7.1.2.2-6 */
    { { .client_bits = 10 }, { 0 }, WS_RULE_NONE },
};

Test(ws_permessage, holds_a_response_against_an_offer)
{
    for (size_t i = 0; i < sizeof fits / sizeof *fits; i++)
        cr_assert_eq(ws_permessage_fits(&fits[i].offer, &fits[i].response), fits[i].rule, "row %zu",
                     i);
}

/* -- heads -- */

#define EXTENSIONS "Sec-WebSocket-Extensions: "
#define PMD "permessage-deflate"

/* `values`: of extension lines, with a line break between two; NULL: no line. To be freed, and
 * lives as long as `text`. */
static struct http1_head *head_with(const char *first, const char *values, struct buf *text)
{
    struct http1_head *head = malloc(sizeof *head);
    struct violation why;
    size_t used;

    wire_text(text, first);
    for (struct bytes rest = bytes_str(values); values && rest.ptr;) {
        struct bytes line = bytes_take(rest, bytes_index(rest, 0, '\n'));
        cr_assert(buf_print(text, EXTENSIONS "%.*s\r\n", BYTES_ARG(line)));
        if (line.len == rest.len)
            break;
        rest = bytes_skip(rest, line.len + 1);
    }
    wire_text(text, "\r\n");
    cr_assert(head);
    cr_assert_eq(http1_decode(buf_bytes(text), first[0] == 'G' ? HTTP1_REQUEST : HTTP1_RESPONSE,
                              (struct http1_limits){ 0 }, head, &used, &why),
                 WS_OK);
    return head;
}

#define GET "GET / HTTP/1.1\r\n"
#define SWITCHING "HTTP/1.1 101 S\r\n"
#define OK_200 "HTTP/1.1 200 OK\r\n"

static const struct ws_permessage no_wishes,
    small = { .server_bits = 10, .client_bits = 11 },
    no_takeover = { .server_no_takeover = true, .client_no_takeover = true };

static const struct {
    const char *offers;
    const struct ws_permessage *wanted;
    const char *answer; /* NULL: none */
} answers[] = {
    { NULL, &no_wishes, NULL },
    { "", &no_wishes, NULL },
    { "x-webkit-deflate-frame", &no_wishes, NULL },
    { PMD, &no_wishes, "" },
    { "x, " PMD ", y", &no_wishes, "" },
    { "x\ny, " PMD, &no_wishes, "" },

    /* what the offer asks for is met, its hints are taken up */
    { PMD "; server_no_context_takeover", &no_wishes, " st" },
    { PMD "; client_no_context_takeover", &no_wishes, " ct" },
    { PMD "; server_max_window_bits=9", &no_wishes, " s=9" },
    { PMD "; server_max_window_bits=15", &no_wishes, " s=15" },
    { PMD "; client_max_window_bits", &no_wishes, "" },
    { PMD "; client_max_window_bits=12", &no_wishes, " c=12" },

    /* the server's limits and wishes */
    { PMD, &small, " s=10" }, /* the client's window cannot be asked for */
    { PMD "; client_max_window_bits", &small, " s=10 c=11" },
    { PMD "; client_max_window_bits=9; server_max_window_bits=8", &small, " s=8 c=9" },
    { PMD "; client_max_window_bits=15; server_max_window_bits=15", &small, " s=10 c=11" },
    { PMD, &no_takeover, " st ct" },
    { PMD "; server_max_window_bits=8", &no_takeover, " st ct s=8" },

    /* the first good one wins; what has to be declined is passed over */
    { PMD "; server_max_window_bits=10, " PMD, &no_wishes, " s=10" },
    { PMD ", " PMD "; server_max_window_bits=10", &no_wishes, "" },
    { PMD "; foo", &no_wishes, NULL },
    { PMD "; foo, " PMD "; server_no_context_takeover", &no_wishes, " st" },
    { PMD "; server_max_window_bits=16\n" PMD "; server_max_window_bits=7\n" PMD
          "; client_max_window_bits=8",
      &no_wishes, " c=8" },
    { PMD "; client_max_window_bits; client_max_window_bits=10", &no_wishes, NULL },
    { PMD "; server_no_context_takeover=1", &no_wishes, NULL },

    /* a line that breaks its grammar counts as far as it can be read */
    { PMD "; server_max_window_bits=9, ;", &no_wishes, " s=9" },
    { "x y, " PMD "\n" PMD "; client_no_context_takeover", &no_wishes, " ct" },
};

Test(ws_permessage, answers_the_first_offer_that_it_can_meet)
{
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        struct buf text = wire_new(), log = wire_new();
        struct http1_head *head = head_with(GET, answers[i].offers, &text);
        struct ws_permessage out;
        const bool any = ws_permessage_answer(head, answers[i].wanted, &out);
        cr_assert_eq(any, answers[i].answer != NULL, "row %zu", i);
        if (any)
            log_params(&log, &out);
        expect_text(&log, any ? answers[i].answer : "", answers[i].offers);
        free(head);
        buf_free(&text);
    }
}

static const struct {
    const char *first, *values;
    const char *agreed; /* NULL: nothing */
} agreements[] = {
    { SWITCHING, NULL, NULL },
    { SWITCHING, "x", NULL },
    { OK_200, PMD, NULL },
    { SWITCHING, PMD, "" },
    { SWITCHING, PMD "; server_no_context_takeover; client_max_window_bits=9", " st c=9" },
    { SWITCHING, "x\n" PMD "; server_max_window_bits=9\n" PMD, " s=9" },
    { SWITCHING, PMD "; client_no_context_takeover; foo; server_max_window_bits=9", " ct" },
};

Test(ws_permessage, the_response_alone_says_what_is_agreed_on)
{
    for (size_t i = 0; i < sizeof agreements / sizeof *agreements; i++) {
        struct buf text = wire_new(), log = wire_new();
        struct http1_head *head = head_with(agreements[i].first, agreements[i].values, &text);
        struct ws_permessage out;
        const bool any = ws_permessage_agreed(head, &out);
        cr_assert_eq(any, agreements[i].agreed != NULL, "row %zu", i);
        if (any)
            log_params(&log, &out);
        expect_text(&log, any ? agreements[i].agreed : "", agreements[i].values);
        free(head);
        buf_free(&text);
    }
}

Test(ws_permessage, each_direction_has_its_window_and_its_takeover)
{
    const struct ws_permessage none = { 0 }, some = { .server_no_takeover = true,
                                                      .server_bits = 9,
                                                      .client_bits = 12 };
    struct ws_permessage_way way = ws_permessage_from_server(&none);

    cr_assert(way.bits == 15 && way.takeover);
    way = ws_permessage_from_client(&none);
    cr_assert(way.bits == 15 && way.takeover);
    way = ws_permessage_from_server(&some);
    cr_assert(way.bits == 9 && !way.takeover);
    way = ws_permessage_from_client(&some);
    cr_assert(way.bits == 12 && way.takeover);
}

/* -- what is wrong with a head, and the byte in its extension values that shows it -- */

static void log_rule(struct buf *log, enum ws_rule rule, const uint8_t *at, const struct buf *text)
{
    const size_t before = bytes_find(buf_bytes(text), BYTES_LIT(EXTENSIONS)) + strlen(EXTENSIONS);

    if (rule != WS_RULE_NONE)
        cr_assert(
            buf_print(log, "%s @%zu", ws_rule_row(rule)->name, (size_t)(at - text->ptr) - before));
}

static const struct {
    const char *offers, *found;
} requests[] = {
    { NULL, "" },
    { PMD, "" },
    { PMD "; client_max_window_bits, x, " PMD, "" },
    { PMD "; foo", "PMD_UNKNOWN_OFFERED @20" },
    { PMD "; client_max_window_bits=16", "PMD_CLIENT_BITS @20" },
    { "x; foo, " PMD "; server_max_window_bits", "PMD_SERVER_BITS @28" },
    { PMD ", " PMD "; client_no_context_takeover; client_no_context_takeover",
      "PMD_TWICE_OFFERED @68" },
    { PMD "; foo, " PMD "; server_no_context_takeover=1", "PMD_UNKNOWN_OFFERED @20" },
    { "x\n" PMD "; server_no_context_takeover=1", "PMD_SERVER_TAKEOVER_VALUE @49" },
    { PMD "; client_no_context_takeover=1", "PMD_CLIENT_TAKEOVER_VALUE @20" },
};

Test(ws_permessage, finds_the_first_bad_offer)
{
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        struct buf text = wire_new(), log = wire_new();
        struct http1_head *head = head_with(GET, requests[i].offers, &text);
        const uint8_t *at = NULL;
        const enum ws_rule rule = ws_permessage_check_request(head, &at);
        log_rule(&log, rule, at, &text);
        expect_text(&log, requests[i].found, requests[i].offers);
        free(head);
        buf_free(&text);
    }
}

static const struct {
    const char *offers, *answer, *found;
} responses[] = {
    { PMD, NULL, "" },
    { NULL, PMD, "" }, /* unasked altogether: a rule about all extensions */
    { PMD, PMD, "" },
    { PMD, PMD "; server_no_context_takeover; client_no_context_takeover", "" },
    { PMD, PMD "; foo", "PMD_UNKNOWN_ANSWERED @20" },
    { PMD, PMD "; server_max_window_bits=08", "PMD_SERVER_BITS @20" },
    { PMD "; client_max_window_bits", PMD "; client_max_window_bits", "PMD_CLIENT_BITS @20" },
    { PMD, PMD "; server_no_context_takeover; server_no_context_takeover",
      "PMD_TWICE_ANSWERED @48" },
    { PMD, PMD "; client_max_window_bits=15", "PMD_CLIENT_BITS_UNASKED @0" },
    { PMD "; server_no_context_takeover", "x, " PMD, "PMD_TAKEOVER_IGNORED @3" },
    { PMD "; server_max_window_bits=10", PMD, "PMD_BITS_IGNORED @0" },
    { PMD "; server_max_window_bits=10", PMD "; server_max_window_bits=11", "PMD_BITS_IGNORED @0" },
    { PMD, PMD ", " PMD, "PMD_ANSWERED_TWICE @20" },
    { PMD, PMD "\n" PMD, "PMD_ANSWERED_TWICE @46" },

    /* one of several offers has to be met */
    { PMD "; server_max_window_bits=10, " PMD, PMD, "" },
    { PMD ", " PMD "; client_max_window_bits", PMD "; client_max_window_bits=9", "" },
    { PMD "; server_max_window_bits=10, " PMD "; server_no_context_takeover", PMD,
      "PMD_TAKEOVER_IGNORED @0" },
    { PMD "; server_max_window_bits=10\n" PMD "; server_no_context_takeover",
      PMD "; server_max_window_bits=9", "" },

    /* bad offers */
    { PMD "; foo", PMD, "PMD_BAD_OFFER_TAKEN @0" },
    { PMD "; server_max_window_bits=7", PMD "; server_max_window_bits=8",
      "PMD_BAD_OFFER_TAKEN @0" },
    { PMD "; server_max_window_bits=08", PMD "; server_max_window_bits=8", "PMD_ZERO_TAKEN @0" },
    { PMD "; client_max_window_bits=010", PMD, "PMD_ZERO_TAKEN @0" },
    { PMD "; client_max_window_bits=0", PMD, "PMD_BAD_OFFER_TAKEN @0" },
    { PMD "; client_max_window_bits=0xa", PMD, "PMD_BAD_OFFER_TAKEN @0" },
    { PMD "; client_max_window_bits=09; foo", PMD, "PMD_ZERO_TAKEN @0" },
    { PMD "; foo; client_max_window_bits=09", PMD, "PMD_BAD_OFFER_TAKEN @0" },
    { PMD "; foo, " PMD, PMD, "" },
    { PMD ", " PMD "; foo", PMD, "" },
    { PMD "; foo, " PMD "; server_max_window_bits=10", PMD, "PMD_BITS_IGNORED @0" },
};

Test(ws_permessage, finds_what_is_wrong_with_a_response)
{
    for (size_t i = 0; i < sizeof responses / sizeof *responses; i++) {
        struct buf text = wire_new(), asked = wire_new(), log = wire_new();
        struct http1_head *head = head_with(SWITCHING, responses[i].answer, &text);
        struct http1_head *request = head_with(GET, responses[i].offers, &asked);
        const uint8_t *at = NULL;
        const enum ws_rule rule = ws_permessage_check_response(head, request, &at);
        log_rule(&log, rule, at, &text);
        expect_text(&log, responses[i].found, responses[i].answer);
        free(head);
        free(request);
        buf_free(&text);
        buf_free(&asked);
    }
}

/* Without the request only the element itself can be wrong. */
Test(ws_permessage, judges_a_response_alone_when_the_request_is_unknown)
{
    static const struct {
        const char *answer;
        enum ws_rule rule;
    } rows[] = {
        { PMD "; client_max_window_bits=15", WS_RULE_NONE },
        { PMD "; client_max_window_bits=16", WS_RULE_PMD_CLIENT_BITS },
        { PMD ", " PMD, WS_RULE_PMD_ANSWERED_TWICE },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf text = wire_new();
        struct http1_head *head = head_with(SWITCHING, rows[i].answer, &text);
        const uint8_t *at;
        cr_assert_eq(ws_permessage_check_response(head, NULL, &at), rows[i].rule, "row %zu", i);
        free(head);
        buf_free(&text);
    }
}
