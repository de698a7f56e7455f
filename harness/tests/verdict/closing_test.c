#include "verdict/closing.h"

#include <criterion/criterion.h>

#include "base/buf.h"
#include "tests/support/talk.h"

/* "closing grade @entry unsure: reason [remark]" */
static void say(const struct closing_finding *f, char out[400])
{
    char entry[32] = "";

    if (f->entry != ENTRY_NO_STEP)
        snprintf(entry, sizeof entry, " @%zu", f->entry);
    snprintf(out, 400, "%s %s%s%s%s%s%s%s%s", verdict_closing_name(f->closing),
             verdict_name(f->grade), entry, f->unsure ? " unsure" : "", f->reason ? ": " : "",
             f->reason ? f->reason : "", f->remark ? " [" : "", f->remark ? f->remark : "",
             f->remark ? "]" : "");
}

Test(verdict_closing, each_way_to_end_has_its_name_and_grade)
{
    static const struct {
        enum case_role role;
        const char *talk, *says;
    } rows[] = {
        { ROLE_SERVER, "in text \"a\"", "none pass" },
        { ROLE_SERVER, "in close 1002;in end fin", "none pass" },
        { ROLE_SERVER, "closing;out close ours 1000;in close 1000;in end fin", "clean pass" },
        { ROLE_SERVER, "closing;out close ours 1000;in close;in end fin", "clean pass" },
        { ROLE_SERVER, "closing;out close ours 1000;in close 1011;in end fin",
          "wrong code info @2: it answered our Close with another code" },
        /* Theirs came first: it answers nothing. */
        { ROLE_SERVER, "in close 1011;closing;out close ours 1000;in end fin", "clean pass" },
        { ROLE_SERVER, "closing;out close ours 1000;in close 1000;in end reset",
          "clean pass [TCP was reset at the end instead of ended in order]" },
        { ROLE_SERVER, "closing;out close ours 1000;in close 1000;in end tls-cut",
          "clean pass [TLS was not ended with close_notify]" },
        { ROLE_SERVER, "out close 1000;in close 1000;closing;in end fin", "clean pass" },
        { ROLE_SERVER, "closing;out close ours 1000;in end fin",
          "unclean fail @2: it ended the connection without answering our Close" },
        { ROLE_SERVER, "closing;out close ours 1000;in end reset",
          "unclean fail @2 unsure: it ended the connection without answering our Close" },
        { ROLE_SERVER, "closing;out close ours 1000;silent",
          "late fail: it did not answer our Close in time" },
        { ROLE_SERVER, "closing;out close ours 1000;in close 1000;silent",
          "wrong end fail: it answered our Close but did not end TCP, which is the server's part" },
        { ROLE_CLIENT, "closing;out close ours 1000;in close 1000;out end fin ours;silent",
          "wrong end fail: it answered our Close but did not end TCP after we did" },
        { ROLE_SERVER, "closing;out close ours us=0 1000;in close us=10 1000;in end fin us=1000010",
          "clean pass" },
        { ROLE_SERVER, "closing;out close ours us=0 1000;in close us=10 1000;in end fin us=1000011",
          "late warn @3 unsure: it ended TCP more than a second after both Closes had passed" },
        { ROLE_CLIENT, "closing;out close ours us=0 1000;in close us=10 1000;in end fin us=1000011",
          "clean pass" },
        { ROLE_SERVER,
          "in close us=5 1000;out close ours us=2000000 1000;closing;in end fin us=2500000",
          "clean pass" },
        /* Another connection's Close answers nothing. */
        { ROLE_SERVER, "in close 1000;in end fin;closing #1;out close ours #1 1000;silent #1",
          "late fail: it did not answer our Close in time" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct transcript t = { 0 };
        struct closing_finding f;
        char said[400];
        talk_read(&t, rows[i].talk);
        closing_judge(&t, rows[i].role, &f);
        say(&f, said);
        cr_expect_str_eq(said, rows[i].says, "%s\nsays %s\nnot  %s", rows[i].talk, said,
                         rows[i].says);
        transcript_free(&t);
    }
}
