#ifndef RUN_LISTENER_H
#define RUN_LISTENER_H

#include "base/buf.h"
#include "base/hash.h"
#include "run/recall.h"
#include "run/transcript.h"
#include "ws/http1.h"
#include "ws/message.h"
#include "ws/reader.h"
#include "ws/unpack.h"

/* The target's bytes into entries: its head, its frames, its messages, its end. Records and never
 * judges; a frame of any length passes through without being held. */
enum listening {
    LISTEN_HEAD,
    LISTEN_FRAMES,
    LISTEN_AGAIN, /* our answer was no 101: another request, or frames all the same */
    LISTEN_BODY,
    LISTEN_ENDED
};

#define LISTENER_HEAD_MAX (256u * 1024) /* more of a head than any target may send */

struct listener {
    struct transcript *t;
    enum http1_kind awaits; /* a response from a server, a request from a client */
    enum listening listening;
    uint32_t connection, round;
    struct buf head;
    uint64_t head_at;   /* stream offset of the head under way */
    uint64_t body_left; /* bytes of a refusal's body to come; UINT64_MAX: until the end */
    struct ws_reader reader;
    struct ws_message message;
    struct entry frame, whole;
    struct hash frame_hash, whole_hash;
    uint8_t frame_data[ENTRY_DATA_MAX], whole_data[ENTRY_DATA_MAX];
    bool text_broken;
    struct ws_unpacker *unpacker; /* permessage-deflate is agreed on; NULL: it is not */
    bool packed;                  /* the message under way is compressed */
    bool cannot_unpack, told_bad; /* one did not inflate, and that is in the transcript */
    bool held_back;               /* it is gathered in `packed_in`, to be looked for in `recall` */
    struct buf packed_in;
    struct recall recall;
    uint64_t frames;  /* of the message under way, that have come */
    uint64_t last_us; /* when something came last */
    bool got_close;
};

/* What has just become known, for who has to react at once. */
enum heard {
    HEARD_NOTHING,
    HEARD_HEAD,
    HEARD_PING,
    HEARD_PONG,
    HEARD_CLOSE,
    HEARD_MESSAGE,
    HEARD_FRAME
};

void listener_init(struct listener *l, struct transcript *t, enum http1_kind awaits);
void listener_free(struct listener *l);
void listener_reconnect(struct listener *l, uint32_t connection, uint32_t round);

/* A client's request has got an answer that opens nothing. */
void listener_answered(struct listener *l);
bool listener_awaits_head(const struct listener *l);

/* From here on the target may compress. False: no memory. */
NODISCARD bool listener_unpack(struct listener *l, const struct ws_unpack_options *options);

/* Lend it bytes (unmasked in place), then pull until HEARD_NOTHING. The entry of what was heard is
 * the transcript's last. Sets *no_memory. */
void listener_feed(struct listener *l, uint8_t *in, size_t len, uint64_t us);
enum heard listener_next(struct listener *l, uint64_t us, bool *no_memory);

/* The stream is over: what had come of a frame or head is recorded, then the end. */
NODISCARD bool listener_end(struct listener *l, enum entry_end end, const char *why, uint64_t us);

#endif
