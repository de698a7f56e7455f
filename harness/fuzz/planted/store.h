#ifndef PLANTED_STORE_H
#define PLANTED_STORE_H

#include <stddef.h>
#include <stdint.h>

/* Bytes that grow. Zeroed, it is empty. Who fills it sets the bounds; without memory the program
 * ends. */
struct store {
    uint8_t *ptr;
    size_t len, cap;
};

void store_add(struct store *s, const void *bytes, size_t len);
void store_add_text(struct store *s, const char *text);
void store_drop(struct store *s, size_t front); /* the first so many bytes */
void store_free(struct store *s);

#endif
