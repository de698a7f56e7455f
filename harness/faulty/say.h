#ifndef FAULTY_SAY_H
#define FAULTY_SAY_H

#include "base/bytes.h"

struct peer;

/* What goes out: frames are appended to the peer's `out`. RFC 6455 6.1. A control frame's payload
 * may be longer than it should. */
void say_message(struct peer *p, uint8_t opcode, struct bytes payload);
void say_control(struct peer *p, uint8_t opcode, struct bytes payload);

/* Is a message too short for what would spoil every echo? Who spoils them all is taken for one that
 * does not echo, and is not asked to. */
bool say_is_spared(struct bytes message);

#endif
