#define _POSIX_C_SOURCE 200809L /* pause */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/clock.h"
#include "peer/client.h"

/* odd_client HABIT URL: a WebSocket client that echoes, with one habit. "once": ends when its
 * connection has ended; "again": connects again, three times in all; "stays": does nothing more;
 * "never": does not even connect; "bye": says Close 1000 as soon as it is open, "picky" Close 1002;
 * "twice": echoes each message two times. It dies of a signal when it is told "kill", and exits
 * with 7 when it is told "exit". */

static const char *habit;

static bool has(const char *name)
{
    return strcmp(habit, name) == 0;
}

static void greet(struct peer_client *c)
{
    const struct bytes none = { 0 };

    if ((has("bye") && !peer_client_close(c, 1000, none, io_now_ms())) ||
        (has("picky") && !peer_client_close(c, 1002, none, io_now_ms())))
        exit(EXIT_FAILURE);
}

static void do_as_told(struct peer_client *c, const struct ws_event *event)
{
    if (event->kind == WS_EVENT_OPEN)
        greet(c);
    if (event->kind != WS_EVENT_MESSAGE)
        return;
    if (bytes_eq_str(event->data, "kill"))
        raise(SIGKILL);
    if (bytes_eq_str(event->data, "exit"))
        _exit(7);
    for (int i = 0; i < 1 + has("twice"); i++)
        if (!peer_client_send(c, event->opcode, event->data))
            exit(EXIT_FAILURE);
}

static void talk(struct io_loop *loop, const struct peer_url *url)
{
    struct peer_client_options options = { .url = url, .seed = 1 };
    struct err err = { 0 };
    struct peer_client *c = peer_client_new(loop, &options, &err);
    struct io_event io;
    struct ws_event event;

    while (c && !peer_client_done(c) && io_loop_next(loop, peer_client_deadline(c), &io, &err)) {
        peer_client_take(c, &io, io_now_ms());
        while (peer_client_next(c, &event, io_now_ms()))
            do_as_told(c, &event);
    }
    peer_client_free(c);
}

int main(int argc, char **argv)
{
    struct err err = { 0 };
    struct peer_url url;
    struct io_loop *loop = io_loop_new(&err);

    if (argc != 3 || !loop || !peer_url_parse(argv[2], &url, &err))
        return EXIT_FAILURE;
    habit = argv[1];
    int times = has("again") ? 3 : !has("never");
    for (int i = 0; i < times; i++)
        talk(loop, &url);
    while (has("stays"))
        pause();
    io_loop_free(loop);
    return EXIT_SUCCESS;
}
