#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/bytes.h"

/* Bytes that it owns and that may grow up to `max`: len <= cap <= max. A zeroed buf is empty and
 * refuses to grow (max 0); buf_free gives that back. */
struct buf {
    uint8_t *ptr;
    size_t len, cap, max;
};

void buf_init(struct buf *b, size_t max);
void buf_free(struct buf *b);
void buf_clear(struct buf *b);               /* keeps the memory */
struct bytes buf_bytes(const struct buf *b); /* until the next change of `b` */

/* Room for `more` bytes behind `len`, without touching `len`. False when that passes `max` or the
 * heap says no; `b` is then as it was. The same holds for what appends. */
NODISCARD bool buf_reserve(struct buf *b, size_t more);
NODISCARD bool buf_append(struct buf *b, struct bytes in);
NODISCARD bool buf_push(struct buf *b, uint8_t byte);
NODISCARD bool buf_print(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Forgets the first `n` bytes; moves the rest to the front. n <= len. */
void buf_drop(struct buf *b, size_t n);

#endif
