#ifndef FAULTY_GREET_H
#define FAULTY_GREET_H

#include "base/buf.h"
#include "ws/http1.h"

#define GREET_ACCEPT_TEXT 28 /* base64 of a SHA-1 */
#define GREET_GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

struct peer;

/* The opening handshake: RFC 6455 4. Each takes the head when it is whole and gives its bytes; 0:
 * it is not. Afterwards the peer talks, or is about to leave. */
size_t greet_take_request(struct peer *p, struct bytes in);
size_t greet_take_response(struct peer *p, struct bytes in);

/* A client's first word. */
void greet_request(struct peer *p);

/* The answer to a key: RFC 6455 4.2.2, step 5.4. With a NUL. */
void greet_accept(struct bytes key, char out[GREET_ACCEPT_TEXT + 1]);

/* Is there exactly one field of that name, and is it this text (without case)? */
bool greet_is(const struct http1_head *head, const char *name, const char *text);

/* Did the decoder note a control character or a name that is no token? */
bool greet_is_odd(const struct http1_head *head, bool folding_too);

/* Has this server had a few requests? A fault that keeps a tester from beginning waits for that. */
bool greet_is_late(void);

/* The connection is open. */
void greet_open(struct peer *p);

#endif
