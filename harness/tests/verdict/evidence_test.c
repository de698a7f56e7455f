#include "tests/support/judged.h"
#include "ws/utf8.h"

/* What decides beside the case's own expectations: monitors, the process, several connections, the
 * rounds of a sweep; and what cannot be judged at all. */

#define OPEN JUDGED_OPEN
#define CLOSE JUDGED_CLOSE
#define ECHO "send text \"a\"\nexpect echo"
#define FAIL "send text \"a\" rsv1\nexpect fail 1002"
#define SENT OPEN "out text @2 \"a\";expect @3;"
#define SENT_BAD OPEN "out text rsv=4 @2 \"a\";expect @3;"
#define ANSWER "connected;in head GET;out head 101;expect @1;out text @2 \"a\";expect @3;"
#define CLIENT_CLOSE                                                                               \
    "closing;out close ours 1000;in close masked key=2 1000;out end fin ours;in end fin"

static const struct judged monitored[] = {
    { ECHO, SENT "in text masked key=1 \"a\";" CLOSE,
      "fail MASK_PRESENT @7: a server sent a masked frame" },
    { ECHO, SENT "in text rsv=4 \"a\";" CLOSE,
      "fail RSV1_SET @7: RSV1 is set without an extension that gives it a meaning" },
    { ECHO, SENT "in text form=16 \"a\";" CLOSE,
      "fail LEN_NOT_SHORT @7: the length is not in its shortest form" },
    { ECHO, SENT "in opcode11;in text \"a\";" CLOSE,
      "fail OPCODE_RESERVED @7: the opcode is reserved" },
    { ECHO, SENT "in text \"a\";closing;out close ours 1000;in close 1005;in end fin",
      "fail closing wrong code CLOSE_CODE_NEVER @11: a Close frame carries a code that never "
      "appears on the wire" },
    { ECHO, SENT "in text \"a\";closing;out close ours 1000;in close 999;in end fin",
      "fail closing wrong code CLOSE_CODE_RANGE @11: a Close frame carries a code below 1000" },
    { ECHO, SENT "in text \"a\";closing;out close ours 1000;in close 1000 x\"ff\";in end fin",
      "fail CLOSE_REASON_UTF8 @11: the reason in a Close frame is not valid UTF-8" },
    { "send binary x\"ff\"\nexpect text x\"ff\"",
      OPEN "out binary @2 x\"ff\";expect @3;in text broken x\"ff\";" CLOSE,
      "fail TEXT_NOT_UTF8 @8: a text message is not valid UTF-8" },
    /* Against a SHOULD is a warn, a MAY only a remark. */
    { ECHO, SENT "in text \"a\";closing;out close ours 1000;in close 2999;in end fin",
      "warn closing wrong code CLOSE_CODE_RESERVED @11: a Close frame carries a code that nobody "
      "has defined" },
    { ECHO, SENT "in text \"a\";closing;out close ours 1000;in close 1000;in pong;in end fin",
      "pass [a control frame follows the sender's own Close]" },
    /* Unread bytes behind our Close may have destroyed its answer; without them none was sent. */
    { "send close 1000\nsend ping\nexpect close 1000",
      OPEN "out close @2 1000;out ping @3;expect @4;in end reset;",
      "info @7 line 6 retry: a reset, and bytes of ours behind our Close that may have brought it "
      "about: whether a Close was sent cannot be told" },
    { "send close 1000\nexpect close 1000", OPEN "out close @2 1000;expect @3;in end reset;",
      "fail @6 line 5 retry: the connection was reset" },
    { "send close 1000\nsend ping\nexpect close 1000",
      OPEN "out close @2 1000;out ping @3;expect @4;in end fin;",
      "fail @7 line 6: the connection ended" },
    /* The handshake is watched too, and the bytes of a frame that never came whole. */
    { ECHO,
      "connected;out head GET;expect @1;in head 101 \"Content-Length: 5\\r\\n\";"
      "out text @2 \"a\";expect @3;in text \"a\";" CLOSE,
      "warn RES_BODY @3: the 101 announces a body" },
    { ECHO, SENT "in text \"a\";in partial text masked len=5 \"x\";" CLOSE,
      "fail MASK_PRESENT @9: a server sent a masked frame" },
    /* All that was found is told, the worst is the reason. */
    { ECHO, SENT "in text rsv=2 masked key=1 \"a\";" CLOSE,
      "fail MASK_PRESENT @7: a server sent a masked frame [RSV2 is set without an extension that "
      "gives it a meaning]" },
    { ECHO, SENT "in text \"a\";closing;out close ours 1000;in close 2999;in close;in end fin",
      "fail closing wrong code AFTER_CLOSE_CLOSE @12: a second Close was sent [a Close frame "
      "carries a code that "
      "nobody has defined]" },
    /* A mismatch that fails keeps its reason; a lesser one gives way to a MUST. */
    { ECHO, SENT "in text masked key=1 \"b\"",
      "fail @8 line 5: it is not the echo of the oldest message sent [a server sent a masked "
      "frame]" },
    { "level should\n" ECHO, SENT "in text masked key=1 \"b\"",
      "fail MASK_PRESENT @7: a server sent a masked frame" },
    { FAIL, SENT_BAD "in close 1007;in close;in end fin",
      "fail AFTER_CLOSE_CLOSE @8: a second Close was sent [it failed the connection with another "
      "code]" },
    /* What we sent is not the target's doing. */
    { FAIL, SENT_BAD "out text nofin rsv=7 @2 \"x\";in close 1002;in end fin", "pass" },
};

static const struct judged monitored_clients[] = {
    { ECHO, ANSWER "in text masked key=1 \"a\";" CLIENT_CLOSE, "pass" },
    { ECHO, ANSWER "in text \"a\";" CLIENT_CLOSE,
      "fail MASK_MISSING @7: a client sent a frame without a mask" },
};

Test(verdict_evidence, monitors_find_what_the_case_did_not_ask_for)
{
    JUDGED_TABLE(monitored, 0);
    JUDGED_TABLE(monitored_clients, .role = ROLE_CLIENT);
}

static const struct judged deaths[] = {
    { ECHO, SENT "died \"signal 11\";in end reset",
      "fail critical @7: the target died: signal 11" },
    { ECHO, SENT "died;in end reset", "fail critical @7: the target died: no status" },
    { ECHO, SENT "in text \"a\";died \"signal 6\";" CLOSE,
      "fail critical @9: the target died: signal 6" },
    { ECHO, SENT "in text \"a\";closing;out close ours 1000;died \"signal 6\";in end reset",
      "fail closing unclean critical @11: the target died: signal 6" },
    { "level may\nseverity minor\n" ECHO, SENT "in text \"a\";died \"signal 6\";" CLOSE,
      "fail critical @9: the target died: signal 6" },
    /* It may end where it should: with the case, or because it was told to. */
    { ECHO, SENT "in text \"a\";" CLOSE ";exited \"status 0\"", "pass" },
    { ECHO, SENT "in text \"a\";stderr \"warning\";output \"hello\";" CLOSE, "pass" },
    /* Death speaks even where the case had not begun to ask. */
    { ECHO, "connected;out head GET;died \"signal 11\";in end reset",
      "fail critical @2: the target died: signal 11" },
    { "drop\nexpect alive", OPEN "out end reset @2;expect @3;alive yes", "pass" },
    { "drop\nexpect alive", OPEN "out end reset @2;expect @3;alive \"refused\"",
      "fail @6 line 5: a fresh connection did not open and answer" },
};

Test(verdict_evidence, a_target_that_dies_has_failed_critically)
{
    JUDGED_TABLE(deaths, 0);
}

#define TWICE ECHO "\nreconnect\nsend text \"b\"\nexpect echo"
#define SECOND                                                                                     \
    "connected #1;out head #1 GET;expect #1 @5;in head #1 101;out text #1 @6 \"b\";expect #1 @7;"

static const struct judged connections[] = {
    { TWICE,
      SENT "in text \"a\";" SECOND
           "in text #1 \"b\";closing #1;out close #1 ours 1000;in close #1 1000;in end fin #1",
      "pass" },
    { TWICE, SENT "in text \"a\";" SECOND "in text #1 \"a\"",
      "fail @17 line 8: it is not the echo of the oldest message sent" },
    /* What the old connection still says is no answer on the new one. */
    { TWICE,
      SENT "in text \"a\";" SECOND "in text \"late\";in end fin;in text #1 \"b\";closing #1;"
           "out close #1 ours 1000;in close #1 1000;in end fin #1",
      "pass" },
    { TWICE, SENT "in text \"a\";" SECOND "in text \"b\";silent #1",
      "fail line 8: nothing came in time" },
    { TWICE, SENT "in end fin", "fail @7 line 5: the connection ended" },
};

Test(verdict_evidence, each_connection_answers_for_itself)
{
    JUDGED_TABLE(connections, 0);
}

#define EACH "each n in 5..8 {\nsend text \"${n}\"\nexpect echo\n}"
#define ROUND(n, text)                                                                             \
    "connected #" n " round=" n ";out head GET #" n " round=" n ";expect @1 #" n " round=" n       \
    ";in head 101 #" n " round=" n ";out text @2 #" n " round=" n " \"" text "\";expect @3 #" n    \
    " round=" n ";"
#define SAYS(n, text) "in text #" n " round=" n " \"" text "\";"

static const struct judged sweeps[] = {
    { EACH,
      ROUND("1", "5") SAYS("1", "5") ROUND("2", "6") SAYS("2", "6") ROUND("3", "7") SAYS("3", "7")
          ROUND("4", "8") SAYS("4", "8"),
      "pass [5-8 pass]" },
    { EACH,
      ROUND("1", "5") SAYS("1", "5") ROUND("2", "6") SAYS("2", "x") ROUND("3", "7") SAYS("3", "y")
          ROUND("4", "8") SAYS("4", "8"),
      "fail @17 line 6: 6: it is not the echo of the oldest message sent [5 pass, 6-7 fail, 8 "
      "pass]" },
    { EACH,
      ROUND("1", "5") SAYS("1", "x") ROUND("2", "6") SAYS("2", "x") ROUND("3", "7") SAYS("3", "x")
          ROUND("4", "8") SAYS("4", "x"),
      "fail @8 line 6: 5: it is not the echo of the oldest message sent [5-8 fail]" },
    { "level should\n" EACH,
      ROUND("1", "5") SAYS("1", "5") ROUND("2", "6") SAYS("2", "x") ROUND("3", "7") SAYS("3", "7")
          ROUND("4", "8") SAYS("4", "8"),
      "warn @17 line 7: 6: it is not the echo of the oldest message sent [5 pass, 6 warn, 7-8 "
      "pass]" },
    /* Rounds that were not run are told, and no pass. */
    { EACH, ROUND("1", "5") SAYS("1", "5") ROUND("2", "6") SAYS("2", "6"),
      "info: 2 more rounds were not run: too many took too long [5-6 pass]" },
    { EACH, ROUND("1", "5") SAYS("1", "5") ROUND("2", "6") SAYS("2", "x"),
      "fail @17 line 6: 6: it is not the echo of the oldest message sent [2 more rounds were not "
      "run: too many took too long] [5 pass, 6 fail]" },
    /* A monitor's finding is of the whole case. */
    { EACH,
      ROUND("1", "5") SAYS("1", "5") ROUND("2", "6") "in text #2 round=2 masked key=1 \"6\";" ROUND(
          "3", "7") SAYS("3", "7") ROUND("4", "8") SAYS("4", "8"),
      "fail MASK_PRESENT @16: a server sent a masked frame [5-8 pass]" },
    { "each n in 5 6 {\nsend text \"a\"\neither {\nexpect echo\n} or info \"loose\" {\nexpect "
      "text \"b\"\n}\n}",
      ROUND("1", "a") SAYS("1", "a") ROUND("2", "a") SAYS("2", "b"),
      "info: loose [5 pass, 6 info]" },
    { "each n in 5 6 {\nsend text \"a\"\neither {\nexpect echo\n} or info \"loose\" {\nexpect "
      "text \"b\"\n}\n}",
      ROUND("1", "a") SAYS("1", "b") ROUND("2", "a") SAYS("2", "a"),
      "info: loose [5 info, 6 pass]" },
    { EACH, ROUND("1", "5") SAYS("1", "5") ROUND("5", "9") SAYS("5", "9"),
      "error: the transcript has a round that the case has not" },
    { ECHO, ROUND("1", "a") SAYS("1", "a"),
      "error: the transcript has a round that the case has not" },
    { EACH, ROUND("1", "5") SAYS("1", "5") "expect @1 round=4294967295",
      "error: the transcript has a round that the case has not" },
};

Test(verdict_evidence, a_sweep_is_told_by_ranges)
{
    JUDGED_TABLE(sweeps, 0);
}

static const struct judged unfit[] = {
    { ECHO, "", "error: the transcript holds nothing to judge" },
    { ECHO, "in end not-reached \"refused\"", "error: the transcript holds nothing to judge" },
    { ECHO, "connected;out head GET;in head 101;note \"x\";in text \"a\"",
      "error: the transcript holds nothing to judge" },
    { ECHO, "connected;expect @1", "error: the transcript ends before the case does" },
    { ECHO, SENT, "error: the transcript ends before the case does" },
    { FAIL, SENT_BAD "in close 1002", "error: the transcript ends before the case does" },
    /* A step that is not there, or that awaits nothing. */
    { ECHO, OPEN "expect @4", "error: the transcript does not fit the case" },
    { ECHO, OPEN "expect @18446744073709551614", "error: the transcript does not fit the case" },
    { ECHO, OPEN "expect", "error: the transcript does not fit the case" },
    { ECHO, OPEN "expect @0", "error: the transcript does not fit the case" },
    { ECHO, OPEN "expect @2", "error: the transcript does not fit the case" },
    { "send text \"a\"\neither {\nexpect echo\n} or info \"x\" {\nexpect eof\n}", OPEN "expect @4",
      "error: the transcript does not fit the case" },
    /* Behind a mismatch nothing is awaited any more. */
    { ECHO, SENT "in text \"b\";expect @3;in text \"a\"",
      "error: the transcript does not fit the case" },
    /* Nothing is awaited before what was awaited earlier has come. */
    { ECHO, SENT "expect @3;in text \"a\";" CLOSE,
      "error: the transcript ends before the case does" },
    { ECHO, SENT "closing;out close ours 1000;in close 1000;in end fin",
      "error: the transcript ends before the case does" },
    /* A closing that nothing brought to its end, not even the time. */
    { ECHO, SENT "in text \"a\";closing", "error: the transcript ends before the closing does" },
    { ECHO, SENT "in text \"a\";closing;out close ours 1000",
      "error: the transcript ends before the closing does" },
    { ECHO, SENT "in text \"a\";closing;out close ours 1000;in close 1000",
      "error: the transcript ends before the closing does" },
    { ECHO, SENT "in text masked key=1 \"a\";closing;out close ours 1000",
      "fail MASK_PRESENT @7: a server sent a masked frame" },
};

Test(verdict_evidence, what_does_not_fit_the_case_is_our_error)
{
    JUDGED_TABLE(unfit, 0);
}

static struct verdict verdict_of(struct one_case *one, struct arena *a, const char *steps,
                                 const char *talk)
{
    struct verdict_options options = { .role = ROLE_SERVER };
    struct transcript t = { .seed = 1 };
    struct verdict v;

    one_case_init(one, steps);
    talk_read(&t, talk);
    cr_assert(verdict_judge(one->c, &t, &options, a, &v));
    transcript_free(&t);
    return v;
}

/* The texts outlive the transcript. */
Test(verdict_evidence, a_fail_carries_what_it_rests_on)
{
    static const struct {
        const char *steps, *talk, *requirement, *expected;
        enum severity severity;
    } rows[] = {
        { "proves R-1 R-2\n" ECHO, SENT "in text \"b\"", "R-1", "expect echo", SEVERITY_MAJOR },
        { "severity minor\n" ECHO, SENT "in text \"b\"", NULL, "expect echo", SEVERITY_MINOR },
        { "severity pedantic\n" FAIL, SENT_BAD "in text \"a\"", NULL, "expect fail 1002",
          SEVERITY_PEDANTIC },
        { "severity critical\n" FAIL, SENT_BAD "in text \"a\"", NULL, "expect fail 1002",
          SEVERITY_CRITICAL },
        { "proves R-1\nlevel should\n" ECHO, SENT "in text masked key=1 \"b\"", "RFC6455-5.1-4",
          NULL, SEVERITY_MAJOR },
        { "proves R-1\n" ECHO, SENT "in text \"a\";closing;out close ours 1000;in end fin",
          "RFC6455-5.5.1-8", "a Close, then the end of TCP", SEVERITY_MAJOR },
        { "proves R-1\nseverity minor\n" ECHO, SENT "died \"signal 11\";in end reset",
          "RFC6455-10.7-1", NULL, SEVERITY_CRITICAL },
        { "each n in 5 6 {\nsend text \"${n}\"\nexpect text \"${n}!\"\n}",
          ROUND("1", "5") SAYS("1", "5") ROUND("2", "6") SAYS("2", "6!"), NULL,
          "expect text \"5!\"", SEVERITY_MAJOR },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct one_case one;
        struct arena a = { 0 };
        struct verdict v = verdict_of(&one, &a, rows[i].steps, rows[i].talk);
        const char *requirement = v.requirement ? v.requirement : "-";
        const char *expected = v.expected ? v.expected : "-";
        cr_expect_str_eq(requirement, rows[i].requirement ? rows[i].requirement : "-",
                         "row %zu: %s", i, requirement);
        cr_expect_str_eq(expected, rows[i].expected ? rows[i].expected : "-", "row %zu: %s", i,
                         expected);
        cr_expect_eq(v.severity, rows[i].severity, "row %zu", i);
        arena_free(&a);
        one_case_free(&one);
    }
}

Test(verdict_evidence, a_case_that_did_not_run_says_why)
{
    static const struct {
        struct verdict (*make)(const char *);
        const char *says;
    } rows[] = { { verdict_skip, "skip: it has no echo" },
                 { verdict_error, "error: it has no echo" } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct verdict v = rows[i].make("it has no echo");
        struct buf said;
        buf_init(&said, 1 << 16);
        verdict_log(&v, &said);
        cr_expect(bytes_eq_str(buf_bytes(&said), rows[i].says), "%.*s",
                  BYTES_ARG(buf_bytes(&said)));
        cr_expect_eq(v.closing, CLOSING_NONE);
        buf_free(&said);
    }
}

/* It was an error of ours, and no fuzzer could show a lost byte of a message of 65536. */
Test(verdict_evidence, a_long_expectation_is_told_in_short)
{
    struct one_case one;
    struct verdict v;
    struct arena a = { 0 };
    struct buf steps;

    buf_init(&steps, 1 << 20);
    cr_assert(buf_append(&steps, BYTES_LIT("send text \"a\"\nexpect text \"")));
    for (int i = 0; i < 1500; i++)
        cr_assert(buf_append(&steps, BYTES_LIT("\xc3\xa4")));
    cr_assert(buf_append(&steps, bytes_of("\"", 2)));
    v = verdict_of(&one, &a, (const char *)steps.ptr, SENT "in text \"b\"");
    cr_expect_eq(v.result, VERDICT_FAIL, "%s", v.reason);
    cr_assert(v.expected);
    cr_expect_lt(strlen(v.expected), 2100);
    cr_expect(ws_utf8_valid(bytes_str(v.expected)), "%s", v.expected);
    cr_expect(strstr(v.expected, " more)"), "%s", v.expected);
    buf_free(&steps);
    arena_free(&a);
    one_case_free(&one);
}
