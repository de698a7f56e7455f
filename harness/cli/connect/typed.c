#include "cli/connect/typed.h"

#include "cli/connect/slash.h"
#include "io/clock.h"
#include "io/input.h"

/* The longest line of standard input, and so the most hex digits of a binary message. */
#define LINE_MAX (64u << 20)
/* While more than this waits to be sent, standard input waits too. */
#define WAITING_HIGH (1u << 20)

static bool take_line(struct peer_client *client, struct bytes line, struct err *err)
{
    return line.len > 0 && line.ptr[0] == '/' ? slash_obey(client, line, err)
                                              : slash_say(client, line, err);
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
    line_hide(t->edited);
    io_conn_close(t->input);
    t->input = NULL;
    t->over = true;
    if (!take_last(t, client, err))
        return false;
    return peer_client_close(client, 1000, (struct bytes){ 0 }, io_now_ms()) ||
           err_memory(err, "a Close");
}

/* A person's keys; lines come of some of them. */
static bool take_keys(struct typed *t, struct bytes in, struct peer_client *client, struct err *err)
{
    struct bytes line;

    if (!line_feed(t->edited, in))
        return err_memory(err, "what was typed");
    for (;;) {
        switch (line_next(t->edited, &line)) {
        case LINE_NOT_YET: return true;
        case LINE_OVER: return end_input(t, client, err);
        case LINE_WHOLE:
            if (!take_line(client, line, err))
                return false;
        }
    }
}

void typed_init(struct typed *t)
{
    *t = (struct typed){ .binary = t->binary, .chunk = t->chunk };
    buf_init(&t->line, LINE_MAX);
}

bool typed_open(struct typed *t, struct io_loop *loop, struct err *err)
{
    t->input = io_input_open(loop, NULL, err);
    if (t->input && !t->binary)
        t->edited = line_new(err);
    return t->input && (t->edited || err->code == ERR_NONE);
}

void typed_free(struct typed *t)
{
    if (t->input)
        io_conn_close(t->input);
    t->input = NULL;
    line_free(t->edited);
    t->edited = NULL;
    buf_free(&t->line);
}

bool typed_take(struct typed *t, const struct io_event *event, struct peer_client *client,
                struct err *err)
{
    const struct bytes in = bytes_of(event->data, event->len);

    if (event->kind != IO_DATA)
        return end_input(t, client, err);
    return t->edited ? take_keys(t, in, client, err) : take_input(t, in, client, err);
}

void typed_hide(struct typed *t)
{
    line_hide(t->edited);
}

void typed_pace(struct typed *t, const struct peer_client *client)
{
    if (t->input)
        io_conn_read(t->input, client && peer_client_waiting(client) < WAITING_HIGH);
    if (t->input && client)
        line_show(t->edited);
}
