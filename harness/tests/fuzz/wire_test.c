#include "fuzz/session/wire.h"

#include <criterion/criterion.h>
#include <string.h>

#include "ws/deflate.h"
#include "ws/mask.h"

/* A frame with "Hi" and these fields. */
#define STEP(op, ...)                                                                              \
    {                                                                                              \
        .opcode = (op), .payload = BYTES_LIT("Hi"), __VA_ARGS__                                    \
    }
#define WHOLE .fin = true

static struct fuzz_session session_of(const struct fuzz_step *steps, size_t n)
{
    struct fuzz_session s = { .n_steps = n };

    if (n > 0)
        memcpy(s.steps, steps, n * sizeof *steps);
    return s;
}

static void make(const struct fuzz_step *steps, size_t n, enum case_role role, struct fuzz_wire *w)
{
    struct fuzz_session s = session_of(steps, n);

    cr_assert(fuzz_wire_make(&s, role, NULL, 1, w));
}

static void expect_bytes(const struct fuzz_wire *w, const char *want, size_t len)
{
    cr_assert_eq(w->bytes.len, len, "%zu bytes", w->bytes.len);
    cr_expect(memcmp(w->bytes.ptr, want, len) == 0);
}

Test(fuzz_wire, a_client_gets_unmasked_frames_as_the_steps_say)
{
    const struct fuzz_step steps[] = {
        STEP(WS_TEXT, .rsv = WS_RSV2),
        STEP(WS_CONTINUATION, WHOLE, .len_form = WS_LEN_16, .times = 2),
        STEP(WS_CLOSE, WHOLE, .has_code = true, .code = 1000),
        { .kind = FUZZ_RAW, .payload = BYTES_LIT("raw") },
    };
    struct fuzz_wire w = { 0 };

    make(steps, 4, ROLE_CLIENT, &w);
    const char want[] = "\x21\x02Hi"
                        "\x80\x7e\x00\x04HiHi"
                        "\x88\x04\x03\xe8Hi"
                        "raw";
    expect_bytes(&w, want, sizeof want - 1);
    cr_expect(!w.whole, "nobody knows what raw bytes are");
    cr_expect(w.says_close);
    fuzz_wire_free(&w);
}

Test(fuzz_wire, masks_are_as_the_role_wants_unless_the_step_says_otherwise)
{
    const struct fuzz_step steps[] = { STEP(WS_TEXT, WHOLE, .mask = FUZZ_MASK_RIGHT),
                                       STEP(WS_TEXT, WHOLE, .mask = FUZZ_MASK_WRONG),
                                       STEP(WS_TEXT, WHOLE, .mask = FUZZ_MASK_KEY,
                                            .key = { 1, 2, 3, 4 }) };
    const bool masked[2][3] = { { true, false, true }, { false, true, true } };
    struct fuzz_wire w = { 0 };

    for (size_t client = 0; client < 2; client++) {
        make(steps, 3, client ? ROLE_CLIENT : ROLE_SERVER, &w);
        struct bytes in = buf_bytes(&w.bytes);
        for (size_t i = 0; i < 3; i++) {
            struct ws_head head;
            uint8_t text[2];
            size_t used;
            cr_assert_eq(ws_frame_decode(in, &head, &used), WS_OK);
            cr_expect_eq(head.masked, masked[client][i]);
            memcpy(text, in.ptr + used, 2);
            if (head.masked)
                ws_mask(text, 2, head.key, 0);
            cr_expect(memcmp(text, "Hi", 2) == 0);
            if (i == 2)
                cr_expect(memcmp(head.key, "\1\2\3\4", 4) == 0);
            in = bytes_skip(in, used + 2);
        }
    }
    fuzz_wire_free(&w);
}

Test(fuzz_wire, a_lying_length_is_told_and_nothing_can_follow_it)
{
    const struct fuzz_step lie[] = { STEP(WS_TEXT, WHOLE, .declares = true, .declare = 3) };
    const struct fuzz_step truth[] = { STEP(WS_TEXT, WHOLE, .declares = true, .declare = 2) };
    const struct fuzz_step wrapped[] = { STEP(WS_TEXT, WHOLE, .declares = true, .declare = 130,
                                              .len_form = WS_LEN_7) };
    struct fuzz_wire w = { 0 };

    make(lie, 1, ROLE_CLIENT, &w);
    expect_bytes(&w, "\x81\x03Hi", 4);
    cr_expect(!w.whole);
    make(truth, 1, ROLE_CLIENT, &w);
    cr_expect(w.whole);
    /* Cut to the seven bits of its form, 130 is 2. */
    make(wrapped, 1, ROLE_CLIENT, &w);
    expect_bytes(&w, "\x81\x02Hi", 4);
    cr_expect(w.whole);
    fuzz_wire_free(&w);
}

Test(fuzz_wire, writes_end_where_steps_end_are_cut_or_not_joined)
{
    const struct fuzz_step steps[] = { STEP(WS_TEXT, WHOLE, .joined = true),
                                       STEP(WS_TEXT, WHOLE, .cut = 3),
                                       STEP(WS_TEXT, WHOLE, .joined = true) };
    const size_t want[] = { 7, 8, 12 };
    struct fuzz_wire w = { 0 };

    make(steps, 3, ROLE_CLIENT, &w);
    cr_assert_eq(w.n_ends, 3);
    for (size_t i = 0; i < 3; i++)
        cr_expect_eq(w.ends[i], want[i], "%zu: %zu", i, w.ends[i]);
    make(NULL, 0, ROLE_CLIENT, &w);
    cr_expect_eq(w.n_ends, 0);
    fuzz_wire_free(&w);
}

Test(fuzz_wire, compressed_fragments_inflate_to_what_was_said)
{
    const struct fuzz_step steps[] = { STEP(WS_TEXT, .deflate = true, .times = 100),
                                       STEP(WS_CONTINUATION, WHOLE, .deflate = true) };
    struct ws_permessage agreed = fuzz_wire_permessage(FUZZ_DEFLATE, ROLE_CLIENT);
    struct fuzz_session s = session_of(steps, 2);
    struct ws_inflater *inflater = ws_inflater_new(true);
    struct fuzz_wire w = { 0 };
    struct bytes in, out;
    size_t used, len = 0;

    cr_assert(inflater && fuzz_wire_make(&s, ROLE_CLIENT, &agreed, 1, &w));
    in = buf_bytes(&w.bytes);
    for (size_t i = 0; i < 2; i++) {
        struct ws_head head;
        cr_assert_eq(ws_frame_decode(in, &head, &used), WS_OK);
        cr_expect_eq(head.rsv, i == 0 ? WS_RSV1 : 0);
        ws_inflater_feed(inflater, bytes_take(bytes_skip(in, used), (size_t)head.payload_len));
        while (ws_inflater_next(inflater, &out) == WS_INFLATED_PIECE)
            len += out.len;
        in = bytes_skip(in, used + (size_t)head.payload_len);
    }
    ws_inflater_feed_end(inflater);
    while (ws_inflater_next(inflater, &out) == WS_INFLATED_PIECE)
        len += out.len;
    cr_expect_eq(len, 202);
    ws_inflater_free(inflater);
    fuzz_wire_free(&w);
}
