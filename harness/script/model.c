#include "script/model.h"

#include "ws/conn.h"

/* The only file of the case language that knows the engine. */

/* An engine that serves: what a client must mask, a server must not, and nothing else differs. */
struct play {
    struct arena *arena;
    const struct model_deal *deal;
    struct ws_conn conn;
    struct ws_conn_deflate deflate;
    struct ws_deflater *deflater; /* NULL: nothing is compressed */
    struct buf packed;            /* of one send */
    struct buf wire;              /* likewise */
    struct buf frames;            /* of all sends, as the wire has them */
    uint64_t broken_at;           /* in them */
    bool garbled;                 /* a frame has more bytes than it tells */
    struct model *model;
};

#define WIRE_MAX (MODEL_BYTES_MAX * (WS_HEAD_MAX + 1)) /* of a send: a frame for each byte */
#define FRAMES_MAX (64u * WIRE_MAX)
#define BITS_MIN 9 /* of a window: the smallest that everybody can work with */

static void take_end(struct play *p, enum model_end end, size_t by)
{
    p->model->end = end;
    p->model->ended_by = by;
}

/* The rule as the one under test knows it. */
static enum ws_rule rule_for(const struct model_deal *deal, enum ws_rule rule)
{
    return rule == WS_RULE_MASK_MISSING && deal->role == ROLE_CLIENT ? WS_RULE_MASK_PRESENT : rule;
}

/* The application's part: it echoes. */
static bool hear(struct play *p, size_t by)
{
    struct ws_event e;

    while (ws_conn_next(&p->conn, &e, 0)) {
        if (e.kind == WS_EVENT_MESSAGE && !ws_conn_send(&p->conn, e.opcode, e.data))
            return false;
        if (e.kind == WS_EVENT_CLOSE)
            take_end(p, MODEL_CLOSED, by);
        if (e.kind == WS_EVENT_FAILED) {
            take_end(p, MODEL_FAILED, by);
            p->model->broken = rule_for(p->deal, e.broken.rule);
            p->broken_at = e.broken.at - p->conn.stream_at;
        }
    }
    return !ws_conn_failed(&p->conn);
}

static bool feed(struct play *p, size_t by)
{
    if (!buf_append(&p->frames, buf_bytes(&p->wire)))
        return false;
    ws_conn_feed(&p->conn, p->wire.ptr, p->wire.len, 0);
    return hear(p, by);
}

static bool keep_reply(struct play *p, uint8_t opcode, struct bytes payload)
{
    struct model *m = p->model;
    struct model_reply reply = { opcode, arena_copy(p->arena, payload) };

    if (!reply.payload.ptr ||
        !arena_grow(p->arena, (void **)&m->replies, &m->cap, m->n_replies + 1, sizeof reply))
        return false;
    m->replies[m->n_replies++] = reply;
    return true;
}

/* What the engine has to say: its Close goes into `code`, all else is kept if `wanted`. */
static bool listen(struct play *p, bool wanted)
{
    struct bytes out = ws_conn_out(&p->conn);
    struct ws_head head;
    bool ok = true;
    size_t used;

    while (ok && ws_frame_decode(out, &head, &used) == WS_OK) {
        struct bytes payload = bytes_take(bytes_skip(out, used), (size_t)head.payload_len);
        if (head.opcode == WS_CLOSE)
            p->model->code = ws_close_decode(payload).code;
        else if (wanted)
            ok = keep_reply(p, head.opcode, payload);
        out = bytes_skip(out, used + payload.len);
    }
    ws_conn_sent(&p->conn, ws_conn_out(&p->conn).len);
    return ok;
}

/* The narrowest agreement, or the widest. */
static bool agree(struct play *p, bool narrow)
{
    if (!p->deal->compressed)
        return true;
    p->deflate.min_size = SIZE_MAX; /* replies are read as they are */
    p->deflate.wanted.client_no_takeover = narrow;
    p->deflate.wanted.client_bits = narrow ? BITS_MIN : 0;
    p->deflater = ws_deflater_new(BITS_MIN, false, WS_DEFLATE_LEVEL);
    return p->deflater != NULL;
}

static bool open_up(struct play *p)
{
    const struct bytes request =
        BYTES_LIT("GET / HTTP/1.1\r\n"
                  "Host: model\r\n"
                  "Upgrade: websocket\r\n"
                  "Connection: Upgrade\r\n"
                  "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                  "Sec-WebSocket-Version: 13\r\n"
                  "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n");
    const struct ws_conn_options options = { .server = true,
                                             .deflate = p->deal->compressed ? &p->deflate : NULL };

    if (!ws_conn_init(&p->conn, &options, 0) || !buf_append(&p->wire, request) || !feed(p, 0))
        return false;
    ws_conn_sent(&p->conn, ws_conn_out(&p->conn).len);
    buf_clear(&p->frames);
    return true;
}

/* Is it masked as the other role has to do it? */
static bool is_masked_wrong(const struct play *p, const struct send *send)
{
    if (send->mask == MASK_BY_ROLE)
        return false;
    return (send->mask == MASK_OFF) == (p->deal->role == ROLE_SERVER);
}

static uint8_t rsv_of(const struct send *send)
{
    bool marked = send->deflate && send->opcode != WS_CONTINUATION;

    return marked ? send->rsv | WS_RSV1 : send->rsv;
}

/* A masking key of zeros leaves the payload as it is. Of what follows a length that is told too
 * short nothing is known but that it is not there. */
static bool put_frame(struct play *p, const struct send *send, struct bytes payload, size_t at,
                      size_t len)
{
    struct ws_head head = { .fin = send->fin && at + len == payload.len,
                            .rsv = at == 0 ? rsv_of(send) : 0,
                            .opcode = at == 0 ? send->opcode : WS_CONTINUATION,
                            .masked = !is_masked_wrong(p, send),
                            .payload_len = send->declares ? send->declare : len };
    uint8_t front[WS_HEAD_MAX];
    struct ws_head told;
    size_t used;

    head.len_form =
        send->len_form ? (enum ws_len_form)send->len_form : ws_frame_shortest(head.payload_len);
    size_t n = ws_frame_encode(&head, front);
    if (ws_frame_decode(bytes_of(front, n), &told, &used) == WS_OK && told.payload_len < len) {
        p->garbled = true;
        len = (size_t)told.payload_len;
    }
    return buf_append(&p->wire, bytes_of(front, n)) &&
           buf_append(&p->wire, bytes_take(bytes_skip(payload, at), len));
}

static bool put_frames(struct play *p, const struct send *send, struct bytes payload)
{
    size_t at = 0;

    if (send->opcode == SEND_RAW)
        return buf_append(&p->wire, payload);
    do {
        size_t len = payload.len - at;
        if (send->fragment > 0 && len > send->fragment)
            len = (size_t)send->fragment;
        if (!put_frame(p, send, payload, at, len))
            return false;
        at += len;
    } while (at < payload.len);
    return true;
}

/* Its code and its reason are a Close's payload. */
static struct bytes payload_of(struct arena *a, const struct send *send)
{
    const struct payload_env env = { 0 };
    size_t code_len = send->has_code ? 2 : 0;
    size_t len = send->payload ? (size_t)payload_len(send->payload, &env) : 0;
    uint8_t *bytes = arena_new(a, code_len + len);

    if (!bytes)
        return (struct bytes){ 0 };
    if (code_len > 0) {
        bytes[0] = (uint8_t)(send->code >> 8);
        bytes[1] = (uint8_t)send->code;
    }
    if (len > 0)
        payload_read(send->payload, &env, 0, bytes + code_len, len);
    return bytes_of(bytes, code_len + len);
}

/* As small a window as there may be, and nothing of earlier messages: every agreement allows it. */
static bool pack(struct play *p, const struct send *send, struct bytes *payload)
{
    buf_clear(&p->packed);
    if (!ws_deflater_feed(p->deflater, *payload, &p->packed) ||
        !(send->fin ? ws_deflater_end(p->deflater, &p->packed)
                    : ws_deflater_flush(p->deflater, &p->packed)))
        return false;
    *payload = buf_bytes(&p->packed);
    return true;
}

/* ---- what is not certain ---- */

/* What a receiver may take: the RFC binds the sender alone, or inflaters see nothing of it. */
static const struct {
    enum ws_rule rule;
    const char *why;
} tolerated[] = {
    { WS_RULE_INFLATE_CUT, "a compressed message that ends in the middle of a block" },
    { WS_RULE_INFLATE_PADDING, "a final block that is not padded with zeros" },
    { WS_RULE_INFLATE_LENGTHS, "code lengths that are an incomplete code" },
};

/* Rules of a message as a whole: whoever looks at its end only is late, and right. */
static bool is_of_message(enum ws_rule rule)
{
    return rule == WS_RULE_TEXT_NOT_UTF8 || rule == WS_RULE_INFLATE_BROKEN ||
           rule == WS_RULE_INFLATE_CUT || rule == WS_RULE_INFLATE_PADDING ||
           rule == WS_RULE_INFLATE_LENGTHS || rule == WS_RULE_WINDOW_OF_CLIENT ||
           rule == WS_RULE_TAKEOVER_OF_CLIENT;
}

/* Has everybody to notice it who looks at whole frames, or whole messages? The top bit of a length
 * forbids to wait for what it tells. */
static bool is_noticed(const struct play *p, enum ws_rule rule)
{
    struct bytes left = buf_bytes(&p->frames);
    uint64_t at = p->broken_at - (is_of_message(rule) && p->broken_at > 0), end = 0;
    struct ws_head head;
    size_t used;

    while (ws_frame_decode(left, &head, &used) == WS_OK) {
        bool whole = head.payload_len <= left.len - used;
        end += whole ? used + head.payload_len : left.len;
        if (at < end && !is_of_message(rule))
            return whole || rule == WS_RULE_LEN_TOP_BIT;
        if (at < end && (!whole || head.opcode == WS_CLOSE))
            return false;
        if (at < end && head.fin && !ws_opcode_is_control(head.opcode))
            return true;
        if (!whole)
            return false;
        left = bytes_skip(left, used + (size_t)head.payload_len);
    }
    return false;
}

/* Masking keys are made up when a case runs: what is no whole frame is not known then. */
static void doubt(struct play *p, const struct send *send, bool last)
{
    struct model *m = p->model;
    bool between = ws_reader_between_frames(&p->conn.reader);

    if (send->opcode == SEND_RAW && p->deal->role == ROLE_CLIENT)
        m->unsure = "raw bytes to a client";
    if (m->end != MODEL_OPEN)
        return;
    if (p->garbled)
        m->unsure = "a frame with more bytes than its length tells";
    else if (!between && !last)
        m->unsure = "a frame that is cut off, with others behind it";
    m->mid_frame = !between;
}

static bool play_send(struct play *p, const struct send *send, size_t number)
{
    struct bytes payload = payload_of(p->arena, send);

    buf_clear(&p->wire);
    return payload.ptr && (!send->deflate || pack(p, send, &payload)) &&
           put_frames(p, send, payload) && feed(p, number);
}

static bool play(struct play *p, const struct send *const *sends, size_t count, size_t from,
                 bool narrow)
{
    *p->model = (struct model){ 0 };
    buf_init(&p->packed, 2 * MODEL_BYTES_MAX);
    buf_init(&p->wire, WIRE_MAX);
    buf_init(&p->frames, FRAMES_MAX);
    bool ok = agree(p, narrow) && open_up(p);
    for (size_t i = 0; ok && i < count && !p->model->unsure; i++) {
        ok = play_send(p, sends[i], i) && listen(p, i >= from);
        doubt(p, sends[i], i + 1 == count);
    }
    if (ok && p->model->end == MODEL_FAILED && !is_noticed(p, p->model->broken))
        p->model->unsure = "a mistake in a frame or message that is not complete";
    for (size_t i = 0; i < sizeof tolerated / sizeof *tolerated; i++)
        if (p->model->broken == tolerated[i].rule)
            p->model->unsure = tolerated[i].why;
    ws_conn_free(&p->conn);
    ws_deflater_free(p->deflater);
    buf_free(&p->packed);
    buf_free(&p->wire);
    buf_free(&p->frames);
    return ok;
}

static bool same(const struct model *a, const struct model *b)
{
    bool same = a->n_replies == b->n_replies && a->end == b->end && a->code == b->code &&
                a->broken == b->broken && (a->end == MODEL_OPEN || a->ended_by == b->ended_by);

    for (size_t i = 0; same && i < a->n_replies; i++)
        same = a->replies[i].opcode == b->replies[i].opcode &&
               bytes_eq(a->replies[i].payload, b->replies[i].payload);
    return same;
}

bool script_model(struct arena *a, const struct model_deal *deal, const struct send *const *sends,
                  size_t count, size_t from, struct model *out)
{
    struct model wide;
    struct play p = { .arena = a, .deal = deal, .model = out };
    struct play q = { .arena = a, .deal = deal, .model = &wide };

    if (!play(&p, sends, count, from, true))
        return false;
    if (!deal->compressed)
        return true;
    if (!play(&q, sends, count, from, false))
        return false;
    if (!same(out, &wide))
        out->unsure = "compressed data that not every agreement allows";
    return true;
}
