#include "fuzz/session/session.h"

#include <string.h>

#include "ws/mask.h"

/* The bytes of a session: one for the session as a whole, then items. Each begins with a byte of
 * flags; a frame's second byte is the first one it has on the wire. Numbers are written seven bits
 * a byte, the lowest first, the high bit on all but the last. */
enum { ITEM_KIND = 0x03, ITEM_JOINED = 0x04, ITEM_CUT = 0x08, ITEM_TIMES = 0x10 };
enum { ITEM_MASK_SHIFT = 5, ITEM_DEFLATE = 0x80 };                 /* frames */
enum { ITEM_EDIT_SHIFT = 2 };                                      /* edits */
enum { MORE_FORM = 0x03, MORE_DECLARES = 0x04, MORE_CODE = 0x08 }; /* a frame's third byte */
enum { HEAD_EXTENSION = 0x03, HEAD_END_SHIFT = 2 };
enum { KIND_RAW = 2, KIND_EDIT = 3 }; /* 0 and 1: a frame */

static const unsigned len_forms[] = { 0, WS_LEN_7, WS_LEN_16, WS_LEN_64 };

/* ---- reading ---- */

struct reader {
    struct bytes left;
};

static uint8_t take_byte(struct reader *r)
{
    uint8_t byte = r->left.len > 0 ? r->left.ptr[0] : 0;

    r->left = bytes_skip(r->left, 1);
    return byte;
}

static uint64_t take_number(struct reader *r)
{
    uint64_t number = 0;

    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t byte = take_byte(r);
        number |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            break;
    }
    return number;
}

static struct bytes take_bytes(struct reader *r)
{
    uint64_t len = take_number(r);
    struct bytes bytes = bytes_take(r->left, len < r->left.len ? (size_t)len : r->left.len);

    r->left = bytes_skip(r->left, bytes.len);
    return bytes;
}

static uint32_t small(uint64_t number)
{
    return number < UINT32_MAX ? (uint32_t)number : UINT32_MAX;
}

static void read_frame(struct reader *r, uint8_t flags, struct fuzz_step *step)
{
    uint8_t front = take_byte(r), more = take_byte(r);

    step->fin = front & 0x80;
    step->rsv = (front >> 4) & 7;
    step->opcode = front & 0x0f;
    step->mask = (enum fuzz_mask)(((flags >> ITEM_MASK_SHIFT) & 3) % FUZZ_MASKS);
    step->deflate = flags & ITEM_DEFLATE;
    step->len_form = len_forms[more & MORE_FORM];
    step->declares = more & MORE_DECLARES;
    step->has_code = more & MORE_CODE;
    if (step->mask == FUZZ_MASK_KEY)
        for (size_t i = 0; i < 4; i++)
            step->key[i] = take_byte(r);
    if (step->declares)
        step->declare = take_number(r);
    if (step->has_code)
        step->code = (uint16_t)(take_byte(r) << 8);
    if (step->has_code)
        step->code |= take_byte(r);
}

static void read_step(struct reader *r, uint8_t flags, struct fuzz_step *step)
{
    *step = (struct fuzz_step){ .kind = (flags & ITEM_KIND) == KIND_RAW ? FUZZ_RAW : FUZZ_FRAME };
    if (step->kind == FUZZ_FRAME)
        read_frame(r, flags, step);
    step->joined = flags & ITEM_JOINED;
    step->cut = flags & ITEM_CUT ? small(take_number(r)) : 0;
    step->times = flags & ITEM_TIMES ? small(take_number(r)) : 0;
    step->payload = take_bytes(r);
}

static void read_edit(struct reader *r, uint8_t flags, struct fuzz_edit *edit)
{
    *edit = (struct fuzz_edit){ .kind = (enum edit_kind)((flags >> ITEM_EDIT_SHIFT) %
                                                         (EDIT_BODY + 1)) };
    edit->name = take_bytes(r);
    edit->value = take_bytes(r);
}

void fuzz_session_decode(struct bytes in, struct fuzz_session *out)
{
    struct reader r = { in };
    uint8_t head = take_byte(&r);

    out->extension = (enum fuzz_extension)(head & HEAD_EXTENSION);
    out->end = (enum fuzz_end)(((head >> HEAD_END_SHIFT) & 3) % FUZZ_ENDS);
    out->n_edits = out->n_steps = 0;
    while (r.left.len > 0 && out->n_steps < FUZZ_STEPS_MAX && out->n_edits < FUZZ_EDITS_MAX) {
        uint8_t flags = take_byte(&r);
        if ((flags & ITEM_KIND) == KIND_EDIT)
            read_edit(&r, flags, &out->edits[out->n_edits++]);
        else
            read_step(&r, flags, &out->steps[out->n_steps++]);
    }
    fuzz_session_tidy(out);
}

/* ---- what every session keeps to ---- */

static void tidy_frame(struct fuzz_step *step, enum fuzz_extension extension)
{
    step->has_code = step->has_code && step->opcode == WS_CLOSE;
    step->deflate = step->deflate && extension != FUZZ_PLAIN && !ws_opcode_is_control(step->opcode);
    if (step->mask != FUZZ_MASK_KEY)
        memset(step->key, 0, sizeof step->key);
    if (!step->declares)
        step->declare = 0;
    if (!step->has_code)
        step->code = 0;
}

static void tidy_step(struct fuzz_step *step, enum fuzz_extension extension)
{
    step->payload = bytes_take(step->payload, FUZZ_PAYLOAD_MAX);
    if (step->times <= 1 || step->payload.len == 0)
        step->times = 0;
    else if (step->times > FUZZ_SPREAD_MAX / step->payload.len)
        step->times = (uint32_t)(FUZZ_SPREAD_MAX / step->payload.len);
    if (step->kind == FUZZ_FRAME)
        tidy_frame(step, extension);
}

static bool is_token(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c != 0 && strchr("!#$%&'*+-.^_`|~", c));
}

static bool has_name(const struct fuzz_edit *edit)
{
    return edit->kind == EDIT_HEADER || edit->kind == EDIT_ADD || edit->kind == EDIT_OMIT;
}

static bool may_break_lines(const struct fuzz_edit *edit)
{
    return edit->kind == EDIT_RAWLINE || edit->kind == EDIT_BODY;
}

/* False: nothing is left of it. */
static bool tidy_edit(struct fuzz_edit *edit)
{
    size_t n = 0;

    while (n < edit->name.len && is_token(edit->name.ptr[n]))
        n++;
    edit->name = bytes_take(edit->name, has_name(edit) ? n : 0);
    if (edit->kind == EDIT_OMIT)
        edit->value = (struct bytes){ 0 };
    edit->value = bytes_take(edit->value, FUZZ_PAYLOAD_MAX);
    if (!may_break_lines(edit)) {
        edit->value = bytes_take(edit->value, bytes_index(edit->value, 0, '\r'));
        edit->value = bytes_take(edit->value, bytes_index(edit->value, 0, '\n'));
    }
    return !has_name(edit) || edit->name.len > 0;
}

void fuzz_session_tidy(struct fuzz_session *s)
{
    size_t kept = 0;

    for (size_t i = 0; i < s->n_edits; i++)
        if (tidy_edit(&s->edits[i]))
            s->edits[kept++] = s->edits[i];
    s->n_edits = kept;
    for (size_t i = 0; i < s->n_steps; i++)
        tidy_step(&s->steps[i], s->extension);
}

/* ---- writing ---- */

struct writer {
    uint8_t *out;
    size_t len, cap; /* len > cap: it did not fit */
};

static void put_byte(struct writer *w, unsigned byte)
{
    if (w->len < w->cap)
        w->out[w->len] = (uint8_t)byte;
    w->len++;
}

static void put_number(struct writer *w, uint64_t number)
{
    for (; number > 0x7f; number >>= 7)
        put_byte(w, (unsigned)(number & 0x7f) | 0x80);
    put_byte(w, (unsigned)number);
}

static void put_bytes(struct writer *w, struct bytes bytes)
{
    put_number(w, bytes.len);
    if (bytes.len > 0 && w->len < w->cap && bytes.len <= w->cap - w->len)
        memcpy(w->out + w->len, bytes.ptr, bytes.len);
    w->len += bytes.len;
}

static unsigned form_number(unsigned len_form)
{
    unsigned n = 0;

    while (n < 3 && len_forms[n] != len_form)
        n++;
    return n;
}

static void write_frame(struct writer *w, const struct fuzz_step *step)
{
    put_byte(w, (step->fin ? 0x80u : 0) | (unsigned)step->rsv << 4 | step->opcode);
    put_byte(w, form_number(step->len_form) | (step->declares ? MORE_DECLARES : 0u) |
                    (step->has_code ? MORE_CODE : 0u));
    if (step->mask == FUZZ_MASK_KEY)
        for (size_t i = 0; i < 4; i++)
            put_byte(w, step->key[i]);
    if (step->declares)
        put_number(w, step->declare);
    if (step->has_code)
        put_byte(w, step->code >> 8);
    if (step->has_code)
        put_byte(w, step->code & 0xff);
}

static void write_step(struct writer *w, const struct fuzz_step *step)
{
    bool frame = step->kind == FUZZ_FRAME;
    unsigned flags = (frame ? 0u : KIND_RAW) | (step->joined ? ITEM_JOINED : 0u) |
                     (step->cut > 0 ? ITEM_CUT : 0u) | (step->times > 0 ? ITEM_TIMES : 0u);

    if (frame)
        flags |= (unsigned)step->mask << ITEM_MASK_SHIFT | (step->deflate ? ITEM_DEFLATE : 0u);
    put_byte(w, flags);
    if (frame)
        write_frame(w, step);
    if (step->cut > 0)
        put_number(w, step->cut);
    if (step->times > 0)
        put_number(w, step->times);
    put_bytes(w, step->payload);
}

size_t fuzz_session_encode(const struct fuzz_session *s, uint8_t *out, size_t cap)
{
    struct writer w = { .out = out, .cap = cap };

    put_byte(&w, (unsigned)s->extension | (unsigned)s->end << HEAD_END_SHIFT);
    for (size_t i = 0; i < s->n_edits; i++) {
        put_byte(&w, KIND_EDIT | (unsigned)s->edits[i].kind << ITEM_EDIT_SHIFT);
        put_bytes(&w, s->edits[i].name);
        put_bytes(&w, s->edits[i].value);
    }
    for (size_t i = 0; i < s->n_steps; i++)
        write_step(&w, &s->steps[i]);
    return w.len <= cap ? w.len : 0;
}

/* ---- from the wire ---- */

static bool take_frame(struct bytes *wire, enum case_role role, struct arena *a,
                       struct fuzz_step *step)
{
    struct ws_head head;
    size_t used;

    if (ws_frame_decode(*wire, &head, &used) != WS_OK || head.payload_len > wire->len - used ||
        head.payload_len > FUZZ_PAYLOAD_MAX)
        return false;
    struct bytes payload =
        arena_copy(a, bytes_take(bytes_skip(*wire, used), (size_t)head.payload_len));
    *wire = bytes_skip(*wire, used + payload.len);
    *step = (struct fuzz_step){ .fin = head.fin, .rsv = head.rsv, .opcode = head.opcode };
    step->mask = head.masked           ? FUZZ_MASK_KEY
                 : role == ROLE_SERVER ? FUZZ_MASK_WRONG
                                       : FUZZ_MASK_RIGHT;
    memcpy(step->key, head.key, sizeof step->key);
    if (head.len_form != ws_frame_shortest(head.payload_len))
        step->len_form = head.len_form;
    if (head.masked && payload.ptr)
        ws_mask((uint8_t *)(uintptr_t)payload.ptr, payload.len, head.key, 0);
    step->payload = payload;
    return true;
}

bool fuzz_session_from_wire(struct bytes wire, enum case_role role, struct arena *a,
                            struct fuzz_session *out)
{
    out->extension = FUZZ_PLAIN;
    out->end = FUZZ_END_USUAL;
    out->n_edits = out->n_steps = 0;
    while (wire.len > 0 && out->n_steps < FUZZ_STEPS_MAX - 1 &&
           take_frame(&wire, role, a, &out->steps[out->n_steps]))
        if (!out->steps[out->n_steps++].payload.ptr)
            return false;
    if (wire.len > 0)
        out->steps[out->n_steps++] = (struct fuzz_step){ .kind = FUZZ_RAW, .payload = wire };
    fuzz_session_tidy(out);
    return true;
}

/* ---- comparing ---- */

uint64_t fuzz_step_bytes(const struct fuzz_step *step)
{
    return (uint64_t)step->payload.len * (step->times > 1 ? step->times : 1);
}

static bool same_step(const struct fuzz_step *a, const struct fuzz_step *b)
{
    return a->kind == b->kind && a->fin == b->fin && a->rsv == b->rsv && a->opcode == b->opcode &&
           a->mask == b->mask && memcmp(a->key, b->key, sizeof a->key) == 0 &&
           a->len_form == b->len_form && a->declares == b->declares && a->declare == b->declare &&
           a->has_code == b->has_code && a->code == b->code && a->times == b->times &&
           a->deflate == b->deflate && a->cut == b->cut && a->joined == b->joined &&
           bytes_eq(a->payload, b->payload);
}

bool fuzz_session_equal(const struct fuzz_session *a, const struct fuzz_session *b)
{
    if (a->extension != b->extension || a->end != b->end || a->n_edits != b->n_edits ||
        a->n_steps != b->n_steps)
        return false;
    for (size_t i = 0; i < a->n_edits; i++)
        if (a->edits[i].kind != b->edits[i].kind || !bytes_eq(a->edits[i].name, b->edits[i].name) ||
            !bytes_eq(a->edits[i].value, b->edits[i].value))
            return false;
    for (size_t i = 0; i < a->n_steps; i++)
        if (!same_step(&a->steps[i], &b->steps[i]))
            return false;
    return true;
}
