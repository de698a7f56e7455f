#include <stdio.h>

#include "fuzz/live/lane_parts.h"
#include "io/clock.h"

/* A client that ends so often without having come does not work at all. */
#define STARTS_MAX 3
/* One that neither ends nor comes again is ended; after some of them there is no more waiting. */
#define LINGERS_MAX 3

bool lane_client_listen(struct lane *l, struct err *err)
{
    l->listener = io_listen(l->loop, "127.0.0.1", 0, l->o.target->options.tls, l, err);
    return l->listener != NULL;
}

static bool start(struct lane *l, struct err *err)
{
    struct target *t = l->o.target;

    target_stop(t);
    buf_clear(&t->err_output);
    t->exited = false;
    l->starts++;
    t->process = target_start_client(t, io_listener_port(l->listener), NULL, NULL, err);
    return t->process != NULL;
}

static bool does_not_come(const struct lane *l, struct err *err)
{
    const struct target *t = l->o.target;

    if (t->exited)
        return err_set(err, ERR_TARGET, "the client %s without having connected", t->how);
    return err_set(err, ERR_TARGET, "the client does not connect");
}

static void welcome(struct lane *l)
{
    l->conn = l->next;
    l->next = NULL;
    l->up = true;
    io_conn_read(l->conn, true);
}

bool lane_client_ready(struct lane *l, struct err *err)
{
    struct target *t = l->o.target;
    uint64_t until = io_now_ms() + TARGET_START_MS;
    struct io_event event;
    unsigned tries = 0;

    while (!l->next) {
        if (!t->process || t->exited) {
            if (tries++ == STARTS_MAX)
                return does_not_come(l, err);
            if (!start(l, err))
                return false;
        }
        if (!lane_wait(l, until, &event, err))
            return false;
        if (event.kind == IO_TIME)
            return does_not_come(l, err);
    }
    welcome(l);
    return true;
}

/* Its connection has ended: it ends too, or it comes again. */
static bool await_news(struct lane *l, bool *came, struct err *err)
{
    uint64_t ms = l->lingered < LINGERS_MAX ? l->o.timeout_ms : lane_patience_ms(l);
    uint64_t until = io_now_ms() + ms;
    struct io_event event;

    while (!l->next && !l->o.target->exited) {
        if (!lane_wait(l, until, &event, err))
            return false;
        if (event.kind == IO_TIME)
            break;
    }
    *came = l->next || l->o.target->exited;
    return true;
}

bool lane_client_look(struct lane *l, struct lane_word *out, struct err *err)
{
    struct target *t = l->o.target;
    bool came;

    if (!await_news(l, &came, err))
        return false;
    if (lane_has_report(l))
        out->end = LANE_REPORTED;
    if (t->exited && io_process_status(t->process).signal != 0)
        out->end = LANE_DIED;
    l->lingered = came ? 0 : l->lingered + 1;
    if (!came)
        target_stop(t); /* the next session starts another one */
    return true;
}
