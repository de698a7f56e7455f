#ifndef DRIVE_SLOT_END_H
#define DRIVE_SLOT_END_H

#include "drive/slot.h"

/* How a case ends, and whether its target dies of it. Parts of the slot. */
void slot_end(struct slot *s, uint64_t now_us);          /* its run is done */
void slot_end_answered(struct slot *s, uint64_t now_us); /* CHECKING: somebody has been answered */
void slot_end_due(struct slot *s, uint64_t now_us);      /* until_us has passed */

/* slot.c has these for its parts. */
uint64_t slot_now_us(struct slot *s); /* its own clock */
void slot_wait_until(struct slot *s, uint64_t until_us);
void slot_hang_up(struct slot *s, bool reset);

#endif
