#include "base/arena.h"

#include "base/alloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define BLOCK_BYTES 16384 /* a parsed case file of ordinary size fits in a few */

struct arena_block {
    struct arena_block *next;
    size_t used, cap;
    max_align_t data[];
};

/* The blocks of a list up to, but not with, `end`. */
static void free_until(struct arena_block **list, const struct arena_block *end)
{
    while (*list != end) {
        struct arena_block *next = (*list)->next;
        alloc_free(*list);
        *list = next;
    }
}

void arena_free(struct arena *a)
{
    free_until(&a->blocks, NULL);
    a->total = 0;
}

struct arena_mark arena_mark(const struct arena *a)
{
    const struct arena_block *first = a->blocks;

    return (struct arena_mark){ a->blocks, first ? first->next : NULL, first ? first->used : 0,
                                a->total };
}

/* New blocks stand before the marked one, and big ones right behind it. */
void arena_rewind(struct arena *a, const struct arena_mark *to)
{
    free_until(&a->blocks, to->first);
    if (to->first) {
        free_until(&to->first->next, to->second);
        to->first->used = to->used;
    }
    a->total = to->total;
}

static struct arena_block *add_block(struct arena *a, size_t need)
{
    size_t cap = need > BLOCK_BYTES ? need : BLOCK_BYTES;
    size_t size;

    if (!size_add(&size, sizeof(struct arena_block), cap))
        return NULL;
    struct arena_block *block = alloc_resize(NULL, size);
    if (!block)
        return NULL;
    *block = (struct arena_block){ .cap = cap };
    /* A big block goes behind the current one, whose rest stays in use. */
    if (need > BLOCK_BYTES && a->blocks) {
        block->next = a->blocks->next;
        a->blocks->next = block;
    } else {
        block->next = a->blocks;
        a->blocks = block;
    }
    return block;
}

void *arena_new(struct arena *a, size_t size)
{
    const size_t align = sizeof(max_align_t);
    struct arena_block *block = a->blocks;

    if (size > SIZE_MAX - align)
        return NULL;
    size = size == 0 ? align : (size + align - 1) / align * align;
    if (!block || size > block->cap - block->used)
        block = add_block(a, size);
    if (!block)
        return NULL;
    void *ptr = (uint8_t *)block->data + block->used;
    block->used += size;
    a->total += size;
    return memset(ptr, 0, size);
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    size_t bytes;
    return size_mul(&bytes, count, size) ? arena_new(a, bytes) : NULL;
}

struct bytes arena_copy(struct arena *a, struct bytes in)
{
    size_t size;

    if (!size_add(&size, in.len, 1))
        return (struct bytes){ 0 };
    uint8_t *ptr = arena_new(a, size);
    if (!ptr)
        return (struct bytes){ 0 };
    if (in.len > 0)
        memcpy(ptr, in.ptr, in.len);
    return (struct bytes){ ptr, in.len };
}

char *arena_str(struct arena *a, struct bytes in)
{
    return (char *)(uintptr_t)arena_copy(a, in).ptr;
}

char *arena_print(struct arena *a, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n < 0)
        return NULL;
    char *text = arena_new(a, (size_t)n + 1);
    if (!text)
        return NULL;
    va_start(args, fmt);
    vsnprintf(text, (size_t)n + 1, fmt, args);
    va_end(args);
    return text;
}

bool arena_grow(struct arena *a, void **items, size_t *cap, size_t want, size_t size)
{
    if (want <= *cap)
        return true;
    size_t new_cap = *cap < 8 ? 8 : *cap;
    while (new_cap < want) {
        if (new_cap > SIZE_MAX / 2)
            return false;
        new_cap *= 2;
    }
    void *grown = arena_array(a, new_cap, size);
    if (!grown)
        return false;
    if (*cap > 0)
        memcpy(grown, *items, *cap * size);
    *items = grown;
    *cap = new_cap;
    return true;
}
