#include "verdict/dropin.h"

#include <criterion/criterion.h>

#include "tests/support/one_case.h"
#include "tests/support/talk.h"

/* A case, our own verdict on its behaviour, what happened, and both words of the other suite. */
struct row {
    const char *steps;
    enum verdict_kind strict;
    const char *talk, *says;
};

#define CLOSED_BY_US "closing;out close ours 1000;in close 1000;in end fin"
#define FAILED_1002 "in close 1002;out close ours 1002;in end fin"

static bool holds(const struct row *row, enum case_role role)
{
    const char *head =
        role == ROLE_SERVER ? "out head GET;in head 101;" : "in head GET;out head 101;";
    struct verdict strict = { .result = row->strict, .behaviour = row->strict };
    struct transcript t = { .seed = 1 };
    struct one_case one;
    struct dropin grade;
    char talk[1000], said[100];

    one_case_init(&one, row->steps);
    snprintf(talk, sizeof talk, "%s%s", strncmp(row->talk, "out head", 8) == 0 ? "" : head,
             row->talk);
    talk_read(&t, talk);
    cr_assert(dropin_grade(one.c, &t, role, &strict, &grade));
    snprintf(said, sizeof said, "%s, %s", dropin_behavior_name(grade.behavior),
             dropin_close_name(grade.close));
    bool same = strcmp(said, row->says) == 0;
    if (!same)
        fprintf(stderr, "  steps: %s\n  talk:  %s\n  said:  %s\n  not:   %s\n", row->steps,
                row->talk, said, row->says);
    cr_expect(grade.result[0] && grade.result_close[0], "both grades have their sentence");
    transcript_free(&t);
    one_case_free(&one);
    return same;
}

static void check(const struct row *rows, size_t count, enum case_role role)
{
    unsigned wrong = 0;

    for (size_t i = 0; i < count; i++)
        wrong += !holds(&rows[i], role);
    cr_assert_eq(wrong, 0, "%u rows of %zu are wrong", wrong, count);
}

#define CHECK(rows, role) check(rows, sizeof rows / sizeof *rows, role)

#define ECHO "also autobahn 1.1.2\nsend text \"a\"\nexpect echo"

Test(verdict_dropin, takes_our_grade_where_data_is_expected)
{
    static const struct row rows[] = {
        { ECHO, VERDICT_PASS, "out text \"a\";in text \"a\";" CLOSED_BY_US, "OK, OK" },
        { ECHO, VERDICT_WARN, "out text \"a\";in text \"a\";" CLOSED_BY_US, "NON-STRICT, OK" },
        { ECHO, VERDICT_INFO, "out text \"a\";in text \"a\";" CLOSED_BY_US, "INFORMATIONAL, OK" },
        { ECHO, VERDICT_FAIL, "out text \"a\";in text \"b\"", "FAILED, UNCLEAN" },
        { ECHO, VERDICT_FAIL, "out text \"a\";in close 1002;in end fin", "FAILED, FAILED" },
        { ECHO, VERDICT_SKIP, "", "UNIMPLEMENTED, OK" },
        { ECHO, VERDICT_FAIL, "out head GET;in head 400;in end fin", "FAILED, FAILED" },
    };
    CHECK(rows, ROLE_SERVER);
}

#define BLOCK                                                                                      \
    "also autobahn 3.2 { ok { expect echo } nonstrict { expect nothing } }\n"                      \
    "send text \"a\"\nsend text \"b\" rsv2\nsend ping\n"                                           \
    "either { expect echo expect fail 1002 } or { expect fail 1002 }"
#define SENT "out text \"a\";out text rsv=2 \"b\";out ping;"

#define FAIL "also autobahn 3.1\nsend text \"a\" rsv3\nexpect fail 1002"

Test(verdict_dropin, wants_nothing_but_the_end_where_a_fail_is_expected)
{
    static const struct row rows[] = {
        { FAIL, VERDICT_PASS, "out text rsv=1 \"a\";" FAILED_1002, "OK, OK" },
        { FAIL, VERDICT_WARN, "out text rsv=1 \"a\";in close 1007;in end fin", "OK, WRONG CODE" },
        { FAIL, VERDICT_WARN, "out text rsv=1 \"a\";in close;in end fin", "OK, OK" },
        { FAIL, VERDICT_WARN, "out text rsv=1 \"a\";in end fin", "OK, OK" },
        { FAIL, VERDICT_WARN, "out text rsv=1 \"a\";in close 1002;silent", "OK, FAILED BY CLIENT" },
        /* Who ignores the frame has done nothing wrong on that axis. */
        { FAIL, VERDICT_FAIL, "out text rsv=1 \"a\";in pong ours \"barrier 1\";passed;silent",
          "OK, FAILED" },
        { FAIL, VERDICT_FAIL, "out text rsv=1 \"a\";out close ours 1000;in close 1000;in end fin",
          "OK, FAILED" },
        { FAIL, VERDICT_FAIL, "out text rsv=1 \"a\";in text \"a\"", "FAILED, FAILED" },
    };
    CHECK(rows, ROLE_SERVER);
}

Test(verdict_dropin, a_client_waits_for_us_to_end_tcp)
{
    static const struct row rows[] = {
        { FAIL, VERDICT_WARN, "out text rsv=1 \"a\";in close 1002;out end fin ours;silent",
          "OK, OK" },
        { ECHO, VERDICT_PASS,
          "out text \"a\";in text \"a\";closing;out close ours 1000;in close 1000;"
          "out end fin ours;in end fin",
          "OK, OK" },
        /* As a server that suite hangs up at the Close, and hears no more. */
        { BLOCK, VERDICT_FAIL, SENT "in close 1002;in text \"a\";in end fin", "NON-STRICT, OK" },
    };
    CHECK(rows, ROLE_CLIENT);
}

Test(verdict_dropin, a_block_lists_all_that_may_come)
{
    static const struct row rows[] = {
        { BLOCK, VERDICT_PASS, SENT "in text \"a\";" FAILED_1002, "OK, OK" },
        { BLOCK, VERDICT_PASS, SENT FAILED_1002, "NON-STRICT, OK" },
        { BLOCK, VERDICT_FAIL, SENT "in text \"a\";in text \"b\";" FAILED_1002, "FAILED, OK" },
        { BLOCK, VERDICT_FAIL, SENT "in text \"a\";in pong;" FAILED_1002, "FAILED, OK" },
        { BLOCK, VERDICT_FAIL, SENT "in pong;" FAILED_1002, "FAILED, OK" },
        { BLOCK, VERDICT_PASS, SENT "in pong ours \"barrier 1\";" FAILED_1002, "NON-STRICT, OK" },
        { BLOCK, VERDICT_FAIL, SENT "in close 1002;in text \"a\";in end fin", "OK, OK" },
        { BLOCK, VERDICT_SKIP, SENT FAILED_1002, "UNIMPLEMENTED, OK" },
        { "also autobahn 5.6 { ok { expect pong \"p\" expect echo } }\nsend text \"a\"\n"
          "send ping \"p\"\nunordered { expect pong \"p\" expect echo }",
          VERDICT_PASS, "out text \"a\";out ping \"p\";in pong \"p\";in text \"a\";" CLOSED_BY_US,
          "OK, OK" },
        { "also autobahn 5.6 { ok { expect pong \"p\" expect echo } }\nsend text \"a\"\n"
          "send ping \"p\"\nunordered { expect pong \"p\" expect echo }",
          VERDICT_PASS, "out text \"a\";out ping \"p\";in text \"a\";in pong \"p\";" CLOSED_BY_US,
          "FAILED, OK" },
        { "also autobahn 7.3.9 { ok { expect close 1001 } nonstrict { expect close 1000 } }\n"
          "send close 1000\nexpect close 1000",
          VERDICT_PASS, "out close 1000;in close 1000;in end fin", "NON-STRICT, OK" },
        { "also autobahn 7.1.6 { informational { } }\nsend close 1000\nexpect close 1000",
          VERDICT_PASS, "out close 1000;in text \"a\";in end fin", "INFORMATIONAL, INFORMATIONAL" },
    };
    CHECK(rows, ROLE_SERVER);
}

#define LATE(number)                                                                               \
    "also autobahn " number "\nsend text \"a\" fin=0\n"                                            \
    "prefer { expect fail 1007 } otherwise warn \"late\" { send continuation \"b\" expect fail "   \
    "1007 }"

Test(verdict_dropin, who_fails_only_in_the_second_stage_is_not_strict)
{
    static const struct row rows[] = {
        { LATE("6.4.1"), VERDICT_PASS, "out text nofin @2 \"a\";expect @3;in close 1007;in end fin",
          "OK, OK" },
        { LATE("6.4.1"), VERDICT_WARN, "out text nofin @2 \"a\";expect @3;in close 1002;in end fin",
          "OK, WRONG CODE" },
        { LATE("6.4.1"), VERDICT_WARN,
          "out text nofin @2 \"a\";expect @3;silent;out continuation @7 \"b\";expect @8;"
          "in close 1007;in end fin",
          "NON-STRICT, OK" },
    };
    CHECK(rows, ROLE_SERVER);
}

Test(verdict_dropin, some_categories_let_the_closing_decide)
{
    static const struct row rows[] = {
        /* 6: who goes on has not noticed. Elsewhere that is the closing's own affair. */
        { "also autobahn 6.3.1\nsend text x\"ff\"\nexpect fail 1007", VERDICT_FAIL,
          "out text x\"ff\";out close ours 1000;in close 1000;in end fin", "FAILED, FAILED" },
        { "also autobahn 5.1\nsend ping \"\" fin=0\nexpect fail 1002", VERDICT_FAIL,
          "out ping nofin;out close ours 1000;in close 1000;in end fin", "OK, FAILED" },
        /* 7: a wrong code fails. */
        { "also autobahn 7.9.1\nsend close 0\nexpect fail 1002", VERDICT_FAIL,
          "out close 0;in close 1000;in end fin", "FAILED, WRONG CODE" },
        { "also autobahn 7.9.1\nsend close 0\nexpect fail 1002", VERDICT_WARN,
          "out close 0;in end fin", "OK, OK" },
        { "also autobahn 7.9.1\nsend close 0\nexpect fail 1002", VERDICT_PASS,
          "out close 0;in close 1002;in end fin", "OK, OK" },
        { "also autobahn 7.7.2\nsend close 1001\nexpect close 1000 or 1001 or none", VERDICT_PASS,
          "out close 1001;in close 1001;in end fin", "OK, OK" },
        { "also autobahn 7.7.2\nsend close 1001\nexpect close 1000 or 1001 or none", VERDICT_FAIL,
          "out close 1001;in close 1002;in end fin", "FAILED, WRONG CODE" },
        { "also autobahn 7.7.2\nsend close 1001\nexpect close 1000 or 1001 or none", VERDICT_FAIL,
          "out close 1001;in end fin", "OK, UNCLEAN" },
        { "also autobahn 2.7\nsend pong\nsend close 1000\nexpect close 1000", VERDICT_INFO,
          "out pong;out close 1000;in close 1001;in end fin", "OK, WRONG CODE" },
    };
    CHECK(rows, ROLE_SERVER);
}

/* "by me, clean, 1000 1001" */
static void say_expected(const struct dropin_expected *x, char out[100])
{
    int n = snprintf(out, 100, "by %s%s,", x->closed_by_me ? "me" : "it",
                     x->require_clean ? ", clean" : "");

    for (size_t i = 0; i < x->n_codes; i++)
        n += snprintf(out + n, 100 - (size_t)n, " %u", x->codes[i]);
}

Test(verdict_dropin, who_closes_and_how_follows_from_the_steps)
{
    static const struct {
        const char *steps, *says;
    } rows[] = {
        { "expect nothing", "by me, clean, 1000" },
        { "send text \"a\"\nexpect echo\nclose 3000", "by me, clean, 1000" },
        { "send text \"a\" rsv1\nexpect fail 1002 1007", "by it, 1002 1007" },
        { "send text \"a\" rsv1\neither { expect fail 1002 } or { expect fail 1009 }",
          "by it, 1002" },
        { "send text \"a\" fin=0\nprefer { expect fail 1007 } otherwise warn \"late\" { send "
          "continuation \"\"\nexpect fail 1002 }",
          "by it, 1007" },
        { "send close 1001\nexpect close 1000 or 1001 or none\nexpect eof",
          "by me, clean, 1000 1001" },
        { "send close 1\nexpect fail 1002", "by me, 1002" },
        { "together { send close 1 }\nexpect fail 1002", "by me, 1002" },
        { "send close rsv1\nexpect fail 1002", "by it, 1002" },
        { "send text \"a\"\neither { expect echo } or info \"limit\" { expect fail 1009 }",
          "by me, clean, 1000" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct verdict strict = { .result = VERDICT_PASS };
        struct transcript t = { 0 };
        struct one_case one;
        struct dropin grade;
        char steps[400], said[100];
        snprintf(steps, sizeof steps, "also autobahn 1.1\n%s", rows[i].steps);
        one_case_init(&one, steps);
        talk_read(&t, "out head GET;in head 101;in end fin");
        cr_assert(dropin_grade(one.c, &t, ROLE_SERVER, &strict, &grade));
        say_expected(&grade.expected, said);
        cr_expect_str_eq(said, rows[i].says, "%s\nsays %s\nnot  %s", steps, said, rows[i].says);
        transcript_free(&t);
        one_case_free(&one);
    }
}

Test(verdict_dropin, has_no_word_for_a_case_without_number)
{
    struct transcript t = { 0 };
    struct verdict strict = { .result = VERDICT_PASS };
    struct dropin grade = { .behavior = DROPIN_FAILED };
    struct one_case one;

    one_case_init(&one, "expect nothing");
    cr_expect_not(dropin_grade(one.c, &t, ROLE_SERVER, &strict, &grade));
    cr_expect_eq(grade.behavior, DROPIN_FAILED);
    one_case_free(&one);
}
