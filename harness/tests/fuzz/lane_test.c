#define _GNU_SOURCE /* alarm beside C11 */
#include "fuzz/live/lane.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "drive/probe.h"
#include "fuzz/live/lane_parts.h"

#define SERVER(habit) "'" ODD_SERVER "' " habit " {port}"
#define CLIENT(habit) "'" ODD_CLIENT "' " habit " {url}"
#define PATIENCE_S 60

/* A lane to a target with a habit. */
struct road {
    struct io_loop *loop;
    struct target target;
    struct lane lane;
    struct fuzz_account account;
    struct lane_word word;
};

static void build(struct road *r, enum case_role role, const char *command)
{
    struct target_options options = { .role = role, .command = command };
    struct lane_options lane = {
        .target = &r->target, .timeout_ms = 1000, .seed = 1, .echoes = true
    };
    struct err err = { 0 };

    alarm(PATIENCE_S);
    memset(r, 0, sizeof *r);
    r->loop = io_loop_new(&err);
    cr_assert(r->loop && target_init(&r->target, r->loop, &options, &err), "%s", err.text);
    if (role == ROLE_SERVER)
        cr_assert(target_start(&r->target, &err) && probe_reach(&r->target, &err), "%s", err.text);
    cr_assert(lane_open(&r->lane, &lane, &err), "%s", err.text);
}

static void leave(struct road *r)
{
    lane_close(&r->lane);
    fuzz_account_free(&r->account);
    target_free(&r->target);
    io_loop_free(r->loop);
}

static struct fuzz_session text(const char *words)
{
    struct fuzz_session s = { .n_steps = 1 };

    s.steps[0] = (struct fuzz_step){ .fin = true, .opcode = WS_TEXT, .payload = bytes_str(words) };
    return s;
}

static enum lane_end say(struct road *r, const struct fuzz_session *s)
{
    struct err err = { 0 };

    cr_assert(lane_say(&r->lane, s, LANE_CUTS_OF_SESSION, &r->account, &r->word, &err), "%s",
              err.text);
    return r->word.end;
}

static enum lane_end say_text(struct road *r, const char *words)
{
    struct fuzz_session s = text(words);

    return say(r, &s);
}

/* What was heard, a letter each. */
static const char *heard(const struct road *r)
{
    static char out[64];
    size_t n = 0;

    for (size_t i = 0; i < r->account.count && n < sizeof out - 1; i++)
        out[n++] = "mPpce"[r->account.heard[i].kind];
    out[n] = '\0';
    return out;
}

static void expect_good(struct road *r)
{
    cr_expect_eq(say_text(r, "hello"), LANE_ENDED);
    cr_expect_str_eq(heard(r), "mce");
}

Test(fuzz_lane, a_session_is_answered_and_ended_by_the_server)
{
    static struct road r;

    build(&r, ROLE_SERVER, SERVER("echo"));
    cr_expect_eq(say_text(&r, "hello"), LANE_ENDED);
    cr_expect_str_eq(heard(&r), "mce");
    cr_expect(r.account.open && r.account.status == 101);
    cr_expect(r.word.closed && r.word.patient && r.word.heard && !r.word.murky);
    cr_expect_eq(r.account.heard[0].len, 5);
    cr_expect_eq(r.account.heard[1].close.code, 1000);
    leave(&r);
}

Test(fuzz_lane, our_side_ends_where_no_close_can_stand)
{
    static struct road r;
    struct fuzz_session s = text("hello");

    build(&r, ROLE_SERVER, SERVER("echo"));
    s.n_steps = 2;
    s.steps[1] = s.steps[0];
    s.steps[1].declares = true;
    s.steps[1].declare = 100;
    cr_expect_eq(say(&r, &s), LANE_ENDED);
    cr_expect(!r.word.closed && !r.word.patient);
    cr_expect_eq(r.account.heard[0].kind, FUZZ_HEARD_MESSAGE);
    expect_good(&r);
    leave(&r);
}

Test(fuzz_lane, a_server_that_is_failed_says_its_close_and_all_is_over)
{
    static struct road r;
    struct fuzz_session s = text("hello");

    build(&r, ROLE_SERVER, SERVER("echo"));
    s.steps[0].opcode = 3;
    cr_expect_eq(say(&r, &s), LANE_ENDED);
    cr_expect_str_eq(heard(&r), "ce");
    cr_expect_eq(r.account.heard[0].close.code, 1002);
    leave(&r);
}

Test(fuzz_lane, a_refused_handshake_is_an_end_in_good_order)
{
    static struct road r;
    struct fuzz_session s = text("hello");

    build(&r, ROLE_SERVER, SERVER("echo"));
    s.n_edits = 1;
    s.edits[0] = (struct fuzz_edit){ .kind = EDIT_OMIT, .name = bytes_str("Sec-WebSocket-Key") };
    cr_expect_eq(say(&r, &s), LANE_ENDED);
    cr_expect(!r.account.open && r.account.status == 400);
    expect_good(&r);
    leave(&r);
}

/* What is hashed of a key that is none, nobody knows: only of a good one the Accept can be wrong.
 */
Test(fuzz_lane, an_accept_is_wrong_only_for_a_key_as_there_has_to_be)
{
    static struct road r;
    struct fuzz_session s = text("hello");

    build(&r, ROLE_SERVER, SERVER("sample"));
    (void)say(&r, &s);
    cr_expect_eq(r.account.status, 101);
    cr_expect_eq(r.account.broken.rule, WS_RULE_RES_ACCEPT_WRONG);
    s.n_edits = 1;
    s.edits[0] =
        (struct fuzz_edit){ EDIT_HEADER, BYTES_LIT("Sec-WebSocket-Key"), BYTES_LIT("c2hvcnQ=") };
    (void)say(&r, &s);
    cr_expect_eq(r.account.status, 101);
    cr_expect_eq(r.account.broken.rule, WS_RULE_NONE);
    leave(&r);
}

/* Whoever offers it, in whatever line: what is agreed on is compressed, and read so. */
Test(fuzz_lane, an_offer_in_an_edited_line_counts)
{
    static const char letters[] = "many letters, many letters, many letters, many letters";
    static struct road r;
    struct fuzz_session s = text(letters);

    build(&r, ROLE_SERVER, "'" PLANTED_SERVER "' {port}");
    s.n_edits = 1;
    s.edits[0] = (struct fuzz_edit){ EDIT_ADD, BYTES_LIT("Sec-WebSocket-Extensions"),
                                     BYTES_LIT("permessage-deflate") };
    cr_expect_eq(say(&r, &s), LANE_ENDED);
    cr_expect(r.lane.compressed);
    cr_expect_str_eq(heard(&r), "mce");
    cr_expect_eq(r.account.heard[0].len, sizeof letters - 1);
    leave(&r);
}

Test(fuzz_lane, bytes_behind_the_head_make_the_session_murky)
{
    static struct road r;
    struct fuzz_session s = text("hello");

    build(&r, ROLE_SERVER, SERVER("echo"));
    s.n_edits = 1;
    s.edits[0] = (struct fuzz_edit){ .kind = EDIT_BODY, .value = bytes_str("x") };
    cr_expect_eq(say(&r, &s), LANE_ENDED);
    cr_expect(r.word.murky && !r.word.closed);
    leave(&r);
}

Test(fuzz_lane, a_drop_is_ours_and_hurts_nobody)
{
    static struct road r;
    struct fuzz_session s = text("hello");

    build(&r, ROLE_SERVER, SERVER("echo"));
    s.end = FUZZ_END_DROP;
    for (int i = 0; i < 3; i++) {
        cr_expect_eq(say(&r, &s), LANE_DROPPED);
        expect_good(&r);
    }
    leave(&r);
}

/* Each death is told with the session that brought it, and the next one finds a new server. */
Test(fuzz_lane, a_death_is_told_with_its_own_session)
{
    static const char *const deadly[] = { "kill", "exit" };
    static const char *const how[] = { "was killed by signal 9", "exited with 7" };
    static struct road r;

    build(&r, ROLE_SERVER, SERVER("echo"));
    for (int i = 0; i < 6; i++) {
        expect_good(&r);
        cr_expect_eq(say_text(&r, deadly[i % 2]), LANE_DIED, "round %d", i);
        cr_expect(strstr(r.target.how, how[i % 2]), "%s", r.target.how);
    }
    expect_good(&r);
    cr_expect_eq(r.lane.starts, 6);
    leave(&r);
}

Test(fuzz_lane, what_it_said_before_it_died_is_kept)
{
    static struct road r;

    build(&r, ROLE_SERVER, SERVER("echo"));
    cr_expect_eq(say_text(&r, "exit"), LANE_DIED);
    cr_expect(bytes_eq_str(buf_bytes(&r.target.err_output), "told to exit\n"));
    leave(&r);
}

Test(fuzz_lane, a_deaf_server_hangs_and_serves_nobody_else)
{
    static struct road r;

    build(&r, ROLE_SERVER, SERVER("silent"));
    cr_expect_eq(say_text(&r, "hello"), LANE_HUNG);
    cr_expect(!r.word.heard && !r.word.serves);
    cr_expect_eq(r.lane.starts, 1);
    leave(&r);
}

Test(fuzz_lane, who_hears_nothing_but_opens_hangs_and_serves_others)
{
    static struct road r;

    build(&r, ROLE_SERVER, SERVER("deaf"));
    cr_expect_eq(say_text(&r, "hello"), LANE_HUNG);
    cr_expect(r.word.heard && r.word.serves);
    cr_expect_eq(r.lane.starts, 0);
    leave(&r);
}

Test(fuzz_lane, who_leaves_an_odd_head_unanswered_serves_others)
{
    static struct road r;
    struct fuzz_session odd = { .n_edits = 1 };

    odd.edits[0] = (struct fuzz_edit){ .kind = EDIT_OMIT, .name = bytes_str("Upgrade") };
    build(&r, ROLE_SERVER, SERVER("proud"));
    expect_good(&r);
    cr_expect_eq(say(&r, &odd), LANE_HUNG);
    cr_expect(!r.word.heard && r.word.serves);
    expect_good(&r);
    cr_expect_eq(r.lane.starts, 0);
    leave(&r);
}

/* What never comes is waited for, by our patience: learned from that it would have no end. */
Test(fuzz_lane, waiting_in_vain_teaches_no_patience)
{
    static struct road r;

    build(&r, ROLE_SERVER, SERVER("mute"));
    for (int i = 0; i < 3; i++) {
        cr_expect_eq(say_text(&r, "hello"), LANE_ENDED);
        cr_expect_str_eq(heard(&r), "ce");
    }
    cr_expect_eq(r.lane.usual_us, 0, "%llu", (unsigned long long)r.lane.usual_us);
    leave(&r);
}

Test(fuzz_lane, one_slow_session_teaches_little_patience)
{
    struct lane l = { .o.timeout_ms = 1000 };

    lane_learn(&l, 1000);
    cr_expect_eq(l.usual_us, 1000);
    lane_learn(&l, 1000000);
    cr_expect_lt(l.usual_us, 1200);
    for (int i = 0; i < 200; i++)
        lane_learn(&l, 1000000);
    cr_expect_gt(l.usual_us, 500000, "in the end it knows a slow target");
    cr_expect_eq(lane_patience_ms(&l), 500);
}

Test(fuzz_lane, a_flood_is_stopped)
{
    static struct road r;

    build(&r, ROLE_SERVER, SERVER("babble"));
    cr_expect_eq(say_text(&r, "hello"), LANE_STOPPED);
    leave(&r);
}

Test(fuzz_lane, cuts_do_not_change_what_a_good_server_says)
{
    static const enum lane_cuts cuts[] = { LANE_CUTS_NONE, LANE_CUTS_SINGLE };
    static struct road r;
    struct fuzz_session s = text("k\xc3\xb6lsch");
    struct err err = { 0 };

    build(&r, ROLE_SERVER, SERVER("echo"));
    for (int i = 0; i < 2; i++) {
        cr_assert(lane_say(&r.lane, &s, cuts[i], &r.account, &r.word, &err));
        cr_expect_str_eq(heard(&r), "mce");
    }
    leave(&r);
}

Test(fuzz_lane, a_client_is_started_for_each_session)
{
    static struct road r;

    build(&r, ROLE_CLIENT, CLIENT("once"));
    for (int i = 0; i < 3; i++)
        expect_good(&r);
    cr_expect_eq(r.lane.starts, 3);
    leave(&r);
}

Test(fuzz_lane, a_client_that_comes_again_is_not_started_again)
{
    static struct road r;

    build(&r, ROLE_CLIENT, CLIENT("again"));
    for (int i = 0; i < 6; i++)
        expect_good(&r);
    cr_expect_eq(r.lane.starts, 2);
    leave(&r);
}

Test(fuzz_lane, a_client_that_stays_is_ended)
{
    static struct road r;

    build(&r, ROLE_CLIENT, CLIENT("stays"));
    for (int i = 0; i < 5; i++)
        expect_good(&r);
    cr_expect_eq(r.lane.starts, 5);
    leave(&r);
}

Test(fuzz_lane, a_signal_is_a_client_s_death_and_its_exit_code_is_not)
{
    static struct road r;

    build(&r, ROLE_CLIENT, CLIENT("again"));
    expect_good(&r);
    cr_expect_eq(say_text(&r, "kill"), LANE_DIED);
    expect_good(&r);
    cr_expect_eq(say_text(&r, "exit"), LANE_ENDED);
    expect_good(&r);
    leave(&r);
}

Test(fuzz_lane, a_client_that_never_comes_is_an_error_that_says_so)
{
    static struct road r;
    struct fuzz_session s = text("hello");
    struct err err = { 0 };

    build(&r, ROLE_CLIENT, CLIENT("never"));
    cr_expect(!lane_say(&r.lane, &s, LANE_CUTS_NONE, &r.account, &r.word, &err));
    cr_expect_eq(err.code, ERR_TARGET);
    cr_expect(strstr(err.text, "without having connected"), "%s", err.text);
    leave(&r);
}
