#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "io/clock.h"
#include "io/conn.h"
#include "io/local.h"
#include "io/socket.h"

/* Connections that the kernel holds for us while we are busy: it cuts this to its own limit. */
#define LISTEN_BACKLOG 4096

struct io_listener {
    struct source source; /* first: the loop knows no more of us */
    struct watch *watch;
    const struct io_tls *tls;
    void *owner;
    uint16_t port;
    uint64_t lost;           /* connections that did not get through TLS */
    struct local_file local; /* of a UNIX socket */
};

struct io_loop *listener_loop(const struct io_listener *l)
{
    return l->source.loop;
}

void listener_lost_one(struct io_listener *l)
{
    l->lost++;
}

/* Without a descriptor left the next in line cannot be taken, and would be announced for ever: it
 * is taken with the spare one and turned away. */
static void turn_away(struct io_loop *loop, int fd)
{
    if (loop->spare_fd < 0)
        return;
    close(loop->spare_fd);
    int turned = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
    if (turned >= 0)
        close(turned);
    loop->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static bool welcome(struct io_listener *l, int fd, struct io_event *out)
{
    struct io_conn *c = conn_new(l->source.loop, CONN_UP, NULL, NULL);

    if (!c) {
        close(fd);
        return false;
    }
    socket_no_delay(fd);
    c->watch = io_watch_open(&c->source, fd, NULL);
    if (!c->watch) {
        io_conn_close(c);
        return false;
    }
    c->listener = l;
    c->family = l->owner;
    if (l->tls)
        io_source_limit(&c->source, io_now_ms() + CONN_SHAKE_LIMIT_MS);
    return conn_accepted(c, l->tls, out);
}

static bool listener_step(struct source *s, struct io_event *out)
{
    struct io_listener *l = (struct io_listener *)s;
    int fd = accept4(l->watch->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE)
            turn_away(s->loop, l->watch->fd);
        return false;
    }
    io_source_again(s);
    return welcome(l, fd, out);
}

static void listener_drop(struct source *s)
{
    struct io_listener *l = (struct io_listener *)s;

    io_source_close(s);
    local_remove(&l->local);
    io_watch_close(l->watch);
    alloc_free(l);
}

/* A listening socket on that address, or -1 with errno. */
static int bound(const struct addrinfo *a)
{
    int fd = socket_new(a->ai_family), on = 1;

    if (fd < 0)
        return -1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, LISTEN_BACKLOG) == 0)
        return fd;
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

static int open_socket(const char *host, uint16_t port, struct local_file *local, struct err *err)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE }, *list;
    char port_text[8];
    int fd = -1;

    if (io_is_local(host))
        return local_listen(host, LISTEN_BACKLOG, local, err);
    snprintf(port_text, sizeof port_text, "%u", (unsigned)port);
    int trouble = getaddrinfo(host, port_text, &hints, &list);
    if (trouble != 0) {
        err_set(err, ERR_SYSTEM, "cannot look up %s: %s", host, gai_strerror(trouble));
        return -1;
    }
    for (struct addrinfo *a = list; a && fd < 0; a = a->ai_next)
        fd = bound(a);
    if (fd < 0)
        err_set(err, ERR_SYSTEM, "cannot listen on %s port %u: %s", host, (unsigned)port,
                strerror(errno));
    freeaddrinfo(list);
    return fd;
}

static uint16_t port_of(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in in;
        struct sockaddr_in6 in6;
    } name = { 0 };
    socklen_t len = sizeof name;

    if (getsockname(fd, &name.any, &len) != 0 || name.any.sa_family == AF_UNIX)
        return 0;
    return ntohs(name.any.sa_family == AF_INET6 ? name.in6.sin6_port : name.in.sin_port);
}

struct io_listener *io_listen(struct io_loop *loop, const char *host, uint16_t port,
                              const struct io_tls *tls, void *owner, struct err *err)
{
    struct local_file local = { 0 };
    int fd = open_socket(host, port, &local, err);
    struct io_listener *l = fd >= 0 ? io_alloc(sizeof *l, "a listener", err) : NULL;

    if (!l) {
        local_remove(&local);
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    l->local = local;
    io_source_open(&l->source, loop, listener_step, listener_drop);
    l->tls = tls;
    l->owner = owner;
    l->port = port_of(fd);
    l->watch = io_watch_open(&l->source, fd, err);
    if (!l->watch) {
        listener_drop(&l->source);
        return NULL;
    }
    io_watch_want(l->watch, UV_READABLE);
    return l;
}

uint16_t io_listener_port(const struct io_listener *l)
{
    return l->port;
}

uint64_t io_listener_lost(const struct io_listener *l)
{
    return l->lost;
}

void io_listener_close(struct io_listener *l)
{
    conn_drop_unborn(l);
    listener_drop(&l->source);
}

uint16_t io_free_port(void)
{
    struct sockaddr_in any = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return 0;
    uint16_t port = bind(fd, (struct sockaddr *)&any, sizeof any) == 0 ? port_of(fd) : 0;
    close(fd);
    return port;
}
