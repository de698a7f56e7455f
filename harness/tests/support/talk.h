#ifndef SUPPORT_TALK_H
#define SUPPORT_TALK_H

#include "run/transcript.h"
#include "tests/support/words.h"
#include "ws/handshake.h"

/* A transcript as text, one entry a line, and back:
 *
 *     connected                     in head 101 "X-More: 1\r\n"     in bad "why"
 *     out text @2 "Hello"           a frame and, since it is a whole message, that message
 *     out text nofin @2 "Hel"       only the frame; likewise `continuation`
 *     in message text "Hello"       only the message; `broken`: its text is
 *     in message bad "INFLATE_CUT"  it does not inflate, and the rule that it breaks
 *     in close 1002 "reason"        in ping "x"     in end fin
 *     in partial x"81"              in partial text len=5 "He"     in head whole "HTTP/1.1 …"
 *     expect @1   passed   silent   closing   alive yes   died "how"   output "line"   memory 5
 *     cpu 5   cpu 5 yes (still busy)
 *     turns 18 masked key=3         of `repeat`, and the last key in them
 *     provoked yes 3000 "why"       the closer is out, `yes`: with that code
 *
 *     pushes   no entry: the target sends messages of its own
 *
 * Anywhere: `ours` the runner did it, `#1` the connection, `round=` of `each`, `us=` the time, `@`
 * the step, `rsv=`, `masked`, `key=`, `form=`, `len=` the length told, `at=` the place in the
 * stream. */
#define TALK_KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define TALK_ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

static const char *const talk_opcodes[16] = { "continuation", "text",     "binary",   "opcode3",
                                              "opcode4",      "opcode5",  "opcode6",  "opcode7",
                                              "close",        "ping",     "pong",     "opcode11",
                                              "opcode12",     "opcode13", "opcode14", "opcode15" };

static inline int talk_opcode(const char *word)
{
    for (int i = 0; i < 16; i++)
        if (strcmp(word, talk_opcodes[i]) == 0)
            return i;
    return -1;
}

static inline void talk_put(struct transcript *t, struct entry e)
{
    cr_assert(transcript_add(t, &e));
}

/* `close 1002 "reason"`: code and reason as one body. */
static inline struct bytes talk_payload(const struct words *w, int opcode, uint8_t body[4096])
{
    uint64_t code;

    if (opcode != WS_CLOSE || !words_bare_number(w, &code))
        return w->quoted;
    body[0] = (uint8_t)(code >> 8);
    body[1] = (uint8_t)code;
    if (w->quoted.len > 0)
        memcpy(body + 2, w->quoted.ptr, w->quoted.len);
    return bytes_of(body, w->quoted.len + 2);
}

static inline void talk_key(const struct words *w, uint8_t out[4])
{
    uint64_t key = words_number(w, "key=", 0);

    memcpy(out, &key, 4);
}

static inline struct ws_head talk_frame_head(const struct words *w, int opcode, uint64_t len)
{
    struct ws_head head = { .fin = !words_have(w, "nofin"),
                            .opcode = (uint8_t)opcode,
                            .rsv = (uint8_t)words_number(w, "rsv=", 0),
                            .masked = words_have(w, "masked"),
                            .payload_len = words_number(w, "len=", len) };

    talk_key(w, head.key);
    head.len_form =
        (enum ws_len_form)words_number(w, "form=", (uint64_t)ws_frame_shortest(head.payload_len));
    return head;
}

static inline void talk_frame(struct transcript *t, const struct words *w, struct entry e, bool in,
                              bool message)
{
    int opcode = talk_opcode(words_at(w, message ? 2 : 1));
    uint8_t body[4096];

    cr_assert_geq(opcode, 0, "no opcode: %s", words_at(w, 1));
    e.data = talk_payload(w, opcode, body);
    e.len = e.data.len;
    e.hash = hash_bytes(e.data);
    e.head = talk_frame_head(w, opcode, e.len);
    e.flag = words_have(w, "broken");
    if (!message) {
        e.kind = in ? ENTRY_FRAME_IN : ENTRY_FRAME_OUT;
        talk_put(t, e);
        message = e.head.fin && (opcode == WS_TEXT || opcode == WS_BINARY);
    }
    e.kind = in ? ENTRY_MESSAGE_IN : ENTRY_MESSAGE_OUT;
    if (message && (in || e.by == BY_CASE))
        talk_put(t, e);
}

static inline void talk_head_line(struct transcript *t, const struct words *w, struct entry e,
                                  bool in)
{
    char text[1500];
    uint64_t status;

    if (words_have(w, "whole"))
        snprintf(text, sizeof text, "%.*s", BYTES_ARG(w->quoted));
    else if (words_bare_number(w, &status))
        snprintf(text, sizeof text, "HTTP/1.1 %u %s\r\n%s%.*s\r\n", (unsigned)status,
                 http1_reason((unsigned)status),
                 status == 101 ? "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                                 "Sec-WebSocket-Accept: " TALK_ACCEPT "\r\n"
                               : "",
                 BYTES_ARG(w->quoted));
    else
        snprintf(text, sizeof text,
                 "GET / HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\n"
                 "Connection: Upgrade\r\nSec-WebSocket-Key: " TALK_KEY "\r\n"
                 "Sec-WebSocket-Version: 13\r\n%.*s\r\n",
                 BYTES_ARG(w->quoted));
    e.kind = in ? ENTRY_HEAD_IN : ENTRY_HEAD_OUT;
    e.data = bytes_str(text);
    e.len = e.data.len;
    talk_put(t, e);
}

static inline void talk_end(struct transcript *t, const struct words *w, struct entry e, bool in)
{
    int end = transcript_end_named(words_at(w, 2));

    cr_assert_geq(end, 0, "no end: %s", words_at(w, 2));
    e.kind = in ? ENTRY_END_IN : ENTRY_END_OUT;
    e.end = (enum entry_end)end;
    talk_put(t, e);
}

/* A text of the entry's own: what was quoted, with a NUL behind it. */
static inline const char *talk_text(const struct words *w, char text[512])
{
    snprintf(text, 512, "%.*s", BYTES_ARG(w->quoted));
    return w->quoted.ptr ? text : NULL;
}

static inline void talk_bad_message(struct transcript *t, const struct words *w, struct entry e)
{
    char text[512];

    e.kind = ENTRY_MESSAGE_BAD;
    e.head = talk_frame_head(w, WS_TEXT, 0);
    e.text = talk_text(w, text);
    talk_put(t, e);
}

static inline void talk_wire(struct transcript *t, const struct words *w, struct entry e)
{
    bool in = strcmp(words_at(w, 0), "in") == 0;
    const char *what = words_at(w, 1);

    if (strcmp(what, "head") == 0) {
        talk_head_line(t, w, e, in);
    } else if (strcmp(what, "end") == 0) {
        talk_end(t, w, e, in);
    } else if (strcmp(what, "message") == 0 && strcmp(words_at(w, 2), "bad") == 0) {
        talk_bad_message(t, w, e);
    } else if (strcmp(what, "bad") == 0 || strcmp(what, "raw") == 0 ||
               strcmp(what, "partial") == 0) {
        e.kind = *what == 'b' ? ENTRY_HEAD_BAD : *what == 'r' ? ENTRY_RAW_OUT : ENTRY_PARTIAL_IN;
        e.data = w->quoted;
        e.len = w->quoted.len;
        if (talk_opcode(words_at(w, 2)) >= 0) {
            e.head = talk_frame_head(w, talk_opcode(words_at(w, 2)), e.len);
            e.flag = true;
        }
        talk_put(t, e);
    } else {
        talk_frame(t, w, e, in, strcmp(what, "message") == 0);
    }
}

static inline void talk_line(struct transcript *t, const struct words *w)
{
    static const struct {
        const char *word;
        enum entry_kind kind;
    } plain[] = { { "connected", ENTRY_CONNECTED }, { "expect", ENTRY_EXPECT },
                  { "passed", ENTRY_PASSED },       { "silent", ENTRY_SILENT },
                  { "closing", ENTRY_CLOSING },     { "alive", ENTRY_ALIVE },
                  { "died", ENTRY_PROCESS },        { "exited", ENTRY_PROCESS },
                  { "output", ENTRY_OUTPUT },       { "stderr", ENTRY_OUTPUT },
                  { "memory", ENTRY_MEMORY },       { "cpu", ENTRY_CPU },
                  { "note", ENTRY_NOTE },           { "turns", ENTRY_TURNS },
                  { "provoked", ENTRY_PROVOKED },   { "another", ENTRY_ANOTHER } };
    const char *word = words_at(w, 0);
    char text[512];
    struct entry e = { .by = words_have(w, "ours") ? BY_RUNNER : BY_CASE,
                       .connection = (uint32_t)words_number(w, "#", 0),
                       .round = (uint32_t)words_number(w, "round=", 0),
                       .us = words_number(w, "us=", 0),
                       .step = words_number(w, "@", ENTRY_NO_STEP),
                       .diff_at = ENTRY_NO_DIFF,
                       .at = words_number(w, "at=", 0) };

    if (strcmp(word, "in") == 0 || strcmp(word, "out") == 0) {
        talk_wire(t, w, e);
        return;
    }
    if (strcmp(word, "pushes") == 0) {
        t->pushes = true;
        return;
    }
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        if (strcmp(word, plain[i].word) != 0)
            continue;
        e.kind = plain[i].kind;
        e.flag = *word == 'd' || *word == 's' || words_have(w, "yes");
        e.text = talk_text(w, text);
        if (e.kind == ENTRY_CONNECTED && e.text) /* the name asked for in TLS */
            e.data = bytes_str(e.text), e.text = NULL;
        (void)words_bare_number(w, &e.len);
        if (words_have(w, "masked")) {
            e.head.masked = true;
            talk_key(w, e.head.key);
        }
        talk_put(t, e);
        return;
    }
    cr_assert_fail("no entry begins with \"%s\"", word);
}

/* Lines end with \n or ;. The transcript is to be freed. */
static inline void talk_read(struct transcript *t, const char *text)
{
    static struct words w;

    while (words_next(&w, &text, ';'))
        if (w.count > 0)
            talk_line(t, &w);
}

#endif
