#ifndef WS_PERMESSAGE_H
#define WS_PERMESSAGE_H

#include "base/buf.h"
#include "ws/extension.h"
#include "ws/http1.h"
#include "ws/rules.h"

/* Negotiation of permessage-deflate: RFC 7692 5 and 7. What the parameters of one element say, what
 * a server answers to an offer, and what two endpoints have agreed on when the heads have passed.
 */
#define WS_PERMESSAGE_NAME "permessage-deflate"
#define WS_PERMESSAGE_OFFERS_MAX 8

/* Window bits: 8 to 15; 0: the parameter is not there. */
struct ws_permessage {
    bool server_no_takeover, client_no_takeover;
    uint8_t server_bits, client_bits;
    bool client_bits_hint; /* in an offer: client_max_window_bits without a value */
};

bool ws_permessage_is(const struct ws_extension *e);

/* The parameters of one element, of an offer or of a response. WS_RULE_NONE, or the first thing
 * that is wrong with them, with *at the byte that shows it. RFC 7692 7.1. */
enum ws_rule ws_permessage_read(const struct ws_extension *e, bool in_response,
                                struct ws_permessage *out, const uint8_t **at);

/* What is wrong with a response as an answer to this offer, both well-formed. RFC 7692 7.1. */
enum ws_rule ws_permessage_fits(const struct ws_permessage *offer,
                                const struct ws_permessage *response);

/* "permessage-deflate; server_max_window_bits=10", appended. False: no memory. */
NODISCARD bool ws_permessage_print(const struct ws_permessage *p, struct buf *out);

/* What a server says to the head's Sec-WebSocket-Extensions lines: to the first good element that
 * leaves room for a client_bits that is wanted, else to the first good one; those to be declined
 * are passed over. `wanted` holds its own wishes (its bits are upper limits, its no_takeover flags
 * are added). False: none. */
bool ws_permessage_answer(const struct http1_head *request, const struct ws_permessage *wanted,
                          struct ws_permessage *out);

/* What a response has agreed on: its first element of that name, read as far as it goes. The
 * response alone decides: RFC 7692 5. False: no compression on this connection. */
bool ws_permessage_agreed(const struct http1_head *response, struct ws_permessage *out);

/* One direction of an agreement. */
struct ws_permessage_way {
    uint8_t bits; /* the window of who compresses, 8..15 */
    bool takeover;
};

struct ws_permessage_way ws_permessage_from_server(const struct ws_permessage *agreed);
struct ws_permessage_way ws_permessage_from_client(const struct ws_permessage *agreed);

/* Is an offer declined for that? Then it is no reason to refuse the client. RFC 7692 7. */
bool ws_permessage_is_declined(enum ws_rule rule);

/* Holds the permessage-deflate elements of a request, or of a 101 against its request (NULL:
 * unknown, then only the elements themselves), to the law. Gives the first breach; *at as above. */
enum ws_rule ws_permessage_check_request(const struct http1_head *request, const uint8_t **at);
enum ws_rule ws_permessage_check_response(const struct http1_head *response,
                                          const struct http1_head *request, const uint8_t **at);

#endif
