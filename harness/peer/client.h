#ifndef PEER_CLIENT_H
#define PEER_CLIENT_H

#include "io/tcp.h"
#include "peer/url.h"
#include "ws/conn.h"

/* The reference client: one connection of ws/conn over a socket. What to do with its events is the
 * caller's: echo them or show them to a person (wsproof connect). */
struct peer_client;

struct peer_client_options {
    const struct peer_url *url;   /* copied */
    const struct peer_url *proxy; /* NULL: straight to the server; else it outlives the client */
    const struct io_tls *tls;     /* for wss; like the arrays below it must outlive the client */
    const char *sni;
    const char *const *protocols;
    size_t n_protocols;
    const struct ws_header *headers;
    size_t n_headers;
    const struct ws_conn_deflate *deflate; /* NULL: offers no compression */
    size_t message_max;
    bool only_answers; /* all that is sent answers the server: while it does not read, nor do we */
    uint64_t seed;
};

NODISCARD struct peer_client *
peer_client_new(struct io_loop *loop, const struct peer_client_options *options, struct err *err);
void peer_client_free(struct peer_client *client);

/* Takes one event of the loop if it is this client's. Then, and at the deadline, pull what it means
 * until there is no more: only that sends what answers it, and ends the connection in the end. */
bool peer_client_take(struct peer_client *client, const struct io_event *event, uint64_t now_ms);
bool peer_client_next(struct peer_client *client, struct ws_event *out, uint64_t now_ms);
uint64_t peer_client_deadline(const struct peer_client *client);
NODISCARD bool peer_client_send(struct peer_client *client, uint8_t opcode, struct bytes data);
NODISCARD bool peer_client_close(struct peer_client *client, uint16_t code, struct bytes reason,
                                 uint64_t now_ms);

size_t
peer_client_waiting(const struct peer_client *client); /* bytes that the server has not taken */

/* How a connection came to its end, or did not come about. */
enum peer_end {
    PEER_END_CLEAN,   /* both Closes have passed */
    PEER_END_LOST,    /* not reached, or ended without a Close from the server */
    PEER_END_TLS,     /* no TLS came about */
    PEER_END_REFUSED, /* the answer was no good 101 */
    PEER_END_BROKEN   /* it broke a rule, and we failed the connection */
};

/* Over for good; then how, and for people why ("connection refused"), NULL if in order. */
bool peer_client_done(const struct peer_client *client);
enum peer_end peer_client_end(const struct peer_client *client);
const char *peer_client_trouble(const struct peer_client *client);

#endif
