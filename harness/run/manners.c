#include "run/internal.h"

#include <string.h>

#include "ws/close.h"

/* What the runner does of its own while a case goes on: it is a correct peer, answers pings, and a
 * Close once, and knows its own barriers again. */

static void answer_ping(struct run *r)
{
    const struct entry *ping = &r->t->entries[r->t->count - 1];

    if (r->c->manual || !r->open || r->ended || r->shut || r->speaker.sent_close)
        return;
    if (ping->len > WS_CONTROL_MAX)
        return; /* no correct peer answers that */
    if (speaker_at_boundary(&r->speaker))
        run_speak(r, WS_PONG, ping->data, BY_RUNNER);
    else if (r->replies.len + 1 + ping->data.len <= 16 * 1024) /* answered at the next boundary */
        r->no_memory |=
            !buf_push(&r->replies, (uint8_t)ping->data.len) || !buf_append(&r->replies, ping->data);
}

static void flush_replies(struct run *r)
{
    while (r->replies.len > 0 && run_may_speak(r)) {
        size_t n = r->replies.ptr[0];
        uint8_t pong[WS_CONTROL_MAX];
        memcpy(pong, r->replies.ptr + 1, n);
        buf_drop(&r->replies, 1 + n);
        run_speak(r, WS_PONG, bytes_of(pong, n), BY_RUNNER);
    }
}

static void heard_close(struct run *r)
{
    struct ws_close close = ws_close_decode(r->t->entries[r->t->count - 1].data);

    r->owes_close = !r->c->manual && r->open;
    r->owed_code =
        close.has_code && ws_close_code_rule(close.code) == WS_RULE_NONE ? close.code : 0;
}

/* Once, at the next frame boundary, with the peer's code if it may be sent. */
static void answer_close(struct run *r)
{
    uint8_t body[2] = { (uint8_t)(r->owed_code >> 8), (uint8_t)r->owed_code };

    if (!r->owes_close || r->ended || r->shut || !speaker_at_boundary(&r->speaker))
        return;
    r->owes_close = false;
    if (!r->speaker.sent_close)
        run_speak(r, WS_CLOSE, bytes_of(body, r->owed_code ? 2 : 0), BY_RUNNER);
}

/* The pong of a barrier, and of the case's own pings (any of them: the last may stand for all). */
static void heard_pong(struct run *r)
{
    struct entry *pong = &r->t->entries[r->t->count - 1];

    if (r->barrier == BARRIER_SENT && bytes_eq_str(pong->data, r->barrier_ping)) {
        struct entry e = run_entry(r, ENTRY_PASSED);
        pong->by = BY_RUNNER;
        r->barrier = BARRIER_PASSED;
        run_add(r, &e);
        return;
    }
    if (bytes_starts(pong->data, BYTES_LIT("barrier ")))
        pong->by = BY_RUNNER;
    else
        r->pings_answered = r->pings_out;
}

static void heard_message(struct run *r)
{
    struct entry *message = &r->t->entries[r->t->count - 1];

    if (r->marker[0] && message->len == message->data.len && bytes_eq_str(message->data, r->marker))
        message->by = BY_RUNNER;
}

static void learn_client_key(struct run *r)
{
    struct talk_env seen;

    talk_env(r->t, r->connection, ROLE_CLIENT, &seen);
    r->client_key = arena_str(&r->scratch, bytes_str(seen.key));
    char *accept = arena_str(&r->scratch, bytes_str(seen.accept));
    if (!r->client_key || !accept) {
        r->no_memory = true;
        return;
    }
    r->env.key = r->client_key;
    r->env.accept = accept;
}

static void heard_head(struct run *r)
{
    const struct entry *e = &r->t->entries[r->t->count - 1];

    if (r->options.role == ROLE_CLIENT) {
        learn_client_key(r);
        return;
    }
    struct http1_head head;

    if (e->kind != ENTRY_HEAD_IN || !talk_head(e, &head) || head.status != 101)
        return;
    r->open = r->speaker.framing = true;
    agreement_made(r, &head);
}

void manners_react(struct run *r, enum heard heard)
{
    switch (heard) {
    case HEARD_HEAD: heard_head(r); break;
    case HEARD_PING: answer_ping(r); break;
    case HEARD_PONG: heard_pong(r); break;
    case HEARD_CLOSE: heard_close(r); break;
    case HEARD_MESSAGE: heard_message(r); break;
    case HEARD_FRAME:
    case HEARD_NOTHING: break;
    }
}

void manners_pay(struct run *r)
{
    flush_replies(r);
    answer_close(r);
}
