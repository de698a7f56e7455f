#include "drive/slot.h"

#include <stdio.h>
#include <string.h>

#include "drive/crash_sign.h"
#include "drive/fresh.h"
#include "drive/growth.h"
#include "drive/slot_client.h"
#include "io/capture.h"
#include "io/clock.h"

/* A server that broke off and answers no more has this long to be told dead: a shell around it may
 * outlive it for a moment. */
#define DYING_US 1000000
/* A client, or a server that is suspected to die of this case, may fall over the connection only
 * when it cleans up behind it. */
#define LINGER_US 100000
/* What a target has left to say when bytes of it were read too late, and how much of our being late
 * is forgiven to one case. */
#define LATE_US 250000
#define SKEW_MAX_US 60000000
/* So long it may be at it in one go, byte by byte: then the others have their turn. */
#define TURN_US 10000

static bool start_run(struct slot *s, struct target *target, const struct script_case *c,
                      const struct run_options *options, uint64_t case_us, struct err *err)
{
    unsigned attempt = s->attempt;
    bool alone = s->alone;
    bool suspect = s->suspect;
    size_t index = s->index;

    memset(s, 0, sizeof *s);
    s->attempt = attempt;
    s->alone = alone;
    s->suspect = suspect;
    s->index = index;
    s->target = target;
    s->c = c;
    s->exit_code = -1;
    s->err_from = target->err_bytes;
    s->state = SLOT_RUNNING;
    s->started_us = io_now_us();
    s->stop_us = s->started_us + (c->timeout_ms ? c->timeout_ms * 1000 : case_us);
    buf_init(&s->err_output, TARGET_STDERR_MAX * 2);
    if (run_init(&s->run, c, options, &s->transcript, s->started_us))
        return true;
    return err_memory(err, "a case");
}

/* We may have been busy with other cases while what this one waits for came in: bytes that lay in
 * the kernel are no silence, and what belongs to them may be right behind. */
static void forgive_lateness(struct slot *s, uint64_t now)
{
    uint64_t back = s->until_us > LATE_US ? s->until_us - LATE_US : 0;

    if (back < s->now_us)
        back = s->now_us;
    if (s->skew_us + (now - back) <= SKEW_MAX_US)
        s->skew_us += now - back;
}

static uint64_t now_of(struct slot *s)
{
    uint64_t now = io_now_us() - s->skew_us;

    if (!s->due && s->until_us > 0 && now >= s->until_us) {
        forgive_lateness(s, now);
        now = io_now_us() - s->skew_us;
    }
    if (now > s->now_us)
        s->now_us = now;
    return s->now_us;
}

bool slot_begin(struct slot *s, struct target *target, const struct script_case *c,
                const struct run_options *options, uint64_t case_us, struct err *err)
{
    if (!start_run(s, target, c, options, case_us, err))
        return false;
    if (target->options.role == ROLE_CLIENT)
        return slot_client_start(s, err);
    growth_mark(s);
    return true;
}

bool slot_adopt(struct slot *s, struct target *target, const struct script_case *c,
                const struct run_options *options, uint64_t case_us, struct io_conn *conn,
                struct bytes first, struct err *err)
{
    struct run_act act;

    if (!start_run(s, target, c, options, case_us, err))
        return false;
    s->conn = conn;
    io_conn_set_owner(conn, s);
    io_conn_label(conn, c->id);
    run_next(&s->run, s->started_us, &act); /* RUN_OPEN: here it is */
    run_opened(&s->run, io_conn_tls_name(conn), io_conn_sni(conn), s->started_us);
    run_feed(&s->run, (uint8_t *)(uintptr_t)first.ptr, first.len, s->started_us);
    return true;
}

static enum entry_end entry_end_of(enum io_end end)
{
    switch (end) {
    case IO_END_FIN: return END_FIN;
    case IO_END_TLS_CUT: return END_TLS_CUT;
    case IO_END_RESET: return END_RESET;
    case IO_END_NOT_REACHED: return END_NOT_REACHED;
    case IO_END_TLS_FAILED: return END_TLS_FAILED;
    case IO_END_ERROR: break;
    }
    return END_ERROR;
}

static void open_connection(struct slot *s, uint64_t now)
{
    struct target *t = s->target;
    struct err err;

    if (t->options.role == ROLE_CLIENT) {
        if (s->process && s->run.connection > 0)
            slot_client_start_again(s, now);
        return; /* it comes to us: IO_ACCEPTED */
    }
    s->conn =
        io_connect(t->loop, t->url.host, t->url.port, t->options.tls, t->options.sni, s, &err);
    if (!s->conn)
        run_ended(&s->run, END_NOT_REACHED, err.text, now);
}

static void write_out(struct slot *s, struct bytes data)
{
    enum io_sent sent = s->conn ? io_conn_send(s->conn, data) : IO_GONE;
    run_written(&s->run, sent == IO_WAITS);
}

static void hang_up(struct slot *s, bool reset)
{
    if (s->conn && reset)
        io_conn_reset(s->conn);
    else if (s->conn)
        io_conn_close(s->conn);
    s->conn = NULL;
}

/* A process that dies loses its sockets first, and is told dead later. Until that is known, the
 * next case must not begin and this one must not be judged, unless it answers somebody else. */
static bool may_have_died(const struct slot *s)
{
    const struct target *t = s->target;

    return t->process && !t->exited && s->run.ended && !s->run.listener.got_close;
}

static void wait_until(struct slot *s, uint64_t until_us)
{
    s->until_us = until_us;
    s->due = false;
}

static bool may_die_yet(const struct slot *s)
{
    const struct target *t = s->target;

    if (t->options.role == ROLE_CLIENT)
        return s->process && s->exit_code < 0 && s->run.up;
    return s->suspect && t->process && !t->exited;
}

static void linger(struct slot *s, uint64_t now)
{
    fresh_close(s);
    s->state = SLOT_OVER;
    if (!may_die_yet(s))
        return;
    s->state = SLOT_LINGERING;
    wait_until(s, now + LINGER_US);
}

static void over(struct slot *s, uint64_t now)
{
    hang_up(s, false);
    s->ended_us = now;
    s->unanswered = s->fresh != NULL;
    if (!may_have_died(s) || !fresh_open(s)) {
        linger(s, now);
        return;
    }
    s->state = SLOT_CHECKING;
    wait_until(s, now + DYING_US);
}

bool slot_busy(const struct slot *s)
{
    return s->state != SLOT_FREE && s->state != SLOT_OVER;
}

static uint64_t min_us(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static void go_on_with_another(struct slot *s, uint64_t now)
{
    struct further next;

    if (!further_take(&s->further, &next)) {
        run_ended(&s->run, END_ERROR, "the further connection is gone", now);
        return;
    }
    s->conn = next.conn;
    io_conn_label(s->conn, s->c->id);
    run_opened(&s->run, io_conn_tls_name(s->conn), io_conn_sni(s->conn), now);
    run_feed(&s->run, next.first.ptr, next.first.len, now);
    buf_free(&next.first);
    io_conn_read(s->conn, true);
}

/* False: the run waits. */
static bool perform(struct slot *s, const struct run_act *act, uint64_t now)
{
    switch (act->kind) {
    case RUN_WAIT: wait_until(s, min_us(act->until_us, s->stop_us)); return false;
    case RUN_OPEN: open_connection(s, now); break;
    case RUN_WRITE: write_out(s, act->data); break;
    case RUN_SHUTDOWN:
        if (s->conn)
            io_conn_shutdown(s->conn);
        break;
    case RUN_RESET: hang_up(s, true); break;
    case RUN_CLOSE: hang_up(s, false); break;
    case RUN_READ:
        if (s->conn)
            io_conn_read(s->conn, act->on);
        break;
    case RUN_ANOTHER: go_on_with_another(s, now); break;
    case RUN_ALIVE: fresh_try(s, now); break;
    case RUN_MEMORY: run_memory(&s->run, growth_of(s).memory_kib * 1024, now); break;
    case RUN_CPU: run_cpu(&s->run, growth_of(s).cpu_ms * 1000, now); break;
    case RUN_DONE: over(s, now); return false;
    }
    return true;
}

void slot_drive(struct slot *s)
{
    struct run_act act;
    uint64_t now = now_of(s), turn_ends_us = now + TURN_US;

    if (s->state == SLOT_LINGERING && now >= s->until_us)
        s->state = SLOT_OVER;
    if (s->state == SLOT_CHECKING && now >= s->until_us)
        linger(s, now);
    if (s->state == SLOT_RUNNING && now >= s->stop_us && s->run.state < RUN_STATE_OVER)
        run_stop(&s->run, "the time for the whole case is up", now);
    while (s->state == SLOT_RUNNING) {
        run_next(&s->run, now, &act);
        if (!perform(s, &act, now))
            return;
        now = now_of(s);
        if (s->state == SLOT_RUNNING && now >= turn_ends_us) {
            wait_until(s, now);
            return;
        }
    }
}

uint64_t slot_deadline_us(const struct slot *s)
{
    return s->until_us < UINT64_MAX - s->skew_us ? s->until_us + s->skew_us : UINT64_MAX;
}

void slot_pass_time(struct slot *s)
{
    if (!slot_busy(s) || io_now_us() < slot_deadline_us(s))
        return;
    s->due = true;
    slot_drive(s);
}

/* Of a further connection that was refused that is the reason; who never had one is innocent. */
static void blame_death(struct slot *s)
{
    if (!s->run.no_memory && (s->run.up || s->run.connection > 0))
        s->run.trouble = NULL;
}

void slot_target_died(struct slot *s)
{
    uint64_t now = now_of(s);
    const char *how = s->target->how;

    run_process(&s->run, true, how, now);
    blame_death(s);
    if (s->state != SLOT_RUNNING) {
        fresh_close(s);
        s->state = SLOT_OVER;
        return;
    }
    run_ended(&s->run, END_RESET, how, now);
    slot_drive(s);
    if (s->state != SLOT_RUNNING)
        return;
    run_stop(&s->run, how, now); /* further rounds of `each` would meet nobody */
    blame_death(s);
    slot_drive(s);
}

void slot_note_report(struct slot *s)
{
    const struct target *t = s->target;
    char how[CRASH_SUMMARY_MAX + 64];
    struct crash_sign sign;

    if (!s->alone || !s->run.up || !t->process || t->exited ||
        !crash_sign_find(target_said_since(t, s->err_from), &sign) || !crash_kind_ends(sign.kind))
        return;
    snprintf(how, sizeof how, "one of its processes did (stderr: %s)", sign.summary);
    run_process(&s->run, true, how, now_of(s));
}

static void conn_event(struct slot *s, const struct io_event *event, uint64_t now)
{
    switch (event->kind) {
    case IO_CONNECTED:
        io_conn_label(s->conn, s->c->id);
        run_opened(&s->run, io_conn_tls_name(s->conn), NULL, now);
        break;
    case IO_DATA: run_feed(&s->run, event->data, event->len, now); break;
    case IO_SENT: run_drained(&s->run); break;
    case IO_ENDED:
        s->not_reached |= event->end == IO_END_NOT_REACHED;
        run_ended(&s->run, entry_end_of(event->end), event->why, now);
        break;
    case IO_TIME:
    case IO_ACCEPTED:
    case IO_TURNED_AWAY:
    case IO_OUTPUT:
    case IO_EXITED:
    case IO_SIGNAL: break;
    }
}

static bool is_mine(const struct slot *s, const struct io_event *event)
{
    bool ours = event->kind == IO_ACCEPTED || event->kind == IO_TURNED_AWAY;

    if (ours && s->listener && event->listener == s->listener)
        return true;
    if (event->conn && further_owns(&s->further, event->conn))
        return true;
    return (s->conn && event->conn == s->conn) || (s->process && event->process == s->process) ||
           (s->fresh && event->conn && event->owner == s->fresh);
}

bool slot_take(struct slot *s, const struct io_event *event)
{
    if (!slot_busy(s) || !is_mine(s, event))
        return false;
    uint64_t now = now_of(s);
    if (event->kind == IO_ACCEPTED)
        slot_client_accepted(s, event, now);
    else if (event->kind == IO_TURNED_AWAY)
        run_turned_away(&s->run, event->why, now);
    else if (event->conn && further_owns(&s->further, event->conn)) {
        if (further_event(&s->further, event))
            run_another(&s->run, now);
    } else if (s->conn && event->conn == s->conn)
        conn_event(s, event, now);
    else if (event->kind == IO_OUTPUT)
        slot_client_output(s, event, now);
    else if (event->kind == IO_EXITED)
        slot_client_exited(s, now);
    else if (s->state != SLOT_CHECKING)
        fresh_event(s, event, now);
    else if (fresh_answered(s, event, now))
        linger(s, now);
    return true;
}

void slot_free(struct slot *s)
{
    if (s->state == SLOT_FREE)
        return;
    hang_up(s, false);
    further_forget(&s->further);
    if (s->fresh)
        peer_client_free(s->fresh);
    if (s->listener)
        io_listener_close(s->listener);
    if (s->process)
        io_process_free(s->process);
    run_free(&s->run);
    transcript_free(&s->transcript);
    buf_free(&s->err_output);
    arena_free(&s->arena);
    memset(s, 0, sizeof *s);
}
