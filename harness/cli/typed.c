#include "cli/typed.h"

#include <stdio.h>

#include "base/text.h"
#include "io/clock.h"
#include "io/input.h"

/* The longest line of standard input, and the most hex digits of a binary message. */
#define LINE_MAX (64u << 20)
/* While more than this waits to be sent, standard input waits too. */
#define WAITING_HIGH (1u << 20)

static bool say_close(struct peer_client *client, struct bytes words, struct err *err)
{
    size_t len = bytes_index(words, 0, ' ');
    uint64_t code = 1000;

    if (words.len > 0 && !text_number(bytes_take(words, len), 65535, &code)) {
        fprintf(stderr, "/close wants a number and a reason\n");
        return true;
    }
    return peer_client_close(client, (uint16_t)code, bytes_trim(bytes_skip(words, len)),
                             io_now_ms()) ||
           err_memory(err, "a Close");
}

static bool say_binary(struct peer_client *client, struct bytes hex, struct err *err)
{
    struct buf data;
    size_t bad_at;
    bool ok = true;

    buf_init(&data, LINE_MAX / 2);
    if (text_unhex(hex, &data, &bad_at))
        ok = peer_client_send(client, WS_BINARY, buf_bytes(&data)) || err_memory(err, "a message");
    else
        fprintf(stderr, "/binary wants hex digits, two a byte\n");
    buf_free(&data);
    return ok;
}

/* A ping's data is cut to what a control frame holds. */
static bool say_ping(struct peer_client *client, struct bytes data, struct err *err)
{
    return peer_client_send(client, WS_PING, bytes_take(data, WS_CONTROL_MAX)) ||
           err_memory(err, "a ping");
}

/* A pong that nobody asked for is a sign of life too. RFC 6455 5.5.3. */
static bool say_pong(struct peer_client *client, struct bytes data, struct err *err)
{
    return peer_client_send(client, WS_PONG, bytes_take(data, WS_CONTROL_MAX)) ||
           err_memory(err, "a pong");
}

static bool say_text(struct peer_client *client, struct bytes text, struct err *err)
{
    if (!ws_utf8_valid(text)) {
        fprintf(stderr, "not sent: a text message has to be UTF-8\n");
        return true;
    }
    return peer_client_send(client, WS_TEXT, text) || err_memory(err, "a message");
}

static bool take_line(struct peer_client *client, struct bytes line, struct err *err)
{
    size_t len = bytes_index(line, 0, ' ');
    struct bytes word = bytes_take(line, len), rest = bytes_trim(bytes_skip(line, len));

    if (line.len == 0 || line.ptr[0] != '/')
        return say_text(client, line, err);
    if (line.len > 1 && line.ptr[1] == '/')
        return say_text(client, bytes_skip(line, 1), err);
    if (bytes_eq_str(word, "/close"))
        return say_close(client, rest, err);
    if (bytes_eq_str(word, "/binary"))
        return say_binary(client, rest, err);
    if (bytes_eq_str(word, "/ping"))
        return say_ping(client, rest, err);
    if (bytes_eq_str(word, "/pong"))
        return say_pong(client, rest, err);
    fprintf(stderr, "there are /ping [TEXT], /pong [TEXT], /binary HEX and /close [CODE [REASON]]; "
                    "// sends a text that begins with a /\n");
    return true;
}

/* Whole chunks go; without a size all waits for the end. */
static bool take_binary(struct typed *t, struct peer_client *client, struct err *err)
{
    while (t->chunk > 0 && t->line.len >= t->chunk) {
        if (!peer_client_send(client, WS_BINARY, bytes_take(buf_bytes(&t->line), t->chunk)))
            return err_memory(err, "a message");
        buf_drop(&t->line, t->chunk);
    }
    return true;
}

/* Whole lines go; the beginning of the next one is kept. */
static bool take_lines(struct typed *t, struct peer_client *client, struct err *err)
{
    struct bytes all = buf_bytes(&t->line);
    size_t from = 0, end;
    while ((end = bytes_index(all, from, '\n')) < all.len) {
        if (!take_line(client, bytes_take(bytes_skip(all, from), end - from), err))
            return false;
        from = end + 1;
    }
    buf_drop(&t->line, from);
    return true;
}

static bool take_input(struct typed *t, struct bytes in, struct peer_client *client,
                       struct err *err)
{
    if (!buf_append(&t->line, in))
        return err_set(err, ERR_USAGE, "a message of more than %u MiB: --chunk makes several of it",
                       LINE_MAX >> 20);
    return t->binary ? take_binary(t, client, err) : take_lines(t, client, err);
}

static bool take_last(struct typed *t, struct peer_client *client, struct err *err)
{
    const struct bytes last = buf_bytes(&t->line);

    if (last.len == 0)
        return true;
    if (!t->binary)
        return take_line(client, last, err);
    return peer_client_send(client, WS_BINARY, last) || err_memory(err, "a message");
}

static bool end_input(struct typed *t, struct peer_client *client, struct err *err)
{
    io_conn_close(t->input);
    t->input = NULL;
    t->over = true;
    if (!take_last(t, client, err))
        return false;
    return peer_client_close(client, 1000, (struct bytes){ 0 }, io_now_ms()) ||
           err_memory(err, "a Close");
}

void typed_init(struct typed *t)
{
    *t = (struct typed){ .binary = t->binary, .chunk = t->chunk };
    buf_init(&t->line, LINE_MAX);
}

bool typed_open(struct typed *t, struct io_loop *loop, struct err *err)
{
    t->input = io_input_open(loop, NULL, err);
    return t->input != NULL;
}

void typed_free(struct typed *t)
{
    if (t->input)
        io_conn_close(t->input);
    t->input = NULL;
    buf_free(&t->line);
}

bool typed_take(struct typed *t, const struct io_event *event, struct peer_client *client,
                struct err *err)
{
    return event->kind == IO_DATA ? take_input(t, bytes_of(event->data, event->len), client, err)
                                  : end_input(t, client, err);
}

void typed_pace(struct typed *t, const struct peer_client *client)
{
    if (t->input)
        io_conn_read(t->input, client && peer_client_waiting(client) < WAITING_HIGH);
}
