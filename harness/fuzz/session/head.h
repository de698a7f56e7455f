#ifndef FUZZ_HEAD_H
#define FUZZ_HEAD_H

#include "fuzz/session/session.h"
#include "ws/handshake.h"
#include "ws/permessage.h"

/* Our side of the opening handshake, as a session wants it. */
struct fuzz_head_facts {
    enum case_role role;              /* who is under test */
    const char *path, *host, *key;    /* for a server: "/", "localhost:9001", Sec-WebSocket-Key */
    const struct http1_head *request; /* for a client: its own */
    const struct ws_header *headers;  /* for a server: of the user, --header */
    size_t n_headers;
    const char *const *protocols; /* likewise, --subprotocol */
    size_t n_protocols;
};

/* The request for a server, or the response for a client, with the session's extension and edits,
 * appended to `out`. *offered: permessage-deflate is in it. *agreed: with these parameters, which a
 * server may still answer otherwise; a client has them agreed on. False: no memory. */
NODISCARD bool fuzz_head_make(const struct fuzz_session *s, const struct fuzz_head_facts *facts,
                              struct buf *out, bool *offered, struct ws_permessage *agreed);

#endif
