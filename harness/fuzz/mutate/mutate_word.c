#include "fuzz/mutate/mutate_parts.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* What the target has compared (fuzz/runtime/compare.c): where one of the two stands in the
 * session, the other is put in its place; or it is said anywhere. So a number of four bytes takes
 * some thousand tries, not four billion. */

struct want {
    struct bytes from, to;   /* of numbers: as they are stored, the least byte first */
    bool is_number;          /* and these are what they come to */
    uint64_t number, former; /* `to` and `from` */
    uint8_t bytes[2][COVERAGE_WORD_MAX];
};

/* In how many bytes a number stands on the wire, and from which end. */
struct spelled {
    uint8_t bytes[2][8];
    size_t width;
};

static uint64_t number_of(struct bytes b)
{
    uint64_t n = 0;

    for (size_t i = b.len; i > 0; i--)
        n = n << 8 | b.ptr[i - 1];
    return n;
}

/* One past it is often as good: `>` is a comparison too. */
static uint64_t about(struct mutator *m, uint64_t number)
{
    return fuzz_one_in(m, 6) ? number - 1 + 2 * fuzz_pick(m, 2) : number;
}

static void choose(struct mutator *m, struct want *w)
{
    size_t from = m->word->is_constant ? 1 : fuzz_pick(m, 2), to = 1 - from;

    memcpy(w->bytes, m->word->bytes, sizeof w->bytes);
    w->from = bytes_of(w->bytes[from], m->word->len[from]);
    w->to = bytes_of(w->bytes[to], m->word->len[to]);
    w->is_number = m->word->is_number;
    w->former = w->is_number ? number_of(w->from) : 0;
    w->number = w->is_number ? about(m, number_of(w->to)) : 0;
}

static void put_number(uint8_t *out, uint64_t number, size_t width, bool big)
{
    for (size_t i = 0; i < width; i++)
        out[i] = (uint8_t)(number >> (8 * (big ? width - 1 - i : i)));
}

static size_t width_of(uint64_t number)
{
    return number > UINT32_MAX ? 8 : number > UINT16_MAX ? 4 : number > UINT8_MAX ? 2 : 1;
}

/* Both in as many bytes as either needs, or more. */
static void spell(struct mutator *m, const struct want *w, struct spelled *out)
{
    size_t one = width_of(w->former), other = width_of(w->number);
    bool big = fuzz_one_in(m, 2);

    out->width = one > other ? one : other;
    if (out->width < 8 && fuzz_one_in(m, 4))
        out->width *= 2;
    put_number(out->bytes[0], w->former, out->width, big);
    put_number(out->bytes[1], w->number, out->width, big);
}

/* What to look for and what to put, as bytes of a payload. */
static void as_bytes(struct mutator *m, const struct want *w, struct spelled *room,
                     struct bytes *from, struct bytes *to)
{
    *from = w->from;
    *to = w->to;
    if (!w->is_number)
        return;
    spell(m, w, room);
    *from = bytes_of(room->bytes[0], room->width);
    *to = bytes_of(room->bytes[1], room->width);
}

static bool replace(struct mutator *m, const struct want *w)
{
    struct fuzz_session *s = m->s;
    size_t first = s->n_steps > 0 ? fuzz_pick(m, s->n_steps) : 0;
    struct spelled room;
    struct bytes from, to;

    as_bytes(m, w, &room, &from, &to);
    for (size_t i = 0; from.len > 0 && i < s->n_steps; i++) {
        struct bytes *payload = &s->steps[(first + i) % s->n_steps].payload;
        size_t skipped = fuzz_one_in(m, 2) ? 0 : fuzz_pick(m, payload->len + 1);
        size_t at = bytes_find(bytes_skip(*payload, skipped), from);
        if (skipped + at < payload->len)
            return fuzz_splice(m, payload, skipped + at, from.len, to);
    }
    return false;
}

/* In front, where most formats begin, or anywhere; over what is there, or between. */
static bool put(struct mutator *m, const struct want *w)
{
    struct fuzz_step *step = fuzz_pick_step(m);
    struct spelled room;
    struct bytes from, to;

    if (!step)
        return false;
    as_bytes(m, w, &room, &from, &to);
    size_t at = fuzz_one_in(m, 2) ? 0 : fuzz_pick(m, step->payload.len + 1);
    size_t left = step->payload.len - at, over = to.len < left ? to.len : left;
    return fuzz_splice(m, &step->payload, at, fuzz_one_in(m, 3) ? 0 : over, to);
}

static bool be_length(struct mutator *m, const struct want *w)
{
    struct fuzz_step *step = fuzz_pick_step(m);

    return w->is_number && step && fuzz_resize(m, step, w->number);
}

static bool be_declared(struct mutator *m, const struct want *w)
{
    struct fuzz_step *step = fuzz_pick_frame(m);

    if (!w->is_number || !step)
        return false;
    step->declares = true;
    step->declare = w->number;
    return true;
}

/* RFC 6455 7.4.2: what stands in a Close lies there, and little else does. */
static bool is_like_a_code(const struct want *w)
{
    return w->is_number && w->number >= 1000 && w->number < 5000;
}

/* Often with a reason: what is compared first of a Close is its code, and behind that its text. */
static bool be_code(struct mutator *m, const struct want *w)
{
    struct fuzz_session *s = m->s;
    struct fuzz_step close = { .fin = true, .opcode = WS_CLOSE };

    if (!w->is_number || w->number > UINT16_MAX)
        return false;
    close.has_code = true;
    close.code = (uint16_t)w->number;
    if (s->n_steps > 0 && s->steps[s->n_steps - 1].opcode == WS_CLOSE)
        close.payload = s->steps[--s->n_steps].payload;
    if (close.payload.len == 0 && fuzz_one_in(m, 2))
        close.payload = fuzz_pick_word(m);
    return fuzz_insert(m, s->n_steps, close);
}

/* As a header has it: digits, or the words of a text. False: it cannot stand there. */
static bool as_value(struct mutator *m, const struct want *w, bool former, struct bytes *out)
{
    struct bytes text = former ? w->from : w->to;

    if (w->is_number) {
        char *digits =
            arena_print(m->arena, "%llu", (unsigned long long)(former ? w->former : w->number));
        *out = digits ? bytes_str(digits) : (struct bytes){ 0 };
        return digits != NULL;
    }
    for (size_t i = 0; i < text.len; i++)
        if (!isprint(text.ptr[i]))
            return false;
    *out = text;
    return true;
}

static bool replace_in_line(struct mutator *m, const struct want *w)
{
    struct bytes from, to;

    if (m->s->n_edits == 0 || !as_value(m, w, true, &from) || !as_value(m, w, false, &to))
        return false;
    struct fuzz_edit *edit = &m->s->edits[fuzz_pick(m, m->s->n_edits)];
    size_t at = bytes_find(edit->value, from);
    return from.len > 0 && at < edit->value.len && fuzz_splice(m, &edit->value, at, from.len, to);
}

static bool be_header(struct mutator *m, const struct want *w)
{
    struct bytes value;

    return as_value(m, w, false, &value) &&
           fuzz_add_edit(m, (struct fuzz_edit){ EDIT_HEADER, fuzz_pick_name(m->rand),
                                                arena_copy(m->arena, value) });
}

typedef bool (*use)(struct mutator *m, const struct want *w);

static const struct {
    unsigned weight;
    use how;
} uses[] = {
    { 8, replace },         { 5, put },       { 3, be_length }, { 1, be_declared }, { 2, be_code },
    { 1, replace_in_line }, { 1, be_header },
};

static use pick_use(struct mutator *m)
{
    size_t all = 0, at = 0;

    for (size_t i = 0; i < FUZZ_COUNT(uses); i++)
        all += uses[i].weight;
    for (size_t turn = fuzz_pick(m, all); turn >= uses[at].weight; at++)
        turn -= uses[at].weight;
    return uses[at].how;
}

bool fuzz_mutate_word(struct mutator *m)
{
    struct want want;

    if (!m->word)
        return false;
    choose(m, &want);
    if (is_like_a_code(&want) && fuzz_one_in(m, 3) && be_code(m, &want))
        return true;
    for (int tries = 0; tries < 4; tries++)
        if (pick_use(m)(m, &want))
            return true;
    return false;
}
