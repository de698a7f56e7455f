#include "fuzz/mutate/minimise.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/rand.h"
#include "fuzz/mutate/mutate.h"
#include "fuzz/session/wire.h"

/* ---- what gets less ---- */

static size_t others(struct bytes in, uint8_t but)
{
    size_t count = 0;

    for (size_t i = 0; i < in.len; i++)
        count += in.ptr[i] != but;
    return count;
}

static uint64_t step_measure(const struct fuzz_step *step)
{
    uint64_t spread = (uint64_t)step->payload.len * (step->times > 1 ? step->times : 1);
    uint64_t key = 0, rsv = (step->rsv & 1u) + (step->rsv >> 1 & 1u) + (step->rsv >> 2 & 1u);

    for (size_t i = 0; i < 4; i++)
        key += step->key[i] != 0;
    return 1 + spread + others(step->payload, 'a') + step->times + key + rsv + !step->fin +
           (step->mask != FUZZ_MASK_RIGHT) + (step->len_form != 0) + step->declares +
           step->has_code + (step->has_code && step->code != 1000) + step->deflate +
           (step->cut > 0) + step->joined;
}

/* No candidate has more of any of these, so each that is kept has a smaller sum. */
static uint64_t measure(const struct fuzz_session *s)
{
    uint64_t sum = (s->extension != FUZZ_PLAIN ? 1u : 0) + (s->extension > FUZZ_DEFLATE ? 1u : 0) +
                   (s->end != FUZZ_END_USUAL ? 1u : 0);

    for (size_t i = 0; i < s->n_edits; i++)
        sum += 1 + s->edits[i].value.len;
    for (size_t i = 0; i < s->n_steps; i++)
        sum += step_measure(&s->steps[i]);
    return sum;
}

/* ---- things that sessions show ---- */

typedef bool predicate(const struct fuzz_session *s);

static bool anything(const struct fuzz_session *s)
{
    return s->n_steps < FUZZ_STEPS_MAX + 1;
}

static bool nothing(const struct fuzz_session *s)
{
    (void)s;
    return false;
}

static bool is_x_ping(const struct fuzz_step *step)
{
    return step->kind == FUZZ_FRAME && step->opcode == WS_PING && step->mask == FUZZ_MASK_WRONG &&
           bytes_eq(step->payload, BYTES_LIT("x"));
}

/* An unmasked ping "x" somewhere behind the start of a fragmented message. */
static bool ping_behind_fragment(const struct fuzz_session *s)
{
    bool open = false;

    for (size_t i = 0; i < s->n_steps; i++) {
        open |= s->steps[i].opcode == WS_TEXT && !s->steps[i].fin;
        if (open && is_x_ping(&s->steps[i]))
            return true;
    }
    return false;
}

/* A payload of more than 1000 bytes somewhere, one of them 0xff, and a header of the name X. */
static bool large_and_header(const struct fuzz_session *s)
{
    bool large = false;

    for (size_t i = 0; i < s->n_steps; i++) {
        const struct fuzz_step *step = &s->steps[i];
        large |=
            step->payload.len > 1000 && bytes_index(step->payload, 0, 0xff) < step->payload.len;
    }
    return large && s->n_edits > 0 && bytes_eq_str(s->edits[s->n_edits - 1].name, "X");
}

static bool two_text_messages(const struct fuzz_session *s)
{
    size_t done = 0;
    bool open = false;

    for (size_t i = 0; i < s->n_steps; i++) {
        const struct fuzz_step *step = &s->steps[i];
        if (step->kind != FUZZ_FRAME || ws_opcode_is_control(step->opcode))
            continue;
        if (open != (step->opcode == WS_CONTINUATION))
            return false; /* as an implementation would give up there */
        open = !step->fin;
        done += step->fin;
    }
    return done >= 2;
}

/* ---- */

static struct fuzz_minimise m;

/* Gives the number of candidates; every one that is kept has a smaller measure. */
static size_t run(const struct fuzz_session *s, predicate *shows, struct arena *a)
{
    const struct fuzz_session *candidate;

    fuzz_minimise_init(&m, s, a);
    while (fuzz_minimise_next(&m, &candidate)) {
        cr_assert(!fuzz_session_equal(candidate, &m.best), "a candidate that changes nothing");
        cr_assert_lt(measure(candidate), measure(&m.best));
        cr_assert_leq(m.tried, 20000);
        fuzz_minimise_told(&m, shows(candidate));
    }
    return m.tried;
}

/* 64 steps of all kinds with the ping in their middle. */
static void fill(struct fuzz_session *s)
{
    memset(s, 0, sizeof *s);
    s->extension = FUZZ_DEFLATE_SMALL_WINDOW;
    s->end = FUZZ_END_SHUTDOWN;
    s->n_steps = FUZZ_STEPS_MAX;
    for (size_t i = 0; i < s->n_steps; i++) {
        static const uint8_t opcodes[] = { WS_TEXT, WS_CONTINUATION, WS_PONG, WS_CLOSE, 0x3 };
        s->steps[i] = (struct fuzz_step){ .fin = i % 3 != 0,
                                          .rsv = (uint8_t)(i % 8),
                                          .opcode = opcodes[i % 5],
                                          .payload = BYTES_LIT("some payload of text"),
                                          .joined = i % 2,
                                          .cut = (uint32_t)(i % 4) };
    }
    s->steps[40] = (struct fuzz_step){ .fin = true,
                                       .opcode = WS_PING,
                                       .mask = FUZZ_MASK_WRONG,
                                       .payload = BYTES_LIT("x"),
                                       .len_form = WS_LEN_64,
                                       .rsv = WS_RSV2 };
    s->n_edits = 3;
    for (size_t i = 0; i < s->n_edits; i++)
        s->edits[i] = (struct fuzz_edit){ EDIT_ADD, BYTES_LIT("X"), BYTES_LIT("some value") };
    fuzz_session_tidy(s);
}

Test(fuzz_minimise, comes_to_the_smallest_session_that_shows_it)
{
    static struct fuzz_session s, want;
    struct arena arena = { 0 };

    fill(&s);
    cr_assert(ping_behind_fragment(&s));
    size_t tried = run(&s, ping_behind_fragment, &arena);
    want.n_steps = 2;
    want.steps[0] = (struct fuzz_step){ .opcode = WS_TEXT };
    want.steps[1] = (struct fuzz_step){
        .fin = true, .opcode = WS_PING, .mask = FUZZ_MASK_WRONG, .payload = BYTES_LIT("x")
    };
    cr_expect(fuzz_session_equal(&m.best, &want));
    cr_expect_leq(tried, 150, "%zu candidates", tried);
    arena_free(&arena);
}

Test(fuzz_minimise, shortens_large_payloads_and_values)
{
    static struct fuzz_session s;
    static uint8_t bytes[60000];
    struct arena arena = { 0 };

    fill(&s);
    memset(bytes, 'q', sizeof bytes);
    bytes[33333] = 0xff;
    s.steps[7].payload = bytes_of(bytes, sizeof bytes);
    size_t tried = run(&s, large_and_header, &arena);
    cr_expect_eq(m.best.n_steps, 1);
    cr_expect_eq(m.best.steps[0].payload.len, 1001);
    cr_expect_eq(others(m.best.steps[0].payload, 'a'), 1);
    cr_expect_eq(m.best.n_edits, 1);
    cr_expect_eq(m.best.edits[0].value.len, 0);
    cr_expect_leq(tried, 300, "%zu candidates", tried);
    arena_free(&arena);
}

Test(fuzz_minimise, takes_fragments_together)
{
    struct fuzz_session s = { .n_steps = 6 };
    struct arena arena = { 0 };

    s.steps[0] = (struct fuzz_step){ .opcode = WS_TEXT, .payload = BYTES_LIT("a") };
    s.steps[1] = (struct fuzz_step){ .fin = true, .opcode = WS_PING };
    s.steps[2] = (struct fuzz_step){ .payload = BYTES_LIT("b") };
    s.steps[3] = (struct fuzz_step){ .fin = true, .payload = BYTES_LIT("c") };
    s.steps[4] = (struct fuzz_step){ .opcode = WS_TEXT };
    s.steps[5] = (struct fuzz_step){ .fin = true };
    (void)run(&s, two_text_messages, &arena);
    cr_expect_eq(m.best.n_steps, 2);
    cr_expect(m.best.steps[0].fin && m.best.steps[1].fin);
    arena_free(&arena);
}

Test(fuzz_minimise, leaves_nothing_of_what_shows_always_and_all_of_what_shows_never)
{
    static struct fuzz_session s;
    struct arena arena = { 0 };

    fill(&s);
    (void)run(&s, anything, &arena);
    cr_expect_eq(m.best.n_steps + m.best.n_edits, 0);
    cr_expect_eq(measure(&m.best), 0);
    size_t tried = run(&s, nothing, &arena);
    cr_expect(fuzz_session_equal(&m.best, &s));
    cr_expect_leq(tried, 3000, "%zu candidates", tried);
    arena_free(&arena);
}

/* Whatever the answers are: the measure of what is kept falls, so it ends. */
Test(fuzz_minimise, ends_whatever_it_is_told)
{
    static struct fuzz_session s;
    const struct fuzz_session *candidate;
    struct rand rand;

    rand_init(&rand, 31);
    for (unsigned i = 0; i < 150; i++) {
        struct arena arena = { 0 };
        memset(&s, 0, sizeof s);
        for (unsigned k = 0; k < 60; k++)
            fuzz_mutate(&s, NULL, &rand, &arena);
        fuzz_minimise_init(&m, &s, &arena);
        while (fuzz_minimise_next(&m, &candidate)) {
            cr_assert_lt(measure(candidate), measure(&m.best));
            fuzz_minimise_told(&m, rand_below(&rand, 4) == 0);
        }
        arena_free(&arena);
    }
}

Test(fuzz_minimise, asks_the_same_again_for_the_same_answers)
{
    static struct fuzz_session s, first;
    struct arena arena = { 0 };

    fill(&s);
    size_t tried = run(&s, ping_behind_fragment, &arena);
    first = m.best;
    cr_expect_eq(run(&s, ping_behind_fragment, &arena), tried);
    cr_expect(fuzz_session_equal(&m.best, &first));
    arena_free(&arena);
}
