#ifndef FUZZ_COVERAGE_H
#define FUZZ_COVERAGE_H

#include <stdint.h>

/* The memory that a fuzzer shares with an instrumented target: what harness/fuzz/runtime/ writes
 * and harness/fuzz/counters.h reads. One page of head, then the counters. The target finds it as
 * the file that WSPROOF_COV names (/proc/PID/fd/N of a memfd: nothing to unlink, and it reaches
 * every process that the target starts). Plain C, without the rest of wsproof: the runtime includes
 * it. */
#define COVERAGE_ENV "WSPROOF_COV"
#define COVERAGE_MAGIC 0x31767763u /* "cwv1" */
#define COVERAGE_HEAD 4096u
#define COVERAGE_EDGES 65536u    /* counters of code, by guard or by hashed pc */
#define COVERAGE_COMPARES 65536u /* behind them: how near comparisons came, by place */
#define COVERAGE_RANGES_MAX 64   /* modules with inline counters, which are read from outside */
#define COVERAGE_SIZE (COVERAGE_HEAD + COVERAGE_EDGES + COVERAGE_COMPARES)

struct coverage_range {
    uint64_t from, to; /* addresses in the process `pid` */
    uint32_t pid, at;  /* `at`: the first of its counters among the edges */
};

struct coverage_head {
    uint32_t magic;    /* the runtime was there */
    uint32_t edges;    /* counters that the target has, as far as they are known; 0: by pc */
    uint32_t overflow; /* edges that share a counter with others for want of room */
    uint32_t n_ranges;
    struct coverage_range ranges[COVERAGE_RANGES_MAX];
};

#endif
