#ifndef REPORT_PYJSON_H
#define REPORT_PYJSON_H

#include "base/buf.h"

/* JSON to the byte as Python's json.dump(…, sort_keys=True, indent=3, separators=(",", ": "))
 * leaves it, which scripts read with grep and sed: ASCII alone, an item a line, no blank and no
 * line break at the end. Keys stand in the order in which they are given, so the caller sorts them.
 * `ok` turns false when the buffer says no, and stays so: ask once, at the end. */
struct pyjson {
    struct buf *buf;
    bool ok;
    unsigned depth;
    bool filled; /* something stands in the brackets that are open */
};

void pyjson_init(struct pyjson *o, struct buf *buf);

/* `key` NULL: an item of an array. Bytes that are no UTF-8 become U+FFFD, a byte each. */
void pyjson_open(struct pyjson *o, const char *key, char bracket);     /* '{' or '[' */
void pyjson_close(struct pyjson *o, char bracket);                     /* '}' or ']' */
void pyjson_text(struct pyjson *o, const char *key, const char *text); /* NULL: null */
void pyjson_bytes(struct pyjson *o, const char *key, struct bytes text);
void pyjson_hex(struct pyjson *o, const char *key, struct bytes data); /* "48656c" */
void pyjson_number(struct pyjson *o, const char *key, uint64_t n);
void pyjson_seconds(struct pyjson *o, const char *key, uint64_t n); /* "17.0", a float */
void pyjson_ratio(struct pyjson *o, const char *key, double ratio); /* "0.25", four places */
void pyjson_code(struct pyjson *o, const char *key, int code);      /* below 0: null */
void pyjson_flag(struct pyjson *o, const char *key, bool flag);
void pyjson_null(struct pyjson *o, const char *key);

#endif
