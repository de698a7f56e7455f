#include "drive/crash_sign.h"
#include "drive/schedule.h"
#include "fuzz/live/lane_parts.h"
#include "io/clock.h"

/* A quick target may be held up by the machine for so long. */
#define PATIENCE_LEAST_MS 5
/* One session that takes so many times what is usual counts as so many. */
#define ODD_TIMES 4

void lane_hang_up(struct lane *l, bool reset)
{
    if (l->conn && reset)
        io_conn_reset(l->conn);
    else if (l->conn)
        io_conn_close(l->conn);
    l->conn = NULL;
    l->up = false;
}

void lane_forget(struct lane *l)
{
    lane_hang_up(l, true);
    if (l->next)
        io_conn_reset(l->next);
    l->next = NULL;
}

/* A client that comes while we still talk to another connection of its waits for its turn; there is
 * room for one. */
static void keep_guest(struct lane *l, struct io_conn *guest)
{
    if (l->next) {
        io_conn_reset(guest);
        return;
    }
    l->next = guest;
    io_conn_read(guest, false);
}

bool lane_wait(struct lane *l, uint64_t until_ms, struct io_event *out, struct err *err)
{
    for (;;) {
        if (!io_loop_next(l->loop, until_ms, out, err))
            return false;
        if (out->kind == IO_SIGNAL)
            return err_set(err, ERR_TARGET, SCHEDULE_INTERRUPTED);
        if (out->kind == IO_ACCEPTED)
            keep_guest(l, out->conn);
        else if (target_take(l->o.target, out) && out->kind != IO_EXITED)
            continue;
        if (out->kind == IO_TIME || out->kind == IO_ACCEPTED || out->kind == IO_EXITED ||
            (out->conn && out->conn == l->conn))
            return true;
    }
}

void lane_learn(struct lane *l, uint64_t took_us)
{
    const uint64_t most = l->usual_us * ODD_TIMES, least = 1;

    if (l->usual_us > 0 && took_us > most)
        took_us = most;
    l->usual_us = l->usual_us == 0 ? took_us : (l->usual_us * 15 + took_us) / 16;
    if (l->usual_us < least)
        l->usual_us = least;
}

uint64_t lane_patience_ms(const struct lane *l)
{
    uint64_t ms = PATIENCE_LEAST_MS + l->usual_us * 10 / 1000, most = l->o.timeout_ms / 2;

    return ms < most ? ms : most;
}

bool lane_await_exit(struct lane *l, uint64_t ms, struct err *err)
{
    const struct target *target = l->o.target;
    uint64_t until = io_now_ms() + ms;
    struct io_event event;

    while (target->process && !target->exited) {
        if (!lane_wait(l, until, &event, err))
            return false;
        if (event.kind == IO_TIME)
            return true;
        /* Nobody listens to the session's connection any more, or not yet. */
        if (event.conn && event.conn == l->conn)
            lane_hang_up(l, true);
    }
    return true;
}

bool lane_has_report(const struct lane *l)
{
    struct bytes said = buf_bytes(&l->o.target->err_output);
    struct crash_sign sign;

    return said.len > 0 && crash_sign_find(said, &sign) &&
           (crash_kind_ends(sign.kind) || sign.kind == CRASH_UNDEFINED || sign.kind == CRASH_RACE ||
            sign.kind == CRASH_LEAK);
}
