#ifndef DRIVE_KNOCK_H
#define DRIVE_KNOCK_H

#include "drive/target.h"

/* A connection that is no case's own, made to learn whether the server still serves anybody. It is
 * the caller's: peer_client_free. NULL: it could not be made. */
NODISCARD struct peer_client *knock_open(struct target *t, uint64_t seed);

/* Takes an event, if it is the knock's. True: an answer to its handshake has come, whatever it
 * says. Nothing else tells that a server lives. */
NODISCARD bool knock_answered(struct peer_client *knock, const struct io_event *event,
                              uint64_t now_us);

#endif
