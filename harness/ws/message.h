#ifndef WS_MESSAGE_H
#define WS_MESSAGE_H

#include "ws/frame.h"
#include "ws/rules.h"
#include "ws/utf8.h"

/* A message under way: fragments in, one stream of application data out. Holds no payload: who
 * wants it whole appends the pieces. Here is the place of permessage-deflate: between a frame's
 * data and the UTF-8 check. A zeroed struct stands between messages. */
struct ws_message {
    bool open;          /* the first fragment has come, the last has not */
    uint8_t opcode;     /* WS_TEXT or WS_BINARY */
    uint64_t len;       /* bytes of application data so far */
    uint64_t fragments; /* frames so far */
    struct ws_utf8 utf8;
    bool text_broken; /* told once by ws_message_data or ws_message_end */
};

/* A data frame's header that ws_check_head let through. Begins or goes on with a message. */
void ws_message_head(struct ws_message *m, const struct ws_head *head);

/* Payload of that frame. False at the first byte that no valid text can hold; `at_in_data` is its
 * index in `data` (an earlier character cut short is blamed on the byte that cuts it). Tells it
 * once: after that the text is no longer checked and true comes back. */
bool ws_message_data(struct ws_message *m, struct bytes data, size_t *at_in_data);

/* The frame's end. With FIN the message is complete: *complete says so, and false means that the
 * text ended inside a character. `m` keeps opcode, len and fragments until the next head. */
bool ws_message_end(struct ws_message *m, bool fin, bool *complete);

#endif
