#include <criterion/criterion.h>

#include "tests/support/play.h"

/* What our heads say of permessage-deflate, and what follows from theirs. That compression works is
 * shown by whole conversations. */

static struct play play;

/* The value of the nth line of that name in our heads; empty: there is none. */
static struct bytes said(const struct play *p, const char *name, size_t nth)
{
    struct bytes rest = bytes_of(p->wrote, p->wrote_len);

    for (;; nth--) {
        rest = bytes_skip(rest, bytes_find(rest, bytes_str(name)));
        if (rest.len == 0)
            return rest;
        rest = bytes_skip(rest, strlen(name) + 2);
        if (nth == 0)
            return bytes_take(rest, bytes_index(rest, 0, '\r'));
    }
}

#define EXTENSIONS "Sec-WebSocket-Extensions"
#define OFFER(params) "request \"" EXTENSIONS ": permessage-deflate" params "\\r\\n\"\n"
#define ANSWER(params) "101 \"" EXTENSIONS ": permessage-deflate" params "\\r\\n\"\n"
#define PMD "extension \"permessage-deflate\""
#define NO_ROOM "the client does not offer permessage-deflate with room for these parameters"
#define NOT_TAKEN "the target did not take permessage-deflate as it was offered"
#define NOT_AGREED "permessage-deflate is not agreed on"

struct agreed {
    enum case_role role;
    const char *steps, *script, *said;
    const char *trouble; /* NULL: it goes on */
};

static void check_table(const struct agreed *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct agreed *row = &rows[i];
        play_init(&play, row->role ? row->role : ROLE_SERVER, row->steps, row->script);
        cr_assert(play_run(&play));
        struct bytes line = said(&play, EXTENSIONS, 0);
        cr_expect(bytes_eq_str(line, row->said), "row %zu: %.*s", i, BYTES_ARG(line));
        cr_expect_eq(play.run.unsupported, row->trouble != NULL, "row %zu", i);
        cr_expect_str_eq(play.run.trouble ? play.run.trouble : "-",
                         row->trouble ? row->trouble : "-", "row %zu: %s", i, play.run.trouble);
        play_free(&play);
    }
}

#define CHECK_TABLE(rows) check_table(rows, sizeof rows / sizeof *rows)

Test(run_agreement, a_client_that_we_are_offers_what_the_case_says)
{
    static const struct agreed rows[] = {
        { 0, PMD "\ndrop", ANSWER(""), "permessage-deflate", NULL },
        { 0, PMD " { ours_max_window_bits theirs_max_window_bits 9 }\n" PMD "\ndrop",
          ANSWER("; server_max_window_bits=9"),
          "permessage-deflate; client_max_window_bits; server_max_window_bits=9, "
          "permessage-deflate",
          NULL },
        { 0, PMD "\nextension \"x\"\ndrop", ANSWER(""), "permessage-deflate, x", NULL },
        /* Whether an answer is right is the verdict's business: what it says counts. */
        { 0, PMD "\nsend text \"a\" deflate\ndrop", ANSWER("; client_max_window_bits=9"),
          "permessage-deflate", NULL },
        { 0, PMD "\nsend text \"a\" deflate\ndrop", "101\n", "permessage-deflate", NOT_TAKEN },
        { 0, PMD "\ndrop", "101 \"" EXTENSIONS ": x\\r\\n\"\n", "permessage-deflate", NOT_TAKEN },
        { 0, "extension \"x\"\ndrop", "101\n", "x", NULL },
        { 0, "send text \"a\" deflate\ndrop", "101\n", "", NOT_AGREED },
        { 0, "send text \"a\" deflate\ndrop", ANSWER(""), "", NULL },
    };

    CHECK_TABLE(rows);
}

Test(run_agreement, a_server_that_we_are_gives_the_first_answer_that_fits)
{
    static const struct agreed rows[] = {
        { ROLE_CLIENT, PMD "\ndrop", OFFER(""), "permessage-deflate", NULL },
        { ROLE_CLIENT, PMD "\ndrop", OFFER("; client_max_window_bits"), "permessage-deflate",
          NULL },
        { ROLE_CLIENT, PMD " { ours_max_window_bits 9 }\ndrop", OFFER(""),
          "permessage-deflate; server_max_window_bits=9", NULL },
        { ROLE_CLIENT, PMD " { theirs_max_window_bits 9 }\ndrop", OFFER(""), "", NO_ROOM },
        { ROLE_CLIENT, PMD " { theirs_max_window_bits 9 }\n" PMD "\ndrop", OFFER(""),
          "permessage-deflate", NULL },
        { ROLE_CLIENT, PMD " { theirs_max_window_bits 9 }\n" PMD "\ndrop",
          OFFER(", permessage-deflate; client_max_window_bits"),
          "permessage-deflate; client_max_window_bits=9", NULL },
        { ROLE_CLIENT, PMD "\n" PMD " { ours_no_context_takeover }\nextension \"x\"\ndrop",
          OFFER("; server_no_context_takeover"),
          "permessage-deflate; server_no_context_takeover, x", NULL },
        { ROLE_CLIENT, PMD "\ndrop", "request\n", "", NO_ROOM },
        { ROLE_CLIENT, PMD "\ndrop", "request \"" EXTENSIONS ": x\\r\\n\"\n", "", NO_ROOM },
        { ROLE_CLIENT, "extension \"x\"\ndrop", "request\n", "x", NULL },
        /* Nothing of the case's own head is looked at: it may be wrong on purpose. */
        { ROLE_CLIENT, "response {\nheader \"" EXTENSIONS "\" \"permessage-deflate; x\"\n}\ndrop",
          "request\n", "permessage-deflate; x", NULL },
        { ROLE_CLIENT, "send text \"a\" deflate\ndrop", OFFER(""), "", NOT_AGREED },
    };

    CHECK_TABLE(rows);
}

/* What was passed over in one round of a sweep stands again in the next. */
Test(run_agreement, each_round_gives_its_answer_anew)
{
    static const char steps[] = PMD "\n" PMD " { ours_max_window_bits 9 }\n"
                                    "response {\nadd \"X-One\" \"1\"\n}\n"
                                    "each n in 1 2 3 {\nsend text \"a\" deflate\nexpect echo\n}";
    static const char script[] = OFFER("") "text \"a\"\n" OFFER(
        "; server_max_window_bits=9") "text \"a\"\n" OFFER("") "text \"a\"\n";

    play_init(&play, ROLE_CLIENT, steps, script);
    cr_assert(play_run(&play));
    cr_assert_null(play.run.trouble, "%s", play.run.trouble);
    for (size_t i = 0, round = 0; i < play.t.count; i++) {
        const struct entry *e = &play.t.entries[i];
        if (e->kind != ENTRY_HEAD_OUT)
            continue;
        struct http1_head head;
        cr_assert(talk_head(e, &head));
        cr_expect_eq(http1_count(&head, "X-One"), 1, "round %zu", round);
        cr_expect(bytes_eq_str(http1_field(&head, EXTENSIONS, 0)->value,
                               round == 1 ? "permessage-deflate; server_max_window_bits=9"
                                          : "permessage-deflate"),
                  "round %zu", round);
        round++;
    }
    play_free(&play);
}

/* Of the nth frame of the case, as it went over the wire. */
static uint64_t sent_len(const struct play *p, size_t nth)
{
    for (size_t i = 0; i < p->t.count; i++)
        if (p->t.entries[i].kind == ENTRY_FRAME_OUT && p->t.entries[i].by == BY_CASE && nth-- == 0)
            return p->t.entries[i].len;
    return 0;
}

/* Two messages that are the same: what is sent of the second tells what the window keeps. */
Test(run_agreement, we_compress_as_it_was_agreed_on)
{
    static const struct {
        enum case_role role;
        const char *extension, *script;
        bool takes_over;
    } rows[] = {
        { ROLE_SERVER, PMD, ANSWER(""), true },
        { ROLE_SERVER, PMD, ANSWER("; client_no_context_takeover"), false },
        { ROLE_SERVER, PMD, ANSWER("; server_no_context_takeover"), true },
        { ROLE_SERVER, PMD " { ours_max_window_bits }", ANSWER("; client_max_window_bits=8"),
          false }, /* 300 bytes back are too far */
        { ROLE_SERVER, PMD " { ours_max_window_bits }", ANSWER("; client_max_window_bits=10"),
          true },
        { ROLE_CLIENT, PMD, OFFER(""), true },
        { ROLE_CLIENT, PMD " { ours_no_context_takeover }", OFFER(""), false },
        { ROLE_CLIENT, PMD " { theirs_no_context_takeover }", OFFER(""), true },
        { ROLE_CLIENT, PMD " { ours_max_window_bits 8 }", OFFER(""), false },
        { ROLE_CLIENT, PMD " { ours_max_window_bits 10 }", OFFER(""), true },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char steps[300];
        snprintf(steps, sizeof steps, "%s\nrepeat 2 {\nsend binary random 300 deflate\n}\ndrop",
                 rows[i].extension);
        play_init(&play, rows[i].role, steps, rows[i].script);
        cr_assert(play_run(&play));
        cr_assert_null(play.run.trouble, "row %zu: %s", i, play.run.trouble);
        cr_expect_gt(sent_len(&play, 0), 300, "row %zu", i);
        cr_expect_eq(sent_len(&play, 1) < 100, rows[i].takes_over, "row %zu: %zu", i,
                     (size_t)sent_len(&play, 1));
        play_free(&play);
    }
}

/* Others that are under way would have no answer from us as long as that takes. */
Test(run_agreement, a_large_message_is_compressed_in_several_goes)
{
    play_init(&play, ROLE_SERVER, PMD "\nsend binary x\"00\" * 1M deflate\ndrop", ANSWER(""));
    cr_assert(play_run(&play));
    cr_assert_null(play.run.trouble, "%s", play.run.trouble);
    cr_expect_geq(play.breathers, 10);
    cr_expect_gt(sent_len(&play, 0), 1000);
    cr_expect_lt(sent_len(&play, 0), 2000);
    play_free(&play);

    play_init(&play, ROLE_SERVER, PMD "\nsend binary x\"00\" * 64K deflate\ndrop", ANSWER(""));
    cr_assert(play_run(&play));
    cr_expect_eq(play.breathers, 0, "a small one is not");
    play_free(&play);
}
