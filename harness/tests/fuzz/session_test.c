#include "fuzz/session/session.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/rand.h"

#define MAX 2048

static void expect_round_trip(const struct fuzz_session *s, unsigned long long seed)
{
    static uint8_t bytes[MAX * 16];
    static struct fuzz_session again;
    size_t len = fuzz_session_encode(s, bytes, sizeof bytes);

    cr_assert(len > 0, "seed %llu", seed);
    fuzz_session_decode(bytes_of(bytes, len), &again);
    cr_assert(fuzz_session_equal(s, &again), "seed %llu", seed);
}

Test(fuzz_session, any_bytes_are_a_session_that_its_own_bytes_give_again)
{
    static struct fuzz_session s;
    uint8_t in[MAX];
    struct rand rand;

    for (uint64_t seed = 0; seed < 20000; seed++) {
        rand_init(&rand, seed);
        size_t len = rand_below(&rand, seed % 2 ? 40 : MAX);
        rand_fill(&rand, in, len);
        fuzz_session_decode(bytes_of(in, len), &s);
        expect_round_trip(&s, seed);
    }
}

Test(fuzz_session, no_bytes_are_the_empty_session)
{
    static struct fuzz_session s, empty;

    fuzz_session_decode((struct bytes){ 0 }, &s);
    cr_expect(fuzz_session_equal(&s, &empty));
}

Test(fuzz_session, a_cut_off_session_ends_where_it_ends)
{
    static struct fuzz_session s;
    /* no extension; a text "Hello" that says it has 64 bytes */
    const uint8_t in[] = { 0x00, 0x00, 0x81, 0x00, 64, 'H', 'e', 'l', 'l', 'o' };

    for (size_t len = 0; len <= sizeof in; len++) {
        fuzz_session_decode(bytes_of(in, len), &s);
        cr_expect_eq(s.n_steps, len > 1);
    }
    cr_expect(bytes_eq_str(s.steps[0].payload, "Hello"));
    cr_expect_eq(s.steps[0].opcode, WS_TEXT);
    cr_expect(s.steps[0].fin);
}

Test(fuzz_session, what_does_not_fit_is_not_written)
{
    static struct fuzz_session s;
    uint8_t out[16];

    s.n_steps = 1;
    s.steps[0] = (struct fuzz_step){ .fin = true, .opcode = WS_TEXT };
    s.steps[0].payload = BYTES_LIT("longer than that");
    cr_expect_eq(fuzz_session_encode(&s, out, sizeof out), 0);
}

Test(fuzz_session, tidying_takes_away_what_the_bytes_cannot_hold)
{
    static struct fuzz_session s;

    s.n_edits = 2;
    s.edits[0] = (struct fuzz_edit){ EDIT_HEADER, BYTES_LIT("X: y"), BYTES_LIT("a\r\nb") };
    s.edits[1] = (struct fuzz_edit){ EDIT_ADD, BYTES_LIT(" "), BYTES_LIT("c") };
    s.n_steps = 1;
    s.steps[0] = (struct fuzz_step){ .opcode = WS_TEXT, .has_code = true, .code = 1000 };
    s.steps[0].deflate = true;
    s.steps[0].payload = BYTES_LIT("1234567890");
    s.steps[0].times = UINT32_MAX;
    fuzz_session_tidy(&s);
    cr_expect_eq(s.n_edits, 1);
    cr_expect(bytes_eq_str(s.edits[0].name, "X"));
    cr_expect(bytes_eq_str(s.edits[0].value, "a"));
    cr_expect(!s.steps[0].has_code && s.steps[0].code == 0 && !s.steps[0].deflate);
    cr_expect_eq(s.steps[0].times, FUZZ_SPREAD_MAX / 10);
    expect_round_trip(&s, 0);
}

Test(fuzz_session, frames_on_the_wire_become_steps)
{
    /* an unmasked text "Hi"; a masked ping with its key; the front of a frame that is cut off */
    const uint8_t wire[] = { 0x81, 0x02, 'H', 'i', 0x89, 0x81, 1, 2, 3, 4, 'x' ^ 1, 0x81, 0x7e };
    static struct fuzz_session s;
    struct arena a = { 0 };

    cr_assert(fuzz_session_from_wire(bytes_of(wire, sizeof wire), ROLE_SERVER, &a, &s));
    cr_assert_eq(s.n_steps, 3);
    cr_expect_eq(s.steps[0].mask, FUZZ_MASK_WRONG);
    cr_expect(bytes_eq_str(s.steps[0].payload, "Hi"));
    cr_expect_eq(s.steps[1].opcode, WS_PING);
    cr_expect_eq(s.steps[1].mask, FUZZ_MASK_KEY);
    cr_expect(memcmp(s.steps[1].key, wire + 6, 4) == 0);
    cr_expect(bytes_eq_str(s.steps[1].payload, "x"));
    cr_expect_eq(s.steps[2].kind, FUZZ_RAW);
    cr_expect_eq(s.steps[2].payload.len, 2);
    cr_assert(fuzz_session_from_wire(bytes_of(wire, sizeof wire), ROLE_CLIENT, &a, &s));
    cr_expect_eq(s.steps[0].mask, FUZZ_MASK_RIGHT);
    arena_free(&a);
}
