#ifndef DRIVE_SLOT_CLIENT_H
#define DRIVE_SLOT_CLIENT_H

#include "drive/slot.h"

/* The client of one case: its process, what it says and how it comes to us. Parts of the slot. */
NODISCARD bool slot_client_start(struct slot *s, struct err *err);
void slot_client_start_again(struct slot *s, uint64_t now_us);
void slot_client_accepted(struct slot *s, const struct io_event *event, uint64_t now_us);
void slot_client_output(struct slot *s, const struct io_event *event, uint64_t now_us);
void slot_client_exited(struct slot *s, uint64_t now_us);

#endif
