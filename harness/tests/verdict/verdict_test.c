#include "verdict/verdict.h"

#include "tests/support/judged.h"
#include "verdict/requirements.h"

#define OPEN JUDGED_OPEN
#define CLOSE JUDGED_CLOSE
#define ECHO "send text \"a\"\nexpect echo"
#define FAIL "send text \"a\" rsv1\nexpect fail 1002"
#define SENT OPEN "out text @2 \"a\";expect @3;"
#define SENT_BAD OPEN "out text rsv=4 @2 \"a\";expect @3;"
#define NEXT "out ping ours \"barrier 1\";in pong ours \"barrier 1\";passed;"
#define MARK "out text ours \"marker 2\";"
#define DOUBT NEXT "out close ours 1000;"

static const struct judged grades[] = {
    { ECHO, SENT "in text \"a\";" CLOSE, "pass" },
    { ECHO, SENT "in text \"b\"", "fail @8 line 5: it is not the echo of the oldest message sent" },
    { FAIL, SENT_BAD "in close 1002;out close ours 1002;in end fin", "pass" },
    { FAIL, SENT_BAD "in close 1007;out close ours 1007;in end fin",
      "warn: it failed the connection with another code" },
    { FAIL, SENT_BAD "in end fin", "warn: it ended the connection without a Close" },
    { FAIL, SENT_BAD "in text \"a\"", "fail @8 line 5: it went on: it answered with a message" },
    { "request {\nomit \"Upgrade\"\n}\nexpect refused",
      "connected;out head GET;expect @2;in head 400", "pass" },
    { "request {\nomit \"Upgrade\"\n}\nexpect refused",
      "connected;out head GET;expect @2;in head 500", "warn: it refused with another status" },
    { "request {\nomit \"Upgrade\"\n}\nexpect refused",
      "connected;out head GET;expect @2;in end fin",
      "warn: it ended the connection without an HTTP response" },
    { "request {\nomit \"Upgrade\"\n}\nexpect refused", "connected;out head GET;expect @2;silent",
      "warn: it did not answer the request in time" },
    { "request {\nomit \"Upgrade\"\n}\nexpect refused",
      "connected;out head GET;expect @2;in head 101", "fail @3 line 7: it accepted the handshake" },
    { ECHO, "connected;out head GET;expect @1;in head 403",
      "fail @3 line 4: the handshake was refused" },
    { ECHO, "connected;out head GET;expect @1;in bad \"SSH\"",
      "fail @3 line 4: what came is no HTTP response" },
};

Test(verdict_verdict, grades_what_came_against_what_was_expected)
{
    JUDGED_TABLE(grades, 0);
}

#define LOOSE(word)                                                                                \
    "send text \"a\"\neither {\nexpect echo\n} or " word " \"loose\" {\nexpect close 1001\n}"
#define LEFT "in close 1001;out close ours 1001;in end fin"

static const struct judged branches[] = {
    { LOOSE("info"), SENT "in text \"a\";" CLOSE, "pass" },
    { LOOSE("info"), SENT LEFT, "info: loose" },
    { LOOSE("warn"), SENT LEFT, "warn: loose" },
    { LOOSE("info"), SENT "in close 1002", "fail @7 line 6: a Close came" },
    /* The worse of two choices counts; both are told. */
    { LOOSE("info") "\neither {\nexpect eof\n} or warn \"slow\" {\nexpect nothing\n}",
      SENT "in close 1001;silent", "warn: slow" },
    { "either {\nexpect text \"x\"\n} or info \"one\" {\nexpect text \"1\"\n}\nsend text \"a\"\n"
      "either {\nexpect echo\n} or warn \"two\" {\nexpect text \"2\"\n}",
      OPEN "in text \"1\";out text @7 \"a\";expect @8;in text \"2\";" CLOSE, "warn: one [two]" },
    /* The grade of the branch and what is found in it: the worse. */
    { "send text \"a\" rsv1\neither {\nexpect echo\n} or info \"strict\" {\nexpect fail 1002\n}",
      SENT_BAD "in close 1002;in end fin", "info: strict" },
    { "send text \"a\" rsv1\neither {\nexpect echo\n} or info \"strict\" {\nexpect fail 1002\n}",
      SENT_BAD "in end fin", "warn: it ended the connection without a Close" },
};

Test(verdict_verdict, a_branch_is_worth_what_the_case_says)
{
    JUDGED_TABLE(branches, 0);
}

#define PREFER(second)                                                                             \
    "send text x\"ce\" fin=0\nprefer {\nexpect fail 1007\n} otherwise warn \"late\" {\n"           \
    "send continuation x\"64\"\n" second "\n}"
#define OFFERED OPEN "out text nofin @2 x\"ce\";expect @3;"
#define CHOSEN OFFERED NEXT "out continuation @7 \"d\";out message text @7 \"\\xce\x64\";expect @8;"

static const struct judged choices[] = {
    { PREFER("expect fail 1007"), OFFERED "in close 1007;out close ours 1007;in end fin", "pass" },
    { PREFER("expect fail 1007"), CHOSEN "in close 1007;out close ours 1007;in end fin",
      "warn: late" },
    { PREFER("expect fail 1007"), CHOSEN "in text \"\\xce\x64\"",
      "fail @13 line 9: it went on: it answered with a message [late]" },
    { PREFER("expect fail 1007"), CHOSEN "silent", "fail line 9: nothing came in time [late]" },
    { PREFER("expect fail 1007"), OFFERED, "error: the transcript ends before the case does" },
};

Test(verdict_verdict, a_choice_in_stages_is_as_good_as_the_stage_it_came_to)
{
    JUDGED_TABLE(choices, 0);
}

static const struct judged barriers[] = {
    { FAIL, SENT_BAD NEXT MARK "in message text ours \"marker 2\"",
      "fail @11 line 5 barrier: it went on: it echoed a message that was sent after the "
      "violation" },
    { FAIL, SENT_BAD MARK "in message text ours \"marker 2\"",
      "fail @8 line 5 barrier: it went on: it echoed a message that was sent after the "
      "violation" },
    { FAIL, SENT_BAD DOUBT "in close 1000",
      "fail @11 line 5 barrier: it answered our Close as if all were well" },
    { FAIL, SENT_BAD DOUBT "in close",
      "fail @11 line 5 barrier: it answered our Close as if all were well" },
    { FAIL, SENT_BAD "out ping ours \"barrier 1\";silent",
      "fail line 5 barrier: nothing came in time" },
    /* Answering a ping is no barrier. */
    { FAIL, SENT_BAD "in ping \"p\";out pong ours \"p\";silent",
      "fail line 5: nothing came in time" },
    /* A pong convicts nobody; the right Close after it is late. */
    { FAIL, SENT_BAD NEXT "in close 1002;in end fin", "warn retry: it failed the connection late" },
    { FAIL, SENT_BAD DOUBT "in close 1002;in end fin",
      "warn retry: it failed the connection late" },
    { FAIL, SENT_BAD DOUBT "in end fin",
      "warn retry: it ended the connection late, and without a Close" },
    { "send pong \"x\"\nexpect nothing", OPEN "out pong @2 \"x\";expect @3;" NEXT CLOSE, "pass" },
    /* What was awaited before and came true needs no second look. */
    { "send pong \"x\"\nexpect nothing\n" ECHO,
      OPEN "out pong @2 \"x\";expect @3;" NEXT "out text @4 \"a\";expect @5;in text \"b\"",
      "fail @13 line 7: it is not the echo of the oldest message sent" },
};

Test(verdict_verdict, a_fail_says_whether_a_barrier_had_a_part_in_it)
{
    JUDGED_TABLE(barriers, 0);
}

static const struct judged retries[] = {
    { FAIL, SENT_BAD "in end reset",
      "pass retry [it was reset: a Close, if there was one, is lost]" },
    { ECHO, SENT "in end reset", "fail @7 line 5 retry: the connection was reset" },
    { ECHO, SENT "in end fin", "fail @7 line 5: the connection ended" },
    { ECHO, SENT "in text \"a\";closing;out close ours 1000;in end reset",
      "fail behaviour pass closing unclean @11 retry: it ended the connection without answering "
      "our Close" },
    { ECHO,
      SENT "in text \"a\";closing;out close ours 1000;in close us=10 1000;in end fin us=1000011",
      "warn behaviour pass closing late @12 retry: it ended TCP more than a second after both "
      "Closes had passed" },
    { FAIL, SENT_BAD "in close 1002;in end reset", "pass" },
};

Test(verdict_verdict, what_a_reset_may_have_eaten_is_to_be_run_again)
{
    JUDGED_TABLE(retries, 0);
}

#define NOTHING "send pong \"x\"\nexpect nothing"
#define ASKED OPEN "out pong @2 \"x\";expect @3;"

static const struct judged quiet[] = {
    { NOTHING, ASKED "silent;" CLOSE, "pass" },
    { NOTHING, ASKED "" NEXT CLOSE, "pass" },
    { NOTHING, ASKED "in text \"a\"", "fail @7 line 5: a message came" },
    { NOTHING, ASKED "in close 1001", "fail @6 line 5: a Close came" },
    { NOTHING, ASKED "in end fin", "fail @6 line 5: the connection ended" },
    /* Keep-alive is nobody's answer. */
    { NOTHING, ASKED "in ping \"p\";out pong ours \"p\";in pong;silent;" CLOSE, "pass" },
    { ECHO, SENT "silent", "fail line 5: nothing came in time" },
    { ECHO, "connected;out head GET;expect @1;silent", "fail line 4: nothing came in time" },
    { "send ping \"p\"\nexpect pong \"p\"", OPEN "out ping @2 \"p\";expect @3;silent",
      "fail line 5: nothing came in time" },
    { "send text \"a\"\nexpect eof", SENT "silent", "fail line 5: nothing came in time" },
    { FAIL, SENT_BAD "in close 1002;out close ours 1002;silent",
      "warn: it did not end TCP in time after its Close" },
};

Test(verdict_verdict, silence_is_a_fail_only_where_something_is_due)
{
    JUDGED_TABLE(quiet, 0);
}

static const struct judged closings[] = {
    { ECHO, SENT "in text \"a\";closing;out close ours 1000;in end fin",
      "fail behaviour pass closing unclean @11: it ended the connection without answering our "
      "Close" },
    { ECHO, SENT "in text \"a\";closing;out close ours 1000;silent",
      "fail behaviour pass closing late: it did not answer our Close in time" },
    { ECHO, SENT "in text \"a\";closing;out close ours 1000;in close 1000;silent",
      "fail behaviour pass closing wrong end: it answered our Close but did not end TCP, which is "
      "the server's part" },
    { ECHO, SENT "in text \"a\";closing;out close ours 1000;in close 1000;in end reset",
      "pass [TCP was reset at the end instead of ended in order]" },
    /* A worse behaviour keeps its reason, the better one gives way. */
    { LOOSE("warn"), SENT "in close 1001;out close ours 1001;closing;in end fin us=2000000",
      "warn closing late retry: loose" },
    { LOOSE("info"), SENT "in close 1001;out close ours 1001;closing;in end fin us=2000000",
      "warn behaviour info closing late @10 retry: it ended TCP more than a second after both "
      "Closes had passed [loose]" },
    { LOOSE("warn"), SENT "in close 1001;out close ours 1001;closing;silent",
      "fail behaviour warn closing wrong end: it answered our Close but did not end TCP, which is "
      "the server's part [loose]" },
};

/* Who is under test decides who has to end TCP. */
static const struct judged client_closings[] = {
    { ECHO,
      "connected;in head GET;out head 101;expect @1;out text @2 \"a\";expect @3;"
      "in text masked key=1 \"a\";closing;out close ours 1000;in close masked key=2 1000;"
      "out end fin ours;in end fin us=2000000",
      "pass" },
    { ECHO,
      "connected;in head GET;out head 101;expect @1;out text @2 \"a\";expect @3;"
      "in text masked key=1 \"a\";closing;out close ours 1000;in close masked key=2 1000;"
      "out end fin ours;silent",
      "fail behaviour pass closing wrong end: it answered our Close but did not end TCP after we "
      "did" },
};

Test(verdict_verdict, the_result_is_the_worse_of_behaviour_and_closing)
{
    JUDGED_TABLE(closings, 0);
    JUDGED_TABLE(client_closings, .role = ROLE_CLIENT);
}

#define TARGET_FAILED SENT "in text \"b\""
#define OTHER_ECHO "line 6: it is not the echo of the oldest message sent"

static const struct judged levels[] = {
    { "level must\n" ECHO, TARGET_FAILED, "fail @8 " OTHER_ECHO },
    { "level should\n" ECHO, TARGET_FAILED, "warn @8 " OTHER_ECHO },
    { "level may\n" ECHO, TARGET_FAILED, "info @8 " OTHER_ECHO },
    { "proves T-MUST\n" ECHO, TARGET_FAILED, "fail @8 " OTHER_ECHO },
    { "proves T-SHOULD\n" ECHO, TARGET_FAILED, "warn @8 " OTHER_ECHO },
    { "proves T-MAY\n" ECHO, TARGET_FAILED, "info @8 " OTHER_ECHO },
    /* The strongest row counts, in any order; the case's own word goes before all of them. */
    { "proves T-MAY T-SHOULD\n" ECHO, TARGET_FAILED, "warn @8 " OTHER_ECHO },
    { "proves T-MUST T-SHOULD T-MAY\n" ECHO, TARGET_FAILED, "fail @8 " OTHER_ECHO },
    { "proves T-MUST\nlevel may\n" ECHO, TARGET_FAILED,
      "info @8 line 7: it is not the echo of the oldest message sent" },
    { "proves T-MAY\nlevel must\n" ECHO, TARGET_FAILED,
      "fail @8 line 7: it is not the echo of the oldest message sent" },
    { ECHO, TARGET_FAILED, "fail @8 line 5: it is not the echo of the oldest message sent" },
    /* A level is of what the case proves: a good grade is none, a branch has its own. */
    { "level may\n" ECHO, SENT "in text \"a\";" CLOSE, "pass" },
    { "level may\n" LOOSE("warn"), SENT LEFT, "warn: loose" },
    /* Nor does it soften what monitors and the closing axis have found. */
    { "level may\n" ECHO, SENT "in text masked key=1 \"a\";" CLOSE,
      "fail MASK_PRESENT @7: a server sent a masked frame" },
    { "level may\n" ECHO, SENT "in text masked key=1 \"b\"",
      "fail MASK_PRESENT @7: a server sent a masked frame" },
    { "level may\n" ECHO, SENT "in text \"a\";closing;out close ours 1000;in end fin",
      "fail behaviour pass closing unclean @11: it ended the connection without answering our "
      "Close" },
};

static void read_catalogue(struct arena *a, struct requirements *out)
{
    struct err err = { 0 };
    static const char table[] = "id\trfc\tsection\tlevel\trole\tsummary\ttestable\twhy_not\thow\n"
                                "T-MUST\tT\t1\tMUST NOT\tboth\ts\tboth-blackbox\t\t\n"
                                "T-SHOULD\tT\t1\tSHOULD\tboth\ts\tboth-blackbox\t\t\n"
                                "T-MAY\tT\t1\tMAY\tboth\ts\tboth-blackbox\t\t\n";

    cr_assert(requirements_parse(a, bytes_str(table), out, &err), "%s", err.text);
}

Test(verdict_verdict, a_breach_weighs_as_much_as_what_the_case_proves)
{
    struct requirements catalogue;
    struct arena a = { 0 };

    read_catalogue(&a, &catalogue);
    JUDGED_TABLE(levels, .requirements = &catalogue);
    arena_free(&a);
}

#define CONTESTED "contested \"two readings\"\n"

static const struct judged contests[] = {
    { CONTESTED ECHO, TARGET_FAILED, "warn contested @8 " OTHER_ECHO },
    { CONTESTED ECHO, SENT "in text \"a\";" CLOSE, "pass" },
    { CONTESTED LOOSE("warn"), SENT LEFT, "warn: loose" },
    { CONTESTED "level should\n" ECHO, TARGET_FAILED,
      "warn @8 line 7: it is not the echo of the oldest message sent" },
    { CONTESTED "severity critical\n" ECHO, TARGET_FAILED,
      "warn critical contested @8 line 7: it is not the echo of the oldest message sent" },
    /* No reading of the case's allows a masked frame, or to die. */
    { CONTESTED ECHO, SENT "in text masked key=1 \"a\";" CLOSE,
      "fail MASK_PRESENT @7: a server sent a masked frame" },
    { CONTESTED ECHO, SENT "in text masked key=1 \"b\"",
      "fail MASK_PRESENT @7: a server sent a masked frame" },
    { CONTESTED ECHO, SENT "in close 2999;out close ours 1000",
      "warn contested @7 line 6: a Close came [a Close frame carries a code that nobody has "
      "defined]" },
    { CONTESTED ECHO, SENT "died \"signal 11\";in end reset",
      "fail critical @7: the target died: signal 11" },
    { CONTESTED ECHO, SENT "in text \"a\";closing;out close ours 1000;in end fin",
      "fail behaviour pass closing unclean @11: it ended the connection without answering our "
      "Close" },
};

static const struct judged strict_contests[] = {
    { CONTESTED ECHO, TARGET_FAILED, "fail @8 " OTHER_ECHO },
    { CONTESTED ECHO, SENT "in text \"a\";" CLOSE, "pass" },
    { CONTESTED LOOSE("warn"), SENT LEFT, "warn: loose" },
    { CONTESTED "level should\n" ECHO, TARGET_FAILED,
      "warn @8 line 7: it is not the echo of the oldest message sent" },
    { CONTESTED "severity critical\n" ECHO, TARGET_FAILED,
      "fail critical @8 line 7: it is not the echo of the oldest message sent" },
};

Test(verdict_verdict, a_contested_case_warns_and_fails_only_who_asked_for_it)
{
    JUDGED_TABLE(contests, 0);
    JUDGED_TABLE(strict_contests, .strict = true);
}
