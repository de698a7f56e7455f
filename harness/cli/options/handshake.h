#ifndef CLI_OPTIONS_HANDSHAKE_H
#define CLI_OPTIONS_HANDSHAKE_H

#include "cli/options/args.h"
#include "ws/handshake.h"

/* What the options say that goes into an opening handshake. False with ERR_USAGE, which names the
 * option, what was given and what it wants. */

/* --header: `out` has room for all of `lines`, and views of them. None that the handshake has
 * already: twice it would be refused. */
NODISCARD bool handshake_headers(const struct arg_list *lines, struct ws_header *out,
                                 struct err *err);

/* --subprotocol: tokens, none of them twice. RFC 6455 4.1 item 10. */
NODISCARD bool handshake_protocols(const struct arg_list *names, struct err *err);

/* --origin: as a browser says it, "https://example.org" or "null". RFC 6454 6.2. */
NODISCARD bool handshake_origins(const struct arg_list *origins, struct err *err);

#endif
