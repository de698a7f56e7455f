/* The reference engine as if it were somebody's: whatever is found here is wrong with us. */
#include <stdlib.h>
#include <string.h>

#include "fuzz/inside/wsproof/fuzz.h"
#include "ws/conn.h"

static const struct ws_conn_deflate deflate = { .level = 1 };

struct connection {
    struct wsp_report *report;
    struct ws_conn conn;
};

static struct ws_permessage agreed(const struct wsp_options *options)
{
    struct ws_permessage p = { 0 };

    p.client_no_takeover = p.server_no_takeover = options->extension == WSP_DEFLATE_NO_TAKEOVER;
    if (options->extension == WSP_DEFLATE_SMALL_WINDOW && options->role == WSP_SERVER)
        p.client_bits = 9;
    if (options->extension == WSP_DEFLATE_SMALL_WINDOW && options->role == WSP_CLIENT)
        p.server_bits = 9;
    return p;
}

/* It echoes, so that what it compresses is looked at too. */
static void hear(struct connection *c, const struct ws_event *e)
{
    if (e->kind == WS_EVENT_CLOSE)
        wsp_closed(c->report, e->close.has_code ? e->close.code : WS_CLOSE_NO_CODE);
    if (e->kind != WS_EVENT_MESSAGE)
        return;
    wsp_message(c->report, e->opcode == WS_TEXT, e->data.ptr, e->data.len);
    if (!ws_conn_send(&c->conn, e->opcode, e->data))
        wsp_failed(c->report);
}

static void *engine_open(struct wsp_report *report, const struct wsp_options *options)
{
    const struct ws_conn_options how = { .server = options->role == WSP_SERVER,
                                         .target = BYTES_LIT("/"),
                                         .host = BYTES_LIT("engine"),
                                         .deflate = &deflate };
    const struct ws_permessage p = agreed(options);
    struct connection *c = calloc(1, sizeof *c);

    if (!c)
        return NULL;
    c->report = report;
    if (ws_conn_init(&c->conn, &how, 0)) {
        ws_conn_skip_handshake(&c->conn, options->extension == WSP_PLAIN ? NULL : &p);
        return c;
    }
    ws_conn_free(&c->conn);
    free(c);
    return NULL;
}

static bool engine_feed(void *connection, const uint8_t *bytes, size_t size)
{
    struct connection *c = connection;
    uint8_t *copy = malloc(size > 0 ? size : 1); /* it unmasks in place */
    struct ws_event e;

    if (!copy) {
        wsp_failed(c->report);
        return false;
    }
    memcpy(copy, bytes, size);
    ws_conn_feed(&c->conn, copy, size, 0);
    while (ws_conn_next(&c->conn, &e, 0))
        hear(c, &e);
    free(copy);
    return c->conn.state == WS_CONN_OPEN;
}

static size_t engine_drain(void *connection, uint8_t *into, size_t room)
{
    struct connection *c = connection;
    const struct bytes out = bytes_take(ws_conn_out(&c->conn), room);

    if (out.len > 0)
        memcpy(into, out.ptr, out.len);
    ws_conn_sent(&c->conn, out.len);
    return out.len;
}

static void engine_close(void *connection)
{
    struct connection *c = connection;

    ws_conn_free(&c->conn);
    free(c);
}

const struct wsp_implementation wsp_under_test = {
    .name = "wsproof",
    .roles = WSP_SERVER | WSP_CLIENT,
    .open = engine_open,
    .feed = engine_feed,
    .drain = engine_drain,
    .close = engine_close,
    .extensions = WSP_DEFLATE | WSP_DEFLATE_NO_TAKEOVER | WSP_DEFLATE_SMALL_WINDOW,
    .strict = true,
};
