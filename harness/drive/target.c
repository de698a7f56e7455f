#define _POSIX_C_SOURCE 200809L /* strsignal */
#include "drive/target.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "drive/crash_sign.h"

static const char *base_of(struct target *t)
{
    snprintf(t->base, sizeof t->base, "%s://%s", t->url.secure ? "wss" : "ws", t->url.authority);
    snprintf(t->port_text, sizeof t->port_text, "%u", t->url.port);
    return t->base;
}

static bool has_place(const char *command, const char *place)
{
    return command && strstr(command, place);
}

enum target_address target_address_of(const struct target_options *options)
{
    bool client = options->role == ROLE_CLIENT;

    if (options->url || !options->command)
        return TARGET_GIVEN;
    if (!client && has_place(options->command, "{socket}"))
        return TARGET_SOCKET;
    if (client || has_place(options->command, "{port}") || has_place(options->command, "{url}"))
        return TARGET_PORT;
    return TARGET_TELLS;
}

static bool check_command(const struct target_options *options, struct err *err)
{
    const char *command = options->command;
    bool port = has_place(command, "{port}"), socket = has_place(command, "{socket}");

    if (!command)
        return true;
    if (options->role == ROLE_CLIENT && !port && !has_place(command, "{url}"))
        return err_set(err, ERR_USAGE,
                       "--exec needs {port} or {url} in its command, to tell the target where to "
                       "connect");
    if (options->role == ROLE_SERVER && socket && (port || options->url))
        return err_set(err, ERR_USAGE, "{socket} in --exec says where to listen: %s",
                       port ? "leave out {port}" : "leave out the URL");
    return true;
}

bool target_init(struct target *t, struct io_loop *loop, const struct target_options *options,
                 struct err *err)
{
    memset(t, 0, sizeof *t);
    t->options = *options;
    t->loop = loop;
    buf_init(&t->err_output, TARGET_STDERR_MAX * 2);
    t->address = target_address_of(options);
    if (!check_command(options, err))
        return false;
    if (!options->url)
        return true;
    if (!peer_url_parse(options->url, &t->url, err))
        return false;
    snprintf(t->url_text, sizeof t->url_text, "%s", options->url);
    base_of(t);
    return true;
}

void target_free(struct target *t)
{
    target_stop(t);
    if (t->dir[0])
        io_dir_remove(t->dir);
    t->dir[0] = '\0';
    buf_free(&t->err_output);
}

struct place {
    const char *name, *value;
};

static const struct place *place_at(const char *text, const struct place *places)
{
    while (places->name && strncmp(text, places->name, strlen(places->name)) != 0)
        places++;
    return places->name ? places : NULL;
}

/* A command with {port}, {url}, {socket} and {cacert} filled in; no shell ever sees it. */
static bool fill(const char *command, const struct place *places, struct buf *out)
{
    while (*command) {
        const struct place *place = place_at(command, places);
        if (!(place ? buf_append(out, bytes_str(place->value)) : buf_push(out, (uint8_t)*command)))
            return false;
        command += place ? strlen(place->name) : 1;
    }
    return true;
}

static struct io_process *start(struct target *t, const char *port, const char *url,
                                const char *more, void *owner, struct err *err)
{
    const char *cacert = t->options.cacert ? t->options.cacert : "";
    struct place places[] = {
        { "{port}", port },     { "{url}", url },
        { "{cacert}", cacert }, { t->address == TARGET_SOCKET ? "{socket}" : NULL, t->socket },
        { NULL, NULL },
    };
    struct io_process *process = NULL;
    struct buf command;

    buf_init(&command, 1 << 16);
    if (!fill(t->options.command, places, &command) || !fill(more ? more : "", places, &command) ||
        !buf_push(&command, '\0')) {
        err_memory(err, "the command of --exec");
    } else {
        char **words = io_process_words((const char *)command.ptr, err);
        process = words ? io_process_start(t->loop, words, owner, err) : NULL;
        alloc_free(words);
    }
    buf_free(&command);
    return process;
}

static bool take_url(struct target *t, struct err *err)
{
    return peer_url_parse(t->url_text, &t->url, err) && base_of(t);
}

static bool choose_port(struct target *t, struct err *err)
{
    uint16_t port = io_free_port();

    if (port == 0)
        return err_set(err, ERR_SYSTEM, "no free port on 127.0.0.1");
    snprintf(t->url_text, sizeof t->url_text, "%s://127.0.0.1:%u/", t->options.tls ? "wss" : "ws",
             port);
    return take_url(t, err);
}

/* Another one for each start: a server that was killed leaves its file behind. */
static bool choose_socket(struct target *t, struct err *err)
{
    if (!t->dir[0] && !io_dir_private(t->dir, err)) {
        t->dir[0] = '\0';
        return false;
    }
    snprintf(t->socket, sizeof t->socket, "%s/%u.sock", t->dir, t->starts);
    if (!peer_url_of_local(t->socket, t->options.tls != NULL, t->url_text, sizeof t->url_text))
        return err_set(err, ERR_INTERNAL, "no URL for %s", t->socket);
    return take_url(t, err);
}

static bool choose_address(struct target *t, struct err *err)
{
    t->told = (struct announce){ 0 };
    switch (t->address) {
    case TARGET_PORT: return choose_port(t, err);
    case TARGET_SOCKET: return choose_socket(t, err);
    case TARGET_GIVEN:
    case TARGET_TELLS: break;
    }
    return true;
}

bool target_start(struct target *t, struct err *err)
{
    target_stop(t);
    if (!choose_address(t, err))
        return false;
    t->exited = false;
    t->how[0] = '\0';
    buf_clear(&t->err_output);
    t->process = start(t, t->port_text, t->url_text, NULL, t, err);
    t->starts++;
    return t->process != NULL;
}

void target_stop(struct target *t)
{
    if (t->process)
        io_process_free(t->process);
    t->process = NULL;
}

bool target_is_known(const struct target *t)
{
    return t->address != TARGET_TELLS || t->told.known;
}

void target_client_base(const struct target *t, uint16_t port, char out[64])
{
    snprintf(out, 64, "%s://%s:%u", t->options.tls ? "wss" : "ws",
             t->options.tls ? "localhost" : "127.0.0.1", port);
}

struct io_process *target_start_client(struct target *t, uint16_t port, const char *url,
                                       const char *more, struct err *err)
{
    char port_text[8], base[64], usual[66];

    snprintf(port_text, sizeof port_text, "%u", port);
    target_client_base(t, port, base);
    snprintf(usual, sizeof usual, "%s/", base);
    return start(t, port_text, url ? url : usual, more, NULL, err);
}

bool target_tells_url(const struct target_options *options)
{
    return options->command && strstr(options->command, "{url}");
}

void target_status_text(const struct io_process_status *status, char *out, size_t size)
{
    if (status->running)
        snprintf(out, size, "is running");
    else if (status->signal != 0)
        snprintf(out, size, "was killed by signal %d (%s)", status->signal,
                 strsignal(status->signal));
    else
        snprintf(out, size, "exited with %d", status->exit_code);
}

/* The last TARGET_STDERR_MAX bytes of all: what a program says before it dies comes last. */
static void keep_end(struct buf *kept, struct bytes more)
{
    if (more.len > TARGET_STDERR_MAX)
        more = bytes_skip(more, more.len - TARGET_STDERR_MAX);
    if (kept->len + more.len > TARGET_STDERR_MAX)
        buf_drop(kept, kept->len + more.len - TARGET_STDERR_MAX);
    if (!buf_append(kept, more))
        buf_clear(kept);
}

static void hear(struct target *t, const struct io_event *event)
{
    struct err err;

    if (t->address != TARGET_TELLS ||
        !announce_feed(&t->told, event->is_stderr, bytes_of(event->data, event->len)))
        return;
    snprintf(t->url_text, sizeof t->url_text, "%s", t->told.url);
    t->told.known = take_url(t, &err); /* announce_read has parsed it before */
    t->options.tls = t->url.secure ? t->options.tls_if_told : NULL;
}

/* What its stderr says of a crash belongs to the news of its death; whether it was the reason is
 * for the reader to judge. */
static void note_death(struct target *t)
{
    struct io_process_status status = io_process_status(t->process);
    char how[128];
    struct crash_sign sign;

    target_status_text(&status, how, sizeof how);
    bool told = crash_sign_find(buf_bytes(&t->err_output), &sign) && crash_kind_certain(sign.kind);
    snprintf(t->how, sizeof t->how, "%s%s%s%s", how, told ? " (stderr: " : "",
             told ? sign.summary : "", told ? ")" : "");
    t->exited = true;
    t->deaths++;
}

bool target_take(struct target *t, const struct io_event *event)
{
    if (!t->process || event->process != t->process)
        return false;
    if (event->kind == IO_OUTPUT)
        hear(t, event);
    if (event->kind == IO_OUTPUT && event->is_stderr) {
        keep_end(&t->err_output, bytes_of(event->data, event->len));
        t->err_bytes += event->len;
    }
    if (event->kind == IO_EXITED)
        note_death(t);
    return true;
}

struct bytes target_said_since(const struct target *t, uint64_t from)
{
    struct bytes kept = buf_bytes(&t->err_output);
    uint64_t len = t->err_bytes - from;

    return len < kept.len ? bytes_skip(kept, kept.len - (size_t)len) : kept;
}

bool target_memory(const struct target *t, uint64_t *bytes)
{
    struct io_usage usage;

    if (!t->process || !io_process_usage(t->process, &usage))
        return false;
    *bytes = usage.resident_kib * 1024;
    return true;
}
