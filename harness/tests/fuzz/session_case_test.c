#include "fuzz/session/session_case.h"

#include <criterion/criterion.h>
#include <string.h>

#include "fuzz/session/session_text.h"
#include "script/parse.h"

static struct arena arena;

static const struct script_case *parsed(const char *text)
{
    struct diagnostics diags = { 0 };
    struct script_file file;

    cr_assert(script_parse(&arena, "t.case", bytes_str(text), NULL, &file, &diags), "line %u: %s",
              diags.list[0].line, diags.list[0].text);
    return &file.cases[0];
}

static struct fuzz_session session_of(const char *steps)
{
    struct fuzz_session s;
    struct err err = { 0 };
    const char *text =
        arena_print(&arena, "group \"t\"\ncase c \"t\" {\nnote \"t\"\n%s\n}\n", steps);

    cr_assert(fuzz_session_from_case(parsed(text), &arena, &s, &err), "%s", err.text);
    return s;
}

static void expect_refused(const char *steps, const char *word, unsigned line)
{
    struct fuzz_session s;
    struct err err = { 0 };
    const char *text =
        arena_print(&arena, "group \"t\"\ncase c \"t\" {\nnote \"t\"\n%s\n}\n", steps);

    cr_assert_not(fuzz_session_from_case(parsed(text), &arena, &s, &err), "%s", steps);
    cr_expect_eq(err.code, ERR_SYNTAX);
    cr_expect(strstr(err.text, word), "%s", err.text);
    cr_expect_eq(err.line, line, "line %u", err.line);
}

Test(fuzz_session_case, a_send_is_a_step_with_all_its_options)
{
    struct fuzz_session s =
        session_of("send text \"abc\" fin=0 rsv2 length=16 declare=9 mask=x\"01020304\" cut=2\n"
                   "send close 1002 \"bye\"\nexpect alive");

    cr_assert_eq(s.n_steps, 2);
    const struct fuzz_step *step = &s.steps[0];
    cr_expect_eq(step->kind, FUZZ_FRAME);
    cr_expect(!step->fin && step->opcode == 1 && step->rsv == WS_RSV2);
    cr_expect(step->len_form == 16 && step->declares && step->declare == 9 && step->cut == 2);
    cr_expect(step->mask == FUZZ_MASK_KEY && memcmp(step->key, "\1\2\3\4", 4) == 0);
    cr_expect(bytes_eq_str(step->payload, "abc"));
    cr_expect(s.steps[1].has_code && s.steps[1].code == 1002);
    cr_expect(bytes_eq_str(s.steps[1].payload, "bye"));
}

Test(fuzz_session_case, repetition_is_kept_as_such)
{
    struct fuzz_session s = session_of("send binary \"ab\" * 1000\nsend raw x\"81 05\"\n"
                                       "expect alive");

    cr_assert_eq(s.n_steps, 2);
    cr_expect_eq(s.steps[0].times, 1000);
    cr_expect(bytes_eq_str(s.steps[0].payload, "ab"));
    cr_expect_eq(s.steps[1].kind, FUZZ_RAW);
    cr_expect_eq(s.steps[1].payload.len, 2);
}

Test(fuzz_session_case, the_handshake_and_the_end_are_kept)
{
    struct fuzz_session s = session_of("role server\nextension \"permessage-deflate\"\n"
                                       "request {\nadd \"X-A\" \"b\"\nomit \"Origin\"\n}\n"
                                       "together {\nsend ping \"1\"\nsend ping \"2\"\n}\n"
                                       "send ping \"3\"\nshutdown\nexpect eof");

    cr_expect_eq(s.extension, FUZZ_DEFLATE);
    cr_expect_eq(s.end, FUZZ_END_SHUTDOWN);
    cr_assert_eq(s.n_edits, 2);
    cr_expect_eq(s.edits[0].kind, EDIT_ADD);
    cr_expect(bytes_eq_str(s.edits[0].name, "X-A") && bytes_eq_str(s.edits[0].value, "b"));
    cr_expect_eq(s.edits[1].kind, EDIT_OMIT);
    cr_assert_eq(s.n_steps, 3);
    cr_expect(s.steps[0].joined && !s.steps[1].joined && !s.steps[2].joined);
}

Test(fuzz_session_case, what_is_expected_is_left_out)
{
    struct fuzz_session s = session_of("send text \"a\"\neither {\nexpect echo\n} or {\n"
                                       "expect fail 1002\n}\n");

    cr_expect_eq(s.n_steps, 1);
}

Test(fuzz_session_case, what_no_session_can_say_is_refused_with_its_line)
{
    expect_refused("repeat 10 {\nsend text \"a\"\n}", "repeat", 4);
    expect_refused("send text \"a\"\nwait 100ms\nsend text \"b\"", "wait", 5);
    expect_refused("send text random 64", "random", 4);
    expect_refused("send text \"abc\" fragment=1", "fragment", 4);
    expect_refused("send text \"abc\" hold=1\nsend more rest", "hold", 4);
    expect_refused("raw\nsend raw \"GET / HTTP/1.1\\r\\n\\r\\n\"", "raw", 4);
}

/* What a session becomes as a case becomes that session again. */
Test(fuzz_session_case, a_session_comes_back_from_its_text)
{
    struct fuzz_session back, s = { .extension = FUZZ_DEFLATE, .n_steps = 2 };
    const struct fuzz_text_facts facts = {
        .role = ROLE_SERVER, .name = "c", .title = "t", .echoes = true
    };
    struct err err = { 0 };
    struct buf text;

    s.steps[0] = (struct fuzz_step){
        .fin = true, .opcode = WS_TEXT, .deflate = true, .payload = BYTES_LIT("hello")
    };
    s.steps[1] = (struct fuzz_step){
        .fin = true, .opcode = WS_PING, .rsv = WS_RSV3, .payload = BYTES_LIT("\0\xff")
    };
    buf_init(&text, SCRIPT_FILE_MAX);
    cr_assert(fuzz_session_text(&s, &facts, &text) && buf_push(&text, 0));
    cr_assert(fuzz_session_from_case(parsed((const char *)text.ptr), &arena, &back, &err), "%s",
              err.text);
    cr_expect(fuzz_session_equal(&s, &back), "%s", (const char *)text.ptr);
    buf_free(&text);
}
