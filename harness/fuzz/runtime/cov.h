#ifndef FUZZ_RUNTIME_COV_H
#define FUZZ_RUNTIME_COV_H

#include <stddef.h>
#include <stdint.h>

#include "fuzz/runtime/coverage.h"

/* The runtime that an instrumented target links in as one object, wsproof-cov.o. It answers the
 * calls that compilers put into the code (clang's SanitizerCoverage, gcc's trace-pc and trace-cmp)
 * and counts in the memory that WSPROOF_COV names (fuzz/runtime/coverage.h). Without WSPROOF_COV
 * the target runs as ever. It needs libc alone and is not instrumented itself. Its names are
 * hidden, and begin with wsproof_cov: they stand beside those of anybody's program.
 *
 * Counters are changed without a lock, by threads and by processes that share the memory: a count
 * may be lost, a place never. All of it may run in a signal handler, but for the first call from a
 * module (dl_iterate_phdr). */
#define API __attribute__((visibility("default"))) /* what compilers call */
#define CALLER ((uintptr_t)__builtin_return_address(0))

struct wsproof_cov {
    struct coverage_head *head; /* NULL: nobody wants to know */
    uint8_t *edges, *compares;
    struct coverage_word *words;
    uint64_t token; /* a copy, which the fuzzer looks for: see struct coverage_range */
};

extern struct wsproof_cov wsproof_cov;

/* Modules say that they are there before main, in any order: each of them comes through here.
 * Whether there is somebody to count for. */
int wsproof_cov_attach(void);

/* A number for a place in the code that is the same in every run, in all of its bits. */
uint64_t wsproof_cov_place(uintptr_t pc);

/* The file of the module that has the address, as long as it is loaded; empty: the program itself;
 * NULL: none has it. */
const char *wsproof_cov_module_name(uintptr_t address);

#endif
