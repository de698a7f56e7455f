#ifndef WS_HANDSHAKE_H
#define WS_HANDSHAKE_H

#include "base/buf.h"
#include "ws/http1.h"
#include "ws/rules.h"

#define WS_KEY_TEXT 24    /* base64 of 16 bytes */
#define WS_ACCEPT_TEXT 28 /* base64 of a SHA-1 */
#define WS_HANDSHAKE_FINDINGS_MAX 24

#define WS_FIELD_KEY "Sec-WebSocket-Key"
#define WS_FIELD_ACCEPT "Sec-WebSocket-Accept"
#define WS_FIELD_VERSION "Sec-WebSocket-Version"
#define WS_FIELD_PROTOCOL "Sec-WebSocket-Protocol"
#define WS_FIELD_EXTENSIONS "Sec-WebSocket-Extensions"

/* The text of Sec-WebSocket-Key for a nonce, with a NUL. RFC 6455 4.1. */
void ws_handshake_key(const uint8_t nonce[16], char out[WS_KEY_TEXT + 1]);

/* The right Sec-WebSocket-Accept for the key's text as it was sent, any length, with a NUL.
 * False only when libcrypto refuses SHA-1. RFC 6455 4.2.2. */
NODISCARD bool ws_handshake_accept(struct bytes key, char out[WS_ACCEPT_TEXT + 1]);

/* All that is wrong with a head, in the order of the table; offsets count from the head's start
 * (what is missing is missing at 0). Of the decoder's oddities the first of each kind. */
struct ws_findings {
    struct violation list[WS_HANDSHAKE_FINDINGS_MAX];
    size_t count;
};

/* Hold a client's request against RFC 6455 4.1 and 11.3. The head's oddities are included. */
void ws_handshake_check_request(const struct http1_head *head, struct ws_findings *out);

/* What the client had sent, as far as the response has to fit it. */
struct ws_offer {
    struct bytes key;                 /* as sent; no pointer: the Accept is not judged */
    const struct http1_head *request; /* its Protocol and Extensions lines; NULL: offered nothing */
};

/* Hold a server's 101 against RFC 6455 4.2.2. Any other status gives RES_STATUS alone. */
void ws_handshake_check_response(const struct http1_head *head, const struct ws_offer *offer,
                                 struct ws_findings *out);

/* First finding that a server of ours, or a client (`in_response`), refuses the handshake for: any
 * MUST, and what the RFC leaves open but a careful endpoint does not take. WS_RULE_NONE when it is
 * good enough. */
enum ws_rule ws_handshake_refusal(const struct ws_findings *findings, bool in_response);

struct ws_header {
    struct bytes name, value;
};

/* A whole request or response head, ready to send. Header order is kept. */
NODISCARD bool ws_handshake_write_request(struct buf *out, struct bytes target, struct bytes host,
                                          struct bytes key, const struct ws_header *more,
                                          size_t n_more);
NODISCARD bool ws_handshake_write_accept(struct buf *out, struct bytes accept,
                                         const struct ws_header *more, size_t n_more);

/* An error response with a short text body and "Connection: close". */
NODISCARD bool ws_handshake_write_refusal(struct buf *out, unsigned status,
                                          const struct ws_header *more, size_t n_more,
                                          struct bytes body);

#endif
