#define _GNU_SOURCE /* setitimer beside C11 */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "io/clock.h"
#include "io/link.h"
#include "peer/channel.h"

/* odd_server HABIT PLACE: a WebSocket server on 127.0.0.1, PLACE being its port, or on the UNIX
 * socket PLACE, with one bad habit. It prints its port. Messages are echoed, but for those that
 * tell it to die, and for "wait", whose echo comes when no other connection is open. Before it
 * echoes "grow" it takes much memory for a moment, before "spin" it takes its time; "child" kills a
 * child of its, which says so as glibc would; of who said "late" it dies some while after the
 * connection has ended, of who said "later" a good while after, and serves others until then. Of
 * "dying" it dies right behind that end, but takes its time for it and serves nobody meanwhile.
 */
enum habit {
    HABIT_ECHO,   /* none */
    HABIT_PAIR,   /* keeps its first guest waiting, and resets it when the second comes */
    HABIT_SILENT, /* accepts, and never says a word */
    HABIT_RESET,  /* resets whoever says something */
    HABIT_HTTP,   /* answers every request with a 404 */
    HABIT_NOISE,  /* answers with bytes that are no HTTP, for ever */
    HABIT_HEAD,   /* its response head never ends */
    HABIT_FLOOD,  /* sends messages for ever */
    HABIT_BABBLE, /* sends bytes that are no frames, for ever, and hears nothing */
    HABIT_DEAF,   /* opens, and hears nothing more */
    HABIT_CURT,   /* opens, and closes at once */
    HABIT_TELLS,  /* none, but it says where it is in a sentence, after others */
    HABIT_SAMPLE, /* answers whatever comes with the 101 of RFC 6455 1.3, and ends */
    HABIT_MUTE,   /* echoes nothing */
    HABIT_PROUD,  /* leaves a request that names no websocket without an answer, for ever */
    HABIT_LAX,    /* echoes an empty text whose length stands in 16 bits */
    HABIT_VAST,   /* none, but it reserves as much address space as a sanitizer */
    HABITS
};

static const char *const habits[HABITS] = { "echo",   "pair",  "silent", "reset", "http", "noise",
                                            "head",   "flood", "babble", "deaf",  "curt", "tells",
                                            "sample", "mute",  "proud",  "lax",   "vast" };

struct guest {
    struct link link;
    struct channel channel;
    bool floods;  /* it gets `chunk` for ever */
    bool waiting; /* for the echo of "wait" */
    bool unlucky; /* the first of a pair */
    bool spoke;
    bool deaf;
    unsigned fatal_us; /* it said "late" or "later": it dies so long after its end; 0: it did not */
    bool dying;        /* it said "dying" */
};

struct server {
    struct io_loop *loop;
    enum habit habit;
    struct link guests;
    size_t n_guests, n_accepted;
    uint8_t chunk[1 << 16];
    size_t chunk_len;
};

static const char no_such_page[] =
    "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

static const char sample_response[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

#define LATE_US 15000
#define LATER_US 300000
#define DYING_US 300000 /* more than an outcome waits for want of an answer from others */

static void die_slowly(void)
{
    const struct timespec pause = { .tv_nsec = DYING_US * 1000L };

    nanosleep(&pause, NULL);
    _exit(7);
}

static void end_guest(struct server *s, struct guest *g)
{
    const struct itimerval late = { .it_value = { .tv_usec = g->fatal_us } };

    if (g->fatal_us > 0)
        setitimer(ITIMER_REAL, &late, NULL); /* SIGALRM kills */
    link_remove(&g->link);
    s->n_guests--;
    channel_close(&g->channel);
    if (g->dying)
        die_slowly();
    alloc_free(g);
}

static void fill_chunk(struct server *s, struct bytes piece)
{
    for (; s->chunk_len + piece.len <= sizeof s->chunk; s->chunk_len += piece.len)
        memcpy(s->chunk + s->chunk_len, piece.ptr, piece.len);
}

static void make_chunk(struct server *s)
{
    switch (s->habit) {
    case HABIT_HEAD: fill_chunk(s, BYTES_LIT("X-More: and more\r\n")); break;
    case HABIT_FLOOD:
        fill_chunk(s, BYTES_LIT("\x81\x05"
                                "flood"));
        break;
    case HABIT_NOISE:
    case HABIT_BABBLE: fill_chunk(s, BYTES_LIT("\xff\x7e\x00\xb7\x13 no frame \r\n")); break;
    case HABIT_ECHO:
    case HABIT_PAIR:
    case HABIT_SILENT:
    case HABIT_RESET:
    case HABIT_DEAF:
    case HABIT_CURT:
    case HABIT_TELLS:
    case HABIT_SAMPLE:
    case HABIT_MUTE:
    case HABIT_PROUD:
    case HABIT_LAX:
    case HABIT_VAST:
    case HABIT_HTTP:
    case HABITS: break;
    }
}

/* "exit": it fails with a word on stderr; "kill": it gets a signal. */
static void die_if_told(struct bytes text)
{
    if (bytes_eq_str(text, "exit")) {
        (void)!write(STDERR_FILENO, "told to exit\n", 13);
        _exit(7);
    }
    if (bytes_eq_str(text, "kill"))
        raise(SIGKILL);
}

/* A server that forks sees its child die, and lives. */
static void lose_child(void)
{
    pid_t child = fork();

    if (child == 0) {
        (void)!write(STDERR_FILENO, "free(): invalid pointer\n", 24);
        abort();
    }
    waitpid(child, NULL, 0);
}

#define GROW_BYTES (64u << 20)
#define SPIN_MS 200

static void grow(void)
{
    void *much = alloc_resize(NULL, GROW_BYTES);

    if (much)
        memset(much, 1, GROW_BYTES);
    alloc_free(much);
}

static void spin(void)
{
    clock_t until = clock() + SPIN_MS * CLOCKS_PER_SEC / 1000;

    while (clock() < until)
        continue;
}

static void do_as_told(struct guest *g, struct bytes text)
{
    die_if_told(text);
    if (bytes_eq_str(text, "late"))
        g->fatal_us = LATE_US;
    if (bytes_eq_str(text, "later"))
        g->fatal_us = LATER_US;
    g->dying |= bytes_eq_str(text, "dying");
    if (bytes_eq_str(text, "grow"))
        grow();
    if (bytes_eq_str(text, "spin"))
        spin();
    if (bytes_eq_str(text, "child"))
        lose_child();
}

static void hear(struct server *s, struct guest *g, const struct ws_event *event)
{
    if (event->kind == WS_EVENT_OPEN) {
        g->deaf = s->habit == HABIT_DEAF || s->habit == HABIT_BABBLE;
        g->floods = s->habit == HABIT_FLOOD || s->habit == HABIT_BABBLE;
        if (s->habit == HABIT_CURT &&
            !ws_conn_close(&g->channel.ws, 1001, (struct bytes){ 0 }, io_now_ms()))
            exit(EXIT_FAILURE);
    }
    if (event->kind != WS_EVENT_MESSAGE)
        return;
    do_as_told(g, event->data);
    if (bytes_eq_str(event->data, "wait"))
        g->waiting = true;
    else if (s->habit != HABIT_MUTE && !ws_conn_send(&g->channel.ws, event->opcode, event->data))
        exit(EXIT_FAILURE);
}

static void serve(struct server *s, struct guest *g)
{
    struct ws_event event;

    while (ws_conn_next(&g->channel.ws, &event, io_now_ms()))
        hear(s, g, &event);
    if (g->waiting && s->n_guests == 1) {
        g->waiting = false;
        if (!ws_conn_send(&g->channel.ws, WS_TEXT, BYTES_LIT("wait")))
            exit(EXIT_FAILURE);
    }
    if (channel_settle(&g->channel, io_now_ms()))
        end_guest(s, g);
}

/* Who leaves may make somebody else the only one. */
static void serve_all(struct server *s)
{
    size_t before;

    do {
        before = s->n_guests;
        for (struct link *l = s->guests.next, *next; l != &s->guests; l = next) {
            next = l->next;
            serve(s, LINK_OWNER(l, struct guest, link));
        }
    } while (s->n_guests != before);
}

static void reset_guest(struct server *s, struct guest *g)
{
    io_conn_reset(g->channel.io);
    g->channel.io = NULL;
    end_guest(s, g);
}

/* Its request has come: it knows that it was let in. */
static void reset_unlucky(struct server *s)
{
    struct guest *first = LINK_OWNER(s->guests.next, struct guest, link);

    if (s->n_accepted > 1 && s->n_guests > 0 && first->unlucky && first->spoke)
        reset_guest(s, first);
}

static void welcome(struct server *s, struct io_conn *io)
{
    struct guest *g = alloc_resize(NULL, sizeof *g);

    if (!g)
        exit(EXIT_FAILURE);
    *g = (struct guest){ 0 };
    if (!channel_open(&g->channel, io, &(struct ws_conn_options){ .server = true }, io_now_ms()))
        exit(EXIT_FAILURE);
    link_add(&s->guests, &g->link);
    s->n_guests++;
    io_conn_set_owner(io, g);
    g->unlucky = s->n_accepted++ == 0 && s->habit == HABIT_PAIR;
    reset_unlucky(s);
}

/* What a guest says to one that does not speak WebSocket. */
static void answer_badly(struct server *s, struct guest *g)
{
    if (s->habit == HABIT_RESET) {
        reset_guest(s, g);
    } else if (s->habit == HABIT_HTTP || s->habit == HABIT_SAMPLE) {
        (void)io_conn_send(g->channel.io, s->habit == HABIT_HTTP ? BYTES_LIT(no_such_page)
                                                                 : BYTES_LIT(sample_response));
        io_conn_shutdown(g->channel.io);
    } else if (!g->floods && s->habit == HABIT_HEAD) {
        (void)io_conn_send(g->channel.io, BYTES_LIT("HTTP/1.1 101 Switching Protocols\r\n"));
        g->floods = true;
    } else {
        g->floods = s->habit != HABIT_SILENT;
    }
}

static bool speaks(const struct server *s)
{
    return s->habit == HABIT_ECHO || s->habit == HABIT_PAIR || s->habit == HABIT_FLOOD ||
           s->habit == HABIT_BABBLE || s->habit == HABIT_DEAF || s->habit == HABIT_CURT ||
           s->habit == HABIT_TELLS || s->habit == HABIT_MUTE || s->habit == HABIT_PROUD ||
           s->habit == HABIT_LAX || s->habit == HABIT_VAST;
}

/* An empty text in one write, longer than need be: answered as if nothing were wrong. */
static bool is_long_form(const struct server *s, const struct io_event *event)
{
    return s->habit == HABIT_LAX && event->kind == IO_DATA &&
           bytes_starts(bytes_of(event->data, event->len), BYTES_LIT("\x81\xfe\0\0"));
}

/* Its whole request comes at once. */
static bool is_beneath(const struct server *s, struct guest *g, const struct io_event *event)
{
    const bool first = event->kind == IO_DATA && !g->spoke;

    g->spoke |= event->kind == IO_DATA;
    return s->habit == HABIT_PROUD && first &&
           bytes_find(bytes_of(event->data, event->len), BYTES_LIT("Upgrade: websocket")) ==
               event->len;
}

static void take(struct server *s, struct guest *g, const struct io_event *event)
{
    const bool stays = s->habit == HABIT_PROUD || s->habit == HABIT_BABBLE;

    if (event->kind == IO_ENDED && event->end == IO_END_FIN && g->deaf && stays) {
        return;
    } else if (event->kind == IO_ENDED && (g->floods || g->deaf || !speaks(s))) {
        end_guest(s, g);
    } else if (g->deaf || (s->habit == HABIT_PROUD && is_beneath(s, g, event))) {
        g->deaf = true;
    } else if (is_long_form(s, event)) {
        (void)io_conn_send(g->channel.io, BYTES_LIT("\x81\0"));
    } else if (!speaks(s)) {
        if (event->kind == IO_DATA)
            answer_badly(s, g);
    } else if (g->unlucky) {
        if (event->kind == IO_ENDED)
            exit(EXIT_FAILURE); /* it should have waited for the second */
        g->spoke = true;
        reset_unlucky(s);
    } else {
        channel_take(&g->channel, event, io_now_ms());
        serve_all(s);
    }
}

/* More for who took it all; gives whether anybody might take more at once. */
static bool flood(struct server *s)
{
    bool more = false;

    for (struct link *l = s->guests.next; l != &s->guests; l = l->next) {
        struct guest *g = LINK_OWNER(l, struct guest, link);
        if (g->floods && io_conn_waiting(g->channel.io) == 0)
            more |= io_conn_send(g->channel.io, bytes_of(s->chunk, s->chunk_len)) == IO_SENT_ALL;
    }
    return more;
}

static void run(struct server *s)
{
    struct io_event event;
    struct err err;

    while (io_loop_next(s->loop, flood(s) ? io_now_ms() : UINT64_MAX, &event, &err)) {
        if (event.kind == IO_ACCEPTED)
            welcome(s, event.conn);
        else if (event.conn)
            take(s, event.owner, &event);
    }
}

#define VAST_BYTES ((size_t)5 << 40)

static bool reserve(void)
{
    return mmap(NULL, VAST_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) !=
           MAP_FAILED;
}

int main(int argc, char **argv)
{
    static struct server s;
    struct err err = { 0 };

    while (argc == 3 && s.habit < HABITS && strcmp(habits[s.habit], argv[1]) != 0)
        s.habit++;
    if (argc != 3 || s.habit == HABITS)
        return EXIT_FAILURE;
    make_chunk(&s);
    if (s.habit == HABIT_VAST && !reserve())
        return EXIT_FAILURE;
    link_init(&s.guests);
    s.loop = io_loop_new(&err);
    bool local = strchr(argv[2], '/') != NULL;
    struct io_listener *listener = s.loop ? io_listen(s.loop, local ? argv[2] : "127.0.0.1",
                                                      (uint16_t)atoi(argv[2]), NULL, &s, &err)
                                          : NULL;
    if (!listener) {
        fprintf(stderr, "%s\n", err.text);
        return EXIT_FAILURE;
    }
    if (s.habit == HABIT_TELLS)
        printf("12:34:56 a server starts\nlistening on 127.0.0.1:%u\nand not on port 1\n",
               (unsigned)io_listener_port(listener));
    else
        printf("%u\n", (unsigned)io_listener_port(listener));
    fflush(stdout);
    run(&s);
    return EXIT_FAILURE;
}
