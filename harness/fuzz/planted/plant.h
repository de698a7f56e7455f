#ifndef PLANTED_PLANT_H
#define PLANTED_PLANT_H

#include "fuzz/planted/talk.h"

/* Bugs that strike at a moment of the conversation. The others stand where the peer does wrong. */
void plant_by_head(struct talk *t); /* the head of a frame has come */
void plant_by_payload(struct talk *t, const uint8_t *bytes, size_t len);
void plant_by_frame(struct talk *t);   /* the whole of it, and it is legal */
void plant_by_close(struct talk *t);   /* a Close; before it is looked at */
void plant_by_message(struct talk *t); /* a whole message, before it is echoed */

#endif
