#include "peer/channel.h"

/* More than this waits for the peer to read it: it should do so before it is read from. */
#define WAITING_HIGH (1u << 20)
/* How long the peer's FIN may take after ours, and how long what waits may take before it. */
#define LINGER_MS 1000
#define FLUSH_MS 10000

bool channel_open(struct channel *c, struct io_conn *io, const struct ws_conn_options *options,
                  uint64_t now_ms)
{
    *c = (struct channel){ .io = io, .only_answers = options->server };
    if (ws_conn_init(&c->ws, options, now_ms))
        return true;
    channel_close(c);
    return false;
}

void channel_close(struct channel *c)
{
    if (c->io)
        io_conn_close(c->io);
    c->io = NULL;
    ws_conn_free(&c->ws);
}

static void pause_reading(struct channel *c, bool paused)
{
    if (c->paused == paused)
        return;
    c->paused = paused;
    io_conn_read(c->io, !paused);
}

static void take_sent(struct channel *c, uint64_t now_ms)
{
    pause_reading(c, false);
    if (c->linger_until_ms > 0)
        c->linger_until_ms = now_ms + LINGER_MS;
}

static void take_end(struct channel *c, enum io_end end, uint64_t now_ms)
{
    c->ended = true;
    c->gone = end != IO_END_FIN && end != IO_END_TLS_CUT;
    ws_conn_feed_end(&c->ws, now_ms);
}

void channel_take(struct channel *c, const struct io_event *event, uint64_t now_ms)
{
    if (event->kind == IO_DATA && c->linger_until_ms == 0)
        ws_conn_feed(&c->ws, event->data, event->len, now_ms);
    else if (event->kind == IO_SENT)
        take_sent(c, now_ms);
    else if (event->kind == IO_ENDED)
        take_end(c, event->end, now_ms);
}

static void flush(struct channel *c)
{
    struct bytes out = ws_conn_out(&c->ws);

    if (out.len == 0)
        return;
    /* A peer that is gone is told by the end of reading. */
    (void)io_conn_send(c->io, out);
    ws_conn_sent(&c->ws, out.len);
}

static void begin_end(struct channel *c, uint64_t now_ms)
{
    io_conn_shutdown(c->io);
    c->linger_until_ms = now_ms + (io_conn_waiting(c->io) > 0 ? FLUSH_MS : LINGER_MS);
    pause_reading(c, false);
}

bool channel_settle(struct channel *c, uint64_t now_ms)
{
    flush(c);
    if (c->linger_until_ms == 0) {
        if (ws_conn_wants_close(&c->ws))
            begin_end(c, now_ms);
        else if (c->only_answers && io_conn_waiting(c->io) > WAITING_HIGH)
            pause_reading(c, true);
    }
    if (c->linger_until_ms == 0)
        return false;
    return c->gone || (c->ended && io_conn_waiting(c->io) == 0) || now_ms >= c->linger_until_ms;
}

uint64_t channel_deadline(const struct channel *c)
{
    return c->linger_until_ms > 0 ? c->linger_until_ms : ws_conn_deadline(&c->ws);
}
