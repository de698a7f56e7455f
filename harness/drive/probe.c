#include "drive/probe.h"

#include <stdio.h>
#include <string.h>

#include "io/clock.h"
#include "script/parse.h"

#define RETRY_MS 20

static const char probe_text[] = "group \"Probe\"\n"
                                 "case echo \"The target opens and echoes\" {\n"
                                 "    note \"what the target is like\"\n"
                                 "    send text \"wsproof\"\n"
                                 "    expect echo\n"
                                 "    send ping \"wsproof\"\n"
                                 "    expect pong \"wsproof\"\n"
                                 "}\n"
                                 "case deflate \"The target takes permessage-deflate\" {\n"
                                 "    note \"what the target can\"\n"
                                 "    role server\n"
                                 "    extension \"permessage-deflate\" { ours_max_window_bits }\n"
                                 "    connect\n"
                                 "}\n";

static bool parse_probe(struct arena *a, struct script_file *file, struct err *err)
{
    struct diagnostics diags = { 0 };

    if (script_parse(a, "probe.case", bytes_str(probe_text), NULL, file, &diags) &&
        file->n_cases == 2)
        return true;
    return err_set(err, ERR_INTERNAL, "the probe does not parse: %s",
                   diags.count ? diags.list[0].text : "no case in it");
}

#define STDERR_TOLD 300

/* Whether the process has ended, and the error that says so. */
static bool dead(const struct target *t, const char *when, struct err *err)
{
    struct bytes all = buf_bytes(&t->err_output);
    struct bytes told = bytes_skip(all, all.len > STDERR_TOLD ? all.len - STDERR_TOLD : 0);

    if (!t->exited)
        return false;
    err_set(err, ERR_TARGET, "the target %s %s%s%.*s", t->how, when,
            told.len ? "; its stderr ends: " : "", BYTES_ARG(told));
    return true;
}

/* Runs one slot to its end; nothing else is under way. */
static bool run_slot(struct slot *s, struct target *target, struct err *err)
{
    struct io_event event;

    slot_drive(s);
    while (slot_busy(s)) {
        uint64_t until = slot_deadline_us(s);
        until = until == UINT64_MAX ? until : until / 1000 + 1;
        if (!io_loop_next(target->loop, until, &event, err))
            return false;
        if (event.kind == IO_SIGNAL)
            return err_set(err, ERR_TARGET, "interrupted");
        if (event.kind == IO_TIME)
            slot_pass_time(s);
        else if (!slot_take(s, &event))
            target_take(target, &event);
        if (target->exited)
            slot_target_died(s);
        slot_drive(s);
    }
    return true;
}

static bool pause_ms(struct target *target, uint64_t ms, struct err *err)
{
    uint64_t until = io_now_ms() + ms;
    struct io_event event;

    while (io_now_ms() < until) {
        if (!io_loop_next(target->loop, until, &event, err))
            return false;
        if (event.kind == IO_SIGNAL)
            return err_set(err, ERR_TARGET, "interrupted");
        target_take(target, &event);
    }
    return true;
}

/* One try to connect. *up says whether it worked. */
static bool knock(struct target *target, bool *up, char why[160], struct err *err)
{
    struct io_event event;
    uint64_t until = io_now_ms() + TARGET_START_MS;
    struct io_conn *conn =
        io_connect(target->loop, target->url.host, target->url.port, NULL, NULL, NULL, err);

    *up = false;
    if (!conn)
        return false;
    snprintf(why, 160, "no answer");
    for (;;) {
        if (!io_loop_next(target->loop, until, &event, err)) {
            io_conn_close(conn);
            return false;
        }
        if (event.kind == IO_SIGNAL) {
            io_conn_close(conn);
            return err_set(err, ERR_TARGET, "interrupted");
        }
        if (event.kind == IO_TIME)
            break;
        if (event.conn == conn) {
            *up = event.kind == IO_CONNECTED;
            if (!*up)
                snprintf(why, 160, "%s", event.why ? event.why : "it ended");
            break;
        }
        target_take(target, &event);
        if (target->exited)
            break;
    }
    io_conn_close(conn);
    return true;
}

/* Until a server that chose its address itself has told it. */
static bool await_address(struct target *target, uint64_t until, struct err *err)
{
    static const char expected[] =
        "expected a ws:// URL, \"listening on 127.0.0.1:PORT\" or \"port "
        "N\" in a line of its stdout or stderr (or {port}, {url} or "
        "{socket} in --exec)";

    while (!target_is_known(target)) {
        const char *line = target->told.line;
        if (!target->exited && io_now_ms() < until) {
            if (!pause_ms(target, RETRY_MS, err))
                return false;
        } else if (target->exited) {
            return err_set(err, ERR_TARGET,
                           "the target %s before it told where it listens: %s; %s%s", target->how,
                           expected, *line ? "its last line: " : "it printed nothing", line);
        } else {
            return err_set(
                err, ERR_TARGET, "the target did not tell where it listens: %s; %s%s", expected,
                *line ? "its last line: " : "it printed nothing, or has not flushed it", line);
        }
    }
    if (target->url.secure && !target->options.tls)
        return err_set(err, ERR_TARGET, "the target tells a wss:// address: give it as the URL");
    return true;
}

bool probe_reach(struct target *target, struct err *err)
{
    uint64_t until = io_now_ms() + (target->options.command ? TARGET_START_MS : 1000);
    char why[160];
    bool up;

    if (!await_address(target, until, err))
        return false;
    for (;;) {
        if (!knock(target, &up, why, err))
            return false;
        if (up)
            return true;
        if (dead(target, "before it accepted a connection", err))
            return false;
        if (io_now_ms() >= until)
            return err_set(err, ERR_TARGET, "cannot connect to %s: %s", target->url_text, why);
        if (!pause_ms(target, RETRY_MS, err))
            return false;
    }
}

static void learn_name(const struct http1_head *head, struct probe *out)
{
    const struct http1_field *name =
        http1_field(head, head->kind == HTTP1_REQUEST ? "User-Agent" : "Server", 0);
    const struct http1_field *extensions = http1_field(head, "Sec-WebSocket-Extensions", 0);

    if (name)
        snprintf(out->name, sizeof out->name, "%.*s", BYTES_ARG(bytes_take(name->value, 100)));
    out->deflate = extensions && bytes_find(extensions->value, BYTES_LIT("permessage-deflate")) <
                                     extensions->value.len;
}

static void learn_message(const struct entry *e, struct probe *out)
{
    if (e->head.opcode == WS_TEXT && bytes_eq_str(e->data, "wsproof"))
        out->echoes = true;
    else
        out->pushes = true;
}

/* Why a target whose opening handshake is fine can still not be tested; false: it can. */
static bool hopeless(const struct slot *s, const struct probe *p, struct err *err)
{
    const struct target *target = s->target;
    const char *url = target->url_text, *colon = *url ? ": " : "";

    if (s->transcript.full)
        return !err_set(err, ERR_TARGET, "%s%sit opens a connection and then sends without end",
                        url, colon);
    if (!p->answers)
        return !err_set(err, ERR_TARGET,
                        "%s%sit opens a connection, but answers neither a message nor a ping nor a "
                        "Close",
                        url, colon);
    return false;
}

static bool learn(struct slot *s, struct probe *out, struct err *err)
{
    const struct transcript *t = &s->transcript;
    struct http1_head head;
    unsigned status = 0;
    bool ended = false;

    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < t->count; i++) {
        const struct entry *e = &t->entries[i];
        if (e->kind == ENTRY_HEAD_IN && talk_head(e, &head)) {
            learn_name(&head, out);
            status = head.status;
        }
        out->open |= e->kind == ENTRY_HEAD_IN && (status == 101 || head.kind == HTTP1_REQUEST);
        if (e->kind == ENTRY_MESSAGE_IN)
            learn_message(e, out);
        out->answers_ping |= e->kind == ENTRY_FRAME_IN && e->head.opcode == WS_PONG;
        ended |= e->kind == ENTRY_END_IN;
        out->answers |= e->kind == ENTRY_FRAME_IN || e->kind == ENTRY_END_IN;
        if (e->kind == ENTRY_HEAD_BAD)
            return err_set(err, ERR_TARGET, "%s does not speak HTTP: %s", s->target->url_text,
                           e->text);
    }
    if (dead(s->target, "at its first connection", err))
        return false;
    out->echoes &= !out->pushes;
    if (out->open)
        return !hopeless(s, out, err);
    if (s->run.trouble)
        return err_set(err, ERR_TARGET, "%s%s%s", s->target->url_text,
                       *s->target->url_text ? ": " : "", s->run.trouble);
    if (status != 0)
        return err_set(err, ERR_TARGET, "%s answers a WebSocket handshake with HTTP %u %s",
                       s->target->url_text, status, http1_reason(status));
    return err_set(err, ERR_TARGET,
                   ended ? "%s ended the connection instead of answering a WebSocket handshake"
                         : "%s did not answer a WebSocket handshake in time",
                   s->target->url_text);
}

static bool run_probe(struct target *target, const struct script_case *c,
                      const struct run_options *options, struct probe *out, struct err *err)
{
    struct slot slot = { .attempt = 1, .alone = true };
    bool ok = slot_begin(&slot, target, c, options, options->expect_us * 3, err) &&
              run_slot(&slot, target, err) && learn(&slot, out, err);

    slot_free(&slot);
    return ok;
}

/* A second connection: an offer that upsets a server must not spoil the first. A client has told
 * with its request what it offers. */
static bool probe_deflate(struct target *target, const struct script_case *c,
                          const struct run_options *options, struct probe *out, struct err *err)
{
    struct slot slot = { .attempt = 1, .alone = true };

    if (target->options.role == ROLE_CLIENT)
        return true;
    bool ok = slot_begin(&slot, target, c, options, options->expect_us * 3, err) &&
              run_slot(&slot, target, err) &&
              !dead(target, "when permessage-deflate was offered", err);
    out->deflate = ok && slot.run.open && !slot.run.unsupported;
    slot_free(&slot);
    return ok;
}

bool probe_target(struct target *target, const struct run_options *options, struct probe *out,
                  struct err *err)
{
    struct arena arena = { 0 };
    struct script_file file;
    bool ok = parse_probe(&arena, &file, err) &&
              (target->options.role == ROLE_CLIENT || probe_reach(target, err)) &&
              run_probe(target, &file.cases[0], options, out, err) &&
              probe_deflate(target, &file.cases[1], options, out, err);

    if (ok && !target_memory(target, &out->memory))
        out->memory = 0;
    arena_free(&arena);
    return ok;
}
