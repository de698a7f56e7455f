/* wslay (https://tatsuhiro-t.github.io/wslay/), its event API with buffered messages. */
#include <stdlib.h>
#include <string.h>
#include <wslay/wslay.h>

#include "wsproof/fuzz.h"

struct connection {
    struct wsp_report *report;
    wslay_event_context_ptr context;
    const uint8_t *in; /* of the feed under way */
    size_t in_size;
    uint8_t *out; /* of the drain under way */
    size_t out_size, out_room;
};

static ssize_t give(wslay_event_context_ptr context, uint8_t *into, size_t size, int flags,
                    void *user)
{
    struct connection *c = user;
    const size_t n = size < c->in_size ? size : c->in_size;

    (void)flags;
    if (n == 0) {
        wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }
    memcpy(into, c->in, n);
    c->in += n;
    c->in_size -= n;
    return (ssize_t)n;
}

static ssize_t take(wslay_event_context_ptr context, const uint8_t *from, size_t size, int flags,
                    void *user)
{
    struct connection *c = user;
    const size_t room = c->out_room - c->out_size;
    const size_t n = size < room ? size : room;

    (void)flags;
    if (n == 0) {
        wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }
    memcpy(c->out + c->out_size, from, n);
    c->out_size += n;
    return (ssize_t)n;
}

/* Another key for each frame, and the same ones in each run. */
static int make_key(wslay_event_context_ptr context, uint8_t *into, size_t size, void *user)
{
    static uint32_t state;

    (void)context;
    (void)user;
    for (size_t i = 0; i < size; i++) {
        state = state * 1664525u + 1013904223u;
        into[i] = (uint8_t)(state >> 24);
    }
    return 0;
}

static void hear(wslay_event_context_ptr context, const struct wslay_event_on_msg_recv_arg *e,
                 void *user)
{
    struct connection *c = user;

    (void)context;
    if (e->opcode == WSLAY_CONNECTION_CLOSE)
        wsp_closed(c->report, e->status_code ? e->status_code : 1005);
    else if (!wslay_is_ctrl_frame(e->opcode))
        wsp_message(c->report, e->opcode == WSLAY_TEXT_FRAME, e->msg, e->msg_length);
}

static void *wslay_open(struct wsp_report *report, const struct wsp_options *options)
{
    static const struct wslay_event_callbacks callbacks = { .recv_callback = give,
                                                            .send_callback = take,
                                                            .genmask_callback = make_key,
                                                            .on_msg_recv_callback = hear };
    struct connection *c = calloc(1, sizeof *c);
    int failed;

    if (!c)
        return NULL;
    c->report = report;
    failed = options->role == WSP_SERVER
                 ? wslay_event_context_server_init(&c->context, &callbacks, c)
                 : wslay_event_context_client_init(&c->context, &callbacks, c);
    if (!failed)
        return c;
    free(c);
    return NULL;
}

static bool wslay_feed(void *connection, const uint8_t *bytes, size_t size)
{
    struct connection *c = connection;

    c->in = bytes;
    c->in_size = size;
    while (c->in_size > 0 && wslay_event_want_read(c->context))
        if (wslay_event_recv(c->context) != 0)
            return false;
    return wslay_event_want_read(c->context);
}

static size_t wslay_drain(void *connection, uint8_t *into, size_t room)
{
    struct connection *c = connection;

    c->out = into;
    c->out_size = 0;
    c->out_room = room;
    if (wslay_event_want_write(c->context) && wslay_event_send(c->context) != 0 && c->out_size == 0)
        return 0;
    return c->out_size;
}

static void wslay_close(void *connection)
{
    struct connection *c = connection;

    wslay_event_context_free(c->context);
    free(c);
}

const struct wsp_implementation wsp_under_test = {
    .name = "wslay",
    .roles = WSP_SERVER | WSP_CLIENT,
    .open = wslay_open,
    .feed = wslay_feed,
    .drain = wslay_drain,
    .close = wslay_close,
};
