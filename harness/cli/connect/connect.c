#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/connect/backoff.h"
#include "cli/connect/client_report.h"
#include "cli/connect/talk.h"
#include "cli/connect/typed.h"
#include "cli/options/args.h"
#include "cli/options/deflate.h"
#include "cli/options/handshake.h"
#include "cli/options/message.h"
#include "io/clock.h"

/* Whoever wants more than this wants something that never ends. */
#define TRIES_MAX 1000
#define TALKS_MAX 2 /* --pair */
#define CHUNK_MAX (16u << 20)
#define AGAIN_USUAL_MS 5000
#define NOT_GIVEN UINT64_MAX

struct connect_options {
    struct arg_list headers, protocols;
    const char *cacert, *cert, *key, *proxy, *close_with;
    uint64_t message_max, chunk, again, again_base_ms;
    struct deflate_options deflate;
    struct talk_manner manner;
    bool binary, insecure, pair;
};

static struct connect_options given = { .deflate = DEFLATE_NONE_GIVEN,
                                        .message_max = MESSAGE_MAX_USUAL,
                                        .again_base_ms = NOT_GIVEN,
                                        .manner = { .close_code = 1000 } };

static const struct arg_row rows[] = {
    { "--echo", 0, ARG_FLAG, &given.manner.echo, NULL, "send every message back, read no input" },
    { "--report", 0, ARG_FLAG, &given.manner.report, NULL,
      "tell a program what happens, a line each: open, message text 5, closed 1000 \"reason\", "
      "error why" },
    { "--binary", 0, ARG_FLAG, &given.binary, NULL,
      "all of the input is one binary message, and binary ones that come go out as they are" },
    { "--chunk", 0, ARG_NUMBER, &given.chunk, "SIZE",
      "with --binary: messages of so many bytes, sent as they come" },
    { "--header", 0, ARG_LIST, &given.headers, "'N: V'", "add it to the request; again for more" },
    { "--subprotocol", 0, ARG_LIST, &given.protocols, "NAME", "offer it; may be given again" },
    { "--max-message", 0, ARG_NUMBER, &given.message_max, "SIZE",
      "refuse larger ones, 1 to 1G, with --echo to 62M (32M)" },
    { "--close-on", 0, ARG_TEXT, &given.manner.close_on, "TEXT",
      "a text message equal to it is not answered but makes us close" },
    { "--close-with", 0, ARG_TEXT, &given.close_with, "'CODE [REASON]'",
      "with --close-on: the Close that it gets then (1000)" },
    { "--proxy", 0, ARG_TEXT, &given.proxy, "URL",
      "go through this HTTP proxy (http://host:port) with CONNECT" },
    { "--pair", 0, ARG_FLAG, &given.pair, NULL,
      "two connections, the second once the first is made or has failed; with --echo" },
    { "--reconnect", 0, ARG_NUMBER, &given.again, "N",
      "connect again, N times at most, when a connection is lost or cannot be made" },
    { "--reconnect-base", 0, ARG_TIME, &given.again_base_ms, "TIME",
      "with --reconnect: a random wait up to this before the first time, then longer and longer "
      "ones (5s)" },
    DEFLATE_ROWS(given.deflate),
    { "--cacert", 0, ARG_TEXT, &given.cacert, "FILE",
      "whom to trust instead of the system's (PEM)" },
    { "--cert", 0, ARG_TEXT, &given.cert, "FILE", "our certificate, if the server asks" },
    { "--key", 0, ARG_TEXT, &given.key, "FILE", "and its key" },
    { "--insecure", 0, ARG_FLAG, &given.insecure, NULL, "trust any certificate" },
    { 0 },
};

static const struct arg_command command = {
    .name = "connect",
    .usage = "wsproof connect URL [options]",
    .about =
        "The reference client. Each line of input is sent as a text message, each message that "
        "comes is printed (binary ones as hex). The end of input closes the connection. Lines "
        "that begin with a slash are commands: /ping [TEXT], /pong [TEXT], /binary HEX, /close "
        "[CODE [REASON]], /help; // sends a text that begins with one. On a terminal, if the "
        "program "
        "was built with libedit, the line can be edited, Tab ends a command, and the arrow keys go "
        "through what was typed, which is kept in ~/.local/state/wsproof/history, or under "
        "$XDG_STATE_HOME, or in $WSPROOF_HISTORY (empty: nowhere); a line that begins with a blank "
        "is not. NO_COLOR is obeyed. In a pipe nothing but the messages "
        "is printed, texts as they came. 0: both sides closed; 1: it was open and did not end so; "
        "3: it was never open. URL is ws:// or wss://, with neither "
        "user name nor fragment, or ws+unix:PATH[:/RESOURCE] for a UNIX socket. Redirects are not "
        "followed.",
    .examples = "  wsproof connect ws://127.0.0.1:9001/\n"
                "  wsproof connect --insecure wss://127.0.0.1:9002/chat\n"
                "  wsproof connect --reconnect 5 --header 'Authorization: Bearer x' "
                "ws://127.0.0.1:9001/\n"
                "  wsproof connect --binary --chunk 64K ws://127.0.0.1:9001/ <in >out\n"
                "  wsproof connect --echo ws://127.0.0.1:9001/\n"
                "  wsproof connect --echo --report ws://127.0.0.1:9001/\n"
                "  wsproof connect --echo --close-on bye --close-with '1001 going' "
                "ws://127.0.0.1:9001/\n"
                "  wsproof connect --proxy http://127.0.0.1:3128 wss://example.org/\n"
                "  wsproof connect --echo --pair ws://127.0.0.1:9001/\n"
                "  wsproof connect --echo --reconnect 5 --reconnect-base 500ms "
                "ws://127.0.0.1:9001/\n",
    .rows = rows,
};

/* All that one run of the command does. */
struct visit {
    struct io_loop *loop;
    struct io_tls *tls;
    struct peer_url url, proxy;
    struct ws_header headers[ARG_LIST_MAX];
    struct talk talks[TALKS_MAX];
    struct typed typed;
    struct rand rand;
    unsigned tries;       /* connections that were made again */
    uint64_t again_at_ms; /* when the next one is; 0: none is planned */
    bool was_open, interrupted;
    struct err *err;
};

/* ---- connections ---- */

static bool begin(struct visit *v, struct talk *t)
{
    struct peer_client_options options = { .url = &v->url,
                                           .proxy = given.proxy ? &v->proxy : NULL,
                                           .tls = v->tls,
                                           .protocols = given.protocols.items,
                                           .n_protocols = given.protocols.count,
                                           .headers = v->headers,
                                           .n_headers = given.headers.count,
                                           .deflate = given.deflate.use,
                                           .message_max = given.message_max,
                                           .only_answers = given.manner.echo,
                                           .seed = rand_next(&v->rand) };
    struct peer_client *client = peer_client_new(v->loop, &options, v->err);

    if (client)
        talk_begin(t, &given.manner, client);
    return client != NULL;
}

/* No two connections to one address are being opened at a time: RFC 6455 4.1. */
static bool begin_second(struct visit *v)
{
    if (!given.pair || v->talks[1].client || talk_connecting(&v->talks[0]))
        return true;
    return begin(v, &v->talks[1]);
}

/* Whether one that ended without a word is tried again, and when. RFC 6455 7.2.3. */
static void plan_again(struct visit *v)
{
    if (v->again_at_ms > 0 || v->interrupted || v->typed.over || v->tries >= given.again ||
        !talk_lost(&v->talks[0]))
        return;
    v->tries++;
    uint64_t wait_ms = backoff_ms(v->tries, given.again_base_ms, rand_next(&v->rand));
    v->again_at_ms = io_now_ms() + wait_ms;
    if (!given.manner.echo && !given.manner.report)
        fprintf(stderr, "%s; again in %.1f s\n", peer_client_trouble(v->talks[0].client),
                (double)wait_ms / 1000);
}

static bool begin_again(struct visit *v)
{
    if (v->again_at_ms == 0 || io_now_ms() < v->again_at_ms)
        return true;
    v->again_at_ms = 0;
    talk_free(&v->talks[0]);
    return begin(v, &v->talks[0]);
}

static bool all_over(const struct visit *v)
{
    return talk_over(&v->talks[0]) && talk_over(&v->talks[1]) && v->again_at_ms == 0;
}

/* ---- the conversation ---- */

static bool interrupt(struct visit *v)
{
    v->again_at_ms = 0;
    if (v->interrupted || !v->was_open)
        return err_set(v->err, ERR_TARGET, "interrupted");
    v->interrupted = true;
    for (size_t i = 0; i < TALKS_MAX; i++) {
        if (v->talks[i].client &&
            !peer_client_close(v->talks[i].client, 1001, (struct bytes){ 0 }, io_now_ms()))
            return err_memory(v->err, "a Close");
    }
    return true;
}

/* Only one connection can be typed to. */
static bool take_typed(struct visit *v)
{
    if (v->talks[0].was_open && !v->was_open && !given.manner.echo &&
        !typed_open(&v->typed, v->loop, v->err))
        return false;
    for (size_t i = 0; i < TALKS_MAX; i++)
        v->was_open |= v->talks[i].was_open;
    bool ready = v->talks[0].was_open && !talk_over(&v->talks[0]) && !v->interrupted;
    typed_pace(&v->typed, ready ? v->talks[0].client : NULL);
    return true;
}

static bool take(struct visit *v, const struct io_event *event)
{
    if (v->typed.input && event->conn == v->typed.input)
        return typed_take(&v->typed, event, v->talks[0].client, v->err);
    typed_hide(&v->typed);
    if (event->kind == IO_SIGNAL && !interrupt(v))
        return false;
    for (size_t i = 0; i < TALKS_MAX; i++)
        if (!talk_take(&v->talks[i], event, v->err))
            return false;
    plan_again(v);
    return take_typed(v) && begin_second(v) && begin_again(v);
}

static uint64_t deadline(const struct visit *v)
{
    uint64_t at = v->again_at_ms > 0 ? v->again_at_ms : UINT64_MAX;

    for (size_t i = 0; i < TALKS_MAX; i++) {
        uint64_t its = v->talks[i].client ? peer_client_deadline(v->talks[i].client) : UINT64_MAX;
        at = its < at ? its : at;
    }
    return at;
}

static bool converse(struct visit *v)
{
    while (!all_over(v)) {
        struct io_event event;
        if (!io_loop_next(v->loop, deadline(v), &event, v->err) || !take(v, &event))
            return false;
    }
    for (size_t i = 0; i < TALKS_MAX; i++) {
        struct peer_client *client = v->talks[i].client;
        const char *trouble = client ? peer_client_trouble(client) : NULL;
        if (trouble)
            return err_set(v->err, ERR_TARGET, "%s", trouble);
    }
    return true;
}

/* ---- setting up ---- */

/* "1001 going": a code that a Close may carry, and a reason that fits one. */
static bool close_of(const char *text, struct talk_manner *out, struct err *err)
{
    struct bytes all = bytes_str(text);
    size_t len = bytes_index(all, 0, ' ');
    uint64_t code = 0;

    out->close_reason = bytes_trim(bytes_skip(all, len));
    if (!text_number(bytes_take(all, len), UINT16_MAX, &code) ||
        ws_close_code_rule((uint16_t)code) != WS_RULE_NONE ||
        out->close_reason.len > WS_CLOSE_REASON_MAX || !ws_utf8_valid(out->close_reason))
        return err_set(err, ERR_USAGE,
                       "--close-with wants a close code and a reason of at most %d bytes, "
                       "not \"%s\"",
                       WS_CLOSE_REASON_MAX, text);
    out->close_code = (uint16_t)code;
    return true;
}

/* Options that mean nothing without another one, or beside it. */
static bool go_together(struct err *err)
{
    if (given.close_with && !given.manner.close_on)
        return err_set(err, ERR_USAGE, "--close-with needs --close-on, which says when");
    if (given.again_base_ms != NOT_GIVEN && given.again == 0)
        return err_set(err, ERR_USAGE, "--reconnect-base needs --reconnect, which says how often");
    if (given.pair && !given.manner.echo)
        return err_set(err, ERR_USAGE, "--pair goes with --echo: nobody can type to two");
    if ((given.binary && given.manner.echo) || (given.chunk > 0 && !given.binary))
        return err_set(err, ERR_USAGE, "--binary goes without --echo, and --chunk with --binary");
    return true;
}

static bool read_options(struct visit *v, const char *url, struct err *err)
{
    if (!peer_url_parse(url, &v->url, err) || !deflate_options_read(&given.deflate, false, err))
        return false;
    if (given.proxy && !peer_url_parse_proxy(given.proxy, &v->proxy, err))
        return false;
    if (given.proxy && io_is_local(v->url.host))
        return err_set(err, ERR_USAGE, "a UNIX socket is not behind a proxy: %s", url);
    if (given.close_with && !close_of(given.close_with, &given.manner, err))
        return false;
    if (!go_together(err))
        return false;
    if (given.chunk > CHUNK_MAX)
        return err_set(err, ERR_USAGE, "--chunk wants at most %u bytes", CHUNK_MAX);
    if (given.again > TRIES_MAX)
        return err_set(err, ERR_USAGE, "--reconnect wants at most %d", TRIES_MAX);
    if (given.again_base_ms == NOT_GIVEN)
        given.again_base_ms = AGAIN_USUAL_MS;
    return message_max_check(given.message_max, given.manner.echo, err) &&
           handshake_headers(&given.headers, v->headers, err) &&
           handshake_protocols(&given.protocols, err);
}

static bool make_tls(struct visit *v)
{
    if (!v->url.secure)
        return true;
    v->tls = io_tls_new(&(struct io_tls_options){ .cert = given.cert,
                                                  .key = given.key,
                                                  .cacert = given.cacert,
                                                  .insecure = given.insecure,
                                                  .alpn = "http/1.1" },
                        v->err);
    return v->tls != NULL;
}

static bool set_up(struct visit *v)
{
    v->loop = io_loop_new(v->err);
    return v->loop && io_loop_watch_signals(v->loop, v->err) && make_tls(v) &&
           begin(v, &v->talks[0]);
}

/* Trouble after the connection was open is a result; before, it is the target or the way to it. */
static int visit_url(const char *url, struct err *err)
{
    struct visit v = { .err = err };

    rand_init(&v.rand, io_entropy());
    v.typed.binary = given.manner.raw = given.binary;
    v.typed.chunk = (size_t)given.chunk;
    typed_init(&v.typed);
    bool ready = read_options(&v, url, err) && set_up(&v);
    if (!ready && given.manner.report)
        report_error(stdout, err->text);
    int code = ready && converse(&v) ? EXIT_OK : arg_fail(&command, err);
    if (code == EXIT_TARGET && v.was_open && !v.interrupted)
        code = EXIT_UNEXPECTED;
    for (size_t i = 0; i < TALKS_MAX; i++)
        talk_free(&v.talks[i]);
    typed_free(&v.typed);
    io_loop_free(v.loop);
    io_tls_free(v.tls);
    return code;
}

int command_connect(int argc, char **argv)
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
    if (rest.count != 1) {
        err_set(&err, ERR_USAGE, "exactly one URL is expected: %s", command.usage);
        return arg_fail(&command, &err);
    }
    return visit_url(rest.items[0], &err);
}
