#include "drive/dial.h"

#include <stdio.h>
#include <string.h>

#define WORDS_MAX (1u << 16) /* of a command: more than a system takes */

/* ---- the listener ---- */

static const struct step *step_of(const struct script_case *c, enum script_op op)
{
    for (size_t i = 0; i < c->n_steps; i++)
        if (c->steps[i].op == op)
            return &c->steps[i];
    return NULL;
}

static uint16_t port_of(const struct script_case *c)
{
    const struct step *listen = step_of(c, OP_LISTEN);
    return listen ? listen->as.port : 0;
}

/* Does a profile's `port 80 443` name this one? */
static bool lists_port(const char *list, uint16_t port)
{
    char text[8];
    struct bytes rest = bytes_str(list ? list : "");

    snprintf(text, sizeof text, "%u", port);
    while (rest.len > 0) {
        size_t space = bytes_index(rest, 0, ' ');
        if (bytes_eq_str(bytes_take(rest, space), text))
            return true;
        rest = bytes_skip(rest, space + 1);
    }
    return false;
}

static enum io_tls_flaw flaw_of(const struct step *tls)
{
    static const char *const names[IO_TLS_FLAWS] = {
        [IO_TLS_GOOD] = "good",
        [IO_TLS_EXPIRED] = "expired",
        [IO_TLS_WRONG_HOST] = "wrong-host",
        [IO_TLS_SELF_SIGNED] = "self-signed",
    };
    int flaw = IO_TLS_FLAWS;

    while (tls && --flaw > IO_TLS_GOOD)
        if (strcmp(tls->as.text, names[flaw]) == 0)
            return (enum io_tls_flaw)flaw;
    return IO_TLS_GOOD;
}

const char *dial_lacks(const struct profile *p, const struct target_options *target,
                       const struct script_case *c, struct arena *a)
{
    const struct step *tls = step_of(c, OP_TLS);
    const char *why = NULL;

    if (tls && flaw_of(tls) != IO_TLS_GOOD && !target->flawed[flaw_of(tls)]) {
        why = "a certificate like that is made only without --cert";
    } else if (port_of(c) && !lists_port(profile_value(p, "port"), port_of(c))) {
        why = arena_print(a, "needs set-up: port %u", port_of(c));
        why = why ? why : "needs set-up: port";
    }
    return why;
}

struct io_listener *dial_listen(const struct target *t, const struct script_case *c, void *owner,
                                struct err *err)
{
    enum io_tls_flaw flaw = flaw_of(step_of(c, OP_TLS));
    const struct io_tls *tls = flaw == IO_TLS_GOOD ? t->options.tls : t->options.flawed[flaw];

    if (script_case_needs(c, "proxy"))
        tls = NULL; /* an http proxy is spoken to in the clear */
    return io_listen(t->loop, "127.0.0.1", port_of(c), tls, owner, err);
}

/* ---- the command ---- */

bool dial_places(const struct target *t, uint16_t port, struct arena *a, struct payload_env *env)
{
    char base[64];

    target_client_base(t, port, base);
    env->base = arena_str(a, bytes_str(base));
    env->host = arena_str(a, bytes_str(strstr(base, "//") + 2));
    env->port = arena_print(a, "%u", port);
    return env->base && env->host && env->port;
}

/* The case's `url`, filled in; NULL: it has none. */
static bool find_url(const struct target *t, const struct script_case *c, uint16_t port,
                     struct arena *a, const char **out)
{
    const struct step *url = step_of(c, OP_URL);
    struct payload_env env = { .path = "/", .key = "", .accept = "" };

    *out = NULL;
    if (!url)
        return true;
    if (dial_places(t, port, a, &env))
        *out = (const char *)payload_fill(a, bytes_str(url->as.text), &env).ptr;
    return *out != NULL;
}

/* A space and the profile's words, with `place` replaced in them. */
static bool put_words(const char *words, const char *place, const char *value, struct buf *out)
{
    const char *at;

    if (!buf_push(out, ' '))
        return false;
    while (place && (at = strstr(words, place))) {
        if (!buf_append(out, bytes_of((const uint8_t *)words, (size_t)(at - words))) ||
            !buf_append(out, bytes_str(value)))
            return false;
        words = at + strlen(place);
    }
    return buf_append(out, bytes_str(words));
}

static bool put_need(const struct profile *p, const struct script_case *c, const char *need,
                     const char *place, const char *value, struct buf *out)
{
    const char *words = script_case_needs(c, need) ? profile_value(p, need) : NULL;

    return !words || put_words(words, place, value, out);
}

static bool put_headers(const struct profile *p, const struct script_case *c, struct arena *a,
                        struct buf *out)
{
    const char *words = profile_value(p, "header");

    for (size_t i = 0; words && i < c->n_steps; i++) {
        const struct step *s = &c->steps[i];
        if (s->op != OP_HEADER)
            continue;
        const char *line = arena_print(a, "%s: %s", s->as.header.name, s->as.header.value);
        if (!line || !put_words(words, "{header}", line, out))
            return false;
    }
    return true;
}

static bool put_all(const struct target *t, const struct script_case *c, uint16_t port,
                    struct arena *a, struct buf *out)
{
    static const char *const needs[] = { "pair", "reconnect", "redirects" };
    const struct profile *p = t->options.profile;
    const char *proxy = arena_print(a, "http://127.0.0.1:%u", port);
    bool ok = proxy && put_need(p, c, "proxy", "{proxy}", proxy, out);

    for (size_t i = 0; i < sizeof needs / sizeof *needs; i++)
        ok = ok && put_need(p, c, needs[i], NULL, NULL, out);
    return ok && put_headers(p, c, a, out) && buf_push(out, '\0');
}

struct io_process *dial_start(struct target *t, const struct script_case *c, uint16_t port,
                              struct arena *a, struct err *err)
{
    struct io_process *process = NULL;
    const char *url;
    struct buf words;

    buf_init(&words, WORDS_MAX);
    if (find_url(t, c, port, a, &url) && put_all(t, c, port, a, &words))
        process = target_start_client(t, port, url, (const char *)words.ptr, err);
    else
        err_memory(err, "the client's command");
    buf_free(&words);
    return process;
}
