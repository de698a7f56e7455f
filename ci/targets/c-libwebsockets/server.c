/* server PORT: an echo server on libwebsockets, with its permessage-deflate, and with the check of
 * UTF-8 that it leaves to its user to ask for. */
#include <libwebsockets.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* One message on its way back; the library wants LWS_PRE bytes of room in front. */
struct message {
    struct message *next;
    size_t len;
    bool binary;
    unsigned char bytes[];
};

/* What the library keeps for us a connection, zeroed at first. */
struct session {
    struct message *partial; /* what of a message has come */
    struct message *first, **end;
    struct message *sent; /* compression looks into it until the next may be sent */
};

static bool append(struct session *s, const void *in, size_t len)
{
    size_t had = s->partial ? s->partial->len : 0;
    struct message *m = realloc(s->partial, sizeof *m + LWS_PRE + had + len);
    if (!m)
        return false;
    m->len = had + len;
    memcpy(m->bytes + LWS_PRE + had, in, len);
    s->partial = m;
    return true;
}

static void queue(struct session *s, bool binary)
{
    struct message *m = s->partial;
    m->next = NULL;
    m->binary = binary;
    *s->end = m;
    s->end = &m->next;
    s->partial = NULL;
}

static void send_first(struct session *s, struct lws *socket)
{
    struct message *m = s->first;
    if (!m)
        return;
    s->first = m->next;
    if (!s->first)
        s->end = &s->first;
    free(s->sent);
    s->sent = m;
    lws_write(socket, m->bytes + LWS_PRE, m->len, m->binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT);
    if (s->first)
        lws_callback_on_writable(socket);
}

static void drop(struct session *s)
{
    for (struct message *m = s->first, *next; m; m = next) {
        next = m->next;
        free(m);
    }
    free(s->partial);
    free(s->sent);
}

static int echo(struct lws *socket, enum lws_callback_reasons why, void *user, void *in, size_t len)
{
    struct session *s = user;
    switch ((int)why) {
    case LWS_CALLBACK_ESTABLISHED: *s = (struct session){ .end = &s->first }; return 0;
    case LWS_CALLBACK_RECEIVE:
        if (!append(s, in, len))
            return -1;
        if (lws_is_final_fragment(socket) && !lws_remaining_packet_payload(socket)) {
            queue(s, lws_frame_is_binary(socket));
            lws_callback_on_writable(socket);
        }
        return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE: send_first(s, socket); return 0;
    case LWS_CALLBACK_CLOSED: drop(s); return 0;
    }
    return 0;
}

int main(int argc, char **argv)
{
    static const struct lws_protocols protocols[] = {
        { .name = "echo", .callback = echo, .per_session_data_size = sizeof(struct session) }, { 0 }
    };
    static const struct lws_extension extensions[] = {
        { "permessage-deflate", lws_extension_callback_pm_deflate, "permessage-deflate" }, { 0 }
    };
    struct lws_context_creation_info how = {
        .port = argc > 1 ? atoi(argv[1]) : 0,
        .iface = "127.0.0.1",
        .protocols = protocols,
        .extensions = extensions,
        .options = LWS_SERVER_OPTION_VALIDATE_UTF8,
    };
    lws_set_log_level(LLL_ERR, NULL);
    struct lws_context *context = lws_create_context(&how);
    while (context && lws_service(context, 0) >= 0) {
    }
    return 1;
}
