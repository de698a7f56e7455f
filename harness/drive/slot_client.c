#include "drive/slot_client.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "drive/crash_sign.h"
#include "drive/dial.h"
#include "drive/growth.h"
#include "io/capture.h"

static struct io_process *run_client(struct slot *s, struct err *err)
{
    return dial_start(s->target, s->c, io_listener_port(s->listener), &s->arena, err);
}

/* What is expected of its request is held against what it was told. One that is told a port alone
 * chooses the host by itself. */
static bool note_told(struct slot *s)
{
    struct transcript *t = &s->transcript;

    if (!target_tells_url(&s->target->options))
        return true;
    t->told = arena_str(&t->arena, bytes_str(s->run.env.host));
    return t->told;
}

/* One process and one port of its own for each case: nobody else can come to it. */
bool slot_client_start(struct slot *s, struct err *err)
{
    s->listener = dial_listen(s->target, s->c, s, err);
    if (!s->listener)
        return false;
    if (!dial_places(s->target, io_listener_port(s->listener), &s->arena, &s->run.env) ||
        !note_told(s))
        return err_memory(err, "a case");
    s->process = run_client(s, err);
    return s->process != NULL;
}

/* A further connection of a client is a further process: the old one has had its own. */
void slot_client_start_again(struct slot *s, uint64_t now)
{
    struct err err;

    further_forget(&s->further);
    io_process_free(s->process);
    s->exit_code = -1;
    s->process = run_client(s, &err);
    if (!s->process)
        run_ended(&s->run, END_NOT_REACHED, err.text, now);
}

void slot_client_accepted(struct slot *s, const struct io_event *event, uint64_t now)
{
    if (s->state != SLOT_RUNNING) {
        io_conn_close(event->conn);
        return;
    }
    if (s->conn || s->run.up) {
        further_accept(&s->further, event->conn, s);
        return;
    }
    s->conn = event->conn;
    io_conn_set_owner(s->conn, s);
    io_conn_label(s->conn, s->c->id);
    growth_mark(s);
    run_opened(&s->run, io_conn_tls_name(s->conn), io_conn_sni(s->conn), now);
}

static void end_line(struct slot *s, uint64_t now)
{
    s->out_line[s->out_len] = '\0';
    s->out_len = 0;
    run_output(&s->run, false, s->out_line, now);
}

/* Whole lines of a client's stdout are its reports. */
void slot_client_output(struct slot *s, const struct io_event *event, uint64_t now)
{
    if (event->is_stderr) {
        /* What does not fit is left out: it is for people to read. */
        if (s->err_output.len + event->len < TARGET_STDERR_MAX &&
            !buf_append(&s->err_output, bytes_of(event->data, event->len)))
            buf_clear(&s->err_output);
        return;
    }
    for (size_t i = 0; i < event->len; i++) {
        if (event->data[i] == '\n')
            end_line(s, now);
        else if (s->out_len < sizeof s->out_line - 1)
            s->out_line[s->out_len++] = (char)event->data[i];
    }
}

/* A sanitizer ends what it has caught with an exit status, unless it was told to abort. */
static bool has_report(struct slot *s)
{
    size_t len = strlen(s->client_how);
    struct crash_sign sign;

    if (!crash_sign_find(buf_bytes(&s->err_output), &sign) || !crash_kind_ends(sign.kind))
        return false;
    snprintf(s->client_how + len, sizeof s->client_how - len, " (stderr: %s)", sign.summary);
    return true;
}

void slot_client_exited(struct slot *s, uint64_t now)
{
    struct io_process_status status = io_process_status(s->process);

    if (s->out_len > 0)
        end_line(s, now);
    target_status_text(&status, s->client_how, sizeof s->client_how);
    s->exit_code = status.signal ? 128 + status.signal : status.exit_code;
    /* Who still writes when we are gone may be told so by a signal. */
    bool died = status.signal != 0 && !(s->state == SLOT_LINGERING && status.signal == SIGPIPE);
    died |= status.signal == 0 && status.exit_code != 0 && has_report(s);
    run_process(&s->run, died, s->client_how, now);
    if (s->state == SLOT_LINGERING)
        s->state = SLOT_OVER;
    if (!s->run.up) {
        char why[400];
        snprintf(why, sizeof why, "the client %s before it connected", s->client_how);
        run_ended(&s->run, END_NOT_REACHED, why, now);
    }
}
