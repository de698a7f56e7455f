#include "run/speaker.h"

#include <criterion/criterion.h>

#include "base/text.h"
#include "tests/run/speech.h"
#include "tests/support/heap.h"
#include "tests/support/talk_log.h"
#include "ws/mask.h"

struct spoken {
    const char *steps, *hex, *log;
    bool in_message, away; /* away: not at a boundary */
};

static void check_table(const struct spoken *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct speech p;
        struct buf hex, log;
        buf_init(&hex, 1 << 16);
        buf_init(&log, 1 << 16);
        speech_init(&p, rows[i].steps, false);
        say_all(&p);
        cr_assert(p.ok && text_hex(buf_bytes(&p.out), &hex));
        cr_assert(bytes_eq_str(buf_bytes(&hex), rows[i].hex), "%s\nsent %.*s\nnot  %s",
                  rows[i].steps, BYTES_ARG(buf_bytes(&hex)), rows[i].hex);
        talk_log(&p.t, &log);
        cr_assert(!rows[i].log || bytes_eq_str(buf_bytes(&log), rows[i].log),
                  "%s\nlogged\n%.*snot\n%s", rows[i].steps, BYTES_ARG(buf_bytes(&log)),
                  rows[i].log);
        cr_expect_eq(p.s.in_message, rows[i].in_message, "%s: in_message", rows[i].steps);
        cr_expect_eq(speaker_at_boundary(&p.s), !rows[i].away, "%s: boundary", rows[i].steps);
        cr_expect_eq(p.s.at, p.out.len, "%s: place in the stream", rows[i].steps);
        buf_free(&hex);
        buf_free(&log);
        speech_free(&p);
    }
}

#define CHECK_TABLE(rows) check_table(rows, sizeof rows / sizeof *rows)

Test(run_speaker, sends_exactly_what_it_is_told)
{
    static const struct spoken rows[] = {
        { "send text \"Hi\"", "81 02 48 69", "out text \"Hi\" @2\n", false, false },
        { "send binary x\"00ff\"", "82 02 00 ff", "out binary \"\\x00\\xff\" @2\n", false, false },
        { "send text", "81 00", "out text \"\" @2\n", false, false },
        { "send ping \"p\"", "89 01 70", "out ping \"p\" @2\n", false, false },
        { "send pong", "8a 00", "out pong \"\" @2\n", false, false },
        { "send close", "88 00", "out close @2\n", false, false },
        { "send close 1000", "88 02 03 e8", "out close 1000 @2\n", false, false },
        { "send close 1000 \"ab\"", "88 04 03 e8 61 62", "out close 1000 \"ab\" @2\n", false,
          false },
        { "send close x\"03\"", "88 01 03", "out close \"\\x03\" @2\n", false, false },
        { "send opcode 11 \"x\"", "8b 01 78", "out opcode11 \"x\" @2\n", false, false },
        { "send opcode 3", "83 00", NULL, false, false },
        { "send text \"a\" fin=0", "01 01 61", "out text nofin \"a\" @2\n", true, false },
        { "send text \"a\" rsv1", "c1 01 61", NULL, false, false },
        { "send text \"a\" rsv2 rsv3", "b1 01 61", NULL, false, false },
        { "send ping \"a\" fin=0 rsv1 rsv2 rsv3", "79 01 61", NULL, false, false },
        { "send text \"a\" length=16", "81 7e 00 01 61", NULL, false, false },
        { "send text \"a\" length=64", "81 7f 00 00 00 00 00 00 00 01 61", NULL, false, false },
        { "send text \"a\" mask=x\"01020304\"", "81 81 01 02 03 04 60", NULL, false, false },
        { "send text \"abcde\" mask=x\"00000001\"", "81 85 00 00 00 01 61 62 63 65 65", NULL, false,
          false },
        { "send text \"abc\" fragment=1", "01 01 61 00 01 62 80 01 63",
          "out text nofin \"a\" @2\nout continuation nofin \"b\" @2\nout continuation \"c\" @2\n"
          "out message text len=3 @2\n",
          false, false },
        { "send text \"abc\" fragment=2 fin=0", "01 02 61 62 00 01 63", NULL, true, false },
        { "send text \"ab\" fragment=2", "81 02 61 62", NULL, false, false },
        { "send text \"\" fragment=2", "81 00", NULL, false, false },
        { "send text \"abc\" fragment=2 rsv1", "41 02 61 62 80 01 63", NULL, false, false },
        { "send continuation \"a\"", "80 01 61", "out continuation \"a\" @2\n", false, false },
        { "send text \"a\" fin=0\nsend ping\nsend continuation \"b\"", "01 01 61 89 00 80 01 62",
          "out text nofin \"a\" @2\nout ping \"\" @3\nout continuation \"b\" @4\nout message text "
          "len=2 @4\n",
          false, false },
        { "send text \"a\" fin=0\nsend text \"b\"", "01 01 61 81 01 62", NULL, false, false },
        { "send raw x\"810161\"", "81 01 61", "out raw \"\\x81\\x01a\" @2\n", false, false },
        { "send text \"${path} $\"", "81 04 2f 70 20 24", NULL, false, false },
    };

    CHECK_TABLE(rows);
}

Test(run_speaker, knows_when_its_stream_is_in_the_middle_of_a_frame)
{
    static const struct spoken rows[] = {
        { "send text \"abcd\" hold=2", "81 04 61 62", "", true, true },
        { "send text \"abcd\" hold=0", "81 04", "", true, true },
        { "send text \"abcd\" hold=2\nsend more 1", "81 04 61 62 63", "", true, true },
        { "send text \"abcd\" hold=2\nsend more 2", "81 04 61 62 63 64", "out text \"abcd\" @2\n",
          false, false },
        { "send text \"abcd\" hold=1\nsend more 1\nsend more rest", "81 04 61 62 63 64", NULL,
          false, false },
        { "send text \"abcd\" hold=1\nsend more 99", "81 04 61 62 63 64", NULL, false, false },
        { "send text \"abcd\" fragment=2 hold=2\nsend more rest", "01 02 61 62 80 02 63 64", NULL,
          false, false },
        { "send text \"abcd\" fragment=2 hold=3\nsend more rest", "01 02 61 62 80 02 63 64", NULL,
          false, false },
        { "send text \"a\" declare=2", "81 02 61", "out text declares=2 \"a\" @2\n", false, true },
        { "send text \"ab\" declare=1", "81 01 61 62", NULL, false, true },
        { "send text \"a\" declare=1", "81 01 61", NULL, false, false },
        { "send text \"a\" declare=65536", "81 7f 00 00 00 00 00 01 00 00 61", NULL, false, true },
        { "send text \"a\" declare=9223372036854775808", "81 7f 80 00 00 00 00 00 00 00 61", NULL,
          false, true },
        { "send raw x\"8102\"", "81 02", NULL, false, true },
        { "send raw x\"81\"\nsend raw x\"0161\"", "81 01 61", NULL, false, false },
        { "send raw \"\"", "", NULL, false, false },
    };

    CHECK_TABLE(rows);
}

/* 200 bytes do not fit 7 bits: the header tells 72, and what follows is no frame of ours. */
Test(run_speaker, a_length_form_that_is_too_small_lies)
{
    struct speech p;

    speech_init(&p, "send binary \"*\" * 200 length=7", false);
    say_all(&p);
    cr_assert_eq(p.out.ptr[1], 200 & 0x7f);
    cr_assert_eq(p.out.len, 202);
    cr_assert_not(speaker_at_boundary(&p.s));
    speech_free(&p);
}

Test(run_speaker, masks_as_a_client_with_a_new_key_for_each_frame)
{
    struct speech p;
    struct ws_head a, b;
    size_t used;

    speech_init(&p, "send text \"Hello\"\nsend text \"Hello\"\nsend text \"x\" mask=off", true);
    say_all(&p);
    cr_assert_eq(ws_frame_decode(buf_bytes(&p.out), &a, &used), WS_OK);
    cr_assert_eq(ws_frame_decode(bytes_skip(buf_bytes(&p.out), 11), &b, &used), WS_OK);
    cr_assert(a.masked && b.masked);
    cr_assert_neq(memcmp(a.key, b.key, 4), 0);
    ws_mask_plain(p.out.ptr + 6, 5, a.key, 0);
    cr_assert_arr_eq(p.out.ptr + 6, "Hello", 5);
    cr_assert_arr_eq(p.out.ptr + 22, "\x81\x01x", 3);
    cr_assert_arr_eq(p.t.entries[0].data.ptr, "Hello", 5);
    cr_assert_eq(p.t.entries[2].at, 11);
    speech_free(&p);
}

/* Offsets count from the first byte of what the entry tells. */
Test(run_speaker, a_message_begins_where_its_first_frame_does)
{
    struct speech p;

    speech_init(&p, "send ping\nsend text \"abc\" fragment=2", false);
    say_all(&p);
    const struct entry *message = &p.t.entries[p.t.count - 1];
    cr_assert_eq(message->kind, ENTRY_MESSAGE_OUT);
    cr_assert_eq(p.t.entries[1].at, 2);
    cr_assert_eq(message->at, 2);
    speech_free(&p);
}

Test(run_speaker, a_large_send_in_chunks_is_the_same_as_whole)
{
    static const char *const forms[] = { "send binary random 1M",
                                         "send binary random 1M fragment=1000",
                                         "send binary random 1M mask=x\"01020304\"",
                                         "send raw random 1M",
                                         "send binary \"ab\" * 100000 fragment=7" };

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct speech p;
        uint8_t *at, *payload;
        size_t used = 0, len = 0;
        speech_init(&p, forms[i], false);
        const struct payload *made = p.one.c->steps[2].as.send.payload;
        size_t total = (size_t)payload_len(made, &p.env);
        payload = alloc_resize(NULL, total);
        cr_assert_not_null(payload);
        payload_read(made, &p.env, 0, payload, total);
        say_all(&p);
        if (p.one.c->steps[2].as.send.opcode == SEND_RAW) {
            cr_assert(bytes_eq(buf_bytes(&p.out), bytes_of(payload, total)));
            len = total;
        }
        for (at = p.out.ptr; len < total; at += used) {
            struct ws_head head;
            cr_assert_eq(
                ws_frame_decode(bytes_of(at, p.out.len - (size_t)(at - p.out.ptr)), &head, &used),
                WS_OK);
            at += used;
            used = (size_t)head.payload_len;
            if (head.masked)
                ws_mask_plain(at, used, head.key, 0);
            cr_assert_eq(memcmp(at, payload + len, used), 0, "%s at %zu", forms[i], len);
            len += used;
        }
        cr_assert_eq(len, total);
        cr_assert(speaker_at_boundary(&p.s) || p.one.c->steps[2].as.send.opcode == SEND_RAW);
        const struct entry *last = &p.t.entries[p.t.count - 1];
        if (last->kind == ENTRY_MESSAGE_OUT) {
            cr_assert_eq(last->len, total);
            cr_assert_eq(last->hash, hash_bytes(bytes_of(payload, total)));
        }
        alloc_free(payload);
        speech_free(&p);
    }
}

/* Sixty thousand fragments would fill the log, and say nothing that the first hundred do not. */
Test(run_speaker, of_very_many_fragments_notes_the_first_and_the_last)
{
    struct speech p;

    speech_init(&p, "send binary random 4003 fragment=2", false);
    say_all(&p);
    cr_assert(p.ok);
    cr_expect_eq(p.out.len, 2001 * 4 + 3);
    cr_assert_eq(p.t.count, TRANSCRIPT_FRAGMENTS + 3);
    const struct entry *note = &p.t.entries[TRANSCRIPT_FRAGMENTS], *last = note + 1;
    cr_expect_eq(note[-1].kind, ENTRY_FRAME_OUT);
    cr_expect_eq(note->kind, ENTRY_NOTE);
    cr_expect(last->kind == ENTRY_FRAME_OUT && last->head.fin && last->len == 1);
    cr_expect(last[1].kind == ENTRY_MESSAGE_OUT && last[1].len == 4003);
    speech_free(&p);
}

Test(run_speaker, what_is_held_goes_out_as_far_as_it_may)
{
    static const struct {
        const char *steps, *first, *all;
    } rows[] = {
        { "send raw x\"81 02 48 69\" hold=1 send more 1 send more rest", "81", "81 02 48 69" },
        { "send raw x\"88 00\" hold=0 send more rest", "", "88 00" },
        { "send text \"Hi\" hold=0 send more rest", "81 02", "81 02 48 69" },
        { "send text \"Hi\" hold=1 send more rest", "81 02 48", "81 02 48 69" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct speech p;
        struct buf first, all;
        size_t at = 0;
        buf_init(&first, 100);
        buf_init(&all, 100);
        speech_init(&p, rows[i].steps, false);
        while (p.one.c->steps[at].op != OP_SEND)
            at++;
        say_step(&p, at);
        cr_assert(p.ok && speaker_waits(&p.s) && text_hex(buf_bytes(&p.out), &first));
        while (++at < p.one.c->n_steps)
            say_step(&p, at);
        cr_assert(p.ok && !speaker_waits(&p.s) && text_hex(buf_bytes(&p.out), &all));
        cr_expect(bytes_eq_str(buf_bytes(&first), rows[i].first), "%s", rows[i].steps);
        cr_expect(bytes_eq_str(buf_bytes(&all), rows[i].all), "%s", rows[i].steps);
        cr_expect(speaker_at_boundary(&p.s), "%s", rows[i].steps);
        buf_free(&first);
        buf_free(&all);
        speech_free(&p);
    }
}

Test(run_speaker, notices_a_close_also_in_raw_bytes)
{
    static const struct {
        const char *steps;
        bool closed;
    } rows[] = {
        { "send close 1000", true },     { "send raw x\"8800\"", true },
        { "send raw x\"8100\"", false }, { "send raw x\"810188\"", false },
        { "send text \"a\"", false },    { "send raw x\"81\"\nsend raw x\"0161880203e8\"", true }
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct speech p;
        speech_init(&p, rows[i].steps, false);
        say_all(&p);
        cr_assert_eq(p.s.sent_close, rows[i].closed, "%s", rows[i].steps);
        speech_free(&p);
    }
}

Test(run_speaker, a_new_connection_forgets_the_frame_under_way)
{
    struct speech p;

    speech_init(&p, "send text \"abcd\" hold=2", false);
    say_all(&p);
    cr_assert_not(speaker_at_boundary(&p.s));
    speaker_reconnect(&p.s, 1, 0);
    cr_assert(speaker_at_boundary(&p.s));
    cr_assert_not(p.s.in_message);
    cr_assert_eq(p.s.at, 0);
    cr_assert(speaker_frame(&p.s, &p.out, WS_PING, BYTES_LIT("x"), BY_RUNNER, ENTRY_NO_STEP, 4));
    cr_assert_eq(p.t.entries[0].connection, 1);
    speech_free(&p);
}

static bool speak(void *ctx)
{
    struct speech *p = ctx;

    p->ok = true;
    speaker_init(&p->s, &p->t, &p->env, 7, true);
    say_all(p);
    bool ok = p->ok &&
              speaker_frame(&p->s, &p->out, WS_PING, BYTES_LIT("x"), BY_RUNNER, ENTRY_NO_STEP, 4);
    transcript_free(&p->t);
    buf_free(&p->out);
    buf_init(&p->out, 64u << 20);
    return ok;
}

Test(run_speaker, says_when_the_heap_says_no)
{
    struct speech p;

    speech_init(&p, "send text random 200K fragment=70K\nsend close 1000 \"x\"\nsend raw x\"8800\"",
                true);
    cr_assert_gt(heap_fail_each(speak, &p), 3);
    speech_free(&p);
}
