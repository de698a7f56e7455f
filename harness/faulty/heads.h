#ifndef FAULTY_HEADS_H
#define FAULTY_HEADS_H

#include "faulty/close.h"
#include "ws/frame.h"

/* The longest control frame that a fault takes. */
#define HEADS_CONTROL_MAX 4096

struct peer;

/* What is wrong with the head of a frame that comes next: RFC 6455 5. */
enum trouble heads_judge(const struct peer *p, const struct ws_head *h);

/* Reads it wrong, for the faults that do. */
void heads_misread(struct ws_head *h);

bool heads_is_control(const struct ws_head *h);

/* Is it a frame with a reserved opcode that this peer passes over? */
bool heads_is_passed_over(const struct peer *p, const struct ws_head *h);

#endif
