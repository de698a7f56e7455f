/* server PORT: an echo server on wslay, a process a connection. The library begins behind the
 * handshake: that one is ours here, does no more than it must, and is not what is tested. */
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>
#include <wslay/wslay.h>

#define HEAD_BYTES_MAX 8192
#define KEY_CHARS 24
#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

static ssize_t from_peer(wslay_event_context_ptr ws, uint8_t *to, size_t len, int flags, void *user)
{
    (void)flags;
    ssize_t got = recv(*(int *)user, to, len, MSG_DONTWAIT);
    if (got > 0)
        return got;
    wslay_event_set_error(ws, got < 0 ? WSLAY_ERR_WOULDBLOCK : WSLAY_ERR_CALLBACK_FAILURE);
    return -1;
}

static ssize_t to_peer(wslay_event_context_ptr ws, const uint8_t *from, size_t len, int flags,
                       void *user)
{
    (void)flags;
    ssize_t sent = send(*(int *)user, from, len, MSG_NOSIGNAL);
    if (sent < 0)
        wslay_event_set_error(ws, WSLAY_ERR_CALLBACK_FAILURE);
    return sent;
}

static void echo(wslay_event_context_ptr ws, const struct wslay_event_on_msg_recv_arg *came,
                 void *user)
{
    (void)user;
    if (wslay_is_ctrl_frame(came->opcode))
        return;
    struct wslay_event_msg back = { came->opcode, came->msg, came->msg_length };
    wslay_event_queue_msg(ws, &back);
}

/* Byte by byte: what stands behind the head is the library's. */
static bool read_head(int fd, char head[static HEAD_BYTES_MAX])
{
    for (size_t n = 0; n < HEAD_BYTES_MAX - 1; head[n] = '\0') {
        if (recv(fd, head + n, 1, 0) != 1)
            return false;
        n++;
        if (n > 3 && memcmp(head + n - 4, "\r\n\r\n", 4) == 0) {
            head[n] = '\0';
            return true;
        }
    }
    return false;
}

static bool accept_head(int fd, const char *head)
{
    static const char *name = "\r\nSec-WebSocket-Key:";
    const char *key = strcasestr(head, name);
    if (!key)
        return false;
    key += strlen(name);
    key += strspn(key, " \t");
    char text[KEY_CHARS + sizeof GUID], answer[256];
    unsigned char digest[SHA_DIGEST_LENGTH], accept[32];
    int len = snprintf(text, sizeof text, "%.*s%s", KEY_CHARS, key, GUID);
    SHA1((const unsigned char *)text, (size_t)len, digest);
    EVP_EncodeBlock(accept, digest, sizeof digest);
    len =
        snprintf(answer, sizeof answer,
                 "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                 "Sec-WebSocket-Accept: %s\r\n\r\n",
                 (char *)accept);
    return send(fd, answer, (size_t)len, MSG_NOSIGNAL) == len;
}

static void serve(int fd)
{
    char head[HEAD_BYTES_MAX];
    if (!read_head(fd, head) || !accept_head(fd, head))
        return;
    struct wslay_event_callbacks callbacks = { .recv_callback = from_peer,
                                               .send_callback = to_peer,
                                               .on_msg_recv_callback = echo };
    wslay_event_context_ptr ws;
    if (wslay_event_context_server_init(&ws, &callbacks, &fd) != 0)
        return;
    while (wslay_event_want_read(ws) || wslay_event_want_write(ws)) {
        if (wslay_event_want_write(ws) && wslay_event_send(ws) != 0)
            break;
        struct pollfd ready = { .fd = fd, .events = POLLIN };
        if (wslay_event_want_read(ws) && (poll(&ready, 1, -1) < 0 || wslay_event_recv(ws) != 0))
            break;
    }
    wslay_event_context_free(ws);
}

int main(int argc, char **argv)
{
    struct sockaddr_in here = { .sin_family = AF_INET,
                                .sin_port = htons((uint16_t)(argc > 1 ? atoi(argv[1]) : 0)),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int yes = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&here, sizeof here) != 0 || listen(listener, 64) != 0) {
        perror("server");
        return 1;
    }
    signal(SIGCHLD, SIG_IGN);
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd >= 0 && fork() == 0) {
            close(listener);
            serve(fd);
            _exit(0);
        }
        close(fd);
    }
}
