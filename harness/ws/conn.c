#include "ws/conn.h"

#include <assert.h>

#include "base/alloc.h"
#include "ws/conn_parts.h"
#include "ws/mask.h"

#define IDLE_BYTES_MAX 65536 /* an idle connection gives back buffers that grew larger */

static const char *const state_names[] = {
#define X(name, what) [WS_CONN_##name] = #name,
    WS_CONN_STATES(X)
#undef X
};

const char *ws_conn_state_name(enum ws_conn_state state)
{
    return state_names[state];
}

static struct ws_conn_options with_defaults(struct ws_conn_options o)
{
    o.message_max = o.message_max ? o.message_max : WS_CONN_MESSAGE_MAX;
    o.fragments_max = o.fragments_max ? o.fragments_max : WS_CONN_FRAGMENTS_MAX;
    o.out_max = o.out_max ? o.out_max : WS_CONN_OUT_MAX;
    o.open_timeout_ms = o.open_timeout_ms ? o.open_timeout_ms : WS_CONN_OPEN_TIMEOUT_MS;
    o.close_timeout_ms = o.close_timeout_ms ? o.close_timeout_ms : WS_CONN_CLOSE_TIMEOUT_MS;
    return o;
}

bool ws_conn_init(struct ws_conn *c, const struct ws_conn_options *options, uint64_t now_ms)
{
    *c = (struct ws_conn){ .options = with_defaults(*options) };
    buf_init(&c->request, c->options.out_max);
    buf_init(&c->head_bytes, HTTP1_HEAD_BYTES_MAX);
    buf_init(&c->out, c->options.out_max);
    buf_init(&c->message, c->options.message_max);
    buf_init(&c->control, WS_CONTROL_MAX);
    buf_init(&c->packing, c->options.out_max);
    rand_init(&c->rand, options->seed);
    ws_conn_enter(c, WS_CONN_HANDSHAKE, now_ms, c->options.open_timeout_ms);
    return c->options.server || ws_conn_open_start(c);
}

void ws_conn_free(struct ws_conn *c)
{
    buf_free(&c->request);
    buf_free(&c->head_bytes);
    buf_free(&c->out);
    buf_free(&c->message);
    buf_free(&c->control);
    alloc_free(c->head);
    ws_conn_deflate_free(c);
    *c = (struct ws_conn){ .state = WS_CONN_CLOSED, .end_told = true };
}

void ws_conn_skip_handshake(struct ws_conn *c, const struct ws_permessage *agreed)
{
    assert(c->state == WS_CONN_HANDSHAKE && (!agreed || c->options.deflate));
    buf_clear(&c->out);
    c->compresses = agreed != NULL;
    if (agreed)
        c->agreed = *agreed;
    ws_conn_enter(c, WS_CONN_OPEN, 0, 0);
}

void ws_conn_enter(struct ws_conn *c, enum ws_conn_state state, uint64_t now_ms,
                   uint32_t timeout_ms)
{
    c->state = state;
    c->deadline_ms = timeout_ms > 0 ? now_ms + timeout_ms : 0;
}

bool ws_conn_give_in(struct ws_conn *c)
{
    c->out_of_memory = true;
    return false;
}

/* -- bytes in, events out -- */

static void empty_buf(struct buf *b)
{
    const size_t max = b->max;

    buf_clear(b);
    if (b->cap > IDLE_BYTES_MAX) {
        buf_free(b);
        buf_init(b, max);
    }
}

/* Lets go of what the last event showed. */
static void release(struct ws_conn *c)
{
    if (c->state != WS_CONN_HANDSHAKE && c->head) {
        alloc_free(c->head);
        c->head = NULL;
        buf_free(&c->head_bytes);
        buf_free(&c->request);
    }
    if (!c->assembling.open)
        empty_buf(&c->message);
    empty_buf(&c->packing);
}

static bool takes_input(const struct ws_conn *c)
{
    return c->state != WS_CONN_FAILING && c->state != WS_CONN_CLOSED && !c->out_of_memory;
}

void ws_conn_feed(struct ws_conn *c, uint8_t *in, size_t len, uint64_t now_ms)
{
    (void)now_ms; /* bytes change the state when they are taken, in ws_conn_next */
    release(c);
    if (takes_input(c))
        ws_reader_feed(&c->reader, in, len);
}

void ws_conn_feed_end(struct ws_conn *c, uint64_t now_ms)
{
    (void)now_ms;
    c->tcp_done = true;
}

static bool step(struct ws_conn *c, struct ws_event *out, uint64_t now_ms)
{
    switch (c->state) {
    case WS_CONN_HANDSHAKE: return ws_conn_open_step(c, out, now_ms);
    case WS_CONN_OPEN:
    case WS_CONN_CLOSING: return ws_conn_frames_step(c, out, now_ms);
    case WS_CONN_FAILING:
    case WS_CONN_CLOSED: ws_reader_skip(&c->reader, c->reader.in_len);
    }
    return false;
}

static void end(struct ws_conn *c, struct ws_event *out)
{
    c->end_told = true;
    c->give_up = true;
    ws_conn_enter(c, WS_CONN_CLOSED, 0, 0);
    *out = (struct ws_event){ .kind = WS_EVENT_END, .clean = c->sent_close && c->got_close };
}

static void time_out(struct ws_conn *c, struct ws_event *out)
{
    c->give_up = true;
    ws_conn_enter(c, WS_CONN_CLOSED, 0, 0);
    *out = (struct ws_event){ .kind = WS_EVENT_TIMEOUT };
}

bool ws_conn_next(struct ws_conn *c, struct ws_event *out, uint64_t now_ms)
{
    release(c);
    if (c->out_of_memory || c->end_told)
        return false;
    if (step(c, out, now_ms))
        return true;
    if (c->out_of_memory)
        return false;
    if (c->tcp_done) {
        end(c, out);
        return true;
    }
    if (now_ms < ws_conn_deadline(c))
        return false;
    time_out(c, out);
    return true;
}

bool ws_conn_failed(const struct ws_conn *c)
{
    return c->out_of_memory;
}

uint64_t ws_conn_deadline(const struct ws_conn *c)
{
    return c->deadline_ms > 0 ? c->deadline_ms : UINT64_MAX;
}

/* -- output -- */

struct bytes ws_conn_out(const struct ws_conn *c)
{
    return bytes_skip(buf_bytes(&c->out), c->out_at);
}

void ws_conn_sent(struct ws_conn *c, size_t n)
{
    assert(n <= c->out.len - c->out_at);
    c->out_at += n;
    if (c->out_at < c->out.len)
        return;
    empty_buf(&c->out);
    c->out_at = 0;
}

/* Room in `out`. What is sent is forgotten when that is half of it, so that moving the rest costs
 * no more than sending did, or when only that makes room. */
static bool make_room(struct ws_conn *c, size_t n)
{
    if (c->out_at > c->out.len / 2 || (c->out_at > 0 && n > c->out.max - c->out.len)) {
        buf_drop(&c->out, c->out_at);
        c->out_at = 0;
    }
    return buf_reserve(&c->out, n);
}

bool ws_conn_write(struct ws_conn *c, uint8_t opcode, uint8_t rsv, struct bytes data)
{
    struct ws_head head = {
        .fin = true,
        .rsv = rsv,
        .opcode = opcode,
        .masked = !c->options.server,
        .len_form = ws_frame_shortest(data.len),
        .payload_len = data.len,
    };
    uint8_t front[WS_HEAD_MAX];
    size_t size;

    if (head.masked)
        rand_fill(&c->rand, head.key, sizeof head.key);
    const size_t front_len = ws_frame_encode(&head, front);
    if (!size_add(&size, front_len, data.len) || !make_room(c, size))
        return false;
    if (!buf_append(&c->out, bytes_of(front, front_len)) || !buf_append(&c->out, data))
        return false;
    if (head.masked)
        ws_mask(c->out.ptr + c->out.len - data.len, data.len, head.key, 0);
    return true;
}

bool ws_conn_write_close(struct ws_conn *c, uint16_t code, struct bytes reason)
{
    uint8_t payload[WS_CONTROL_MAX];
    const size_t len = code > 0 ? ws_close_encode(code, reason, payload) : 0;

    if (c->sent_close)
        return true;
    c->sent_close = true;
    return ws_conn_write(c, WS_CLOSE, 0, bytes_of(payload, len));
}

bool ws_conn_wants_close(const struct ws_conn *c)
{
    const bool over = c->state == WS_CONN_FAILING || c->state == WS_CONN_CLOSED;

    return c->out_of_memory || c->give_up || (over && c->options.server);
}

bool ws_conn_send(struct ws_conn *c, uint8_t opcode, struct bytes data)
{
    bool packed;

    assert(opcode != WS_CLOSE); /* ws_conn_close */
    if (c->state != WS_CONN_OPEN)
        return true;
    const bool sent = ws_conn_deflate_pack(c, opcode, &data, &packed) &&
                      ws_conn_write(c, opcode, packed ? WS_RSV1 : 0, data);
    if (!sent && packed)
        ws_conn_deflate_unsent(c);
    return sent;
}

bool ws_conn_close(struct ws_conn *c, uint16_t code, struct bytes reason, uint64_t now_ms)
{
    if (c->state != WS_CONN_OPEN)
        return true;
    ws_conn_enter(c, WS_CONN_CLOSING, now_ms, c->options.close_timeout_ms);
    return ws_conn_write_close(c, code, reason);
}
