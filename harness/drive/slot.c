#include "drive/slot.h"

#include <string.h>

#include "drive/fresh.h"
#include "drive/growth.h"
#include "drive/knock.h"
#include "drive/slot_client.h"
#include "drive/slot_end.h"
#include "io/capture.h"
#include "io/clock.h"

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

uint64_t slot_now_us(struct slot *s)
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
    s->opened_us = io_now_us();
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

void slot_hang_up(struct slot *s, bool reset)
{
    if (s->conn && reset)
        io_conn_reset(s->conn);
    else if (s->conn)
        io_conn_close(s->conn);
    s->conn = NULL;
}

void slot_wait_until(struct slot *s, uint64_t until_us)
{
    s->until_us = until_us;
    s->due = false;
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

static void look_at_cpu(struct slot *s, uint64_t now)
{
    struct io_growth growth = growth_of(s);

    run_cpu(&s->run, growth.cpu_ms * 1000, growth.busy, now);
}

/* False: the run waits. */
static bool perform(struct slot *s, const struct run_act *act, uint64_t now)
{
    switch (act->kind) {
    case RUN_WAIT: slot_wait_until(s, min_us(act->until_us, s->stop_us)); return false;
    case RUN_OPEN: open_connection(s, now); break;
    case RUN_WRITE: write_out(s, act->data); break;
    case RUN_SHUTDOWN:
        if (s->conn)
            io_conn_shutdown(s->conn);
        break;
    case RUN_RESET: slot_hang_up(s, true); break;
    case RUN_CLOSE: slot_hang_up(s, false); break;
    case RUN_READ:
        if (s->conn)
            io_conn_read(s->conn, act->on);
        break;
    case RUN_ANOTHER: go_on_with_another(s, now); break;
    case RUN_ALIVE: fresh_try(s, now); break;
    case RUN_MEMORY: run_memory(&s->run, growth_of(s).memory_kib * 1024, now); break;
    case RUN_CPU: look_at_cpu(s, now); break;
    case RUN_DONE: slot_end(s, now); return false;
    }
    return true;
}

void slot_drive(struct slot *s)
{
    struct run_act act;
    uint64_t now = slot_now_us(s), turn_ends_us = now + TURN_US;

    if (now >= s->until_us)
        slot_end_due(s, now);
    if (s->state == SLOT_RUNNING && now >= s->stop_us && s->run.state < RUN_STATE_OVER)
        run_stop(&s->run, "the time for the whole case is up", now);
    while (s->state == SLOT_RUNNING) {
        run_next(&s->run, now, &act);
        if (!perform(s, &act, now))
            return;
        now = slot_now_us(s);
        if (s->state == SLOT_RUNNING && now >= turn_ends_us) {
            slot_wait_until(s, now);
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

uint64_t slot_shows_life(const struct slot *s, const struct io_event *event)
{
    return event->kind == IO_DATA && s->conn && event->conn == s->conn ? s->opened_us : 0;
}

bool slot_take(struct slot *s, const struct io_event *event)
{
    if (!slot_busy(s) || !is_mine(s, event))
        return false;
    uint64_t now = slot_now_us(s);
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
    else if (knock_answered(s->fresh, event, now))
        slot_end_answered(s, now);
    return true;
}

void slot_free(struct slot *s)
{
    if (s->state == SLOT_FREE)
        return;
    slot_hang_up(s, false);
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
