#ifndef PEER_SERVER_H
#define PEER_SERVER_H

#include "io/tcp.h"
#include "ws/conn.h"

/* The reference server: ws/conn behind a listening socket. It echoes, or sends what comes to
 * everybody, or to everybody who asked for the same path. Many connections, one thread, bounded
 * memory. */
struct peer_server;

struct peer_server_options {
    const char *host; /* NULL: 127.0.0.1 */
    uint16_t port;    /* 0: any */
    const struct io_tls *tls;
    const char *const *protocols;
    size_t n_protocols;
    const struct ws_conn_deflate *deflate; /* NULL: no compression; must outlive the server */
    const struct ws_policy *policy;        /* NULL: everybody is let in; must outlive it too */
    const char *close_on;                  /* a text that is answered with a Close; NULL: none */
    size_t message_max;
    uint64_t seed;
    const struct ws_header *headers; /* added to each 101; must outlive the server */
    size_t n_headers;
    bool broadcast;                /* to all connections, the sender's too */
    bool rooms;                    /* the same to those of the sender's path alone */
    size_t connections_max;        /* further ones get a Close with 1013; 0: any number */
    uint32_t rate_max;             /* messages a second; who sends more gets 1008; 0: any number */
    uint32_t ping_ms, patience_ms; /* see peer/keepalive.h; who is given up gets 1011 */
    bool verbose;                  /* a line on stderr for each connection and event */
};

NODISCARD struct peer_server *
peer_server_new(struct io_loop *loop, const struct peer_server_options *options, struct err *err);
void peer_server_free(struct peer_server *server);
uint16_t peer_server_port(const struct peer_server *server);

/* No further connection, and a Close with 1001 to all. Over when peer_server_count is 0. */
void peer_server_stop(struct peer_server *server, uint64_t now_ms);
size_t peer_server_count(const struct peer_server *server); /* connections */

/* Takes one event of the loop if it belongs to this server; false if it is somebody else's. IO_TIME
 * is for everybody: it looks after time limits and gives false. */
bool peer_server_take(struct peer_server *server, const struct io_event *event, uint64_t now_ms);
uint64_t peer_server_deadline(const struct peer_server *server);

#endif
