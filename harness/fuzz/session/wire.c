#include "fuzz/session/wire.h"

#include <string.h>

#include "base/rand.h"
#include "ws/deflate.h"
#include "ws/mask.h"

#define WIRE_MAX (FUZZ_STEPS_MAX * (FUZZ_SPREAD_MAX + 1024))

/* A session on its way to the wire. */
struct work {
    struct fuzz_wire *wire;
    struct rand keys;
    struct ws_deflater *deflater; /* NULL without an extension */
    struct buf payload;           /* of one frame, before it is masked */
    bool masks;                   /* what the role has to do */
    size_t written;               /* offset behind the last write */
};

static bool end_write(struct work *w, size_t at)
{
    struct fuzz_wire *wire = w->wire;

    if (at <= w->written)
        return true;
    w->written = at;
    if (!arena_grow(&wire->arena, (void **)&wire->ends, &wire->cap, wire->n_ends + 1,
                    sizeof *wire->ends))
        return false;
    wire->ends[wire->n_ends++] = at;
    return true;
}

/* Cuts count from where the step begins: what is joined in front of it goes with its first. */
static bool end_writes(struct work *w, const struct fuzz_step *step, size_t began, bool last)
{
    size_t len = w->wire->bytes.len;

    for (size_t at = began; step->cut > 0 && len - at > step->cut;) {
        at += step->cut;
        if (!end_write(w, at))
            return false;
    }
    return (step->joined && !last) || end_write(w, len);
}

/* What is there is doubled: one byte can be sent a million times. */
static bool put_spread(const struct fuzz_step *step, struct buf *out)
{
    const size_t times = step->times > 0 ? step->times : 1, len = times * step->payload.len;
    const size_t from = out->len;

    if (!buf_reserve(out, len) || !buf_append(out, step->payload))
        return false;
    while (out->len - from < len) {
        const size_t made = out->len - from, more = made < len - made ? made : len - made;
        memcpy(out->ptr + out->len, out->ptr + from, more);
        out->len += more;
    }
    return true;
}

static bool put_packed(struct work *w, const struct fuzz_step *step)
{
    for (uint32_t i = 0; i == 0 || i < step->times; i++)
        if (!ws_deflater_feed(w->deflater, step->payload, &w->payload))
            return false;
    return step->fin ? ws_deflater_end(w->deflater, &w->payload)
                     : ws_deflater_flush(w->deflater, &w->payload);
}

static bool make_payload(struct work *w, const struct fuzz_step *step)
{
    const uint8_t code[] = { (uint8_t)(step->code >> 8), (uint8_t)step->code };

    buf_clear(&w->payload);
    if (step->has_code && !buf_append(&w->payload, bytes_of(code, sizeof code)))
        return false;
    if (step->deflate && w->deflater)
        return put_packed(w, step);
    return put_spread(step, &w->payload);
}

static struct ws_head head_of(struct work *w, const struct fuzz_step *step)
{
    bool marked = step->deflate && w->deflater && step->opcode != WS_CONTINUATION;
    struct ws_head head = { .fin = step->fin,
                            .rsv = step->rsv | (marked ? WS_RSV1 : 0),
                            .opcode = step->opcode };

    head.payload_len = step->declares ? step->declare : w->payload.len;
    head.len_form =
        step->len_form ? (enum ws_len_form)step->len_form : ws_frame_shortest(head.payload_len);
    head.masked = step->mask == FUZZ_MASK_KEY || w->masks == (step->mask == FUZZ_MASK_RIGHT);
    if (step->mask == FUZZ_MASK_KEY)
        memcpy(head.key, step->key, sizeof head.key);
    else if (head.masked)
        rand_fill(&w->keys, head.key, sizeof head.key);
    return head;
}

/* Does the length on the wire say how much follows? */
static bool is_honest(const uint8_t *front, size_t n, size_t payload_len)
{
    struct ws_head told;
    size_t used;

    return ws_frame_decode(bytes_of(front, n), &told, &used) == WS_OK &&
           told.payload_len == payload_len;
}

static bool put_frame(struct work *w, const struct fuzz_step *step)
{
    struct fuzz_wire *wire = w->wire;
    uint8_t front[WS_HEAD_MAX];

    if (!make_payload(w, step))
        return false;
    struct ws_head head = head_of(w, step);
    size_t n = ws_frame_encode(&head, front);
    if (head.masked)
        ws_mask(w->payload.ptr, w->payload.len, head.key, 0);
    if (wire->whole && !is_honest(front, n, w->payload.len))
        wire->whole = false;
    wire->says_close |= head.opcode == WS_CLOSE;
    return buf_append(&wire->bytes, bytes_of(front, n)) &&
           buf_append(&wire->bytes, buf_bytes(&w->payload));
}

static bool put_step(struct work *w, const struct fuzz_step *step, bool last)
{
    size_t began = w->wire->bytes.len;
    bool ok;

    if (step->kind == FUZZ_RAW) {
        /* Where the frames in it end is not looked at: nobody can go on behind it for certain. */
        w->wire->whole = w->wire->whole && step->payload.len == 0;
        ok = put_spread(step, &w->wire->bytes);
    } else {
        ok = put_frame(w, step);
    }
    return ok && end_writes(w, step, began, last);
}

static bool begin(struct work *w, enum case_role role, const struct ws_permessage *agreed)
{
    if (!agreed)
        return true;
    struct ws_permessage_way way =
        role == ROLE_SERVER ? ws_permessage_from_client(agreed) : ws_permessage_from_server(agreed);
    w->deflater = ws_deflater_new(way.bits, way.takeover, WS_DEFLATE_LEVEL);
    return w->deflater != NULL;
}

bool fuzz_wire_make(const struct fuzz_session *s, enum case_role role,
                    const struct ws_permessage *agreed, uint64_t seed, struct fuzz_wire *out)
{
    struct work w = { .wire = out, .masks = role == ROLE_SERVER };

    fuzz_wire_clear(out);
    rand_init(&w.keys, seed);
    buf_init(&w.payload, FUZZ_SPREAD_MAX * 2);
    bool ok = begin(&w, role, agreed);
    for (size_t i = 0; ok && i < s->n_steps; i++)
        ok = put_step(&w, &s->steps[i], i + 1 == s->n_steps);
    ws_deflater_free(w.deflater);
    buf_free(&w.payload);
    return ok;
}

void fuzz_wire_clear(struct fuzz_wire *w)
{
    w->bytes.max = WIRE_MAX;
    buf_clear(&w->bytes);
    w->n_ends = 0;
    w->whole = true;
    w->says_close = false;
}

void fuzz_wire_free(struct fuzz_wire *w)
{
    buf_free(&w->bytes);
    arena_free(&w->arena);
    *w = (struct fuzz_wire){ 0 };
}

struct ws_permessage fuzz_wire_permessage(enum fuzz_extension extension, enum case_role role)
{
    struct ws_permessage p = { 0 };

    p.server_no_takeover = p.client_no_takeover = extension == FUZZ_DEFLATE_NO_TAKEOVER;
    if (extension == FUZZ_DEFLATE_SMALL_WINDOW && role == ROLE_SERVER)
        p.client_bits = 9;
    if (extension == FUZZ_DEFLATE_SMALL_WINDOW && role == ROLE_CLIENT)
        p.server_bits = 9;
    return p;
}
