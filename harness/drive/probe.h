#ifndef DRIVE_PROBE_H
#define DRIVE_PROBE_H

#include "drive/slot.h"

/* What the target is like, learned before the cases from one connection. */
struct probe {
    bool open;   /* a plain opening handshake succeeds */
    bool echoes; /* a text message comes back as it was, and nothing else does */
    bool pushes; /* messages came that nobody had sent */
    bool answers_ping;
    bool answers;    /* with a frame or an end, whatever it was asked */
    bool deflate;    /* takes (server) or offers (client) permessage-deflate */
    char name[128];  /* its Server or User-Agent header; "": none */
    uint64_t memory; /* bytes resident, with --exec; 0: unknown */
    uint64_t round_trip_us;
};

/* Waits until a server that was just started accepts, then asks. Blocks; no case may be under way.
 * False with ERR_TARGET: it cannot be reached, does not start, refuses a plain handshake, or is of
 * no use after it: dies, answers nothing at all, sends without end. */
NODISCARD bool probe_target(struct target *target, const struct run_options *options,
                            struct probe *out, struct err *err);

/* Only waits until the server accepts connections (again). */
NODISCARD bool probe_reach(struct target *target, struct err *err);

#endif
