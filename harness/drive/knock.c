#include "drive/knock.h"

struct peer_client *knock_open(struct target *t, uint64_t seed)
{
    struct peer_client_options options = {
        .url = &t->url, .tls = t->options.tls, .sni = t->options.sni, .seed = seed
    };
    struct err err;

    return peer_client_new(t->loop, &options, &err);
}

bool knock_answered(struct peer_client *knock, const struct io_event *event, uint64_t now)
{
    struct ws_event e;
    bool answered = false;

    if (!peer_client_take(knock, event, now / 1000))
        return false;
    while (peer_client_next(knock, &e, now / 1000))
        answered |= e.kind == WS_EVENT_OPEN || e.kind == WS_EVENT_REFUSED;
    return answered;
}
