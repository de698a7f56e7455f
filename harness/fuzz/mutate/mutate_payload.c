#include "fuzz/mutate/mutate_parts.h"

/* The bytes of a step: lengths at the bounds of the format, characters that are none, words and
 * streams that mean something to somebody. */

struct literal {
    const char *ptr;
    size_t len;
};

#define LITERAL(s)                                                                                 \
    {                                                                                              \
        s, sizeof(s) - 1                                                                           \
    }

static struct bytes pick_literal(struct mutator *m, const struct literal *list, size_t count)
{
    const struct literal *one = &list[fuzz_pick(m, count)];

    return bytes_of(one->ptr, one->len);
}

struct bytes fuzz_pick_word(struct mutator *m)
{
    static const struct literal words[] = {
        LITERAL(""),
        LITERAL("a"),
        LITERAL("Hello"),
        LITERAL("{\"id\":1}"),
        LITERAL("[1,2]"),
        LITERAL("null"),
        LITERAL("close"),
        LITERAL("ping"),
        LITERAL("stop"),
        LITERAL("-1"),
        LITERAL("%s%n"),
        LITERAL("../../x"),
        LITERAL("a\0b"),
        LITERAL("\r\n\r\n"),
        LITERAL("<a>&'\""),
        LITERAL("4294967296"),
        LITERAL("\xce\xba"),
        LITERAL("\xf0\x9f\x98\x80"),
        LITERAL("\xef\xbb\xbf"),
    };

    return pick_literal(m, words, FUZZ_COUNT(words));
}

/* RFC 3629: cut off, overlong, surrogates, past U+10FFFF, bytes that stand nowhere; and at the
 * edges, valid ones. */
static struct bytes pick_character(struct mutator *m)
{
    static const struct literal characters[] = {
        LITERAL("\xc2\x80"),
        LITERAL("\xdf\xbf"),
        LITERAL("\xe0\xa0\x80"),
        LITERAL("\xef\xbf\xbf"),
        LITERAL("\xf0\x90\x80\x80"),
        LITERAL("\xf4\x8f\xbf\xbf"),
        LITERAL("\xed\x9f\xbf"),
        LITERAL("\xee\x80\x80"),
        LITERAL("\xce"),
        LITERAL("\xe1\xbd"),
        LITERAL("\xf0\x9f\x98"),
        LITERAL("\xf4\x90"),
        LITERAL("\xc0\x80"),
        LITERAL("\xc1\xbf"),
        LITERAL("\xe0\x80\x80"),
        LITERAL("\xe0\x9f\xbf"),
        LITERAL("\xf0\x8f\xbf\xbf"),
        LITERAL("\xed\xa0\x80"),
        LITERAL("\xed\xbf\xbf"),
        LITERAL("\xf4\x90\x80\x80"),
        LITERAL("\xf5\x80\x80\x80"),
        LITERAL("\xf8\x88\x80\x80\x80"),
        LITERAL("\xff"),
        LITERAL("\xfe"),
        LITERAL("\x80"),
        LITERAL("\xbf"),
    };

    return pick_literal(m, characters, FUZZ_COUNT(characters));
}

/* RFC 7692 7.2: without their 00 00 ff ff. */
struct bytes fuzz_pick_stream(struct mutator *m)
{
    static const struct literal streams[] = {
        LITERAL("\xf2\x48\xcd\xc9\xc9\x07\x00"),     /* "Hello" with fixed codes */
        LITERAL("\xf3\x48\xcd\xc9\xc9\x07\x00\x00"), /* and marked as the last block */
        LITERAL("\x00"),                             /* the empty message */
        LITERAL("\x00\x05\x00\xfa\xffHello\x00"),    /* stored */
        LITERAL("\x01\x05\x00\xfa\xffHello\x00"),    /* stored, the last */
        LITERAL("\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"), /* two blocks */
        LITERAL("\x02\x00"),                                             /* an empty fixed block */
        LITERAL("\x00\x05\x00\xfa\xfeHello\x00"), /* a stored length that lies */
        LITERAL("\x00\xff\xff\x00\x00Hello"),     /* and one that is cut off */
        LITERAL("\x06"),                          /* a block of the reserved type */
        LITERAL("\x02\x04\x00"),                  /* refers to bytes before the first */
        LITERAL("\x4a\x04\x1e\x00"),              /* far back */
        LITERAL("\x1a\x1d\x00"),                  /* symbols that nobody has */
        LITERAL("\x04\xc0\x01\x00"),              /* dynamic codes that are not complete */
        LITERAL("\xfc\xff\xff\xff"),
        LITERAL("\xf2\x48\xcd\xc9"),                             /* cut off */
        LITERAL("\xf2\x48\xcd\xc9\xc9\x07\x00\x00\x00\xff\xff"), /* with its tail left on */
        LITERAL(""),
    };

    return pick_literal(m, streams, FUZZ_COUNT(streams));
}

/* ---- changes ---- */

static size_t pick_at(struct mutator *m, const struct fuzz_step *step)
{
    return fuzz_one_in(m, 3) ? step->payload.len : fuzz_pick(m, step->payload.len + 1);
}

static bool put_in(struct mutator *m, struct fuzz_step *step, struct bytes what)
{
    return fuzz_splice(m, &step->payload, pick_at(m, step), 0, what);
}

static bool change_byte(struct mutator *m)
{
    struct fuzz_step *step = fuzz_pick_step(m);
    uint8_t byte;

    if (!step || step->payload.len == 0)
        return false;
    size_t at = fuzz_pick(m, step->payload.len);
    byte = step->payload.ptr[at];
    byte =
        fuzz_one_in(m, 2) ? (uint8_t)(byte ^ 1u << fuzz_pick(m, 8)) : (uint8_t)rand_next(m->rand);
    return fuzz_splice(m, &step->payload, at, 1, bytes_of(&byte, 1));
}

/* Letters for letters: text stays text. */
static bool change_letter(struct mutator *m)
{
    struct fuzz_step *step = fuzz_pick_step(m);
    uint8_t letter = (uint8_t)(0x20 + fuzz_pick(m, 0x5f));

    if (!step || step->payload.len == 0)
        return false;
    size_t at = fuzz_pick(m, step->payload.len);
    return step->payload.ptr[at] < 0x80 &&
           fuzz_splice(m, &step->payload, at, 1, bytes_of(&letter, 1));
}

static bool put_bytes(struct mutator *m)
{
    struct fuzz_step *step = fuzz_pick_step(m);
    uint8_t bytes[8];
    size_t len = 1 + fuzz_pick(m, sizeof bytes);

    rand_fill(m->rand, bytes, len);
    return step && put_in(m, step, bytes_of(bytes, len));
}

static bool put_word(struct mutator *m)
{
    struct fuzz_step *step = fuzz_pick_step(m);

    return step && put_in(m, step, fuzz_pick_word(m));
}

static bool put_character(struct mutator *m)
{
    struct fuzz_step *step = fuzz_pick_step(m);

    return step && put_in(m, step, pick_character(m));
}

static bool put_number(struct mutator *m)
{
    struct fuzz_step *step = fuzz_pick_step(m);
    uint64_t number = fuzz_pick_length(m);
    uint8_t bytes[4];

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(number >> (8 * (sizeof bytes - 1 - i)));
    size_t len = 1 + fuzz_pick(m, sizeof bytes);
    return step && put_in(m, step, bytes_of(bytes + sizeof bytes - len, len));
}

static bool erase(struct mutator *m)
{
    struct fuzz_step *step = fuzz_pick_step(m);

    if (!step || step->payload.len == 0)
        return false;
    size_t at = fuzz_pick(m, step->payload.len);
    return fuzz_splice(m, &step->payload, at, 1 + fuzz_pick(m, step->payload.len - at),
                       (struct bytes){ 0 });
}

/* Part of any step's payload. */
static bool copy(struct mutator *m)
{
    struct fuzz_step *step = fuzz_pick_step(m), *from = fuzz_pick_step(m);

    if (!step || from->payload.len == 0)
        return false;
    struct bytes part = bytes_skip(from->payload, fuzz_pick(m, from->payload.len));
    return put_in(m, step, bytes_take(part, 1 + fuzz_pick(m, part.len)));
}

/* An input holds no more than some thousand bytes: what is longer is said as something short, over
 * and over. */
#define STORED_MAX 4096u

static size_t split(uint64_t len, uint32_t *times)
{
    uint64_t unit = len;

    *times = 0;
    if (len > STORED_MAX && len <= FUZZ_SPREAD_MAX) {
        for (unit = 64; len % unit != 0;)
            unit /= 2;
        *times = (uint32_t)(len / unit);
    }
    return (size_t)unit;
}

bool fuzz_resize(struct mutator *m, struct fuzz_step *step, uint64_t len)
{
    uint32_t times;
    size_t size = split(len - (step->has_code && len >= 2 ? 2 : 0), &times);

    if (size <= step->payload.len) {
        step->payload = bytes_take(step->payload, size);
        step->times = times;
        return true;
    }
    uint8_t *made = size <= STORED_MAX ? arena_new(m->arena, size) : NULL;
    if (!made)
        return false;
    step->times = times;
    for (size_t i = 0; i < size; i++)
        made[i] = i < step->payload.len ? step->payload.ptr[i] : '*';
    step->payload = bytes_of(made, size);
    return true;
}

static bool resize(struct mutator *m)
{
    struct fuzz_step *step = fuzz_pick_step(m);

    return step && fuzz_resize(m, step, fuzz_pick_length(m));
}

/* Large messages out of small payloads. */
static bool repeat(struct mutator *m)
{
    static const uint32_t times[] = { 0, 2, 3, 16, 125, 126, 127, 1000, 4096, 65535, 65536 };
    struct fuzz_step *step = fuzz_pick_step(m);

    if (!step || step->payload.len == 0)
        return false;
    if (fuzz_one_in(m, 6))
        step->times = (uint32_t)(FUZZ_SPREAD_MAX / step->payload.len);
    else
        step->times = times[fuzz_pick(m, FUZZ_COUNT(times))];
    return true;
}

static bool is_tail(uint8_t byte)
{
    return (byte & 0xc0) == 0x80;
}

/* A character that two fragments share: the end of one goes to the one behind it. */
static bool share_character(struct mutator *m)
{
    size_t at = fuzz_pick(m, m->s->n_steps + 1);

    if (at + 1 >= m->s->n_steps)
        return false;
    struct fuzz_step *a = &m->s->steps[at], *b = a + 1;
    if (a->payload.len == 0 || a->times > 1 || b->times > 1)
        return false;
    uint8_t last = a->payload.ptr[a->payload.len - 1];
    if (!is_tail(last) || !fuzz_splice(m, &b->payload, 0, 0, bytes_of(&last, 1)))
        return false;
    a->payload = bytes_take(a->payload, a->payload.len - 1);
    return true;
}

static bool put_stream(struct mutator *m)
{
    struct fuzz_step *step = fuzz_pick_frame(m);

    if (!step || !(step->rsv & WS_RSV1))
        return false;
    step->payload = fuzz_pick_stream(m);
    return true;
}

static const struct mutation changes[] = {
    { 6, change_byte },   { 6, change_letter }, { 3, put_bytes },       { 4, put_word },
    { 4, put_character }, { 2, put_number },    { 4, erase },           { 3, copy },
    { 6, resize },        { 2, repeat },        { 3, share_character }, { 3, put_stream },
};

bool fuzz_mutate_payload(struct mutator *m)
{
    return fuzz_mutate_by(m, changes, FUZZ_COUNT(changes));
}
