#ifndef PEER_PACE_H
#define PEER_PACE_H

#include <stdbool.h>
#include <stdint.h>

/* How many messages a peer may send: so many a second, and as many at once after a second without
 * any. Zeroed: any number. */
struct pace {
    uint32_t per_s; /* 0: any number */
    bool begun;
    uint64_t at_ms; /* when `left` was reckoned */
    uint64_t left;  /* thousandths of a message */
};

/* A message comes. False: one too many. */
bool pace_allows(struct pace *p, uint64_t now_ms);

#endif
