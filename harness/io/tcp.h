#ifndef IO_TCP_H
#define IO_TCP_H

#include "io/loop.h"
#include "io/tls.h"

/* Exact control of a TCP connection: one write a call, TCP_NODELAY always, half-close, reset,
 * reading that can be stopped. With `tls` the same over TLS.
 *
 * A `host` that holds a slash is the path of a UNIX socket (`port` means nothing then). All is the
 * same there but for the reset, which it does not know: the peer sees an end. */
#define IO_LOCAL_MAX 107 /* bytes of such a path */
bool io_is_local(const char *host);

/* Starts to connect to `host` (a name or an address, IPv6 without brackets): IO_CONNECTED or
 * IO_ENDED follows. All addresses of a name are tried in turn. `tls` NULL: plain; else it must
 * outlive the connection. `sni` NULL: `host`, unless that is an address; a UNIX socket is called
 * localhost. */
NODISCARD struct io_conn *io_connect(struct io_loop *loop, const char *host, uint16_t port,
                                     const struct io_tls *tls, const char *sni, void *owner,
                                     struct err *err);

/* Listens on `host`:`port` (port 0: any free one, which io_listener_port then tells). The file of a
 * UNIX socket is made, or replaced where nobody listens, and removed at the end. */
NODISCARD struct io_listener *io_listen(struct io_loop *loop, const char *host, uint16_t port,
                                        const struct io_tls *tls, void *owner, struct err *err);
uint16_t io_listener_port(const struct io_listener *listener);
uint64_t io_listener_lost(const struct io_listener *listener); /* clients that failed TLS */
void io_listener_close(struct io_listener *listener); /* the pointer is dead; no further event */

void io_conn_set_owner(struct io_conn *conn, void *owner);
struct io_loop *io_conn_loop(const struct io_conn *conn);

/* How a send went. What waits is owned by the connection and goes out as the peer takes it. */
enum io_sent { IO_SENT_ALL, IO_WAITS, IO_GONE /* the peer has reset or we have shut down */ };

/* One write(2) (one TLS record or more) of all of `in` as far as the socket takes it; the rest is
 * kept and IO_SENT follows when it is out. `in` may be dropped at once. Up to 64 MiB may wait; past
 * that the connection ends with IO_END_ERROR. While connecting everything waits. When the peer goes
 * while something waits, IO_SENT comes too (nothing waits any more), and sends give IO_GONE; what
 * the peer had sent before can still be read, and IO_ENDED follows then. */
enum io_sent io_conn_send(struct io_conn *conn, struct bytes in);
size_t io_conn_waiting(const struct io_conn *conn); /* bytes */

/* On at first. Off: no event of the peer's, not even its end, until on again. */
void io_conn_read(struct io_conn *conn, bool on);

/* No more from us: FIN (with TLS close_notify first) after what waits. Reading goes on. */
void io_conn_shutdown(struct io_conn *conn);
void io_conn_reset(struct io_conn *conn); /* RST now; the pointer is dead; no further event */
void io_conn_close(struct io_conn *conn); /* close(2) now; the pointer is dead; no further event */

/* From here on TLS, on a connection that is up, plain, and has nothing waiting to be sent: what a
 * client does once a proxy has put it through. `server_name` is whom the certificate has to be for;
 * `sni` as for io_connect. IO_CONNECTED (again) or IO_ENDED follows. False: it stays as it is. */
NODISCARD bool io_conn_start_tls(struct io_conn *conn, const struct io_tls *tls,
                                 const char *server_name, const char *sni, struct err *err);

/* "TLSv1.3 TLS_AES_256_GCM_SHA384" or NULL without TLS; ALPN protocol or NULL. */
const char *io_conn_tls_name(const struct io_conn *conn);
const char *io_conn_alpn(const struct io_conn *conn);
const char *
io_conn_sni(const struct io_conn *conn); /* server side: what the client named, or NULL */

/* A port of 127.0.0.1 that was free a moment ago. 0 when there is none. */
uint16_t io_free_port(void);

#endif
