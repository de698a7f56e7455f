#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/bytes.h"

struct arena_block;

/* Memory that is given out piece by piece and freed all at once. A zeroed arena is empty and ready;
 * arena_free gives that back. Not for threads. */
struct arena {
    struct arena_block *blocks;
    size_t total; /* bytes given out */
};

void arena_free(struct arena *a);

/* How far an arena had come at some moment. Zeroed: it was empty. */
struct arena_mark {
    struct arena_block *first, *second;
    size_t used, total;
};

/* Forgets what was given out since the mark was taken, and the marks taken since. Good for as often
 * as the arena was not freed, nor wound back behind the mark. */
struct arena_mark arena_mark(const struct arena *a);
void arena_rewind(struct arena *a, const struct arena_mark *to);

/* `size` zeroed bytes (at least one), aligned for anything, until arena_free; NULL when the heap
 * says no. */
NODISCARD void *arena_new(struct arena *a, size_t size);

/* `count` zeroed items of `size` bytes; NULL also when the product does not fit. */
NODISCARD void *arena_array(struct arena *a, size_t count, size_t size);

/* A copy that lives as long as the arena, with a NUL behind it that is not counted. On failure
 * `ptr` is NULL. */
NODISCARD struct bytes arena_copy(struct arena *a, struct bytes in);
NODISCARD char *arena_str(struct arena *a, struct bytes in);
NODISCARD char *arena_print(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Grows an array that the arena holds: *items has room for *cap of `size` bytes; afterwards for at
 * least `want`. The old array stays behind in the arena. False, unchanged, when the heap says no.
 */
NODISCARD bool arena_grow(struct arena *a, void **items, size_t *cap, size_t want, size_t size);

#endif
