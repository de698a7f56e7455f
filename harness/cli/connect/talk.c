#include "cli/connect/talk.h"

#include <stdio.h>
#include <string.h>

#include "cli/connect/client_report.h"
#include "cli/connect/show.h"
#include "io/clock.h"

void talk_begin(struct talk *t, const struct talk_manner *manner, struct peer_client *client)
{
    *t = (struct talk){ .manner = manner, .client = client };
}

void talk_free(struct talk *t)
{
    peer_client_free(t->client);
    *t = (struct talk){ 0 };
}

bool talk_over(const struct talk *t)
{
    return !t->client || peer_client_done(t->client);
}

bool talk_connecting(const struct talk *t)
{
    return !t->was_open && !talk_over(t);
}

bool talk_lost(const struct talk *t)
{
    return t->client && peer_client_done(t->client) && !t->got_close &&
           peer_client_end(t->client) == PEER_END_LOST;
}

static bool take_open(struct talk *t)
{
    t->was_open = true;
    if (t->manner->report)
        report_open(stdout);
    else if (!t->manner->echo && show_notes())
        show_note("connected", (struct bytes){ 0 });
    return true;
}

static bool asks_to_close(const struct talk *t, const struct ws_event *event)
{
    return t->manner->close_on && event->opcode == WS_TEXT &&
           bytes_eq_str(event->data, t->manner->close_on);
}

static bool take_message(struct talk *t, const struct ws_event *event, struct err *err)
{
    const struct talk_manner *m = t->manner;

    if (m->report)
        report_message(stdout, event->opcode == WS_TEXT, event->data.len);
    else if (!m->echo)
        show_message(event, !m->raw);
    if (asks_to_close(t, event))
        return peer_client_close(t->client, m->close_code, m->close_reason, io_now_ms()) ||
               err_memory(err, "a Close");
    return !m->echo || peer_client_send(t->client, event->opcode, event->data) ||
           err_memory(err, "an echo");
}

/* A good end is no news to a pipe. */
static bool is_news(const struct ws_close *close)
{
    return show_notes() || (close->has_code && close->code != 1000);
}

static bool take_close(struct talk *t, const struct ws_close *close)
{
    if (!t->got_close) {
        t->got_close = true;
        t->code = close->has_code ? close->code : 0;
        t->reason_len = close->reason.len < sizeof t->reason ? close->reason.len : sizeof t->reason;
        if (t->reason_len > 0)
            memcpy(t->reason, close->reason.ptr, t->reason_len);
    }
    if (!t->manner->echo && !t->manner->report && is_news(close))
        show_close(close);
    return true;
}

/* What an application is told: 1005 for a Close without a code, 1006 for none at all, 1015 when it
 * came to no TLS. RFC 6455 7.1.5, 7.4.1. */
static void report_end(struct talk *t)
{
    const char *trouble = peer_client_trouble(t->client);
    unsigned none = peer_client_end(t->client) == PEER_END_TLS ? 1015 : 1006;
    unsigned code = t->got_close ? 1005 : none;

    if (!t->manner->report || t->told_end)
        return;
    t->told_end = true;
    if (trouble)
        report_error(stdout, trouble);
    report_closed(stdout, t->code ? t->code : code, bytes_of(t->reason, t->reason_len));
}

static bool take_event(struct talk *t, const struct ws_event *event, struct err *err)
{
    switch (event->kind) {
    case WS_EVENT_OPEN: return take_open(t);
    case WS_EVENT_MESSAGE: return take_message(t, event, err);
    case WS_EVENT_CLOSE: return take_close(t, &event->close);
    case WS_EVENT_PONG:
        if (!t->manner->echo && show_notes())
            show_note(event->data.len > 0 ? "pong: " : "pong", event->data);
        return true;
    case WS_EVENT_REFUSED:
        report_end(t); /* how long TCP lasts behind it is nobody's business */
        return true;
    case WS_EVENT_PING:
    case WS_EVENT_FAILED:
    case WS_EVENT_TIMEOUT:
    case WS_EVENT_END: return true; /* peer_client_trouble tells of these */
    }
    return true;
}

bool talk_take(struct talk *t, const struct io_event *event, struct err *err)
{
    uint64_t now_ms = io_now_ms();
    struct ws_event said;

    if (!t->client)
        return true;
    (void)peer_client_take(t->client, event, now_ms);
    while (peer_client_next(t->client, &said, now_ms)) {
        if (!take_event(t, &said, err))
            return false;
    }
    if (peer_client_done(t->client))
        report_end(t);
    return true;
}
