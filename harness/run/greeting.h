#ifndef RUN_GREETING_H
#define RUN_GREETING_H

#include "base/buf.h"
#include "script/case.h"
#include "ws/handshake.h"

/* Our side of an opening handshake, as a case wants it: the plain head with the case's edits. */
struct greeting {
    enum case_role role;             /* who is under test: decides between request and response */
    const struct payload_env *env;   /* path, host, key, accept */
    const struct ws_header *headers; /* of the user: --header */
    size_t n_headers;
    const char *const *protocols; /* of the user: --subprotocol */
    size_t n_protocols;
    const struct step *const *steps; /* REQUEST RESPONSE EXTENSION SUBPROTOCOL before the connect */
    size_t n_steps;
    const char *answer; /* to a client: its permessage-deflate, in place of the steps that ask */
};

/* One `extension` line as it stands in the header. NULL: no memory. */
const char *greeting_extension(enum case_role role, struct arena *a, const struct ext_offer *e);

/* Appends the head (and body) to `out`. False: no memory. */
NODISCARD bool greeting_write(const struct greeting *g, struct arena *scratch, struct buf *out);

#endif
