#include "fuzz/planted/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void make_room(struct store *s, size_t len)
{
    size_t cap = s->cap ? s->cap : 256;

    while (cap - s->len < len)
        cap *= 2;
    s->ptr = realloc(s->ptr, cap);
    if (!s->ptr) {
        fputs("planted: no memory\n", stderr);
        exit(1);
    }
    s->cap = cap;
}

void store_add(struct store *s, const void *bytes, size_t len)
{
    if (s->cap - s->len < len)
        make_room(s, len);
    if (len > 0)
        memcpy(s->ptr + s->len, bytes, len);
    s->len += len;
}

void store_add_text(struct store *s, const char *text)
{
    store_add(s, text, strlen(text));
}

void store_drop(struct store *s, size_t front)
{
    s->len -= front;
    if (s->len > 0)
        memmove(s->ptr, s->ptr + front, s->len);
}

void store_free(struct store *s)
{
    free(s->ptr);
    *s = (struct store){ 0 };
}
