#include "report/markup.h"

#include <inttypes.h>

void markup_put(struct markup *m, const char *ours)
{
    m->ok = m->ok && buf_append(m->buf, bytes_str(ours));
}

void markup_bytes(struct markup *m, struct bytes data)
{
    m->ok = m->ok && m->escape(data, m->buf);
}

void markup_text(struct markup *m, const char *text)
{
    markup_bytes(m, bytes_str(text));
}

void markup_cut(struct markup *m, const char *text, size_t max)
{
    struct bytes all = bytes_str(text);
    size_t len = all.len < max ? all.len : max;

    for (int back = 0; back < 3 && len > 0 && len < all.len; back++)
        len -= (all.ptr[len] & 0xC0) == 0x80; /* not within a character */
    markup_bytes(m, bytes_take(all, len));
    if (len < all.len)
        markup_put(m, "…");
}

void markup_number(struct markup *m, uint64_t n)
{
    m->ok = m->ok && buf_print(m->buf, "%" PRIu64, n);
}

void markup_seconds(struct markup *m, uint64_t us)
{
    m->ok = m->ok && buf_print(m->buf, "%" PRIu64 ".%06" PRIu64, us / 1000000, us % 1000000);
}
