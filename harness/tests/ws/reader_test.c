#include "support/guard.h"

#include <criterion/criterion.h>

#include "support/cut.h"
#include "wire.h"
#include "ws/reader.h"

/* Frames as text: "@0 text fin len=5 Hello >11" for each, the payload put together again. */
struct frame_log {
    struct buf text, payload;
};

static void log_piece(struct frame_log *log, const struct ws_reader *r, const struct ws_piece *p)
{
    const struct ws_head *head = &r->head;

    switch (p->kind) {
    case WS_PIECE_HEAD:
        cr_assert_eq(p->at, r->frame_at);
        cr_assert(buf_print(&log->text, "@%llu %s%s%s len=%llu ", (unsigned long long)p->at,
                            ws_opcode_name(head->opcode), head->fin ? " fin" : "",
                            head->masked ? " masked" : "", (unsigned long long)head->payload_len));
        buf_clear(&log->payload);
        break;
    case WS_PIECE_DATA:
        cr_assert_gt(p->data.len, 0, "a piece of data is never empty");
        cr_assert_eq(p->at, r->at - p->data.len);
        cr_assert(buf_append(&log->payload, p->data));
        break;
    case WS_PIECE_END:
        cr_assert(buf_print(&log->text, "%.*s >%llu\n", BYTES_ARG(buf_bytes(&log->payload)),
                            (unsigned long long)p->at));
        break;
    }
}

static void read_cut(struct bytes wire, const struct cut *cut, struct frame_log *log)
{
    struct ws_reader r = { 0 };
    struct ws_piece piece;

    log->text = wire_new();
    log->payload = wire_new();
    for (size_t at = 0, n; (n = cut_next(cut, at)) > 0; at += n) {
        struct guard g = guard_copy(bytes_of(wire.ptr + at, n));
        ws_reader_feed(&r, g.ptr, g.len);
        while (ws_reader_next(&r, &piece))
            log_piece(log, &r, &piece);
        cr_assert_eq(ws_reader_rest(&r).len, 0);
        cr_assert_eq(r.at, at + n);
        guard_free(&g);
    }
}

static void expect_frames(struct bytes wire, const char *expected)
{
    FOR_EACH_CUT(wire.len, cut)
    {
        struct frame_log log;
        read_cut(wire, &cut, &log);
        cr_assert(bytes_eq_str(buf_bytes(&log.text), expected), "cut %zu:\n%.*s", cut.way,
                  BYTES_ARG(buf_bytes(&log.text)));
        buf_free(&log.text);
        buf_free(&log.payload);
    }
}

Test(ws_reader, gives_the_same_frames_under_every_cut)
{
    struct buf wire = wire_new();

    WIRE_FRAME(&wire, FROM_CLIENT, FIN | WS_TEXT, "Hello");
    WIRE_FRAME(&wire, FROM_SERVER, WS_BINARY, "");
    WIRE_FRAME(&wire, FROM_CLIENT, FIN | WS_CONTINUATION, "");
    WIRE_FRAME(&wire, FROM_SERVER, FIN | 7, "seven");
    wire_text(&wire, "\x89\xfe"); /* a ping in the 16-bit form */
    cr_assert(buf_append(&wire, BYTES_LIT("\0\x03\x20\x20\x20\x20"
                                          "ABC")));
    cr_assert(buf_append(&wire, BYTES_LIT("\x82\x7f\0\0\0\0\0\0\0\x02xy")));
    expect_frames(buf_bytes(&wire), "@0 text fin masked len=5 Hello >11\n"
                                    "@11 binary len=0  >13\n"
                                    "@13 continuation fin masked len=0  >19\n"
                                    "@19 opcode 7 fin len=5 seven >26\n"
                                    "@26 ping fin masked len=3 abc >37\n"
                                    "@37 binary fin len=2 xy >49\n");
    buf_free(&wire);
}

Test(ws_reader, takes_any_declared_length)
{
    expect_frames(BYTES_LIT("\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xffrest"),
                  "@0 binary fin len=18446744073709551615 ");
}

Test(ws_reader, knows_when_it_stands_between_frames)
{
    uint8_t wire[] = { 0x82, 0x02, 'a', 'b', 0x82 };
    static const bool between[] = { true, false, false, false, true, false };
    struct ws_reader r = { 0 };
    struct ws_piece piece;

    for (size_t i = 0; i < sizeof wire; i++) {
        cr_assert_eq(ws_reader_between_frames(&r), between[i], "before byte %zu", i);
        ws_reader_feed(&r, wire + i, 1);
        while (ws_reader_next(&r, &piece)) {
        }
    }
    cr_assert_not(ws_reader_between_frames(&r));
}

Test(ws_reader, gives_back_what_was_not_used)
{
    uint8_t wire[] = { 0x82, 0x00, 0x81, 0x00 };
    struct ws_reader r = { 0 };
    struct ws_piece piece;

    ws_reader_feed(&r, wire, sizeof wire);
    cr_assert(ws_reader_next(&r, &piece) && ws_reader_next(&r, &piece));
    cr_assert(bytes_eq(ws_reader_rest(&r), BYTES_LIT("\x81\x00")));
    ws_reader_skip(&r, 2);
    cr_assert_eq(r.at, 4);
    cr_assert_not(ws_reader_next(&r, &piece));
}
