#include "cli/serve/serve.h"

#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/options/args.h"
#include "cli/options/deflate.h"
#include "cli/options/handshake.h"
#include "cli/options/message.h"
#include "io/clock.h"
#include "peer/url.h"

/* How long clients have to answer the Close when we are told to end. */
#define STOP_MS 2000
#define RATE_MAX 1000000u
#define PING_MAX_MS (24u * 60 * 60 * 1000)
#define PATIENCE_USUAL_MS 20000
#define NOT_GIVEN UINT64_MAX

struct serve_options {
    const char *host, *socket, *cert, *key, *token, *close_on, *page;
    uint64_t port, message_max, connections_max, rate_max, ping_ms, patience_ms;
    struct arg_list protocols, origins, paths, guarded;
    struct deflate_options deflate;
    bool tls, broadcast, rooms, verbose;
};

/* The options' places are filled in place: one server a program. */
static struct serve_options given = { .host = "127.0.0.1",
                                      .message_max = MESSAGE_MAX_USUAL,
                                      .patience_ms = NOT_GIVEN,
                                      .deflate = DEFLATE_NONE_GIVEN };

static const struct arg_row rows[] = {
    { "--host", 0, ARG_TEXT, &given.host, "HOST", "listen there (127.0.0.1)" },
    { "--port", 'p', ARG_NUMBER, &given.port, "N", "listen on that port (any free one)" },
    { "--unix", 0, ARG_TEXT, &given.socket, "PATH", "listen on that UNIX socket instead" },
    { "--tls", 0, ARG_FLAG, &given.tls, NULL, "wss://, with a self-made certificate" },
    { "--cert", 0, ARG_TEXT, &given.cert, "FILE", "wss:// with this certificate (PEM)" },
    { "--key", 0, ARG_TEXT, &given.key, "FILE", "and its key" },
    { "--broadcast", 0, ARG_FLAG, &given.broadcast, NULL,
      "send every message to all connections, the sender's too" },
    { "--rooms", 0, ARG_FLAG, &given.rooms, NULL, "send it to those that asked for the same path" },
    { "--subprotocol", 0, ARG_LIST, &given.protocols, "NAME", "speak it; may be given again" },
    { "--origin", 0, ARG_LIST, &given.origins, "ORIGIN",
      "refuse other origins with 403; may be given again" },
    { "--path", 0, ARG_LIST, &given.paths, "PATH", "answer 404 elsewhere; may be given again" },
    { "--token", 0, ARG_TEXT, &given.token, "TEXT",
      "answer 401 without Authorization: Bearer TEXT" },
    { "--token-path", 0, ARG_LIST, &given.guarded, "PATH", "only there; may be given again" },
    { "--close-on", 0, ARG_TEXT, &given.close_on, "TEXT",
      "close, with 1000 \"as asked\", when this text comes" },
    { "--max-message", 0, ARG_NUMBER, &given.message_max, "SIZE",
      "refuse larger ones, 1 to 62M (32M)" },
    { "--max-connections", 0, ARG_NUMBER, &given.connections_max, "N",
      "close further ones with 1013, try again later (no limit)" },
    { "--max-rate", 0, ARG_NUMBER, &given.rate_max, "N",
      "close with 1008 who sends more messages a second (no limit)" },
    { "--ping", 0, ARG_TIME, &given.ping_ms, "TIME",
      "ping who has been silent for so long (never)" },
    { "--ping-timeout", 0, ARG_TIME, &given.patience_ms, "TIME",
      "with --ping: and close with 1011 who stays so (20s)" },
    { "--http", 0, ARG_TEXT, &given.page, "TEXT",
      "answer a GET that asks for no WebSocket with 200 and this text (426)" },
    DEFLATE_ROWS(given.deflate),
    { "--verbose", 'v', ARG_FLAG, &given.verbose, NULL, "a line on stderr for each event" },
    { 0 },
};

static const struct arg_command command = {
    .name = "serve",
    .usage = "wsproof serve [options]",
    .about = "The reference server. It sends every message back, obeys RFC 6455 and RFC 7692 to "
             "the letter, and ends on SIGINT or SIGTERM with a Close (1001) to everybody.",
    .examples = "  wsproof serve --port 9001\n"
                "  wsproof serve --tls --port 9002 -v\n"
                "  wsproof serve --origin https://example.org --path /chat --close-on bye\n"
                "  wsproof serve --unix /run/echo.sock\n"
                "  wsproof serve --rooms --max-connections 100 --max-rate 20 --ping 30s\n"
                "  wsproof serve --token secret --token-path /private\n",
    .rows = rows,
};

static bool check_paths(const char *option, const struct arg_list *paths, struct err *err)
{
    for (size_t i = 0; i < paths->count; i++)
        if (paths->items[i][0] != '/' || strpbrk(paths->items[i], " \t?#"))
            return err_set(err, ERR_USAGE, "%s expects a path as /chat, found \"%s\"", option,
                           paths->items[i]);
    return true;
}

static bool check_ping(struct err *err)
{
    if (given.patience_ms != NOT_GIVEN && given.ping_ms == 0)
        return err_set(err, ERR_USAGE, "--ping-timeout needs --ping, which says when to ask");
    if (given.patience_ms == NOT_GIVEN)
        given.patience_ms = PATIENCE_USUAL_MS;
    if (given.ping_ms > PING_MAX_MS || given.patience_ms > PING_MAX_MS || given.patience_ms == 0)
        return err_set(err, ERR_USAGE,
                       "--ping and --ping-timeout want at most a day, and some time");
    return true;
}

static bool check(const struct arg_list *rest, struct err *err)
{
    if (rest->count > 0)
        return err_set(err, ERR_USAGE, "what is \"%s\"? only options are expected", rest->items[0]);
    if (given.port > 65535)
        return err_set(err, ERR_USAGE, "--port wants a number up to 65535");
    if (given.socket && given.port)
        return err_set(err, ERR_USAGE, "--port and --unix do not go together");
    if (given.broadcast && given.rooms)
        return err_set(err, ERR_USAGE,
                       "--broadcast and --rooms do not go together: to all, or to one room");
    if (!*given.host || (given.socket && !*given.socket))
        return err_set(err, ERR_USAGE, "--host and --unix want to know where, not \"\"");
    if (given.token && (!*given.token || strpbrk(given.token, " \t\r\n")))
        return err_set(err, ERR_USAGE, "--token expects one without blanks, found \"%s\"",
                       given.token);
    if (given.rate_max > RATE_MAX)
        return err_set(err, ERR_USAGE, "--max-rate wants at most %u messages a second", RATE_MAX);
    if (given.guarded.count > 0 && !given.token)
        return err_set(err, ERR_USAGE, "--token-path needs --token, which is asked for there");
    return check_paths("--path", &given.paths, err) &&
           check_paths("--token-path", &given.guarded, err) &&
           message_max_check(given.message_max, true, err) && check_ping(err) &&
           handshake_origins(&given.origins, err) && handshake_protocols(&given.protocols, err) &&
           deflate_options_read(&given.deflate, true, err);
}

static bool make_tls(struct io_tls **tls, struct err *err)
{
    if (!given.tls && !given.cert && !given.key)
        return true;
    *tls = io_tls_new(
        &(struct io_tls_options){
            .server = true, .cert = given.cert, .key = given.key, .alpn = "http/1.1" },
        err);
    return *tls != NULL;
}

static void announce(const struct peer_server *server, bool secure)
{
    bool brackets = strchr(given.host, ':') != NULL;
    char url[PEER_LOCAL_URL_MAX];

    if (given.socket && peer_url_of_local(given.socket, secure, url, sizeof url)) {
        printf("listening on %s\n", url);
        fflush(stdout);
        return;
    }
    printf("listening on %s://%s%s%s:%u/\n", secure ? "wss" : "ws", brackets ? "[" : "", given.host,
           brackets ? "]" : "", (unsigned)peer_server_port(server));
    fflush(stdout);
}

bool serve_until_signal(struct io_loop *loop, struct peer_server *server, struct err *err)
{
    uint64_t stop_at_ms = UINT64_MAX;

    for (;;) {
        uint64_t deadline = peer_server_deadline(server);
        struct io_event event;
        if (!io_loop_next(loop, deadline < stop_at_ms ? deadline : stop_at_ms, &event, err))
            return false;
        uint64_t now_ms = io_now_ms();
        if (event.kind == IO_SIGNAL) {
            if (stop_at_ms != UINT64_MAX)
                return true;
            peer_server_stop(server, now_ms);
            stop_at_ms = now_ms + STOP_MS;
        } else {
            (void)peer_server_take(server, &event, now_ms);
        }
        if (stop_at_ms != UINT64_MAX && (peer_server_count(server) == 0 || now_ms >= stop_at_ms))
            return true;
    }
}

static bool serve(struct err *err)
{
    struct io_tls *tls = NULL;
    struct peer_server *server = NULL;
    struct io_loop *loop = io_loop_new(err);
    const struct ws_policy policy = { .origins = given.origins.items,
                                      .n_origins = given.origins.count,
                                      .paths = given.paths.items,
                                      .n_paths = given.paths.count,
                                      .token = given.token,
                                      .guarded = given.guarded.items,
                                      .n_guarded = given.guarded.count,
                                      .plain = given.page };
    bool ok = false;
    char place[1024];

    /* Only a slash tells a path from a name; what is cut off here is far too long in any case. */
    snprintf(place, sizeof place, "%s%s", given.socket && !io_is_local(given.socket) ? "./" : "",
             given.socket ? given.socket : given.host);
    io_allow_many_files();
    if (!loop || !io_loop_watch_signals(loop, err) || !make_tls(&tls, err))
        goto done;
    server =
        peer_server_new(loop,
                        &(struct peer_server_options){ .host = place,
                                                       .port = (uint16_t)given.port,
                                                       .tls = tls,
                                                       .protocols = given.protocols.items,
                                                       .n_protocols = given.protocols.count,
                                                       .deflate = given.deflate.use,
                                                       .policy = &policy,
                                                       .close_on = given.close_on,
                                                       .message_max = given.message_max,
                                                       .broadcast = given.broadcast,
                                                       .rooms = given.rooms,
                                                       .connections_max = given.connections_max,
                                                       .rate_max = (uint32_t)given.rate_max,
                                                       .ping_ms = (uint32_t)given.ping_ms,
                                                       .patience_ms = (uint32_t)given.patience_ms,
                                                       .seed = io_entropy(),
                                                       .verbose = given.verbose },
                        err);
    if (!server)
        goto done;
    announce(server, tls != NULL);
    ok = serve_until_signal(loop, server, err);
done:
    peer_server_free(server);
    io_loop_free(loop);
    io_tls_free(tls);
    return ok;
}

int command_serve(int argc, char **argv)
{
    struct arg_list rest;
    struct err err = { 0 };
    bool help;

    if (!arg_parse(&command, argc, argv, &rest, &help, &err))
        return arg_fail(&command, &err);
    if (help) {
        arg_help(&command);
        return EXIT_OK;
    }
    if (!check(&rest, &err) || !serve(&err))
        return arg_fail(&command, &err);
    return EXIT_OK;
}
