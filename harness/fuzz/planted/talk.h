#ifndef PLANTED_TALK_H
#define PLANTED_TALK_H

#include <stdbool.h>

#include "fuzz/planted/frame.h"
#include "fuzz/planted/squeeze.h"
#include "fuzz/planted/store.h"
#include "fuzz/planted/utf8.h"

/* One side of an open connection that echoes: bytes in, bytes out. RFC 6455 5 to 8, RFC 7692. */
#define MESSAGE_MAX (16u << 20)

/* A text or binary message of which a part has come. */
struct message {
    bool open, compressed, pinged, ponged;
    uint8_t opcode;
    unsigned fragments, filled; /* so many so far, and so many with bytes in them */
    struct utf8 utf8;
    struct store bytes; /* inflated */
};

struct talk {
    bool is_server;
    bool over; /* our Close is out: nothing more is taken or sent */
    struct squeeze *squeeze;
    struct store in, out;
    bool in_frame;
    struct frame frame;
    struct message message;
    struct store control; /* the payload of a control frame */
    struct store hoard;   /* what bugs keep */
    unsigned reads;       /* how often bytes came */
    unsigned row;         /* how far a row of frames has come that is a bug's */
    uint64_t random;      /* masking keys come from it; never 0 */
};

void talk_begin(struct talk *t, bool is_server, const struct params *params, uint64_t seed);
void talk_free(struct talk *t);

/* The bytes of one read. What is to be sent is appended to t->out. */
void talk_feed(struct talk *t, const uint8_t *bytes, size_t len);

/* Closes with this code, because of the peer. */
void talk_fail(struct talk *t, unsigned code);

#endif
