#include "peer/server.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "io/clock.h"
#include "io/link.h"
#include "peer/channel.h"
#include "peer/keepalive.h"
#include "peer/pace.h"

/* Time limits are looked after all at once, and at most this often: a scan of ten thousand
 * connections costs about a millisecond. */
#define SCAN_PAUSE_MS 100
#define SHOWN_MAX 64
#define ROOM_MAX 2048 /* of a room's name; more are one room */

struct peer_server {
    struct io_loop *loop;
    struct io_listener *listener; /* NULL once stopped */
    struct ws_conn_options engine;
    struct link sessions;
    size_t n_sessions;
    uint64_t n_accepted;
    uint64_t scan_at_ms; /* no connection has a deadline before */
    const char *close_on;
    uint16_t port;
    size_t connections_max, n_seated; /* who is in of those */
    struct pace pace;                 /* of each session at its beginning */
    struct keepalive keepalive;       /* likewise */
    bool broadcast, rooms, verbose;
};

/* One client. */
struct session {
    struct link link;
    struct channel channel;
    struct keepalive keepalive;
    struct pace pace;
    struct buf room; /* the path it asked for, where rooms matter */
    bool seated;     /* it is open, and counts for connections_max */
    uint64_t number;
};

static void say(const struct peer_server *server, const struct session *s, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
static void say(const struct peer_server *server, const struct session *s, const char *fmt, ...)
{
    va_list args;

    if (!server->verbose)
        return;
    fprintf(stderr, "#%llu ", (unsigned long long)s->number);
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fputc('\n', stderr);
}

/* What a client sent, safe for a terminal. */
static void say_bytes(const struct peer_server *server, const struct session *s, const char *what,
                      struct bytes data)
{
    struct buf shown;

    if (!server->verbose)
        return;
    buf_init(&shown, 8 * SHOWN_MAX);
    if (text_quote(data, SHOWN_MAX, &shown))
        say(server, s, "%s, %zu bytes: %.*s", what, data.len, BYTES_ARG(buf_bytes(&shown)));
    buf_free(&shown);
}

struct peer_server *peer_server_new(struct io_loop *loop, const struct peer_server_options *options,
                                    struct err *err)
{
    struct peer_server *server = alloc_resize(NULL, sizeof *server);

    if (!server) {
        err_memory(err, "a server");
        return NULL;
    }
    *server = (struct peer_server){
        .loop = loop,
        .engine = { .server = true,
                    .protocols = options->protocols,
                    .n_protocols = options->n_protocols,
                    .headers = options->headers,
                    .n_headers = options->n_headers,
                    .deflate = options->deflate,
                    .policy = options->policy,
                    .message_max = options->message_max,
                    .seed = options->seed },
        .scan_at_ms = UINT64_MAX,
        .close_on = options->close_on,
        .connections_max = options->connections_max,
        .pace = { .per_s = options->rate_max },
        .keepalive = { .every_ms = options->ping_ms, .patience_ms = options->patience_ms },
        .broadcast = options->broadcast || options->rooms,
        .rooms = options->rooms,
        .verbose = options->verbose,
    };
    link_init(&server->sessions);
    server->listener = io_listen(loop, options->host ? options->host : "127.0.0.1", options->port,
                                 options->tls, server, err);
    if (!server->listener) {
        alloc_free(server);
        return NULL;
    }
    server->port = io_listener_port(server->listener);
    return server;
}

static void leave_seat(struct peer_server *server, struct session *s)
{
    server->n_seated -= s->seated;
    s->seated = false;
}

static void end_session(struct peer_server *server, struct session *s)
{
    say(server, s, "gone");
    link_remove(&s->link);
    server->n_sessions--;
    leave_seat(server, s);
    channel_close(&s->channel);
    buf_free(&s->room);
    alloc_free(s);
}

void peer_server_free(struct peer_server *server)
{
    if (!server)
        return;
    for (struct link *l; (l = server->sessions.next) != &server->sessions;)
        end_session(server, LINK_OWNER(l, struct session, link));
    if (server->listener)
        io_listener_close(server->listener);
    alloc_free(server);
}

uint16_t peer_server_port(const struct peer_server *server)
{
    return server->port;
}

size_t peer_server_count(const struct peer_server *server)
{
    return server->n_sessions;
}

static void say_event(const struct peer_server *server, const struct session *s,
                      const struct ws_event *event)
{
    switch (event->kind) {
    case WS_EVENT_OPEN: say_bytes(server, s, "open", event->head->target); return;
    case WS_EVENT_REFUSED:
        say(server, s, "refused: %s",
            event->why ? event->why : ws_rule_row(event->broken.rule)->sentence);
        return;
    case WS_EVENT_MESSAGE: say_bytes(server, s, ws_opcode_name(event->opcode), event->data); return;
    case WS_EVENT_PING: say_bytes(server, s, "ping", event->data); return;
    case WS_EVENT_PONG: say_bytes(server, s, "pong", event->data); return;
    case WS_EVENT_CLOSE:
        say(server, s, "close %u", event->close.has_code ? event->close.code : WS_CLOSE_NO_CODE);
        return;
    case WS_EVENT_FAILED:
        say(server, s, "broke a rule at byte %llu: %s", (unsigned long long)event->broken.at,
            ws_rule_row(event->broken.rule)->sentence);
        return;
    case WS_EVENT_TIMEOUT: say(server, s, "timed out"); return;
    case WS_EVENT_END: say(server, s, "ended%s", event->clean ? "" : " without a Close"); return;
    }
}

/* A message for all but its sender. Who takes less than comes is dropped, not waited for. */
static void pass_to_others(struct peer_server *server, const struct session *from,
                           const struct ws_event *event, uint64_t now_ms)
{
    for (struct link *l = server->sessions.next, *next; l != &server->sessions; l = next) {
        struct session *s = LINK_OWNER(l, struct session, link);
        next = l->next;
        if (s == from || (server->rooms && !bytes_eq(buf_bytes(&s->room), buf_bytes(&from->room))))
            continue;
        if ((!ws_conn_send(&s->channel.ws, event->opcode, event->data) ||
             channel_settle(&s->channel, now_ms)))
            end_session(server, s);
    }
}

static bool asks_to_close(const struct peer_server *server, const struct ws_event *event)
{
    return server->close_on && event->opcode == WS_TEXT &&
           bytes_eq_str(event->data, server->close_on);
}

/* False: no memory for the answer. */
static bool answer(struct peer_server *server, struct session *s, const struct ws_event *event,
                   uint64_t now_ms)
{
    if (s->channel.ws.state != WS_CONN_OPEN)
        return true; /* our Close is out */
    if (asks_to_close(server, event))
        return ws_conn_close(&s->channel.ws, 1000, BYTES_LIT("as asked"), now_ms);
    if (!pace_allows(&s->pace, now_ms))
        return ws_conn_close(&s->channel.ws, 1008, BYTES_LIT("too many messages"), now_ms);
    if (server->broadcast)
        pass_to_others(server, s, event, now_ms);
    return ws_conn_send(&s->channel.ws, event->opcode, event->data);
}

static bool open_session(struct peer_server *server, struct session *s, struct bytes target,
                         uint64_t now_ms)
{
    keepalive_heard(&s->keepalive, now_ms);
    if (server->connections_max > 0 && server->n_seated >= server->connections_max)
        return ws_conn_close(&s->channel.ws, 1013, BYTES_LIT("too many connections"), now_ms);
    s->seated = true;
    server->n_seated++;
    return !server->rooms || buf_append(&s->room, bytes_take(ws_policy_path(target), ROOM_MAX));
}

/* False: no memory. */
static bool take_event(struct peer_server *server, struct session *s, const struct ws_event *event,
                       uint64_t now_ms)
{
    switch (event->kind) {
    case WS_EVENT_OPEN: return open_session(server, s, event->head->target, now_ms);
    case WS_EVENT_MESSAGE: return answer(server, s, event, now_ms);
    case WS_EVENT_REFUSED:
    case WS_EVENT_PING:
    case WS_EVENT_PONG:
    case WS_EVENT_CLOSE:
    case WS_EVENT_FAILED:
    case WS_EVENT_TIMEOUT:
    case WS_EVENT_END: return true; /* the engine has done what there is to do */
    }
    return true;
}

/* Who waits for our reading is not silent. False: no memory. */
static bool look_after(struct peer_server *server, struct session *s, uint64_t now_ms)
{
    if (s->channel.ws.state != WS_CONN_OPEN) {
        leave_seat(server, s);
        keepalive_stop(&s->keepalive);
    } else if (s->channel.paused) {
        keepalive_heard(&s->keepalive, now_ms);
    }
    switch (keepalive_step(&s->keepalive, now_ms)) {
    case KEEPALIVE_WAIT: return true;
    case KEEPALIVE_PING: return ws_conn_send(&s->channel.ws, WS_PING, (struct bytes){ 0 });
    case KEEPALIVE_GIVE_UP:
        return ws_conn_close(&s->channel.ws, 1011, BYTES_LIT("no sign of life"), now_ms);
    }
    return true;
}

static uint64_t session_deadline(const struct session *s)
{
    uint64_t channel = channel_deadline(&s->channel), alive = keepalive_deadline(&s->keepalive);

    return alive < channel ? alive : channel;
}

/* All events, their answers in one send, and the next deadline. Frees the session at its end. */
static void serve(struct peer_server *server, struct session *s, uint64_t now_ms)
{
    struct channel *c = &s->channel;
    struct ws_event event;
    bool ok = true;

    while (ok && ws_conn_next(&c->ws, &event, now_ms)) {
        if (server->verbose)
            say_event(server, s, &event);
        ok = take_event(server, s, &event, now_ms);
    }
    if (!ok || !look_after(server, s, now_ms)) {
        say(server, s, "takes more memory than it may have");
        end_session(server, s);
        return;
    }
    if (channel_settle(c, now_ms)) {
        end_session(server, s);
        return;
    }
    uint64_t deadline = session_deadline(s);
    if (deadline < server->scan_at_ms)
        server->scan_at_ms = deadline;
}

static void accept_session(struct peer_server *server, struct io_conn *io, uint64_t now_ms)
{
    struct session *s = alloc_resize(NULL, sizeof *s);

    if (!s) {
        io_conn_close(io);
        return;
    }
    *s = (struct session){ .number = ++server->n_accepted,
                           .keepalive = server->keepalive,
                           .pace = server->pace };
    buf_init(&s->room, ROOM_MAX);
    server->engine.seed++;
    if (!channel_open(&s->channel, io, &server->engine, now_ms)) {
        alloc_free(s);
        return;
    }
    link_add(&server->sessions, &s->link);
    server->n_sessions++;
    io_conn_set_owner(io, s);
    say(server, s, "connected%s%s", io_conn_tls_name(io) ? ", " : "",
        io_conn_tls_name(io) ? io_conn_tls_name(io) : "");
    serve(server, s, now_ms);
}

static void scan(struct peer_server *server, uint64_t now_ms)
{
    server->scan_at_ms = UINT64_MAX;
    for (struct link *l = server->sessions.next, *next; l != &server->sessions; l = next) {
        struct session *s = LINK_OWNER(l, struct session, link);
        next = l->next;
        uint64_t deadline = session_deadline(s);
        if (deadline <= now_ms)
            serve(server, s, now_ms);
        else if (deadline < server->scan_at_ms)
            server->scan_at_ms = deadline;
    }
    if (server->scan_at_ms < now_ms + SCAN_PAUSE_MS)
        server->scan_at_ms = now_ms + SCAN_PAUSE_MS;
}

bool peer_server_take(struct peer_server *server, const struct io_event *event, uint64_t now_ms)
{
    if (now_ms >= server->scan_at_ms && event->kind == IO_TIME)
        scan(server, now_ms);
    if (!event->conn || event->family != server)
        return false;
    if (event->kind == IO_ACCEPTED) {
        accept_session(server, event->conn, now_ms);
        return true;
    }
    struct session *s = event->owner;
    channel_take(&s->channel, event, now_ms);
    if (event->kind == IO_DATA && s->channel.ws.state == WS_CONN_OPEN)
        keepalive_heard(&s->keepalive, now_ms);
    serve(server, s, now_ms);
    return true;
}

uint64_t peer_server_deadline(const struct peer_server *server)
{
    return server->scan_at_ms;
}

void peer_server_stop(struct peer_server *server, uint64_t now_ms)
{
    if (server->listener)
        io_listener_close(server->listener);
    server->listener = NULL;
    for (struct link *l = server->sessions.next, *next; l != &server->sessions; l = next) {
        struct session *s = LINK_OWNER(l, struct session, link);
        next = l->next;
        if (s->channel.ws.state == WS_CONN_HANDSHAKE ||
            !ws_conn_close(&s->channel.ws, 1001, BYTES_LIT("the server stops"), now_ms))
            end_session(server, s);
        else
            serve(server, s, now_ms);
    }
}
