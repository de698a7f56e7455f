#include "fuzz/live/recent.h"

#include <assert.h>
#include <string.h>

void recent_init(struct recent *r)
{
    memset(r, 0, sizeof *r);
    buf_init(&r->bytes, RECENT_BYTES);
}

void recent_free(struct recent *r)
{
    buf_free(&r->bytes);
    r->count = r->marked = 0;
}

static void forget_half(struct recent *r)
{
    size_t n = (r->count + 1) / 2, gone = r->ends[n - 1];

    buf_drop(&r->bytes, gone);
    r->count -= n;
    r->marked = r->marked > n ? r->marked - n : 0;
    for (size_t i = 0; i < r->count; i++)
        r->ends[i] = r->ends[i + n] - gone;
}

void recent_add(struct recent *r, struct bytes input)
{
    while (r->count > 0 && (r->count == RECENT_MAX || r->bytes.len + input.len > RECENT_BYTES))
        forget_half(r);
    if (buf_append(&r->bytes, input))
        r->ends[r->count++] = r->bytes.len;
}

void recent_mark(struct recent *r)
{
    r->marked = r->count;
}

void recent_mark_back(struct recent *r, size_t back)
{
    r->marked = r->count > back ? r->count - back : 0;
}

struct bytes recent_at(const struct recent *r, size_t back)
{
    assert(back < r->count);
    size_t i = r->count - 1 - back, from = i > 0 ? r->ends[i - 1] : 0;

    return bytes_take(bytes_skip(buf_bytes(&r->bytes), from), r->ends[i] - from);
}
