#ifndef SUPPORT_GUARD_H
#define SUPPORT_GUARD_H

/* Anonymous mappings are beyond C11: include this before any system header. */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include <criterion/criterion.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/bytes.h"

/* A copy whose last byte is the last one that may be read: one further is a crash, with or without
 * a sanitizer. */
struct guard {
    uint8_t *map, *ptr;
    size_t map_len, len;
};

static inline struct guard guard_copy(struct bytes in)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    const size_t usable = (in.len + page - 1) / page * page;
    struct guard g = { .map_len = usable + page, .len = in.len };

    g.map = mmap(NULL, g.map_len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    cr_assert(g.map != MAP_FAILED && mprotect(g.map + usable, page, PROT_NONE) == 0);
    g.ptr = g.map + usable - in.len;
    if (in.len > 0)
        memcpy(g.ptr, in.ptr, in.len);
    return g;
}

static inline struct bytes guard_bytes(const struct guard *g)
{
    return bytes_of(g->ptr, g->len);
}

static inline void guard_free(struct guard *g)
{
    munmap(g->map, g->map_len);
}

#endif
