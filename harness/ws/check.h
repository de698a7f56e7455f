#ifndef WS_CHECK_H
#define WS_CHECK_H

#include "ws/frame.h"
#include "ws/rules.h"

/* What the sender of a frame may do at this moment. */
struct ws_law {
    bool from_client; /* its frames must be masked, else they must not */
    uint8_t rsv_data; /* RSV bits that extensions allow on the first frame of a message */
    bool in_message;  /* a fragmented message is unfinished */
    bool after_close; /* the sender's Close has passed */
};

#define WS_HEAD_BREACHES_MAX 9 /* mask, three bits, opcode, two of control, length, after Close */

/* All rules that a header breaks, worst for the stream first; gives how many were written to `out`.
 * `at` is put into each violation. Judges only: payloads are the business of message and close.
 * RFC 6455 5.1 to 5.5. */
size_t ws_check_head(const struct ws_head *head, const struct ws_law *law, uint64_t at,
                     struct violation out[WS_HEAD_BREACHES_MAX]);

#endif
