#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/deflate_options.h"
#include "io/clock.h"
#include "io/input.h"
#include "peer/client.h"

/* The longest line of standard input, and the most hex digits of a binary message. */
#define LINE_MAX (64u << 20)
/* While more than this waits to be sent, standard input waits too. */
#define WAITING_HIGH (1u << 20)

struct connect_options {
    struct arg_list headers, protocols;
    const char *cacert, *cert, *key;
    uint64_t message_max;
    struct deflate_options deflate;
    bool echo, insecure;
};

static struct connect_options given = { .deflate = DEFLATE_NONE_GIVEN };

static const struct arg_row rows[] = {
    { "--echo", 0, ARG_FLAG, &given.echo, NULL, "send every message back, read no input" },
    { "--header", 0, ARG_LIST, &given.headers, "'N: V'", "add it to the request; again for more" },
    { "--subprotocol", 0, ARG_LIST, &given.protocols, "NAME", "offer it; may be given again" },
    { "--max-message", 0, ARG_NUMBER, &given.message_max, "SIZE", "refuse larger ones (32M)" },
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
        "that begin with a slash are commands: /ping [TEXT], /binary HEX, /close [CODE "
        "[REASON]]; // sends a text that begins with one.",
    .examples = "  wsproof connect ws://127.0.0.1:9001/\n"
                "  wsproof connect --insecure wss://127.0.0.1:9002/chat\n"
                "  wsproof connect --echo ws://127.0.0.1:9001/\n",
    .rows = rows,
};

/* One conversation. */
struct talk {
    struct io_loop *loop;
    struct io_tls *tls;
    struct peer_client *client;
    struct io_conn *input; /* NULL before the connection is open, and after its end */
    struct buf line;
    struct ws_header headers[ARG_LIST_MAX];
    bool was_open, interrupted;
    struct err *err;
};

/* ---- showing ---- */

/* As it is, but nothing that a terminal would obey: the control characters, the C1 ones of Unicode
 * (C2 80 to C2 9F) too. */
static void print_text(FILE *to, struct bytes in)
{
    for (size_t i = 0; i < in.len; i++) {
        uint8_t b = in.ptr[i];
        bool c1 = b == 0xC2 && i + 1 < in.len && in.ptr[i + 1] < 0xA0;
        if ((b < ' ' && b != '\n' && b != '\t') || b == 0x7F || c1)
            fprintf(to, "\\x%02x", b);
        else
            putc(b, to);
    }
}

static void print_hex(struct bytes in)
{
    for (size_t i = 0; i < in.len; i++)
        printf("%s%02x", i > 0 ? " " : "", in.ptr[i]);
}

static void show_close(const struct ws_close *close)
{
    if (!close->has_code) {
        fprintf(stderr, "the server closed without a code\n");
        return;
    }
    fprintf(stderr, "the server closed: %u %s ", close->code, ws_close_code_name(close->code));
    print_text(stderr, close->reason);
    fputc('\n', stderr);
}

static void show_message(const struct ws_event *event)
{
    if (event->opcode == WS_TEXT)
        print_text(stdout, event->data);
    else
        print_hex(event->data);
    putchar('\n');
    fflush(stdout);
}

/* ---- what comes ---- */

static bool take_message(struct talk *t, const struct ws_event *event)
{
    if (!given.echo) {
        show_message(event);
        return true;
    }
    return peer_client_send(t->client, event->opcode, event->data) || err_memory(t->err, "an echo");
}

static bool take_open(struct talk *t)
{
    t->was_open = true;
    if (given.echo)
        return true;
    fprintf(stderr, "connected\n");
    t->input = io_input_open(t->loop, NULL, t->err);
    return t->input != NULL;
}

static bool take_event(struct talk *t, const struct ws_event *event)
{
    switch (event->kind) {
    case WS_EVENT_OPEN: return take_open(t);
    case WS_EVENT_MESSAGE: return take_message(t, event);
    case WS_EVENT_CLOSE:
        if (!given.echo)
            show_close(&event->close);
        return true;
    case WS_EVENT_PONG:
        if (!given.echo)
            fprintf(stderr, "pong\n");
        return true;
    case WS_EVENT_PING:
    case WS_EVENT_REFUSED:
    case WS_EVENT_FAILED:
    case WS_EVENT_TIMEOUT:
    case WS_EVENT_END: return true; /* peer_client_trouble tells of these */
    }
    return true;
}

/* ---- what is typed ---- */

static bool say_close(struct talk *t, struct bytes words)
{
    size_t len = bytes_index(words, 0, ' ');
    uint64_t code = 1000;

    if (words.len > 0 && !text_number(bytes_take(words, len), 65535, &code)) {
        fprintf(stderr, "/close wants a number and a reason\n");
        return true;
    }
    return peer_client_close(t->client, (uint16_t)code, bytes_trim(bytes_skip(words, len)),
                             io_now_ms()) ||
           err_memory(t->err, "a Close");
}

static bool say_binary(struct talk *t, struct bytes hex)
{
    struct buf data;
    size_t bad_at;
    bool ok = true;

    buf_init(&data, LINE_MAX / 2);
    if (text_unhex(hex, &data, &bad_at))
        ok = peer_client_send(t->client, WS_BINARY, buf_bytes(&data)) ||
             err_memory(t->err, "a message");
    else
        fprintf(stderr, "/binary wants hex digits, two a byte\n");
    buf_free(&data);
    return ok;
}

/* A ping's data is cut to what a control frame holds. */
static bool say_ping(struct talk *t, struct bytes data)
{
    return peer_client_send(t->client, WS_PING, bytes_take(data, WS_CONTROL_MAX)) ||
           err_memory(t->err, "a ping");
}

static bool say_text(struct talk *t, struct bytes text)
{
    if (!ws_utf8_valid(text)) {
        fprintf(stderr, "not sent: a text message has to be UTF-8\n");
        return true;
    }
    return peer_client_send(t->client, WS_TEXT, text) || err_memory(t->err, "a message");
}

static bool take_line(struct talk *t, struct bytes line)
{
    size_t len = bytes_index(line, 0, ' ');
    struct bytes word = bytes_take(line, len), rest = bytes_trim(bytes_skip(line, len));

    if (line.len == 0 || line.ptr[0] != '/')
        return say_text(t, line);
    if (line.len > 1 && line.ptr[1] == '/')
        return say_text(t, bytes_skip(line, 1));
    if (bytes_eq_str(word, "/close"))
        return say_close(t, rest);
    if (bytes_eq_str(word, "/binary"))
        return say_binary(t, rest);
    if (bytes_eq_str(word, "/ping"))
        return say_ping(t, rest);
    fprintf(stderr, "there are /ping, /binary and /close; // sends a text that begins with a /\n");
    return true;
}

/* Whole lines go; the beginning of the next one is kept. */
static bool take_input(struct talk *t, struct bytes in)
{
    if (!buf_append(&t->line, in))
        return err_memory(t->err, "a line of input");
    struct bytes all = buf_bytes(&t->line);
    size_t from = 0, end;
    while ((end = bytes_index(all, from, '\n')) < all.len) {
        if (!take_line(t, bytes_take(bytes_skip(all, from), end - from)))
            return false;
        from = end + 1;
    }
    buf_drop(&t->line, from);
    return true;
}

static bool end_input(struct talk *t)
{
    struct bytes last = buf_bytes(&t->line);

    io_conn_close(t->input);
    t->input = NULL;
    if (last.len > 0 && !take_line(t, last))
        return false;
    return peer_client_close(t->client, 1000, (struct bytes){ 0 }, io_now_ms()) ||
           err_memory(t->err, "a Close");
}

/* ---- the conversation ---- */

static bool interrupt(struct talk *t)
{
    if (t->interrupted || !t->was_open)
        return err_set(t->err, ERR_TARGET, "interrupted");
    t->interrupted = true;
    return peer_client_close(t->client, 1001, (struct bytes){ 0 }, io_now_ms()) ||
           err_memory(t->err, "a Close");
}

static bool take(struct talk *t, struct io_event *event)
{
    uint64_t now_ms = io_now_ms();
    struct ws_event said;

    if (event->kind == IO_SIGNAL && !interrupt(t))
        return false;
    if (t->input && event->conn == t->input)
        return event->kind == IO_DATA ? take_input(t, bytes_of(event->data, event->len))
                                      : end_input(t);
    (void)peer_client_take(t->client, event, now_ms);
    while (peer_client_next(t->client, &said, now_ms)) {
        if (!take_event(t, &said))
            return false;
    }
    return true;
}

static bool converse(struct talk *t)
{
    while (!peer_client_done(t->client)) {
        struct io_event event;
        if (!io_loop_next(t->loop, peer_client_deadline(t->client), &event, t->err) ||
            !take(t, &event))
            return false;
        if (t->input)
            io_conn_read(t->input, peer_client_waiting(t->client) < WAITING_HIGH);
    }
    const char *trouble = peer_client_trouble(t->client);
    return !trouble || err_set(t->err, ERR_TARGET, "%s", trouble);
}

/* ---- setting up ---- */

static bool header_of(const char *text, struct ws_header *out, struct err *err)
{
    struct bytes all = bytes_str(text);
    size_t colon = bytes_index(all, 0, ':');

    out->name = bytes_take(all, colon);
    out->value = bytes_trim(bytes_skip(all, colon + 1));
    if (colon == all.len || !http1_is_token(out->name) || strpbrk(text, "\r\n"))
        return err_set(err, ERR_USAGE, "--header wants 'Name: value', not \"%s\"", text);
    return true;
}

static bool make_tls(struct talk *t, const struct peer_url *url)
{
    if (!url->secure)
        return true;
    t->tls = io_tls_new(&(struct io_tls_options){ .cert = given.cert,
                                                  .key = given.key,
                                                  .cacert = given.cacert,
                                                  .insecure = given.insecure,
                                                  .alpn = "http/1.1" },
                        t->err);
    return t->tls != NULL;
}

static bool set_up(struct talk *t, const char *url_text)
{
    struct peer_url url;

    if (!peer_url_parse(url_text, &url, t->err) ||
        !deflate_options_read(&given.deflate, false, t->err))
        return false;
    for (size_t i = 0; i < given.headers.count; i++) {
        if (!header_of(given.headers.items[i], &t->headers[i], t->err))
            return false;
    }
    t->loop = io_loop_new(t->err);
    if (!t->loop || !io_loop_watch_signals(t->loop, t->err) || !make_tls(t, &url))
        return false;
    t->client = peer_client_new(t->loop,
                                &(struct peer_client_options){ .url = &url,
                                                               .tls = t->tls,
                                                               .protocols = given.protocols.items,
                                                               .n_protocols = given.protocols.count,
                                                               .headers = t->headers,
                                                               .n_headers = given.headers.count,
                                                               .deflate = given.deflate.use,
                                                               .message_max = given.message_max,
                                                               .seed = io_entropy() },
                                t->err);
    return t->client != NULL;
}

/* Trouble after the connection was open is a result; before, it is the target or the way to it. */
static int talk_to(const char *url, struct err *err)
{
    struct talk t = { .err = err };

    buf_init(&t.line, LINE_MAX);
    bool ok = set_up(&t, url) && converse(&t);
    int code = ok ? EXIT_OK : arg_fail(&command, err);
    if (code == EXIT_TARGET && t.was_open && !t.interrupted)
        code = EXIT_UNEXPECTED;
    peer_client_free(t.client);
    io_loop_free(t.loop);
    io_tls_free(t.tls);
    buf_free(&t.line);
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
    return talk_to(rest.items[0], &err);
}
