#include "run/speaker.h"

#include <criterion/criterion.h>

#include "base/text.h"
#include "tests/run/speech.h"
#include "tests/support/heap.h"
#include "tests/support/talk_log.h"

/* `send … deflate`, and what a case compressed by itself. */

/* The speaker of a case that compresses; `foreign` as speaker_pack has it. */
static void packing_init(struct speech *p, const char *steps, struct ws_permessage_way way,
                         bool foreign)
{
    speech_init(p, steps, false);
    cr_assert(speaker_pack(&p->s, way, foreign));
}

/* The bytes, and that each message is told as it was before. */
static void check_packed(const char *steps, const char *hex, const char *log, bool foreign)
{
    struct speech p;
    struct buf sent, said;

    buf_init(&sent, 1 << 16);
    buf_init(&said, 1 << 16);
    packing_init(&p, steps, (struct ws_permessage_way){ 15, true }, foreign);
    say_all(&p);
    cr_assert(p.ok && text_hex(buf_bytes(&p.out), &sent));
    cr_expect(bytes_eq_str(buf_bytes(&sent), hex), "%s\nsent %.*s\nnot  %s", steps,
              BYTES_ARG(buf_bytes(&sent)), hex);
    talk_log(&p.t, &said);
    cr_expect(bytes_eq_str(buf_bytes(&said), log), "%s\nlogged\n%.*snot\n%s", steps,
              BYTES_ARG(buf_bytes(&said)), log);
    for (size_t i = 0; i < p.t.count; i++)
        if (p.t.entries[i].kind == ENTRY_MESSAGE_OUT && p.t.entries[i].len == 5)
            cr_expect_eq(p.t.entries[i].hash, hash_bytes(BYTES_LIT("Hello")), "%s", steps);
    buf_free(&sent);
    buf_free(&said);
    speech_free(&p);
}

#define HELLO "f2 48 cd c9 c9 07 00" /* RFC 7692 7.2.3.1 */
#define HELLO_LOG "\"\\xf2H\\xcd\\xc9\\xc9\\x07\\x00\""
#define MESSAGE(step) "out message text len=5 @" step "\n"

Test(run_speaker_deflate, compresses_a_message_and_tells_the_plain_one)
{
    check_packed("send text \"Hello\" deflate\nsend text \"Hello\" deflate",
                 "c1 07 " HELLO " c1 05 f2 00 11 00 00",
                 "out text rsv=4 " HELLO_LOG " @2\n" MESSAGE(
                     "2") "out text rsv=4 \"\\xf2\\x00\\x11\\x00\\x00\" @3\n" MESSAGE("3"),
                 false);
    check_packed("send text \"Hello\" deflate fragment=4\nsend text \"Hello\"",
                 "41 04 f2 48 cd c9 80 03 c9 07 00 81 05 48 65 6c 6c 6f",
                 "out text nofin rsv=4 \"\\xf2H\\xcd\\xc9\" @2\n"
                 "out continuation \"\\xc9\\x07\\x00\" @2\n" MESSAGE("2") "out text "
                                                                          "\"Hello\" @3\n",
                 false);
    check_packed("send text \"Hel\" deflate fin=0\nsend ping\nsend continuation \"lo\" deflate",
                 "41 09 f2 48 cd 01 00 00 00 ff ff 89 00 80 04 ca c9 07 00",
                 "out text nofin rsv=4 \"\\xf2H\\xcd\\x01\\x00\\x00\\x00\\xff\\xff\" @2\n"
                 "out ping \"\" @3\nout continuation \"\\xca\\xc9\\x07\\x00\" @4\n" MESSAGE("4"),
                 false);
    check_packed("send text \"Hello\" deflate fin=0\nsend continuation \"\" deflate",
                 "41 0b f2 48 cd c9 c9 07 00 00 00 ff ff 80 01 00",
                 "out text nofin rsv=4 "
                 "\"\\xf2H\\xcd\\xc9\\xc9\\x07\\x00\\x00\\x00\\xff\\xff\" @2\n"
                 "out continuation \"\\x00\" @3\n" MESSAGE("3"),
                 false);
    check_packed("send text \"\" deflate\nsend binary deflate rsv2", "c1 01 00 e2 01 00",
                 "out text rsv=4 \"\\x00\" @2\nout message text len=0 @2\n"
                 "out binary rsv=6 \"\\x00\" @3\nout message binary len=0 @3\n",
                 false);
}

/* Known is what the target makes of it, also in a window that our own messages have filled. */
Test(run_speaker_deflate, follows_what_the_case_compressed_by_itself)
{
    check_packed("send text x\"" HELLO "\" rsv1\nsend text x\"f200110000\" rsv1",
                 "c1 07 " HELLO " c1 05 f2 00 11 00 00",
                 "out text rsv=4 " HELLO_LOG " @2\n" MESSAGE(
                     "2") "out text rsv=4 \"\\xf2\\x00\\x11\\x00\\x00\" @3\n" MESSAGE("3"),
                 true);
    check_packed("send text x\"f248cd\" rsv1 fin=0\nsend ping\nsend continuation x\"c9c90700\"",
                 "41 03 f2 48 cd 89 00 80 04 c9 c9 07 00",
                 "out text nofin rsv=4 \"\\xf2H\\xcd\" @2\nout ping \"\" @3\n"
                 "out continuation \"\\xc9\\xc9\\x07\\x00\" @4\n" MESSAGE("4"),
                 true);
    check_packed("send text \"Hello\" deflate\nsend text x\"f200110000\" rsv1",
                 "c1 07 " HELLO " c1 05 f2 00 11 00 00",
                 "out text rsv=4 " HELLO_LOG " @2\n" MESSAGE(
                     "2") "out text rsv=4 \"\\xf2\\x00\\x11\\x00\\x00\" @3\n" MESSAGE("3"),
                 true);
    /* Ours does not refer back to it: it goes into the target's window alone. */
    check_packed("send text x\"" HELLO "\" rsv1\nsend text \"Hello\" deflate",
                 "c1 07 " HELLO " c1 07 " HELLO,
                 "out text rsv=4 " HELLO_LOG " @2\n" MESSAGE("2") "out text rsv=4 " HELLO_LOG
                                                                  " @3\n" MESSAGE("3"),
                 true);
    /* A plain one in between is in no window. */
    check_packed("send text \"Hello\" deflate\nsend text \"x\"\nsend text \"Hello\" deflate",
                 "c1 07 " HELLO " 81 01 78 c1 05 f2 00 11 00 00",
                 "out text rsv=4 " HELLO_LOG " @2\n" MESSAGE(
                     "2") "out text \"x\" @3\n"
                          "out text rsv=4 \"\\xf2\\x00\\x11\\x00\\x00\" @4\n" MESSAGE("4"),
                 true);
}

/* Inflates a stream of frames, all of one message: what came out. */
static void inflate_frames(struct bytes stream, struct hash *hash, uint64_t *len)
{
    struct ws_inflater *inflater = ws_inflater_new(true);
    struct ws_reader reader = { 0 };
    struct ws_piece piece;
    struct bytes plain;

    *len = 0;
    hash_init(hash);
    ws_reader_feed(&reader, (uint8_t *)(uintptr_t)stream.ptr, stream.len);
    while (ws_reader_next(&reader, &piece)) {
        if (piece.kind == WS_PIECE_DATA)
            ws_inflater_feed(inflater, piece.data);
        else if (piece.kind == WS_PIECE_END && reader.head.fin)
            ws_inflater_feed_end(inflater);
        while (ws_inflater_next(inflater, &plain) == WS_INFLATED_PIECE) {
            hash_feed(hash, plain);
            *len += plain.len;
        }
    }
    ws_inflater_free(inflater);
}

Test(run_speaker_deflate, a_large_compressed_send_is_what_a_peer_inflates)
{
    static const char *const forms[] = { "send binary random 1M deflate",
                                         "send binary words 1M deflate fragment=1000",
                                         "send binary words 300K deflate cut=7" };

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        for (uint8_t bits = 8; bits <= 15; bits += 7) {
            struct speech p;
            struct hash hash;
            uint64_t len;
            packing_init(&p, forms[i], (struct ws_permessage_way){ bits, true }, true);
            say_all(&p);
            cr_assert(p.ok);
            inflate_frames(buf_bytes(&p.out), &hash, &len);
            const struct entry *message = &p.t.entries[p.t.count - 1];
            cr_expect_eq(message->kind, ENTRY_MESSAGE_OUT);
            cr_expect_eq(message->len, payload_len(p.one.c->steps[2].as.send.payload, &p.env));
            cr_expect_eq(message->len, len, "%s", forms[i]);
            cr_expect_eq(message->hash, hash_end(&hash), "%s", forms[i]);
            speech_free(&p);
        }
}

static bool speak_packed(void *ctx)
{
    struct speech *p = ctx;

    speaker_init(&p->s, &p->t, &p->env, 7, true);
    p->ok = speaker_pack(&p->s, (struct ws_permessage_way){ 15, true }, true);
    say_all(p);
    transcript_free(&p->t);
    speaker_free(&p->s);
    memset(&p->s, 0, sizeof p->s);
    buf_free(&p->out);
    buf_init(&p->out, 64u << 20);
    return p->ok;
}

Test(run_speaker_deflate, says_when_the_heap_says_no_to_compressing)
{
    struct speech p;

    speech_init(&p,
                "send text words 70K deflate fragment=1000\nsend text x\"" HELLO "\" rsv1\n"
                "send text \"Hello\" deflate",
                true);
    cr_assert_gt(heap_fail_each(speak_packed, &p), 8);
    speech_free(&p);
}
