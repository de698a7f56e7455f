#ifndef RUN_SPEAKER_H
#define RUN_SPEAKER_H

#include "base/buf.h"
#include "base/rand.h"
#include "run/packer.h"
#include "run/transcript.h"
#include "ws/reader.h"

/* Our frames as a case wants them, right or wrong, made piece by piece: a send of any size holds at
 * most SPEAKER_CHUNK bytes at a time. Remembers where our stream stands, so that the runner knows
 * when a frame of its own may go in between. */
#define SPEAKER_CHUNK 65536

struct speaker {
    struct transcript *t;
    const struct payload_env *env;
    struct rand rand; /* masking keys */
    bool masks;       /* we are the client */
    uint32_t connection, round;
    uint64_t at; /* bytes given to `out` on this connection */

    const struct step *step; /* the send under way; NULL: none */
    size_t step_number;
    struct packer packer;
    bool packing;               /* the send under way is not all compressed yet */
    struct payload packed_body; /* of a `deflate` send */
    struct ws_inflater *mirror; /* inflates what the case compressed by itself; NULL: nothing */
    bool mirrors;               /* the message under way goes through it */
    struct payload close_body;  /* of a Close: code and reason */
    uint8_t close_text[2 + 4096];
    uint64_t total, pos; /* payload bytes of the send, and done */
    uint64_t frame_start, frame_len;
    struct entry frame; /* under way: its FRAME_OUT */
    struct hash frame_hash;
    uint8_t frame_data[ENTRY_DATA_MAX];
    bool in_frame; /* the header is out, not all of the payload */
    bool frames_done;
    uint64_t frames;    /* of the send, that are out */
    uint64_t held_upto; /* payload goes no further for now */
    bool holding;

    bool in_message; /* a data message of the case is unfinished */
    struct entry message;
    struct hash message_hash; /* of what the application would see */
    struct ws_reader raw;     /* follows raw bytes, to know frame boundaries */
    bool framing;             /* the handshake is over: raw bytes are frames too */
    bool lost;                /* a declared length lied: nobody knows where a frame begins */
    bool sent_close;
};

void speaker_init(struct speaker *s, struct transcript *t, const struct payload_env *env,
                  uint64_t seed, bool masks);
void speaker_free(struct speaker *s);
void speaker_reconnect(struct speaker *s, uint32_t connection, uint32_t round);

/* From here on `send … deflate` can be done. `foreign`: the case sends compressed data of its own
 * as well, and what the target should make of it has to be known. False: no memory. */
NODISCARD bool speaker_pack(struct speaker *s, struct ws_permessage_way way, bool foreign);

/* False: no memory to compress it. */
NODISCARD bool speaker_begin(struct speaker *s, const struct step *step, size_t number);
void speaker_release(struct speaker *s, bool rest, uint64_t more); /* send more */

/* Appends at most SPEAKER_CHUNK bytes of the send under way to `out`, none while `packing`. *more:
 * there is more to come at once. False: no memory. */
NODISCARD bool speaker_write(struct speaker *s, struct buf *out, uint64_t us, bool *more);

/* A whole small frame at once, for the runner (`step` ENTRY_NO_STEP) or a step. Only at a boundary.
 */
NODISCARD bool speaker_frame(struct speaker *s, struct buf *out, uint8_t opcode,
                             struct bytes payload, enum entry_by by, size_t step, uint64_t us);

/* All that may go out now of a send that is held has gone out. */
bool speaker_waits(const struct speaker *s);
bool speaker_at_boundary(const struct speaker *s);

#endif
