#ifndef FAULTY_TALK_H
#define FAULTY_TALK_H

#include "base/buf.h"
#include "faulty/squeeze.h"
#include "faulty/utf8.h"
#include "ws/frame.h"

#define TALK_MESSAGE_MAX (32u << 20) /* larger messages are refused with 1009 */
#define TALK_KEPT (64u << 10)        /* what a connection keeps of memory between messages */

struct peer;

/* The frames that come, on an open connection: RFC 6455 5 and 6.2. Data is taken as it arrives,
 * control frames when they are whole. */
struct talk {
    bool open; /* the handshake is over */

    struct ws_head head; /* of the data frame under way */
    bool in_frame;       /* not all of its payload is there */
    bool passed_over;    /* and nobody wants it */
    uint64_t done;       /* bytes of its payload that came */
    bool cut;            /* the frame that comes next began in an earlier read */
    uint8_t first_key[4];

    bool in_message; /* a first fragment came, a last one did not */
    bool packed;     /* and it is compressed */
    uint8_t opcode;  /* text or binary */
    struct buf message;
    size_t fragment_at; /* where in it the last fragment began */
    struct utf8 text;
    bool text_is_bad;    /* which some faults do not tell at once */
    bool was_fragmented; /* the last message that was finished */

    struct squeeze squeeze;
    bool sent_close, got_close, they_ended;
    uint16_t close_code; /* of the Close that came; 0: none, or none in it */
    struct buf reason;

    /* What only some faults ask for. */
    uint64_t frames_seen, frames_sent, pings_seen, messages_seen;
    uint64_t pings_in_read, messages_in_read;
    uint8_t first_opcode; /* of the first message */
    struct buf last_message, last_ping;
    bool owes_pong; /* for last_ping */
    uint8_t key[4]; /* the last masking key that was used */
};

void talk_init(struct talk *t);
void talk_free(struct talk *t);

/* What has come since the last read is taken; what is left is the beginning of a frame. */
void talk_end_read(struct peer *p, size_t left);

/* The next frame, or piece of one, from the front of what has come. Gives the bytes taken; 0: it
 * needs more. What is to be answered is in `out` afterwards. */
size_t talk_take(struct peer *p, struct bytes in);

#endif
