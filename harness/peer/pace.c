#include "peer/pace.h"

#define SECOND 1000u

/* In thousandths of a message: each millisecond gives `per_s` of them, and never more wait than a
 * second gives. */
bool pace_allows(struct pace *p, uint64_t now_ms)
{
    const uint64_t full = (uint64_t)p->per_s * SECOND;

    if (p->per_s == 0)
        return true;
    const uint64_t since_ms = p->begun ? now_ms - p->at_ms : SECOND;
    p->left += since_ms >= SECOND ? full : since_ms * p->per_s;
    p->left = p->left < full ? p->left : full;
    p->begun = true;
    p->at_ms = now_ms;
    if (p->left < SECOND)
        return false;
    p->left -= SECOND;
    return true;
}
