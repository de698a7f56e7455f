#include "run/listener.h"

#include <criterion/criterion.h>

#include "tests/support/cut.h"
#include "tests/support/heap.h"
#include "tests/support/talk_log.h"
#include "tests/ws/wire.h"

#define HEAD "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"

/* A stream of a target, and what it becomes. */
struct stream {
    enum http1_kind awaits;
    struct bytes bytes;
    enum entry_end end;
    const char *log;
    bool unpacks; /* permessage-deflate was agreed on */
};

static bool listen(const struct stream *s, const struct cut *cut, struct transcript *t)
{
    static uint8_t copy[WIRE_MAX >> 4];
    struct listener l;
    const struct ws_unpack_options options = { .way = { 15, true } };
    bool no_memory = false;

    cr_assert_lt(s->bytes.len, sizeof copy);
    memcpy(copy, s->bytes.ptr, s->bytes.len); /* it unmasks in place */
    listener_init(&l, t, s->awaits);
    no_memory = s->unpacks && !listener_unpack(&l, &options);
    for (size_t at = 0, n; !no_memory && (n = cut_next(cut, at)) > 0; at += n) {
        listener_feed(&l, copy + at, n, 5);
        while (!no_memory && listener_next(&l, 5, &no_memory) != HEARD_NOTHING)
            continue;
    }
    bool ok = !no_memory && listener_end(&l, s->end, NULL, 9);
    listener_free(&l);
    return ok;
}

static void check(const struct stream *s)
{
    FOR_EACH_CUT(s->bytes.len, cut)
    {
        struct transcript t = { 0 };
        struct buf log;
        buf_init(&log, 1 << 20);
        cr_assert(listen(s, &cut, &t));
        talk_log(&t, &log);
        cr_assert(bytes_eq_str(buf_bytes(&log), s->log), "cut %zu gives\n%.*snot\n%s", cut.way,
                  BYTES_ARG(buf_bytes(&log)), s->log);
        buf_free(&log);
        transcript_free(&t);
    }
}

#define STREAM(kind, text, how, expected)                                                          \
    &(struct stream)                                                                               \
    {                                                                                              \
        .awaits = kind, .bytes = BYTES_LIT(text), .end = how, .log = expected                      \
    }

Test(run_listener, heads_are_kept_whole_and_interim_ones_stand_before_the_last)
{
    check(STREAM(HTTP1_RESPONSE, HEAD, END_FIN,
                 "in head HTTP/1.1 101 Switching Protocols\nin end fin\n"));
    check(STREAM(HTTP1_RESPONSE,
                 "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" HEAD "\x81\x01"
                 "a",
                 END_FIN,
                 "in head HTTP/1.1 103 Early Hints\nin head HTTP/1.1 101 Switching Protocols\n"
                 "in text \"a\"\nin end fin\n"));
    check(STREAM(HTTP1_RESPONSE,
                 "HTTP/1.1 404 Not Found\r\n\r\n\x81\x01"
                 "a",
                 END_RESET, "in head HTTP/1.1 404 Not Found\nin end reset\n"));
    check(STREAM(HTTP1_REQUEST, "GET / HTTP/1.1\r\nHost: a\r\n\r\n\x81\x81\x01\x02\x03\x04\x60",
                 END_FIN, "in head GET / HTTP/1.1\nin text \"a\"\nin end fin\n"));
}

#define REFUSAL "HTTP/1.1 400 Bad Request\r\n"

Test(run_listener, behind_the_body_of_a_refusal_there_is_http_again)
{
    check(STREAM(HTTP1_RESPONSE,
                 REFUSAL "Content-Length: 3\r\n\r\n404" HEAD "\x81\x01"
                         "a",
                 END_FIN,
                 "in head HTTP/1.1 400 Bad Request\nin head HTTP/1.1 101 Switching Protocols\n"
                 "in text \"a\"\nin end fin\n"));
    check(STREAM(HTTP1_RESPONSE, "HTTP/1.1 304 x\r\nContent-Length: 9\r\n\r\n" REFUSAL "\r\n",
                 END_FIN,
                 "in head HTTP/1.1 304 x\nin head HTTP/1.1 400 Bad Request\nin end fin\n"));
    check(STREAM(HTTP1_RESPONSE,
                 REFUSAL "Content-Length: 0\r\n\r\n\x81\x01"
                         "a",
                 END_FIN,
                 "in head HTTP/1.1 400 Bad Request\nin bad \"the head ends before its empty "
                 "line\"\nin end fin\n"));
    check(STREAM(HTTP1_RESPONSE,
                 REFUSAL "Content-Length: x\r\n\r\n\x81\x01"
                         "a",
                 END_FIN, "in head HTTP/1.1 400 Bad Request\nin end fin\n"));
    check(STREAM(HTTP1_RESPONSE,
                 REFUSAL "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n",
                 END_FIN, "in head HTTP/1.1 400 Bad Request\nin end fin\n"));
}

Test(run_listener, what_is_no_head_is_told_and_ends_the_listening)
{
    check(STREAM(HTTP1_RESPONSE, "SSH-2.0-x\r\n\r\n", END_FIN,
                 "in bad \"the start line is no HTTP start line\"\nin end fin\n"));
    check(STREAM(HTTP1_RESPONSE, "HTTP/1.1 101 X\r\nUpgr", END_FIN,
                 "in bad \"the head ends before its empty line\"\nin end fin\n"));
    check(STREAM(HTTP1_RESPONSE, "", END_TLS_CUT, "in end tls-cut\n"));
}

Test(run_listener, a_head_without_end_is_held_to_its_limit)
{
    static uint8_t flood[LISTENER_HEAD_MAX + 5000];
    struct transcript t = { 0 };
    struct cut whole = { .len = sizeof flood };
    struct stream s = { .bytes = bytes_of(flood, sizeof flood), .awaits = HTTP1_RESPONSE };

    memset(flood, 'a', sizeof flood);
    memcpy(flood, "HTTP/1.1 200 ", 13);
    cr_assert(listen(&s, &whole, &t));
    cr_assert_eq(t.entries[0].kind, ENTRY_HEAD_BAD);
    cr_assert_leq(t.entries[0].data.len, 4096);
    cr_assert_eq(t.count, 2);
    transcript_free(&t);
}

#define FRAMES(text) HEAD text
#define LOG(text) "in head HTTP/1.1 101 Switching Protocols\n" text

Test(run_listener, frames_and_messages)
{
    check(STREAM(HTTP1_RESPONSE, FRAMES("\x81\x05Hello\x82\x00"), END_FIN,
                 LOG("in text \"Hello\"\nin binary \"\"\nin end fin\n")));
    /* A fragmented message with control frames in between. */
    check(STREAM(HTTP1_RESPONSE, FRAMES("\x01\x03Hel\x89\x01p\x80\x00\x8a\x00"), END_FIN,
                 LOG("in text nofin \"Hel\"\nin ping \"p\"\nin continuation \"\"\n"
                     "in message text nofin \"Hel\"\nin pong \"\"\nin end fin\n")));
    check(STREAM(
        HTTP1_RESPONSE, FRAMES("\x88\x02\x03\xe8\x88\x05\x03\xe9why\x88\x00\x88\x01\x03"), END_FIN,
        LOG("in close 1000\nin close 1001 \"why\"\nin close\nin close \"\\x03\"\nin end fin\n")));
    check(STREAM(HTTP1_RESPONSE,
                 FRAMES("\xf1\x01"
                        "a\x83\x00\x8b\x01"
                        "b"),
                 END_FIN,
                 LOG("in text rsv=7 \"a\"\nin opcode3 \"\"\nin opcode11 \"b\"\nin end fin\n")));
    check(STREAM(HTTP1_RESPONSE,
                 FRAMES("\x81\x7e\x00\x01"
                        "a\x81\x7f\x00\x00\x00\x00\x00\x00\x00\x01"
                        "b"),
                 END_FIN, LOG("in text \"a\"\nin text \"b\"\nin end fin\n")));
}

Test(run_listener, a_sequence_that_breaks_the_rules_is_taken_as_it_comes)
{
    check(STREAM(HTTP1_RESPONSE,
                 FRAMES("\x80\x01"
                        "a"),
                 END_FIN, LOG("in continuation \"a\"\nin end fin\n")));
    check(STREAM(HTTP1_RESPONSE,
                 FRAMES("\x01\x01"
                        "a\x81\x01"
                        "b\x80\x01"
                        "c"),
                 END_FIN,
                 LOG("in text nofin \"a\"\nin text \"b\"\nin continuation \"c\"\nin end fin\n")));
}

Test(run_listener, broken_text_is_told_with_its_place)
{
    check(STREAM(
        HTTP1_RESPONSE,
        FRAMES("\x81\x03"
               "a\xff"
               "b"),
        END_FIN,
        LOG("in text \"a\\xffb\"\nin message text \"a\\xffb\" broken diff=1\nin end fin\n")));
    check(STREAM(HTTP1_RESPONSE,
                 FRAMES("\x01\x02"
                        "a\xce\x80\x01"
                        "b"),
                 END_FIN,
                 LOG("in text nofin \"a\\xce\"\nin continuation \"b\"\n"
                     "in message text nofin \"a\\xceb\" broken diff=2\nin end fin\n")));
    check(
        STREAM(HTTP1_RESPONSE,
               FRAMES("\x81\x02"
                      "a\xce"),
               END_FIN,
               LOG("in text \"a\\xce\"\nin message text \"a\\xce\" broken diff=2\nin end fin\n")));
    check(STREAM(HTTP1_RESPONSE, FRAMES("\x82\x01\xff"), END_FIN,
                 LOG("in binary \"\\xff\"\nin end fin\n")));
}

#define PACKED(text, expected)                                                                     \
    &(struct stream)                                                                               \
    {                                                                                              \
        .awaits = HTTP1_RESPONSE, .bytes = BYTES_LIT(HEAD text), .log = LOG(expected),             \
        .unpacks = true                                                                            \
    }
#define HELLO "\xf2\x48\xcd\xc9\xc9\x07\x00" /* RFC 7692 7.2.3.1 */
#define HELLO_LOG "\"\\xf2H\\xcd\\xc9\\xc9\\x07\\x00\""

Test(run_listener, a_compressed_message_is_told_as_it_was_before)
{
    check(PACKED("\xc1\x07" HELLO "\xc1\x05\xf2\x00\x11\x00\x00",
                 "in text rsv=4 " HELLO_LOG "\nin message text rsv=4 \"Hello\"\n"
                 "in text rsv=4 \"\\xf2\\x00\\x11\\x00\\x00\"\n"
                 "in message text rsv=4 \"Hello\"\nin end fin\n"));
    check(PACKED("\x41\x03\xf2\x48\xcd\x89\x00\x80\x04\xc9\xc9\x07\x00",
                 "in text nofin rsv=4 \"\\xf2H\\xcd\"\nin ping \"\"\n"
                 "in continuation \"\\xc9\\xc9\\x07\\x00\"\n"
                 "in message text nofin rsv=4 \"Hello\"\nin end fin\n"));
    /* Two blocks, the last of them empty; a block with BFINAL; none at all. */
    check(
        PACKED("\xc2\x0d\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00",
               "in binary rsv=4 \"\\xf2H\\x05\\x00\\x00\\x00\\xff\\xff\\xca\\xc9\\xc9\\x07\\x00\"\n"
               "in message binary rsv=4 \"Hello\"\nin end fin\n"));
    check(PACKED("\xc1\x08\xf3\x48\xcd\xc9\xc9\x07\x00\x00",
                 "in text rsv=4 \"\\xf3H\\xcd\\xc9\\xc9\\x07\\x00\\x00\"\n"
                 "in message text rsv=4 \"Hello\"\nin end fin\n"));
    check(PACKED("\xc1\x01\x00\x81\x01\x61",
                 "in text rsv=4 \"\\x00\"\nin message text rsv=4 \"\"\nin text \"a\"\n"
                 "in end fin\n"));
}

Test(run_listener, what_breaks_a_text_is_found_behind_the_inflating)
{
    check(PACKED("\xc1\x03\xfa\x0f\x00",
                 "in text rsv=4 \"\\xfa\\x0f\\x00\"\n"
                 "in message text rsv=4 \"\\xff\" broken diff=0\nin end fin\n"));
    /* What only looks like broken text is compressed. */
    check(PACKED("\xc1\x07" HELLO,
                 "in text rsv=4 " HELLO_LOG "\nin message text rsv=4 \"Hello\"\nin end fin\n"));
}

/* Behind the frame that shows it, wherever that frame was cut, and once. */
Test(run_listener, a_message_that_does_not_inflate_is_told_once)
{
    check(PACKED("\xc1\x02\x07\x00\xc1\x07" HELLO "\x81\x01\x61",
                 "in text rsv=4 \"\\x07\\x00\"\nin message bad \"INFLATE_BROKEN\"\n"
                 "in text rsv=4 " HELLO_LOG "\nin text \"a\"\nin end fin\n"));
    check(PACKED("\x41\x02\x07\x00\x89\x00\x80\x01\x00",
                 "in text nofin rsv=4 \"\\x07\\x00\"\nin message bad \"INFLATE_BROKEN\"\n"
                 "in ping \"\"\nin continuation \"\\x00\"\nin end fin\n"));
    check(PACKED("\xc1\x05\x07\x00\x00",
                 "in partial \"\\x07\\x00\\x00\"\nin message bad \"INFLATE_BROKEN\"\n"
                 "in end fin\n"));
}

Test(run_listener, an_unfinished_frame_is_a_part_with_what_came_of_it)
{
    check(STREAM(HTTP1_RESPONSE, FRAMES("\x81\x05He"), END_FIN,
                 LOG("in partial \"He\"\nin end fin\n")));
    check(STREAM(HTTP1_RESPONSE, FRAMES("\x81\x7e\x01"), END_RESET,
                 LOG("in partial \"\\x81~\\x01\"\nin end reset\n")));
    check(STREAM(HTTP1_RESPONSE,
                 FRAMES("\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff"
                        "ab"),
                 END_FIN, LOG("in partial \"ab\"\nin end fin\n")));
    check(STREAM(HTTP1_RESPONSE,
                 FRAMES("\x01\x01"
                        "a"),
                 END_FIN, LOG("in text nofin \"a\"\nin end fin\n")));
}

Test(run_listener, keeps_the_first_bytes_and_the_hash_of_a_large_payload)
{
    static uint8_t wire[200000];
    struct transcript t = { 0 };
    struct cut whole = { .len = 0 };
    size_t head = sizeof HEAD - 1;

    memcpy(wire, HEAD, head);
    memcpy(wire + head, "\x82\x7f\x00\x00\x00\x00\x00\x01\x86\xa0", 10);
    memset(wire + head + 10, 'x', 100000);
    struct stream s = { .bytes = bytes_of(wire, head + 10 + 100000), .awaits = HTTP1_RESPONSE };
    whole.len = s.bytes.len;
    cr_assert(listen(&s, &whole, &t));
    cr_assert_eq(t.count, 4);
    const struct entry *frame = &t.entries[1], *message = &t.entries[2];
    cr_assert_eq(frame->len, 100000);
    cr_assert_eq(frame->at, head);
    cr_assert_eq(frame->data.len, ENTRY_DATA_MAX);
    cr_assert_eq(frame->hash, hash_bytes(bytes_of(wire + head + 10, 100000)));
    cr_assert_eq(message->hash, frame->hash);
    cr_assert_eq(message->at, head);
    cr_assert_eq(t.entries[3].us, 9);
    transcript_free(&t);
}

/* Those in the middle that no rule could object to are left out, and no other. */
Test(run_listener, of_very_many_fragments_notes_what_could_be_objected_to)
{
    static uint8_t wire[20000];
    struct transcript t = { 0 };
    size_t head = sizeof HEAD - 1, n = head;
    unsigned left_out = 2000 - TRANSCRIPT_FRAGMENTS;

    memcpy(wire, HEAD, head);
    for (unsigned i = 0; i < 2000; i++, n += 3)
        memcpy(wire + n, i ? "\x00\x01x" : "\x02\x01x", 3);
    memcpy(wire + n, "\x10\x01y\x89\x00\x80\x01z", 8);
    struct stream s = { HTTP1_RESPONSE, bytes_of(wire, n + 8), END_FIN, NULL, false };
    struct cut whole = { .len = n + 8 };
    cr_assert(listen(&s, &whole, &t));
    cr_assert_eq(t.count, 1 + 2000 - left_out + 5);
    const struct entry *odd = &t.entries[1 + TRANSCRIPT_FRAGMENTS];
    cr_expect(odd->kind == ENTRY_FRAME_IN && odd->head.rsv != 0);
    cr_expect_eq(odd[1].head.opcode, WS_PING);
    cr_expect(odd[2].head.fin && odd[2].at == n + 5);
    cr_expect(odd[3].kind == ENTRY_MESSAGE_IN && odd[3].len == 2002);
    transcript_free(&t);
}

Test(run_listener, a_new_connection_begins_with_a_head_again)
{
    struct transcript t = { 0 };
    struct listener l;
    bool no_memory = false;
    uint8_t first[] = HEAD "\x81\x05He", second[] = HEAD;

    listener_init(&l, &t, HTTP1_RESPONSE);
    listener_feed(&l, first, sizeof first - 1, 1);
    while (listener_next(&l, 1, &no_memory) != HEARD_NOTHING)
        continue;
    listener_reconnect(&l, 1, 0);
    listener_feed(&l, second, sizeof second - 1, 2);
    cr_assert_eq(listener_next(&l, 2, &no_memory), HEARD_HEAD);
    cr_assert_eq(t.entries[t.count - 1].connection, 1);
    cr_assert_eq(t.entries[t.count - 1].at, 0);
    listener_free(&l);
    transcript_free(&t);
}

static bool listen_to_all(void *ctx)
{
    struct transcript t = { 0 };
    const struct stream *s = ctx;
    struct cut pairs = { .len = s->bytes.len, .way = CUT_PAIRS };
    bool ok = listen(s, &pairs, &t);

    transcript_free(&t);
    return ok;
}

Test(run_listener, says_when_the_heap_says_no)
{
    struct stream s = { .awaits = HTTP1_RESPONSE,
                        .bytes = BYTES_LIT("HTTP/1.1 103 x\r\n\r\n" HEAD
                                           "\x01\x03Hel\x89\x01p\x80\x00\x88\x00\x81\x05H"),
                        .end = END_FIN };

    struct stream packed = { .awaits = HTTP1_RESPONSE,
                             .bytes = BYTES_LIT(HEAD "\x41\x03\xf2\x48\xcd\x80\x04\xc9\xc9\x07"
                                                     "\x00\xc1\x02\x07\x00"),
                             .end = END_FIN,
                             .unpacks = true };

    cr_assert_gt(heap_fail_each(listen_to_all, &s), 2);
    cr_assert_gt(heap_fail_each(listen_to_all, &packed), 4);
}
