#ifndef REPORT_AUTOBAHN_WIRE_H
#define REPORT_AUTOBAHN_WIRE_H

#include "base/arena.h"
#include "run/transcript.h"

/* A conversation as Autobahn's reports tell it: counts, and a log of octets and frames. A
 * transcript has no word of how TCP cut the bytes, so a frame or a head is one chop here. */

#define AUTOBAHN_SHOWN 64 /* octets of a payload, or of what is on the wire */

struct autobahn_size {
    uint64_t octets, count;
};

struct autobahn_traffic {
    uint64_t frames[16]; /* by opcode */
    uint64_t n_frames;
    struct autobahn_size *sizes; /* ascending */
    size_t n_sizes;
    uint64_t chops, octets;    /* of all sizes together */
    uint64_t messages;         /* data messages that came whole */
    uint64_t payload, app;     /* octets of data frames as sent, and of the messages in them */
    uint64_t before_open;      /* octets of the opening handshake */
    struct bytes close_reason; /* of the first Close; empty: none */
};

struct autobahn_wire {
    struct autobahn_traffic in, out;
    struct bytes head_in, head_out; /* the opening handshake; ptr NULL: none came */
    bool open_timeout, close_timeout, drop_timeout;
};

/* Memory lives in `a`, texts in the transcript. False: no memory. */
NODISCARD bool autobahn_wire_read(const struct transcript *t, struct arena *a,
                                  struct autobahn_wire *out);

/* A line of the log. */
struct autobahn_line {
    const char *kind;           /* "RO", "TO", "RF", "TF", "TI", "TIE", "KLE" */
    bool ours;                  /* sent by the tester */
    uint64_t len;               /* of octets, or of the payload */
    struct bytes octets;        /* the first AUTOBAHN_SHOWN, in `room` or in the transcript */
    const struct ws_head *head; /* of a frame */
    uint8_t room[WS_HEAD_MAX + AUTOBAHN_SHOWN];
};

/* What an entry is in the log: 0, 1 or 2 lines. */
size_t autobahn_wire_lines(const struct transcript *t, size_t entry, struct autobahn_line out[2]);

#endif
