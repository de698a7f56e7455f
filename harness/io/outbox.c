#include "io/outbox.h"

/* The largest message of the suite is 16 MiB; this holds some of them for a peer that does not
 * read. */
#define OUTBOX_MAX (64u << 20)
/* A buffer larger than this is given back when it is empty. */
#define OUTBOX_KEEP 65536

void outbox_init(struct outbox *o)
{
    buf_init(&o->all, OUTBOX_MAX);
    o->out = 0;
}

void outbox_free(struct outbox *o)
{
    buf_free(&o->all);
    o->out = 0;
}

struct bytes outbox_left(const struct outbox *o)
{
    return bytes_skip(buf_bytes(&o->all), o->out);
}

bool outbox_add(struct outbox *o, struct bytes more)
{
    if (o->out > o->all.len / 2) {
        buf_drop(&o->all, o->out);
        o->out = 0;
    }
    return buf_append(&o->all, more);
}

static void be_empty(struct outbox *o)
{
    o->out = 0;
    buf_clear(&o->all);
    if (o->all.cap <= OUTBOX_KEEP)
        return;
    outbox_free(o);
    outbox_init(o);
}

void outbox_sent(struct outbox *o, size_t n)
{
    o->out += n;
    if (o->out == o->all.len)
        be_empty(o);
}
