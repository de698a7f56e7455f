#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "io/clock.h"
#include "io/conn.h"
#include "io/local.h"
#include "io/socket.h"

/* How soon a UNIX socket is asked again whose queue is full: unlike TCP it does not wait. */
#define FULL_MS 2

/* A way to the peer that is still being looked for. A look-up in another thread cannot always be
 * called off: then this outlives the connection (`conn` NULL) and ends with the look-up. */
struct reach {
    uv_getaddrinfo_t request;
    struct io_conn *conn;
    struct addrinfo *list, *next; /* the addresses, and the one that is tried next */
    const struct io_tls *tls;
    struct local_address local; /* of a UNIX socket, whose list is `only` */
    struct addrinfo only;
    char host[256], sni[256];
    bool has_sni, looking, is_local;
    int trouble; /* a libuv error: why there is no connection yet */
};

static void reach_end(struct reach *r)
{
    if (!r->is_local)
        uv_freeaddrinfo(r->list);
    alloc_free(r);
}

void reach_free(struct io_conn *c)
{
    struct reach *r = c->reach;

    c->reach = NULL;
    if (!r)
        return;
    r->conn = NULL;
    if (r->looking)
        uv_cancel((uv_req_t *)&r->request);
    else
        reach_end(r);
}

static void on_addresses(uv_getaddrinfo_t *request, int status, struct addrinfo *list)
{
    struct reach *r = LINK_OWNER(request, struct reach, request);

    r->looking = false;
    r->list = r->next = list;
    r->trouble = status;
    if (r->conn)
        io_source_ready(&r->conn->source);
    else
        reach_end(r);
}

/* Addresses are taken apart here and now; only a name needs the other thread. */
static int look_up(struct io_loop *loop, struct reach *r, const char *port)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
                              .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV };

    if (uv_getaddrinfo(&loop->uv, &r->request, NULL, r->host, port, &hints) == 0) {
        r->list = r->next = r->request.addrinfo;
        io_source_ready(&r->conn->source);
        return 0;
    }
    hints.ai_flags = AI_NUMERICSERV;
    int uv_err = uv_getaddrinfo(&loop->uv, &r->request, on_addresses, r->host, port, &hints);
    r->looking = uv_err == 0;
    return uv_err;
}

static bool begin_local(struct io_conn *c, struct err *err)
{
    struct reach *r = c->reach;

    r->is_local = true;
    if (!local_address(r->host, &r->local, err))
        return false;
    r->only = (struct addrinfo){ .ai_family = AF_UNIX,
                                 .ai_addr = (struct sockaddr *)&r->local.name,
                                 .ai_addrlen = r->local.len };
    r->next = &r->only;
    io_source_ready(&c->source);
    return true;
}

static bool begin(struct io_conn *c, uint16_t port, struct err *err)
{
    char port_text[8];

    if (io_is_local(c->reach->host))
        return begin_local(c, err);
    snprintf(port_text, sizeof port_text, "%u", (unsigned)port);
    int uv_err = look_up(c->source.loop, c->reach, port_text);
    return uv_err == 0 ||
           err_set(err, ERR_SYSTEM, "cannot look up %s: %s", c->reach->host, uv_strerror(uv_err));
}

struct io_conn *io_connect(struct io_loop *loop, const char *host, uint16_t port,
                           const struct io_tls *tls, const char *sni, void *owner, struct err *err)
{
    struct io_conn *c = conn_new(loop, CONN_REACHING, owner, err);

    if (!c)
        return NULL;
    struct reach *r = c->reach = io_alloc(sizeof *r, "a connection", err);
    if (!r)
        goto no;
    r->conn = c;
    r->tls = tls;
    r->has_sni = sni != NULL;
    if (strlen(host) >= sizeof r->host || (sni && strlen(sni) >= sizeof r->sni)) {
        err_set(err, ERR_USAGE, "a host name has at most 255 characters: %s", host);
        goto no;
    }
    snprintf(r->host, sizeof r->host, "%s", host);
    snprintf(r->sni, sizeof r->sni, "%s", sni ? sni : "");
    if (begin(c, port, err))
        return c;
no:
    io_conn_close(c);
    return NULL;
}

/* Starts on one address. False: that one is out of the question, `trouble` says why. */
static bool try_address(struct io_conn *c, const struct addrinfo *a)
{
    int fd = socket_new(a->ai_family);

    if (fd >= 0) {
        int ret = connect(fd, a->ai_addr, a->ai_addrlen);
        int why = ret == 0 ? EINPROGRESS : errno;
        c->watch = io_watch_open(&c->source, fd, NULL);
        errno = c->watch ? why : ENOMEM;
    }
    c->reach->trouble = uv_translate_sys_error(errno);
    return errno == EINPROGRESS;
}

/* Did the attempt under way succeed? Only asked when the socket is ready. */
static bool attempt_done(struct io_conn *c)
{
    int sys_errno = 0;
    socklen_t len = sizeof sys_errno;

    c->watch->ready = 0;
    if (getsockopt(c->watch->fd, SOL_SOCKET, SO_ERROR, &sys_errno, &len) != 0)
        sys_errno = errno;
    c->reach->trouble = uv_translate_sys_error(sys_errno);
    return sys_errno == 0;
}

static bool arrive(struct io_conn *c, struct io_event *out)
{
    struct reach *r = c->reach;

    const char *name = r->is_local ? "localhost" : r->host;
    bool told = conn_tcp_up(c, r->tls, name, r->has_sni ? r->sni : NULL, out);
    reach_free(c);
    return told;
}

bool reach_step(struct io_conn *c, struct io_event *out)
{
    struct reach *r = c->reach;

    if (c->watch) {
        if (c->watch->ready == 0)
            return false;
        if (attempt_done(c))
            return arrive(c, out);
    }
    do {
        io_watch_close(c->watch);
        c->watch = NULL;
        if (!r->next) {
            char why[400];
            snprintf(why, sizeof why, "%s: %s", r->host, uv_strerror(r->trouble));
            return conn_fail(c, IO_END_NOT_REACHED, why, out);
        }
        struct addrinfo *a = r->next;
        r->next = a->ai_next;
        if (try_address(c, a))
            return false;
        if (r->is_local && r->trouble == UV_EAGAIN) {
            io_watch_close(c->watch);
            c->watch = NULL;
            r->next = a;
            io_source_limit(&c->source, io_now_ms() + FULL_MS);
            return false;
        }
    } while (true);
}
