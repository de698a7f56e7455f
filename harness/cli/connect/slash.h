#ifndef CLI_CONNECT_SLASH_H
#define CLI_CONNECT_SLASH_H

#include "peer/client.h"

/* The lines of `wsproof connect` that begin with a slash: commands, in one table. */

/* Obeys `line`, which begins with one; what is wrong with it is told on stderr and no failure. "//"
 * sends a text that begins with a slash. False: we cannot go on. */
NODISCARD bool slash_obey(struct peer_client *client, struct bytes line, struct err *err);

/* A text message, if it may be one. False: we cannot go on. */
NODISCARD bool slash_say(struct peer_client *client, struct bytes text, struct err *err);

/* How many commands begin with `start`; `rest` gets what all of these go on with, a blank behind
 * it when there is only one. It lives for ever. */
size_t slash_complete(struct bytes start, struct bytes *rest);

/* "/ping [TEXT]", one at a time: that number `i` of those that begin with `start`; NULL: no more.
 */
const char *slash_usage(struct bytes start, size_t i);

#endif
