#include "report/autobahn.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report/autobahn_pick.h"
#include "report/autobahn_table.h"
#include "report/autobahn_wire.h"
#include "report/pyjson.h"
#include "ws/utf8.h"

/* Lines of a wire log; past these it says that it was turned off. Autobahn turns it off where a
 * case has thousands. */
#define WIRELOG_MAX 1000
#define RECEIVED_MAX 1000 /* events; a target that floods does not fill the disk */
#define NAME_MAX_LEN 1024

static uint64_t milliseconds(const struct result *r)
{
    return (r->duration_us + 500) / 1000;
}

static void report_file(struct pyjson *o, const char *agent, const char *id)
{
    struct buf name;

    buf_init(&name, NAME_MAX_LEN);
    o->ok = o->ok && autobahn_file_name(agent, id, "json", &name);
    pyjson_bytes(o, "reportfile", buf_bytes(&name));
    buf_free(&name);
}

static void index_case(struct pyjson *o, const char *agent, const struct result *r)
{
    pyjson_open(o, r->autobahn, '{');
    pyjson_text(o, "behavior", dropin_behavior_name(r->dropin->behavior));
    pyjson_text(o, "behaviorClose", dropin_close_name(r->dropin->close));
    pyjson_number(o, "duration", milliseconds(r));
    pyjson_code(o, "remoteCloseCode", r->dropin->ending.remote_code);
    report_file(o, agent, r->autobahn);
    pyjson_close(o, '}');
}

static void index_agent(struct pyjson *o, struct arena *a, const struct autobahn_agent *agent)
{
    const struct result **list = NULL;
    size_t n = 0;

    o->ok = o->ok && autobahn_results(agent->report, AUTOBAHN_BY_TEXT, a, &list, &n);
    pyjson_open(o, agent->agent, '{');
    for (size_t i = 0; i < n; i++)
        index_case(o, agent->agent, list[i]);
    pyjson_close(o, '}');
}

bool autobahn_index_json(const struct autobahn_agent *agents, size_t n, struct buf *out)
{
    const struct autobahn_agent **list = NULL;
    struct arena a = { 0 };
    struct pyjson o;
    size_t count = 0;

    pyjson_init(&o, out);
    o.ok = autobahn_agents(agents, n, &a, &list, &count);
    pyjson_open(&o, NULL, '{');
    for (size_t i = 0; i < count; i++)
        index_agent(&o, &a, list[i]);
    pyjson_close(&o, '}');
    arena_free(&a);
    return o.ok;
}

/* One case's file in the making. */
struct file {
    struct pyjson o;
    struct arena arena;
    const struct autobahn_agent *agent;
    const struct result *r;
    struct autobahn_wire wire;
    struct autobahn_row row; /* what the case is; empty: none that we know */
};

/* Its place among those that the agent ran, from 1: what case=N would be. */
static size_t case_number(struct file *f)
{
    const struct result **list = NULL;
    size_t n = 0;

    f->o.ok =
        f->o.ok && autobahn_results(f->agent->report, AUTOBAHN_BY_NUMBER, &f->arena, &list, &n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i]->autobahn, f->r->autobahn) == 0)
            return i + 1;
    return 0;
}

/* What is kept of `len` bytes, without a character that was cut in two. */
static struct bytes whole_characters(struct bytes data, uint64_t len)
{
    for (size_t off = 0; len > data.len && off < 4 && off < data.len; off++)
        if (ws_utf8_valid(bytes_take(data, data.len - off)))
            return bytes_take(data, data.len - off);
    return data;
}

/* Text as it is, octets that are none as "0x…"; of `len` bytes the first. */
static void payload(struct pyjson *o, struct bytes data, uint64_t len)
{
    struct bytes shown = whole_characters(data, len);

    if (ws_utf8_valid(shown)) {
        pyjson_bytes(o, NULL, shown);
        return;
    }
    char text[2 + 2 * ENTRY_DATA_MAX + 1] = "0x";
    for (size_t i = 0; i < data.len && i < ENTRY_DATA_MAX; i++)
        snprintf(text + 2 + 2 * i, 3, "%02x", data.ptr[i]);
    pyjson_text(o, NULL, text);
}

/* Whether it is one that the case was told of: barriers are the runner's own business. */
static bool received_event(struct pyjson *o, const struct entry *e)
{
    bool frame = e->kind == ENTRY_FRAME_IN;
    const char *what = !frame                      ? "message"
                       : e->head.opcode == WS_PING ? "ping"
                       : e->head.opcode == WS_PONG ? "pong"
                                                   : NULL;

    if (!what || e->by == BY_RUNNER || (!frame && e->kind != ENTRY_MESSAGE_IN))
        return false;
    pyjson_open(o, NULL, '[');
    pyjson_text(o, NULL, what);
    payload(o, e->data, e->len);
    if (!frame)
        pyjson_flag(o, NULL, e->head.opcode == WS_BINARY);
    pyjson_close(o, ']');
    return true;
}

static void received(struct file *f)
{
    const struct transcript *t = &f->r->transcript;
    size_t told = 0;

    pyjson_open(&f->o, "received", '[');
    for (size_t i = 0; i < t->count && told < RECEIVED_MAX; i++)
        told += received_event(&f->o, &t->entries[i]);
    pyjson_close(&f->o, ']');
}

static void frame_stats(struct pyjson *o, const char *key, const struct autobahn_traffic *t)
{
    char opcode[8];

    pyjson_open(o, key, '{');
    for (unsigned i = 0; i < 16; i++) {
        snprintf(opcode, sizeof opcode, "%u", i);
        if (t->frames[i] > 0)
            pyjson_number(o, opcode, t->frames[i]);
    }
    pyjson_close(o, '}');
}

static void octet_stats(struct pyjson *o, const char *key, const struct autobahn_traffic *t)
{
    char octets[24];

    pyjson_open(o, key, '{');
    for (size_t i = 0; i < t->n_sizes; i++) {
        snprintf(octets, sizeof octets, "%" PRIu64, t->sizes[i].octets);
        pyjson_number(o, octets, t->sizes[i].count);
    }
    pyjson_close(o, '}');
}

/* "incomingWebSocketFrames" and the like; a ratio of nothing is null. */
static void traffic_way(struct pyjson *o, const char *way, const struct autobahn_traffic *t)
{
    const struct {
        const char *name;
        uint64_t n;
    } rows[] = { { "OctetsAppLevel", t->app },
                 { "OctetsWebSocketLevel", t->payload },
                 { "OctetsWireLevel", t->octets - t->before_open },
                 { "WebSocketFrames", t->n_frames },
                 { "WebSocketMessages", t->messages } };
    char key[64];

    snprintf(key, sizeof key, "%sCompressionRatio", way);
    if (t->app > 0)
        pyjson_ratio(o, key, (double)t->payload / (double)t->app);
    else
        pyjson_null(o, key);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        snprintf(key, sizeof key, "%s%s", way, rows[i].name);
        pyjson_number(o, key, rows[i].n);
    }
}

static void traffic(struct file *f)
{
    pyjson_open(&f->o, "trafficStats", '{');
    traffic_way(&f->o, "incoming", &f->wire.in);
    traffic_way(&f->o, "outgoing", &f->wire.out);
    pyjson_number(&f->o, "preopenIncomingOctetsWireLevel", f->wire.in.before_open);
    pyjson_number(&f->o, "preopenOutgoingOctetsWireLevel", f->wire.out.before_open);
    pyjson_close(&f->o, '}');
}

static void frame_fields(struct pyjson *o, const struct ws_head *h)
{
    pyjson_number(o, NULL, h->opcode);
    pyjson_flag(o, NULL, h->fin);
    pyjson_number(o, NULL, h->rsv);
    pyjson_flag(o, NULL, h->masked);
    if (h->masked)
        pyjson_hex(o, NULL, bytes_of(h->key, sizeof h->key));
    else
        pyjson_null(o, NULL);
}

/* ["RO", [len, octets]], ["RF", [len, payload], opcode, fin, rsv, masked, key], ["TIE"] */
static void wirelog_line(struct pyjson *o, const struct autobahn_line *line)
{
    pyjson_open(o, NULL, '[');
    pyjson_text(o, NULL, line->kind);
    if (line->octets.ptr || line->head) {
        pyjson_open(o, NULL, '[');
        pyjson_number(o, NULL, line->len);
        if (line->head)
            payload(o, line->octets, line->len);
        else
            pyjson_hex(o, NULL, line->octets);
        pyjson_close(o, ']');
    }
    if (line->head)
        frame_fields(o, line->head);
    else if (line->octets.ptr && line->ours)
        pyjson_flag(o, NULL, false); /* not written in a way of its own */
    pyjson_close(o, ']');
}

static void wirelog(struct file *f)
{
    const struct transcript *t = &f->r->transcript;
    struct autobahn_line lines[2];
    size_t told = 0;

    pyjson_open(&f->o, "wirelog", '[');
    for (size_t i = 0; i < t->count && told < WIRELOG_MAX; i++) {
        size_t n = autobahn_wire_lines(t, i, lines);
        for (size_t k = 0; k < n; k++)
            wirelog_line(&f->o, &lines[k]);
        told += n;
    }
    if (told >= WIRELOG_MAX || t->full) {
        pyjson_open(&f->o, NULL, '[');
        pyjson_text(&f->o, NULL, "WLM");
        pyjson_flag(&f->o, NULL, false);
        pyjson_close(&f->o, ']');
    }
    pyjson_close(&f->o, ']');
}

static void expected_close(struct file *f)
{
    const struct dropin_expected *e = &f->r->dropin->expected;

    pyjson_open(&f->o, "expectedClose", '{');
    pyjson_open(&f->o, "closeCode", '[');
    for (size_t i = 0; i < e->n_codes; i++)
        pyjson_number(&f->o, NULL, e->codes[i]);
    pyjson_close(&f->o, ']');
    pyjson_flag(&f->o, "closedByMe", e->closed_by_me);
    pyjson_flag(&f->o, "requireClean", e->require_clean);
    pyjson_close(&f->o, '}');
}

/* Our cases say what they expect in a language of their own: that is `expectation`. */
static void expected(struct pyjson *o)
{
    pyjson_open(o, "expected", '{');
    pyjson_open(o, "OK", '[');
    pyjson_close(o, ']');
    pyjson_close(o, '}');
}

static void text_or_null(struct pyjson *o, const char *key, struct bytes text)
{
    if (text.len > 0)
        pyjson_bytes(o, key, text);
    else
        pyjson_null(o, key);
}

static const char *not_clean(const struct result *r)
{
    if (r->dropin->ending.was_clean)
        return NULL;
    return *r->dropin->result_close ? r->dropin->result_close
                                    : "TCP ended without a whole closing handshake";
}

/* The keys in Python's order. The middle of it is `expected` to `localCloseReason`. */
static void first_keys(struct file *f)
{
    struct pyjson *o = &f->o;
    const struct result *r = f->r;

    pyjson_text(o, "agent", f->agent->agent);
    pyjson_text(o, "behavior", dropin_behavior_name(r->dropin->behavior));
    pyjson_text(o, "behaviorClose", dropin_close_name(r->dropin->close));
    pyjson_number(o, "case", case_number(f));
    pyjson_flag(o, "closedByMe", r->dropin->ending.closed_by_me);
    pyjson_flag(o, "createStats", true);
    pyjson_flag(o, "createWirelog", true);
    if (f->row.title.len > 0)
        pyjson_bytes(o, "description", f->row.title);
    else
        pyjson_text(o, "description", r->title);
    pyjson_flag(o, "droppedByMe", r->dropin->ending.dropped_by_me);
    pyjson_number(o, "duration", milliseconds(r));
    pyjson_text(o, "expectation", r->source ? r->source : r->title);
}

static void middle_keys(struct file *f)
{
    struct pyjson *o = &f->o;
    bool server = strcmp(f->agent->report->role, "client") == 0;

    expected(o);
    expected_close(f);
    pyjson_flag(o, "failedByMe", f->r->dropin->ending.failed_by_me);
    text_or_null(o, "httpRequest", server ? f->wire.head_in : f->wire.head_out);
    text_or_null(o, "httpResponse", server ? f->wire.head_out : f->wire.head_in);
    pyjson_text(o, "id", f->r->autobahn);
    pyjson_flag(o, "isServer", server);
    pyjson_code(o, "localCloseCode", f->r->dropin->ending.local_code);
    text_or_null(o, "localCloseReason", f->wire.out.close_reason);
    received(f);
}

static void last_keys(struct file *f)
{
    struct pyjson *o = &f->o;
    const struct result *r = f->r;

    pyjson_code(o, "remoteCloseCode", r->dropin->ending.remote_code);
    text_or_null(o, "remoteCloseReason", f->wire.in.close_reason);
    pyjson_flag(o, "reportCompressionRatio", autobahn_is_compressed(r->autobahn));
    pyjson_flag(o, "reportTime", autobahn_is_timed(r->autobahn));
    pyjson_text(o, "result", r->dropin->result);
    pyjson_text(o, "resultClose", r->dropin->result_close);
    frame_stats(o, "rxFrameStats", &f->wire.in);
    octet_stats(o, "rxOctetStats", &f->wire.in);
    pyjson_seconds(o, "started", f->agent->report->started_s);
    traffic(f);
    frame_stats(o, "txFrameStats", &f->wire.out);
    octet_stats(o, "txOctetStats", &f->wire.out);
    pyjson_flag(o, "wasClean", r->dropin->ending.was_clean);
    pyjson_flag(o, "wasCloseHandshakeTimeout", f->wire.close_timeout);
    pyjson_text(o, "wasNotCleanReason", not_clean(r));
    pyjson_flag(o, "wasOpenHandshakeTimeout", f->wire.open_timeout);
    pyjson_flag(o, "wasServerConnectionDropTimeout", f->wire.drop_timeout);
    wirelog(f);
}

bool autobahn_case_json(const struct autobahn_agent *agent, const struct result *r, struct buf *out)
{
    struct file f = { .agent = agent, .r = r };

    pyjson_init(&f.o, out);
    f.o.ok = autobahn_wire_read(&r->transcript, &f.arena, &f.wire);
    if (!autobahn_table_find(r->autobahn, &f.row))
        f.row = (struct autobahn_row){ 0 };
    if (f.o.ok) {
        pyjson_open(&f.o, NULL, '{');
        first_keys(&f);
        middle_keys(&f);
        last_keys(&f);
        pyjson_close(&f.o, '}');
    }
    arena_free(&f.arena);
    return f.o.ok;
}
