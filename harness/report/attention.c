#include "report/attention.h"

#include <string.h>

/* 0: the tool or the environment; then the severities downwards; then what is no fail, but not as
 * a baseline has it. */
#define RANKS (1u + SEVERITY_CRITICAL + 1u + 1u)

static bool has_rank(const struct result *r, unsigned rank)
{
    if (!result_is_bad(r))
        return false;
    if (r->verdict.result == VERDICT_ERROR)
        return rank == 0;
    if (r->verdict.result != VERDICT_FAIL)
        return rank == RANKS - 1;
    return rank == 1 + (unsigned)(SEVERITY_CRITICAL - r->verdict.severity);
}

enum attention_level attention_level(const struct result *r, enum severity fail_on)
{
    if (!result_is_bad(r))
        return ATTENTION_NONE;
    if (result_is_surprise(r) || r->verdict.result == VERDICT_ERROR)
        return ATTENTION_ERROR;
    return r->verdict.severity >= fail_on ? ATTENTION_ERROR : ATTENTION_WARNING;
}

const struct result *attention_next(struct attention *a, const struct run_report *r)
{
    for (; a->rank < RANKS; a->rank++, a->at = 0)
        while (a->at < r->n_results)
            if (has_rank(&r->results[a->at++], a->rank))
                return &r->results[a->at - 1];
    return NULL;
}

const char *attention_expected(const struct verdict *v)
{
    static const char word[] = "expect "; /* a step of a case, as it is written there */
    bool step = v->expected && strncmp(v->expected, word, sizeof word - 1) == 0;

    return step ? v->expected + sizeof word - 1 : v->expected;
}

size_t attention_count(const struct run_report *r)
{
    size_t n = 0;

    for (size_t i = 0; i < r->n_results; i++)
        n += result_is_bad(&r->results[i]);
    return n;
}
