#include "verdict/monitor.h"

#include <criterion/criterion.h>

#include "base/buf.h"
#include "tests/support/talk.h"

/* What the target sent, and the rules that it broke with that: "RULE@entry RULE@entry". */
struct watched {
    enum case_role role; /* 0: a server is under test */
    const char *talk, *found;
};

static void watch(const struct watched *row, struct monitor *m, struct transcript *t)
{
    *t = (struct transcript){ 0 };
    talk_read(t, row->talk);
    monitor_init(m, row->role ? row->role : ROLE_SERVER);
    for (size_t i = 0; i < t->count; i++)
        monitor_take(m, t, i);
}

static void say(const struct monitor *m, struct buf *out)
{
    for (size_t i = 0; i < m->count && i < MONITOR_FINDINGS_MAX; i++)
        cr_assert(buf_print(out, "%s%s@%zu", i ? " " : "",
                            ws_rule_row(m->findings[i].broken.rule)->name, m->findings[i].entry));
}

static void check_table(const struct watched *rows, size_t count, bool seen[WS_RULE_COUNT])
{
    unsigned wrong = 0;

    for (size_t i = 0; i < count; i++) {
        struct transcript t;
        struct monitor m;
        struct buf out;
        buf_init(&out, 1 << 16);
        watch(&rows[i], &m, &t);
        say(&m, &out);
        for (size_t k = 0; k < m.count && k < MONITOR_FINDINGS_MAX; k++)
            seen[m.findings[k].broken.rule] = true;
        if (!bytes_eq_str(buf_bytes(&out), rows[i].found)) {
            fprintf(stderr, "%s\nfound %.*s\nnot   %s\n", rows[i].talk, BYTES_ARG(buf_bytes(&out)),
                    rows[i].found);
            wrong++;
        }
        buf_free(&out);
        transcript_free(&t);
    }
    cr_assert_eq(wrong, 0, "%u rows are wrong", wrong);
}

static const struct watched frames[] = {
    { 0, "in text \"a\";in binary \"b\";in ping \"c\";in pong;in close 1000 \"why\"", "" },
    { 0, "in text nofin \"a\";in ping;in continuation nofin \"b\";in continuation \"c\"", "" },
    { 0, "in text masked key=1 \"a\"", "MASK_PRESENT@0" },
    { ROLE_CLIENT, "in text \"a\"", "MASK_MISSING@0" },
    { ROLE_CLIENT, "in text masked key=1 \"a\"", "" },
    { 0, "in text rsv=4 \"a\"", "RSV1_SET@0" },
    { 0, "in text rsv=2 \"a\"", "RSV2_SET@0" },
    { 0, "in text rsv=1 \"a\"", "RSV3_SET@0" },
    { 0, "in ping rsv=4", "RSV1_SET@0" },
    { 0, "in opcode3", "OPCODE_RESERVED@0" },
    { 0, "in opcode11", "OPCODE_RESERVED@0" },
    { 0, "in text form=16 \"a\"", "LEN_NOT_SHORT@0" },
    { 0, "in partial binary form=64 len=9223372036854775808 \"a\"", "LEN_TOP_BIT@0" },
    { 0, "in partial text masked len=5 \"a\"", "MASK_PRESENT@0" },
    { 0, "in partial x\"81\"", "" },
    { 0, "in ping nofin", "CONTROL_FRAGMENTED@0" },
    { 0, "in partial ping len=126 \"a\"", "CONTROL_TOO_LONG@0" },
    { 0, "in continuation \"a\"", "CONTINUATION_ALONE@0" },
    { 0, "in text nofin \"a\";in text \"b\"", "MESSAGE_INTERLEAVED@1" },
    { 0, "in message text broken x\"ff\"", "TEXT_NOT_UTF8@0" },
    { 0, "in message binary broken x\"ff\"", "" },
    { 0, "in close x\"03\"", "CLOSE_LEN_1@0" },
    { 0, "in close 1005", "CLOSE_CODE_NEVER@0" },
    { 0, "in close 1006", "CLOSE_CODE_NEVER@0" },
    { 0, "in close 999", "CLOSE_CODE_RANGE@0" },
    { 0, "in close 0", "CLOSE_CODE_RANGE@0" },
    { 0, "in close 2999", "CLOSE_CODE_RESERVED@0" },
    { 0, "in close 5000", "CLOSE_CODE_RESERVED@0" },
    { 0, "in close 3000;in end fin", "" },
    { 0, "in close 1000 x\"ff\"", "CLOSE_REASON_UTF8@0" },
    { 0, "in close;in text \"a\"", "AFTER_CLOSE_DATA@1" },
    { 0, "in close;in close", "AFTER_CLOSE_CLOSE@1" },
    { 0, "in close;in pong", "AFTER_CLOSE_FRAME@1" },
    { 0, "in close;connected #1;in text #1 \"a\"", "" },
    { 0, "out text nofin rsv=7 \"a\";out text \"b\"", "" },
};

#define AGREED "Sec-WebSocket-Extensions: permessage-deflate\\r\\n"
#define OFFERED "out head GET \"" AGREED "\";"
#define SERVER_AGREED OFFERED "in head 101 \"" AGREED "\";"
#define CLIENT_AGREED "in head GET \"" AGREED "\";out head 101 \"" AGREED "\";"

static const struct watched compressed[] = {
    { 0, SERVER_AGREED "in text rsv=4 \"a\"", "" },
    { 0, SERVER_AGREED "in text nofin rsv=4 \"a\";in ping;in continuation \"b\"", "" },
    { 0, SERVER_AGREED "in text \"a\";in binary rsv=4 \"a\"", "" },
    { ROLE_CLIENT, CLIENT_AGREED "in text rsv=4 masked key=1 \"a\"", "" },
    /* It has a meaning on first frames alone, and no other bit has one. */
    { 0, SERVER_AGREED "in text nofin rsv=4 \"a\";in continuation rsv=4 \"b\"", "RSV1_SET@3" },
    { 0, SERVER_AGREED "in ping rsv=4", "RSV1_SET@2" },
    { 0, SERVER_AGREED "in text rsv=6 \"a\"", "RSV2_SET@2" },
    { ROLE_CLIENT, CLIENT_AGREED "in pong rsv=4 masked key=1", "RSV1_SET@2" },
    /* An offer agrees on nothing, nor does an agreement outlive its connection. */
    { 0, OFFERED "in head 101;in text rsv=4 \"a\"", "RSV1_SET@2" },
    { ROLE_CLIENT, "in head GET \"" AGREED "\";out head 101;in text rsv=4 masked key=1 \"a\"",
      "RSV1_SET@2" },
    { 0, SERVER_AGREED "connected #1;out head GET #1;in head 101 #1;in text rsv=4 #1 \"a\"",
      "RSV1_SET@5" },
    /* Without our own answer nobody knows. */
    { ROLE_CLIENT, "in head GET;in text rsv=4 masked key=1 \"a\"", "" },
    { ROLE_CLIENT, CLIENT_AGREED "connected #1;in head GET #1;in text rsv=4 masked key=1 #1 \"a\"",
      "REQ_KEY_AGAIN@3" },
    { 0, "in message bad \"INFLATE_BROKEN\"", "INFLATE_BROKEN@0" },
    { 0, "in message bad \"INFLATE_CUT\"", "INFLATE_CUT@0" },
    { 0, "in message bad \"INFLATE_PADDING\"", "INFLATE_PADDING@0" },
    { 0, "in message bad \"INFLATE_LENGTHS\"", "INFLATE_LENGTHS@0" },
    { ROLE_CLIENT, "in message bad \"WINDOW_OF_CLIENT\"", "WINDOW_OF_CLIENT@0" },
    { 0, "in message bad \"WINDOW_OF_SERVER\"", "WINDOW_OF_SERVER@0" },
    { ROLE_CLIENT, "in message bad \"TAKEOVER_OF_CLIENT\"", "TAKEOVER_OF_CLIENT@0" },
    { 0, "in message bad \"TAKEOVER_OF_SERVER\"", "TAKEOVER_OF_SERVER@0" },
    { 0, "in message bad \"LIMIT_RATIO\"", "LIMIT_RATIO@0" },
    /* Whatever stands in a file: the message did not inflate. */
    { 0, "in message bad \"NO_SUCH_RULE\"", "INFLATE_BROKEN@0" },
    { 0, "in message bad", "INFLATE_BROKEN@0" },
};

Test(verdict_monitor, finds_each_breach_in_frames)
{
    bool seen[WS_RULE_COUNT] = { false };

    check_table(frames, sizeof frames / sizeof *frames, seen);
    check_table(compressed, sizeof compressed / sizeof *compressed, seen);
}

#define REQUEST(line, host, upgrade, connection, key, version, more)                               \
    "in head whole \"" line "\\r\\n" host upgrade connection key version more "\\r\\n\""
#define L "GET / HTTP/1.1"
#define H "Host: a\\r\\n"
#define U "Upgrade: websocket\\r\\n"
#define C "Connection: Upgrade\\r\\n"
#define K "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n"
#define V "Sec-WebSocket-Version: 13\\r\\n"
#define OFFER(params) "Sec-WebSocket-Extensions: permessage-deflate; " params "\\r\\n"

#define PMD "Sec-WebSocket-Extensions: permessage-deflate"

static const struct watched requests[] = {
    { ROLE_CLIENT, REQUEST(L, H, U, C, K, V, ""), "" },
    { ROLE_CLIENT, REQUEST(L, H, U, C, K, V, "") ";connected #1;in head GET #1",
      "REQ_KEY_AGAIN@2" },
    { ROLE_CLIENT, "in head GET \"Origin: null\\r\\n\"", "" },
    { ROLE_CLIENT, "in head GET \"Origin: https://a.example\\r\\n\"", "" },
    { ROLE_CLIENT, "in head GET \"Origin: http://127.0.0.1:80\\r\\n\"", "" },
    { ROLE_CLIENT, "in head GET \"Origin: chrome-extension://abc\\r\\n\"", "" },
    { ROLE_CLIENT, "in head GET \"Origin: http://a https://b.example:8\\r\\n\"", "" },
    { ROLE_CLIENT, "in head GET \"Origin: file://\\r\\n\"", "" },
    { ROLE_CLIENT, "in head GET \"Origin: http://[::1]:9\\r\\n\"", "" },
    { ROLE_CLIENT, "in head GET \"Origin: a.example\\r\\n\"", "REQ_ORIGIN@0" },
    { ROLE_CLIENT, "in head GET \"Origin: https://a.example/\\r\\n\"", "REQ_ORIGIN@0" },
    { ROLE_CLIENT, "in head GET \"Origin: https://a/b\\r\\n\"", "REQ_ORIGIN@0" },
    { ROLE_CLIENT, "in head GET \"Origin: \\r\\n\"", "REQ_ORIGIN@0" },
    { ROLE_CLIENT, "in head GET \"Origin: ://a\\r\\n\"", "REQ_ORIGIN@0" },
    { ROLE_CLIENT, "in head GET \"Origin: 1http://a\\r\\n\"", "REQ_ORIGIN@0" },
    { ROLE_CLIENT, "in head GET \"Origin: http:/a\\r\\n\"", "REQ_ORIGIN@0" },
    { ROLE_CLIENT, "in head GET \"Origin: http://a, http://b\\r\\n\"", "REQ_ORIGIN@0" },
    { ROLE_CLIENT, "in head GET \"Origin: http://u@a\\r\\n\"", "REQ_ORIGIN@0" },
    { ROLE_CLIENT, "in head GET \"Origin: null null\\r\\n\"", "REQ_ORIGIN@0" },
    { ROLE_CLIENT, "in head GET \"Origin: http://a  http://b\\r\\n\"", "REQ_ORIGIN@0" },
    { ROLE_CLIENT, "in head GET;in head GET", "" }, /* a retry on the same connection */
    { ROLE_CLIENT, "in head whole \"CONNECT a:80 HTTP/1.1\\r\\nHost: a:80\\r\\n\\r\\n\"", "" },
    { ROLE_CLIENT, REQUEST("PUT / HTTP/1.1", H, U, C, K, V, ""), "REQ_METHOD@0" },
    { ROLE_CLIENT, REQUEST("GET / HTTP/1.0", H, U, C, K, V, ""), "REQ_VERSION@0" },
    { ROLE_CLIENT, REQUEST("GET a HTTP/1.1", H, U, C, K, V, ""), "REQ_TARGET@0" },
    { ROLE_CLIENT, REQUEST(L, "", U, C, K, V, ""), "REQ_HOST@0" },
    { ROLE_CLIENT, REQUEST(L, H H, U, C, K, V, ""), "REQ_HOST@0" },
    { ROLE_CLIENT, REQUEST(L, H, "Upgrade: h2c\\r\\n", C, K, V, ""), "REQ_UPGRADE@0" },
    { ROLE_CLIENT, REQUEST(L, H, U, "Connection: close\\r\\n", K, V, ""), "REQ_CONNECTION@0" },
    { ROLE_CLIENT, REQUEST(L, H, U, C, "", V, ""), "REQ_KEY_MISSING@0" },
    { ROLE_CLIENT, REQUEST(L, H, U, C, K K, V, ""), "REQ_KEY_DOUBLE@0" },
    { ROLE_CLIENT, REQUEST(L, H, U, C, "Sec-WebSocket-Key: AAAA\\r\\n", V, ""), "REQ_KEY_SHAPE@0" },
    { ROLE_CLIENT, REQUEST(L, H, U, C, K, "Sec-WebSocket-Version: 8\\r\\n", ""),
      "REQ_WS_VERSION@0" },
    { ROLE_CLIENT, REQUEST(L, H, U, C, K, V V, ""), "REQ_WS_VERSION_DOUBLE@0" },
    { ROLE_CLIENT, REQUEST(L, H, U, C, K, V, "Sec-WebSocket-Protocol: a b\\r\\n"),
      "REQ_PROTOCOL@0" },
    { ROLE_CLIENT, REQUEST(L, H, U, C, K, V, "Sec-WebSocket-Protocol: a, a\\r\\n"),
      "REQ_PROTOCOL_TWICE@0" },
    { ROLE_CLIENT, REQUEST(L, H, U, C, K, V, "Sec-WebSocket-Extensions: ;\\r\\n"),
      "REQ_EXTENSIONS@0" },
    { ROLE_CLIENT, REQUEST(L, H, U, C, K, V, PMD ", permessage-deflate\\r\\n"), "" },
    { ROLE_CLIENT, REQUEST(L, H, U, C, K, V, PMD "; foo\\r\\n"), "PMD_UNKNOWN_OFFERED@0" },
    { ROLE_CLIENT,
      REQUEST(L, H, U, C, K, V, PMD "; client_max_window_bits; client_max_window_bits\\r\\n"),
      "PMD_TWICE_OFFERED@0" },
    { ROLE_CLIENT, REQUEST(L, H, U, C, K, V, PMD "; server_max_window_bits=16\\r\\n"),
      "PMD_SERVER_BITS@0" },
    { ROLE_CLIENT, REQUEST(L, H, U, C, K, V, PMD "; client_no_context_takeover=1\\r\\n"),
      "PMD_CLIENT_TAKEOVER_VALUE@0" },
    { ROLE_CLIENT, REQUEST(L, H, U, C, K, V, "Content-Length: 0\\r\\n"), "" },
    { ROLE_CLIENT, REQUEST(L, H, U, C, K, V, "Content-Length: 5\\r\\n"), "REQ_BODY@0" },
    { ROLE_CLIENT, REQUEST(L, H, U, C, K, V, "Transfer-Encoding: chunked\\r\\n"), "REQ_BODY@0" },
    { ROLE_CLIENT, REQUEST(L, H, U, C, K, V, "A: b\\n"), "HTTP_BARE_LF@0" },
    { ROLE_CLIENT, REQUEST(L, H, U, C, K, V, "A: b\\r\\n c\\r\\n"), "HTTP_FOLDED@0" },
    { ROLE_CLIENT, REQUEST(L, H, U, C, K, V, "A b: c\\r\\n"), "HTTP_NAME_CHARS@0" },
    { ROLE_CLIENT, REQUEST(L, H, U, C, K, V, "A: \\x01\\r\\n"), "HTTP_VALUE_CHARS@0" },
};

#define RESPONSE(line, upgrade, connection, accept, more)                                          \
    "out head GET;in head whole \"" line "\\r\\n" upgrade connection accept more "\\r\\n\""
#define S "HTTP/1.1 101 Switching Protocols"
#define A "Sec-WebSocket-Accept: " TALK_ACCEPT "\\r\\n"
/* What stands behind the name in the offer, and in the answer. */
#define NEGOTIATED(offer, answer)                                                                  \
    "out head GET \"" PMD offer "\\r\\n\";in head 101 \"" PMD answer "\\r\\n\""

static const struct watched responses[] = {
    { 0, RESPONSE(S, U, C, A, ""), "" },
    { 0, RESPONSE("HTTP/1.1 400 Bad Request", "", "", "", ""), "" },
    { 0, RESPONSE("HTTP/1.0 101 x", U, C, A, ""), "RES_VERSION@1" },
    { 0, RESPONSE(S, "", C, A, ""), "RES_UPGRADE@1" },
    { 0, RESPONSE(S, U, "", A, ""), "RES_CONNECTION@1" },
    { 0, RESPONSE(S, U, C, "", ""), "RES_ACCEPT_MISSING@1" },
    { 0, RESPONSE(S, U, C, A A, ""), "RES_ACCEPT_DOUBLE@1" },
    { 0, RESPONSE(S, U, C, "Sec-WebSocket-Accept: AAAA\\r\\n", ""), "RES_ACCEPT_WRONG@1" },
    { 0, RESPONSE(S, U, C, A, "Sec-WebSocket-Protocol: chat\\r\\n"), "RES_PROTOCOL_UNASKED@1" },
    { 0, RESPONSE(S, U, C, A, "Sec-WebSocket-Protocol: \\r\\n"), "RES_PROTOCOL_EMPTY@1" },
    { 0,
      "out head GET \"Sec-WebSocket-Protocol: a, b\\r\\n\";in head 101 \"Sec-WebSocket-Protocol: "
      "a\\r\\nSec-WebSocket-Protocol: b\\r\\n\"",
      "RES_PROTOCOL_DOUBLE@1" },
    { 0, RESPONSE(S, U, C, A, "Sec-WebSocket-Extensions: x\\r\\n"), "RES_EXTENSION_UNASKED@1" },
    { 0, RESPONSE(S, U, C, A, "Sec-WebSocket-Extensions: ;\\r\\n"), "RES_EXTENSIONS@1" },
    { 0, RESPONSE(S, U, C, A, "Content-Length: 5\\r\\n"), "RES_BODY@1" },
    { 0, "in head 400;in bad \"\\x81\\x01a\"", "FRAME_AFTER_REFUSAL@1" },
    { 0, "in head 400;in bad \"<p>\"", "" },
    { 0, "in head 400;in bad \"\\xc3\\xbc</p>\"", "" },
    { 0, "in head 400;in bad \"\\x81\\x01a\" #1", "" },
    { 0, "in bad \"\\x81\\x01a\"", "" },
    { 0, NEGOTIATED("", "; server_no_context_takeover"), "" },
    { 0, NEGOTIATED("", "; foo"), "PMD_UNKNOWN_ANSWERED@1" },
    { 0, NEGOTIATED("", "; client_no_context_takeover; client_no_context_takeover"),
      "PMD_TWICE_ANSWERED@1" },
    { 0, NEGOTIATED("", "; server_no_context_takeover=1"), "PMD_SERVER_TAKEOVER_VALUE@1" },
    { 0, NEGOTIATED("; client_max_window_bits", "; client_max_window_bits"), "PMD_CLIENT_BITS@1" },
    { 0, NEGOTIATED("; server_no_context_takeover", ""), "PMD_TAKEOVER_IGNORED@1" },
    { 0, NEGOTIATED("; server_max_window_bits=9", ""), "PMD_BITS_IGNORED@1" },
    { 0, NEGOTIATED("", "; client_max_window_bits=9"), "PMD_CLIENT_BITS_UNASKED@1" },
    { 0, NEGOTIATED("", ", permessage-deflate"), "PMD_ANSWERED_TWICE@1" },
    /* Of our own, bad offers are to be declined, and what takes them is wrong. */
    { 0, NEGOTIATED("; foo", ""), "PMD_BAD_OFFER_TAKEN@1" },
    { 0, NEGOTIATED("; client_max_window_bits=08", ""), "PMD_ZERO_TAKEN@1" },
    { 0, NEGOTIATED("; foo, permessage-deflate", ""), "" },
    { 0, "out head GET \"" PMD "; foo\\r\\n\";in head 101", "" },
    /* A request that was wrong itself leaves open what a right answer would be. */
    { 0, "out head whole \"GET / HTTP/1.1\\r\\n\\r\\n\";in head 101", "" },
    /* Nor is there one to a request of another connection, or to none. */
    { 0, "out head GET;in head 101 #1", "" },
    { 0, "in head 101", "" },
};

Test(verdict_monitor, finds_each_breach_in_heads)
{
    bool seen[WS_RULE_COUNT] = { false };

    check_table(requests, sizeof requests / sizeof *requests, seen);
    check_table(responses, sizeof responses / sizeof *responses, seen);
}

/* What a monitor cannot see: limits of ours, what is no head at all, a refusal. */
static bool is_no_monitors_business(enum ws_rule rule)
{
    static const enum ws_rule others[] = {
        WS_RULE_LIMIT_MESSAGE,     WS_RULE_LIMIT_FRAME,       WS_RULE_LIMIT_FRAGMENTS,
        WS_RULE_LIMIT_RATIO,       WS_RULE_HTTP_START_LINE,   WS_RULE_HTTP_NO_COLON,
        WS_RULE_HTTP_TOO_LARGE,    WS_RULE_HTTP_TOO_MANY,     WS_RULE_RES_STATUS,
        WS_RULE_MASK_KEY_CONSTANT, WS_RULE_MASK_KEY_REPEATED, WS_RULE_MASK_KEY_COUNTED,
    };

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (others[i] == rule)
            return true;
    return false;
}

Test(verdict_monitor, every_rule_that_can_be_seen_is_tested_here)
{
    bool seen[WS_RULE_COUNT] = { false };

    check_table(frames, sizeof frames / sizeof *frames, seen);
    check_table(compressed, sizeof compressed / sizeof *compressed, seen);
    check_table(requests, sizeof requests / sizeof *requests, seen);
    check_table(responses, sizeof responses / sizeof *responses, seen);
    for (int rule = WS_RULE_NONE + 1; rule < WS_RULE_COUNT; rule++)
        cr_expect(seen[rule] || is_no_monitors_business((enum ws_rule)rule), "%s",
                  ws_rule_row((enum ws_rule)rule)->name);
}

/* `n` masked frames of one key on each of two connections. */
static unsigned constant_keys(unsigned n, unsigned other_at)
{
    char line[64];
    struct transcript t = { 0 };
    struct monitor m;
    unsigned found = 0;

    for (unsigned i = 0; i < n; i++) {
        snprintf(line, sizeof line, "in text masked key=%u \"a\"", i == other_at ? 8 : 7);
        talk_read(&t, line);
    }
    monitor_init(&m, ROLE_CLIENT);
    for (size_t i = 0; i < t.count; i++)
        monitor_take(&m, &t, i);
    for (size_t i = 0; i < m.count; i++)
        found += m.findings[i].broken.rule == WS_RULE_MASK_KEY_CONSTANT;
    transcript_free(&t);
    return found;
}

Test(verdict_monitor, twenty_frames_with_one_masking_key_are_no_chance)
{
    cr_assert_eq(constant_keys(19, 99), 0);
    cr_assert_eq(constant_keys(20, 99), 1);
    cr_assert_eq(constant_keys(100, 99), 1, "told once");
    cr_assert_eq(constant_keys(38, 19), 0);
    cr_assert_eq(constant_keys(0, 0), 0);
}

/* Turns that were folded had other keys than what stands before them, and count with their last. */
Test(verdict_monitor, keys_are_counted_across_folded_turns)
{
    static const struct {
        unsigned before;
        const char *turns;
        unsigned behind, found;
    } rows[] = {
        { 1, "turns 5 masked key=7", 18, 0 },  { 1, "turns 5 masked key=7", 19, 1 },
        { 18, "turns 5 masked key=7", 18, 0 }, { 10, "turns 5 masked key=8", 10, 0 },
        { 1, "turns 5 masked key=8", 20, 1 },  { 10, "turns 5", 10, 1 }, /* no frame in them */
        { 20, "turns 5 masked key=8", 19, 1 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct transcript t = { 0 };
        struct monitor m;
        for (unsigned k = 0; k < rows[i].before; k++)
            talk_read(&t, "in text masked key=7 \"a\"");
        talk_read(&t, rows[i].turns);
        for (unsigned k = 0; k < rows[i].behind; k++)
            talk_read(&t, "in text masked key=7 \"a\"");
        monitor_init(&m, ROLE_CLIENT);
        for (size_t k = 0; k < t.count; k++)
            monitor_take(&m, &t, k);
        cr_expect_eq(m.count, rows[i].found, "row %zu: %zu", i, m.count);
        transcript_free(&t);
    }
}

/* Offsets count from the first byte of the target's stream: those of a Close stand behind its
 * header. */
Test(verdict_monitor, tells_the_byte)
{
    static const struct {
        const char *talk;
        uint64_t at;
    } rows[] = {
        { "in text at=100 rsv=4 \"a\"", 100 },
        { "in close at=100 1005", 102 },
        { "in close at=100 1000 x\"61ff\"", 105 },
        { "in close at=100 masked key=1 1005", 100 }, /* the mask comes first */
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct watched row = { 0, rows[i].talk, NULL };
        struct transcript t;
        struct monitor m;
        watch(&row, &m, &t);
        cr_expect_eq(m.findings[0].broken.at, rows[i].at, "%s: %llu", rows[i].talk,
                     (unsigned long long)m.findings[0].broken.at);
        transcript_free(&t);
    }
}

Test(verdict_monitor, the_worst_is_the_first_must_then_the_first_should)
{
    static const struct {
        const char *talk;
        enum ws_rule worst;
    } rows[] = {
        { "in text \"a\"", WS_RULE_NONE },
        { "in close;in pong", WS_RULE_NONE }, /* a MAY is a remark */
        { "in close 2999", WS_RULE_CLOSE_CODE_RESERVED },
        { "in close 2999;in text rsv=2 \"a\"", WS_RULE_AFTER_CLOSE_DATA },
        { "in text rsv=2 \"a\";in text rsv=1 \"a\"", WS_RULE_RSV2_SET },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct watched row = { 0, rows[i].talk, NULL };
        struct transcript t;
        struct monitor m;
        watch(&row, &m, &t);
        const struct finding *worst = monitor_worst(&m);
        enum ws_rule rule = worst ? worst->broken.rule : WS_RULE_NONE;
        if (rows[i].worst == WS_RULE_AFTER_CLOSE_DATA)
            cr_expect_eq(ws_rule_row(rule)->level, WS_MUST, "%s", rows[i].talk);
        else
            cr_expect_eq(rule, rows[i].worst, "%s: %s", rows[i].talk, ws_rule_row(rule)->name);
        transcript_free(&t);
    }
}

Test(verdict_monitor, a_flood_of_breaches_is_counted_and_the_first_are_kept)
{
    struct transcript t = { 0 };
    struct monitor m;

    for (int i = 0; i < 100; i++)
        talk_read(&t, "in text rsv=2 \"a\"");
    monitor_init(&m, ROLE_SERVER);
    for (size_t i = 0; i < t.count; i++)
        monitor_take(&m, &t, i);
    cr_assert_eq(m.count, 100);
    cr_assert_eq(monitor_worst(&m)->entry, 0);
    transcript_free(&t);
}
