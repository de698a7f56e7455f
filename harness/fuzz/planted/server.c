/* planted-server: an echo server with a bug of choice. See README.md. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz/planted/bug.h"
#include "fuzz/planted/link.h"

#define LINKS_MAX 500
#define TICK_MS 100 /* how late a deadline may be noticed */

static const char usage[] = "usage: planted-server PORT [--bug NAME] [--fork | --threads]\n"
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

/* -1: nobody was there. */
static int take_guest(int listener)
{
    int fd = accept(listener, NULL, NULL), on = 1;

    if (fd < 0)
        return -1;
    fcntl(fd, F_SETFL, O_NONBLOCK);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

static void welcome(int listener)
{
    int fd = take_guest(listener);

    if (fd >= 0)
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

/* ---- or each guest has a process or a thread for itself ---- */

static void entertain(int fd)
{
    struct link link;

    link_begin(&link, fd, true);
    for (bool open = true; open;) {
        struct pollfd ready = { fd, link_events(&link), 0 };
        (void)poll(&ready, 1, TICK_MS);
        open = link_turn(&link, ready.revents);
    }
    link_end(&link);
}

static void *entertain_in_thread(void *fd)
{
    entertain((int)(intptr_t)fd);
    return NULL;
}

static void serve_with_processes(int listener)
{
    signal(SIGCHLD, SIG_IGN);
    for (;;) {
        struct pollfd ready = { listener, POLLIN, 0 };
        (void)poll(&ready, 1, -1);
        int fd = take_guest(listener);
        if (fd >= 0 && fork() == 0) {
            close(listener);
            entertain(fd);
            _exit(EXIT_SUCCESS);
        }
        if (fd >= 0)
            close(fd);
    }
}

static void serve_with_threads(int listener)
{
    for (;;) {
        struct pollfd ready = { listener, POLLIN, 0 };
        pthread_t thread;
        (void)poll(&ready, 1, -1);
        int fd = take_guest(listener);
        if (fd >= 0 &&
            pthread_create(&thread, NULL, entertain_in_thread, (void *)(intptr_t)fd) == 0)
            pthread_detach(thread);
        else if (fd >= 0)
            close(fd);
    }
}

static void (*serve_guests)(int listener) = serve;

/* False: a word that is none of ours. */
static bool take_words(int argc, char **argv)
{
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--fork") == 0)
            serve_guests = serve_with_processes;
        else if (strcmp(argv[i], "--threads") == 0)
            serve_guests = serve_with_threads;
        else if (strcmp(argv[i], "--bug") != 0 || ++i >= argc || !bug_choose(argv[i], BUG_SERVER))
            return false;
    }
    return argc >= 2;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--list") == 0) {
        bug_list();
        return EXIT_SUCCESS;
    }
    if (!take_words(argc, argv)) {
        fputs(usage, stderr);
        return 2;
    }
    int listener = listen_at(argv[1]);
    if (listener >= 0)
        serve_guests(listener);
    return EXIT_FAILURE;
}
