#ifndef PEER_TUNNEL_H
#define PEER_TUNNEL_H

#include "io/tcp.h"
#include "peer/url.h"

/* The way to a server through an HTTP proxy: CONNECT, its answer, and then TLS where the URL wants
 * it. RFC 6455 4.1, RFC 9110 9.3.6. A zeroed one is over. */
struct tunnel {
    struct io_conn *io; /* owned until it is through; NULL: no tunnel, or over */
    const struct peer_url *to;
    const struct io_tls *tls;
    const char *sni;
    struct buf answer; /* the proxy's, as far as it came */
    bool asked, through;
    uint64_t deadline_ms;
};

enum tunnel_status {
    TUNNEL_WAITS,
    TUNNEL_THROUGH, /* `io` is the caller's now, and speaks to the server */
    TUNNEL_NO       /* it leads nowhere: `err` says why */
};

/* Starts for the proxy. All that is handed in outlives the tunnel. False: with `err`. */
NODISCARD bool tunnel_open(struct tunnel *t, struct io_loop *loop, const struct peer_url *proxy,
                           const struct peer_url *to, const struct io_tls *tls, const char *sni,
                           void *owner, uint64_t now_ms, struct err *err);
void tunnel_close(struct tunnel *t); /* at once; harmless a second time */

/* An event of its socket. */
enum tunnel_status tunnel_take(struct tunnel *t, const struct io_event *event, struct err *err);

/* The proxy has had its time. */
bool tunnel_is_late(const struct tunnel *t, uint64_t now_ms);

#endif
