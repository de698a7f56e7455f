#include "base/buf.h"

#include "base/alloc.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Below this the heap's own overhead dominates. */
#define BUF_FIRST_CAP 64

void buf_init(struct buf *b, size_t max)
{
    *b = (struct buf){ .max = max };
}

void buf_free(struct buf *b)
{
    alloc_free(b->ptr);
    *b = (struct buf){ 0 };
}

void buf_clear(struct buf *b)
{
    b->len = 0;
}

struct bytes buf_bytes(const struct buf *b)
{
    return (struct bytes){ b->ptr, b->len };
}

static size_t grown(const struct buf *b, size_t need)
{
    size_t cap = b->cap < BUF_FIRST_CAP ? BUF_FIRST_CAP : b->cap;

    while (cap < need)
        cap = cap > b->max / 2 ? b->max : cap * 2;
    return cap < b->max ? cap : b->max;
}

bool buf_reserve(struct buf *b, size_t more)
{
    if (more <= b->cap - b->len)
        return true;
    if (more > b->max - b->len)
        return false;
    size_t cap = grown(b, b->len + more);
    uint8_t *ptr = alloc_resize(b->ptr, cap);
    if (!ptr)
        return false;
    b->ptr = ptr;
    b->cap = cap;
    return true;
}

bool buf_append(struct buf *b, struct bytes in)
{
    if (in.len == 0)
        return true;
    if (!buf_reserve(b, in.len))
        return false;
    memcpy(b->ptr + b->len, in.ptr, in.len);
    b->len += in.len;
    return true;
}

bool buf_push(struct buf *b, uint8_t byte)
{
    return buf_append(b, bytes_of(&byte, 1));
}

bool buf_print(struct buf *b, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n < 0 || !buf_reserve(b, (size_t)n + 1))
        return false;
    va_start(args, fmt);
    vsnprintf((char *)b->ptr + b->len, (size_t)n + 1, fmt, args);
    va_end(args);
    b->len += (size_t)n;
    return true;
}

void buf_drop(struct buf *b, size_t n)
{
    assert(n <= b->len);
    if (n == 0)
        return;
    memmove(b->ptr, b->ptr + n, b->len - n);
    b->len -= n;
}
