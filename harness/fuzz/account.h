#ifndef FUZZ_ACCOUNT_H
#define FUZZ_ACCOUNT_H

#include "base/arena.h"
#include "script/case.h"
#include "ws/close.h"
#include "ws/rules.h"

/* What an implementation made of the bytes it got: what its application saw (over a socket: what
 * came back as an echo), and what it answered. The one thing that the oracle compares, whether the
 * implementation is linked in, on the other end of a socket, or our own engine. */
enum fuzz_heard_kind {
    FUZZ_HEARD_MESSAGE, /* `opcode` text or binary */
    FUZZ_HEARD_PONG,
    FUZZ_HEARD_PING,  /* of its own */
    FUZZ_HEARD_CLOSE, /* it said Close: `close` */
    FUZZ_HEARD_END    /* it is done with the connection; always last */
};

struct fuzz_heard {
    enum fuzz_heard_kind kind;
    uint8_t opcode;
    uint64_t len, hash; /* of the payload */
    struct bytes start; /* its first bytes, at most FUZZ_HEARD_START */
    struct ws_close close;
};

#define FUZZ_HEARD_START 64
#define FUZZ_HEARD_MAX 4096 /* a flood: what comes later is not kept */

struct fuzz_account {
    struct fuzz_heard *heard; /* in order */
    size_t count, cap;
    bool open;               /* the handshake succeeded (in process: always) */
    unsigned status;         /* of the response to our request; 0: none */
    struct violation broken; /* the first breach in what it sent itself; WS_RULE_NONE: none */
    struct arena arena;
};

/* A zeroed account is empty. */
void fuzz_account_free(struct fuzz_account *a);
void fuzz_account_clear(struct fuzz_account *a); /* keeps the memory */
NODISCARD bool fuzz_account_message(struct fuzz_account *a, uint8_t opcode, struct bytes payload);
NODISCARD bool fuzz_account_end(struct fuzz_account *a);

/* The bytes it sent, behind its handshake; cut anywhere. Frames become entries: pongs, pings,
 * Closes, and messages where `echoes` (else the application's own report tells of those). Judged by
 * the law of a stream from that side; compressed ones are inflated. */
struct fuzz_listener;
NODISCARD struct fuzz_listener *fuzz_listener_new(enum case_role role, bool compressed,
                                                  bool echoes);
void fuzz_listener_free(struct fuzz_listener *l);
NODISCARD bool fuzz_listener_feed(struct fuzz_listener *l, struct bytes in, struct fuzz_account *a);

#endif
