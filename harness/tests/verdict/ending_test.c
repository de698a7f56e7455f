#include "verdict/ending.h"

#include <criterion/criterion.h>

#include "base/buf.h"
#include "tests/support/talk.h"

/* "closed by me, clean, dropped by me, local 1000 bye, remote 1002" */
static void say(const struct ending *e, char out[400])
{
    int n = snprintf(out, 400, "%s%s%s%s%s", e->opened ? "" : "not opened, ",
                     e->closed_by_me ? "closed by me" : "closed by it",
                     e->was_clean ? ", clean" : "", e->dropped_by_me ? ", dropped by me" : "",
                     e->failed_by_me ? ", failed by me" : "");
    n += snprintf(out + n, 400 - (size_t)n, ", local %d%s%.*s", e->local_code,
                  e->local_reason.ptr ? " " : "", BYTES_ARG(e->local_reason));
    snprintf(out + n, 400 - (size_t)n, ", remote %d%s%.*s", e->remote_code,
             e->remote_reason.ptr ? " " : "", BYTES_ARG(e->remote_reason));
}

#define SERVER ROLE_SERVER, "out head GET;in head 101;"
#define CLIENT ROLE_CLIENT, "in head GET;out head 101;"

Test(verdict_ending, says_what_an_endpoint_would_remember)
{
    static const struct {
        enum case_role role;
        const char *head, *talk, *says;
    } rows[] = {
        /* We close: theirs in answer, then TCP by the server. */
        { SERVER, "closing;out close ours 1000;in close 1000;in end fin",
          "closed by me, clean, local 1000, remote 1000" },
        { SERVER, "out close 1000 \"bye\";in close 3000 \"so long\";in end reset",
          "closed by me, clean, local 1000 bye, remote 3000 so long" },
        { CLIENT, "closing;out close ours 1000;in close 1000;out end fin ours;in end fin",
          "closed by me, clean, dropped by me, local 1000, remote 1000" },
        { SERVER, "out close;in close;in end fin", "closed by me, clean, local -1, remote -1" },
        /* It closes, and we answer. */
        { SERVER, "out text \"a\";in close 1002;out close ours 1002;in end fin",
          "closed by it, clean, local 1002, remote 1002" },
        { SERVER, "out text \"a\";in close 1007;in end reset",
          "closed by it, clean, local -1, remote 1007" },
        { SERVER, "out text \"a\";in end fin", "closed by it, local -1, remote -1" },
        { SERVER, "out close 1000;in end fin", "closed by me, local 1000, remote -1" },
        /* A Close with a reserved bit is no Close of ours. */
        { SERVER, "out close rsv=7;in close 1002;out close ours 1002;in end fin",
          "closed by it, clean, local 1002, remote 1002" },
        /* Nobody closes: we give up. */
        { SERVER, "out text \"a\";silent",
          "closed by me, dropped by me, failed by me, local -1, remote -1" },
        { SERVER, "closing;out close ours 1000;silent",
          "closed by me, dropped by me, failed by me, local 1000, remote -1" },
        /* A server that does not end TCP, or not in time. */
        { SERVER, "closing;out close ours 1000;in close 1000;silent",
          "closed by me, dropped by me, local 1000, remote 1000" },
        { SERVER, "out close us=5 1000;in close us=10 1000;in end fin us=1000010",
          "closed by me, clean, local 1000, remote 1000" },
        { SERVER, "out close us=5 1000;in close us=10 1000;in end fin us=1000011",
          "closed by me, dropped by me, local 1000, remote 1000" },
        { SERVER, "in close us=10 1002;out close ours us=20 1002;in end fin us=1000021",
          "closed by it, clean, dropped by me, local 1002, remote 1002" },
        /* Asked whether it goes on, it comes with the error that was under way. */
        { SERVER, "out text \"a\";out close ours 1000;in close 1002;in end fin",
          "closed by it, clean, local 1000, remote 1002" },
        { SERVER, "out text \"a\";out close ours 1000;in close 1000;in end fin",
          "closed by me, clean, local 1000, remote 1000" },
        { SERVER, "closing;out close ours 1000;in close 1002;in end fin",
          "closed by me, clean, local 1000, remote 1002" },
        /* A Close that breaks the rules is failed. */
        { SERVER, "out close 1000;in close 1005;in end fin",
          "closed by me, dropped by me, failed by me, local 1000, remote 1005" },
        { SERVER, "out text \"a\";in close 999;out close ours;in end fin",
          "closed by me, clean, failed by me, local -1, remote 999" },
        /* Only the last connection counts. */
        { SERVER, "in close 1002;in end fin;out close #1 1000;in close #1 1000;in end fin #1",
          "closed by me, clean, local 1000, remote 1000" },
        { ROLE_SERVER, "out head GET;", "in head 400;in end fin",
          "not opened, closed by it, local -1, remote -1" },
        { ROLE_CLIENT, "in head GET;", "out head 400;in end fin",
          "not opened, closed by it, local -1, remote -1" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct transcript t = { 0 };
        struct ending e;
        char talk[1000], said[400];
        snprintf(talk, sizeof talk, "%s%s", rows[i].head, rows[i].talk);
        talk_read(&t, talk);
        ending_read(&t, rows[i].role, &e);
        say(&e, said);
        cr_expect_str_eq(said, rows[i].says, "%s\nsays %s\nnot  %s", talk, said, rows[i].says);
        transcript_free(&t);
    }
}

Test(verdict_ending, of_nothing_is_nothing)
{
    struct transcript t = { 0 };
    struct ending e;

    ending_read(&t, ROLE_SERVER, &e);
    cr_expect(!e.opened && !e.closed_by_me && !e.was_clean);
    cr_expect_eq(e.local_code, -1);
    cr_expect_eq(e.remote_code, -1);
}
