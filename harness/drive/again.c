#include "drive/again.h"

#include <assert.h>

bool again_init(struct again_queue *q, struct arena *a, size_t n_cases)
{
    q->next = q->count = 0;
    q->max = n_cases * AGAIN_MAX;
    q->of = arena_array(a, q->max + 1, sizeof *q->of);
    return q->of != NULL;
}

void again_free(struct again_queue *q)
{
    while (again_first(q)) {
        struct again a = again_take(q);
        again_forget_warn(&a);
    }
}

void again_add(struct again_queue *q, struct again again)
{
    assert(q->count < q->max);
    q->of[q->count++] = again;
}

struct again *again_first(struct again_queue *q)
{
    return q->next < q->count ? &q->of[q->next] : NULL;
}

struct again again_take(struct again_queue *q)
{
    assert(q->next < q->count);
    return q->of[q->next++];
}

void again_put_back(struct again_queue *q, struct again again)
{
    assert(q->next > 0);
    q->of[--q->next] = again;
}

void again_forget_warn(struct again *again)
{
    if (again->warn)
        transcript_free(&again->warn->transcript);
    again->warn = NULL;
}

void again_suspect_warns(struct again_queue *q, uint64_t since_us, unsigned death)
{
    for (size_t i = q->next; i < q->count; i++) {
        struct again *a = &q->of[i];
        if (!a->warn || a->ended_us <= since_us)
            continue;
        a->suspect = true;
        a->death = death;
    }
}
