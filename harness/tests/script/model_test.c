#include "script/model.h"

#include "script/suite.h"
#include "support/heap.h"
#include "support/one_case.h"
#include "ws/frame.h"

/* What `expect model` becomes, against what the RFC says as people read it. */

#define ANSWER(code, in) in "expect close 1000 or 1001 or " code "none\n" in "expect eof\n"
#define HASTY(code) "  info \"it closes before all that came is answered\"\n" ANSWER(code, "    ")
#define CURIOUS                                                                                    \
    "  warn \"it looked at what follows our Close\"\n"                                             \
    "    expect close any\n"                                                                       \
    "    expect eof\n"                                                                             \
    "  warn \"it ended without answering our Close, behind which more came\"\n"                    \
    "    expect eof\n"

struct row {
    const char *sends, *becomes;
};

/* The steps of the last `expect model` alone. */
static void log_model(const struct script_case *c, struct buf *out)
{
    size_t at = c->n_steps;

    while (at > 0 && c->steps[at - 1].proves)
        at--;
    case_log_steps(c->steps, at, c->n_steps, 0, out);
    cr_assert(buf_push(out, '\0'));
}

static void check(const struct row *row)
{
    struct one_case one;
    struct buf out;
    char steps[1000];

    snprintf(steps, sizeof steps, "%s\nexpect model", row->sends);
    one_case_init(&one, steps);
    buf_init(&out, 1 << 16);
    log_model(one.c, &out);
    cr_expect_str_eq((const char *)out.ptr, row->becomes, "%s\n  gave\n%s  want\n%s", row->sends,
                     (const char *)out.ptr, row->becomes);
    buf_free(&out);
    one_case_free(&one);
}

Test(script_model, says_what_people_say)
{
    static const struct row rows[] = {
        { "connect", "expect nothing\n" },
        { "send text \"a\"", "expect text \"a\"\nexpect nothing\n" },
        { "send text \"a\" fin=0", "expect nothing\n" },
        { "send pong \"a\"", "expect nothing\n" },
        { "send binary x\"ff\" fin=0\nsend continuation fin=0\nsend continuation \"b\"",
          "expect binary \"\\xffb\"\nexpect nothing\n" },
        { "send text \"abc\" fragment=1", "expect text \"abc\"\nexpect nothing\n" },
        { "send text \"a\"\nsend binary \"b\"",
          "expect text \"a\"\nexpect binary \"b\"\nexpect nothing\n" },
        { "send ping \"a\"\nsend ping \"b\"", "expect pong \"b\"\nexpect nothing\n" },
        { "send text \"a\" fin=0\nsend ping \"p\"\nsend continuation \"b\"",
          "unordered\n  expect pong \"p\"\n  expect text \"ab\"\nexpect nothing\n" },
        { "send continuation \"a\"", "expect fail 1002\n" },
        { "send text \"a\"\nsend continuation \"b\"\nsend text \"c\"", "expect fail 1002\n" },
        { "send text \"a\" fin=0\nsend text \"b\"", "expect fail 1002\n" },
        { "send ping fin=0", "expect fail 1002\n" },
        { "send close 1000 fin=0", "expect fail 1002\n" },
        { "send text x\"ff\"", "expect fail 1007\n" },
        { "send close", ANSWER("", "") },
        { "send close 1001", ANSWER("", "") },
        { "send close 3000 \"bye\"", ANSWER("3000 or ", "") },
        { "send text \"a\" fin=0\nsend close 1000", ANSWER("", "") },
        { "send text \"a\"\nsend close 3000",
          "either\n  pass\n    expect text \"a\"\n" ANSWER("3000 or ", "    ") HASTY("3000 or ") },
        { "send close\nsend continuation", "either\n  pass\n" ANSWER("", "    ") CURIOUS },
        { "send ping\nsend close\nsend close",
          "either\n  pass\n    expect pong \"\"\n" ANSWER("", "    ") HASTY("") CURIOUS },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(&rows[i]);
}

/* A second one speaks of what came since the first, and a fresh connection begins anew. */
Test(script_model, goes_on_where_it_was)
{
    static const struct row rows[] = {
        { "send text \"a\" fin=0\nexpect model\nsend continuation \"b\"",
          "expect text \"ab\"\nexpect nothing\n" },
        { "send text \"a\"\nexpect model\nsend continuation \"b\"", "expect fail 1002\n" },
        { "send text \"a\" fin=0\nreconnect\nsend text \"b\"",
          "expect text \"b\"\nexpect nothing\n" },
        { "together { connect send text \"a\" }\nexpect echo\nsend ping",
          "expect pong \"\"\nexpect nothing\n" },
        { "together { connect send text \"a\" }\nexpect open",
          "expect text \"a\"\nexpect nothing\n" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(&rows[i]);
}

Test(script_model, names_the_row_that_would_be_broken)
{
    static const struct row rows[] = {
        { "send continuation", "RFC6455-5.4-1" },
        { "send text fin=0\nsend binary", "RFC6455-5.4-8" },
        { "send pong fin=0", "RFC6455-5.4-6" },
        { "send close x\"03\"", "RFC6455-5.5.1-2" },
        { "send text fin=0", "RFC6455-5.4-2" },
        { "send close", "RFC6455-5.5.1-13" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct one_case one;
        char steps[1000];
        snprintf(steps, sizeof steps, "%s\nexpect model", rows[i].sends);
        one_case_init(&one, steps);
        cr_expect_str_eq(one.c->steps[one.c->n_steps - 1].proves, rows[i].becomes, "%s",
                         rows[i].sends);
        one_case_free(&one);
    }
}

/* Its silence is that of an open connection. */
Test(script_model, behind_nothing_at_all_the_handshake_is_awaited)
{
    static const char *const steps[] = { "expect model", "connect\nexpect model" };

    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct one_case one;
        one_case_init(&one, steps[i]);
        cr_assert_eq(one.c->n_steps, 3);
        cr_expect_eq(one.c->steps[0].op, OP_CONNECT);
        cr_expect_eq(one.c->steps[1].as.expect.kind, EXPECT_OPEN);
        cr_expect_eq(one.c->steps[2].as.expect.kind, EXPECT_NOTHING);
        one_case_free(&one);
    }
}

/* What it becomes can be printed, and means the same when it is read again. */
Test(script_model, can_be_shown)
{
    struct one_case one;
    struct buf out;

    one_case_init(&one, "send ping \"p\"\nsend text \"a\"\nexpect model\nsend close\nexpect model");
    buf_init(&out, 1 << 16);
    cr_assert(script_print_models(one.c, &out));
    cr_assert(buf_push(&out, '\0'));
    cr_expect_str_eq((const char *)out.ptr,
                     "\n# expect model in line 6:\n"
                     "unordered {\n"
                     "    expect pong \"p\"\n"
                     "    expect text \"a\"\n"
                     "}\n"
                     "expect nothing\n"
                     "\n# expect model in line 8:\n"
                     "expect close 1000 or 1001 or none\n"
                     "expect eof\n",
                     "%s", (const char *)out.ptr);
    buf_free(&out);
    one_case_free(&one);
}

#define DEFLATE "extension \"permessage-deflate\"\n"
#define NO_INFLATE "expect fail 1007 1002 1003 1011\n"

/* What the target has to say to other masks, lengths that it is told wrong, and compression. */
Test(script_model, knows_masks_lengths_and_compression)
{
    static const struct row rows[] = {
        { "role server\nsend text \"a\" mask=off", "expect fail 1002\n" },
        { "role server\nsend text \"a\" mask=x\"01020304\"",
          "expect text \"a\"\nexpect nothing\n" },
        { "role server\nsend text \"a\" mask=on", "expect text \"a\"\nexpect nothing\n" },
        { "role client\nsend text \"a\" mask=off", "expect text \"a\"\nexpect nothing\n" },
        { "role client\nsend text \"a\" mask=on", "expect fail 1002\n" },
        { "role client\nsend text \"a\" mask=x\"01020304\"", "expect fail 1002\n" },
        { "send text \"abc\" declare=3", "expect text \"abc\"\nexpect nothing\n" },
        { "send continuation \"abc\" declare=1", "expect fail 1002\n" },
        { "send binary \"x\" declare=18446744073709551615", "expect fail 1002\n" },
        { DEFLATE "send text \"Hello\" deflate\nsend text \"Hello\" deflate",
          "expect text \"Hello\"\nexpect text \"Hello\"\nexpect nothing\n" },
        { DEFLATE "send text \"Hel\" deflate fin=0\nsend continuation \"lo\" deflate",
          "expect text \"Hello\"\nexpect nothing\n" },
        { DEFLATE "send text \"Hello\"", "expect text \"Hello\"\nexpect nothing\n" },
        { DEFLATE "send text x\"f2 48 cd c9 c9 07 00\" rsv1",
          "expect text \"Hello\"\nexpect nothing\n" },
        { DEFLATE "send text x\"06\" rsv1", NO_INFLATE },
        { DEFLATE "send text x\"ff\" deflate", "expect fail 1007\n" },
        { DEFLATE "send ping rsv1", "expect fail 1002\n" },
        { "extension \"permessage-deflate\" { ours_no_context_takeover }\nsend text \"a\" rsv1 "
          "rsv2",
          "expect fail 1002\n" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(&rows[i]);
}

/* Whether a case with these sends can have `expect model`. */
static bool is_judged(const char *sends)
{
    struct arena arena = { 0 };
    struct diagnostics diags = { 0 };
    struct script_file file;
    char text[1000];

    snprintf(text, sizeof text,
             "group \"G\"\ncase c \"A case\" {\nnote \"n\"\n%s\nexpect model\n}\n", sends);
    bool ok = script_parse(&arena, "t.case", bytes_str(text), NULL, &file, &diags);
    arena_free(&arena);
    return ok;
}

/* One false word of the engine would be an accusation: what is not certain is not said. */
Test(script_model, is_silent_where_a_target_may_do_one_thing_or_the_other)
{
    static const char *const sends[] = {
        "send text \"a\" mask=on",              /* who is under test? */
        "role server\nsend text \"a\" deflate", /* nobody agreed to that */
        "send text \"abc\" declare=1",          /* what follows is no frame */
        "send text \"abc\" declare=9",          /* the frame never ends */
        "send text \"abc\" declare=9\nsend ping",
        "send ping \"abc\" declare=126", /* noticed when all of it is there */
        "send raw x\"83\"",              /* likewise */
        "send text x\"ff\" fin=0",       /* noticed when the message is */
        "send text x\"ff\" fin=0\nsend ping",
        "send text x\"ff\" fin=0\nsend close\nsend continuation",
        "send close 2999",                         /* no MUST */
        DEFLATE "send text x\"f2 48 cd c9\" rsv1", /* ends in the middle of a block */
        DEFLATE "send text x\"06\" rsv1 fin=0",
        DEFLATE "send text x\"f2 48 cd c9 c9 07 00\" rsv1\n"
                "send text x\"f2 00 11 00 00\" rsv1", /* refers to the message before */
        DEFLATE "send binary blocks { fixed \"a\" * 999 match 9 600 } rsv1", /* window of 1 KiB? */
        "extension \"permessage-deflate\" { ours_max_window_bits 8 }\nsend text \"a\" deflate",
        "extension \"permessage-bzip2\"\nsend text \"a\"",
        DEFLATE "send text \"a\"\nreconnect\nsend text \"b\"",
        "role client\nsend raw x\"81 01 61\"",
    };

    for (size_t i = 0; i < sizeof sends / sizeof *sends; i++)
        cr_expect(!is_judged(sends[i]), "%s", sends[i]);
    cr_expect(!is_judged("send ping send text send text send text send text send text send text"));
    cr_expect(is_judged("send ping send text send text send text send text send text"));
    cr_expect(is_judged("send text x\"ff\" fin=0\nsend ping\nsend continuation"));
    cr_expect_not(is_judged(DEFLATE "send text x\"f3 07 20 00\" rsv1"), "the padding");
    cr_expect(is_judged("send raw x\"83 80 00 00 00 00\""));
    cr_expect(is_judged(DEFLATE "send text x\"06\" rsv1 fin=0\nsend continuation"));
}

static bool model_of_a_message(void *unused)
{
    const struct payload text = { .bytes = BYTES_LIT("abc"), .nodes = 1 };
    const struct send sends[] = { { .opcode = WS_PING, .fin = true, .payload = &text },
                                  { .opcode = WS_TEXT, .fin = true, .payload = &text } };
    const struct send *list[] = { &sends[0], &sends[1] };
    const struct model_deal deal = { ROLE_BOTH, false };
    struct arena a = { 0 };
    struct model m;
    bool ok = script_model(&a, &deal, list, 2, 1, &m);

    (void)unused;
    if (ok) {
        cr_expect_eq(m.n_replies, 1);
        cr_expect_eq(m.replies[0].opcode, WS_TEXT);
        cr_expect_eq(m.end, MODEL_OPEN);
    }
    arena_free(&a);
    return ok;
}

Test(script_model, says_when_memory_runs_out)
{
    (void)heap_fail_each(model_of_a_message, NULL);
}
