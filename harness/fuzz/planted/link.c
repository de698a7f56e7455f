#include "fuzz/planted/link.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz/planted/greet.h"
#include "fuzz/planted/timer.h"

#define READ_SIZE 65536
#define UNSENT_MAX (1u << 20) /* of a peer that does not read nothing more is taken */

void link_begin(struct link *l, int fd, bool is_server)
{
    *l = (struct link){ .fd = fd, .is_server = is_server, .talk = { .is_server = is_server } };
}

void link_ask(struct link *l, const char *host, const char *path)
{
    uint64_t nonce[2] = { timer_seed(), timer_seed() };

    accept_key((const uint8_t *)nonce, l->key);
    greet_ask(host, path, l->key, &l->talk.out);
}

void link_end(struct link *l)
{
    close(l->fd);
    store_free(&l->head);
    talk_free(&l->talk);
}

static void finish(struct link *l)
{
    l->state = LINK_ENDING;
    l->deadline_ms = timer_in_ms(LINK_PATIENCE_MS);
}

static bool greet(struct link *l, size_t len, struct params *params)
{
    if (l->is_server)
        return greet_answer(&l->head, len, params, &l->talk.out);
    return len > 0 && greet_is_welcome(&l->head, len, l->key, params);
}

/* What was to be sent before the conversation goes out in front of it. */
static void begin_talk(struct link *l, const struct params *params, size_t head_len)
{
    struct store out = l->talk.out;

    talk_begin(&l->talk, l->is_server, params, timer_seed());
    l->talk.out = out;
    l->state = LINK_TALKING;
    if (l->head.len > head_len)
        talk_feed(&l->talk, l->head.ptr + head_len, l->head.len - head_len);
    store_free(&l->head);
}

static void take(struct link *l, const uint8_t *bytes, size_t len)
{
    struct params params = { 0 };

    if (l->state == LINK_TALKING)
        talk_feed(&l->talk, bytes, len);
    if (l->state != LINK_GREETING)
        return;
    store_add(&l->head, bytes, len);
    size_t head = head_len(&l->head);
    if (head == 0 && l->head.len <= HEAD_SIZE_MAX)
        return;
    if (greet(l, head <= HEAD_SIZE_MAX ? head : 0, &params))
        begin_talk(l, &params, head);
    else
        finish(l);
}

/* False: the other side is done. */
static bool read_some(struct link *l)
{
    static uint8_t bytes[READ_SIZE];
    ssize_t n = read(l->fd, bytes, sizeof bytes);

    if (n > 0)
        take(l, bytes, (size_t)n);
    return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static bool write_some(struct link *l)
{
    struct store *out = &l->talk.out;
    ssize_t n = out->len > 0 ? send(l->fd, out->ptr, out->len, MSG_NOSIGNAL) : 0;

    if (n > 0)
        store_drop(out, (size_t)n);
    return n >= 0 || errno == EAGAIN || errno == EINTR;
}

short link_events(const struct link *l)
{
    size_t unsent = l->talk.out.len;

    return (short)((unsent > 0 ? POLLOUT : 0) | (unsent < UNSENT_MAX ? POLLIN : 0));
}

/* A server ends TCP first. */
static void shut(struct link *l)
{
    if (l->state == LINK_ENDING && l->is_server && l->talk.out.len == 0 && !l->is_shut) {
        shutdown(l->fd, SHUT_WR);
        l->is_shut = true;
    }
}

bool link_turn(struct link *l, short events)
{
    bool here = true;

    if (events & (POLLIN | POLLHUP | POLLERR))
        here = read_some(l);
    if (l->state == LINK_TALKING && l->talk.over)
        finish(l);
    if (!write_some(l) || !here)
        return false;
    shut(l);
    if (l->state != LINK_ENDING)
        return true;
    bool refused = !l->is_server && l->talk.out.len == 0 && !l->talk.over;
    return !refused && !timer_is_past(l->deadline_ms);
}
