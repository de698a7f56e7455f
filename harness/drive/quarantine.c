#include "drive/quarantine.h"

#include <assert.h>

bool quarantine_init(struct quarantine *q, struct arena *a)
{
    q->first = q->count = 0;
    q->ring = arena_array(a, QUARANTINE_MAX, sizeof *q->ring);
    return q->ring != NULL;
}

void quarantine_free(struct quarantine *q)
{
    struct outcome o;

    while (quarantine_suspect(q, &o))
        transcript_free(&o.transcript);
}

void quarantine_add(struct quarantine *q, const struct outcome *outcome, uint64_t now_us)
{
    assert(q->count < QUARANTINE_MAX);
    q->ring[(q->first + q->count) % QUARANTINE_MAX] =
        (struct kept){ *outcome, now_us + QUARANTINE_US };
    q->count++;
}

bool quarantine_suspect(struct quarantine *q, struct outcome *out)
{
    if (q->count == 0)
        return false;
    *out = q->ring[q->first].outcome;
    q->first = (q->first + 1) % QUARANTINE_MAX;
    q->count--;
    return true;
}

bool quarantine_release(struct quarantine *q, uint64_t now_us, struct outcome *out)
{
    bool full = q->count == QUARANTINE_MAX;

    return (full || now_us >= quarantine_due_us(q)) && quarantine_suspect(q, out);
}

uint64_t quarantine_due_us(const struct quarantine *q)
{
    return q->count > 0 ? q->ring[q->first].until_us : UINT64_MAX;
}
