#include "peer/keepalive.h"

void keepalive_heard(struct keepalive *k, uint64_t now_ms)
{
    k->ping_at_ms = k->every_ms > 0 ? now_ms + k->every_ms : 0;
    k->until_ms = 0;
}

void keepalive_stop(struct keepalive *k)
{
    k->ping_at_ms = k->until_ms = 0;
}

enum keepalive_act keepalive_step(struct keepalive *k, uint64_t now_ms)
{
    if (k->until_ms > 0 && now_ms >= k->until_ms) {
        keepalive_stop(k);
        return KEEPALIVE_GIVE_UP;
    }
    if (k->ping_at_ms == 0 || now_ms < k->ping_at_ms)
        return KEEPALIVE_WAIT;
    k->ping_at_ms = 0;
    k->until_ms = now_ms + k->patience_ms;
    return KEEPALIVE_PING;
}

uint64_t keepalive_deadline(const struct keepalive *k)
{
    if (k->until_ms > 0)
        return k->until_ms;
    return k->ping_at_ms > 0 ? k->ping_at_ms : UINT64_MAX;
}
