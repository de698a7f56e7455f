/* planted-client: a client that echoes, with a bug of choice. See README.md. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz/planted/bug.h"
#include "fuzz/planted/link.h"

#define TICK_MS 100

static const char usage[] = "usage: planted-client URL [--bug NAME] [--loop]\n"
                            "       planted-client --list\n"
                            "\n"
                            "--loop: connects again and again, until nobody is there any more.\n";

/* ws://HOST:PORT/PATH, in parts. */
struct address {
    char authority[256], host[200], port[8], path[4096];
};

/* What no URL may hold as it is becomes %XX. */
static void put_path(const char *from, char *out, size_t size)
{
    size_t n = (size_t)snprintf(out, size, "%s", *from == '/' ? "" : "/");

    for (; *from != '\0' && *from != '#' && n + 4 < size; from++)
        n += (size_t)snprintf(out + n, size - n, (unsigned char)*from < 0x80 ? "%c" : "%%%02X",
                              (unsigned char)*from);
}

static bool read_url(const char *url, struct address *out)
{
    if (sscanf(url, "ws://%255[^/?#]", out->authority) != 1)
        return false;
    const char *rest = url + strlen("ws://") + strlen(out->authority);
    put_path(rest, out->path, sizeof out->path);
    strcpy(out->port, "80");
    return sscanf(out->authority, "%199[^:]:%7s", out->host, out->port) >= 1;
}

static int dial(const struct addrinfo *where)
{
    int fd = socket(where->ai_family, SOCK_STREAM, 0), on = 1;

    if (fd >= 0 && connect(fd, where->ai_addr, where->ai_addrlen) < 0) {
        close(fd);
        return -1;
    }
    fcntl(fd, F_SETFL, O_NONBLOCK);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

/* One conversation. False: nobody is there. */
static bool visit(const struct addrinfo *where, const struct address *address)
{
    struct pollfd event = { .fd = dial(where) };
    struct link link;

    if (event.fd < 0)
        return false;
    link_begin(&link, event.fd, false);
    link_ask(&link, address->authority, address->path);
    do {
        event.events = link_events(&link);
        event.revents = 0;
        poll(&event, 1, TICK_MS);
    } while (link_turn(&link, event.revents));
    link_end(&link);
    return true;
}

static int run(const char *url, bool loops)
{
    struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM }, *where = NULL;
    static struct address address;

    if (!read_url(url, &address) || getaddrinfo(address.host, address.port, &hints, &where) != 0) {
        fprintf(stderr, "planted-client: nothing to connect to: %s\n", url);
        return EXIT_FAILURE;
    }
    bool met = visit(where, &address), goes_on = met && loops;
    while (goes_on)
        goes_on = visit(where, &address);
    freeaddrinfo(where);
    return met ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    bool loops = false, wrong = argc < 2;

    if (argc == 2 && strcmp(argv[1], "--list") == 0) {
        bug_list();
        return EXIT_SUCCESS;
    }
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--loop") == 0)
            loops = true;
        else if (strcmp(argv[i], "--bug") == 0 && i + 1 < argc &&
                 bug_choose(argv[i + 1], BUG_CLIENT))
            i++;
        else
            wrong = true;
    }
    if (wrong) {
        fputs(usage, stderr);
        return 2;
    }
    return run(argv[1], loops);
}
