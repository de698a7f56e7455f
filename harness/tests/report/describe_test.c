#include "report/describe.h"

#include <criterion/criterion.h>

#define HEAD(...) .head = { __VA_ARGS__ }

Test(report_describe, tells_each_kind_in_words)
{
    const struct {
        struct entry e;
        const char *want;
    } rows[] = {
        { { .kind = ENTRY_CONNECTED }, "connected" },
        { { .kind = ENTRY_CONNECTED, .text = "TLSv1.3" }, "connected, TLSv1.3" },
        { { .kind = ENTRY_CONNECTED, .text = "TLSv1.3", .data = BYTES_LIT("a.example") },
          "connected, TLSv1.3, asking for \"a.example\"" },
        { { .kind = ENTRY_ANOTHER }, "a further connection of the client" },
        { { .kind = ENTRY_HEAD_OUT, .data = BYTES_LIT("GET / HTTP/1.1\r\nHost: a\r\n\r\n") },
          "head \"GET / HTTP/1.1\", 27 bytes" },
        { { .kind = ENTRY_HEAD_BAD, .text = "no colon", .data = BYTES_LIT("\x15\x03") },
          "no HTTP head: no colon \"\\x15\\x03\"" },
        { { .kind = ENTRY_FRAME_IN,
            HEAD(.fin = true, .opcode = WS_TEXT, .payload_len = 5, .len_form = WS_LEN_7),
            .data = BYTES_LIT("Hello"),
            .len = 5 },
          "text fin len=5 \"Hello\"" },
        { { .kind = ENTRY_FRAME_OUT,
            HEAD(.rsv = WS_RSV1 | WS_RSV3, .opcode = 3, .payload_len = 5, .len_form = WS_LEN_64) },
          "opcode 3 fin=0 rsv1 rsv3 length=64 len=5" },
        { { .kind = ENTRY_FRAME_OUT,
            .by = BY_RUNNER,
            HEAD(.fin = true, .opcode = WS_PING, .payload_len = 4, .len_form = WS_LEN_7) },
          "ping fin len=4 from the runner" },
        { { .kind = ENTRY_FRAME_IN,
            HEAD(.fin = true, .opcode = WS_CLOSE, .payload_len = 5, .len_form = WS_LEN_7),
            .data = BYTES_LIT("\x03\xea"
                              "bad"),
            .len = 5 },
          "Close 1002 \"bad\"" },
        { { .kind = ENTRY_FRAME_IN, HEAD(.fin = true, .opcode = WS_CLOSE) }, "Close" },
        { { .kind = ENTRY_FRAME_IN, HEAD(.opcode = WS_CLOSE) }, "Close fin=0" },
        { { .kind = ENTRY_FRAME_IN,
            HEAD(.fin = true, .opcode = WS_BINARY, .payload_len = 70000, .len_form = WS_LEN_64),
            .data = BYTES_LIT("ab"),
            .len = 70000 },
          "binary fin len=70000 \"ab\"…" },
        { { .kind = ENTRY_MESSAGE_IN,
            HEAD(.opcode = WS_TEXT),
            .len = 3,
            .data = BYTES_LIT("a\xff"
                              "b"),
            .flag = true,
            .diff_at = 1 },
          "text message received, len=3, no UTF-8 from byte 1 \"a\\xffb\"" },
        { { .kind = ENTRY_MESSAGE_OUT, HEAD(.opcode = WS_TEXT), .diff_at = ENTRY_NO_DIFF },
          "text message sent, len=0" },
        { { .kind = ENTRY_RAW_OUT, .data = BYTES_LIT("\x81"), .len = 1 },
          "1 bytes as they are \"\\x81\"" },
        { { .kind = ENTRY_END_IN, .end = END_RESET }, "reset" },
        { { .kind = ENTRY_END_IN, .end = END_NOT_REACHED, .text = "refused" },
          "could not be reached: refused" },
        { { .kind = ENTRY_EXPECT, .step = 0 }, "awaiting step 1" },
        { { .kind = ENTRY_EXPECT, .step = ENTRY_NO_STEP }, "awaiting" },
        { { .kind = ENTRY_ALIVE, .flag = true }, "a fresh connection opened and answered" },
        { { .kind = ENTRY_ALIVE, .text = "reset" },
          "a fresh connection did not open and answer: reset" },
        { { .kind = ENTRY_OUTPUT, .text = "a\x1b[31m", .flag = true }, "stderr: a\\x1b[31m" },
        { { .kind = ENTRY_PROCESS, .text = "exited with 1" }, "process exited with 1" },
        { { .kind = ENTRY_MEMORY, .len = 3 << 19 }, "1.5 MiB more memory than before" },
        { { .kind = ENTRY_CPU, .len = 1234567 }, "1234 ms of CPU time used" },
        { { .kind = ENTRY_CPU, .len = 90000, .flag = true },
          "90 ms of CPU time used, and still busy" },
        { { .kind = ENTRY_METRIC, .len = 77, .text = "round trip" }, "round trip: 77 us" },
        { { .kind = ENTRY_MESSAGE_BAD, .text = "INFLATE_CUT", .diff_at = 7 },
          "a compressed message ends in the middle of a block, at byte 7 of its compressed data" },
        { { .kind = ENTRY_MESSAGE_BAD, .diff_at = ENTRY_NO_DIFF },
          "a compressed message does not inflate" },
        { { .kind = ENTRY_TURNS, .len = 998, .step = 2 }, "998 more turns went the same way" },
        { { .kind = ENTRY_PROVOKED }, "asked it to close, as its profile says" },
        { { .kind = ENTRY_PROVOKED, .flag = true, .len = 3000, .text = "a\nb" },
          "asked it to close, as its profile says: with 3000 a\\nb" },
        { { .kind = ENTRY_NOTE }, "" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf out;
        buf_init(&out, 4096);
        cr_assert(report_describe(&rows[i].e, &out));
        cr_assert(bytes_eq_str(buf_bytes(&out), rows[i].want), "row %zu: got %.*s", i,
                  BYTES_ARG(buf_bytes(&out)));
        buf_free(&out);
    }
}

Test(report_describe, is_plain_text_whatever_a_target_sent)
{
    uint8_t all[256];
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (uint8_t)i;

    for (int kind = 0; kind < ENTRY_KINDS; kind++) {
        for (size_t from = 0; from < 256; from += 16) {
            char text[17] = { 0 };
            for (size_t i = 0; i < 16; i++)
                text[i] = (char)(from + i ? from + i : 'x');
            struct entry e = { .kind = (enum entry_kind)kind,
                               HEAD(.opcode = from % 32 ? WS_CLOSE : WS_TEXT, .payload_len = 256),
                               .data = bytes_of(all + from, 16),
                               .len = 16,
                               .text = text };
            struct buf out;
            buf_init(&out, 8192);
            cr_assert(report_describe(&e, &out));
            for (size_t i = 0; i < out.len; i++)
                cr_assert(out.ptr[i] >= 0x20 && out.ptr[i] < 0x7F, "kind %d: byte %02x", kind,
                          out.ptr[i]);
            buf_free(&out);
        }
    }
}
