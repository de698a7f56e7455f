#ifndef FAULTY_CLOSE_H
#define FAULTY_CLOSE_H

#include "base/bytes.h"

struct peer;

/* Ends of an open connection: RFC 6455 5.5.1 and 7. */

/* Why it cannot go on. */
enum trouble {
    TROUBLE_NONE,
    TROUBLE_PROTOCOL, /* 1002 */
    TROUBLE_TEXT,     /* 1007: what shall be UTF-8 is not */
    TROUBLE_PACKED,   /* 1007: what shall inflate does not */
    TROUBLE_SIZE      /* 1009 */
};

/* _Fail the connection_. */
void close_fail(struct peer *p, enum trouble trouble);

/* A whole Close has come. */
void close_take(struct peer *p, struct bytes body);

/* How it ended, for a client's report. */
void close_tell(const struct peer *p);

#endif
