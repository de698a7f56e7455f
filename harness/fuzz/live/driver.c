#include "fuzz/live/driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drive/schedule.h"
#include "fuzz/live/seeds.h"
#include "fuzz/mutate/mutate.h"

#ifndef WSPROOF_LIBFUZZER

bool driver_there(struct err *err)
{
    return err_set(err, ERR_SYSTEM,
                   "this wsproof was built without libFuzzer, which `fuzz` needs; install clang's "
                   "runtime libraries (Debian: libclang-rt-14-dev or newer) and build it again");
}

bool driver_run(struct engine *e, int (*exit_code)(const struct err *err), struct err *err)
{
    (void)e, (void)exit_code;
    return driver_there(err);
}

#else

/* What libFuzzer calls, and what we call of it: its header is C++. */
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *, size_t));
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
                                 uint8_t *out, size_t out_max, unsigned seed);

/* Each so many mutations are libFuzzer's own, which know nothing of frames. */
#define BYTES_EVERY 16

/* libFuzzer finds the counters by the name of their section, which has to hold whole pages and
 * nothing else. */
__attribute__((section("__libfuzzer_extra_counters"), aligned(4096),
               used)) static uint8_t counters[ENGINE_COUNTERS];
_Static_assert(ENGINE_COUNTERS % 4096 == 0, "whole pages");

/* libFuzzer's callbacks have no argument for who they belong to: there is one engine. */
static struct engine *engine;
static int (*exit_code_of)(const struct err *err);

bool driver_there(struct err *err)
{
    (void)err;
    return true;
}

/* Out of the middle of libFuzzer, which would take exit for a crash of its target. */
static void leave(const struct err *err)
{
    bool stopped = !err || strcmp(err->text, SCHEDULE_INTERRUPTED) == 0;
    struct fuzz_news news = { .kind = stopped ? FUZZ_NEWS_DONE : FUZZ_NEWS_TROUBLE };
    int code = stopped ? 0 : exit_code_of(err);

    if (!stopped) {
        news.code = (uint64_t)code;
        snprintf(news.text, sizeof news.text, "%.*s", FUZZ_NEWS_TEXT - 1, err->text);
    }
    engine_tell_pulse(engine);
    engine_close(engine);
    engine_tell(&news);
    _exit(code);
}

static int say_one(const uint8_t *data, size_t size)
{
    struct err err = { 0 };

    if (!engine_take(engine, bytes_of(data, size), counters, &err))
        leave(&err);
    if (engine->over)
        leave(NULL);
    return 0;
}

/* ---- mutation ---- */

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    static struct fuzz_session s; /* large */
    static uint8_t out[1 << 16];
    struct arena arena = { 0 };
    struct coverage_word word;
    struct rand rand;

    rand_init(&rand, seed);
    if ((engine && engine->o->no_grammar) || rand_below(&rand, BYTES_EVERY) == 0)
        return LLVMFuzzerMutate(data, size, max_size);
    fuzz_session_decode(bytes_of(data, size), &s);
    bool knows = engine && engine->counters && fuzz_counters_word(engine->counters, &rand, &word);
    fuzz_mutate(&s, knows ? &word : NULL, &rand, &arena);
    size_t n = fuzz_session_encode(&s, out, max_size < sizeof out ? max_size : sizeof out);
    arena_free(&arena);
    if (n == 0)
        return LLVMFuzzerMutate(data, size, max_size);
    memcpy(data, out, n);
    return n;
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
                                 uint8_t *out, size_t out_max, unsigned seed)
{
    static struct fuzz_session into, other; /* large */
    struct rand rand;

    if (engine && engine->o->no_grammar)
        return 0;
    rand_init(&rand, seed);
    fuzz_session_decode(bytes_of(a, a_size), &into);
    fuzz_session_decode(bytes_of(b, b_size), &other);
    fuzz_cross(&into, &other, &rand);
    return fuzz_session_encode(&into, out, out_max);
}

/* ---- libFuzzer's command line ---- */

#define ARGS_MAX 32

struct args {
    char *list[ARGS_MAX + 1];
    int count;
    char texts[2][64];
};

static void add(struct args *args, const char *arg)
{
    if (args->count < ARGS_MAX)
        args->list[args->count++] = (char *)(uintptr_t)arg;
}

/* Signals, time, memory and files are our business, and so is what people read. Longer sessions
 * take longer, and long payloads are made of short ones (fuzz_step's `times`). */
static void fill(struct args *args, const struct fuzz_options *o)
{
    static const char *const usual[] = {
        "wsproof",         "-max_len=16384",     "-len_control=0",
        "-verbosity=0",    "-timeout=0",         "-report_slow_units=1000000",
        "-rss_limit_mb=0", "-malloc_limit_mb=0", "-detect_leaks=0",
        "-handle_abrt=0",  "-handle_bus=0",      "-handle_fpe=0",
        "-handle_ill=0",   "-handle_int=0",      "-handle_segv=0",
        "-handle_term=0",  "-handle_xfsz=0",     "-handle_usr1=0",
        "-reload=5",
    };

    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        add(args, usual[i]);
    /* It takes 32 bits, and 0 for chance. */
    snprintf(args->texts[0], sizeof args->texts[0], "-seed=%u",
             (unsigned)(o->seed % 0xfffffffeu) + 1);
    add(args, args->texts[0]);
    /* What takes long is tried less often; but a run of so many sessions is to be repeated. */
    if (o->runs == 0)
        add(args, "-entropic_scale_per_exec_time=1");
    if (o->corpus)
        add(args, o->corpus);
}

bool driver_run(struct engine *e, int (*exit_code)(const struct err *err), struct err *err)
{
    struct args args = { .count = 0 };
    char **argv = args.list;

    if (e->o->corpus && !seeds_write(e->o->corpus, err))
        return false;
    engine = e;
    exit_code_of = exit_code;
    fill(&args, e->o);
    LLVMFuzzerRunDriver(&args.count, &argv, say_one);
    return err_set(err, ERR_INTERNAL, "libFuzzer has ended by itself");
}

#endif
