#ifndef FAULTY_RESPONSE_H
#define FAULTY_RESPONSE_H

#include "base/buf.h"
#include "ws/http1.h"

/* What a client thinks of the answer to its request: RFC 6455 4.1. A fault forgives one thing that
 * is wrong, or takes offence at one that is right. */

/* What is wrong with it; NULL: nothing. `key` is what the request had. */
const char *response_trouble(const struct http1_head *response, struct bytes key);

/* As request_mend: the head of an answer that does not decode. */
NODISCARD bool response_mend(struct bytes head, enum ws_rule broken, struct buf *out);

#endif
