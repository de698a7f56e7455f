#include "drive/doubt.h"

#include <criterion/criterion.h>

static const struct verdict warn = { .result = VERDICT_WARN };

static bool doubts(const struct entry *entries, size_t n, const struct verdict *v)
{
    struct transcript t = { 0 };

    for (size_t i = 0; i < n; i++)
        cr_assert(transcript_add(&t, &entries[i]));
    bool doubted = doubt_warn(v, &t);
    transcript_free(&t);
    return doubted;
}

#define DOUBTS(v, ...)                                                                             \
    doubts((const struct entry[]){ __VA_ARGS__ },                                                  \
           sizeof((const struct entry[]){ __VA_ARGS__ }) / sizeof(struct entry), v)
#define HEAD(text)                                                                                 \
    {                                                                                              \
        .kind = ENTRY_HEAD_IN, .data = BYTES_LIT(text)                                             \
    }
#define OPENED HEAD("HTTP/1.1 101 Switching Protocols\r\n\r\n")
#define CLOSE_ON(n)                                                                                \
    {                                                                                              \
        .kind = ENTRY_FRAME_IN, .head.opcode = WS_CLOSE, .connection = n                           \
    }
#define END_ON(n, how)                                                                             \
    {                                                                                              \
        .kind = ENTRY_END_IN, .end = how, .connection = n                                          \
    }
#define SILENT                                                                                     \
    {                                                                                              \
        .kind = ENTRY_SILENT                                                                       \
    }

Test(drive_doubt, a_warn_is_doubted_over_what_load_can_bring)
{
    struct verdict late = { .result = VERDICT_WARN, .closing = CLOSING_LATE };

    cr_expect(DOUBTS(&warn, OPENED, SILENT));
    cr_expect(DOUBTS(&warn, OPENED, END_ON(0, END_FIN)), "no Close came");
    cr_expect(DOUBTS(&warn, OPENED, CLOSE_ON(0), END_ON(0, END_RESET)));
    cr_expect(DOUBTS(&warn, OPENED, CLOSE_ON(0), END_ON(1, END_FIN)), "on the other connection");
    cr_expect(DOUBTS(&warn, HEAD("HTTP/1.1 503 Busy\r\n\r\n")));
    cr_expect(DOUBTS(&late, OPENED, CLOSE_ON(0), END_ON(0, END_FIN)));
}

Test(drive_doubt, a_warn_is_not_doubted_over_bytes_in_good_order)
{
    struct verdict proven = { .result = VERDICT_WARN, .rule = WS_RULE_NONE + 1 };
    struct verdict pass = { .result = VERDICT_PASS };

    cr_expect_not(DOUBTS(&warn, OPENED, CLOSE_ON(0), END_ON(0, END_FIN)));
    cr_expect_not(DOUBTS(&warn, OPENED, CLOSE_ON(0), END_ON(0, END_TLS_CUT)));
    cr_expect_not(DOUBTS(&proven, OPENED, SILENT), "a rule of its own is broken");
    cr_expect_not(DOUBTS(&pass, OPENED, SILENT));
}

Test(drive_doubt, a_reason_that_held_twice_is_believed_and_another_is_not)
{
    struct doubt_looks looks = { 0 };
    struct verdict same = { .result = VERDICT_WARN, .reason = "late" };
    struct verdict other = { .result = VERDICT_WARN, .reason = "curt" };
    struct verdict pass = { .result = VERDICT_PASS };

    doubt_note_look(&looks, "late", &pass);
    doubt_note_look(&looks, "late", &other);
    doubt_note_look(&looks, "late", &same);
    cr_expect(doubt_wants_look(&looks, "late"));
    doubt_note_look(&looks, "late", &same);
    cr_expect_not(doubt_wants_look(&looks, "late"));
    cr_expect(doubt_wants_look(&looks, "curt"));
    cr_expect(doubt_wants_look(&looks, NULL));
}

Test(drive_doubt, looks_come_to_an_end)
{
    struct doubt_looks looks = { 0 };
    struct verdict pass = { .result = VERDICT_PASS };

    for (size_t i = 0; i < DOUBT_LOOKS_MAX; i++) {
        cr_assert(doubt_wants_look(&looks, "late"));
        doubt_note_look(&looks, "late", &pass);
    }
    cr_expect_not(doubt_wants_look(&looks, "late"));
    cr_expect_not(doubt_wants_look(&looks, "curt"));
}
