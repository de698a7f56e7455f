#ifndef PEER_KEEPALIVE_H
#define PEER_KEEPALIVE_H

#include <stdbool.h>
#include <stdint.h>

/* When a silent peer is pinged, and when it is given up. Anything that it sends is a sign of life:
 * a pong may wait behind a long message. Times are of one clock; zeroed: never. */
struct keepalive {
    uint32_t every_ms;             /* of silence before a ping; 0: never */
    uint32_t patience_ms;          /* for a sign of life behind it */
    uint64_t ping_at_ms, until_ms; /* 0: none is due */
};

enum keepalive_act { KEEPALIVE_WAIT, KEEPALIVE_PING, KEEPALIVE_GIVE_UP };

void keepalive_heard(struct keepalive *k, uint64_t now_ms); /* at the beginning too */
void keepalive_stop(struct keepalive *k);

/* What is to be done now; each ping and the giving up are said once. */
enum keepalive_act keepalive_step(struct keepalive *k, uint64_t now_ms);
uint64_t keepalive_deadline(const struct keepalive *k); /* UINT64_MAX: never */

#endif
