#include "drive/stage.h"

#include "drive/doubt.h"

#define CASE(name, steps) "case " name " \"A case\" {\nnote \"n\"\n" steps "\n}\n"
#define ECHO(name) CASE(name, "send text \"hello\"\nexpect echo")
/* Its echo comes when nobody else is there: beside others it is under way until they end. */
#define WAIT(name) CASE(name, "send text \"wait\"\nexpect echo")
#define SAY(name, word) CASE(name, "send text \"" word "\"\nexpect echo")
static const unsigned jobs_rows[] = { 1, 8 };
#define JOBS_ROWS (sizeof jobs_rows / sizeof *jobs_rows)

static struct stage stage;

Test(schedule, a_good_server_passes_in_one_attempt)
{
    for (size_t k = 0; k < JOBS_ROWS; k++) {
        stage_url(&stage, "echo");
        stage.options.jobs = jobs_rows[k];
        stage_cases(&stage, "for n in 1..20 { " ECHO("echo-${n}") " }");
        stage_cases(&stage, CASE("ping", "send ping \"p\"\nexpect pong \"p\""));
        stage_cases(&stage, CASE("close", "send close 1000\nexpect close 1000\nexpect eof"));
        struct seen seen = stage_run(&stage);
        cr_assert_eq(seen.err.code, ERR_NONE, "%s", seen.err.text);
        for (size_t i = 0; i < stage.n_cases; i++) {
            stage_expect(&seen, i, "pass", "");
            cr_expect_eq(seen.of[i].attempts, 1);
        }
        stage_free(&stage);
    }
}

/* A client that was not answered in the meantime gave up, and was blamed for it. */
Test(schedule, who_writes_byte_by_byte_keeps_nobody_waiting)
{
    stage_url(&stage, "echo");
    stage.options.jobs = 4;
    stage_cases(&stage, "for n in 1..3 { " CASE("long-${n}",
                                                "send binary random 60K cut=1\nexpect echo") " }");
    stage_cases(&stage, ECHO("short"));
    struct seen seen = stage_run(&stage);
    cr_assert_eq(seen.err.code, ERR_NONE, "%s", seen.err.text);
    for (size_t i = 0; i < stage.n_cases; i++)
        stage_expect(&seen, i, "pass", "");
    cr_expect_eq(seen.of[3].place, 0, "%zu others came first", seen.of[3].place);
    stage_free(&stage);
}

Test(schedule, no_cases_are_over_at_once)
{
    stage_url(&stage, "echo");
    struct seen seen = stage_run(&stage);
    cr_assert_eq(seen.n, 0);
    cr_assert_eq(seen.err.code, ERR_NONE);
    stage_free(&stage);
}

static void expect_bad(const char *habit, const char *reason, unsigned jobs)
{
    stage_url(&stage, habit);
    stage.options.jobs = jobs;
    stage.options.run.expect_us = 100000;
    stage.options.case_us = 2000000;
    stage_cases(&stage, "for n in 1..2 { " ECHO("echo-${n}") " }");
    stage_cases(&stage, CASE("close", "send close 1000\nexpect close 1000"));
    struct seen seen = stage_run(&stage);
    cr_assert_eq(seen.err.code, ERR_NONE, "%s: %s", habit, seen.err.text);
    for (size_t i = 0; i < stage.n_cases; i++) {
        stage_expect(&seen, i, "fail", reason);
        cr_expect_eq(seen.of[i].attempts, 2, "%s is convicted alone", habit);
        cr_expect_leq(seen.of[i].entries, TRANSCRIPT_ENTRIES_MAX + 1000, "%s", habit);
    }
    stage_free(&stage);
}

/* Each says so in bounded time and memory, and none is an error of ours. */
Test(schedule, bad_servers_fail_for_a_reason)
{
    static const struct {
        const char *habit, *reason;
    } rows[] = {
        { "silent", "nothing came in time" },        { "reset", "the connection was reset" },
        { "http", "the handshake was refused" },     { "noise", "what came is no HTTP response" },
        { "head", "what came is no HTTP response" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t k = 0; k < JOBS_ROWS; k++)
            expect_bad(rows[i].habit, rows[i].reason, jobs_rows[k]);
}

/* The time ends it or the log, whichever is full first: that is the machine's to say. */
Test(schedule, a_flood_is_ended_by_time_or_by_the_log)
{
    for (size_t k = 0; k < JOBS_ROWS; k++) {
        stage_url(&stage, "flood");
        stage.options.jobs = jobs_rows[k];
        stage.options.run.expect_us = 100000;
        stage_cases(&stage, "for n in 1..2 { " ECHO("echo-${n}") " }");
        struct seen seen = stage_run(&stage);
        cr_assert_eq(seen.err.code, ERR_NONE, "%s", seen.err.text);
        for (size_t i = 0; i < stage.n_cases; i++) {
            bool full = seen.of[i].result == VERDICT_ERROR;
            stage_expect(&seen, i, full ? "error" : "fail", full ? "the log of the case is" : "");
            cr_expect_leq(seen.of[i].entries, TRANSCRIPT_ENTRIES_MAX + 1000);
        }
        stage_free(&stage);
    }
}

/* How it answers a ping is another case's business: a server that closes every connection at once
 * lives. */
Test(schedule, who_answers_in_whatever_way_is_alive)
{
    stage_url(&stage, "curt");
    stage_cases(&stage, CASE("alive", "expect close any\nexpect eof\nexpect alive"));
    struct seen seen = stage_run(&stage);
    cr_assert_eq(seen.err.code, ERR_NONE, "%s", seen.err.text);
    stage_expect(&seen, 0, "pass", "");
    stage_free(&stage);
}

/* More frames than a transcript holds, and nothing that is awaited among them: what ends the
 * waiting has to find its place all the same. */
Test(schedule, a_flood_that_fills_the_transcript_ends_the_case)
{
    stage_url(&stage, "babble");
    stage_cases(&stage, CASE("pong", "send ping \"p\"\nexpect pong \"p\""));
    struct seen seen = stage_run(&stage);
    cr_assert_eq(seen.err.code, ERR_NONE, "%s", seen.err.text);
    stage_expect(&seen, 0, "error", "the log of the case is full");
    stage_free(&stage);
}

Test(schedule, the_time_for_a_case_bounds_every_expectation)
{
    stage_url(&stage, "silent");
    stage.options.run.expect_us = UINT64_C(3600) * 1000000;
    stage.options.case_us = 100000;
    stage_cases(&stage, ECHO("default"));
    stage_cases(&stage, CASE("own", "timeout 50ms\nsend text \"hello\"\nexpect echo"));
    struct seen seen = stage_run(&stage);
    cr_assert_eq(seen.err.code, ERR_NONE, "%s", seen.err.text);
    stage_expect(&seen, 0, "fail", "nothing came in time");
    stage_expect(&seen, 1, "fail", "nothing came in time");
    stage_free(&stage);
}

/* Cases 6 and 8 kill the server; the others are beside them, before and behind them. */
static void expect_convictions(const char *command, unsigned jobs, const char *how,
                               const char *stderr_text)
{
    static const size_t killers[] = { 6, 8 };
    struct err err = { 0 };

    stage_exec(&stage, command);
    stage.options.jobs = jobs;
    cr_assert(probe_reach(&stage.target, &err), "%s", err.text);
    stage_cases(&stage, "for n in 1..6 { " WAIT("wait-${n}") " }");
    stage_cases(&stage, SAY("exit", "exit") ECHO("between") SAY("again", "exit"));
    stage_cases(&stage, "for n in 1..6 { " ECHO("behind-${n}") " }");
    struct seen seen = stage_run(&stage);
    cr_assert_eq(seen.err.code, ERR_NONE, "%s", seen.err.text);
    for (size_t i = 0; i < stage.n_cases; i++) {
        bool kills = i == killers[0] || i == killers[1];
        stage_expect(&seen, i, kills ? "fail" : "pass", kills ? how : "");
        cr_expect(!kills || strstr(seen.of[i].stderr_text, stderr_text), "case %zu: \"%s\"", i,
                  seen.of[i].stderr_text);
    }
    cr_expect_geq(stage.target.starts, 4, "%u", stage.target.starts);
    stage_free(&stage);
}

Test(schedule, who_kills_the_server_is_convicted_alone_and_nobody_else)
{
    for (size_t k = 0; k < JOBS_ROWS; k++)
        expect_convictions(ODD("echo"), jobs_rows[k], "the target died: exited with 7",
                           "told to exit");
}

/* The sockets go when the server dies, the news of it when the shell around it has noticed. */
Test(schedule, also_when_the_news_of_the_death_comes_late)
{
    for (size_t k = 0; k < JOBS_ROWS; k++)
        expect_convictions("sh -c '\"" ODD_SERVER "\" echo {port}; exit 5'", jobs_rows[k],
                           "the target died: exited with 5", "told to exit");
}

/* Of a connection that ended in order, by a reset, and by a FIN in the middle of a frame. */
Test(schedule, also_who_killed_the_server_some_while_after_his_end)
{
    static const char *const ends[] = { "", "drop", "send text \"cut\" hold=1\nshutdown" };
    struct err err = { 0 };
    char killer[200];

    for (size_t k = 0; k < JOBS_ROWS; k++) {
        stage_exec(&stage, ODD("echo"));
        stage.options.jobs = jobs_rows[k];
        cr_assert(probe_reach(&stage.target, &err), "%s", err.text);
        stage_cases(&stage, "for n in 1..6 { " ECHO("echo-${n}") " }");
        for (size_t i = 0; i < 3; i++) {
            snprintf(killer, sizeof killer,
                     CASE("late-%zu", "send text \"late\"\nexpect echo\n%s\nexpect alive"), i,
                     ends[i]);
            stage_cases(&stage, killer);
        }
        stage_cases(&stage, "for n in 1..6 { " ECHO("behind-${n}") " }");
        struct seen seen = stage_run(&stage);
        cr_assert_eq(seen.err.code, ERR_NONE, "%s", seen.err.text);
        for (size_t i = 0; i < stage.n_cases; i++) {
            bool kills = i >= 6 && i < 9;
            stage_expect(&seen, i, kills ? "fail" : "pass", kills ? "killed by signal 14" : "");
        }
        stage_free(&stage);
    }
}

/* A busy machine makes a short death long: what counts is that the server served somebody since. */
Test(schedule, also_who_got_his_answer_while_the_server_was_dying)
{
    struct err err = { 0 };

    for (size_t k = 0; k < JOBS_ROWS; k++) {
        stage_exec(&stage, ODD("echo"));
        stage.options.jobs = jobs_rows[k];
        cr_assert(probe_reach(&stage.target, &err), "%s", err.text);
        stage_cases(&stage, ECHO("before") SAY("dying", "dying"));
        stage_cases(&stage, "for n in 1..3 { " ECHO("behind-${n}") " }");
        stage_cases(&stage, SAY("last", "dying"));
        struct seen seen = stage_run(&stage);
        cr_assert_eq(seen.err.code, ERR_NONE, "%s", seen.err.text);
        for (size_t i = 0; i < stage.n_cases; i++) {
            bool kills = i == 1 || i == 5;
            stage_expect(&seen, i, kills ? "fail" : "pass", kills ? "exited with 7" : "");
        }
        cr_expect_eq(seen.unsolved, 0, "%u", seen.unsolved);
        stage_free(&stage);
    }
}

/* The first lets the server die when the third has its turn. Who is to blame is not known then, but
 * who is not: the third lives on in a server that has served nobody else. */
Test(schedule, who_is_there_when_the_server_dies_of_another_is_not_convicted)
{
    struct err err = { 0 };

    stage_exec(&stage, ODD("echo"));
    cr_assert(probe_reach(&stage.target, &err), "%s", err.text);
    stage_cases(&stage, SAY("exit", "exit") SAY("later", "later"));
    stage_cases(&stage, CASE("there", "send text \"hello\"\nexpect echo\nwait 600ms\n"
                                      "send text \"more\"\nexpect echo"));
    struct seen seen = stage_run(&stage);
    cr_assert_eq(seen.err.code, ERR_NONE, "%s", seen.err.text);
    stage_expect(&seen, 0, "fail", "exited with 7");
    stage_expect(&seen, 2, "pass", "");
    cr_expect_gt(seen.unsolved, 0, "the death of which nobody is convicted is forgotten");
    stage_free(&stage);
}

/* What is looked at is what this case has used, not what others have before. */
Test(schedule, memory_and_cpu_are_counted_for_the_case_alone)
{
    struct err err = { 0 };

    stage_exec(&stage, ODD("echo"));
    cr_assert(probe_reach(&stage.target, &err), "%s", err.text);
    stage_cases(&stage, CASE("grow", "send text \"grow\"\nexpect echo\n"
                                     "expect memory grows below 32M"));
    stage_cases(&stage, CASE("spin", "send text \"spin\"\nexpect echo\nexpect cpu below 100ms"));
    stage_cases(&stage, CASE("neither", "send text \"hello\"\nexpect echo\n"
                                        "expect memory grows below 32M\nexpect cpu below 100ms"));
    struct seen seen = stage_run(&stage);
    cr_assert_eq(seen.err.code, ERR_NONE, "%s", seen.err.text);
    stage_expect(&seen, 0, "fail", "its memory grew beyond the limit");
    stage_expect(&seen, 1, "fail", "it used more CPU time than the limit");
    stage_expect(&seen, 2, "pass", "");
    stage_free(&stage);
}

Test(schedule, the_signal_that_killed_the_server_is_named)
{
    struct err err = { 0 };

    stage_exec(&stage, ODD("echo"));
    cr_assert(probe_reach(&stage.target, &err), "%s", err.text);
    stage_cases(&stage, SAY("kill", "kill") ECHO("echo"));
    struct seen seen = stage_run(&stage);
    cr_assert_eq(seen.err.code, ERR_NONE, "%s", seen.err.text);
    stage_expect(&seen, 0, "fail", "the target died: was killed by signal 9");
    stage_expect(&seen, 1, "pass", "");
    stage_free(&stage);
}

/* A server that forks goes on; beside others nobody knows whose child it was. */
Test(schedule, a_child_that_reports_its_death_convicts_a_case_that_runs_alone)
{
    struct err err = { 0 };

    stage_exec(&stage, ODD("echo"));
    cr_assert(probe_reach(&stage.target, &err), "%s", err.text);
    stage_cases(&stage, CASE("alone", "send text \"child\"\nexpect alive within 5s")
                            CASE("behind", "send text \"hello\"\nexpect alive within 5s")
                                SAY("beside", "child"));
    struct seen seen = stage_run(&stage);
    cr_assert_eq(seen.err.code, ERR_NONE, "%s", seen.err.text);
    stage_expect(&seen, 0, "fail", "the target died: one of its processes did (stderr: free()");
    stage_expect(&seen, 1, "pass", "");
    stage_expect(&seen, 2, "pass", "");
    stage_free(&stage);
}

Test(schedule, a_server_that_dies_at_every_case_is_given_up)
{
    struct err err = { 0 };

    stage_exec(&stage, ODD("echo"));
    cr_assert(probe_reach(&stage.target, &err), "%s", err.text);
    stage_cases(&stage, "for n in 1..60 { " SAY("exit-${n}", "exit") " }");
    struct seen seen = stage_run(&stage);
    cr_assert_eq(seen.err.code, ERR_TARGET);
    cr_assert(strstr(seen.err.text, "the target died 50 times"), "%s", seen.err.text);
    for (size_t i = 0; i < stage.n_cases; i++)
        cr_expect(!seen.of[i].told || seen.of[i].result == VERDICT_FAIL, "case %zu: %s", i,
                  seen.of[i].reason);
    stage_free(&stage);
}

/* The first start makes the mark that every later one stumbles over. */
Test(schedule, a_server_that_does_not_come_back_ends_it)
{
    char mark[] = P_tmpdir "/wsproof-test-XXXXXX", command[1024];
    struct err err = { 0 };
    int fd = mkstemp(mark);

    cr_assert_geq(fd, 0);
    close(fd);
    snprintf(command, sizeof command,
             "sh -c 'rm %s || { echo no second time >&2; exit 3; }; exec \"%s\" echo {port}'", mark,
             ODD_SERVER);
    stage_exec(&stage, command);
    cr_assert(probe_reach(&stage.target, &err), "%s", err.text);
    stage_cases(&stage, SAY("exit", "exit") ECHO("echo"));
    struct seen seen = stage_run(&stage);
    cr_assert_eq(seen.err.code, ERR_TARGET);
    cr_assert(strstr(seen.err.text, "the target exited with 3 before"), "%s", seen.err.text);
    cr_assert(strstr(seen.err.text, "no second time"), "%s", seen.err.text);
    stage_free(&stage);
}

Test(schedule, a_server_that_is_gone_and_not_ours_ends_it)
{
    for (size_t k = 0; k < JOBS_ROWS; k++) {
        stage_url(&stage, "echo");
        stage.options.jobs = jobs_rows[k];
        stage_cases(&stage, SAY("exit", "exit"));
        stage_cases(&stage, "for n in 1..20 { " SAY("gone-${n}", "exit") " }");
        struct seen seen = stage_run(&stage);
        cr_assert_eq(seen.err.code, ERR_TARGET);
        cr_assert(strstr(seen.err.text, "the target is gone: ws://127.0.0.1:"), "%s",
                  seen.err.text);
        for (size_t i = 0; i < stage.n_cases; i++)
            cr_expect(!seen.of[i].told || seen.of[i].result == VERDICT_ERROR,
                      "case %zu cannot be convicted: %s", i, seen.of[i].reason);
        stage_free(&stage);
    }
}

/* Of the two cases one is reset because the other has come. Alone it passes. */
Test(schedule, what_fails_only_beside_others_is_told_and_no_fail)
{
    stage_url(&stage, "pair");
    stage_cases(&stage, ECHO("one") ECHO("other"));
    struct seen seen = stage_run(&stage);
    cr_assert_eq(seen.err.code, ERR_NONE, "%s", seen.err.text);
    size_t reset = seen.of[0].result == VERDICT_INFO ? 0 : 1;
    stage_expect(&seen, reset, "info", "seen only beside other cases");
    cr_expect_eq(seen.of[reset].attempts, 2);
    stage_expect(&seen, 1 - reset, "pass", "");
    stage_free(&stage);
}

#define OR_WARN(name, word, good, bad)                                                             \
    CASE(name, "send text \"" word "\"\neither { " good " } or warn \"it does not\" { " bad " }")

/* The first keeps the second from its echo until that has given up. Alone it comes at once. */
Test(schedule, a_warn_that_is_seen_only_beside_others_is_told_and_no_warn)
{
    stage_url(&stage, "echo");
    stage.options.run.barriers = false;
    stage_cases(&stage, WAIT("first"));
    stage_cases(&stage,
                CASE("second",
                     "send text \"wait\"\nprefer { expect echo within 500ms } "
                     "otherwise warn \"it waits\" { send text \"more\"\nexpect text \"more\" }"));
    struct seen seen = stage_run(&stage);
    cr_assert_eq(seen.err.code, ERR_NONE, "%s", seen.err.text);
    stage_expect(&seen, 0, "pass", "");
    stage_expect(&seen, 1, "info", "it waits: seen only beside other cases");
    cr_expect_eq(seen.of[1].attempts, 2);
    stage_free(&stage);
}

/* Ten that end for one reason: two are looked at, and speak for all. */
Test(schedule, a_warn_that_holds_alone_twice_is_believed_of_others)
{
    unsigned looked_at = 0;

    stage_url(&stage, "http");
    stage_cases(&stage, "for n in 1..10 { " CASE("refused-${n}",
                                                 "either { expect response 101 } or warn "
                                                 "\"it refuses\" { expect refused 4xx }") " }");
    struct seen seen = stage_run(&stage);
    cr_assert_eq(seen.err.code, ERR_NONE, "%s", seen.err.text);
    for (size_t i = 0; i < stage.n_cases; i++) {
        stage_expect(&seen, i, "warn", "it refuses");
        looked_at += seen.of[i].attempts == 2;
    }
    cr_expect_eq(looked_at, DOUBT_HELD, "%u", looked_at);
    stage_free(&stage);
}

/* The bytes that came are its manner, whoever is beside it. */
Test(schedule, a_warn_over_bytes_in_good_order_needs_no_second_look)
{
    stage_url(&stage, "echo");
    stage_cases(&stage, "for n in 1..4 { " OR_WARN("echo-${n}", "hello", "expect text \"no\"",
                                                   "expect echo") " }");
    struct seen seen = stage_run(&stage);
    cr_assert_eq(seen.err.code, ERR_NONE, "%s", seen.err.text);
    for (size_t i = 0; i < stage.n_cases; i++) {
        stage_expect(&seen, i, "warn", "it does not");
        cr_expect_eq(seen.of[i].attempts, 1);
    }
    stage_free(&stage);
}

Test(schedule, a_case_whose_need_is_not_met_is_skipped)
{
    struct profile profile = { .rows = { { "subprotocol", "chat" } }, .count = 1 };

    stage_url(&stage, "echo");
    stage.options.profile = &profile;
    stage.probe.echoes = false;
    stage_cases(&stage, CASE("origin", "needs origin\nsend ping \"p\"\nexpect pong \"p\""));
    stage_cases(&stage, CASE("chat", "needs subprotocol\nsend ping \"p\"\nexpect pong \"p\""));
    stage_cases(&stage, CASE("echo", "needs echo\nsend text \"a\"\nexpect echo"));
    struct seen seen = stage_run(&stage);
    cr_assert_eq(seen.err.code, ERR_NONE, "%s", seen.err.text);
    stage_expect(&seen, 0, "skip", "needs set-up: origin");
    cr_expect_eq(seen.of[0].attempts, 0);
    stage_expect(&seen, 1, "pass", "");
    stage_expect(&seen, 2, "skip", "the target does not echo");
    stage_free(&stage);
}

/* Freed in the middle of it all: a sanitizer tells what was forgotten. */
Test(schedule, can_be_left_with_cases_under_way)
{
    struct outcome o;
    struct err err = { 0 };

    stage_url(&stage, "echo");
    stage_cases(&stage, CASE("ping", "send ping \"p\"\nexpect pong \"p\""));
    stage_cases(&stage, "for n in 1..5 { " WAIT("wait-${n}") " }");
    struct schedule *schedule =
        schedule_new(&stage.target, stage.cases, stage.n_cases, &stage.options, &stage.probe, &err);
    cr_assert(schedule && schedule_next(schedule, &o, &err), "%s", err.text);
    cr_expect_leq(schedule_running(schedule), 5);
    transcript_free(&o.transcript);
    schedule_free(schedule);
    stage_free(&stage);
}

/* For who has more to do than to wait. */
Test(schedule, who_waits_until_a_time_is_told_that_it_has_come)
{
    struct err err = { 0 };
    struct outcome o;

    stage_url(&stage, "echo");
    stage_cases(&stage, ECHO("echo"));
    struct schedule *schedule =
        schedule_new(&stage.target, stage.cases, stage.n_cases, &stage.options, &stage.probe, &err);
    cr_assert(schedule);
    cr_expect_eq(schedule_until(schedule, 0, &o, &err), SCHEDULE_TIME, "it is under way");
    cr_expect_eq(schedule_running(schedule), 1);
    cr_assert_eq(schedule_until(schedule, UINT64_MAX, &o, &err), SCHEDULE_OUTCOME);
    transcript_free(&o.transcript);
    cr_expect_eq(schedule_until(schedule, 0, &o, &err), SCHEDULE_OVER);
    cr_expect_eq(err.code, ERR_NONE);
    schedule_free(schedule);
    stage_free(&stage);
}

/* Each that got no answer is waited for again, as long as it was the first time. */
Test(schedule, what_is_left_counts_those_that_run_again_alone)
{
    const uint64_t wait_us = 100000;
    struct err err = { 0 };
    struct outcome o;

    stage_url(&stage, "silent");
    stage.options.run.expect_us = wait_us;
    stage_cases(&stage, "for n in 1..3 { " ECHO("echo-${n}") " }");
    struct schedule *schedule =
        schedule_new(&stage.target, stage.cases, stage.n_cases, &stage.options, &stage.probe, &err);
    cr_assert(schedule);
    cr_expect_not(schedule_left(schedule).known);
    for (uint64_t more = 2; more < 3; more--) {
        cr_assert(schedule_next(schedule, &o, &err), "%s", err.text);
        transcript_free(&o.transcript);
        struct forecast_left left = schedule_left(schedule);
        cr_expect(left.known && !left.at_least);
        cr_expect_geq(left.us, more * wait_us, "%llu more", (unsigned long long)more);
        cr_expect(more > 0 || left.us == 0);
    }
    schedule_free(schedule);
    stage_free(&stage);
}
