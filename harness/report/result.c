#include "report/result.h"

#include <string.h>

void run_report_count(const struct run_report *r, struct run_counts *out)
{
    *out = (struct run_counts){ .total = r->n_results };
    for (size_t i = 0; i < r->n_results; i++) {
        const struct result *result = &r->results[i];
        out->by_kind[result->verdict.result]++;
        if (result->verdict.result == VERDICT_FAIL)
            out->fails_by_severity[result->verdict.severity]++;
        out->contested += result->verdict.contested;
        out->retried += result->attempts > 1;
    }
}

void result_free(struct result *r)
{
    transcript_free(&r->transcript);
}
