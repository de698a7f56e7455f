#include "io/source.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

void io_source_open(struct source *s, struct io_loop *loop,
                    bool (*step)(struct source *, struct io_event *), void (*drop)(struct source *))
{
    s->loop = loop;
    s->step = step;
    s->drop = drop;
    link_init(&s->ready);
    link_init(&s->limit);
    link_add(&loop->all, &s->all);
}

void io_source_close(struct source *s)
{
    link_remove(&s->ready);
    link_remove(&s->limit);
    link_remove(&s->all);
}

void io_source_ready(struct source *s)
{
    if (link_alone(&s->ready))
        link_add(&s->loop->ready, &s->ready);
}

void io_source_again(struct source *s)
{
    if (link_alone(&s->ready))
        link_add(&s->loop->later, &s->ready);
}

/* Sorted, and filled from the back: limits are mostly of one length, so new ones belong there. */
void io_source_limit(struct source *s, uint64_t at_ms)
{
    link_remove(&s->limit);
    s->expired = false;
    s->limit_ms = at_ms;
    if (at_ms == 0)
        return;
    struct link *before = &s->loop->limits;
    while (before->prev != &s->loop->limits &&
           LINK_OWNER(before->prev, struct source, limit)->limit_ms > at_ms)
        before = before->prev;
    link_add(before, &s->limit);
}

const char *io_loop_why(struct io_loop *loop, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vsnprintf(loop->why, sizeof loop->why, fmt, args);
    va_end(args);
    return loop->why;
}

void *io_alloc(size_t size, const char *what_for, struct err *err)
{
    void *ptr = alloc_resize(NULL, size);

    if (ptr)
        memset(ptr, 0, size);
    else
        err_memory(err, what_for);
    return ptr;
}
