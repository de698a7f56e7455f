#ifndef RUN_RECALL_H
#define RUN_RECALL_H

#include "base/buf.h"
#include "run/transcript.h"
#include "ws/unpack.h"

/* What compressed messages of the target stood for. One that comes again, byte for byte and out of
 * the same window, stands for the same: it need not be inflated again. A thousand echoes of a ring
 * of data are a handful of messages, and the tester should not work as hard as its target. */
#define RECALL_LEN_MIN 1024 /* compressed bytes: shorter ones are inflated as fast */
#define RECALL_LEN_MAX (1u << 20)
#define RECALL_MESSAGES 64

/* The end of a message, as a listener needs it. */
struct recall_plain {
    uint64_t len, hash;
    uint8_t data[ENTRY_DATA_MAX]; /* the first bytes */
    bool text_broken;
    uint64_t broken_at;
};

struct recall {
    struct recalled *list; /* RECALL_MESSAGES; NULL: not yet */
    size_t count, bytes;
    bool takeover;
    uint64_t window;               /* fingerprint of what the next message may refer to */
    uint64_t unique;               /* for windows that nobody looked at */
    const struct recalled *behind; /* the unpacker was passed over since; NULL: it is in step */
};

void recall_init(struct recall *r, bool takeover);
void recall_free(struct recall *r);

/* Has this message come before, out of this window? Then *plain is what it stood for. */
bool recall_find(struct recall *r, struct bytes packed, struct recall_plain *plain);

/* Before anything is inflated: brings the unpacker into step. False: no memory, or zlib fails. */
NODISCARD bool recall_catch_up(struct recall *r, struct ws_unpacker *u);

/* A message has been inflated: keeps it, if there is room. `packed` empty: one that is not kept. */
void recall_note(struct recall *r, struct ws_unpacker *u, struct bytes packed,
                 const struct recall_plain *plain);

#endif
