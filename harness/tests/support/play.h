#ifndef SUPPORT_PLAY_H
#define SUPPORT_PLAY_H

#include "run/run.h"
#include "tests/support/cut.h"
#include "tests/support/one_case.h"
#include "tests/support/talk_log.h"
#include "tests/ws/wire.h"

/* A whole conversation without sockets: the run on one side, on the other a peer that says one line
 * of its script whenever the run waits, and a clock that moves only when the script is at its end.
 *
 *     101 "X: 1\r\n"     status 426     request "X: 1\r\n"     text "a"     text nofin "a"
 *     continuation "b"     ping "p"     pong "p"     close 1002 "why"     raw x"8100"
 *     end fin     time     another     turned-away     exits     says "error …"
 *
 * A frame may have `rsv=`; a client's has another masking key each time, or the same with `key=`.
 * What stands on one line, apart by `;`, comes in one piece, or cut as `way` says. */
struct play {
    struct one_case one;
    struct run run;
    struct transcript t;
    struct run_act act;
    const char *script;
    size_t way; /* of struct cut */
    uint64_t now_us;
    uint8_t wrote[1 << 20]; /* what the run has written on this connection */
    size_t wrote_len;
    uint8_t segment[1 << 16];
    size_t segment_len;
    bool unreachable, alive, no_echo, no_barriers, no_setup;
    uint64_t memory, cut;
    uint64_t cpu_us, cpu_step_us, looks; /* CPU time at the first look, and more with each */
    uint64_t kept_waiting;               /* looks at which it waits for a CPU */
    unsigned writes, steps;
    uint8_t keys;  /* that the peer has used */
    char did[400]; /* acts beside writing and waiting */
    enum case_role role;
    unsigned breathers; /* waits that are over at once */
};

#define PLAY_STEPS_MAX 20000 /* no conversation of a test is that long: it goes in circles */

static inline void play_did(struct play *p, const char *what)
{
    size_t len = strlen(p->did);
    snprintf(p->did + len, sizeof p->did - len, "%s%s", len ? " " : "", what);
}

static inline void play_act(struct play *p)
{
    const struct run_act *act = &p->act;

    switch (act->kind) {
    case RUN_OPEN:
        p->wrote_len = 0;
        play_did(p, "open");
        if (p->unreachable)
            run_ended(&p->run, END_NOT_REACHED, "connection refused", p->now_us);
        else if (strncmp(p->script, "turned-away", 11) != 0)
            run_opened(&p->run, NULL, NULL, p->now_us);
        break;
    case RUN_WRITE:
        cr_assert_leq(p->wrote_len + act->data.len, sizeof p->wrote);
        memcpy(p->wrote + p->wrote_len, act->data.ptr, act->data.len);
        p->wrote_len += act->data.len;
        p->writes++;
        run_written(&p->run, false);
        break;
    case RUN_ANOTHER:
        p->wrote_len = 0;
        play_did(p, "another");
        run_opened(&p->run, NULL, NULL, p->now_us);
        break;
    case RUN_SHUTDOWN: play_did(p, "shutdown"); break;
    case RUN_RESET: play_did(p, "reset"); break;
    case RUN_CLOSE: play_did(p, "close"); break;
    case RUN_READ: play_did(p, act->on ? "read-on" : "read-off"); break;
    case RUN_ALIVE: run_alive(&p->run, p->alive, p->alive ? NULL : "refused", p->now_us); break;
    case RUN_MEMORY: run_memory(&p->run, p->memory, p->now_us); break;
    case RUN_CPU:
        run_cpu(&p->run, p->cpu_us + p->looks * p->cpu_step_us, p->looks < p->kept_waiting,
                p->now_us);
        p->looks++;
        break;
    case RUN_WAIT:
    case RUN_DONE: break;
    }
}

/* All that the run wants to do before it waits. */
static inline void play_settle(struct play *p)
{
    bool waits;

    do {
        cr_assert_lt(p->steps++, PLAY_STEPS_MAX, "it goes in circles");
        run_next(&p->run, p->now_us, &p->act);
        play_act(p);
        waits = p->act.kind == RUN_WAIT && p->act.until_us > p->now_us;
        p->breathers += p->act.kind == RUN_WAIT && !waits;
    } while (!waits && p->act.kind != RUN_DONE);
}

static inline void play_deliver(struct play *p)
{
    struct cut cut = { p->segment_len, p->way };

    for (size_t at = 0, n; p->act.kind != RUN_DONE && (n = cut_next(&cut, at)) > 0; at += n) {
        run_feed(&p->run, p->segment + at, n, p->now_us);
        play_settle(p);
    }
    p->segment_len = 0;
}

static inline void play_add(struct play *p, struct bytes in)
{
    cr_assert_leq(p->segment_len + in.len, sizeof p->segment);
    if (in.len > 0)
        memcpy(p->segment + p->segment_len, in.ptr, in.len);
    p->segment_len += in.len;
}

static inline void play_frame(struct play *p, const struct words *w, int opcode)
{
    uint8_t body[4096], front[WS_HEAD_MAX];
    struct bytes payload = talk_payload(w, opcode, body);
    struct ws_head head = { .fin = !words_have(w, "nofin"),
                            .rsv = (uint8_t)words_number(w, "rsv=", 0),
                            .opcode = (uint8_t)opcode,
                            .masked = p->role == ROLE_CLIENT,
                            .key = { 1, 2, 3, p->keys },
                            .payload_len = payload.len,
                            .len_form = ws_frame_shortest(payload.len) };

    p->keys++;
    if (words_number(w, "key=", 0) > 0)
        talk_key(w, head.key);
    play_add(p, bytes_of(front, ws_frame_encode(&head, front)));
    play_add(p, payload);
    if (head.masked)
        ws_mask_plain(p->segment + p->segment_len - payload.len, payload.len, head.key, 0);
}

static inline void play_101(struct play *p, const struct words *w)
{
    static const char name[] = "Sec-WebSocket-Key: ";
    struct bytes wrote = bytes_of(p->wrote, p->wrote_len);
    char accept[WS_ACCEPT_TEXT + 1], head[1000];
    size_t at = bytes_find(wrote, bytes_str(name));

    cr_assert_lt(at, wrote.len, "a 101 without a request");
    cr_assert(
        ws_handshake_accept(bytes_take(bytes_skip(wrote, at + strlen(name)), WS_KEY_TEXT), accept));
    snprintf(head, sizeof head,
             "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Accept: %s\r\n%.*s\r\n",
             accept, BYTES_ARG(w->quoted));
    play_add(p, bytes_str(head));
}

/* Up to its last line, with another key on each connection. */
static inline void play_request(struct play *p)
{
    static const char name[] = "Sec-WebSocket-Key: ";
    struct bytes plain = BYTES_LIT(WIRE_REQUEST);
    size_t at = p->segment_len + bytes_find(plain, bytes_str(name)) + strlen(name);

    play_add(p, bytes_take(plain, plain.len - 2));
    p->segment[at] = (uint8_t)(p->segment[at] + p->run.connection);
}

static inline void play_time(struct play *p)
{
    cr_assert_neq(p->act.until_us, UINT64_MAX, "it waits for ever");
    p->now_us = p->act.until_us;
    play_settle(p);
}

static inline void play_say(struct play *p, const struct words *w)
{
    const char *word = words_at(w, 0);
    int opcode = talk_opcode(word);
    char head[600];

    if (opcode >= 0) {
        play_frame(p, w, opcode);
    } else if (strcmp(word, "101") == 0) {
        play_101(p, w);
    } else if (strcmp(word, "status") == 0) {
        snprintf(head, sizeof head, "HTTP/1.1 %s X\r\n%.*s\r\n", words_at(w, 1),
                 BYTES_ARG(w->quoted));
        play_add(p, bytes_str(head));
    } else if (strcmp(word, "request") == 0) {
        play_request(p);
        play_add(p, w->quoted);
        play_add(p, BYTES_LIT("\r\n"));
    } else if (strcmp(word, "raw") == 0) {
        play_add(p, w->quoted);
    } else if (strcmp(word, "another") == 0) {
        play_deliver(p);
        run_another(&p->run, p->now_us);
        play_settle(p);
    } else if (strcmp(word, "turned-away") == 0) {
        run_turned_away(&p->run, "unknown ca", p->now_us);
        play_settle(p);
    } else if (strcmp(word, "exits") == 0) {
        play_deliver(p);
        run_process(&p->run, false, "exited with 1", p->now_us);
        if (!p->run.up)
            run_ended(&p->run, END_NOT_REACHED, "the client exited", p->now_us);
        play_settle(p);
    } else if (strcmp(word, "says") == 0) {
        char line[512];
        run_output(&p->run, false, talk_text(w, line), p->now_us);
        play_settle(p);
    } else if (strcmp(word, "end") == 0) {
        play_deliver(p);
        run_ended(&p->run, (enum entry_end)transcript_end_named(words_at(w, 1)), NULL, p->now_us);
        play_settle(p);
    } else if (strcmp(word, "time") == 0) {
        play_deliver(p);
        play_time(p);
    } else {
        cr_assert_fail("the peer cannot \"%s\"", word);
    }
}

static inline void play_line(struct play *p)
{
    static struct words w;
    bool more = true;

    while (more && words_next(&w, &p->script, ';')) {
        more = p->script[-1] == ';';
        if (w.count > 0)
            play_say(p, &w);
    }
    play_deliver(p);
}

/* What the peer is set up for. */
static const struct setup play_setup = { .origin = "http://welcome.example",
                                         .limit = 4,
                                         .closer = "please close",
                                         .close_has_code = true,
                                         .close_code = 3000,
                                         .close_reason = "as asked" };

/* From the first act to the last. False: run_init had no memory. */
static inline bool play_run(struct play *p)
{
    struct run_options options = { .role = p->role,
                                   .host = "example.com",
                                   .path = "/",
                                   .port = "80",
                                   .base = "ws://example.com",
                                   .seed = 1,
                                   .cut = p->cut,
                                   .expect_us = 5000000,
                                   .quiet_us = 20000,
                                   .barriers = !p->no_barriers,
                                   .echoes = !p->no_echo,
                                   .setup = p->no_setup ? NULL : &play_setup };

    p->now_us = 1000;
    if (!run_init(&p->run, p->one.c, &options, &p->t, p->now_us))
        return false;
    play_settle(p);
    while (p->act.kind != RUN_DONE) {
        if (*p->script)
            play_line(p);
        else
            play_time(p);
    }
    return true;
}

static inline void play_init(struct play *p, enum case_role role, const char *steps,
                             const char *script)
{
    memset(p, 0, sizeof *p);
    one_case_init(&p->one, steps);
    p->script = script;
    p->role = role;
}

/* The conversation is forgotten, the case is not. */
static inline void play_again(struct play *p, const char *script)
{
    run_free(&p->run);
    transcript_free(&p->t);
    memset(&p->run, 0, sizeof p->run);
    p->script = script;
    p->wrote_len = p->segment_len = 0;
    p->writes = p->steps = 0;
    p->looks = 0;
    p->keys = 0;
    p->did[0] = '\0';
}

static inline void play_free(struct play *p)
{
    play_again(p, "");
    one_case_free(&p->one);
}

#endif
