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

static void run(struct player *p, const struct player_facts *facts, struct bytes in, unsigned way)
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

static void compare(const struct player *whole, const struct player *cut)
{
    MUST(whole->count == cut->count && whole->gave_in == cut->gave_in, "%zu events whole, %zu cut",
         whole->count, cut->count);
    for (size_t i = 0; i < whole->count; i++)
        compare_events(&whole->events[i], &cut->events[i], i);
    MUST(whole->gave_in ||
             (whole->out_len == cut->out_len && memcmp(whole->out, cut->out, whole->out_len) == 0),
         "it sent %zu and %zu bytes", whole->out_len, cut->out_len);
}

const struct player *player_play(const struct player_facts *facts, struct bytes in, unsigned way)
{
    static struct player whole, cut;

    ws_conn_free(&whole.conn);
    ws_conn_free(&cut.conn);
    run(&whole, facts, in, CUT_WHOLE);
    run(&cut, facts, in, way);
    compare(&whole, &cut);
    player_judge(&whole, facts, in);
    return &whole;
}

void player_check_head(const struct player *p, enum ws_status status, struct violation why)
{
    const struct player_event *first = &p->events[0];

    MUST(p->count > 0, "no event");
    switch (status) {
    case WS_MORE: MUST(first->kind == WS_EVENT_END, "%d before the head's end", first->kind); break;
    case WS_BROKEN:
        MUST(first->kind == WS_EVENT_REFUSED && first->broken.rule == why.rule &&
                 first->broken.at == why.at,
             "no head: %s at %llu", ws_rule_row(why.rule)->name, (unsigned long long)why.at);
        break;
    case WS_OK:
    case WS_NOMEM: break;
    }
}

void player_check_answer(const struct player *p, enum ws_rule refusal, bool let_in)
{
    const struct player_event *first = &p->events[0];

    MUST(first->kind == (refusal || !let_in ? WS_EVENT_REFUSED : WS_EVENT_OPEN), "%s, event %d",
         ws_rule_row(refusal)->name, first->kind);
    MUST(first->broken.rule == refusal, "%s", ws_rule_row(first->broken.rule)->name);
}
