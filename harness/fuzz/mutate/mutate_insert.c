#include "fuzz/mutate/mutate_parts.h"

/* New steps: good ones, and ones with a single thing wrong about them. */

/* Is a fragmented message under way in front of step `at`? */
static bool in_message(const struct fuzz_session *s, size_t at)
{
    bool open = false;

    for (size_t i = 0; i < at; i++)
        if (fuzz_is_data(&s->steps[i]))
            open = !s->steps[i].fin;
    return open;
}

static struct fuzz_step frame_of(uint8_t opcode, struct bytes payload)
{
    return (struct fuzz_step){ .fin = true, .opcode = opcode, .payload = payload };
}

/* Now and then as large as a control frame may be, or larger by one. */
struct fuzz_step fuzz_new_control(struct mutator *m)
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

static bool insert_data(struct mutator *m)
{
    size_t at = fuzz_pick_place(m);

    return fuzz_insert(m, at, data(m, in_message(m->s, at)));
}

/* What does not fit where it stands: a continuation of nothing, a message in a message. */
static bool insert_wrong_data(struct mutator *m)
{
    size_t at = fuzz_pick_place(m);

    return fuzz_insert(m, at, data(m, !in_message(m->s, at)));
}

static bool insert_control(struct mutator *m)
{
    return fuzz_insert(m, fuzz_pick_place(m), fuzz_new_control(m));
}

static bool insert_close(struct mutator *m)
{
    struct fuzz_step step = frame_of(WS_CLOSE, fuzz_pick_word(m));

    step.has_code = !fuzz_one_in(m, 6);
    step.code = step.has_code ? fuzz_pick_code(m) : 0;
    if (!step.has_code)
        step.payload = bytes_take(step.payload, fuzz_pick(m, 2));
    return fuzz_insert(m, fuzz_one_in(m, 3) ? fuzz_pick_place(m) : m->s->n_steps, step);
}

/* A frame with one thing wrong about it, where all else is right: a reserved opcode or bit, a
 * control frame in fragments, a code that may not be sent, a mask that must be there. Mutations of
 * what is there hit these too seldom, and what they hit is mostly behind another mistake. */
static bool insert_wrong(struct mutator *m)
{
    size_t at = fuzz_one_in(m, 2) ? m->s->n_steps : fuzz_pick_place(m);
    struct fuzz_step step = fuzz_one_in(m, 3) ? fuzz_new_control(m)
                                              : data(m, in_message(m->s, at) && !fuzz_one_in(m, 4));

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
        step = fuzz_new_control(m);
        step.fin = false;
        break;
    }
    return fuzz_insert(m, at, step);
}

/* A message in two or more fragments, at times all of them empty, and often a control frame between
 * them. */
static bool insert_fragments(struct mutator *m)
{
    size_t at = fuzz_pick_place(m), count = fuzz_one_in(m, 4) ? 3 + fuzz_pick(m, 10) : 2;
    const bool empty = fuzz_one_in(m, 6);

    if (in_message(m->s, at) || !fuzz_open_gap(m->s, at, count))
        return false;
    struct fuzz_step *steps = m->s->steps + at;
    steps[0] = data(m, false);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            steps[i] = frame_of(WS_CONTINUATION, fuzz_pick_word(m));
        if (empty)
            steps[i].payload = (struct bytes){ 0 };
        steps[i].deflate = steps[0].deflate;
        steps[i].fin = i + 1 == count;
    }
    if (fuzz_one_in(m, 2))
        (void)fuzz_insert(m, at + 1 + fuzz_pick(m, count - 1), fuzz_new_control(m));
    return true;
}

/* Compressed by hand: any stream under RSV1. */
static bool insert_stream(struct mutator *m)
{
    struct fuzz_step step = frame_of(fuzz_one_in(m, 2) ? WS_BINARY : WS_TEXT, fuzz_pick_stream(m));

    step.rsv = WS_RSV1;
    if (m->s->extension == FUZZ_PLAIN && !fuzz_one_in(m, 3))
        m->s->extension = FUZZ_DEFLATE;
    return fuzz_insert(m, fuzz_pick_place(m), step);
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
    return step.payload.ptr && fuzz_insert(m, fuzz_pick_place(m), step);
}

static const struct mutation insertions[] = {
    { 14, insert_data },  { 8, insert_control },    { 8, insert_fragments }, { 4, insert_close },
    { 4, insert_stream }, { 2, insert_wrong_data }, { 8, insert_wrong },     { 2, insert_raw },
};

bool fuzz_mutate_insert(struct mutator *m)
{
    return fuzz_mutate_by(m, insertions, FUZZ_COUNT(insertions));
}
