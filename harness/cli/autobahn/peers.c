#include "cli/autobahn/autobahn.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/options/exit_code.h"
#include "cli/serve/serve.h"
#include "io/clock.h"
#include "peer/client.h"

/* The modes that are a server or a client to be tested or to play with. */

#define HELLO_MS 2000 /* between two messages of a broadcastclient */

struct party {
    const struct autobahn_options *o;
    struct peer_url url;
    struct io_loop *loop;
    struct io_tls *tls;
    struct ws_header ident; /* "Server" or "User-Agent" */
    struct err *err;
};

static bool party_open(struct party *p, const struct autobahn_options *o, bool server,
                       struct err *err)
{
    *p = (struct party){ .o = o, .err = err };
    if (!o->url)
        return err_set(err, ERR_USAGE, "-m %s wants a URL: -w " SPEC_DEFAULT_SERVER, o->mode);
    if (!peer_url_parse(o->url, &p->url, err))
        return false;
    if (server && io_is_local(p->url.host))
        return err_set(err, ERR_USAGE, "-m %s listens on a port: it wants a ws:// or wss:// URL",
                       o->mode);
    p->ident = (struct ws_header){ server ? BYTES_LIT("Server") : BYTES_LIT("User-Agent"),
                                   bytes_str(o->ident) };
    if (o->ident && strpbrk(o->ident, "\r\n"))
        return err_set(err, ERR_USAGE, "--ident is one line");
    p->loop = io_loop_new(err);
    if (!p->loop || !io_loop_watch_signals(p->loop, err))
        return false;
    if (!p->url.secure && !(server && (o->key || o->cert)))
        return true;
    p->tls = io_tls_new(&(struct io_tls_options){ .server = server,
                                                  .cert = o->cert,
                                                  .key = o->key,
                                                  .insecure = true,
                                                  .alpn = "http/1.1" },
                        err);
    return p->tls != NULL;
}

static void party_close(struct party *p)
{
    io_loop_free(p->loop);
    io_tls_free(p->tls);
}

/* ---- servers ---- */

static struct peer_server *open_server(struct party *p, bool broadcast)
{
    struct peer_server_options options = { .host = AUTOBAHN_EVERYWHERE,
                                           .port = p->url.port,
                                           .tls = p->tls,
                                           .headers = &p->ident,
                                           .n_headers = p->o->ident ? 1 : 0,
                                           .seed = io_entropy(),
                                           .broadcast = broadcast,
                                           .verbose = p->o->debug };
    struct peer_server *server = peer_server_new(p->loop, &options, p->err);

    if (server)
        return server;
    options.host = AUTOBAHN_EVERYWHERE_IPV4;
    return peer_server_new(p->loop, &options, p->err);
}

static int serve(const struct autobahn_options *o, bool broadcast)
{
    struct err err = { 0 };
    struct party p;
    struct peer_server *server = NULL;
    bool ok = party_open(&p, o, true, &err);

    io_allow_many_files();
    if (ok)
        server = open_server(&p, broadcast);
    if (server) {
        printf("%s on %s://%s (every address, port %u)\n", o->mode, p.tls ? "wss" : "ws",
               p.url.authority, (unsigned)peer_server_port(server));
        fflush(stdout);
    }
    ok = server && serve_until_signal(p.loop, server, &err);
    peer_server_free(server);
    party_close(&p);
    return ok ? EXIT_OK : autobahn_fail(&err);
}

int autobahn_echoserver(const struct autobahn_options *o)
{
    return serve(o, false);
}

int autobahn_broadcastserver(const struct autobahn_options *o)
{
    return serve(o, true);
}

/* ---- clients ---- */

/* What one connection is for. */
struct visit {
    const char *target; /* path and query; NULL: those of the URL */
    bool echo;          /* send each message back */
    bool greet;         /* send a greeting every two seconds */
    struct buf *last;   /* the last text that came; NULL: they are printed if `greet` */
    bool was_open;
    uint64_t greet_at_ms;
};

static struct peer_client *call(struct party *p, const struct visit *v)
{
    struct peer_url url = p->url;

    if (v->target)
        snprintf(url.target, sizeof url.target, "%s", v->target);
    return peer_client_new(p->loop,
                           &(struct peer_client_options){ .url = &url,
                                                          .tls = p->tls,
                                                          .headers = &p->ident,
                                                          .n_headers = p->o->ident ? 1 : 0,
                                                          .seed = io_entropy() },
                           p->err);
}

static bool take_message(struct party *p, struct visit *v, struct peer_client *c,
                         const struct ws_event *e)
{
    if (v->echo && !peer_client_send(c, e->opcode, e->data))
        return err_memory(p->err, "an echo");
    if (v->last) {
        buf_clear(v->last);
        return buf_append(v->last, e->data) || err_memory(p->err, "a message");
    }
    if (v->greet) {
        printf("received %zu bytes\n", e->data.len);
        fflush(stdout);
    }
    return true;
}

static bool greet(struct party *p, struct visit *v, struct peer_client *c, uint64_t now_ms)
{
    static const char hello[] = "hello from wsproof";

    if (!v->greet || !v->was_open || now_ms < v->greet_at_ms)
        return true;
    v->greet_at_ms = now_ms + HELLO_MS;
    return peer_client_send(c, WS_TEXT, bytes_str(p->o->ident ? p->o->ident : hello)) ||
           err_memory(p->err, "a greeting");
}

static uint64_t next_ms(const struct visit *v, const struct peer_client *c)
{
    uint64_t until = peer_client_deadline(c);

    return v->greet && v->was_open && v->greet_at_ms < until ? v->greet_at_ms : until;
}

static bool turn(struct party *p, struct visit *v, struct peer_client *c)
{
    struct io_event event;
    struct ws_event said;

    if (!io_loop_next(p->loop, next_ms(v, c), &event, p->err))
        return false;
    uint64_t now_ms = io_now_ms();
    if (event.kind == IO_SIGNAL)
        return err_set(p->err, ERR_TARGET, SCHEDULE_INTERRUPTED);
    (void)peer_client_take(c, &event, now_ms);
    while (peer_client_next(c, &said, now_ms)) {
        v->was_open |= said.kind == WS_EVENT_OPEN;
        if (said.kind == WS_EVENT_MESSAGE && !take_message(p, v, c, &said))
            return false;
    }
    return greet(p, v, c, now_ms);
}

/* One connection from its beginning to its end. False: it did not come about, or we cannot go on.
 * How an open connection ended is not our business: a test may well be about that. */
static bool visit(struct party *p, struct visit *v)
{
    struct peer_client *c = call(p, v);
    bool ok = c != NULL;

    while (ok && !peer_client_done(c))
        ok = turn(p, v, c);
    if (ok && !v->was_open)
        ok = err_set(p->err, ERR_TARGET, "%s%s: %s", p->o->url, v->target ? v->target : "",
                     peer_client_trouble(c) ? peer_client_trouble(c) : "no connection");
    peer_client_free(c);
    return ok;
}

static int be_client(const struct autobahn_options *o, struct visit *v)
{
    struct err err = { 0 };
    struct party p;
    bool ok = party_open(&p, o, false, &err) && visit(&p, v);

    party_close(&p);
    /* Some servers never end it; then the user does. */
    if (!ok && v->was_open && strcmp(err.text, SCHEDULE_INTERRUPTED) == 0)
        ok = true;
    return ok ? EXIT_OK : autobahn_fail(&err);
}

int autobahn_echoclient(const struct autobahn_options *o)
{
    return be_client(o, &(struct visit){ .echo = true });
}

int autobahn_broadcastclient(const struct autobahn_options *o)
{
    return be_client(o, &(struct visit){ .greet = true });
}

/* ---- testeeclient ---- */

/* An agent's name as a query wants it. */
static bool put_agent(const char *name, struct buf *out)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~";

    for (; *name; name++)
        if (!(strchr(plain, *name) ? buf_push(out, (uint8_t)*name)
                                   : buf_print(out, "%%%02X", (unsigned)(uint8_t)*name)))
            return false;
    return buf_push(out, 0);
}

static bool count_cases(struct party *p, uint64_t *count)
{
    struct buf text;
    struct visit v = { .target = "/getCaseCount", .last = &text };

    buf_init(&text, 1 << 16);
    bool ok = visit(p, &v);
    if (ok && !text_number(buf_bytes(&text), 1000000, count))
        ok = err_set(p->err, ERR_TARGET, "%s does not tell how many cases it has", p->o->url);
    buf_free(&text);
    return ok;
}

static bool run_all(struct party *p, const char *agent)
{
    char target[1024];
    uint64_t count = 0;

    if (!count_cases(p, &count))
        return false;
    printf("%llu cases\n", (unsigned long long)count);
    for (uint64_t n = 1; n <= count; n++) {
        snprintf(target, sizeof target, "/runCase?case=%llu&agent=%s", (unsigned long long)n,
                 agent);
        if (!visit(p, &(struct visit){ .target = target, .echo = true }))
            return false;
        if (p->o->debug)
            printf("case %llu of %llu\n", (unsigned long long)n, (unsigned long long)count);
    }
    snprintf(target, sizeof target, "/updateReports?agent=%s", agent);
    return visit(p, &(struct visit){ .target = target });
}

int autobahn_testeeclient(const struct autobahn_options *o)
{
    struct err err = { 0 };
    struct party p;
    struct buf agent;
    bool ok = party_open(&p, o, false, &err);

    buf_init(&agent, 900); /* fits the targets above */
    if (ok && !put_agent(o->ident ? o->ident : "wsproof/" WSPROOF_VERSION, &agent))
        ok = err_set(&err, ERR_USAGE, "--ident is too long");
    ok = ok && run_all(&p, (const char *)agent.ptr);
    buf_free(&agent);
    party_close(&p);
    return ok ? EXIT_OK : autobahn_fail(&err);
}
