#include "fuzz/live/seeds.h"

#include <criterion/criterion.h>

#include "fuzz/session/wire.h"

/* What fuzzing begins with is in good order, or it would begin with refusals. */
Test(fuzz_seeds, each_seed_is_what_its_bytes_say_and_ends_whole)
{
    static struct fuzz_session s, back;
    static uint8_t bytes[4096];
    struct fuzz_wire wire = { 0 };
    size_t n = 0;

    for (; seeds_at(n, &s); n++) {
        size_t len = fuzz_session_encode(&s, bytes, sizeof bytes);
        fuzz_session_decode(bytes_of(bytes, len), &back);
        cr_expect(fuzz_session_equal(&s, &back), "seed %zu", n);
        cr_assert(fuzz_wire_make(&s, ROLE_SERVER, NULL, 1, &wire));
        cr_expect(wire.whole, "seed %zu", n);
    }
    cr_expect_gt(n, 10);
    fuzz_wire_free(&wire);
}
