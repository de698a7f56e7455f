#include "ws/conn_parts.h"

/* Fails the connection: our Close says why, and nothing more is taken. RFC 6455 7.1.7. */
static bool fail(struct ws_conn *c, struct violation v, struct ws_event *out, uint64_t now_ms)
{
    const struct ws_rule_row *row = ws_rule_row(v.rule);

    if (!ws_conn_write_close(c, row->close_code, bytes_str(row->sentence)))
        return ws_conn_give_in(c);
    ws_conn_enter(c, WS_CONN_FAILING, now_ms, c->options.close_timeout_ms);
    ws_reader_skip(&c->reader, c->reader.in_len);
    *out = (struct ws_event){ .kind = WS_EVENT_FAILED, .broken = v };
    return true;
}

static bool is_packed(const struct ws_conn *c, const struct ws_head *head)
{
    return head->opcode == WS_CONTINUATION ? c->packed : (head->rsv & WS_RSV1) != 0;
}

/* What does not compress gets larger, by the headers of its blocks: by malice alone to twice its
 * size. How much comes out is limited as it comes. */
#define PACKED_MIN 64 /* short messages are mostly headers */

static enum ws_rule packed_size_rule(const struct ws_conn *c, const struct ws_head *head)
{
    const size_t max = c->options.message_max;

    return head->payload_len / 2 > (max > PACKED_MIN ? max : PACKED_MIN) ? WS_RULE_LIMIT_FRAME
                                                                         : WS_RULE_NONE;
}

static enum ws_rule plain_size_rule(const struct ws_conn *c, const struct ws_head *head)
{
    const uint64_t len = head->opcode == WS_CONTINUATION ? c->assembling.len : 0;

    if (head->payload_len > c->options.message_max)
        return WS_RULE_LIMIT_FRAME;
    return head->payload_len > c->options.message_max - len ? WS_RULE_LIMIT_MESSAGE : WS_RULE_NONE;
}

/* What a frame's size breaks; told by its header, before anything is kept. */
static enum ws_rule limit_rule(const struct ws_conn *c, const struct ws_head *head)
{
    const uint64_t fragments = head->opcode == WS_CONTINUATION ? c->assembling.fragments : 0;
    const enum ws_rule rule =
        is_packed(c, head) ? packed_size_rule(c, head) : plain_size_rule(c, head);

    if (rule != WS_RULE_NONE)
        return rule;
    return fragments >= c->options.fragments_max ? WS_RULE_LIMIT_FRAGMENTS : WS_RULE_NONE;
}

static struct violation check_head(const struct ws_conn *c, uint64_t at)
{
    const struct ws_head *head = &c->reader.head;
    const struct ws_law law = {
        .from_client = c->options.server,
        .rsv_data = c->compresses ? WS_RSV1 : 0,
        .in_message = c->assembling.open,
        .after_close = c->got_close,
    };
    struct violation breaches[WS_HEAD_BREACHES_MAX];

    if (ws_check_head(head, &law, at, breaches) > 0)
        return breaches[0];
    if (ws_opcode_is_control(head->opcode))
        return (struct violation){ WS_RULE_NONE, at };
    return (struct violation){ limit_rule(c, head), at };
}

static bool on_head(struct ws_conn *c, uint64_t at, struct ws_event *out, uint64_t now_ms)
{
    const struct violation v = check_head(c, at);

    if (v.rule != WS_RULE_NONE)
        return fail(c, v, out, now_ms);
    if (ws_opcode_is_control(c->reader.head.opcode)) {
        buf_clear(&c->control);
        return false;
    }
    ws_message_head(&c->assembling, &c->reader.head);
    c->packed = is_packed(c, &c->reader.head);
    return c->packed && !ws_conn_deflate_ready(c) && ws_conn_give_in(c);
}

/* A message that came in one piece stays where it was fed; all others are put together. */
static bool keep(struct ws_conn *c, struct bytes data)
{
    const struct ws_head *head = &c->reader.head;

    if (!c->packed && head->fin && data.len == head->payload_len && c->message.len == 0) {
        c->whole = data;
        return true;
    }
    return buf_append(&c->message, data);
}

/* Application data as it was before it was sent. `at`: of its first byte, or where it came out. */
static bool on_plain(struct ws_conn *c, struct bytes data, uint64_t at, struct ws_event *out,
                     uint64_t now_ms)
{
    const size_t room = c->options.message_max - (size_t)c->assembling.len;
    size_t bad;

    if (!ws_message_data(&c->assembling, bytes_take(data, room), &bad))
        return fail(c, (struct violation){ WS_RULE_TEXT_NOT_UTF8, at + (c->packed ? 0 : bad) }, out,
                    now_ms);
    if (data.len > room)
        return fail(c, (struct violation){ WS_RULE_LIMIT_MESSAGE, at }, out, now_ms);
    return !keep(c, data) && ws_conn_give_in(c);
}

/* What the unpacker has to give now. `at`: of what was fed to it last. */
static bool on_unpacked(struct ws_conn *c, uint64_t at, struct ws_event *out, uint64_t now_ms)
{
    struct bytes data;

    for (;;) {
        switch (ws_unpacker_next(c->unpacker, &data)) {
        case WS_INFLATED_PIECE:
            if (on_plain(c, data, at, out, now_ms))
                return true;
            if (c->out_of_memory)
                return false;
            break;
        case WS_INFLATED_ALL: return false;
        case WS_INFLATED_BROKEN:
            return fail(c, (struct violation){ ws_unpacker_why(c->unpacker).rule, at }, out,
                        now_ms);
        case WS_INFLATED_NOMEM: return ws_conn_give_in(c);
        }
    }
}

static bool on_data(struct ws_conn *c, const struct ws_piece *piece, struct ws_event *out,
                    uint64_t now_ms)
{
    if (ws_opcode_is_control(c->reader.head.opcode))
        return !buf_append(&c->control, piece->data) && ws_conn_give_in(c);
    if (!c->packed)
        return on_plain(c, piece->data, piece->at, out, now_ms);
    ws_unpacker_feed(c->unpacker, piece->data);
    return on_unpacked(c, c->reader.frame_at, out, now_ms);
}

/* The end of a data frame, and with FIN of its message. */
static bool on_data_end(struct ws_conn *c, uint64_t at, struct ws_event *out, uint64_t now_ms)
{
    bool complete;

    if (c->packed && c->reader.head.fin) {
        ws_unpacker_feed_end(c->unpacker);
        if (on_unpacked(c, at, out, now_ms))
            return true;
        if (c->out_of_memory)
            return false;
    }
    if (!ws_message_end(&c->assembling, c->reader.head.fin, &complete))
        return fail(c, (struct violation){ WS_RULE_TEXT_NOT_UTF8, at }, out, now_ms);
    if (!complete)
        return false;
    *out = (struct ws_event){
        .kind = WS_EVENT_MESSAGE,
        .opcode = c->assembling.opcode,
        .data = c->message.len > 0 ? buf_bytes(&c->message) : c->whole,
    };
    c->whole = (struct bytes){ 0 };
    return true;
}

/* The peer's Close is answered once, with its code and without its reason. RFC 6455 5.5.1. */
static bool on_close(struct ws_conn *c, uint64_t at, struct ws_event *out, uint64_t now_ms)
{
    const struct bytes payload = buf_bytes(&c->control);
    const struct ws_close close = ws_close_decode(payload);
    struct violation v = ws_close_check(payload);

    if (v.rule != WS_RULE_NONE) {
        v.at += at - payload.len;
        return fail(c, v, out, now_ms);
    }
    if (!ws_conn_write_close(c, close.code, (struct bytes){ 0 }))
        return ws_conn_give_in(c);
    c->got_close = true;
    ws_conn_enter(c, WS_CONN_CLOSED, now_ms, c->options.close_timeout_ms);
    *out = (struct ws_event){ .kind = WS_EVENT_CLOSE, .close = close, .data = payload };
    return true;
}

/* After our own Close a ping gets no answer: nothing may follow it. */
static bool on_ping(struct ws_conn *c, struct ws_event *out)
{
    const struct bytes data = buf_bytes(&c->control);

    if (!ws_conn_send(c, WS_PONG, data))
        return ws_conn_give_in(c);
    *out = (struct ws_event){ .kind = WS_EVENT_PING, .opcode = WS_PING, .data = data };
    return true;
}

static bool on_end(struct ws_conn *c, uint64_t at, struct ws_event *out, uint64_t now_ms)
{
    if (!ws_opcode_is_control(c->reader.head.opcode))
        return on_data_end(c, at, out, now_ms);
    if (c->reader.head.opcode == WS_CLOSE)
        return on_close(c, at, out, now_ms);
    if (c->reader.head.opcode == WS_PING)
        return on_ping(c, out);
    *out = (struct ws_event){
        .kind = WS_EVENT_PONG,
        .opcode = WS_PONG,
        .data = buf_bytes(&c->control),
    };
    return true;
}

static bool on_piece(struct ws_conn *c, const struct ws_piece *piece, struct ws_event *out,
                     uint64_t now_ms)
{
    switch (piece->kind) {
    case WS_PIECE_HEAD: return on_head(c, piece->at, out, now_ms);
    case WS_PIECE_DATA: return on_data(c, piece, out, now_ms);
    case WS_PIECE_END: return on_end(c, piece->at, out, now_ms);
    }
    return false;
}

bool ws_conn_frames_step(struct ws_conn *c, struct ws_event *out, uint64_t now_ms)
{
    struct ws_piece piece;

    while (!c->out_of_memory && ws_reader_next(&c->reader, &piece))
        if (on_piece(c, &piece, out, now_ms))
            return true;
    return false;
}
