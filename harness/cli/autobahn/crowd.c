#include "cli/autobahn/autobahn.h"

#include <stdio.h>
#include <string.h>

#include "cli/options/exit_code.h"
#include "io/clock.h"
#include "peer/client.h"

/* Mode massconnect: opens very many connections to a server, in batches, and tells how long that
 * took. Nothing is sent on them. */

#define TRIES_MAX 10    /* of one connection: a server that refuses for ever ends it */
#define LOOK_MS 100     /* how often time limits and retries are looked after */
#define GOODBYE_MS 5000 /* for all Closes */

struct member {
    struct peer_client *client; /* NULL: not begun, or failed and waiting */
    bool open, given_up;
    unsigned tries;
    uint64_t begin_at_ms;
};

struct crowd {
    const struct spec *spec;
    const struct spec_server *server;
    struct peer_url url;
    struct io_loop *loop;
    struct io_tls *tls;
    struct member *members;
    size_t count, n_open, n_given_up;
    uint64_t failed, lost;
    struct err *err;
};

/* A connection that has ended. Open ones may be lost; others are tried again. */
static void take_end(struct crowd *c, struct member *m, uint64_t now_ms)
{
    if (m->open) {
        c->lost++;
    } else {
        c->failed++;
        m->begin_at_ms = now_ms + c->spec->retry_delay_ms;
        m->given_up = m->tries >= TRIES_MAX;
        c->n_given_up += m->given_up;
        if (m->given_up && c->n_given_up == 1)
            fprintf(stderr, "%s: %s\n", c->server->url,
                    peer_client_trouble(m->client) ? peer_client_trouble(m->client) : "it ended");
    }
    peer_client_free(m->client);
    m->client = NULL;
}

static void pull(struct crowd *c, struct member *m, uint64_t now_ms)
{
    struct ws_event event;

    while (peer_client_next(m->client, &event, now_ms)) {
        if (event.kind == WS_EVENT_OPEN) {
            m->open = true;
            c->n_open++;
        }
    }
    if (peer_client_done(m->client))
        take_end(c, m, now_ms);
}

static bool begin(struct crowd *c, struct member *m)
{
    m->tries++;
    m->client = peer_client_new(
        c->loop,
        &(struct peer_client_options){ .url = &c->url, .tls = c->tls, .seed = io_entropy() },
        c->err);
    return m->client != NULL;
}

/* Begins what is due, and lets time limits pass. */
static bool look_after(struct crowd *c, uint64_t now_ms)
{
    for (size_t i = 0; i < c->count; i++) {
        struct member *m = &c->members[i];
        if (m->client && !m->open)
            pull(c, m, now_ms);
        else if (!m->client && !m->open && !m->given_up && now_ms >= m->begin_at_ms && !begin(c, m))
            return false;
    }
    return true;
}

static struct member *member_of(struct crowd *c, const struct io_event *event, uint64_t now_ms)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->members[i].client == event->owner && event->owner &&
            peer_client_take(c->members[i].client, event, now_ms))
            return &c->members[i];
    return NULL;
}

static bool turn(struct crowd *c, uint64_t until_ms)
{
    struct io_event event;

    if (!io_loop_next(c->loop, until_ms, &event, c->err))
        return false;
    uint64_t now_ms = io_now_ms();
    if (event.kind == IO_SIGNAL)
        return err_set(c->err, ERR_TARGET, SCHEDULE_INTERRUPTED);
    struct member *m = event.kind == IO_TIME ? NULL : member_of(c, &event, now_ms);
    if (m)
        pull(c, m, now_ms);
    return true;
}

static bool gather(struct crowd *c)
{
    uint64_t start_ms = io_now_ms(), look_at_ms = 0;

    for (size_t i = 0; i < c->count; i++)
        c->members[i].begin_at_ms = start_ms + i / c->spec->batch_size * c->spec->batch_delay_ms;
    while (c->n_open + c->n_given_up < c->count) {
        uint64_t now_ms = io_now_ms();
        if (now_ms >= look_at_ms) {
            look_at_ms = now_ms + LOOK_MS;
            if (!look_after(c, now_ms))
                return false;
        }
        if (!turn(c, look_at_ms))
            return false;
    }
    return true;
}

static bool say_goodbye(struct crowd *c)
{
    uint64_t until_ms = io_now_ms() + GOODBYE_MS, lost = c->lost;
    size_t here = 0;

    for (size_t i = 0; i < c->count; i++) {
        if (!c->members[i].client)
            continue;
        here++;
        if (!peer_client_close(c->members[i].client, 1000, (struct bytes){ 0 }, io_now_ms()))
            return err_memory(c->err, "a Close");
    }
    /* Those that end now are not lost. */
    while (c->lost < lost + here && io_now_ms() < until_ms)
        if (!turn(c, until_ms))
            return false;
    c->lost = lost;
    return true;
}

static bool visit_server(struct crowd *c)
{
    uint64_t start_ms = io_elapsed_ms();

    if (!gather(c))
        return false;
    double seconds = (double)(io_elapsed_ms() - start_ms) / 1000;
    const char *name = c->server->agent ? c->server->agent : "a server";
    printf(
        "connected %zu clients to %.100s at %.500s in %.3f seconds (retries %llu = failed %llu + "
        "lost %llu)\n",
        c->n_open, name, c->server->url, seconds, (unsigned long long)(c->failed + c->lost),
        (unsigned long long)c->failed, (unsigned long long)c->lost);
    fflush(stdout);
    if (!say_goodbye(c))
        return false;
    return c->n_given_up == 0 ||
           err_set(c->err, ERR_TARGET, "%zu of %zu connections to %.200s did not come about",
                   c->n_given_up, c->count, c->server->url);
}

static bool open_crowd(struct crowd *c, struct arena *a)
{
    if (!peer_url_parse(c->server->url, &c->url, c->err))
        return false;
    c->count = (size_t)c->spec->connections;
    c->members = arena_array(a, c->count, sizeof *c->members);
    if (!c->members)
        return err_memory(c->err, "the connections");
    c->loop = io_loop_new(c->err);
    if (!c->loop || !io_loop_watch_signals(c->loop, c->err))
        return false;
    if (c->url.secure)
        c->tls =
            io_tls_new(&(struct io_tls_options){ .insecure = true, .alpn = "http/1.1" }, c->err);
    return !c->url.secure || c->tls;
}

static bool try_server(const struct spec *spec, const struct spec_server *server, struct err *err)
{
    struct arena arena = { 0 };
    struct crowd c = { .spec = spec, .server = server, .err = err };
    bool ok = open_crowd(&c, &arena) && visit_server(&c);

    for (size_t i = 0; c.members && i < c.count; i++)
        peer_client_free(c.members[i].client);
    io_loop_free(c.loop);
    io_tls_free(c.tls);
    arena_free(&arena);
    return ok;
}

int autobahn_massconnect(const struct autobahn_options *o)
{
    struct arena arena = { 0 };
    struct err err = { 0 };
    struct spec spec;
    int code = EXIT_OK;

    io_allow_many_files();
    if (!autobahn_spec_load(SPEC_MASSCONNECT, o, &arena, &spec, &err))
        code = autobahn_fail(&err);
    for (size_t i = 0; i < spec.n_servers && strcmp(err.text, SCHEDULE_INTERRUPTED) != 0; i++)
        if (!try_server(&spec, &spec.servers[i], &err))
            code = autobahn_fail(&err);
    arena_free(&arena);
    return code;
}
