#include "run/run.h"

#include <criterion/criterion.h>

#include "tests/support/heap.h"
#include "tests/support/talk_log.h"
#include "tests/support/turning.h"

static struct play play;

static void log_of(const struct play *p, struct buf *out)
{
    buf_init(out, 1 << 20);
    talk_log(&p->t, out);
}

static void tell(const struct turning *t)
{
    struct buf log;

    log_of(&play, &log);
    fprintf(stderr, "=== %s: %u folded, not %u\n%.*s", t->name, turning_folded(&play.t), t->folded,
            BYTES_ARG(buf_bytes(&log)));
    buf_free(&log);
}

Test(run_turns, only_what_went_as_usual_is_folded)
{
    unsigned wrong = 0;

    for (size_t i = 0; i < TURNINGS; i++) {
        turning_init(&play, &turnings[i], true);
        cr_assert(play_run(&play));
        cr_expect_null(play.run.trouble, "%s: %s", turnings[i].name, play.run.trouble);
        if (turning_folded(&play.t) != turnings[i].folded) {
            tell(&turnings[i]);
            wrong++;
        }
        play_free(&play);
    }
    cr_assert_eq(wrong, 0, "%u of %zu were folded otherwise", wrong, TURNINGS);
}

/* The odd turn stands where it was, between the numbers of those before and behind it. */
Test(run_turns, an_odd_turn_stays_between_those_that_are_folded)
{
    static const struct turning t = { .turn = TURNING_ECHO,
                                      .open = "101",
                                      .usual = "text \"a\"",
                                      .odd = "ping \"p\";text \"a\"",
                                      .times = 12,
                                      .odd_from = 7,
                                      .odd_to = 8 };
    struct buf log;

    turning_init(&play, &t, true);
    cr_assert(play_run(&play));
    log_of(&play, &log);
    cr_assert(bytes_eq_str(buf_bytes(&log), "connected\n"
                                            "out head GET / HTTP/1.1\n"
                                            "expect @1\n"
                                            "in head HTTP/1.1 101 Switching Protocols\n"
                                            "out text \"a\" @3\n"
                                            "expect @4\n"
                                            "in text \"a\"\n"
                                            "out text \"a\" @3\n"
                                            "expect @4\n"
                                            "in text \"a\"\n"
                                            "turns 5 @2\n"
                                            "out text \"a\" @3\n"
                                            "expect @4\n"
                                            "in ping \"p\"\n"
                                            "out pong \"p\" ours\n"
                                            "in text \"a\"\n"
                                            "turns 4 @2\n"
                                            "closing\n"
                                            "out close 1000 ours\n"
                                            "in close 1000\n"
                                            "in end fin\n"),
              "%.*s", BYTES_ARG(buf_bytes(&log)));
    buf_free(&log);
    play_free(&play);
}

Test(run_turns, no_cut_of_the_peers_bytes_shows)
{
    for (size_t i = 0; i < TURNINGS; i++) {
        struct buf whole;
        turning_init(&play, &turnings[i], true);
        cr_assert(play_run(&play));
        log_of(&play, &whole);
        for (size_t way = CUT_SINGLE_BYTES; way < CUT_IN_TWO + 8 && !turnings[i].cut_matters;
             way++) {
            struct buf log;
            play_again(&play, turning_script(&turnings[i]));
            play.way = way;
            cr_assert(play_run(&play));
            log_of(&play, &log);
            cr_assert(bytes_eq(buf_bytes(&log), buf_bytes(&whole)), "%s, cut %zu:\n%.*s",
                      turnings[i].name, way, BYTES_ARG(buf_bytes(&log)));
            buf_free(&log);
        }
        buf_free(&whole);
        play_free(&play);
    }
}

/* Each repeat of a case has its own number; none is counted in a sweep. */
Test(run_turns, each_repeat_is_counted_alone)
{
    static const char twice[] = "repeat 9 {\n" TURNING_ECHO "\n}\nrepeat 10 {\n" TURNING_ECHO "\n}";
    static const char sweep[] = "each n in 1 2 {\nrepeat 9 {\n" TURNING_ECHO "\n}\n}";
    struct turning t = { .open = "101", .usual = "text \"a\"", .times = 19 };
    struct buf log;

    play_init(&play, ROLE_SERVER, twice, turning_script(&t));
    cr_assert(play_run(&play));
    log_of(&play, &log);
    cr_expect_lt(bytes_find(buf_bytes(&log), BYTES_LIT("turns 7 @2\n")), log.len);
    cr_expect_lt(bytes_find(buf_bytes(&log), BYTES_LIT("turns 8 @5\n")), log.len);
    cr_expect_eq(turning_folded(&play.t), 15);
    buf_free(&log);
    play_free(&play);

    t.odd = "101", t.odd_from = 9, t.odd_to = 10;
    play_init(&play, ROLE_SERVER, sweep, turning_script(&t));
    cr_assert(play_run(&play));
    cr_expect_eq(turning_folded(&play.t), 0);
    cr_expect_not(play.run.mismatched);
    play_free(&play);
}

/* What is expected behind the block is not awaited in its first turn. */
Test(run_turns, expectations_behind_a_repeat_are_none_of_its_turns)
{
    static const char steps[] = "repeat 9 {\n" TURNING_ECHO "\n}\nexpect text \"b\"";
    struct turning t = { .open = "101", .usual = "text \"a\"", .times = 9 };

    t.odd = "text \"a\";text \"b\"", t.odd_from = 8, t.odd_to = 9;
    play_init(&play, ROLE_SERVER, steps, turning_script(&t));
    cr_assert(play_run(&play));
    cr_expect_not(play.run.mismatched);
    cr_expect_geq(turning_folded(&play.t), 5, "%u", turning_folded(&play.t));
    play_free(&play);
}

/* A long repeat costs what a short one does. */
Test(run_turns, what_is_folded_takes_no_room)
{
    struct turning t = { .turn = TURNING_ECHO, .open = "101", .usual = "text \"a\"", .times = 10 };
    size_t count, total;

    turning_init(&play, &t, true);
    cr_assert(play_run(&play));
    count = play.t.count;
    total = play.t.arena.total;
    play_free(&play);
    t.times = 3000;
    turning_init(&play, &t, true);
    cr_assert(play_run(&play));
    cr_expect_eq(turning_folded(&play.t), 2998);
    cr_expect_eq(play.t.count, count);
    cr_expect_eq(play.t.arena.total, total);
    play_free(&play);
}

static bool play_scarce(void *ctx)
{
    bool through = play_run(&play) && !play.run.no_memory;

    cr_assert(through || play.run.trouble || play.run.state == RUN_STATE_START);
    play_again(&play, turning_script(ctx));
    return through;
}

Test(run_turns, ends_as_trouble_when_the_heap_says_no)
{
    for (size_t i = 0; i < TURNINGS; i++) {
        turning_init(&play, &turnings[i], true);
        (void)heap_fail_each(play_scarce, (void *)(uintptr_t)&turnings[i]);
        play_free(&play);
    }
}
