#include "drive/probe.h"
#include "fuzz/live/lane_parts.h"
#include "io/clock.h"

/* A connection that was opened ahead and is older than that may have been given up meanwhile. */
#define STALE_MS 500
/* The end of a process is told so much later at most than that of its connections. */
#define DEATH_MS 1000
/* A child that has made a report ends, or its parent does, within that time. */
#define REPORT_MS 200

static bool is_ours(const struct lane *l)
{
    return l->o.target->options.command != NULL;
}

static bool restart(struct lane *l, struct err *err)
{
    lane_forget(l);
    l->starts++;
    return target_start(l->o.target, err) && probe_reach(l->o.target, err);
}

static bool connect_to(struct lane *l, struct err *err)
{
    struct target *t = l->o.target;

    l->up = false;
    l->opened_ms = io_now_ms();
    l->conn = io_connect(l->loop, t->url.host, t->url.port, t->options.tls, t->options.sni, l, err);
    return l->conn != NULL;
}

bool lane_ready(struct lane *l, struct err *err)
{
    const struct target *t = l->o.target;

    if (is_ours(l) && (t->exited || !t->process) && !restart(l, err))
        return false;
    if (l->conn && io_now_ms() - l->opened_ms > STALE_MS)
        lane_hang_up(l, true);
    return l->conn || connect_to(l, err);
}

/* Its connections end before it has: a session that ended oddly may be the last it had. */
static bool is_dying(const struct lane *l)
{
    const struct target *t = l->o.target;

    return t->process && !t->exited && io_process_is_ending(t->process);
}

/* Opens the connection of the next session now. False in *up: nobody is there. */
static bool knock(struct lane *l, bool *up, struct err *err)
{
    uint64_t until = io_now_ms() + l->o.timeout_ms;
    struct io_event event;

    *up = false;
    lane_hang_up(l, true);
    if (!connect_to(l, err))
        return false;
    for (;;) {
        if (!lane_wait(l, until, &event, err))
            return false;
        if (event.kind == IO_CONNECTED)
            *up = l->up = true;
        if (event.kind == IO_CONNECTED)
            return true;
        if (event.kind == IO_ENDED || event.kind == IO_TIME || event.kind == IO_EXITED)
            break;
    }
    lane_hang_up(l, true);
    return true;
}

/* Nothing connects any more: it has died, or it cannot be helped. */
static bool find_out(struct lane *l, struct lane_word *out, struct err *err)
{
    if (!lane_await_exit(l, DEATH_MS, err))
        return false;
    if (l->o.target->exited)
        return true;
    out->end = LANE_HUNG;
    return is_ours(l) ? restart(l, err) : probe_reach(l->o.target, err);
}

/* Does anybody else get an answer? */
static bool try_other(struct lane *l, bool *serves, struct err *err)
{
    struct fuzz_account none = { 0 };
    struct lane_word word = { 0 };
    bool regular, ok = knock(l, serves, err);

    if (ok && *serves) {
        ok = lane_talk(l, &(struct fuzz_session){ 0 }, LANE_CUTS_NONE, &none, &word, &regular, err);
        *serves = word.heard;
    }
    fuzz_account_free(&none);
    return ok;
}

static bool look_at_hang(struct lane *l, struct lane_word *out, struct err *err)
{
    if (!try_other(l, &out->serves, err))
        return false;
    if (out->serves || l->o.target->exited)
        return true;
    return is_ours(l) ? restart(l, err) : probe_reach(l->o.target, err);
}

/* A report without a death: the process was one of several, or goes on. */
static bool look_at_report(struct lane *l, struct lane_word *out, struct err *err)
{
    if (!lane_has_report(l))
        return true;
    if (!lane_await_exit(l, REPORT_MS, err))
        return false;
    out->end = LANE_REPORTED;
    return true;
}

/* The peer's end comes before its process is one that has ended: where a session did not end as it
 * should, somebody has to be there for the next one. */
bool lane_look(struct lane *l, bool regular, struct lane_word *out, struct err *err)
{
    const struct target *t = l->o.target;
    bool up = true;

    if (out->end == LANE_HUNG && !t->exited && !look_at_hang(l, out, err))
        return false;
    if (!regular && is_dying(l) && !lane_await_exit(l, DEATH_MS, err))
        return false;
    if (!regular && out->end != LANE_HUNG && !t->exited && !knock(l, &up, err))
        return false;
    if (!up && !t->exited && !find_out(l, out, err))
        return false;
    if (!t->exited && t->err_output.len > 0 && !look_at_report(l, out, err))
        return false;
    if (t->exited)
        out->end = LANE_DIED;
    return true;
}
