/* planted-server: an echo server with a bug of choice. See README.md. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz/planted/bug.h"
#include "fuzz/planted/link.h"

#define LINKS_MAX 500
#define TICK_MS 100 /* how late a deadline may be noticed */

static const char usage[] = "usage: planted-server PORT [--bug NAME]\n"
                            "       planted-server --list\n";

static struct link links[LINKS_MAX];
static unsigned n_links;

static int listen_at(const char *port)
{
    struct sockaddr_in where = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)) };
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (fd < 0 || bind(fd, (struct sockaddr *)&where, sizeof where) < 0 || listen(fd, 512) < 0) {
        perror("planted-server");
        return -1;
    }
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

static void welcome(int listener)
{
    int fd = accept(listener, NULL, NULL), on = 1;

    if (fd < 0)
        return;
    fcntl(fd, F_SETFL, O_NONBLOCK);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    link_begin(&links[n_links++], fd, true);
}

/* Behind the listener's place: the same order as the links'. */
static void turn_all(const struct pollfd *fds)
{
    for (unsigned i = n_links; i-- > 0;) {
        if (!link_turn(&links[i], fds[i].revents)) {
            link_end(&links[i]);
            links[i] = links[--n_links];
        }
    }
}

static void serve(int listener)
{
    struct pollfd fds[1 + LINKS_MAX];

    for (;;) {
        fds[0] = (struct pollfd){ n_links < LINKS_MAX ? listener : -1, POLLIN, 0 };
        for (unsigned i = 0; i < n_links; i++)
            fds[1 + i] = (struct pollfd){ links[i].fd, link_events(&links[i]), 0 };
        if (poll(fds, 1 + n_links, n_links > 0 ? TICK_MS : -1) < 0)
            continue;
        turn_all(fds + 1);
        if (fds[0].revents)
            welcome(listener);
    }
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--list") == 0) {
        bug_list();
        return EXIT_SUCCESS;
    }
    bool has_bug = argc == 4 && strcmp(argv[2], "--bug") == 0 && bug_choose(argv[3], BUG_SERVER);
    if (argc != 2 && !has_bug) {
        fputs(usage, stderr);
        return 2;
    }
    int listener = listen_at(argv[1]);
    if (listener >= 0)
        serve(listener);
    return EXIT_FAILURE;
}
