#define _GNU_SOURCE /* alarm beside C11 */
#include "fuzz/trial/convict.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/trial/convict_trials.h"
#include "fuzz/trial/convict_words.h"
#include "fuzz/trial/findings.h"
#include "io/file.h"

#define SERVER(habit) "'" ODD_SERVER "' " habit " {port}"
#define CLIENT(habit) "'" ODD_CLIENT "' " habit " {url}"
#define PATIENCE_S 100

/* A suspect, and where it is tried. */
struct court {
    struct fuzz_options o;
    struct stand stand;
    struct convict convict;
};

static void convene(struct court *c, enum case_role role, const char *command)
{
    struct err err = { 0 };

    alarm(PATIENCE_S);
    memset(c, 0, sizeof *c);
    c->o = (struct fuzz_options){
        .role = role, .command = command, .findings = "findings", .timeout_ms = 1000, .seed = 1
    };
    cr_assert(stand_open(&c->stand, &c->o, &err), "%s", err.text);
    c->stand.probe.echoes = true;
}

static void rise(struct court *c)
{
    convict_free(&c->convict);
    stand_close(&c->stand);
}

static enum convict_result judge(struct court *c, const struct suspicion *suspicion,
                                 const struct fuzz_session *session)
{
    struct err err = { 0 };

    cr_assert(convict_begin(&c->convict, suspicion, session));
    cr_assert(convict_judge(&c->convict, &c->stand, &err), "%s", err.text);
    return c->convict.result;
}

static struct fuzz_session text(const char *words)
{
    struct fuzz_session s = { .n_steps = 1 };

    s.steps[0] = (struct fuzz_step){ .fin = true, .opcode = WS_TEXT, .payload = bytes_str(words) };
    return s;
}

static struct suspicion difference(enum fuzz_difference difference, enum ws_rule rule)
{
    struct suspicion s = { .kind = SUSPICION_DIFFERENCE, .difference = difference, .rule = rule };

    snprintf(s.signature, sizeof s.signature, "suspect");
    snprintf(s.what, sizeof s.what, "it seemed so");
    return s;
}

static bool says(const struct convict *c, const char *words)
{
    return bytes_find(buf_bytes(&c->text), bytes_str(words)) < c->text.len;
}

Test(fuzz_convict, what_fails_twice_is_a_finding_by_the_row_that_its_case_proves)
{
    static struct court c;
    const struct suspicion s = difference(FUZZ_WRONG_ANSWER, WS_RULE_NONE);
    const struct fuzz_session hello = text("hello");

    convene(&c, ROLE_SERVER, SERVER("curt"));
    cr_expect_eq(judge(&c, &s, &hello), CONVICT_GUILTY);
    cr_expect(c.convict.verdict.requirement, "no row");
    cr_expect_eq(strncmp(c.convict.name, "fails.rfc6455-", 14), 0, "%s", c.convict.name);
    cr_expect(says(&c.convict, "send text \"hello\"\n"));
    cr_expect(says(&c.convict, "wsproof test says: "));
    rise(&c);
}

/* It fails however the frames come: its case is the simple one. */
Test(fuzz_convict, what_fails_in_any_time_needs_no_words_about_it)
{
    static struct court c;
    const struct suspicion s = difference(FUZZ_WRONG_ANSWER, WS_RULE_NONE);
    struct fuzz_session two = text("hello");

    two.steps[two.n_steps++] = two.steps[0];
    convene(&c, ROLE_SERVER, SERVER("mute"));
    cr_expect_eq(judge(&c, &s, &two), CONVICT_GUILTY);
    cr_expect(says(&c.convict, "    send text \"hello\"\n    send text \"hello\"\n"));
    rise(&c);
}

/* It was slow for a while, and takes a version that it must refuse: the case shows the second. */
Test(fuzz_convict, a_finding_is_called_what_its_case_shows)
{
    static struct court c;
    struct fuzz_session s = text("hello");
    struct suspicion hang;

    s.n_edits = 1;
    s.edits[0] =
        (struct fuzz_edit){ EDIT_HEADER, BYTES_LIT("Sec-WebSocket-Version"), BYTES_LIT("14") };
    suspicion_of_hang(2000, &hang);
    convene(&c, ROLE_SERVER, "'" PLANTED_SERVER "' {port} --bug takes-version-14");
    c.o.cpu_ms = 2000;
    cr_expect_eq(judge(&c, &hang, &s), CONVICT_GUILTY);
    cr_expect_str_eq(c.convict.name, "fails.rfc6455-4.2.1-8");
    cr_expect_str_eq(c.convict.sentence, "it accepted the handshake");
    rise(&c);
}

Test(fuzz_convict, a_good_server_is_cleared_and_the_verdict_told)
{
    static struct court c;
    const struct suspicion s = difference(FUZZ_WRONG_ANSWER, WS_RULE_NONE);
    const struct fuzz_session hello = text("hello");

    convene(&c, ROLE_SERVER, SERVER("echo"));
    cr_expect_eq(judge(&c, &s, &hello), CONVICT_CLEARED);
    cr_expect_str_eq(c.convict.why, "run as a case it is pass");
    rise(&c);
}

Test(fuzz_convict, a_death_that_does_not_come_again_accuses_nobody)
{
    static struct court c;
    const struct fuzz_session hello = text("hello");
    struct suspicion s;

    suspicion_of_death("was killed by signal 9 (Killed)", BYTES_LIT("oh"), &s);
    convene(&c, ROLE_SERVER, SERVER("echo"));
    cr_expect_eq(judge(&c, &s, &hello), CONVICT_NOT_AGAIN);
    cr_expect(says(&c.convict, "NOT REPRODUCED: seen once while fuzzing; "));
    cr_expect(says(&c.convict, "findings/" FINDINGS_UNCONFIRMED "/crash-killed-by-signal-9.case"));
    cr_expect(says(&c.convict, "The target's last words:"));
    rise(&c);
}

/* A server that is bad the first times that it is started, one or two, and good after that: a fail
 * is tried again on one that is started afresh. */
static const char *bad_at_first(const char *dir, const char *test)
{
    static char command[1024];

    snprintf(command, sizeof command,
             "sh -c 'd=\"%s\"; if { %s; } 2>/dev/null; then exec \"%s\" curt {port}; "
             "else exec \"%s\" echo {port}; fi'",
             dir, test, ODD_SERVER, ODD_SERVER);
    return command;
}

#define ONCE "mkdir \"$d/started\""
#define TWICE ONCE " || mkdir \"$d/again\""

static void remove_all(const char *dir)
{
    static const char *const inner[] = { "/started", "/again", ("/findings/" FINDINGS_UNCONFIRMED),
                                         "/findings", "" };
    char path[IO_DIR_PRIVATE_MAX + 64];

    for (size_t i = 0; i < sizeof inner / sizeof *inner; i++) {
        snprintf(path, sizeof path, "%s%s", dir, inner[i]);
        io_dir_remove(path);
    }
    cr_expect_not(io_file_exists(dir));
}

Test(fuzz_convict, what_fails_only_once_is_no_finding_and_lies_apart)
{
    static struct court c;
    const struct suspicion s = difference(FUZZ_WRONG_ANSWER, WS_RULE_NONE);
    const struct fuzz_session hello = text("hello");
    char dir[IO_DIR_PRIVATE_MAX], folder[IO_DIR_PRIVATE_MAX + 16], path[FINDINGS_PATH];
    struct findings f;
    enum findings_stored stored;
    struct err err = { 0 };

    cr_assert(io_dir_private(dir, &err), "%s", err.text);
    snprintf(folder, sizeof folder, "%s/findings", dir);
    convene(&c, ROLE_SERVER, bad_at_first(dir, ONCE));
    cr_expect_eq(judge(&c, &s, &hello), CONVICT_NOT_AGAIN);
    cr_expect_str_eq(c.convict.why, "as a case it failed once, and then it was pass");
    cr_expect_str_eq(c.convict.name, "suspect", "nothing is proved");
    cr_assert(findings_open(&f, folder, &err), "%s", err.text);
    cr_assert(findings_store(&f, &c.convict, &stored, path, &err), "%s", err.text);
    cr_expect_eq(stored, FINDINGS_NEW);
    cr_expect(strstr(path, "/" FINDINGS_UNCONFIRMED "/suspect.case"), "%s", path);
    cr_expect_eq(findings_advice(&f, "suspect"), FINDINGS_RETRY);
    findings_free(&f);
    rise(&c);
    remove_all(dir);
}

/* Nor is what fails when the frames come as they do, and then neither with pauses nor at once. */
Test(fuzz_convict, what_fails_by_the_time_of_its_writes_is_no_finding)
{
    static struct court c;
    const struct suspicion s = difference(FUZZ_WRONG_ANSWER, WS_RULE_NONE);
    struct fuzz_session two = text("hello");
    char dir[IO_DIR_PRIVATE_MAX];
    struct err err = { 0 };

    two.steps[two.n_steps++] = two.steps[0];
    cr_assert(io_dir_private(dir, &err), "%s", err.text);
    convene(&c, ROLE_SERVER, bad_at_first(dir, TWICE));
    cr_expect_eq(judge(&c, &s, &two), CONVICT_NOT_AGAIN);
    cr_expect_str_eq(c.convict.why, "as a case it failed once, and then it was pass");
    rise(&c);
    remove_all(dir);
}

/* "bye" says Close 1000 whatever comes, and so when nothing does; "twice" stays, and echoes each
 * message two times. */
Test(fuzz_convict, a_client_that_ends_by_itself_has_answered_nobody)
{
    static struct court c;
    const struct suspicion s = difference(FUZZ_WRONG_ANSWER, WS_RULE_NONE);
    const struct fuzz_session hello = text("hello");

    convene(&c, ROLE_CLIENT, CLIENT("bye"));
    cr_expect_eq(judge(&c, &s, &hello), CONVICT_CLEARED);
    cr_expect_str_eq(c.convict.why, "the client ends its connections by itself");
    rise(&c);
}

Test(fuzz_convict, a_client_that_stays_is_convicted)
{
    static struct court c;
    const struct suspicion s = difference(FUZZ_WRONG_ANSWER, WS_RULE_NONE);
    const struct fuzz_session hello = text("hello");

    convene(&c, ROLE_CLIENT, CLIENT("twice"));
    cr_expect_eq(judge(&c, &s, &hello), CONVICT_GUILTY, "%s", c.convict.why);
    cr_expect(says(&c.convict, "send text \"hello\"\n"), "its own case, not that of the control");
    rise(&c);
}

/* ---- what it is called ---- */

static const struct convict *called(const struct suspicion *s, const char *requirement)
{
    static struct convict c;

    memset(&c, 0, sizeof c);
    c.suspicion = *s;
    c.verdict.requirement = requirement;
    c.verdict.reason = "the reason";
    snprintf(c.name, sizeof c.name, "%s", s->signature);
    convict_words(&c);
    return &c;
}

Test(fuzz_convict, who_is_as_suspected_keeps_his_name)
{
    struct suspicion s = difference(FUZZ_LAW_BROKEN, WS_RULE_MASK_PRESENT);

    cr_expect_str_eq(called(&s, "RFC6455-5.1-4")->name, "suspect");
    cr_expect_str_eq(called(&s, "RFC6455-5.1-4")->sentence,
                     "it sends what it must not: a server sent a masked frame");
    s = difference(FUZZ_WRONG_ACCEPTANCE, WS_RULE_REQ_UPGRADE);
    cr_expect_str_eq(called(&s, "RFC6455-4.2.1-5")->name, "suspect");
    cr_expect_str_eq(called(&s, "RFC6455-4.2.1-5")->sentence,
                     "it takes what it must not: Upgrade does not name websocket");
}

Test(fuzz_convict, who_has_shown_another_fault_goes_by_that)
{
    const struct suspicion s = difference(FUZZ_LAW_BROKEN, WS_RULE_RES_ACCEPT_MISSING);

    cr_expect_str_eq(called(&s, "RFC6455-4.2.1-5")->name, "fails.rfc6455-4.2.1-5");
    cr_expect_str_eq(called(&s, "RFC6455-4.2.1-5")->sentence, "the reason");
}

/* ---- the forms of a trial ---- */

static size_t trials_of(enum suspicion_kind kind, enum case_role role, const char *command,
                        struct convict_trial out[CONVICT_TRIALS_MAX])
{
    static struct convict c;
    static struct stand stand;
    static struct fuzz_options o;

    arena_free(&c.arena);
    memset(&c, 0, sizeof c);
    o = (struct fuzz_options){
        .role = role, .command = command, .memory_bytes = 1 << 20, .cpu_ms = 500
    };
    stand.options = &o;
    stand.schedule.run.expect_us = 5000000;
    c.suspicion.kind = kind;
    return convict_trials(&c, &stand, out);
}

Test(fuzz_convict, a_death_is_looked_for_behind_each_way_to_end)
{
    struct convict_trial t[CONVICT_TRIALS_MAX];

    cr_assert_eq(trials_of(SUSPICION_DEATH, ROLE_SERVER, "x", t), 3);
    cr_expect_str_eq(t[0].expect, "expect alive within 5s\n");
    cr_expect(!t[0].close && t[1].close && t[2].shut);
    cr_assert_eq(trials_of(SUSPICION_DEATH, ROLE_CLIENT, "x", t), 3);
    cr_expect_null(t[0].expect, "a client serves nobody");
}

Test(fuzz_convict, a_cut_is_tried_whole_as_it_was_and_in_small_writes)
{
    struct convict_trial t[CONVICT_TRIALS_MAX];

    cr_assert_eq(trials_of(SUSPICION_CUT, ROLE_SERVER, "x", t), 4);
    cr_expect(t[0].recut && t[0].cut == 0 && !t[1].recut);
    cr_expect(t[2].recut && t[2].cut == 1 && t[3].recut && t[3].cut == 2);
}

Test(fuzz_convict, only_of_a_process_of_ours_the_time_is_known)
{
    struct convict_trial t[CONVICT_TRIALS_MAX];

    cr_assert_eq(trials_of(SUSPICION_HANG, ROLE_SERVER, "x", t), 4);
    cr_expect_str_eq(t[0].expect, "expect cpu below 500ms within 20s\n");
    cr_assert_eq(trials_of(SUSPICION_HANG, ROLE_SERVER, NULL, t), 2);
    cr_expect_str_eq(t[0].expect, "expect alive\n");
    cr_expect_null(t[1].expect);
}

Test(fuzz_convict, a_leak_is_told_by_turns_that_a_case_has_room_for)
{
    struct convict_trial t[CONVICT_TRIALS_MAX];

    cr_assert_eq(trials_of(SUSPICION_LEAK, ROLE_SERVER, "x", t), 2);
    cr_expect(t[0].one_connection && !t[1].one_connection);
    cr_expect(strstr(t[1].expect, "expect memory grows below 1280K\n"), "%s", t[1].expect);
    cr_assert_eq(trials_of(SUSPICION_LEAK, ROLE_CLIENT, "x", t), 1,
                 "each has a process of its own");
}
