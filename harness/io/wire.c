#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/conn.h"

static enum moved moved_by_tls(enum tls_result result)
{
    switch (result) {
    case TLS_DONE: return MOVED;
    case TLS_WANTS_READ:
    case TLS_WANTS_WRITE: return MOVED_LATER;
    case TLS_CLOSED: return MOVED_END;
    case TLS_CUT: return MOVED_CUT;
    case TLS_RESET: return MOVED_RESET;
    case TLS_BROKEN: return MOVED_BROKEN;
    }
    return MOVED_BROKEN;
}

static enum moved moved_by_system(ssize_t n)
{
    if (n >= 0)
        return MOVED;
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
        return MOVED_LATER;
    return errno == ECONNRESET || errno == EPIPE ? MOVED_RESET : MOVED_BROKEN;
}

enum moved conn_shake(struct io_conn *c)
{
    enum tls_result result = tls_session_shake(c->tls);

    c->read_needs = result == TLS_WANTS_WRITE ? UV_WRITABLE : UV_READABLE;
    return moved_by_tls(result);
}

/* A peer with Nagle's algorithm that writes a header and its payload apart sends the second only
 * when the first is acknowledged, and the system puts that off for 40 ms: a thousand echoes in turn
 * would take 40 s. The option holds for what came just now. On what is no TCP socket it does
 * nothing. */
static void acknowledge(int fd)
{
#ifdef TCP_QUICKACK
    int on = 1;

    (void)setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
#else
    (void)fd;
#endif
}

enum moved conn_take_in(struct io_conn *c, uint8_t *out, size_t cap, size_t *n)
{
    *n = 0;
    if (c->tls) {
        enum tls_result result = tls_session_read(c->tls, out, cap, n);
        c->read_needs = result == TLS_WANTS_WRITE ? UV_WRITABLE : UV_READABLE;
        return moved_by_tls(result);
    }
    /* read, not recv: standard input comes this way too. */
    ssize_t got = read(c->watch->fd, out, cap);
    capture_bytes(c->flow, false, bytes_of(out, got > 0 ? (size_t)got : 0));
    enum moved moved = moved_by_system(got);
    *n = got > 0 ? (size_t)got : 0;
    if (got > 0)
        acknowledge(c->watch->fd);
    return got == 0 ? MOVED_END : moved;
}

static enum moved put_plain(struct io_conn *c, struct bytes in, size_t *n)
{
    ssize_t went = send(c->watch->fd, in.ptr, in.len, MSG_NOSIGNAL);

    *n = went > 0 ? (size_t)went : 0;
    capture_bytes(c->flow, true, bytes_take(in, *n));
    return moved_by_system(went);
}

static enum moved put_tls(struct io_conn *c, struct bytes in, size_t *n)
{
    enum tls_result result = tls_session_write(c->tls, in, n);

    c->write_needs = result == TLS_WANTS_READ ? UV_READABLE : UV_WRITABLE;
    return moved_by_tls(result);
}

/* The first reset that a send meets is ECONNRESET and takes the news away from the next read. EPIPE
 * comes after the peer's FIN, which that read still finds: then it did not end with the reset. */
enum moved conn_put_out(struct io_conn *c, struct bytes in, size_t *n)
{
    enum moved moved = c->tls ? put_tls(c, in, n) : put_plain(c, in, n);

    c->was_reset = c->was_reset || (moved == MOVED_RESET && errno == ECONNRESET);
    return moved;
}

void conn_put_end(struct io_conn *c)
{
    if (c->tls)
        (void)tls_session_shutdown(c->tls);
    (void)shutdown(c->watch->fd, SHUT_WR);
    capture_our_end(c->flow, false);
}
