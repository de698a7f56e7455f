#ifndef PLANTED_HARM_H
#define PLANTED_HARM_H

#include <stddef.h>
#include <stdint.h>

/* What the bugs do to the process. Nothing here happens unless its bug is switched on. */

void harm_read(const char *text); /* reads its first byte, if it is there or not */
void harm_die(void);              /* through a null pointer */
void harm_hang(void);             /* an endless loop */
void harm_burn(void);             /* three seconds of CPU time */
void harm_leak(size_t len);       /* memory that nobody frees, and that is written to */
void harm_recurse(unsigned depth);
void harm_divide(size_t sum, unsigned count);
void harm_free_twice(void);

/* A copy of `len` bytes in a block of `room`, and it is gone. */
void harm_copy(const uint8_t *bytes, size_t len, size_t room);

/* The values of header fields. */
void harm_by_field(const char *value);

#endif
