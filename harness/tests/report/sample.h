#ifndef TESTS_REPORT_SAMPLE_H
#define TESTS_REPORT_SAMPLE_H

#include "report/result.h"

/* A made-up run of `n` cases with every verdict, severity and kind of entry, and text in it that
 * would like to be markup. The same seed gives the same run. sample_free ends it. */
struct sample {
    struct arena arena;
    struct run_report run;
};

bool sample_make(struct sample *s, size_t n, uint64_t seed);
const char *sample_hostile(size_t i); /* text that would like to be markup; any `i` will do */
void sample_free(struct sample *s);

#endif
