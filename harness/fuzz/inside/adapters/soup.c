/* libsoup 3 (https://libsoup.gnome.org/), SoupWebsocketConnection over one end of a socketpair,
 * driven by the default main context until nothing more happens. */
#include <errno.h>
#include <gio/gio.h>
#include <libsoup/soup.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wsproof/fuzz.h"

struct connection {
    struct wsp_report *report;
    SoupWebsocketConnection *soup;
    GSocket *socket; /* its end */
    int fd;          /* ours */
    gboolean closed;
};

static void on_message(SoupWebsocketConnection *soup, int type, GBytes *message, void *user)
{
    struct connection *c = user;
    gsize size;
    const void *data = g_bytes_get_data(message, &size);

    (void)soup;
    wsp_message(c->report, type == SOUP_WEBSOCKET_DATA_TEXT, data, size);
}

static void on_closed(SoupWebsocketConnection *soup, void *user)
{
    struct connection *c = user;

    (void)soup;
    c->closed = TRUE;
}

/* Everything that can happen with what has come so far. */
static void run(void)
{
    while (g_main_context_iteration(NULL, FALSE))
        ;
}

static GList *extensions(const struct wsp_options *options)
{
    GHashTable *params;
    SoupWebsocketExtension *deflate;
    GError *error = NULL;

    if (options->extension == WSP_PLAIN)
        return NULL;
    deflate = g_object_new(SOUP_TYPE_WEBSOCKET_EXTENSION_DEFLATE, NULL);
    params = g_hash_table_new(g_str_hash, g_str_equal);
    if (options->extension == WSP_DEFLATE_NO_TAKEOVER) {
        g_hash_table_insert(params, "client_no_context_takeover", NULL);
        g_hash_table_insert(params, "server_no_context_takeover", NULL);
    }
    if (!soup_websocket_extension_configure(deflate,
                                            options->role == WSP_SERVER
                                                ? SOUP_WEBSOCKET_CONNECTION_SERVER
                                                : SOUP_WEBSOCKET_CONNECTION_CLIENT,
                                            params, &error))
        g_error("soup: %s", error->message);
    g_hash_table_unref(params);
    return g_list_append(NULL, deflate);
}

static void *soup_open(struct wsp_report *report, const struct wsp_options *options)
{
    struct connection *c = g_new0(struct connection, 1);
    GUri *uri = g_uri_parse("ws://localhost/", SOUP_HTTP_URI_FLAGS, NULL);
    GSocketConnection *stream;
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) != 0)
        g_error("socketpair: %s", strerror(errno));
    c->report = report;
    c->fd = ends[0];
    c->socket = g_socket_new_from_fd(ends[1], NULL);
    stream = g_socket_connection_factory_create_connection(c->socket);
    c->soup = soup_websocket_connection_new(G_IO_STREAM(stream), uri,
                                            options->role == WSP_SERVER
                                                ? SOUP_WEBSOCKET_CONNECTION_SERVER
                                                : SOUP_WEBSOCKET_CONNECTION_CLIENT,
                                            NULL, NULL, extensions(options));
    g_signal_connect(c->soup, "message", G_CALLBACK(on_message), c);
    g_signal_connect(c->soup, "closed", G_CALLBACK(on_closed), c);
    g_object_unref(stream);
    g_uri_unref(uri);
    return c;
}

static bool soup_feed(void *connection, const uint8_t *bytes, size_t size)
{
    struct connection *c = connection;

    while (size > 0 && !c->closed) {
        const ssize_t n = send(c->fd, bytes, size, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN)
            return false;
        if (n > 0) {
            bytes += n;
            size -= (size_t)n;
        }
        run();
    }
    return !c->closed;
}

static size_t soup_drain(void *connection, uint8_t *into, size_t room)
{
    struct connection *c = connection;
    const ssize_t n = recv(c->fd, into, room, 0);

    if (n > 0)
        run(); /* there is room for more */
    return n > 0 ? (size_t)n : 0;
}

static void soup_close(void *connection)
{
    struct connection *c = connection;

    g_signal_handlers_disconnect_by_data(c->soup, c);
    close(c->fd);
    run();
    g_object_unref(c->soup);
    g_object_unref(c->socket);
    run();
    g_free(c);
}

const struct wsp_implementation wsp_under_test = {
    .name = "libsoup 3",
    .roles = WSP_SERVER | WSP_CLIENT,
    .open = soup_open,
    .feed = soup_feed,
    .drain = soup_drain,
    .close = soup_close,
    .extensions = WSP_DEFLATE | WSP_DEFLATE_NO_TAKEOVER,
    .message_max = 128 * 1024, /* its default */
};
