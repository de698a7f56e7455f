#include "fuzz/session/session_text.h"

#include <criterion/criterion.h>
#include <string.h>

#include "fuzz/mutate/mutate.h"
#include "fuzz/session/head.h"
#include "run/greeting.h"
#include "script/print.h"
#include "support/case_log.h"
#include "support/heap.h"

/* What a session becomes as a case: parsed again, it sends the same. */

static const struct fuzz_text_facts server = {
    .role = ROLE_SERVER, .name = "f-1", .title = "A finding", .echoes = true
};

/* ---- does the case send what the session says? ---- */

static struct bytes sent_payload(struct arena *a, const struct send *send)
{
    uint64_t len = send->payload ? payload_len(send->payload, NULL) : 0;
    size_t code = send->has_code ? 2 : 0;
    uint8_t *bytes = arena_new(a, code + (size_t)len + 1);

    cr_assert(bytes);
    bytes[0] = (uint8_t)(send->code >> 8);
    bytes[1] = (uint8_t)send->code;
    if (len > 0)
        payload_read(send->payload, NULL, 0, bytes + code, (size_t)len);
    return bytes_of(bytes, code + (size_t)len);
}

static struct bytes said_payload(struct arena *a, const struct fuzz_step *step)
{
    size_t code = step->has_code ? 2 : 0, times = step->times > 1 ? step->times : 1;
    uint8_t *bytes = arena_new(a, code + times * step->payload.len + 1);

    cr_assert(bytes);
    bytes[0] = (uint8_t)(step->code >> 8);
    bytes[1] = (uint8_t)step->code;
    for (size_t i = 0; i < times && step->payload.len > 0; i++)
        memcpy(bytes + code + i * step->payload.len, step->payload.ptr, step->payload.len);
    return bytes_of(bytes, code + times * step->payload.len);
}

static enum mask_choice said_mask(const struct fuzz_step *step, enum case_role role)
{
    if (step->mask == FUZZ_MASK_KEY)
        return MASK_KEY;
    if (step->mask == FUZZ_MASK_RIGHT)
        return MASK_BY_ROLE;
    return role == ROLE_SERVER ? MASK_OFF : MASK_ON;
}

static void expect_frame(const struct send *send, const struct fuzz_step *step, enum case_role role)
{
    cr_expect_eq(send->opcode, step->opcode);
    cr_expect_eq(send->fin, step->fin);
    cr_expect_eq(send->rsv, step->rsv);
    cr_expect_eq(send->mask, said_mask(step, role));
    cr_expect_arr_eq(send->key, step->key, 4);
    cr_expect_eq(send->len_form, step->len_form);
    cr_expect_eq(send->declares, step->declares);
    cr_expect_eq(send->declare, step->declare);
    cr_expect_eq(send->deflate, step->deflate);
    cr_expect_eq(send->fragment, 0);
}

static void expect_step(struct arena *a, const struct send *send, const struct fuzz_step *step,
                        enum case_role role)
{
    if (step->kind == FUZZ_RAW)
        cr_expect_eq(send->opcode, SEND_RAW);
    else
        expect_frame(send, step, role);
    cr_expect_eq(send->cut, step->cut > 1u << 30 ? 0 : step->cut);
    cr_expect(!send->holds);
    cr_assert(bytes_eq(sent_payload(a, send), said_payload(a, step)));
}

static size_t next_send(const struct script_case *c, size_t at)
{
    while (at < c->n_steps && c->steps[at].op != OP_SEND)
        at++;
    return at;
}

/* A send is joined with the next one when the block that it stands in goes on. */
static bool is_joined(const struct script_case *c, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (c->steps[i].op == OP_TOGETHER && at + 1 < c->steps[i].end)
            return true;
    return false;
}

static void expect_sends(struct arena *a, const struct script_case *c, const struct fuzz_session *s,
                         enum case_role role)
{
    size_t at = 0, last = SIZE_MAX;

    for (size_t i = 0; i < s->n_steps; i++)
        if (s->steps[i].kind == FUZZ_FRAME || s->steps[i].payload.len > 0)
            last = i;
    for (size_t i = 0; i < s->n_steps; i++) {
        if (s->steps[i].kind == FUZZ_RAW && s->steps[i].payload.len == 0)
            continue;
        at = next_send(c, at);
        cr_assert_lt(at, c->n_steps);
        expect_step(a, &c->steps[at].as.send, &s->steps[i], role);
        cr_expect_eq(is_joined(c, at), s->steps[i].joined && i < last);
        at++;
    }
    cr_assert_eq(next_send(c, at), c->n_steps);
}

static void expect_head(struct arena *a, const struct script_case *c, const struct fuzz_session *s,
                        enum case_role role)
{
    static struct http1_head request;
    static const struct step *steps[64];
    struct payload_env env = { .path = "/p", .host = "h:1", .key = "dGhlIHNhbXBsZSBub25jZQ==" };
    struct fuzz_head_facts facts = { role, "/p", "h:1", env.key, &request, NULL, 0, NULL, 0 };
    struct greeting g = { .role = role, .env = &env, .steps = steps };
    struct ws_permessage agreed;
    struct buf want, got;
    bool offered;

    request = (struct http1_head){ .target = BYTES_LIT("/p"), .n_fields = 1 };
    request.fields[0].name = BYTES_LIT("Sec-WebSocket-Key");
    request.fields[0].value = bytes_str(env.key);
    env.accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
    env.port = "1";
    env.base = "ws://h:1";
    for (size_t i = 0; i < c->n_steps && c->steps[i].op != OP_CONNECT; i++)
        if (role == ROLE_SERVER || c->steps[i].op != OP_EXTENSION) /* which was not offered */
            steps[g.n_steps++] = &c->steps[i];
    buf_init(&want, 8 << 20);
    buf_init(&got, 8 << 20);
    cr_assert(fuzz_head_make(s, &facts, &want, &offered, &agreed));
    cr_assert(greeting_write(&g, a, &got));
    cr_assert(bytes_eq(buf_bytes(&want), buf_bytes(&got)), "%.*s\n--- and\n%.*s",
              BYTES_ARG(buf_bytes(&want)), BYTES_ARG(buf_bytes(&got)));
    buf_free(&want);
    buf_free(&got);
}

static void expect_canonical(struct bytes text)
{
    struct diagnostics diags;
    struct buf again;

    buf_init(&again, SCRIPT_FILE_MAX);
    cr_assert(script_format(text, &again, &diags));
    cr_assert(bytes_eq(text, buf_bytes(&again)), "%.*s\n--- becomes\n%.*s", BYTES_ARG(text),
              BYTES_ARG(buf_bytes(&again)));
    buf_free(&again);
}

/* Gives whether its frames are in the case: a handshake that must be refused has none. */
static bool expect_same(const struct fuzz_session *s, const struct fuzz_text_facts *facts)
{
    struct arena arena = { 0 };
    struct diagnostics diags = { 0 };
    struct script_file file;
    struct buf text;

    buf_init(&text, SCRIPT_FILE_MAX);
    cr_assert(fuzz_session_text(s, facts, &text));
    if (!script_parse(&arena, "t.case", buf_bytes(&text), NULL, &file, &diags))
        case_log_mistakes("t.case", buf_bytes(&text), &diags);
    cr_assert_eq(file.n_cases, 1);
    const struct script_case *c = &file.cases[0];
    cr_expect_eq(c->role, facts->role);
    expect_canonical(buf_bytes(&text));
    bool frames = next_send(c, 0) < c->n_steps || s->n_steps == 0;
    if (frames)
        expect_sends(&arena, c, s, facts->role);
    expect_head(&arena, c, s, facts->role);
    buf_free(&text);
    arena_free(&arena);
    return frames;
}

Test(fuzz_session_text, any_session_is_a_case_that_sends_it)
{
    static struct fuzz_session s;
    struct fuzz_text_facts facts = server;
    const unsigned total = 2500;
    unsigned with_frames = 0;
    struct rand rand;

    rand_init(&rand, 21);
    for (unsigned i = 0; i < total; i++) {
        struct arena arena = { 0 };
        uint8_t in[300];
        size_t len = (size_t)rand_below(&rand, sizeof in);
        rand_fill(&rand, in, len);
        fuzz_session_decode(bytes_of(in, i % 3 == 0 ? 0 : len), &s);
        for (uint64_t k = rand_below(&rand, 12); k > 0; k--)
            fuzz_mutate(&s, NULL, &rand, &arena);
        facts.role = i % 4 == 0 ? ROLE_CLIENT : ROLE_SERVER;
        facts.echoes = i % 5 != 0;
        facts.expect = i % 7 == 0 ? "expect alive\n" : NULL;
        with_frames += expect_same(&s, &facts);
        arena_free(&arena);
    }
    cr_expect_gt(with_frames, total / 2, "%u", with_frames);
}

/* ---- what must come ---- */

static void check(const struct fuzz_session *s, const struct fuzz_text_facts *facts,
                  const char *want)
{
    struct buf text;

    buf_init(&text, 1 << 16);
    cr_assert(fuzz_session_text(s, facts, &text) && buf_push(&text, 0));
    cr_expect_str_eq((const char *)text.ptr, want, "%s\n--- wanted\n%s", (const char *)text.ptr,
                     want);
    buf_free(&text);
}

#define FRONT "group \"Found by fuzzing\"\n\ncase f-1 \"A finding\" {\n"
#define SERVER "    note  \"found by fuzzing\"\n    role  server\n    needs echo\n\n"
#define COSTLY "    note  \"found by fuzzing\"\n    role  server\n    needs exec\n\n"
#define UNSURE "    note \"found by fuzzing\"\n    role server\n\n"

Test(fuzz_session_text, reads_as_a_person_would_write_it)
{
    struct fuzz_session s = { .n_steps = 3 };
    struct fuzz_text_facts facts = server;

    facts.remark = "It dies of this:\n\n  at frame.c:12";
    facts.title = "A \"finding\" of ${7} \x01";
    s.steps[0] = (struct fuzz_step){ .opcode = WS_TEXT,
                                     .payload = BYTES_LIT("caf\xc3\xa9"),
                                     .joined = true };
    s.steps[1] = (struct fuzz_step){ .fin = true, .opcode = WS_PING, .cut = 1 };
    s.steps[2] = (struct fuzz_step){ .fin = true, .payload = BYTES_LIT("*"), .times = 1000 };
    check(&s, &facts,
          "# It dies of this:\n#\n#   at frame.c:12\n"
          "group \"Found by fuzzing\"\n\ncase f-1 \"A \\\"finding\\\" of \\${7} ?\" {\n" SERVER
          "    together {\n"
          "        send text \"caf\xc3\xa9\" fin=0\n"
          "        send ping cut=1\n"
          "    }\n"
          "    send continuation \"*\" * 1000\n"
          "    expect model\n"
          "}\n");
}

Test(fuzz_session_text, names_the_row_that_the_frames_break)
{
    struct fuzz_session s = { .n_steps = 1 };

    s.steps[0] = (struct fuzz_step){ .fin = true, .opcode = WS_TEXT, .payload = BYTES_LIT("\xff") };
    check(&s, &server,
          FRONT "    proves RFC6455-5.6-1\n    role   server\n    needs  echo\n\n"
                "    send text x\"ff\"\n    expect model\n}\n");
}

/* Not the sender's: that is us. */
Test(fuzz_session_text, names_the_row_of_who_takes_a_frame)
{
    struct fuzz_session s = { .n_steps = 1 };
    struct fuzz_text_facts client = server;

    client.role = ROLE_CLIENT;
    s.steps[0] = (struct fuzz_step){ .fin = true, .opcode = WS_PING, .mask = FUZZ_MASK_WRONG };
    check(&s, &server,
          FRONT "    proves RFC6455-5.1-2\n    role   server\n    needs  echo\n\n"
                "    send ping mask=off\n    expect model\n}\n");
    check(&s, &client,
          FRONT "    proves RFC6455-5.1-5\n    role   client\n    needs  echo\n\n"
                "    send ping mask=on\n    expect model\n}\n");
}

Test(fuzz_session_text, a_handshake_without_what_it_must_have_is_refused)
{
    struct fuzz_session s = { .n_edits = 1, .n_steps = 1 };
    struct fuzz_text_facts client = server;

    s.edits[0] = (struct fuzz_edit){ EDIT_OMIT, BYTES_LIT("Connection"), { 0 } };
    s.steps[0] = (struct fuzz_step){ .fin = true, .opcode = WS_TEXT };
    check(&s, &server,
          FRONT "    proves RFC6455-4.2.1-6\n    role   server\n\n"
                "    request {\n        omit \"Connection\"\n    }\n"
                "    expect refused 2xx 3xx 4xx 5xx\n}\n");
    client.role = ROLE_CLIENT;
    check(&s, &client,
          FRONT "    proves RFC6455-4.1-45\n    role   client\n\n"
                "    response {\n        omit \"Connection\"\n    }\n    expect eof\n}\n");
}

#define EITHER                                                                                     \
    "    either {\n        expect open\n"                                                          \
    "    } or info \"it refuses this handshake\" {\n        expect response\n"                     \
    "    } or info \"it ends the connection\" {\n        expect eof\n"                             \
    "    } or info \"it waits for more\" {\n        expect nothing\n    }\n"

Test(fuzz_session_text, an_unusual_handshake_demands_nothing_but_life)
{
    struct fuzz_session s = { .n_edits = 1, .n_steps = 1 };

    s.edits[0] =
        (struct fuzz_edit){ EDIT_ADD, BYTES_LIT("X"), BYTES_LIT("${port} $${key}$ ${key}") };
    s.steps[0] = (struct fuzz_step){ .fin = true, .opcode = WS_TEXT };
    check(&s, &server,
          FRONT UNSURE "    request {\n"
                       "        add \"X\" \"\\${port} \\${key}\\$ ${key}\"\n    }\n" EITHER
                       "    send text\n    expect alive\n    drop\n}\n");
}

Test(fuzz_session_text, where_nobody_can_say_only_life_is_demanded)
{
    struct fuzz_session s = { .n_steps = 1 };
    struct fuzz_text_facts facts = server;

    s.steps[0] =
        (struct fuzz_step){ .fin = true, .opcode = WS_CLOSE, .has_code = true, .code = 2999 };
    check(&s, &server, FRONT UNSURE "    send close 2999\n    expect alive\n    drop\n}\n");
    s.steps[0] = (struct fuzz_step){ .fin = true, .opcode = WS_TEXT };
    facts.echoes = false;
    check(&s, &facts, FRONT UNSURE "    send text\n    expect alive\n    drop\n}\n");
    s.end = FUZZ_END_DROP;
    check(&s, &server, FRONT UNSURE "    send text\n    drop\n    expect alive\n}\n");
}

Test(fuzz_session_text, a_frame_that_is_cut_off_never_is_a_message)
{
    struct fuzz_session s = { .n_steps = 2, .end = FUZZ_END_SHUTDOWN };

    s.steps[0] = (struct fuzz_step){ .fin = true, .opcode = WS_PONG };
    s.steps[1] = (struct fuzz_step){ .fin = true,
                                     .opcode = WS_TEXT,
                                     .payload = BYTES_LIT("abc"),
                                     .declares = true,
                                     .declare = 4294967299 };
    check(&s, &server,
          FRONT UNSURE "    send pong\n    send text \"abc\" declare=4294967299\n    shutdown\n"
                       "    either {\n        expect eof\n"
                       "    } or info \"it gives up\" {\n"
                       "        expect fail 1000 1001 1002 1003 1007 1008 1009 1011\n    }\n}\n");
    s.steps[0].opcode = WS_PING; /* its pong may be lost with the rest */
    check(&s, &server,
          FRONT UNSURE "    send ping\n    send text \"abc\" declare=4294967299\n    shutdown\n"
                       "    expect alive\n    drop\n}\n");
}

Test(fuzz_session_text, answers_are_awaited_before_our_side_ends)
{
    struct fuzz_session s = { .n_steps = 1, .end = FUZZ_END_SHUTDOWN };

    s.steps[0] = (struct fuzz_step){ .fin = true, .opcode = WS_TEXT };
    check(&s, &server, FRONT SERVER "    send text\n    expect model\n    shutdown\n}\n");
}

Test(fuzz_session_text, takes_what_it_is_told_to_expect)
{
    struct fuzz_session s = { .n_steps = 1, .end = FUZZ_END_SHUTDOWN };
    struct fuzz_text_facts facts = server;

    facts.expect = "expect alive\n";
    s.steps[0] = (struct fuzz_step){ .fin = true, .opcode = WS_PING };
    check(&s, &facts, FRONT UNSURE "    send ping\n    shutdown\n    expect alive\n    drop\n}\n");
    facts.expect = "expect nonsense\n";
    struct buf text;
    buf_init(&text, 1 << 16);
    cr_expect(!fuzz_session_text(&s, &facts, &text), "facts that do not parse are refused");
    buf_free(&text);
}

/* What is one write stays one. */
Test(fuzz_session_text, its_writes_come_one_by_one)
{
    struct fuzz_session s = { .n_steps = 4 };
    struct fuzz_text_facts facts = server;

    for (size_t i = 0; i < s.n_steps; i++)
        s.steps[i] = (struct fuzz_step){ .fin = true, .opcode = WS_PONG, .joined = i == 1 };
    facts.wait_ms = 30;
    check(&s, &facts,
          FRONT SERVER "    send pong\n    wait 30ms\n    together {\n        send pong\n"
                       "        send pong\n    }\n    wait 30ms\n    send pong\n"
                       "    expect model\n}\n");
}

/* What it cost is looked at last, and no Close is asked to be answered. */
Test(fuzz_session_text, what_it_costs_is_asked_before_a_reset)
{
    struct fuzz_session s = { .n_steps = 1 };
    struct fuzz_text_facts facts = server;

    s.steps[0] = (struct fuzz_step){ .fin = true, .opcode = WS_PONG };
    facts.expect = "expect memory grows below 1M\n";
    check(&s, &facts,
          FRONT COSTLY "    send pong\n    expect memory grows below 1M\n    drop\n}\n");
    facts.turns = 9;
    facts.one_connection = true;
    check(&s, &facts,
          FRONT COSTLY "    repeat 9 {\n        send pong\n    }\n"
                       "    expect memory grows below 1M\n    drop\n}\n");
    facts.one_connection = false;
    check(&s, &facts,
          FRONT COSTLY "    each turn in 1..9 {\n        send pong\n        expect alive\n"
                       "        drop\n    }\n    expect memory grows below 1M\n}\n");
}

/* Behind a body nobody knows what a frame is, nor who a Close is for. */
Test(fuzz_session_text, behind_a_body_no_close_is_said)
{
    struct fuzz_session s = { .n_edits = 1, .n_steps = 1 };

    s.edits[0] = (struct fuzz_edit){ .kind = EDIT_BODY, .value = BYTES_LIT("]") };
    s.steps[0] = (struct fuzz_step){ .fin = true, .opcode = WS_TEXT };
    check(&s, &server,
          FRONT UNSURE "    request {\n        body \"]\"\n    }\n" EITHER
                       "    send text\n    expect alive\n    drop\n}\n");
}

/* The largest sessions: 64 KiB in each step, nothing of it text, no two bytes alike. */
Test(fuzz_session_text, the_largest_session_has_a_case)
{
    static struct fuzz_session s;
    static uint8_t bytes[FUZZ_PAYLOAD_MAX];
    struct rand rand;

    rand_init(&rand, 23);
    rand_fill(&rand, bytes, sizeof bytes);
    s.n_steps = FUZZ_STEPS_MAX;
    for (size_t i = 0; i < s.n_steps; i++)
        s.steps[i] =
            (struct fuzz_step){ .kind = FUZZ_RAW, .payload = bytes_of(bytes, sizeof bytes - i) };
    cr_expect(expect_same(&s, &server));
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i / 60 % 3 == 0 ? 'a' : rand_next(&rand)); /* runs, and none */
    s.n_steps = 1;
    cr_expect(expect_same(&s, &server));
}

static bool write_one(void *ctx)
{
    struct fuzz_session s = { .n_steps = 1, .n_edits = 1 };
    struct buf text;

    (void)ctx;
    s.edits[0] = (struct fuzz_edit){ EDIT_ADD, BYTES_LIT("X"), BYTES_LIT("y") };
    s.steps[0] = (struct fuzz_step){ .fin = true, .opcode = WS_TEXT };
    buf_init(&text, 1 << 16);
    bool ok = fuzz_session_text(&s, &server, &text);
    buf_free(&text);
    return ok;
}

Test(fuzz_session_text, gives_in_without_memory)
{
    cr_expect_gt(heap_fail_each(write_one, NULL), 3);
}
