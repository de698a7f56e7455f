#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/buf.h"
#include "base/bytes.h"

/* Text out of and into numbers and bytes. Nothing here knows a protocol. */

/* A whole decimal number, digits only. False when there is anything else or it passes `max`. */
NODISCARD bool text_number(struct bytes in, uint64_t max, uint64_t *out);

/* "64", "64K", "16M", "1G" (1024 each). False as above. */
NODISCARD bool text_size(struct bytes in, uint64_t max, uint64_t *out);

/* "100ms", "2s", "1m": milliseconds. A number without unit is refused. */
NODISCARD bool text_duration_ms(struct bytes in, uint64_t max, uint64_t *out);

int text_hex_digit(uint8_t c); /* 0..15, of either case; -1: none */

/* Two hex digits a byte, in any case, blanks between bytes allowed. Appends to `out`; false on
 * anything else, with *bad_at the index of the first byte that is wrong. */
NODISCARD bool text_unhex(struct bytes in, struct buf *out, size_t *bad_at);
NODISCARD bool text_hex(struct bytes in, struct buf *out); /* "48 65 6c" */

/* Standard base64 with padding (RFC 4648 4). The decoder refuses blanks, missing padding and
 * foreign characters; non-zero pad bits are accepted and told in *odd_pad (NULL allowed). */
NODISCARD bool text_base64(struct bytes in, struct buf *out);
NODISCARD bool text_unbase64(struct bytes in, struct buf *out, bool *odd_pad);

/* Printable ASCII as it is, all else as \n, \r, \t, \", \\ or \xHH, at most `limit` input bytes and
 * then "…". Safe for a terminal whatever a peer sent. No quotes around it. */
NODISCARD bool text_quote(struct bytes in, size_t limit, struct buf *out);

/* One word of a command line, in quotes where a shell would take it apart. */
NODISCARD bool text_shell_word(struct bytes word, struct buf *out);

/* `*` any run of characters, slashes too, `?` one character; the rest literally and whole. */
bool text_glob(const char *pattern, const char *text);

/* Letters to insert, delete, replace, or swap with their neighbour between two words, for "did you
 * mean"; stops counting at `cap`. */
unsigned text_distance(const char *a, const char *b, unsigned cap);

#endif
