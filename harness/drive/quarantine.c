#include "drive/quarantine.h"

#include <assert.h>

bool quarantine_init(struct quarantine *q, struct arena *a)
{
    q->first = q->count = 0;
    q->alive_us = 0;
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
    q->ring[(q->first + q->count) % QUARANTINE_MAX] = (struct kept){ *outcome, now_us };
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

void quarantine_alive(struct quarantine *q, uint64_t since_us)
{
    if (since_us > q->alive_us)
        q->alive_us = since_us;
}

bool quarantine_wants_life(const struct quarantine *q)
{
    return q->count > 0 &&
           q->ring[(q->first + q->count - 1) % QUARANTINE_MAX].ended_us > q->alive_us;
}

uint64_t quarantine_since_us(const struct quarantine *q, uint64_t now_us)
{
    uint64_t since = now_us > QUARANTINE_US ? now_us - QUARANTINE_US : 0;

    return q->alive_us < since ? q->alive_us : since;
}

uint64_t quarantine_due_us(const struct quarantine *q)
{
    if (q->count == 0)
        return UINT64_MAX;
    uint64_t ended = q->ring[q->first].ended_us;
    return ended + (ended <= q->alive_us ? QUARANTINE_US : QUARANTINE_PATIENCE_US);
}
