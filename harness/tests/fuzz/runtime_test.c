#define _GNU_SOURCE /* fork, pipe beside C11 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "fuzz/live/counters.h"

/* wsproof-cov.o in small programs (covered.c), one for each compiler and kind of coverage. */
enum ways {
    WAY_FORKS = 1, /* what a child does that leaves at once is seen */
    WAY_WORDS = 2, /* steps towards a string are seen */
};

static const struct way {
    const char *name;
    enum ways ways;
} ways[] = {
    { "guard", WAY_FORKS }, { "guard-asan", WAY_FORKS | WAY_WORDS },
    { "inline", 0 },        { "inline-asan", WAY_WORDS },
    { "pc", WAY_FORKS },    { "pc-asan", WAY_FORKS },
};
#define WAYS (sizeof ways / sizeof *ways)

static struct err err;
static struct fuzz_counters *counters;

struct places {
    uint8_t at[FUZZ_COUNTERS_SIZE];
};

struct covered {
    const char *name;
    pid_t pid;
    int say, hear;
    struct places usual; /* what it does for any byte */
};

static void set_up(void)
{
    counters = fuzz_counters_new(&err);
    cr_assert(counters, "%s", err.text);
}

static void tear_down(void)
{
    fuzz_counters_free(counters);
}

TestSuite(fuzz_runtime, .init = set_up, .fini = tear_down);

static bool path_of(const char *name, char *path, size_t size)
{
    snprintf(path, size, "%s/%s", COVERED_DIR, name);
    return access(path, X_OK) == 0;
}

static void become(const char *path, int in, int out)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(in, 0);
    dup2(out, 1);
    for (int fd = 3; fd < 64; fd++)
        close(fd);
    execl(path, path, (char *)NULL);
    _exit(127);
}

static bool start(struct covered *t, const char *name)
{
    char path[4096];
    int to[2], from[2];

    memset(t, 0, sizeof *t);
    t->name = name;
    if (!path_of(name, path, sizeof path))
        return false;
    cr_assert(pipe(to) == 0 && pipe(from) == 0);
    t->pid = fork();
    cr_assert(t->pid >= 0);
    if (t->pid == 0)
        become(path, to[0], from[1]);
    close(to[0]);
    close(from[1]);
    t->say = to[1];
    t->hear = from[0];
    return true;
}

static void stop(struct covered *t)
{
    int status = -1;

    close(t->say);
    close(t->hear);
    cr_assert_eq(waitpid(t->pid, &status, 0), t->pid);
    cr_assert_eq(status, 0, "%s ended with %d", t->name, status);
}

static void say(struct covered *t, const char *what, size_t len)
{
    char answer = 0;

    cr_assert_eq(write(t->say, what, len), (ssize_t)len);
    cr_assert_eq(read(t->hear, &answer, 1), 1, "%s: %c: no answer", t->name, *what);
    cr_assert_eq(answer, '.', "%s: %c: could not", t->name, *what);
}

/* The places where it comes along for `what`, and not for any byte. Gives how many edges are among
 * them. */
static size_t heard(struct covered *t, const char *what, size_t len, struct places *out)
{
    size_t n = 0;

    memset(out, 0, sizeof *out);
    fuzz_counters_zero(counters);
    say(t, what, len);
    fuzz_counters_take(counters, out->at);
    for (size_t i = 0; i < sizeof out->at; i++) {
        if (t->usual.at[i])
            out->at[i] = 0;
        n += out->at[i] != 0 && i < COVERAGE_EDGES;
    }
    return n;
}

static void learn_usual(struct covered *t)
{
    memset(&t->usual, 0, sizeof t->usual);
    say(t, ".", 1);
    fuzz_counters_zero(counters);
    for (int i = 0; i < 20; i++) {
        say(t, ".", 1);
        fuzz_counters_take(counters, t->usual.at);
    }
}

static bool announced(struct covered *t, const char *name)
{
    cr_assert(fuzz_counters_announce(counters, &err));
    if (!start(t, name))
        return false;
    learn_usual(t);
    return true;
}

static bool same_places(const struct places *a, const struct places *b)
{
    for (size_t i = 0; i < sizeof a->at; i++) {
        if ((a->at[i] != 0) != (b->at[i] != 0))
            return false;
    }
    return true;
}

/* Edges alone. */
static size_t in_both(const struct places *a, const struct places *b)
{
    size_t n = 0;

    for (size_t i = 0; i < COVERAGE_EDGES; i++)
        n += a->at[i] && b->at[i];
    return n;
}

/* Runs `check` with each of the programs that could be built. */
static void with_each(void (*check)(struct covered *t, const struct way *way))
{
    struct covered t;
    size_t done = 0;

    for (size_t i = 0; i < WAYS; i++) {
        if (!announced(&t, ways[i].name))
            continue;
        check(&t, &ways[i]);
        stop(&t);
        done++;
    }
    if (done == 0)
        cr_skip_test("neither clang nor gcc is there");
}

static void check_paths(struct covered *t, const struct way *way)
{
    struct places one, two, again;
    struct fuzz_counters_facts f;

    (void)way;
    fuzz_counters_facts(counters, &f);
    cr_assert(f.attached, "%s", t->name);
    cr_assert_eq(f.by_pc, strncmp(t->name, "pc", 2) == 0, "%s", t->name);
    cr_assert(f.by_pc || f.edges > 20, "%s: %u edges", t->name, f.edges);
    cr_assert_null(fuzz_counters_trouble(&f), "%s", t->name);
    cr_assert_gt(heard(t, "1", 1, &one), 0, "%s", t->name);
    cr_assert_gt(heard(t, "2", 1, &two), 0, "%s", t->name);
    heard(t, "1", 1, &again);
    cr_assert(same_places(&one, &again), "%s: the same, twice", t->name);
    cr_assert(!same_places(&one, &two), "%s: two paths look alike", t->name);
}

Test(fuzz_runtime, each_path_has_places_of_its_own)
{
    with_each(check_paths);
}

static void check_full(struct covered *t, const struct way *way)
{
    struct places many;
    uint8_t most = 0;

    (void)way;
    heard(t, "m", 1, &many);
    for (size_t i = 0; i < COVERAGE_EDGES; i++)
        most = many.at[i] > most ? many.at[i] : most;
    /* Those inside the program wrap: the compiler made them. 1000 is 232 in a byte. */
    cr_assert_geq(most, strstr(t->name, "inline") ? 100 : 255, "%s: %u", t->name, most);
}

Test(fuzz_runtime, a_counter_stops_at_its_end)
{
    with_each(check_full);
}

static void check_modules(struct covered *t, const struct way *way)
{
    struct places library, plugin, again;

    (void)way;
    cr_assert_gt(heard(t, "l", 1, &library), 1, "%s", t->name);
    size_t n = heard(t, "p", 1, &plugin);
    cr_assert_gt(n, heard(t, "o", 1, &again), "%s: what the plugin did is not seen", t->name);
    cr_assert_eq(in_both(&library, &plugin), 0, "%s: modules are mixed up", t->name);
    heard(t, "p", 1, &again);
    cr_assert_eq(heard(t, "p", 1, &again), n, "%s: closed and opened again", t->name);
    cr_assert_eq(in_both(&plugin, &again), n, "%s: it has the places that it had", t->name);
}

Test(fuzz_runtime, libraries_count_too)
{
    with_each(check_modules);
}

static void check_threads(struct covered *t, const struct way *way)
{
    struct places one, thread;

    (void)way;
    size_t n = heard(t, "1", 1, &one);
    cr_assert_gt(heard(t, "t", 1, &thread), 0, "%s", t->name);
    cr_assert_gt(n, 0);
    cr_assert_gt(in_both(&one, &thread), 0, "%s: what a thread does is not seen", t->name);
}

Test(fuzz_runtime, threads_count_too)
{
    with_each(check_threads);
}

static void check_forks(struct covered *t, const struct way *way)
{
    struct places one, other;

    heard(t, "1", 1, &one);
    if (way->ways & WAY_FORKS) {
        heard(t, "c", 1, &other);
        cr_assert_gt(in_both(&one, &other), 0, "%s: a child is not seen", t->name);
    }
    say(t, "w", 1);
    heard(t, "1", 1, &other);
    cr_assert_gt(in_both(&one, &other), 0, "%s: a worker is not seen", t->name);
}

Test(fuzz_runtime, children_count_too)
{
    with_each(check_forks);
}

static void check_again(struct covered *t, const struct way *way)
{
    struct places one, other;

    (void)way;
    heard(t, "1", 1, &one);
    say(t, "a.", 2);
    learn_usual(t);
    heard(t, "1", 1, &other);
    cr_assert(same_places(&one, &other), "%s: places moved", t->name);
}

Test(fuzz_runtime, a_program_that_starts_itself_again_has_the_same_places)
{
    with_each(check_again);
}

Test(fuzz_runtime, another_process_has_the_same_places)
{
    struct covered t;
    struct places first, second;

    for (size_t i = 0; i < WAYS; i++) {
        if (!announced(&t, ways[i].name))
            continue;
        heard(&t, "1", 1, &first);
        stop(&t);
        cr_assert(announced(&t, ways[i].name));
        heard(&t, "1", 1, &second);
        stop(&t);
        cr_assert(same_places(&first, &second), "%s: places moved", t.name);
    }
}

static void check_numbers(struct covered *t, const struct way *way)
{
    static const char *nearer[] = { "n\x00\x00\x00\x00", "n\x01\x00\x00\x00", "n\x01\xe7\x00\x00",
                                    "n\x01\xe7\xc2\x00", "n\x01\xe7\xc2\x5e" };
    struct places all = { 0 };

    (void)way;
    for (size_t i = 0; i < sizeof nearer / sizeof *nearer; i++) {
        struct places now;
        size_t fresh = 0;
        heard(t, nearer[i], 5, &now);
        for (size_t at = COVERAGE_EDGES; at < sizeof now.at; at++) {
            fresh += now.at[at] && !all.at[at];
            all.at[at] |= now.at[at];
        }
        cr_assert_gt(fresh, 0, "%s: step %zu towards a number shows nothing", t->name, i);
    }
}

Test(fuzz_runtime, each_step_towards_a_number_shows)
{
    with_each(check_numbers);
}

static void check_words(struct covered *t, const struct way *way)
{
    /* The first byte that differs is always 1 less: what memcmp gives is the same for all. */
    static const char *nearer[] = { "sv.......", "swd......", "swebr....", "swebsocj." };
    struct places all = { 0 };

    if (!(way->ways & WAY_WORDS))
        return;
    for (size_t i = 0; i < sizeof nearer / sizeof *nearer; i++) {
        struct places now;
        size_t fresh = 0;
        heard(t, nearer[i], 9, &now);
        for (size_t at = COVERAGE_EDGES; at < sizeof now.at; at++) {
            fresh += now.at[at] && !all.at[at];
            all.at[at] |= now.at[at];
        }
        cr_assert_gt(fresh, 0, "%s: step %zu towards a word shows nothing", t->name, i);
    }
}

Test(fuzz_runtime, each_step_towards_a_word_shows)
{
    with_each(check_words);
}

static bool holds(const struct coverage_word *w, int which, const char *bytes, size_t len)
{
    return w->len[which] == len && memcmp(w->bytes[which], bytes, len) == 0;
}

/* Whether these two are among what was compared. */
static bool was_compared(const char *a, const char *b, size_t len)
{
    struct coverage_word word;
    struct rand rand;

    rand_init(&rand, 5);
    for (int i = 0; i < 20000; i++) {
        if (fuzz_counters_word(counters, &rand, &word) &&
            ((holds(&word, 0, a, len) && holds(&word, 1, b, len)) ||
             (holds(&word, 1, a, len) && holds(&word, 0, b, len))))
            return true;
    }
    return false;
}

static void check_told(struct covered *t, const struct way *way)
{
    struct places now;

    heard(t, "n\x02\x03\x04\x05", 5, &now);
    cr_assert(was_compared("\x01\xe7\xc2\x5e", "\x02\x03\x04\x05", 4), "%s: the number", t->name);
    heard(t, "swebsecke", 9, &now);
    cr_assert(!(way->ways & WAY_WORDS) || was_compared("websock\0", "websecke", 8), "%s: the word",
              t->name);
}

Test(fuzz_runtime, what_was_compared_is_told)
{
    with_each(check_told);
}

Test(fuzz_runtime, a_target_that_nobody_fuzzes_runs_as_ever)
{
    struct covered t;
    struct fuzz_counters_facts f;
    size_t done = 0;

    unsetenv(COVERAGE_ENV);
    for (size_t i = 0; i < WAYS; i++) {
        if (!start(&t, ways[i].name))
            continue;
        say(&t, "1", 1);
        say(&t, "c", 1);
        say(&t, "p", 1);
        stop(&t);
        done++;
    }
    fuzz_counters_facts(counters, &f);
    cr_assert(!f.attached);
    if (done == 0)
        cr_skip_test("neither clang nor gcc is there");
}

static void runs_without(const char *name)
{
    struct covered t;
    struct fuzz_counters_facts f;

    setenv(COVERAGE_ENV, name, 1);
    if (!start(&t, "guard"))
        cr_skip_test("clang is not there");
    say(&t, "1", 1);
    stop(&t);
    fuzz_counters_facts(counters, &f);
    cr_assert(!f.attached);
}

Test(fuzz_runtime, a_file_that_is_none_of_ours_is_left_alone)
{
    char name[] = P_tmpdir "/wsproof-runtime-XXXXXX";
    char now[4] = "";
    int fd = mkstemp(name);

    cr_assert(fd >= 0 && write(fd, "mine", 4) == 4);
    runs_without(name);
    cr_assert(pread(fd, now, sizeof now, 0) == 4 && memcmp(now, "mine", 4) == 0);
    close(fd);
    unlink(name);
    runs_without(name); /* and it is not made */
    cr_assert_neq(access(name, F_OK), 0);
}

Test(fuzz_runtime, code_without_coverage_is_told_of)
{
    struct covered t;
    struct fuzz_counters_facts f;

    if (!announced(&t, "bare"))
        cr_skip_test("clang is not there");
    stop(&t);
    fuzz_counters_facts(counters, &f);
    cr_assert(f.attached);
    cr_assert(strstr(fuzz_counters_trouble(&f), "-fsanitize-coverage"));
}
