#ifndef WS_HTTP1_H
#define WS_HTTP1_H

#include "base/buf.h"
#include "base/bytes.h"
#include "ws/rules.h"
#include "ws/status.h"

/* Request and response heads of HTTP/1.1 (RFC 9112), as far as an opening handshake needs them.
 * The decoder takes what can be taken and notes each oddity as a rule with its offset; whether an
 * oddity matters is decided by who asked. */
#define HTTP1_FIELDS_MAX 128       /* a browser sends about twenty */
#define HTTP1_ODDITIES_MAX 16      /* the first ones are kept, later ones counted */
#define HTTP1_HEAD_BYTES_MAX 65536 /* default limit of a head: several times the common 8 KiB */

enum http1_kind { HTTP1_REQUEST, HTTP1_RESPONSE };

struct http1_field {
    struct bytes name, value; /* the value is trimmed; a folded one still holds its line break */
    uint64_t at;              /* offset of the name from the start of the head */
};

/* All views look into the bytes that were decoded. */
struct http1_head {
    enum http1_kind kind;
    struct bytes method, target; /* requests */
    unsigned status;             /* responses: 100..999 */
    struct bytes reason;
    unsigned major, minor; /* of HTTP/major.minor */
    struct http1_field fields[HTTP1_FIELDS_MAX];
    size_t n_fields;
    struct violation oddities[HTTP1_ODDITIES_MAX];
    size_t n_oddities; /* may pass HTTP1_ODDITIES_MAX */
};

struct http1_limits {
    size_t head_bytes; /* 0 means HTTP1_HEAD_BYTES_MAX */
    size_t fields;     /* 0 means HTTP1_FIELDS_MAX; never more */
};

/* Decode one head from the front of `in`.
 *
 *   out   large (several KiB); written on WS_OK and, as far as it went, on WS_BROKEN
 *   used  bytes of the head with its empty line; written only on WS_OK
 *   why   written only on WS_BROKEN
 *
 * WS_OK; WS_MORE when no empty line has come (call again with the same bytes and more); WS_BROKEN
 * when it can be no head at all (no start line, no colon, too large, too many fields).
 * Bare LF, folding, NUL, blanks before the colon and the like are oddities. */
enum ws_status http1_decode(struct bytes in, enum http1_kind kind, struct http1_limits limits,
                            struct http1_head *out, size_t *used, struct violation *why);

/* The `nth` (from 0) field of that name, compared without case; NULL when there is none. */
const struct http1_field *http1_field(const struct http1_head *head, const char *name, size_t nth);
size_t http1_count(const struct http1_head *head, const char *name);

/* Walks the comma-separated elements of one value: trims, skips empty elements, keeps commas that
 * stand in quoted strings. `rest` starts as the value. False at the end. */
bool http1_list_next(struct bytes *rest, struct bytes *element);

/* Is `token` an element, without case, of any line of that name? */
bool http1_has_token(const struct http1_head *head, const char *name, const char *token);

bool http1_is_token(struct bytes in); /* RFC 9110 5.6.2; the empty string is none */

/* "Not Found" for 404; "" for what has no registered phrase. */
const char *http1_reason(unsigned status);

#endif
