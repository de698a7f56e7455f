#include "fuzz/planted/frame.h"

#include <string.h>

size_t frame_read(const uint8_t *p, size_t n, struct frame *f)
{
    if (n < 2)
        return 0;
    *f = (struct frame){ .fin = p[0] >> 7, .rsv = p[0] >> 4 & 7, .opcode = p[0] & 15 };
    f->masked = p[1] >> 7;
    f->len = p[1] & 127;
    f->len_size = f->len == 126 ? 2 : f->len == 127 ? 8 : 0;
    size_t size = 2 + f->len_size + (f->masked ? 4 : 0);
    if (n < size)
        return 0;
    if (f->len_size > 0)
        f->len = 0;
    for (unsigned i = 0; i < f->len_size; i++)
        f->len = f->len << 8 | p[2 + i];
    if (f->masked)
        memcpy(f->key, p + size - 4, 4);
    return size;
}
