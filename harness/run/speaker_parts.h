#ifndef RUN_SPEAKER_PARTS_H
#define RUN_SPEAKER_PARTS_H

#include "run/speaker.h"

/* Inside of a speaker. */

/* An entry of the connection, and of the send under way if there is one. */
struct entry speaker_blank(const struct speaker *s, enum entry_kind kind, uint64_t us);

/* speaker_message.c follows the case's own messages, so that an echo has something to be compared
 * with: a send begins, each of its frames, what is in them before it is masked, the end of each.
 * False: no memory. */
void speaker_message_begin(struct speaker *s, const struct send *send);
void speaker_message_frame(struct speaker *s, const struct ws_head *head, uint64_t us);
NODISCARD bool speaker_message_data(struct speaker *s, struct bytes data);
NODISCARD bool speaker_message_end(struct speaker *s, uint64_t us);

#endif
