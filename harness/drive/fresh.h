#ifndef DRIVE_FRESH_H
#define DRIVE_FRESH_H

#include "drive/slot.h"

/* The second connection of a slot, which asks whether the target still lives: for `expect alive`,
 * and behind a case that it broke off. */
NODISCARD bool fresh_open(struct slot *s);
void fresh_close(struct slot *s);

/* `expect alive`: run_alive follows, now or once the connection has answered a ping or ended. */
void fresh_try(struct slot *s, uint64_t now_us);
void fresh_event(struct slot *s, const struct io_event *event, uint64_t now_us);

#endif
