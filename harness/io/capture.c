#include "io/capture.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "io/capture_flow.h"
#include "io/clock.h"
#include "io/source.h"

/* What may wait to be pulled: several of the largest messages. Past the first limit only lengths
 * are kept. */
#define DATA_MAX (128u << 20)
#define WAITING_MAX (DATA_MAX + (16u << 20))
#define SECRETS_MAX (64u << 20)
#define KEEP_MAX (4u << 20) /* a buffer larger than this is given back when it is empty */

/* In front of the data in `records`. */
struct record {
    struct capture_flow *flow;
    uint64_t us;
    size_t len, kept;
    enum io_captured_kind kind;
    bool from_us;
};

struct io_capture {
    struct arena arena; /* flows and labels */
    size_t n_flows;
    struct buf records, secrets;
    size_t at; /* in `records`: pulled so far */
    uint64_t lost;
};

struct io_capture *io_capture_new(struct err *err)
{
    struct io_capture *c = io_alloc(sizeof *c, "a capture", err);

    if (!c)
        return NULL;
    buf_init(&c->records, WAITING_MAX);
    buf_init(&c->secrets, SECRETS_MAX);
    return c;
}

void io_capture_free(struct io_capture *c)
{
    if (!c)
        return;
    buf_free(&c->records);
    buf_free(&c->secrets);
    arena_free(&c->arena);
    alloc_free(c);
}

void io_loop_capture(struct io_loop *loop, struct io_capture *capture)
{
    loop->capture = capture;
}

/* ---- the places ---- */

union address {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    struct sockaddr_storage room;
};

/* False: it is no address of IP. */
static bool place_of(const union address *a, struct io_place *out)
{
    out->v6 = a->any.sa_family == AF_INET6;
    out->port = ntohs(out->v6 ? a->in6.sin6_port : a->in.sin_port);
    if (out->v6)
        memcpy(out->address, &a->in6.sin6_addr, 16);
    else
        memcpy(out->address, &a->in.sin_addr, 4);
    return out->v6 || a->any.sa_family == AF_INET;
}

/* A UNIX socket has no ports, and a capture file no such thing: the peers get two of 127.0.0.1. */
static void make_places_up(struct io_flow *f)
{
    const struct io_place server = { .address = { 127, 0, 0, 1 }, .port = 80 };
    struct io_place client = server;

    client.port = (uint16_t)(49152 + f->number % 16384);
    f->us = f->accepted ? server : client;
    f->peer = f->accepted ? client : server;
    f->local = true;
}

static void find_places(int fd, struct io_flow *f)
{
    union address us = { 0 }, peer = { 0 };
    socklen_t us_len = sizeof us, peer_len = sizeof peer;

    if (getsockname(fd, &us.any, &us_len) != 0 || getpeername(fd, &peer.any, &peer_len) != 0 ||
        !place_of(&us, &f->us) || !place_of(&peer, &f->peer))
        make_places_up(f);
}

/* ---- what is noted ---- */

static void note(struct capture_flow *flow, enum io_captured_kind kind, bool from_us,
                 struct bytes data)
{
    struct buf *records = &flow->capture->records;
    const bool fits = records->len < DATA_MAX && data.len < DATA_MAX - records->len;
    const struct record r = { .flow = flow,
                              .us = io_wall_us(),
                              .len = data.len,
                              .kept = fits ? data.len : 0,
                              .kind = kind,
                              .from_us = from_us };

    if (!buf_reserve(records, sizeof r + r.kept) || !buf_append(records, bytes_of(&r, sizeof r)) ||
        !buf_append(records, bytes_take(data, r.kept)))
        flow->capture->lost++;
}

struct capture_flow *capture_open(struct io_capture *capture, int fd, bool accepted)
{
    struct capture_flow *flow = capture ? arena_new(&capture->arena, sizeof *flow) : NULL;

    if (!flow)
        return NULL;
    flow->capture = capture;
    flow->shown.number = capture->n_flows++;
    flow->shown.accepted = accepted;
    find_places(fd, &flow->shown);
    note(flow, IO_CAPTURED_OPEN, !accepted, (struct bytes){ 0 });
    return flow;
}

void capture_label(struct capture_flow *flow, const char *text)
{
    if (flow)
        flow->shown.label = arena_str(&flow->capture->arena, bytes_str(text));
}

void capture_bytes(struct capture_flow *flow, bool from_us, struct bytes data)
{
    if (flow && data.len > 0)
        note(flow, IO_CAPTURED_BYTES, from_us, data);
}

void capture_secret(struct capture_flow *flow, const char *line)
{
    struct buf *secrets = &flow->capture->secrets;

    if (!buf_print(secrets, "%s\n", line))
        flow->capture->lost++;
}

/* Who is reset sends nothing more, a FIN neither. */
void capture_peer_end(struct capture_flow *flow, bool reset)
{
    if (!flow)
        return;
    flow->we_ended |= reset;
    note(flow, reset ? IO_CAPTURED_RESET : IO_CAPTURED_FIN, false, (struct bytes){ 0 });
}

void capture_our_end(struct capture_flow *flow, bool reset)
{
    if (!flow || (flow->we_ended && !reset))
        return;
    flow->we_ended = true;
    note(flow, reset ? IO_CAPTURED_RESET : IO_CAPTURED_FIN, true, (struct bytes){ 0 });
}

/* ---- what is pulled ---- */

size_t io_capture_waiting(const struct io_capture *c)
{
    return c->records.len + c->secrets.len;
}

bool io_capture_secrets(struct io_capture *c, struct buf *out)
{
    bool ok = buf_append(out, buf_bytes(&c->secrets));

    buf_clear(&c->secrets);
    return ok;
}

static void forget(struct io_capture *c)
{
    buf_clear(&c->records);
    c->at = 0;
    if (c->records.cap > KEEP_MAX) {
        buf_free(&c->records);
        buf_init(&c->records, WAITING_MAX);
    }
}

bool io_capture_next(struct io_capture *c, struct io_captured *out)
{
    struct bytes rest = bytes_skip(buf_bytes(&c->records), c->at);
    struct record r;

    if (rest.len == 0) {
        forget(c);
        return false;
    }
    memcpy(&r, rest.ptr, sizeof r);
    *out = (struct io_captured){ .kind = r.kind,
                                 .flow = &r.flow->shown,
                                 .from_us = r.from_us,
                                 .us = r.us,
                                 .data = bytes_take(bytes_skip(rest, sizeof r), r.kept),
                                 .len = r.len };
    c->at += sizeof r + r.kept;
    return true;
}

uint64_t io_capture_lost(const struct io_capture *c)
{
    return c->lost;
}
