#ifndef FAULTY_SQUEEZE_H
#define FAULTY_SQUEEZE_H

#include "faulty/deal.h"
#include "ws/deflate.h"

/* Compression as it was agreed on, both ways: RFC 7692 6 and 7.2. Zeroed: none. */
struct squeeze {
    struct ws_deflater *pack;
    struct ws_inflater *unpack;
    bool ours_takes_over, theirs_takes_over;
    uint64_t fed; /* bytes of the message that is being inflated */
    bool broken;  /* it does not inflate, which a fault does not mind */
};

/* False: no memory. */
NODISCARD bool squeeze_open(struct squeeze *s, const struct deal *deal, bool is_server);
void squeeze_free(struct squeeze *s);

/* A whole message, or a fragment that has to inflate alone, compressed, appended to `out`. */
NODISCARD bool squeeze_pack(struct squeeze *s, struct bytes message, struct buf *out);

/* Lends it bytes of a message, or its end; squeeze_next then gives what comes out of them. False:
 * it does not like them. */
NODISCARD bool squeeze_feed(struct squeeze *s, struct bytes data);
NODISCARD bool squeeze_feed_end(struct squeeze *s);
enum ws_inflated squeeze_next(struct squeeze *s, struct bytes *out);

/* A message has ended, compressed or not. False: no memory. */
NODISCARD bool squeeze_end_message(struct squeeze *s, bool packed);

/* The window for what comes is empty from here on. */
void squeeze_forget(struct squeeze *s);

#endif
