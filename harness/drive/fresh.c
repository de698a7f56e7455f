#include "drive/fresh.h"

#include "drive/knock.h"

bool fresh_open(struct slot *s)
{
    peer_client_free(s->fresh);
    s->fresh_pinged = false;
    s->fresh = knock_open(s->target, s->transcript.seed + 1);
    return s->fresh != NULL;
}

void fresh_close(struct slot *s)
{
    peer_client_free(s->fresh);
    s->fresh = NULL;
}

void fresh_try(struct slot *s, uint64_t now)
{
    /* A client opens no second connection when we want one: it is alive if nothing has killed it.
     */
    if (s->target->options.role == ROLE_CLIENT)
        run_alive(&s->run, s->exit_code < 128, s->client_how, now);
    else if (!fresh_open(s))
        run_alive(&s->run, false, "no second connection could be made", now);
}

/* Whatever it says once it is open, an end too, is the answer of somebody alive: how a ping or a
 * Close is answered is no business of the case that asks. */
static bool shows_life(const struct slot *s, enum ws_event_kind kind)
{
    switch (kind) {
    case WS_EVENT_MESSAGE:
    case WS_EVENT_PING:
    case WS_EVENT_PONG:
    case WS_EVENT_CLOSE:
    case WS_EVENT_FAILED: return true;
    case WS_EVENT_END: return s->fresh_pinged;
    case WS_EVENT_OPEN:
    case WS_EVENT_REFUSED:
    case WS_EVENT_TIMEOUT: break;
    }
    return false;
}

void fresh_event(struct slot *s, const struct io_event *event, uint64_t now)
{
    struct ws_event e;
    bool alive = false;

    if (!peer_client_take(s->fresh, event, now / 1000))
        return;
    while (peer_client_next(s->fresh, &e, now / 1000)) {
        if (e.kind == WS_EVENT_OPEN) /* and a Close, for who does not answer pings */
            s->fresh_pinged = peer_client_send(s->fresh, WS_PING, BYTES_LIT("alive?")) &&
                              peer_client_close(s->fresh, 1000, (struct bytes){ 0 }, now / 1000);
        alive |= shows_life(s, e.kind);
    }
    if (!alive && !peer_client_done(s->fresh))
        return;
    const char *why = peer_client_trouble(s->fresh);
    run_alive(&s->run, alive, alive ? NULL : why ? why : "it did not answer", now);
    fresh_close(s);
}
