#define _GNU_SOURCE /* fork, mmap beside C11 */
#include "fuzz/live/counters.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/alloc.h"

static struct err err;
static struct fuzz_counters *counters;
static struct coverage_head *head; /* the target's side of it: the test plays the target */
static uint8_t *shared;
static uint8_t taken[FUZZ_COUNTERS_SIZE];

static void *map_announced(void)
{
    const char *name = getenv(COVERAGE_ENV);
    int fd = name ? open(name, O_RDWR) : -1;
    void *at = mmap(NULL, COVERAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    close(fd);
    return at;
}

static void start(void)
{
    counters = fuzz_counters_new(&err);
    cr_assert(counters, "%s", err.text);
    cr_assert(fuzz_counters_announce(counters, &err));
    head = map_announced();
    cr_assert(head != MAP_FAILED);
    shared = (uint8_t *)head + COVERAGE_HEAD;
}

static void end(void)
{
    munmap(head, COVERAGE_SIZE);
    fuzz_counters_free(counters);
}

static uint32_t take(void)
{
    memset(taken, 0, sizeof taken);
    return fuzz_counters_take(counters, taken);
}

static size_t count_taken(void)
{
    size_t n = 0;

    for (size_t i = 0; i < sizeof taken; i++)
        n += taken[i] != 0;
    return n;
}

static struct fuzz_counters_facts facts(void)
{
    struct fuzz_counters_facts f;

    fuzz_counters_facts(counters, &f);
    return f;
}

TestSuite(fuzz_counters, .init = start, .fini = end);

Test(fuzz_counters, takes_each_place_as_it_was_counted)
{
    shared[0] = 1;
    shared[COVERAGE_EDGES - 1] = 255;
    shared[COVERAGE_EDGES] = 2;
    shared[FUZZ_COUNTERS_SIZE - 1] = 3;
    cr_assert_eq(take(), 4);
    cr_assert_eq(taken[0], 1);
    cr_assert_eq(taken[COVERAGE_EDGES - 1], 255);
    cr_assert_eq(taken[COVERAGE_EDGES], 2);
    cr_assert_eq(taken[FUZZ_COUNTERS_SIZE - 1], 3);
    cr_assert_eq(count_taken(), 4);
    cr_assert_eq(facts().seen, 2);
    cr_assert_eq(facts().compares, 2);
}

Test(fuzz_counters, taking_raises_and_leaves_the_rest_alone)
{
    shared[5] = 3;
    shared[6] = 9;
    memset(taken, 7, sizeof taken);
    fuzz_counters_take(counters, taken);
    cr_assert_eq(taken[4], 7);
    cr_assert_eq(taken[5], 7);
    cr_assert_eq(taken[6], 9);
}

Test(fuzz_counters, only_what_was_never_taken_is_new)
{
    shared[100] = 1;
    cr_assert_eq(take(), 1);
    cr_assert_eq(take(), 0);
    shared[100] = 2;
    shared[101] = 1;
    cr_assert_eq(take(), 1);
    cr_assert_eq(facts().seen, 2);
}

Test(fuzz_counters, zeroing_leaves_nothing)
{
    for (size_t i = 0; i < FUZZ_COUNTERS_SIZE; i += 7)
        shared[i] = (uint8_t)(i + 1);
    fuzz_counters_zero(counters);
    for (size_t i = 0; i < FUZZ_COUNTERS_SIZE; i++)
        cr_assert_eq(shared[i], 0, "at %zu", i);
    cr_assert_eq(take(), 0);
    cr_assert_eq(count_taken(), 0);
}

Test(fuzz_counters, what_counts_while_nothing_is_said_is_hidden)
{
    shared[10] = shared[11] = 1;
    take();
    fuzz_counters_zero(counters);
    shared[10] = 1;
    shared[COVERAGE_EDGES + 3] = 1;
    fuzz_counters_idle(counters);
    fuzz_counters_idle(counters);
    cr_assert_eq(facts().hidden, 2);
    cr_assert_eq(facts().seen, 1, "11 alone");
    shared[11] = shared[12] = 1;
    cr_assert_eq(take(), 1, "12 alone");
    cr_assert_eq(taken[10], 0);
    cr_assert_eq(taken[COVERAGE_EDGES + 3], 0);
    cr_assert_eq(count_taken(), 2);
}

Test(fuzz_counters, comparisons_that_are_not_the_same_twice_are_hidden)
{
    enum { AT = COVERAGE_EDGES + 20 };
    static uint8_t other[FUZZ_COUNTERS_SIZE];

    shared[20] = shared[AT] = shared[AT + 1] = 1;
    take();
    other[AT] = 1;
    other[AT + 2] = 1;
    fuzz_counters_unsteady(counters, taken, other);
    cr_assert_eq(facts().hidden, 2);
    shared[AT + 2] = 1;
    cr_assert_eq(take(), 0);
    cr_assert_eq(taken[20], 1, "an edge may come late");
    cr_assert_eq(taken[AT], 1);
    cr_assert_eq(count_taken(), 2);
}

static struct coverage_word *words(void)
{
    return (struct coverage_word *)(void *)(shared + FUZZ_COUNTERS_SIZE);
}

static size_t count_words(const struct coverage_word *like)
{
    struct coverage_word word;
    struct rand rand;
    size_t n = 0;

    rand_init(&rand, 9);
    for (int i = 0; i < 1000; i++)
        n += fuzz_counters_word(counters, &rand, &word) && word.len[0] == like->len[0] &&
             memcmp(word.bytes, like->bytes, sizeof word.bytes) == 0;
    return n;
}

Test(fuzz_counters, what_was_compared_for_the_first_time_comes_often)
{
    struct coverage_word old = { .len = { 1, 1 }, .is_number = 1, .bytes = { { 7 }, { 8 } } };
    struct coverage_word new = { .len = { 4, 4 }, .bytes = { "abcd", "wxyz" } };

    cr_assert_eq(count_words(&old), 0, "there are none");
    for (size_t i = 0; i < 100; i++)
        words()[i] = old;
    shared[0] = 1;
    take();
    words()[200] = new;
    cr_assert_lt(count_words(&new), 40, "nothing said that it is new");
    shared[1] = 1;
    take();
    cr_assert_gt(count_words(&new), 20, "%zu", count_words(&new));
    cr_assert_gt(count_words(&old), 500, "%zu", count_words(&old));
}

Test(fuzz_counters, a_word_that_makes_no_sense_is_none)
{
    static const struct coverage_word bad[] = {
        { .len = { 17, 3 } },
        { .len = { 4, 255 } },
        { .len = { 4, 2 }, .is_number = 1 },
        { .len = { 9, 9 }, .is_number = 1 },
    };

    for (size_t i = 0; i < COVERAGE_WORDS; i++)
        words()[i] = bad[i % (sizeof bad / sizeof *bad)];
    shared[0] = 1;
    take();
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert_eq(count_words(&bad[i]), 0);
}

Test(fuzz_counters, tells_people_why_there_is_no_coverage)
{
    struct fuzz_counters_facts f = facts();

    cr_assert(!f.attached && strstr(fuzz_counters_trouble(&f), "not linked in"));
    head->magic = COVERAGE_MAGIC + 1;
    f = facts();
    cr_assert(!f.attached && strstr(fuzz_counters_trouble(&f), "another version"));
    head->magic = COVERAGE_MAGIC;
    f = facts();
    cr_assert(f.attached && strstr(fuzz_counters_trouble(&f), "-fsanitize-coverage"));
    head->by_pc = 1;
    f = facts();
    cr_assert_null(fuzz_counters_trouble(&f));
    head->edges = UINT32_MAX;
    f = facts();
    cr_assert_eq(f.edges, COVERAGE_EDGES, "a broken target may write anything");
    head->overflow = 1;
    f = facts();
    cr_assert(strstr(fuzz_counters_trouble(&f), "more edges"));
    head->lost = 1;
    f = facts();
    cr_assert(strstr(fuzz_counters_trouble(&f), "trace-pc-guard"));
}

/* ---- counters in the memory of another process ---- */

#define INSIDE_START 500
#define LAST 100
static struct {
    uint64_t token;
    uint8_t counters[101]; /* no whole number of words, and the last one counts */
} inside;

/* A child with the same addresses as ours, and counters of its own. It counts once for each byte.
 */
static pid_t target(int *say, int *hear)
{
    int to[2], from[2];
    char what;

    cr_assert(pipe(to) == 0 && pipe(from) == 0);
    pid_t pid = fork();
    cr_assert(pid >= 0);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(to[1]);
        while (read(to[0], &what, 1) == 1) {
            inside.counters[LAST]++;
            what = (char)inside.counters[LAST];
            (void)!write(from[1], &what, 1);
        }
        _exit(0);
    }
    close(to[0]);
    close(from[1]);
    *say = to[1];
    *hear = from[0];
    return pid;
}

static int count_in(int say, int hear)
{
    char at = 0;

    cr_assert(write(say, "+", 1) == 1 && read(hear, &at, 1) == 1);
    return at;
}

static void tell_range(pid_t pid)
{
    head->n_ranges = 1;
    head->ranges[0] = (struct coverage_range){
        .from = (uint64_t)(uintptr_t)inside.counters,
        .to = (uint64_t)(uintptr_t)inside.counters + sizeof inside.counters,
        .token_at = (uint64_t)(uintptr_t)&inside.token,
        .pid = (uint32_t)pid,
        .at = INSIDE_START,
    };
}

static void end_target(pid_t pid, int say, int hear)
{
    close(say);
    close(hear);
    cr_assert_eq(waitpid(pid, NULL, 0), pid);
}

Test(fuzz_counters, reads_and_zeroes_the_memory_of_the_target)
{
    int say, hear;

    inside.token = head->token;
    pid_t pid = target(&say, &hear);
    tell_range(pid);
    count_in(say, hear);
    cr_assert_eq(count_in(say, hear), 2);
    cr_assert_eq(take(), 1);
    cr_assert_eq(taken[INSIDE_START + LAST], 2);
    fuzz_counters_zero(counters);
    cr_assert_eq(count_in(say, hear), 1);
    cr_assert_eq(facts().unreadable, 0);
    end_target(pid, say, hear);
    cr_assert_eq(take(), 0);
    cr_assert_eq(head->ranges[0].pid, 0, "the slot is free for the next one");
}

Test(fuzz_counters, a_process_without_the_token_is_left_alone)
{
    int say, hear;

    inside.token = head->token + 2;
    pid_t pid = target(&say, &hear);
    tell_range(pid);
    cr_assert_eq(count_in(say, hear), 1);
    cr_assert_eq(take(), 0);
    fuzz_counters_zero(counters);
    cr_assert_eq(count_in(say, hear), 2);
    end_target(pid, say, hear);
}

Test(fuzz_counters, a_head_that_makes_no_sense_harms_nobody)
{
    static uint8_t ours[200];
    uint32_t seed = 1;

    memset(ours, 1, sizeof ours);
    head->n_ranges = UINT32_MAX;
    for (int round = 0; round < 200; round++) {
        for (size_t i = 0; i < COVERAGE_RANGES_MAX; i++) {
            struct coverage_range *r = &head->ranges[i];
            seed = seed * 1664525 + 1013904223;
            r->pid = (seed >> 8) % 3 ? (uint32_t)getpid() : seed;
            r->from = (uint64_t)(uintptr_t)ours;
            r->to = r->from + (seed % 5 ? seed : sizeof ours);
            r->at = (seed >> 4) % 7 ? seed : 0;
            r->token_at = (uint64_t)(uintptr_t)&head->token;
        }
        fuzz_counters_zero(counters);
        take();
    }
    for (size_t i = 0; i < sizeof ours; i++)
        cr_assert_eq(ours[i], 1);
}

Test(fuzz_counters, without_memory_it_says_so)
{
    alloc_fail_at(1);
    struct fuzz_counters *none = fuzz_counters_new(&err);
    alloc_fail_at(0);
    cr_assert_null(none);
    cr_assert_eq(err.code, ERR_MEMORY);
    fuzz_counters_free(NULL);
}
