#include "fuzz/mutate/mutate.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/alloc.h"
#include "ws/check.h"
#include "ws/utf8.h"

/* Sessions that were changed often: what they hold, and what they never hold. */

static void expect_tidy(const struct fuzz_session *s)
{
    static struct fuzz_session tidy;

    cr_assert_leq(s->n_steps, FUZZ_STEPS_MAX);
    cr_assert_leq(s->n_edits, FUZZ_EDITS_MAX);
    tidy = *s;
    fuzz_session_tidy(&tidy);
    cr_assert(fuzz_session_equal(s, &tidy));
    for (size_t i = 0; i < s->n_steps; i++) {
        const struct fuzz_step *step = &s->steps[i];
        cr_assert_leq(step->payload.len, FUZZ_PAYLOAD_MAX);
        cr_assert_leq((uint64_t)step->payload.len * step->times, FUZZ_SPREAD_MAX);
    }
}

/* Which fields and kinds have been seen. */
struct seen {
    unsigned opcodes, masks, edits, extensions, ends, rsv;
    bool raw, form, lie, huge_lie, edge_code, deflate, cut, joined, large, boundary, broken_text;
};

static bool text_breaks(const struct fuzz_step *step)
{
    return step->opcode == WS_TEXT && !ws_utf8_valid(step->payload);
}

static void see_step(struct seen *seen, const struct fuzz_step *step)
{
    seen->raw |= step->kind == FUZZ_RAW;
    seen->opcodes |= 1u << step->opcode;
    seen->masks |= 1u << step->mask;
    seen->rsv |= step->rsv;
    seen->form |= step->len_form == WS_LEN_64;
    seen->lie |= step->declares;
    seen->huge_lie |= step->declare == UINT64_MAX;
    seen->edge_code |= step->has_code && step->code == 1006;
    seen->deflate |= step->deflate;
    seen->cut |= step->cut == 1;
    seen->joined |= step->joined;
    seen->large |= (uint64_t)step->payload.len * step->times > FUZZ_SPREAD_MAX / 2;
    seen->boundary |= step->payload.len == 126;
    seen->broken_text |= text_breaks(step);
}

static void see(struct seen *seen, const struct fuzz_session *s)
{
    seen->extensions |= 1u << s->extension;
    seen->ends |= 1u << s->end;
    for (size_t i = 0; i < s->n_edits; i++)
        seen->edits |= 1u << s->edits[i].kind;
    for (size_t i = 0; i < s->n_steps; i++)
        see_step(seen, &s->steps[i]);
}

static void expect_all_seen(const struct seen *seen)
{
    cr_expect_eq(seen->opcodes, 0xffffu, "opcodes %#x", seen->opcodes);
    cr_expect_eq(seen->masks, (1u << FUZZ_MASKS) - 1);
    cr_expect_eq(seen->edits, (1u << (EDIT_BODY + 1)) - 1, "edits %#x", seen->edits);
    cr_expect_eq(seen->extensions, (1u << FUZZ_EXTENSIONS) - 1);
    cr_expect_eq(seen->ends, (1u << FUZZ_ENDS) - 1);
    cr_expect_eq(seen->rsv, 7u);
    cr_expect(seen->raw && seen->form && seen->lie && seen->huge_lie && seen->edge_code);
    cr_expect(seen->deflate && seen->cut && seen->joined && seen->large && seen->boundary);
    cr_expect(seen->broken_text);
}

Test(fuzz_mutate, reaches_all_that_a_session_can_hold_and_stays_within_bounds)
{
    static struct fuzz_session s;
    struct seen seen = { 0 };
    struct rand rand;

    rand_init(&rand, 1);
    for (unsigned start = 0; start < 400; start++) {
        struct arena arena = { 0 };
        memset(&s, 0, sizeof s);
        for (unsigned i = 0; i < 40; i++) {
            fuzz_mutate(&s, NULL, &rand, &arena);
            expect_tidy(&s);
            see(&seen, &s);
        }
        arena_free(&arena);
    }
    expect_all_seen(&seen);
}

Test(fuzz_mutate, gives_the_same_for_the_same_seed)
{
    static struct fuzz_session s[2];
    struct arena arena = { 0 };

    for (unsigned i = 0; i < 2; i++) {
        struct rand rand;
        rand_init(&rand, 77);
        for (unsigned k = 0; k < 300; k++)
            fuzz_mutate(&s[i], NULL, &rand, &arena);
    }
    cr_expect(fuzz_session_equal(&s[0], &s[1]));
    cr_expect_gt(s[0].n_steps, 0);
    arena_free(&arena);
}

Test(fuzz_mutate, keeps_a_full_session_full)
{
    static struct fuzz_session s;
    struct arena arena = { 0 };
    struct rand rand;

    rand_init(&rand, 3);
    s.n_steps = FUZZ_STEPS_MAX;
    s.n_edits = FUZZ_EDITS_MAX;
    for (size_t i = 0; i < FUZZ_STEPS_MAX; i++)
        s.steps[i] = (struct fuzz_step){ .fin = true, .opcode = WS_TEXT };
    for (size_t i = 0; i < FUZZ_EDITS_MAX; i++)
        s.edits[i] = (struct fuzz_edit){ EDIT_ADD, BYTES_LIT("X"), BYTES_LIT("y") };
    for (unsigned i = 0; i < 2000; i++) {
        fuzz_mutate(&s, NULL, &rand, &arena);
        expect_tidy(&s);
    }
    arena_free(&arena);
}

/* ---- how much stays valid ---- */

static bool step_is_valid(const struct fuzz_step *step, struct ws_law *law, bool compressed)
{
    struct violation broken[WS_HEAD_BREACHES_MAX];
    struct ws_head head = { .fin = step->fin, .rsv = step->rsv, .opcode = step->opcode };

    head.masked = step->mask != FUZZ_MASK_WRONG;
    head.payload_len = step->payload.len * (step->times > 1 ? step->times : 1);
    head.len_form =
        step->len_form ? (enum ws_len_form)step->len_form : ws_frame_shortest(head.payload_len);
    law->rsv_data = compressed ? WS_RSV1 : 0;
    if (step->kind == FUZZ_RAW || step->declares || text_breaks(step) ||
        ws_check_head(&head, law, 0, broken) > 0)
        return false;
    if (!ws_opcode_is_control(step->opcode))
        law->in_message = !step->fin;
    return true;
}

/* Headers alone are judged, and texts that are in one frame. */
static bool is_valid(const struct fuzz_session *s)
{
    struct ws_law law = { .from_client = true };

    for (size_t i = 0; i < s->n_steps; i++)
        if (!step_is_valid(&s->steps[i], &law, s->extension != FUZZ_PLAIN))
            return false;
    return true;
}

Test(fuzz_mutate, leaves_most_valid_sessions_valid)
{
    static struct fuzz_session s;
    const unsigned total = 4000;
    unsigned valid = 0;
    struct arena arena = { 0 };
    struct rand rand;

    rand_init(&rand, 5);
    for (unsigned i = 0; i < total; i++) {
        memset(&s, 0, sizeof s);
        s.steps[0] = (struct fuzz_step){ .opcode = WS_TEXT, .payload = BYTES_LIT("Hel") };
        s.steps[1] = (struct fuzz_step){ .fin = true, .opcode = WS_PING };
        s.steps[2] = (struct fuzz_step){ .fin = true, .payload = BYTES_LIT("lo") };
        s.steps[3] = (struct fuzz_step){ .fin = true, .opcode = WS_BINARY };
        s.n_steps = 4;
        fuzz_mutate(&s, NULL, &rand, &arena);
        valid += is_valid(&s);
    }
    arena_free(&arena);
    cr_expect_gt(valid, total / 2, "%u of %u", valid, total);
    cr_expect_lt(valid, total * 9 / 10, "%u of %u", valid, total);
}

Test(fuzz_mutate, goes_on_without_memory)
{
    static struct fuzz_session s;
    struct arena arena = { 0 };
    struct rand rand;

    rand_init(&rand, 9);
    alloc_fail_at(1);
    for (unsigned i = 0; i < 500; i++)
        fuzz_mutate(&s, NULL, &rand, &arena);
    alloc_fail_at(0);
    expect_tidy(&s);
    arena_free(&arena);
}

/* ---- crossing ---- */

static void fill(struct fuzz_session *s, uint8_t opcode)
{
    memset(s, 0, sizeof *s);
    s->n_steps = 40;
    for (size_t i = 0; i < s->n_steps; i++)
        s->steps[i] = (struct fuzz_step){ .fin = true, .opcode = opcode };
    s->n_edits = 10;
    for (size_t i = 0; i < s->n_edits; i++)
        s->edits[i] = (struct fuzz_edit){ EDIT_ADD, BYTES_LIT("X"), bytes_of("abc", opcode) };
}

static unsigned opcodes_of(const struct fuzz_session *s)
{
    unsigned seen = 0;

    for (size_t i = 0; i < s->n_steps; i++)
        seen |= 1u << s->steps[i].opcode;
    for (size_t i = 0; i < s->n_edits; i++)
        seen |= 0x100u << s->edits[i].value.len;
    return seen;
}

/* ---- what the target compares with ---- */

struct said {
    bool replaced, in_front, behind_others, is_length, is_code, is_declared, in_line, is_header;
};

static void hear(struct said *said, const struct fuzz_session *s, struct bytes word,
                 uint64_t number)
{
    for (size_t i = 0; i < s->n_edits; i++) {
        said->in_line |= bytes_eq_str(s->edits[i].value, "a 4242 b");
        said->is_header |=
            s->edits[i].kind == EDIT_HEADER && bytes_eq_str(s->edits[i].value, "4242");
    }
    for (size_t i = 0; i < s->n_steps; i++) {
        const struct fuzz_step *step = &s->steps[i];
        size_t at = bytes_find(step->payload, word);
        said->replaced |= bytes_eq_str(step->payload, "<\x10\x92>");
        said->in_front |= at == 0 && step->payload.len > 0;
        said->behind_others |= at > 0 && at < step->payload.len;
        said->is_length |= fuzz_step_bytes(step) == number;
        said->is_code |= step->has_code && step->code == number;
        said->is_declared |= step->declares && step->declare == number;
    }
}

/* 1000 as it came, 4242 as it is wanted; x"1092" on the wire. */
Test(fuzz_mutate, says_what_the_target_compares_with_wherever_it_may_belong)
{
    static const struct coverage_word number = {
        .len = { 4, 4 }, .is_number = 1, .is_constant = 1, .bytes = { "\x92\x10", "\xe8\x03" }
    };
    static struct fuzz_session s;
    struct said said = { 0 };
    struct rand rand;

    rand_init(&rand, 4);
    for (unsigned i = 0; i < 20000; i++) {
        struct arena arena = { 0 };
        s = (struct fuzz_session){ .n_steps = 1, .n_edits = 1 };
        s.steps[0] = (struct fuzz_step){ .fin = true, .opcode = WS_BINARY };
        s.steps[0].payload = BYTES_LIT("<\x03\xe8>");
        s.edits[0] = (struct fuzz_edit){ EDIT_ADD, BYTES_LIT("X"), BYTES_LIT("a 1000 b") };
        fuzz_mutate(&s, &number, &rand, &arena);
        expect_tidy(&s);
        hear(&said, &s, BYTES_LIT("\x10\x92"), 4242);
        arena_free(&arena);
    }
    cr_expect(said.replaced && said.in_front && said.behind_others);
    cr_expect(said.is_length && said.is_code && said.is_declared);
    cr_expect(said.in_line && said.is_header);
}

Test(fuzz_mutate, says_a_text_as_it_was_compared)
{
    static const struct coverage_word text = { .len = { 5, 4 }, .bytes = { "wombat", "Hello" } };
    static struct fuzz_session s;
    struct rand rand;
    size_t replaced = 0, header = 0;

    rand_init(&rand, 4);
    for (unsigned i = 0; i < 20000; i++) {
        struct arena arena = { 0 };
        s = (struct fuzz_session){ .n_steps = 1 };
        s.steps[0] = (struct fuzz_step){ .fin = true, .opcode = WS_TEXT };
        s.steps[0].payload = BYTES_LIT("(Hell)");
        fuzz_mutate(&s, &text, &rand, &arena);
        replaced += s.n_steps == 1 && bytes_eq_str(s.steps[0].payload, "(womba)");
        header += s.n_edits == 1 && bytes_eq_str(s.edits[0].value, "womba");
        arena_free(&arena);
    }
    cr_expect_gt(replaced, 0);
    cr_expect_gt(header, 0);
}

Test(fuzz_mutate, crosses_steps_and_edits_of_both)
{
    static struct fuzz_session a, b;
    const unsigned steps = 1u << WS_TEXT | 1u << WS_BINARY, edits = steps << 8;
    unsigned both_steps = 0, both_edits = 0;
    struct rand rand;

    rand_init(&rand, 11);
    for (unsigned i = 0; i < 300; i++) {
        fill(&a, WS_TEXT);
        fill(&b, WS_BINARY);
        fuzz_cross(&a, &b, &rand);
        expect_tidy(&a);
        both_steps += (opcodes_of(&a) & steps) == steps;
        both_edits += (opcodes_of(&a) & edits) == edits;
    }
    cr_expect_gt(both_steps, 100);
    cr_expect_gt(both_edits, 30);
    memset(&a, 0, sizeof a);
    memset(&b, 0, sizeof b);
    for (unsigned i = 0; i < 100; i++)
        fuzz_cross(&a, &b, &rand);
    cr_expect_eq(a.n_steps, 0, "nothing comes of nothing");
}

/* ---- heads ---- */

static const char request[] = "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n";

Test(fuzz_mutate, heads_stay_within_their_room)
{
    struct rand rand;

    rand_init(&rand, 13);
    for (size_t cap = 0; cap < 100; cap++) {
        uint8_t *head = alloc_resize(NULL, cap + 1); /* a block of its own: bounds are watched */
        size_t size = cap < sizeof request - 1 ? cap : sizeof request - 1;
        cr_assert(head);
        memcpy(head, request, size);
        for (unsigned i = 0; i < 200; i++) {
            head[cap] = 0xa5;
            size = fuzz_mutate_head(head, size, cap, &rand);
            cr_assert_leq(size, cap);
            cr_assert_eq(head[cap], 0xa5);
        }
        alloc_free(head);
    }
}

static size_t count_of(struct bytes in, const char *what)
{
    size_t count = 0;

    for (size_t at; (at = bytes_find(in, bytes_str(what))) < in.len; count++)
        in = bytes_skip(in, at + 1);
    return count;
}

Test(fuzz_mutate, heads_lose_double_and_swap_lines_and_gain_tokens)
{
    unsigned lost = 0, doubled = 0, swapped = 0, gained = 0, same = 0;
    struct rand rand;

    rand_init(&rand, 17);
    for (unsigned i = 0; i < 1000; i++) {
        uint8_t head[512];
        memcpy(head, request, sizeof request - 1);
        struct bytes in =
            bytes_of(head, fuzz_mutate_head(head, sizeof request - 1, sizeof head, &rand));
        lost += count_of(in, "Host: a\r\n") == 0 && count_of(in, "GET / HTTP/1.1\r\nUp") == 1;
        doubled += count_of(in, "Host: a\r\n") == 2;
        swapped += count_of(in, "Upgrade: websocket\r\nHost: a\r\n") == 1;
        gained += count_of(in, "Sec-WebSocket-") > 0;
        same += bytes_eq(in, BYTES_LIT(request));
    }
    cr_expect(lost && doubled && swapped && gained);
    cr_expect_lt(same, 50);
}

/* One frame that is wrong, all else as it was: each reserved opcode within some thousand sessions.
 */
Test(fuzz_mutate, reserved_opcodes_come_often)
{
    static struct fuzz_session s;
    unsigned counts[16] = { 0 };
    struct rand rand;

    rand_init(&rand, 5);
    for (unsigned i = 0; i < 6000; i++) {
        struct arena arena = { 0 };
        s = (struct fuzz_session){ .n_steps = 1 };
        s.steps[0] =
            (struct fuzz_step){ .fin = true, .opcode = WS_TEXT, .payload = BYTES_LIT("hello") };
        fuzz_mutate(&s, NULL, &rand, &arena);
        for (size_t k = 0; k < s.n_steps; k++)
            counts[s.steps[k].kind == FUZZ_FRAME ? s.steps[k].opcode : 0]++;
        arena_free(&arena);
    }
    for (unsigned op = 3; op < 16; op += op == 7 ? 4 : 1)
        cr_expect_gt(counts[op], 5, "opcode %u came %u times", op, counts[op]);
}

Test(fuzz_mutate, good_keys_and_lines_left_out_come_often)
{
    static struct fuzz_session s;
    unsigned slashes = 0, omitted = 0;
    struct rand rand;

    rand_init(&rand, 6);
    for (unsigned i = 0; i < 6000; i++) {
        struct arena arena = { 0 };
        s = (struct fuzz_session){ 0 };
        fuzz_mutate(&s, NULL, &rand, &arena);
        for (size_t k = 0; k < s.n_edits; k++) {
            slashes += s.edits[k].value.len == 24 && s.edits[k].value.ptr[0] == '/';
            omitted += s.edits[k].kind == EDIT_OMIT && bytes_eq_str(s.edits[k].name, "Upgrade");
        }
        arena_free(&arena);
    }
    cr_expect_gt(slashes, 0);
    cr_expect_gt(omitted, 3);
}
