#include "report/result.h"

#include <string.h>

bool result_is_expected(const struct result *r)
{
    return r->known.as == KNOWN_EXPECTED || r->known.as == KNOWN_FLAKY;
}

bool result_is_surprise(const struct result *r)
{
    return r->known.as == KNOWN_STALE || r->known.as == KNOWN_WORSE;
}

bool result_is_bad(const struct result *r)
{
    return result_is_surprise(r) || r->verdict.result == VERDICT_ERROR ||
           (r->verdict.result == VERDICT_FAIL && !result_is_expected(r));
}

bool result_proves(const struct result *r, const char *id)
{
    for (size_t i = 0; i < r->n_proves; i++)
        if (strcmp(r->proves[i], id) == 0)
            return true;
    return false;
}

static void count_fail(const struct result *r, struct run_counts *out)
{
    out->fails_by_severity[r->verdict.severity]++;
    if (result_is_expected(r)) {
        out->expected_fails++;
        out->expected_by_severity[r->verdict.severity]++;
    }
}

void run_report_count(const struct run_report *r, struct run_counts *out)
{
    *out = (struct run_counts){ .total = r->n_results };
    for (size_t i = 0; i < r->n_results; i++) {
        const struct result *result = &r->results[i];
        out->by_kind[result->verdict.result]++;
        if (result->verdict.result == VERDICT_FAIL)
            count_fail(result, out);
        out->known[result->known.as]++;
        out->contested += result->verdict.contested;
        out->retried += result->attempts > 1;
    }
}

void result_free(struct result *r)
{
    transcript_free(&r->transcript);
}
