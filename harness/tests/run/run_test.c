#include "run/run.h"

#include <criterion/criterion.h>

#include "tests/support/conversations.h"
#include "tests/support/heap.h"

static struct play play;

/* What has happened, and what was done beside writing. */
static void log_of(const struct play *p, struct buf *out)
{
    buf_init(out, 1 << 20);
    talk_log(&p->t, out);
    if (p->run.trouble)
        cr_assert(buf_print(out, "trouble: %s\n", p->run.trouble));
    cr_assert(buf_print(out, "did: %s\n", p->did));
}

Test(run_run, conversations_go_as_written)
{
    unsigned wrong = 0;

    for (size_t i = 0; i < CONVERSATIONS; i++) {
        const struct conversation *c = &conversations[i];
        struct buf log;
        conversation_init(&play, c);
        cr_assert(play_run(&play));
        log_of(&play, &log);
        if (!bytes_eq_str(buf_bytes(&log), c->log)) {
            fprintf(stderr, "=== %s\n%.*s", c->name, BYTES_ARG(buf_bytes(&log)));
            wrong++;
        }
        buf_free(&log);
        play_free(&play);
    }
    cr_assert_eq(wrong, 0, "%u conversations went otherwise", wrong);
}

/* Our answers go out as soon as we know enough, never sooner: the cuts of TCP do not show. */
Test(run_run, no_cut_of_the_peers_bytes_shows)
{
    for (size_t i = 0; i < CONVERSATIONS; i++) {
        const struct conversation *c = &conversations[i];
        conversation_init(&play, c);
        for (size_t way = CUT_SINGLE_BYTES; way < CUT_IN_TWO + 180 && !c->cut_matters; way++) {
            struct buf log;
            play.way = way;
            cr_assert(play_run(&play));
            log_of(&play, &log);
            cr_assert(bytes_eq_str(buf_bytes(&log), c->log), "%s, cut %zu:\n%.*s", c->name, way,
                      BYTES_ARG(buf_bytes(&log)));
            buf_free(&log);
            play_again(&play, c->script);
        }
        play_free(&play);
    }
}

/* Nor do those of our own bytes: a cut makes more writes of the same. */
Test(run_run, cutting_our_bytes_changes_the_writes_alone)
{
    for (size_t i = 0; i < CONVERSATIONS; i++) {
        const struct conversation *c = &conversations[i];
        struct buf log;
        unsigned writes;
        conversation_init(&play, c);
        cr_assert(play_run(&play));
        writes = play.writes;
        play_again(&play, c->script);
        play.cut = 3;
        cr_assert(play_run(&play));
        log_of(&play, &log);
        cr_assert(bytes_eq_str(buf_bytes(&log), c->log), "%s:\n%.*s", c->name,
                  BYTES_ARG(buf_bytes(&log)));
        cr_assert(writes == 0 || play.writes > writes, "%s", c->name);
        buf_free(&log);
        play_free(&play);
    }
}

Test(run_run, a_send_is_one_write_and_so_is_what_stands_together)
{
    static const struct {
        const char *steps;
        unsigned writes; /* the request among them */
    } rows[] = {
        { "send text \"a\"\nsend text \"b\"\ndrop", 3 },
        { "together {\nsend text \"a\"\nsend text \"b\"\n}\ndrop", 2 },
        { "together {\nsend text \"a\"\nsend text \"b\"\ndrop\n}", 2 },
        { "together {\nsend text \"a\"\nsend text \"b\" hold=0\nshutdown\n}\nexpect eof", 2 },
        { "together {\nrepeat 10 {\nsend text \"a\"\n}\n}\ndrop", 2 },
        { "send binary \"*\" * 60000\ndrop", 2 },
        { "send text \"abcd\" fragment=1\ndrop", 2 },
        { "send text \"abcd\" cut=2\ndrop", 6 },
        { "send text \"abcd\" hold=2\nsend more 1\nsend more rest\ndrop", 4 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        play_init(&play, ROLE_SERVER, rows[i].steps, "101\n");
        cr_assert(play_run(&play));
        cr_expect_eq(play.writes, rows[i].writes, "%s: %u writes", rows[i].steps, play.writes);
        play_free(&play);
    }
}

static unsigned rounds_of(const char *steps, const char *script)
{
    unsigned rounds = 0;

    play_init(&play, ROLE_SERVER, steps, script);
    cr_assert(play_run(&play));
    cr_assert_null(play.run.trouble, "%s", play.run.trouble);
    for (size_t i = 0; i < play.t.count; i++)
        rounds += play.t.entries[i].kind == ENTRY_NOTE;
    play_free(&play);
    return rounds;
}

/* Two rounds in which nothing came for five seconds are enough; fails that take no time are not. */
Test(run_run, a_sweep_gives_up_a_target_that_stalls)
{
#define SWEEP "each n in 1..9 {\nsend text \"a\"\nexpect echo\n}\n"
#define SILENT "101\ntime\n"
#define WRONG "101\ntext \"b\"\n"
#define RIGHT "101\ntext \"a\"\n"
    cr_expect_eq(rounds_of(SWEEP, SILENT SILENT SILENT SILENT SILENT), 2);
    cr_expect_eq(rounds_of(SWEEP, SILENT RIGHT WRONG SILENT SILENT SILENT), 4);
    cr_expect_eq(rounds_of(SWEEP, WRONG WRONG WRONG WRONG WRONG WRONG WRONG WRONG WRONG), 9);
    cr_expect_eq(rounds_of(SWEEP, RIGHT RIGHT RIGHT RIGHT RIGHT RIGHT RIGHT RIGHT RIGHT), 9);
}

/* The same case, seed, bytes and times give the same bytes of ours. */
Test(run_run, is_repeatable_to_the_byte)
{
    static uint8_t first[1 << 20];
    const char *script = "101\ntext \"a\"\nclose 1000\nend fin";
    size_t len;

    play_init(&play, ROLE_SERVER, "send text \"a\"\nexpect echo\nsend binary random 5K", script);
    cr_assert(play_run(&play));
    len = play.wrote_len;
    memcpy(first, play.wrote, len);
    play_again(&play, script);
    cr_assert(play_run(&play));
    cr_assert_eq(play.wrote_len, len);
    cr_assert_eq(memcmp(play.wrote, first, len), 0);
    play_free(&play);
}

static bool play_scarce(void *ctx)
{
    const struct conversation *c = ctx;
    bool through = play_run(&play) && !play.run.no_memory;

    cr_assert(through || play.run.trouble || play.run.state == RUN_STATE_START, "%s", c->name);
    play_again(&play, c->script);
    return through;
}

Test(run_run, ends_as_trouble_when_the_heap_says_no)
{
    for (size_t i = 0; i < CONVERSATIONS; i++) {
        const struct conversation *c = &conversations[i];
        conversation_init(&play, c);
        for (size_t way = CUT_WHOLE; way <= CUT_PAIRS; way++) {
            play.way = way;
            (void)heap_fail_each(play_scarce, (void *)(uintptr_t)c);
        }
        play_free(&play);
    }
}

/* A wait whose end can no longer be recorded would never end. */
Test(run_run, a_flood_ends_the_case)
{
    enum { FRAMES = 250, LINES = TRANSCRIPT_ENTRIES_MAX / FRAMES + 1 };
    static char script[16 + LINES * (FRAMES * 4 + 16)];
    char *at = script;

    at += sprintf(at, "101");
    for (unsigned line = 0; line < LINES; line++) {
        at += sprintf(at, "\nraw x\"");
        for (unsigned i = 0; i < FRAMES; i++)
            at += sprintf(at, "8a00");
        at += sprintf(at, "\"");
    }
    play_init(&play, ROLE_SERVER, "send text \"a\"\nexpect echo", script);
    cr_assert(play_run(&play));
    cr_assert(play.t.full);
    cr_assert_neq(play.run.trouble, NULL);
    transcript_shorten(&play.t);
    cr_assert_eq(play.t.count, TRANSCRIPT_SHORT);
    play_free(&play);
}

/* A target's own timer, of as many seconds as ours, must not decide by a hair. */
Test(run_run, tcp_has_two_seconds_to_end_after_a_failing_close)
{
    play_init(&play, ROLE_SERVER, "send text \"a\" rsv1\nexpect fail 1002", "101\nclose 1002");
    cr_assert(play_run(&play));
    cr_expect(play.run.was_silent);
    cr_expect_geq(play.now_us, 2000000);
    cr_expect_leq(play.now_us, 2100000);
    play_free(&play);
}

/* Where the first is slow to come, on a busy machine, the second has its whole time all the same.
 */
Test(run_run, a_time_begins_when_what_stands_before_it_has_come)
{
    static const char steps[] = "expect close any\neither {\nexpect nothing within 300ms\n} or "
                                "info \"i\" {\nexpect eof within 300ms\n}\nexpect alive";
    static const struct {
        const char *script;
        uint64_t least_us, most_us;
    } rows[] = { { "101\n", 5000000, 5100000 }, { "101\nclose 1000\n", 300000, 400000 } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        play_init(&play, ROLE_SERVER, steps, rows[i].script);
        play.no_barriers = true;
        cr_assert(play_run(&play));
        cr_expect(play.run.was_silent);
        cr_expect_geq(play.now_us, rows[i].least_us, "%s: %llu", rows[i].script,
                      (unsigned long long)play.now_us);
        cr_expect_leq(play.now_us, rows[i].most_us, "%s: %llu", rows[i].script,
                      (unsigned long long)play.now_us);
        play_free(&play);
    }
}

/* Nor does a long time behind it keep everybody waiting for what never comes. */
Test(run_run, a_time_is_not_that_of_what_stands_before_it)
{
    play_init(&play, ROLE_SERVER, "expect close any\nexpect eof within 20s", "101\n");
    play.no_barriers = true;
    cr_assert(play_run(&play));
    cr_expect(play.run.was_silent);
    cr_expect_geq(play.now_us, 5000000);
    cr_expect_leq(play.now_us, 5100000, "%llu", (unsigned long long)play.now_us);
    play_free(&play);
}
