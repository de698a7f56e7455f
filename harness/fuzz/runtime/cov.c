#define _GNU_SOURCE /* RTLD_NODELETE */
#include "fuzz/runtime/cov.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#define MODULES_MAX 256 /* of a process; later ones count too, but not the same in every run */

/* A counter stops at its end: one that went back to 0 would say that nothing was there. */
static void count(uint8_t *counter)
{
    uint8_t now = __atomic_load_n(counter, __ATOMIC_RELAXED);

    if (now < UINT8_MAX)
        __atomic_store_n(counter, (uint8_t)(now + 1), __ATOMIC_RELAXED);
}

/* ---- numbers: the counters of a module, one behind the other ---- */

struct numbered {
    const void *start;
    size_t n;
    uint32_t at;
    uint8_t is_inline;
};

static struct numbered numbered[MODULES_MAX];
static unsigned n_numbered;
static size_t next_number;

static uint32_t at_most(size_t n, uint32_t most)
{
    return n < most ? (uint32_t)n : most;
}

static void raise_to(uint32_t *value, uint32_t to)
{
    if (*value < to)
        *value = to;
}

/* A module that comes again (dlclose, dlopen) gets the numbers that it had: its counters would
 * fill the memory else. The loader calls constructors one after the other, so nobody is beside us.
 */
static const struct numbered *numbers_for(const void *start, size_t n, int is_inline)
{
    static struct numbered last;

    for (unsigned i = 0; i < n_numbered; i++) {
        if (numbered[i].start == start && numbered[i].n == n)
            return &numbered[i];
    }
    struct numbered *new = n_numbered < MODULES_MAX ? &numbered[n_numbered++] : &last;
    *new = (struct numbered){ start, n, at_most(next_number, COVERAGE_EDGES), (uint8_t)is_inline };
    next_number += n;
    raise_to(&wsproof_cov.head->edges, at_most(next_number, COVERAGE_EDGES));
    if (next_number > COVERAGE_EDGES)
        raise_to(&wsproof_cov.head->overflow, at_most(next_number - COVERAGE_EDGES, UINT32_MAX));
    return new;
}

/* ---- clang: trace-pc-guard ---- */

API void __sanitizer_cov_trace_pc_guard_init(uint32_t *start, uint32_t *stop);
API void __sanitizer_cov_trace_pc_guard(uint32_t *guard);

/* A guard is 1 + its counter: 0, as the linker leaves it, counts nothing. Called once for each
 * object file of a module. Where the counters are all given out, modules share those that there
 * are. */
void __sanitizer_cov_trace_pc_guard_init(uint32_t *start, uint32_t *stop)
{
    if (start >= stop || *start || !wsproof_cov_attach())
        return;
    uint32_t at = numbers_for(start, (size_t)(stop - start), 0)->at;
    for (uint32_t *guard = start; guard < stop; guard++)
        *guard = 1 + (uint32_t)((at + (size_t)(guard - start)) % COVERAGE_EDGES);
}

void __sanitizer_cov_trace_pc_guard(uint32_t *guard)
{
    if (*guard)
        count(&wsproof_cov.edges[*guard - 1]);
}

/* ---- clang: inline-8bit-counters and inline-bool-flag, which are read from outside ---- */

API void __sanitizer_cov_8bit_counters_init(char *start, char *stop);
API void __sanitizer_cov_bool_flag_init(char *start, char *stop);
API void __sanitizer_cov_pcs_init(const uintptr_t *start, const uintptr_t *stop);

static int is_dead(uint32_t pid)
{
    return pid == 0 || (kill((pid_t)pid, 0) != 0 && errno == ESRCH);
}

static struct coverage_range *slot_of(uint32_t me, uint64_t from)
{
    struct coverage_range *ranges = wsproof_cov.head->ranges;

    for (unsigned i = 0; i < COVERAGE_RANGES_MAX; i++) {
        if (ranges[i].pid == me && ranges[i].from == from)
            return &ranges[i];
    }
    return NULL;
}

/* A slot that nobody uses (any more), now ours; NULL: there is none. */
static struct coverage_range *slot_for(uint32_t me)
{
    for (unsigned i = 0; i < COVERAGE_RANGES_MAX; i++) {
        struct coverage_range *r = &wsproof_cov.head->ranges[i];
        uint32_t pid = __atomic_load_n(&r->pid, __ATOMIC_ACQUIRE);
        if (!is_dead(pid) ||
            !__atomic_compare_exchange_n(&r->pid, &pid, me, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
            continue;
        raise_to(&wsproof_cov.head->n_ranges, i + 1);
        return r;
    }
    return NULL;
}

static void tell_range(const struct numbered *n)
{
    uint64_t from = (uint64_t)(uintptr_t)n->start;
    size_t room = COVERAGE_EDGES - n->at;
    uint32_t me = (uint32_t)getpid();

    if (room == 0)
        return; /* told as overflow */
    struct coverage_range *r = slot_of(me, from);
    if (!r)
        r = slot_for(me);
    if (!r) {
        wsproof_cov.head->lost++;
        return;
    }
    r->at = n->at;
    r->token_at = (uint64_t)(uintptr_t)&wsproof_cov.token;
    r->from = from;
    r->to = from + (n->n < room ? n->n : room);
}

/* A child has counters of its own, and a parent that does not see them. */
static void tell_child(void)
{
    int saved = errno;

    for (unsigned i = 0; i < n_numbered; i++) {
        if (numbered[i].is_inline)
            tell_range(&numbered[i]);
    }
    errno = saved;
}

/* The fuzzer writes zeros where the counters were told to be: a module that has any never leaves
 * its addresses to somebody else. No dlopen in this program: no module that could. */
#pragma weak dlopen
static void pin(const void *counters)
{
    const char *name = wsproof_cov_module_name((uintptr_t)counters);

    if (dlopen && name && *name)
        (void)!dlopen(name, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
}

void __sanitizer_cov_8bit_counters_init(char *start, char *stop)
{
    static int watches_forks;

    if (start >= stop || !wsproof_cov_attach())
        return;
    if (!watches_forks)
        watches_forks = pthread_atfork(NULL, NULL, tell_child) == 0;
    pin(start);
    tell_range(numbers_for(start, (size_t)(stop - start), 1));
}

void __sanitizer_cov_bool_flag_init(char *start, char *stop)
{
    __sanitizer_cov_8bit_counters_init(start, stop);
}

void __sanitizer_cov_pcs_init(const uintptr_t *start, const uintptr_t *stop)
{
    (void)start;
    (void)stop;
}

/* Wanted by code that was built with -fsanitize=fuzzer-no-link; nobody looks at it. */
API extern __thread uintptr_t __sancov_lowest_stack __attribute__((weak));
__thread uintptr_t __sancov_lowest_stack __attribute__((tls_model("initial-exec"))) = UINTPTR_MAX;

/* ---- gcc: trace-pc ---- */

API void __sanitizer_cov_trace_pc(void);
API void __sanitizer_cov_trace_pc_indir(uintptr_t callee);

void __sanitizer_cov_trace_pc(void)
{
    if (!wsproof_cov.head)
        return;
    if (!wsproof_cov.head->by_pc)
        wsproof_cov.head->by_pc = 1;
    count(&wsproof_cov.edges[wsproof_cov_place(CALLER) % COVERAGE_EDGES]);
}

void __sanitizer_cov_trace_pc_indir(uintptr_t callee)
{
    (void)callee; /* its own first edge says as much */
}
