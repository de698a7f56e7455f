#ifndef FAULTY_REQUEST_H
#define FAULTY_REQUEST_H

#include "base/buf.h"
#include "ws/http1.h"

/* What a server thinks of a request: RFC 6455 4.2.1. A fault forgives one thing that is wrong, or
 * takes offence at one that is right. */

typedef bool judged(const struct http1_head *h);

enum request_flaw {
    REQUEST_METHOD,
    REQUEST_OLD_HTTP,
    REQUEST_TARGET,
    REQUEST_ODD_LINES,
    REQUEST_NO_HOST,
    REQUEST_TWO_HOSTS,
    REQUEST_BODY,
    REQUEST_UPGRADE,
    REQUEST_CONNECTION,
    REQUEST_TWO_VERSIONS,
    REQUEST_VERSION,
    REQUEST_NO_KEY,
    REQUEST_TWO_KEYS,
    REQUEST_KEY,
    REQUEST_PROTOCOL,
    REQUEST_FLAWS
};

#define REQUEST_KEY_BYTES 16
#define REQUEST_KEY_TEXT 24

/* Bytes that the key decodes to; 0: it is no base64, or of more than 64 bytes. */
size_t request_key_bytes(const struct http1_head *h);

/* The status to refuse it with; 0: it is taken. */
unsigned request_status(const struct http1_head *request);

/* Of a whole head that does not decode: what a forgiving reader takes it for, appended to `out`.
 * False: it is not forgiven. */
NODISCARD bool request_mend(struct bytes head, enum ws_rule broken, struct buf *out);

#endif
