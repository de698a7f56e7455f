#include "fuzz/mutate/mutate.h"

#include <string.h>

#include "fuzz/mutate/mutate_parts.h"

/* The order of the steps, and which kind of change is made. Most changes leave a session valid that
 * was: what is deep inside of an implementation is reached through what it takes. */

/* ---- choosing ---- */

size_t fuzz_pick(struct mutator *m, size_t count)
{
    return (size_t)rand_below(m->rand, count);
}

bool fuzz_one_in(struct mutator *m, size_t n)
{
    return fuzz_pick(m, n) == 0;
}

static const struct mutation *pick_row(struct mutator *m, const struct mutation *table,
                                       size_t count)
{
    size_t total = 0, i = 0;

    for (size_t k = 0; k < count; k++)
        total += table[k].weight;
    size_t at = fuzz_pick(m, total);
    for (; at >= table[i].weight; i++)
        at -= table[i].weight;
    return &table[i];
}

bool fuzz_mutate_by(struct mutator *m, const struct mutation *table, size_t count)
{
    const unsigned tries = 16;

    for (unsigned i = 0; i < tries; i++)
        if (pick_row(m, table, count)->change(m))
            return true;
    return false;
}

uint64_t fuzz_pick_length(struct mutator *m)
{
    static const uint64_t bounds[] = { 0,   1,    2,    3,    4,    16,    63,    64,
                                       65,  124,  125,  126,  127,  128,   255,   256,
                                       257, 1023, 1024, 4095, 4096, 16384, 65535, 65536 };

    return fuzz_one_in(m, 4) ? fuzz_pick(m, 300) : bounds[fuzz_pick(m, FUZZ_COUNT(bounds))];
}

struct fuzz_step *fuzz_pick_step(struct mutator *m)
{
    return m->s->n_steps > 0 ? &m->s->steps[fuzz_pick(m, m->s->n_steps)] : NULL;
}

struct fuzz_step *fuzz_pick_frame(struct mutator *m)
{
    struct fuzz_step *step = fuzz_pick_step(m);

    for (size_t i = 0; step && step->kind != FUZZ_FRAME && i < m->s->n_steps; i++)
        step = &m->s->steps[i];
    return step && step->kind == FUZZ_FRAME ? step : NULL;
}

bool fuzz_splice(struct mutator *m, struct bytes *in, size_t at, size_t drop, struct bytes put)
{
    size_t tail = in->len - at - drop, len = at + put.len + tail;
    uint8_t *made = len <= FUZZ_PAYLOAD_MAX ? arena_new(m->arena, len) : NULL;

    if (!made)
        return false;
    if (at > 0)
        memcpy(made, in->ptr, at);
    if (put.len > 0)
        memcpy(made + at, put.ptr, put.len);
    if (tail > 0)
        memcpy(made + at + put.len, in->ptr + at + drop, tail);
    *in = bytes_of(made, len);
    return true;
}

/* ---- new steps ---- */

static bool is_data(const struct fuzz_step *step)
{
    return step->kind == FUZZ_FRAME && !ws_opcode_is_control(step->opcode);
}

/* Is a fragmented message under way in front of step `at`? */
static bool in_message(const struct fuzz_session *s, size_t at)
{
    bool open = false;

    for (size_t i = 0; i < at; i++)
        if (is_data(&s->steps[i]))
            open = !s->steps[i].fin;
    return open;
}

/* Room for `count` steps in front of `at`: they are zeroed. */
static bool open_gap(struct fuzz_session *s, size_t at, size_t count)
{
    if (s->n_steps + count > FUZZ_STEPS_MAX)
        return false;
    memmove(s->steps + at + count, s->steps + at, (s->n_steps - at) * sizeof s->steps[0]);
    memset(s->steps + at, 0, count * sizeof s->steps[0]);
    s->n_steps += count;
    return true;
}

static void close_gap(struct fuzz_session *s, size_t at, size_t count)
{
    s->n_steps -= count;
    memmove(s->steps + at, s->steps + at + count, (s->n_steps - at) * sizeof s->steps[0]);
}

static struct fuzz_step frame_of(uint8_t opcode, struct bytes payload)
{
    return (struct fuzz_step){ .fin = true, .opcode = opcode, .payload = payload };
}

/* Now and then as large as a control frame may be, or larger by one. */
static struct fuzz_step control(struct mutator *m)
{
    static const uint32_t sizes[] = { 124, 125, 125, 126 };
    struct fuzz_step step = frame_of(fuzz_one_in(m, 3) ? WS_PONG : WS_PING, fuzz_pick_word(m));

    if (fuzz_one_in(m, 6)) {
        step.payload = BYTES_LIT("p");
        step.times = sizes[fuzz_pick(m, FUZZ_COUNT(sizes))];
    }
    return step;
}

/* Lengths at which something changes are of one byte over and over, so that they stay text. */
static void lengthen(struct mutator *m, struct fuzz_step *step)
{
    uint64_t len = fuzz_pick_length(m);

    step->payload = bytes_take(BYTES_LIT("d"), len > 0);
    step->times = (uint32_t)len;
}

/* Text, or what fits into a message that is under way; compressed where that is agreed on. */
static struct fuzz_step data(struct mutator *m, bool inside)
{
    uint8_t opcode = fuzz_one_in(m, 3) ? WS_BINARY : WS_TEXT;
    struct fuzz_step step = frame_of(inside ? WS_CONTINUATION : opcode, fuzz_pick_word(m));

    step.deflate = m->s->extension != FUZZ_PLAIN && fuzz_one_in(m, 2);
    if (fuzz_one_in(m, 8))
        lengthen(m, &step);
    return step;
}

static size_t pick_place(struct mutator *m)
{
    return fuzz_pick(m, m->s->n_steps + 1);
}

static bool insert(struct mutator *m, size_t at, struct fuzz_step step)
{
    if (!open_gap(m->s, at, 1))
        return false;
    m->s->steps[at] = step;
    return true;
}

static bool insert_data(struct mutator *m)
{
    size_t at = pick_place(m);

    return insert(m, at, data(m, in_message(m->s, at)));
}

/* What does not fit where it stands: a continuation of nothing, a message in a message. */
static bool insert_wrong_data(struct mutator *m)
{
    size_t at = pick_place(m);

    return insert(m, at, data(m, !in_message(m->s, at)));
}

static bool insert_control(struct mutator *m)
{
    return insert(m, pick_place(m), control(m));
}

static bool insert_close(struct mutator *m)
{
    struct fuzz_step step = frame_of(WS_CLOSE, fuzz_pick_word(m));

    step.has_code = !fuzz_one_in(m, 6);
    step.code = step.has_code ? fuzz_pick_code(m) : 0;
    if (!step.has_code)
        step.payload = bytes_take(step.payload, fuzz_pick(m, 2));
    return insert(m, fuzz_one_in(m, 3) ? pick_place(m) : m->s->n_steps, step);
}

/* A frame with one thing wrong about it, where all else is right: a reserved opcode or bit, a
 * control frame in fragments, a code that may not be sent, a mask that must be there. Mutations of
 * what is there hit these too seldom, and what they hit is mostly behind another mistake. */
static bool insert_wrong(struct mutator *m)
{
    size_t at = fuzz_one_in(m, 2) ? m->s->n_steps : pick_place(m);
    struct fuzz_step step =
        fuzz_one_in(m, 3) ? control(m) : data(m, in_message(m->s, at) && !fuzz_one_in(m, 4));

    switch (fuzz_pick(m, 8)) {
    case 0:
    case 1: step = frame_of(fuzz_pick_reserved(m), fuzz_pick_word(m)); break;
    case 2: step.rsv = (uint8_t)(1u << fuzz_pick(m, 3)); break;
    case 3: step.mask = FUZZ_MASK_WRONG; break;
    case 4:
        step = data(m, in_message(m->s, at));
        if (fuzz_one_in(m, 2))
            lengthen(m, &step);
        step.len_form = fuzz_one_in(m, 2) ? WS_LEN_16 : WS_LEN_64;
        break;
    case 5:
        step.declares = true;
        step.declare = fuzz_pick_lie(m);
        break;
    default:
        step = control(m);
        step.fin = false;
        break;
    }
    return insert(m, at, step);
}

/* A message in two fragments, and now and then a control frame between them. */
static bool insert_fragments(struct mutator *m)
{
    size_t at = pick_place(m), count = fuzz_one_in(m, 2) ? 3 : 2;

    if (in_message(m->s, at) || !open_gap(m->s, at, count))
        return false;
    struct fuzz_step *steps = m->s->steps + at;
    steps[0] = data(m, false);
    steps[0].fin = false;
    if (count == 3)
        steps[1] = control(m);
    steps[count - 1] = frame_of(WS_CONTINUATION, fuzz_pick_word(m));
    steps[count - 1].deflate = steps[0].deflate;
    return true;
}

/* Compressed by hand: any stream under RSV1. */
static bool insert_stream(struct mutator *m)
{
    struct fuzz_step step = frame_of(fuzz_one_in(m, 2) ? WS_BINARY : WS_TEXT, fuzz_pick_stream(m));

    step.rsv = WS_RSV1;
    if (m->s->extension == FUZZ_PLAIN && !fuzz_one_in(m, 3))
        m->s->extension = FUZZ_DEFLATE;
    return insert(m, pick_place(m), step);
}

/* Bytes without a frame around them, often the front of one. */
static bool insert_raw(struct mutator *m)
{
    uint8_t bytes[WS_HEAD_MAX];
    struct fuzz_step step = { .kind = FUZZ_RAW };
    size_t len = 1 + fuzz_pick(m, sizeof bytes);

    rand_fill(m->rand, bytes, len);
    bytes[0] = fuzz_one_in(m, 3) ? bytes[0] : (uint8_t)(0x80 | (bytes[0] & 0x0f));
    step.payload = arena_copy(m->arena, bytes_of(bytes, len));
    return step.payload.ptr && insert(m, pick_place(m), step);
}

/* ---- the order of steps ---- */

static bool drop(struct mutator *m)
{
    if (m->s->n_steps == 0)
        return false;
    size_t at = fuzz_pick(m, m->s->n_steps), left = m->s->n_steps - at;
    close_gap(m->s, at, fuzz_one_in(m, 4) ? 1 + fuzz_pick(m, left) : 1);
    return true;
}

/* A step again, behind itself or elsewhere, now and then many times. */
static bool copy(struct mutator *m)
{
    struct fuzz_step *from = fuzz_pick_step(m);
    size_t count = fuzz_one_in(m, 8) ? 2 + fuzz_pick(m, 14) : 1;

    if (!from)
        return false;
    struct fuzz_step step = *from;
    size_t at = fuzz_one_in(m, 2) ? pick_place(m) : (size_t)(from - m->s->steps) + 1;
    if (!open_gap(m->s, at, count))
        return false;
    for (size_t i = 0; i < count; i++)
        m->s->steps[at + i] = step;
    return true;
}

static bool swap(struct mutator *m)
{
    struct fuzz_step *a = fuzz_pick_step(m), *b = fuzz_pick_step(m);

    if (!a || a == b)
        return false;
    struct fuzz_step kept = *a;
    *a = *b;
    *b = kept;
    return true;
}

/* A data frame becomes two; what it declared stays with the first. */
static bool split(struct mutator *m)
{
    struct fuzz_step *step = fuzz_pick_frame(m);

    if (!step || !is_data(step) || step->times > 1)
        return false;
    size_t at = (size_t)(step - m->s->steps), len = fuzz_pick(m, step->payload.len + 1);
    struct fuzz_step rest = *step;
    rest.opcode = WS_CONTINUATION;
    rest.rsv = 0;
    rest.declares = false;
    rest.payload = bytes_skip(step->payload, len);
    if (!insert(m, at + 1, rest))
        return false;
    m->s->steps[at].fin = false;
    m->s->steps[at].payload = bytes_take(m->s->steps[at].payload, len);
    if (fuzz_one_in(m, 3))
        (void)insert(m, at + 1, control(m));
    return true;
}

/* A fragment and the continuation behind it become one frame. */
static bool merge(struct mutator *m)
{
    size_t at = fuzz_pick(m, m->s->n_steps + 1);

    if (at + 1 >= m->s->n_steps)
        return false;
    struct fuzz_step *step = &m->s->steps[at], *next = step + 1;
    if (!is_data(step) || !is_data(next) || next->opcode != WS_CONTINUATION || step->times > 1 ||
        next->times > 1 || !fuzz_splice(m, &step->payload, step->payload.len, 0, next->payload))
        return false;
    step->fin = next->fin;
    close_gap(m->s, at + 1, 1);
    return true;
}

/* ---- the session as a whole ---- */

static bool change_extension(struct mutator *m)
{
    m->s->extension = (enum fuzz_extension)fuzz_pick(m, FUZZ_EXTENSIONS);
    return true;
}

static bool change_end(struct mutator *m)
{
    m->s->end = (enum fuzz_end)fuzz_pick(m, FUZZ_ENDS);
    return true;
}

static bool join(struct mutator *m)
{
    struct fuzz_step *step = fuzz_pick_step(m);

    if (!step)
        return false;
    step->joined = !step->joined;
    return true;
}

/* Header sizes are among them: 2, 4, 6, 8, 10 and 14 bytes. */
static bool cut(struct mutator *m)
{
    static const uint32_t sizes[] = { 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 126, 1000 };
    struct fuzz_step *step = fuzz_pick_step(m);

    if (!step)
        return false;
    step->cut = sizes[fuzz_pick(m, FUZZ_COUNT(sizes))];
    return true;
}

static const struct mutation mutations[] = {
    { 14, insert_data },
    { 8, insert_control },
    { 8, insert_fragments },
    { 4, insert_close },
    { 4, insert_stream },
    { 2, insert_wrong_data },
    { 8, insert_wrong },
    { 2, insert_raw },
    { 10, drop },
    { 6, copy },
    { 3, swap },
    { 10, split },
    { 4, merge },
    { 3, join },
    { 4, cut },
    { 2, change_extension },
    { 1, change_end },
    { 20, fuzz_mutate_field },
    { 30, fuzz_mutate_payload },
    { 9, fuzz_mutate_edits },
};

void fuzz_mutate(struct fuzz_session *s, struct rand *rand, struct arena *a)
{
    struct mutator m = { s, rand, a };
    size_t changes = fuzz_one_in(&m, 8) ? 2 + fuzz_pick(&m, 3) : 1;

    for (size_t i = 0; i < changes; i++)
        (void)fuzz_mutate_by(&m, mutations, FUZZ_COUNT(mutations));
    fuzz_session_tidy(s);
}

/* ---- two sessions ---- */

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* `other`'s steps from some place on, in the place of some of ours. */
static void cross_steps(struct mutator *m, const struct fuzz_session *other)
{
    struct fuzz_session *s = m->s;
    size_t from = fuzz_pick(m, other->n_steps + 1), at = pick_place(m);
    size_t drops = fuzz_one_in(m, 2) ? s->n_steps - at : fuzz_pick(m, s->n_steps - at + 1);

    close_gap(s, at, drops);
    size_t count = smaller(other->n_steps - from, FUZZ_STEPS_MAX - s->n_steps);
    if (open_gap(s, at, count) && count > 0)
        memcpy(s->steps + at, other->steps + from, count * sizeof s->steps[0]);
}

static void cross_edits(struct mutator *m, const struct fuzz_session *other)
{
    struct fuzz_session *s = m->s;

    for (size_t i = 0; i < other->n_edits && s->n_edits < FUZZ_EDITS_MAX; i++)
        if (fuzz_one_in(m, 2))
            s->edits[s->n_edits++] = other->edits[i];
}

void fuzz_cross(struct fuzz_session *into, const struct fuzz_session *other, struct rand *rand)
{
    struct mutator m = { into, rand, NULL };

    if (into->extension == FUZZ_PLAIN || fuzz_one_in(&m, 2))
        into->extension = other->extension;
    if (fuzz_one_in(&m, 2))
        into->end = other->end;
    if (!fuzz_one_in(&m, 4))
        cross_steps(&m, other);
    if (fuzz_one_in(&m, 4))
        cross_edits(&m, other);
    fuzz_session_tidy(into);
}
