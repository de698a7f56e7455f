#ifndef PLANTED_GREET_H
#define PLANTED_GREET_H

#include "fuzz/planted/accept.h"
#include "fuzz/planted/head.h"
#include "fuzz/planted/squeeze.h"

/* The opening handshake. RFC 6455 4. */

/* As a server: answers the request in the first `len` bytes of `in`; 0: it became too long. False:
 * it was refused. */
bool greet_answer(const struct store *in, size_t len, struct params *params, struct store *out);

/* As a client: asks, and looks at the response. */
void greet_ask(const char *host, const char *path, const char *key, struct store *out);
bool greet_is_welcome(const struct store *in, size_t len, const char *key, struct params *params);

#endif
