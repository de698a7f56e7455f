#ifndef REPORT_JSONIN_H
#define REPORT_JSONIN_H

#include <jansson.h>

#include "base/arena.h"
#include "base/err.h"

/* A value in a JSON file and the way to it, so that an error can say "cases[3].log[0].us". Lives on
 * the stack of who reads. */
struct jsonin {
    json_t *value;
    const struct jsonin *parent; /* NULL: the top */
    const char *key;             /* in an object */
    size_t index;                /* in an array, when `key` is NULL */
    struct arena *arena;         /* for texts */
    struct err *err;
};

/* Parse a text. NULL with `err` filled when it is no JSON, nests too deep or memory is out; the
 * caller ends it with json_decref. All memory comes through base/alloc.h. */
json_t *jsonin_parse(struct bytes text, struct err *err);

/* "expected …" at this value; always false. */
bool jsonin_wrong(const struct jsonin *in, const char *expected);

/* The member `key`; `value` is NULL when it is absent or null. */
struct jsonin jsonin_member(const struct jsonin *in, const char *key);
struct jsonin jsonin_item(const struct jsonin *in, size_t index);
NODISCARD bool jsonin_is_object(const struct jsonin *in);
NODISCARD bool jsonin_is_array(const struct jsonin *in); /* an absent one is an empty one */

/* A member of a type. Absent: *out stays as it was. False: another type, or out of range. */
NODISCARD bool jsonin_text(const struct jsonin *in, const char *key, const char **out);
NODISCARD bool jsonin_flag(const struct jsonin *in, const char *key, bool *out);
NODISCARD bool jsonin_number(const struct jsonin *in, const char *key, uint64_t max, uint64_t *out);
NODISCARD bool jsonin_hex(const struct jsonin *in, const char *key, struct bytes *out);
NODISCARD bool jsonin_texts(const struct jsonin *in, const char *key, const char ***out, size_t *n);

/* A word out of a list: `named` gives its number, or -1 for a word that it does not know. */
NODISCARD bool jsonin_word(const struct jsonin *in, const char *key, int (*named)(const char *),
                           int *out);

#endif
