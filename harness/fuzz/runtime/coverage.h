#ifndef FUZZ_COVERAGE_H
#define FUZZ_COVERAGE_H

#include <stdint.h>

/* The memory that a fuzzer shares with an instrumented target: what harness/fuzz/runtime/ writes
 * and harness/fuzz/live/counters.h reads. One page of head, then the counters,
 * then words. The target finds it
 * as the file that WSPROOF_COV names (/proc/PID/fd/N of a memfd: nothing to unlink, and it reaches
 * every process that the target starts). Plain C, without the rest of wsproof: the runtime includes
 * it. */
#define COVERAGE_ENV "WSPROOF_COV"
#define COVERAGE_MAGIC 0x32767763u /* "cwv2" */
#define COVERAGE_HEAD 4096u
#define COVERAGE_EDGES 65536u    /* counters of code, by guard or by hashed pc */
#define COVERAGE_COMPARES 65536u /* behind them: how near comparisons came, by place */
#define COVERAGE_RANGES_MAX 64   /* modules with inline counters, which are read from outside */
#define COVERAGE_WORDS 512       /* and behind those: what was compared last, by place */
#define COVERAGE_WORD_MAX 16     /* bytes of it */
#define COVERAGE_SIZE                                                                              \
    (COVERAGE_HEAD + COVERAGE_EDGES + COVERAGE_COMPARES +                                          \
     COVERAGE_WORDS * sizeof(struct coverage_word))

/* Two things that were compared and differ. Which of them came from us nobody knows, unless one is
 * a constant. Written without a lock: it may be a half of one pair and a half of another. */
struct coverage_word {
    uint8_t len[2];      /* of each, in bytes; both 0: nothing was compared here */
    uint8_t is_number;   /* both are, their least byte first */
    uint8_t is_constant; /* the first is */
    uint8_t bytes[2][COVERAGE_WORD_MAX];
};

/* Counters that stand in the memory of the process `pid`. Whoever reads or zeroes them looks first
 * whether the token is at `token_at`: by then the pid may be somebody else's. */
struct coverage_range {
    uint64_t from, to, token_at; /* addresses in the process */
    uint32_t pid;                /* 0: the slot is free */
    uint32_t at;                 /* the first of its counters among the edges */
};

/* Zeroed but for the token when it is made; all else is the target's. */
struct coverage_head {
    uint64_t token; /* any number but 0, the fuzzer's */
    uint32_t magic; /* the runtime was there */
    uint32_t edges; /* counters that were given out in order, from 0 on; at most COVERAGE_EDGES */
    uint32_t overflow; /* edges without a counter of their own for want of room */
    uint32_t by_pc;    /* 1: there is code whose counters may be anywhere (gcc trace-pc) */
    uint32_t n_ranges; /* slots ever used */
    uint32_t lost;     /* ranges for which no slot was free */
    struct coverage_range ranges[COVERAGE_RANGES_MAX];
};

#endif
