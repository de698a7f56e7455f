#ifndef FAULTY_ANSWER_H
#define FAULTY_ANSWER_H

#include "base/buf.h"
#include "faulty/deal.h"

/* A server's answer to a request, appended to `out`, as the fault will have it: RFC 6455 4.2.2.
 * False: no memory. */
NODISCARD bool answer_refuse(struct buf *out, unsigned status);
NODISCARD bool answer_agree(struct buf *out, const struct http1_head *request,
                            const struct deal *deal);

#endif
