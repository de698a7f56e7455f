#ifndef FAULTY_CONTROL_H
#define FAULTY_CONTROL_H

#include "base/bytes.h"

struct peer;

/* A whole control frame has come: RFC 6455 5.5. */
void control_take(struct peer *p, uint8_t opcode, struct bytes body);

/* A message is over: what was put off until then. */
void control_catch_up(struct peer *p);

#endif
