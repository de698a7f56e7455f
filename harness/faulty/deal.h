#ifndef FAULTY_DEAL_H
#define FAULTY_DEAL_H

#include "base/buf.h"
#include "ws/http1.h"

/* What the opening handshake agrees on: RFC 7692 7.1, and the subprotocol. */
struct deal_way {
    unsigned bits; /* 8..15 */
    bool takeover; /* the window goes on from message to message */
};

struct deal {
    bool deflate, chat;
    struct deal_way server, client;            /* how each of them compresses */
    bool names_server_bits, names_client_bits; /* in the answer */
    bool client_bits_offered;
    bool was_offered; /* some extension */
};

/* A server's choice among what the request offers. False when Sec-WebSocket-Extensions does not
 * follow its grammar: no handshake then. */
NODISCARD bool deal_choose(const struct http1_head *request, struct deal *out);

/* The header lines of the answer that say so. */
NODISCARD bool deal_answer(const struct deal *deal, struct buf *out);

/* The lines with which a client offers. */
NODISCARD bool deal_offer(struct buf *out);

/* A client's reading of the answer to that. False: it is none that fits. */
NODISCARD bool deal_accept(const struct http1_head *response, struct deal *out);

#endif
