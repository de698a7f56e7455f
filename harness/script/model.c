#include "script/model.h"

#include "ws/conn.h"

/* The only file of the case language that knows the engine. */

/* An engine that serves: what a client must mask, a server must not, and nothing else differs. */
struct play {
    struct arena *arena;
    struct ws_conn conn;
    struct buf wire; /* of one send */
    struct model *model;
};

static void take_end(struct play *p, enum model_end end, size_t by)
{
    p->model->end = end;
    p->model->ended_by = by;
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
            p->model->broken = e.broken.rule;
        }
    }
    return !ws_conn_failed(&p->conn);
}

static bool feed(struct play *p, size_t by)
{
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

static bool open_up(struct play *p)
{
    const struct bytes request = BYTES_LIT("GET / HTTP/1.1\r\n"
                                           "Host: model\r\n"
                                           "Upgrade: websocket\r\n"
                                           "Connection: Upgrade\r\n"
                                           "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                                           "Sec-WebSocket-Version: 13\r\n\r\n");

    if (!ws_conn_init(&p->conn, &(struct ws_conn_options){ .server = true }, 0) ||
        !buf_append(&p->wire, request) || !feed(p, 0))
        return false;
    ws_conn_sent(&p->conn, ws_conn_out(&p->conn).len);
    return true;
}

/* A masking key of zeros leaves the payload as it is. */
static bool put_frame(struct play *p, const struct send *send, struct bytes payload, size_t at,
                      size_t len)
{
    struct ws_head head = { .fin = send->fin && at + len == payload.len,
                            .rsv = at == 0 ? send->rsv : 0,
                            .opcode = at == 0 ? send->opcode : WS_CONTINUATION,
                            .masked = true,
                            .payload_len = len };
    uint8_t front[WS_HEAD_MAX];

    head.len_form =
        send->len_form ? (enum ws_len_form)send->len_form : ws_frame_shortest(head.payload_len);
    return buf_append(&p->wire, bytes_of(front, ws_frame_encode(&head, front))) &&
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

static bool play_send(struct play *p, const struct send *send, size_t number)
{
    struct bytes payload = payload_of(p->arena, send);

    buf_clear(&p->wire);
    return payload.ptr && put_frames(p, send, payload) && feed(p, number);
}

bool script_model(struct arena *a, const struct send *const *sends, size_t count, size_t from,
                  struct model *out)
{
    struct play p = { .arena = a, .model = out };

    *out = (struct model){ 0 };
    buf_init(&p.wire, MODEL_BYTES_MAX * (WS_HEAD_MAX + 1)); /* a frame for each byte */
    bool ok = open_up(&p);
    for (size_t i = 0; ok && i < count; i++)
        ok = play_send(&p, sends[i], i) && listen(&p, i >= from);
    ws_conn_free(&p.conn);
    buf_free(&p.wire);
    return ok;
}
