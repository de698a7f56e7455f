#include "run/transcript.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/alloc.h"

Test(run_transcript, copies_data_and_text)
{
    struct transcript t = { 0 };
    char data[] = "abc", text[] = "why";
    struct entry e = { .kind = ENTRY_NOTE, .data = bytes_of(data, 3), .text = text, .len = 3 };

    cr_assert(transcript_add(&t, &e));
    memset(data, 'x', 3);
    memset(text, 'x', 3);
    cr_assert_eq(t.count, 1);
    cr_assert(bytes_eq_str(t.entries[0].data, "abc"));
    cr_assert_str_eq(t.entries[0].text, "why");
    transcript_free(&t);
    cr_assert_eq(t.count, 0);
    cr_assert_null(t.entries);
}

Test(run_transcript, keeps_heads_whole_and_the_first_bytes_of_payloads)
{
    static const uint8_t big[1000];
    const struct {
        enum entry_kind kind;
        size_t kept;
    } rows[] = {
        { ENTRY_HEAD_OUT, 1000 },
        { ENTRY_HEAD_IN, 1000 },
        { ENTRY_HEAD_BAD, 1000 },
        { ENTRY_FRAME_OUT, ENTRY_DATA_MAX },
        { ENTRY_FRAME_IN, ENTRY_DATA_MAX },
        { ENTRY_MESSAGE_IN, ENTRY_DATA_MAX },
        { ENTRY_MESSAGE_OUT, ENTRY_DATA_MAX },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct transcript t = { 0 };
        struct entry e = { .kind = rows[i].kind, .data = bytes_of(big, sizeof big), .len = 1000 };
        cr_assert(transcript_add(&t, &e));
        cr_assert_eq(t.entries[0].data.len, rows[i].kept, "row %zu", i);
        cr_assert_eq(t.entries[0].len, 1000);
        transcript_free(&t);
    }
}

Test(run_transcript, a_flood_of_entries_or_bytes_fills_it_and_no_more)
{
    static uint8_t head[60000];
    struct transcript t = { 0 };
    struct entry small = { .kind = ENTRY_NOTE };
    struct entry large = { .kind = ENTRY_HEAD_IN, .data = bytes_of(head, sizeof head) };

    for (size_t i = 0; i < TRANSCRIPT_ENTRIES_MAX; i++)
        cr_assert(transcript_add(&t, &small));
    cr_assert_not(t.full);
    cr_assert(transcript_add(&t, &small));
    cr_assert(t.full);
    cr_assert_eq(t.count, TRANSCRIPT_ENTRIES_MAX);
    transcript_free(&t);

    for (size_t i = 0; i < 2000 && !t.full; i++)
        cr_assert(transcript_add(&t, &large));
    cr_assert(t.full);
    cr_assert_lt(t.arena.total, 40u << 20);
    size_t count = t.count;
    cr_assert(transcript_add(&t, &large));
    cr_assert_eq(t.count, count);
    transcript_free(&t);
}

static void add_note(struct transcript *t, const char *text)
{
    struct entry e = { .kind = ENTRY_NOTE, .text = text };
    cr_assert(transcript_add(t, &e));
}

/* One turn of a repeat: two entries, and a fold of them. */
static bool turn(struct transcript *t, size_t step, uint64_t us, uint8_t key)
{
    const struct transcript_mark began = transcript_mark(t);
    struct entry turns = { .kind = ENTRY_TURNS, .step = step, .len = 1, .us = us };

    turns.head.masked = key > 0;
    turns.head.key[0] = key;
    add_note(t, "sent");
    add_note(t, "came");
    return transcript_fold(t, &began, &turns);
}

Test(run_transcript, turns_in_a_row_are_one_entry)
{
    struct transcript t = { 0 };

    add_note(&t, "before");
    cr_assert(turn(&t, 3, 10, 7) && turn(&t, 3, 20, 8) && turn(&t, 3, 30, 0));
    cr_assert_eq(t.count, 2);
    cr_assert_eq(t.entries[1].kind, ENTRY_TURNS);
    cr_assert_eq(t.entries[1].len, 3);
    cr_assert_eq(t.entries[1].us, 30);
    cr_assert(t.entries[1].head.masked && t.entries[1].head.key[0] == 8, "the last that is known");
    cr_assert(turn(&t, 4, 40, 0), "of another repeat");
    add_note(&t, "between");
    cr_assert(turn(&t, 4, 50, 0) && turn(&t, 4, 60, 0));
    cr_assert_eq(t.count, 5);
    cr_assert_eq(t.entries[2].len, 1);
    cr_assert_eq(t.entries[4].len, 2);
    cr_assert_str_eq(t.entries[0].text, "before");
    cr_assert_str_eq(t.entries[3].text, "between");
    transcript_free(&t);

    cr_assert(turn(&t, 0, 1, 0), "there may be nothing before");
    cr_assert_eq(t.count, 1);
    transcript_free(&t);
}

Test(run_transcript, a_turn_that_is_kept_needs_nothing)
{
    struct transcript t = { 0 };

    cr_assert(turn(&t, 3, 10, 0));
    (void)transcript_mark(&t);
    add_note(&t, "odd");
    cr_assert(turn(&t, 3, 20, 0) && turn(&t, 3, 30, 0));
    cr_assert_eq(t.count, 3);
    cr_assert_str_eq(t.entries[1].text, "odd");
    cr_assert_eq(t.entries[2].len, 2);
    transcript_free(&t);
}

Test(run_transcript, says_no_when_the_heap_does_and_adds_nothing)
{
    struct entry e = { .kind = ENTRY_NOTE, .data = BYTES_LIT("abc"), .text = "why" };
    bool added = false;

    for (unsigned long nth = 1; !added; nth++) {
        struct transcript t = { 0 };
        alloc_fail_at(nth);
        added = transcript_add(&t, &e);
        alloc_fail_at(0);
        cr_assert_eq(t.count, added ? 1 : 0);
        cr_assert_lt(nth, 10);
        transcript_free(&t);
    }
}

Test(run_transcript, names_lead_back_to_what_they_name)
{
    for (int kind = 0; kind < ENTRY_KINDS; kind++)
        cr_assert_eq(transcript_kind_named(transcript_kind_name((enum entry_kind)kind)), kind);
    for (int end = END_FIN; end <= END_ERROR; end++)
        cr_assert_eq(transcript_end_named(transcript_end_name((enum entry_end)end)), end);
    cr_assert_eq(transcript_kind_named("frame-sideways"), -1);
    cr_assert_eq(transcript_end_named(""), -1);
}
