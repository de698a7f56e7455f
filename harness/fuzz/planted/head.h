#ifndef PLANTED_HEAD_H
#define PLANTED_HEAD_H

#include <stdbool.h>
#include <stddef.h>

#include "fuzz/planted/store.h"

/* The head of a request or a response. */
#define HEAD_FIELDS_MAX 200
#define HEAD_SIZE_MAX 65536

struct head {
    char *text; /* owned; all else looks into it */
    const char *line;
    struct field {
        const char *name, *value;
    } fields[HEAD_FIELDS_MAX];
    size_t count;
};

/* How many bytes of `in` are a whole head; 0: not all of it has come. */
size_t head_len(const struct store *in);

/* The head that stands in the first `len` bytes of `in`. False: it is none; head_free all the same.
 * RFC 7230 3. */
bool head_read(const struct store *in, size_t len, struct head *out);
void head_free(struct head *h);

size_t head_count(const struct head *h, const char *name);
const char *head_value(const struct head *h, const char *name); /* of the first; NULL: none */

/* Is this word, in any case, an element of the list that all fields of that name make up? */
bool head_has(const struct head *h, const char *name, const char *word);

#endif
