#define _GNU_SOURCE /* kill, mkdtemp, symlink beside C11 */

#include <criterion/criterion.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "io/pair.h"
#include "io/process.h"

/* What a program wrote and how it ended. */
struct ran {
    char out[256], err[256];
    struct io_process_status status;
};

static void note(char *text, const struct io_event *e)
{
    size_t n = strlen(text);

    cr_assert_lt(n + e->len, 256);
    memcpy(text + n, e->data, e->len);
}

static struct ran run(char *const *argv)
{
    struct io_loop *loop = pair_loop();
    struct err err = { 0 };
    struct ran ran = { "", "", { false, 0, 0 } };
    int owner;
    struct io_process *p = io_process_start(loop, argv, &owner, &err);

    cr_assert(p, "%s", err.text);
    cr_assert(io_process_status(p).running);
    for (;;) {
        struct io_event e = pair_next(loop);
        cr_assert_eq(e.owner, &owner);
        cr_assert_eq(e.process, p);
        if (e.kind == IO_EXITED)
            break;
        cr_assert_eq(e.kind, IO_OUTPUT);
        note(e.is_stderr ? ran.err : ran.out, &e);
    }
    ran.status = io_process_status(p);
    io_process_free(p);
    io_loop_free(loop);
    return ran;
}

static struct ran run_shell(const char *script)
{
    return run((char *[]){ "sh", "-c", (char *)script, NULL });
}

Test(io_process, output_comes_apart_and_before_the_exit)
{
    struct ran ran = run_shell("echo out; echo err >&2; exit 7");

    cr_assert_str_eq(ran.out, "out\n");
    cr_assert_str_eq(ran.err, "err\n");
    cr_assert_not(ran.status.running);
    cr_assert_eq(ran.status.exit_code, 7);
    cr_assert_eq(ran.status.signal, 0);
}

static int forks;

static void note_fork(void)
{
    forks++;
}

/* A copy of a large process takes so long that nobody is served meanwhile. */
Test(io_process, a_start_does_not_copy_what_we_have_in_memory)
{
    cr_assert_eq(pthread_atfork(note_fork, NULL, NULL), 0);
    cr_assert_eq(run_shell("exit 5").status.exit_code, 5);
    cr_assert_eq(forks, 0);
}

/* Ours wait while it starts; that they do is not handed on. */
Test(io_process, no_signal_is_blocked_in_it_and_ours_are_as_they_were)
{
    sigset_t blocked, now;

    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    sigprocmask(SIG_SETMASK, &blocked, NULL);
    cr_assert_str_eq(run_shell("grep SigBlk /proc/self/status").out, "SigBlk:\t0000000000000000\n");
    sigprocmask(SIG_SETMASK, NULL, &now);
    cr_assert_eq(sigismember(&now, SIGUSR1), 1);
    cr_assert_eq(sigismember(&now, SIGTERM), 0);
}

Test(io_process, a_signal_is_told)
{
    cr_assert_eq(run_shell("kill -SEGV $$").status.signal, SIGSEGV);
}

Test(io_process, broken_pipes_kill_it_as_usual)
{
    cr_assert_eq(run_shell("kill -PIPE $$; exit 3").status.signal, SIGPIPE);
}

Test(io_process, a_grandchild_that_holds_the_pipes_delays_the_exit_a_little)
{
    uint64_t start = io_now_ms();
    struct ran ran = run_shell("sleep 30 & echo done");

    cr_assert_str_eq(ran.out, "done\n");
    cr_assert_eq(ran.status.exit_code, 0);
    cr_assert_lt(io_now_ms() - start, 3000);
}

Test(io_process, a_program_that_is_not_there_is_told_at_once)
{
    struct io_loop *loop = pair_loop();
    struct err err = { 0 };

    cr_assert_null(io_process_start(loop, (char *[]){ "/nonexistent/program", NULL }, NULL, &err));
    cr_assert_eq(err.code, ERR_SYSTEM);
    cr_assert(strstr(err.text, "/nonexistent/program"), "%s", err.text);
    cr_assert(strstr(err.text, "No such file"), "%s", err.text);
    io_loop_free(loop);
}

Test(io_process, the_whole_group_is_signalled_and_measured)
{
    struct io_loop *loop = pair_loop();
    struct err err = { 0 };
    struct io_usage usage;
    /* The grandchild burns a little of the CPU, and then both say that they are there. */
    char *argv[] = {
        "sh", "-c",
        "sh -c 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; echo up; sleep 30'; :", NULL
    };
    struct io_process *p = io_process_start(loop, argv, NULL, &err);

    cr_assert(p, "%s", err.text);
    pair_wait(loop, IO_OUTPUT);
    cr_assert(io_process_usage(p, &usage));
    cr_assert_gt(usage.resident_kib, 500, "%lu KiB", (unsigned long)usage.resident_kib);
    cr_assert_geq(usage.cpu_ms, 10);
    io_process_signal(p, SIGKILL);
    pair_wait(loop, IO_EXITED);
    cr_assert_eq(io_process_status(p).signal, SIGKILL);
    cr_assert_not(io_process_usage(p, &usage));
    io_process_free(p);
    io_loop_free(loop);
}

/* A shell that does what a line of its script says at each SIGUSR1, and says so. The signal kills
 * its sleep too, of which it would speak on stderr. */
static struct io_process *start_shell(struct io_loop *loop, const char *at_signal)
{
    struct err err = { 0 };
    char script[600];

    snprintf(script, sizeof script,
             "exec 2>/dev/null; trap '%s; echo done' USR1; big=$(head -c 20000000 /dev/zero | tr "
             "'\\0' a); echo up; "
             "while :; do sleep 0.05; done",
             at_signal);
    char *argv[] = { "sh", "-c", script, NULL };
    struct io_process *p = io_process_start(loop, argv, NULL, &err);
    cr_assert(p, "%s", err.text);
    pair_wait(loop, IO_OUTPUT);
    return p;
}

static struct io_growth growth_after(const char *at_signal)
{
    struct io_loop *loop = pair_loop();
    struct io_process *p = start_shell(loop, at_signal);
    struct io_mark mark;
    struct io_growth growth;

    cr_assert(io_process_mark(p, &mark));
    cr_assert(io_process_since(p, &mark, &growth));
    cr_expect_lt(growth.memory_kib, 1000, "%lu KiB at once", (unsigned long)growth.memory_kib);
    io_process_signal(p, SIGUSR1);
    pair_wait(loop, IO_OUTPUT);
    cr_assert(io_process_since(p, &mark, &growth));
    io_process_free(p);
    io_loop_free(loop);
    return growth;
}

Test(io_process, what_was_taken_and_given_back_is_growth)
{
    struct io_growth growth = growth_after("x=$big$big; x=");

    cr_expect_gt(growth.memory_kib, 35000, "%lu KiB", (unsigned long)growth.memory_kib);
}

Test(io_process, what_was_there_before_or_is_shared_is_no_growth)
{
    struct io_growth growth = growth_after("(sleep 9; :) & (sleep 9; :) & (sleep 9; :) &"
                                           " i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done");

    cr_expect_lt(growth.memory_kib, 15000, "%lu KiB", (unsigned long)growth.memory_kib);
    cr_expect_geq(growth.cpu_ms, 10);
    cr_expect_lt(growth.cpu_ms, 5000);
}

/* A loop wants the CPU at each look; who sleeps wants none as soon as he sleeps. */
Test(io_process, who_would_go_on_is_busy)
{
    struct io_growth growth = growth_after("(while :; do :; done) & :");
    struct io_loop *loop = pair_loop();
    struct io_process *p = start_shell(loop, ":");
    struct io_mark mark;

    cr_expect(growth.busy);
    growth.busy = true;
    cr_assert(io_process_mark(p, &mark));
    while (growth.busy)
        cr_assert(io_process_since(p, &mark, &growth));
    io_process_free(p);
    io_loop_free(loop);
}

Test(io_process, freeing_kills)
{
    struct io_loop *loop = pair_loop();
    struct err err = { 0 };
    struct io_process *p = io_process_start(loop, (char *[]){ "sleep", "30", NULL }, NULL, &err);

    cr_assert(p, "%s", err.text);
    long pid = io_process_pid(p);
    io_process_free(p);
    cr_assert_eq(kill((pid_t)pid, 0), -1);
    io_loop_free(loop);
}

Test(io_process, an_end_that_has_begun_can_be_seen_before_it_is_told)
{
    struct err err = { 0 };
    struct io_loop *loop = io_loop_new(&err);
    char *argv[] = { "sleep", "60", NULL };
    struct io_process *p = io_process_start(loop, argv, NULL, &err);
    uint64_t until = io_elapsed_ms() + 10000;

    cr_assert(p, "%s", err.text);
    cr_expect(!io_process_is_ending(p));
    io_process_signal(p, SIGKILL);
    while (!io_process_is_ending(p) && io_elapsed_ms() < until)
        continue;
    cr_expect(io_process_is_ending(p));
    cr_expect(io_process_status(p).running, "nobody has asked the loop yet");
    io_process_free(p);
    io_loop_free(loop);
}

static void expect_words(const char *command, const char *joined)
{
    char got[256] = "";
    struct err err = { 0 };
    char **argv = io_process_words(command, &err);

    cr_assert(argv, "%s: %s", command, err.text);
    for (size_t i = 0; argv[i]; i++) {
        strcat(got, argv[i]);
        strcat(got, "|");
    }
    cr_assert_str_eq(got, joined, "%s gave %s", command, got);
    alloc_free(argv);
}

Test(io_process, words_are_split_as_a_shell_would)
{
    expect_words("a", "a|");
    expect_words("  node  server.js\t9001 ", "node|server.js|9001|");
    expect_words("a 'b c' \"d e\"", "a|b c|d e|");
    expect_words("a''b \"\" ''", "ab|||");
    expect_words("a\\ b \\\"c", "a b|\"c|");
    expect_words("\"a\\\"b\\\\c\\d\" 'e\\f'", "a\"b\\c\\d|e\\f|");
    expect_words("$HOME *", "$HOME|*|");
    expect_words("a\\", "a\\|");
    expect_words("a b c d e f g h", "a|b|c|d|e|f|g|h|");

    struct err err = { 0 };
    cr_assert_null(io_process_words("a 'b", &err));
    cr_assert_eq(err.code, ERR_USAGE);
    cr_assert_null(io_process_words("a \"b\\\"", &err));
    cr_assert_null(io_process_words("  ", &err));
}
