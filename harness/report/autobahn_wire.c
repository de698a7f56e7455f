#include "report/autobahn_wire.h"

#include <stdlib.h>
#include <string.h>

#include "ws/close.h"
#include "ws/mask.h"

static bool is_frame(const struct entry *e)
{
    return e->kind == ENTRY_FRAME_IN || e->kind == ENTRY_FRAME_OUT;
}

/* Octets on the wire of an entry; 0: it is none of those that have any. */
static uint64_t octets_of(const struct entry *e)
{
    switch (e->kind) {
    case ENTRY_HEAD_OUT:
    case ENTRY_HEAD_IN:
    case ENTRY_HEAD_BAD: return e->data.len;
    case ENTRY_FRAME_OUT:
    case ENTRY_FRAME_IN: return ws_frame_head_size(&e->head) + e->len;
    case ENTRY_RAW_OUT: return e->len;
    case ENTRY_PARTIAL_IN: return (e->flag ? ws_frame_head_size(&e->head) : 0) + e->len;
    case ENTRY_CONNECTED:
    case ENTRY_MESSAGE_OUT:
    case ENTRY_MESSAGE_IN:
    case ENTRY_MESSAGE_BAD:
    case ENTRY_END_IN:
    case ENTRY_END_OUT:
    case ENTRY_EXPECT:
    case ENTRY_PASSED:
    case ENTRY_SILENT:
    case ENTRY_CLOSING:
    case ENTRY_ALIVE:
    case ENTRY_OUTPUT:
    case ENTRY_PROCESS:
    case ENTRY_MEMORY:
    case ENTRY_CPU:
    case ENTRY_METRIC:
    case ENTRY_TURNS:
    case ENTRY_PROVOKED:
    case ENTRY_NOTE:
    case ENTRY_ANOTHER:
    case ENTRY_KINDS: break;
    }
    return 0;
}

static bool is_ours(const struct entry *e)
{
    return e->kind == ENTRY_HEAD_OUT || e->kind == ENTRY_FRAME_OUT || e->kind == ENTRY_RAW_OUT ||
           e->kind == ENTRY_MESSAGE_OUT;
}

static void count_frame(struct autobahn_traffic *t, const struct entry *e)
{
    t->frames[e->head.opcode & 0xF]++;
    t->n_frames++;
    if (!ws_opcode_is_control(e->head.opcode))
        t->payload += e->len;
    if (e->head.opcode == WS_CLOSE && t->frames[WS_CLOSE] == 1)
        t->close_reason = ws_close_decode(e->data).reason;
}

static void count_head(struct autobahn_wire *w, struct autobahn_traffic *t, const struct entry *e)
{
    struct bytes *head = is_ours(e) ? &w->head_out : &w->head_in;

    t->before_open += e->data.len;
    if (!head->ptr && e->data.len > 0)
        *head = e->data;
}

/* Sizes are a row a chop until they are gathered. */
static void count(struct autobahn_wire *w, const struct entry *e)
{
    struct autobahn_traffic *t = is_ours(e) ? &w->out : &w->in;
    uint64_t octets = octets_of(e);

    if (octets > 0) {
        t->sizes[t->n_sizes++].octets = octets;
        t->octets += octets;
        t->chops++;
    }
    if (is_frame(e))
        count_frame(t, e);
    if (e->kind == ENTRY_HEAD_IN || e->kind == ENTRY_HEAD_OUT || e->kind == ENTRY_HEAD_BAD)
        count_head(w, t, e);
    if (e->kind == ENTRY_MESSAGE_IN || e->kind == ENTRY_MESSAGE_OUT) {
        t->messages++;
        t->app += e->len;
    }
}

static int by_octets(const void *a, const void *b)
{
    const struct autobahn_size *x = a, *y = b;

    return (x->octets > y->octets) - (x->octets < y->octets);
}

/* From a row a chop to a row a size. */
static void gather(struct autobahn_traffic *t)
{
    size_t kept = 0;

    qsort(t->sizes, t->n_sizes, sizeof *t->sizes, by_octets);
    for (size_t i = 0; i < t->n_sizes; i++) {
        if (kept == 0 || t->sizes[kept - 1].octets != t->sizes[i].octets)
            t->sizes[kept++] = (struct autobahn_size){ .octets = t->sizes[i].octets };
        t->sizes[kept - 1].count++;
    }
    t->n_sizes = kept;
}

static void timeouts(struct autobahn_wire *w, const struct transcript *t)
{
    bool silent = false, closing = false, ended = false;

    for (size_t i = 0; i < t->count; i++) {
        closing |= t->entries[i].kind == ENTRY_CLOSING;
        ended |= t->entries[i].kind == ENTRY_END_IN;
        silent |= t->entries[i].kind == ENTRY_SILENT && (closing || !w->head_in.ptr);
    }
    w->open_timeout = silent && !w->head_in.ptr;
    w->close_timeout = silent && closing && w->in.frames[WS_CLOSE] == 0;
    w->drop_timeout = silent && closing && w->in.frames[WS_CLOSE] > 0 && !ended;
}

bool autobahn_wire_read(const struct transcript *t, struct arena *a, struct autobahn_wire *out)
{
    *out = (struct autobahn_wire){ 0 };
    out->in.sizes = arena_array(a, t->count, sizeof *out->in.sizes);
    out->out.sizes = arena_array(a, t->count, sizeof *out->out.sizes);
    if (!out->in.sizes || !out->out.sizes)
        return false;
    for (size_t i = 0; i < t->count; i++)
        count(out, &t->entries[i]);
    gather(&out->in);
    gather(&out->out);
    timeouts(out, t);
    return true;
}

/* The header as it was, and the payload as it was under its mask. */
static struct bytes frame_octets(const struct entry *e, uint8_t *room)
{
    size_t n = ws_frame_encode(&e->head, room);
    struct bytes payload = bytes_take(e->data, AUTOBAHN_SHOWN);

    if (payload.len > 0)
        memcpy(room + n, payload.ptr, payload.len);
    if (e->head.masked)
        ws_mask(room + n, payload.len, e->head.key, 0);
    return bytes_take(bytes_of(room, n + payload.len), AUTOBAHN_SHOWN);
}

static void octets_line(const struct entry *e, struct autobahn_line *out)
{
    bool framed = is_frame(e) || (e->kind == ENTRY_PARTIAL_IN && e->flag);

    *out = (struct autobahn_line){ .kind = is_ours(e) ? "TO" : "RO",
                                   .ours = is_ours(e),
                                   .len = octets_of(e) };
    out->octets = framed ? frame_octets(e, out->room) : bytes_take(e->data, AUTOBAHN_SHOWN);
}

static void frame_line(const struct entry *e, struct autobahn_line *out)
{
    *out = (struct autobahn_line){ .kind = is_ours(e) ? "TF" : "RF",
                                   .ours = is_ours(e),
                                   .len = e->len,
                                   .octets = bytes_take(e->data, AUTOBAHN_SHOWN),
                                   .head = &e->head };
}

static const char *timer_kind(const struct transcript *t, size_t entry)
{
    bool closing = false;

    if (t->entries[entry].kind == ENTRY_CLOSING)
        return "TI";
    for (size_t i = 0; i < entry; i++)
        closing |= t->entries[i].kind == ENTRY_CLOSING;
    return closing ? "TIE" : "KLE";
}

size_t autobahn_wire_lines(const struct transcript *t, size_t entry, struct autobahn_line out[2])
{
    const struct entry *e = &t->entries[entry];

    if (e->kind == ENTRY_CLOSING || e->kind == ENTRY_SILENT) {
        out[0] = (struct autobahn_line){ .kind = timer_kind(t, entry), .ours = true };
        return 1;
    }
    if (octets_of(e) == 0)
        return 0;
    if (!is_frame(e)) {
        octets_line(e, &out[0]);
        return 1;
    }
    /* What comes is octets before it is a frame, what goes a frame first. */
    octets_line(e, &out[is_ours(e)]);
    frame_line(e, &out[!is_ours(e)]);
    return 2;
}
