#include "fuzz/targets/mutator.h"

#include <string.h>

#include "fuzz/mutate/mutate.h"
#include "fuzz/session/wire.h"
#include "fuzz/targets/target.h"

/* What a form can do with the bytes behind the steering ones. Each gives the new size, or 0 where
 * nothing came of it: then the input stays as it is. */
struct form {
    size_t (*change)(uint8_t *data, size_t size, size_t cap, struct rand *rand);
    size_t (*cross)(struct bytes a, struct bytes b, uint8_t *out, size_t cap, struct rand *rand);
};

/* Kept from call to call: a fuzzer calls as fast as it can. */
static struct fuzz_session one, other;
static struct fuzz_wire wire;
static struct arena arena;

static size_t change_session(uint8_t *data, size_t size, size_t cap, struct rand *rand)
{
    static uint8_t out[FUZZ_SPREAD_MAX];

    fuzz_session_decode(bytes_of(data, size), &one);
    fuzz_mutate(&one, NULL, rand, &arena);
    /* The session looks into `data`, so it is written elsewhere first. */
    const size_t len = fuzz_session_encode(&one, out, cap < sizeof out ? cap : sizeof out);
    memcpy(data, out, len);
    return len;
}

static size_t cross_session(struct bytes a, struct bytes b, uint8_t *out, size_t cap,
                            struct rand *rand)
{
    fuzz_session_decode(a, &one);
    fuzz_session_decode(b, &other);
    fuzz_cross(&one, &other, rand);
    return fuzz_session_encode(&one, out, cap);
}

static size_t put_wire(uint8_t *out, size_t cap, struct rand *rand)
{
    for (size_t i = 0; i < one.n_steps; i++)
        if (one.steps[i].payload.len * one.steps[i].times > cap)
            one.steps[i].times = 0;
    if (!fuzz_wire_make(&one, ROLE_SERVER, NULL, rand_next(rand), &wire) || wire.bytes.len > cap)
        return 0;
    if (wire.bytes.len > 0)
        memcpy(out, wire.bytes.ptr, wire.bytes.len);
    return wire.bytes.len;
}

static size_t change_frames(uint8_t *data, size_t size, size_t cap, struct rand *rand)
{
    if (!fuzz_session_from_wire(bytes_of(data, size), ROLE_SERVER, &arena, &one))
        return 0;
    fuzz_mutate(&one, NULL, rand, &arena);
    return put_wire(data, cap, rand);
}

static size_t cross_frames(struct bytes a, struct bytes b, uint8_t *out, size_t cap,
                           struct rand *rand)
{
    if (!fuzz_session_from_wire(a, ROLE_SERVER, &arena, &one) ||
        !fuzz_session_from_wire(b, ROLE_SERVER, &arena, &other))
        return 0;
    fuzz_cross(&one, &other, rand);
    return put_wire(out, cap, rand);
}

/* The start of one and the end of the other, cut where lines end if there are any. */
static size_t cross_head(struct bytes a, struct bytes b, uint8_t *out, size_t cap,
                         struct rand *rand)
{
    const size_t a_end = bytes_index(a, (size_t)rand_below(rand, a.len + 1), '\n');
    const size_t b_start = bytes_index(b, (size_t)rand_below(rand, b.len + 1), '\n');

    a = bytes_take(a, a_end < cap ? a_end : cap);
    b = bytes_take(bytes_skip(b, b_start), cap - a.len);
    if (a.len > 0)
        memcpy(out, a.ptr, a.len);
    if (b.len > 0)
        memcpy(out + a.len, b.ptr, b.len);
    return a.len + b.len;
}

const struct form form_session = { change_session, cross_session };
const struct form form_frames = { change_frames, cross_frames };
const struct form form_head = { fuzz_mutate_head, cross_head };

size_t mutator_change(const struct form *form, uint8_t *data, size_t size, size_t cap,
                      unsigned seed)
{
    struct rand rand;

    rand_init(&rand, seed);
    if (size < MUTATOR_STEER || cap <= MUTATOR_STEER || rand_below(&rand, 8) == 0)
        return LLVMFuzzerMutate(data, size, cap);
    if (rand_below(&rand, 8) == 0) {
        data[rand_below(&rand, MUTATOR_STEER)] = (uint8_t)rand_next(&rand);
        return size;
    }
    const size_t len =
        form->change(data + MUTATOR_STEER, size - MUTATOR_STEER, cap - MUTATOR_STEER, &rand);
    arena_free(&arena);
    return len > 0 ? MUTATOR_STEER + len : size;
}

size_t mutator_cross(const struct form *form, const uint8_t *a, size_t a_size, const uint8_t *b,
                     size_t b_size, uint8_t *out, size_t cap, unsigned seed)
{
    struct rand rand;

    rand_init(&rand, seed);
    if (a_size < MUTATOR_STEER || b_size < MUTATOR_STEER || cap <= MUTATOR_STEER)
        return 0;
    const size_t len = form->cross(bytes_of(a + MUTATOR_STEER, a_size - MUTATOR_STEER),
                                   bytes_of(b + MUTATOR_STEER, b_size - MUTATOR_STEER),
                                   out + MUTATOR_STEER, cap - MUTATOR_STEER, &rand);
    arena_free(&arena);
    memcpy(out, a, MUTATOR_STEER);
    return len > 0 ? MUTATOR_STEER + len : 0;
}
