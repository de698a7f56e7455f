#include "fuzz/targets/player.h"

#include <string.h>

#include "base/hash.h"

#define START_MS 1000
#define MUCH_LATER_MS (START_MS + 1000000)

static uint8_t fed[1u << 20]; /* a connection unmasks in place */

static void check_order(const struct player *p, const struct ws_event *e)
{
    const struct player_event *last = p->count > 0 ? &p->events[p->count - 1] : NULL;
    const bool at_first = e->kind == WS_EVENT_OPEN || e->kind == WS_EVENT_REFUSED;
    const bool any_time = e->kind == WS_EVENT_END || e->kind == WS_EVENT_TIMEOUT;

    MUST(any_time || at_first == !last, "event %d at place %zu", e->kind, p->count);
    if (!last || any_time)
        return;
    MUST(last->kind != WS_EVENT_REFUSED && last->kind != WS_EVENT_CLOSE &&
             last->kind != WS_EVENT_FAILED && last->kind != WS_EVENT_END,
         "event %d behind %d", e->kind, last->kind);
}

static void check_event(const struct player *p, const struct ws_event *e, size_t came)
{
    check_order(p, e);
    if (e->kind == WS_EVENT_MESSAGE && e->opcode == WS_TEXT)
        MUST(ws_utf8_valid(e->data), "text of %zu bytes", e->data.len);
    if (e->kind == WS_EVENT_MESSAGE)
        MUST(e->data.len <= p->conn.options.message_max, "%zu bytes", e->data.len);
    if (e->kind == WS_EVENT_FAILED)
        MUST(e->broken.rule != WS_RULE_NONE && e->broken.at <= came, "%s at %llu of %zu",
             ws_rule_row(e->broken.rule)->name, (unsigned long long)e->broken.at, came);
    if (e->kind == WS_EVENT_CLOSE)
        MUST(ws_close_check(e->data).rule == WS_RULE_NONE, "its Close");
    if (e->kind == WS_EVENT_END)
        MUST(e->clean == (p->conn.sent_close && p->conn.got_close), "clean %d", e->clean);
}

static void keep(struct player *p, const struct ws_event *e)
{
    struct player_event *to = &p->events[p->count];

    if (p->count + 1 < PLAYER_EVENTS_MAX)
        p->count++;
    memset(to, 0, sizeof *to);
    to->kind = e->kind;
    to->opcode = e->opcode;
    to->clean = e->clean;
    to->has_code = e->close.has_code;
    to->code = e->close.code;
    to->broken = e->broken;
    to->len = e->data.len;
    to->hash = e->data.len > 0 ? hash_bytes(e->data) : 0;
}

static bool react(struct player *p, const struct player_facts *facts, const struct ws_event *e)
{
    if (e->kind == WS_EVENT_OPEN && facts->closes)
        return ws_conn_close(&p->conn, 1001, BYTES_LIT("away"), START_MS);
    if (e->kind == WS_EVENT_MESSAGE && facts->echo)
        return ws_conn_send(&p->conn, e->opcode, e->data);
    return true;
}

static void pull(struct player *p, const struct player_facts *facts, size_t came, uint64_t now_ms)
{
    struct ws_event e;

    while (!p->gave_in && ws_conn_next(&p->conn, &e, now_ms)) {
        check_event(p, &e, came);
        keep(p, &e);
        p->gave_in = !react(p, facts, &e);
    }
    p->gave_in = p->gave_in || ws_conn_failed(&p->conn);
}

static void send_some(struct player *p, size_t most)
{
    const struct bytes out = bytes_take(ws_conn_out(&p->conn), most);
    const size_t n = out.len < PLAYER_OUT_MAX - p->out_len ? out.len : PLAYER_OUT_MAX - p->out_len;

    if (n > 0)
        memcpy(p->out + p->out_len, out.ptr, n);
    p->out_len += n;
    ws_conn_sent(&p->conn, n);
}

void player_free(struct player *p)
{
    ws_conn_free(&p->conn);
}

bool player_open(const struct ws_conn_options *options, struct bytes head, struct ws_conn *out)
{
    struct ws_event e = { .kind = WS_EVENT_END };
    const size_t out_max = options->out_max;

    if (!ws_conn_init(out, options, START_MS) || head.len > sizeof fed)
        return false;
    memcpy(fed, head.ptr, head.len);
    ws_conn_feed(out, fed, head.len, START_MS);
    if (!ws_conn_next(out, &e, START_MS) || e.kind != WS_EVENT_OPEN)
        return false;
    MUST(!ws_conn_next(out, &e, START_MS), "event %d", e.kind);
    ws_conn_sent(out, ws_conn_out(out).len);
    buf_free(&out->out);
    buf_init(&out->out, out_max);
    MUST(!out->head && !out->head_bytes.ptr && !out->request.ptr && !out->message.ptr, "it owns");
    return true;
}

static void begin(struct player *p, const struct player_facts *facts)
{
    const struct ws_event open = { .kind = WS_EVENT_OPEN };

    p->count = p->out_len = 0;
    p->gave_in = false;
    if (facts->opened) {
        p->conn = *facts->opened;
        keep(p, &open);
        p->gave_in = !react(p, facts, &open);
    } else {
        p->gave_in = !ws_conn_init(&p->conn, &facts->options, START_MS);
    }
}

void player_run(struct player *p, const struct player_facts *facts, struct bytes in, unsigned way)
{
    begin(p, facts);
    const size_t start = (size_t)p->conn.reader.at; /* offsets count from the peer's first byte */
    in = bytes_take(in, sizeof fed);
    if (in.len > 0)
        memcpy(fed, in.ptr, in.len);
    for (size_t at = 0, n; (n = cut_next(way, at, in.len - at)) > 0; at += n) {
        ws_conn_feed(&p->conn, fed + at, n, START_MS);
        pull(p, facts, start + at + n, START_MS);
        if (p->gave_in)
            return;
        if (way != CUT_WHOLE)
            send_some(p, n * 2);
    }
    if (!facts->times_out)
        ws_conn_feed_end(&p->conn, START_MS);
    pull(p, facts, start + in.len, facts->times_out ? MUCH_LATER_MS : START_MS);
    send_some(p, SIZE_MAX);
}

static void compare_events(const struct player_event *a, const struct player_event *b, size_t i)
{
    MUST(a->kind == b->kind, "event %zu: %d, %d", i, a->kind, b->kind);
    MUST(a->opcode == b->opcode && a->len == b->len && a->hash == b->hash,
         "event %zu: payload of %llu and %llu bytes", i, (unsigned long long)a->len,
         (unsigned long long)b->len);
    MUST(a->has_code == b->has_code && a->code == b->code && a->clean == b->clean, "event %zu", i);
    MUST(a->broken.rule == b->broken.rule && a->broken.at == b->broken.at,
         "event %zu: %s at %llu, %s at %llu", i, ws_rule_row(a->broken.rule)->name,
         (unsigned long long)a->broken.at, ws_rule_row(b->broken.rule)->name,
         (unsigned long long)b->broken.at);
}

void player_compare(const struct player *whole, const struct player *cut)
{
    MUST(whole->count == cut->count && whole->gave_in == cut->gave_in, "%zu events whole, %zu cut",
         whole->count, cut->count);
    for (size_t i = 0; i < whole->count; i++)
        compare_events(&whole->events[i], &cut->events[i], i);
    MUST(whole->gave_in ||
             (whole->out_len == cut->out_len && memcmp(whole->out, cut->out, whole->out_len) == 0),
         "it sent %zu and %zu bytes", whole->out_len, cut->out_len);
}

/* -- what it sent -- */

/* Its frames, under the law of its side. */
struct judge {
    struct ws_law law;
    struct ws_reader reader;
    struct ws_message message;
    bool packed;
    struct ws_unpacker *unpacker; /* NULL: nothing is compressed */
    uint8_t control[WS_CONTROL_MAX];
    size_t control_len;
};

static void judge_text(struct judge *j, struct bytes data)
{
    size_t bad;

    MUST(ws_message_data(&j->message, data, &bad), "it sent a text that is not UTF-8");
}

static void judge_unpacked(struct judge *j)
{
    enum ws_inflated status;
    struct bytes data;

    while ((status = ws_unpacker_next(j->unpacker, &data)) == WS_INFLATED_PIECE)
        judge_text(j, data);
    MUST(status == WS_INFLATED_ALL || status == WS_INFLATED_NOMEM, "it sent %s",
         ws_rule_row(ws_unpacker_why(j->unpacker).rule)->name);
}

static void judge_head(struct judge *j, uint64_t at)
{
    struct violation breaches[WS_HEAD_BREACHES_MAX];
    const struct ws_head *head = &j->reader.head;

    MUST(ws_check_head(head, &j->law, at, breaches) == 0, "it sent %s at %llu",
         ws_rule_row(breaches[0].rule)->name, (unsigned long long)at);
    j->control_len = 0;
    if (ws_opcode_is_control(head->opcode))
        return;
    ws_message_head(&j->message, head);
    j->packed = head->rsv != 0;
    j->law.in_message = true;
}

static void judge_data(struct judge *j, struct bytes data)
{
    if (ws_opcode_is_control(j->reader.head.opcode)) {
        memcpy(j->control + j->control_len, data.ptr, data.len);
        j->control_len += data.len;
    } else if (j->packed) {
        ws_unpacker_feed(j->unpacker, data);
        judge_unpacked(j);
    } else {
        judge_text(j, data);
    }
}

static void judge_end(struct judge *j)
{
    bool complete;

    if (j->reader.head.opcode == WS_CLOSE) {
        const struct violation v = ws_close_check(bytes_of(j->control, j->control_len));
        MUST(v.rule == WS_RULE_NONE, "it sent %s", ws_rule_row(v.rule)->name);
        j->law.after_close = true;
    }
    if (ws_opcode_is_control(j->reader.head.opcode))
        return;
    if (j->packed) {
        ws_unpacker_feed_end(j->unpacker);
        judge_unpacked(j);
    }
    MUST(ws_message_end(&j->message, j->reader.head.fin, &complete) && complete, "its text");
    j->law.in_message = false;
}

static void judge_frames(struct judge *j, uint8_t *out, size_t len)
{
    struct ws_piece piece;

    ws_reader_feed(&j->reader, out, len);
    while (ws_reader_next(&j->reader, &piece)) {
        switch (piece.kind) {
        case WS_PIECE_HEAD: judge_head(j, piece.at); break;
        case WS_PIECE_DATA: judge_data(j, piece.data); break;
        case WS_PIECE_END: judge_end(j); break;
        }
    }
    MUST(ws_reader_between_frames(&j->reader), "it sent half a frame");
}

static void judge_no_findings(const struct ws_findings *found)
{
    MUST(found->count == 0, "its head: %s", ws_rule_row(found->list[0].rule)->name);
}

/* The head that it sent, of `kind`; gives its size. */
static size_t decode_sent(struct bytes out, enum http1_kind kind, struct http1_head *head)
{
    struct violation why;
    size_t used = 0;

    MUST(http1_decode(out, kind, (struct http1_limits){ 0 }, head, &used, &why) == WS_OK, "head");
    return used;
}

/* A server's answer to the request that is in front of `in`. Gives the head's size, or 0 when no
 * frames may follow: then its body is what Content-Length says. */
static size_t judge_answer(struct bytes in, struct bytes out)
{
    static struct http1_head head, request;
    const size_t used = decode_sent(out, HTTP1_RESPONSE, &head);
    struct ws_offer offer = { .request = &request };
    struct ws_findings found;
    struct violation why;
    size_t ignored;

    if (head.status != 101) {
        const struct http1_field *length = http1_field(&head, "Content-Length", 0);
        char body[24];
        snprintf(body, sizeof body, "%zu", out.len - used);
        MUST(head.n_oddities == 0 && head.status >= 400, "status %u", head.status);
        MUST(length && bytes_eq_str(length->value, body), "a body of %s", body);
        return 0;
    }
    MUST(http1_decode(in, HTTP1_REQUEST, (struct http1_limits){ 0 }, &request, &ignored, &why) ==
             WS_OK,
         "it says 101 to what is no request");
    offer.key = http1_field(&request, WS_FIELD_KEY, 0)->value;
    ws_handshake_check_response(&head, &offer, &found);
    judge_no_findings(&found);
    return used;
}

static size_t judge_request(struct bytes out)
{
    static struct http1_head head;
    const size_t used = decode_sent(out, HTTP1_REQUEST, &head);
    struct ws_findings found;

    ws_handshake_check_request(&head, &found);
    judge_no_findings(&found);
    return used;
}

void player_judge(struct player *p, const struct player_facts *facts, struct bytes in)
{
    const bool server = p->conn.options.server;
    const struct bytes out = bytes_of(p->out, p->out_len);
    struct judge j = { .law = { .from_client = !server } };

    if (p->gave_in || out.len == 0 || out.len == PLAYER_OUT_MAX)
        return;
    size_t head = 0;
    if (!facts->opened) {
        head = server ? judge_answer(in, out) : judge_request(out);
        if (head == 0 || head == out.len)
            return;
    }
    if (p->conn.compresses) {
        const struct ws_unpack_options options = {
            .way = server ? ws_permessage_from_server(&p->conn.agreed)
                          : ws_permessage_from_client(&p->conn.agreed),
            .from_client = !server,
        };
        j.law.rsv_data = WS_RSV1;
        j.unpacker = ws_unpacker_new(&options);
    }
    if (!p->conn.compresses || j.unpacker)
        judge_frames(&j, p->out + head, p->out_len - head);
    ws_unpacker_free(j.unpacker);
}
