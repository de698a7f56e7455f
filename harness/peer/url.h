#ifndef PEER_URL_H
#define PEER_URL_H

#include <stdint.h>

#include "base/err.h"

#define PEER_HOST_MAX 256 /* 255 characters, RFC 1035 2.3.4, and the NUL */

/* A ws:// or wss:// URL taken apart. RFC 6455 3 and 11.1, RFC 3986. Holds copies, no views.
 *
 * Or that of a UNIX socket, as the npm package ws writes it: ws+unix:/path/to/socket, with a colon
 * and the resource behind it where that is not "/" (ws+unix:/run/chat.sock:/room?n=1), also with
 * wss+unix. `host` is the path then, as io_connect wants it, and `authority` localhost. */
struct peer_url {
    bool secure;
    char host[PEER_HOST_MAX]; /* ASCII, without brackets; or the path of a UNIX socket */
    uint16_t port;
    char authority[300]; /* host[:port] as Host wants it: no default port, brackets for IPv6 */
    char target[2048];   /* path and query, at least "/" */
};

/* `text` is UTF-8. Other characters than ASCII become what the wire can carry: IDNA in the host,
 * percent-encoding elsewhere, there also for the printable ones that RFC 3986 excludes (a blank, a
 * quote). Nothing else is mended: a fragment, a user name (the grammar of RFC 6455 3 has none), a
 * control character, a % without two hex digits, an empty host, a port that is none are refused
 * with ERR_USAGE and the reason, a path of a UNIX socket that is too long for one too. */
NODISCARD bool peer_url_parse(const char *text, struct peer_url *out, struct err *err);

/* The URL of a UNIX socket, of its resource "/", with what a URL's path cannot hold as it is
 * percent-encoded. False: `size` is too small. */
#define PEER_LOCAL_URL_MAX 400 /* enough for any path that a socket can have */
NODISCARD bool peer_url_of_local(const char *path, bool secure, char *out, size_t size);

/* http://host[:port] of a proxy (port 80 if none is given); `target` is "/" and says nothing. */
NODISCARD bool peer_url_parse_proxy(const char *text, struct peer_url *out, struct err *err);

#endif
