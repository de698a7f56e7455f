#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define NODISCARD __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define NODISCARD
#define PRINTF_LIKE(fmt, args)
#endif

/* A view of bytes that somebody else owns. Zero bytes are the valid empty view; `ptr` may be NULL
 * only when `len` is 0. Good for text too: nothing here needs a NUL. */
struct bytes {
    const uint8_t *ptr;
    size_t len;
};

#define BYTES_LIT(s) ((struct bytes){ (const uint8_t *)(s), sizeof(s) - 1 })

/* printf's "%.*s" for a view of text. */
#define BYTES_ARG(b) (int)(b).len, (const char *)(b).ptr

struct bytes bytes_of(const void *ptr, size_t len);
struct bytes bytes_str(const char *s); /* without the NUL; NULL gives the empty view */

/* The view without its first `n` bytes, or only those; `n` past the end gives the empty, or the
 * whole. */
struct bytes bytes_skip(struct bytes b, size_t n);
struct bytes bytes_take(struct bytes b, size_t n);

bool bytes_eq(struct bytes a, struct bytes b);
bool bytes_eq_str(struct bytes a, const char *s);
bool bytes_eq_nocase(struct bytes a, struct bytes b); /* ASCII letters only */
bool bytes_starts(struct bytes b, struct bytes prefix);

/* Index of the first `byte` or `needle` at or after `from`; `b.len` when there is none. */
size_t bytes_index(struct bytes b, size_t from, uint8_t byte);
size_t bytes_find(struct bytes b, struct bytes needle);

/* Without leading and trailing spaces and tabs. */
struct bytes bytes_trim(struct bytes b);

/* *out = a * b, or false when it does not fit a size_t. */
NODISCARD bool size_mul(size_t *out, size_t a, size_t b);
NODISCARD bool size_add(size_t *out, size_t a, size_t b);

#endif
