#ifndef REPORT_JSONOUT_H
#define REPORT_JSONOUT_H

#include "base/buf.h"

/* JSON as a stream: a results file is written without a second copy of it in memory. Commas come by
 * themselves. `ok` turns false when the buffer says no, and stays so: ask once, at the end. */
struct jsonout {
    struct buf *buf;
    bool ok;
    bool comma; /* something stands before, in the same brackets */
};

void jsonout_init(struct jsonout *o, struct buf *buf);

/* `key` NULL: an item of an array. */
void jsonout_open(struct jsonout *o, const char *key, char bracket); /* '{' or '[' */
void jsonout_close(struct jsonout *o, char bracket);                 /* '}' or ']' */
void jsonout_break(struct jsonout *o); /* a line break before the next item */

/* A NULL `text` is left out, key and all. */
void jsonout_text(struct jsonout *o, const char *key, const char *text);
void jsonout_flag(struct jsonout *o, const char *key, bool flag);
void jsonout_hex(struct jsonout *o, const char *key, struct bytes data); /* "48656c" */

/* As a number while every reader of JSON keeps it exact (2^53 - 1), else as a string of digits. */
void jsonout_number(struct jsonout *o, const char *key, uint64_t n);

/* What stands at its default is left out: absent and default read back as the same. */
void jsonout_number_unless(struct jsonout *o, const char *key, uint64_t n, uint64_t usual);
void jsonout_flag_if(struct jsonout *o, const char *key, bool flag);

#endif
