#ifndef FUZZ_ACCOUNT_H
#define FUZZ_ACCOUNT_H

#include "base/arena.h"
#include "base/buf.h"
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
    bool told;               /* its application heard of the end, */
    uint16_t told_code;      /* with this code: 1005 for a Close without, 1006 for none */
    uint64_t close_from;     /* linked in: so many bytes had been given before the write on which it
                                said Close */
    struct arena arena;
};

/* A zeroed account is empty. */
void fuzz_account_free(struct fuzz_account *a);
void fuzz_account_clear(struct fuzz_account *a); /* keeps some of the memory */

/* What it tells is copied. Behind the end nothing is taken, nor behind FUZZ_HEARD_MAX entries but
 * the end. False: no memory. */
NODISCARD bool fuzz_account_message(struct fuzz_account *a, uint8_t opcode, struct bytes payload);
NODISCARD bool fuzz_account_control(struct fuzz_account *a, enum fuzz_heard_kind kind,
                                    struct bytes payload);
NODISCARD bool fuzz_account_end(struct fuzz_account *a);
bool fuzz_account_is_full(const struct fuzz_account *a); /* something may be missing */
bool fuzz_account_ended(const struct fuzz_account *a);
const struct fuzz_heard *fuzz_account_close(const struct fuzz_account *a); /* its first; or NULL */

/* Same kind, same opcode, same payload. */
bool fuzz_heard_same(const struct fuzz_heard *a, const struct fuzz_heard *b);
size_t fuzz_account_count(const struct fuzz_account *a, enum fuzz_heard_kind kind);

/* The next of that kind from *at on, which moves behind it, and the last; NULL: there is none. */
const struct fuzz_heard *fuzz_account_next(const struct fuzz_account *a, enum fuzz_heard_kind kind,
                                           size_t *at);
const struct fuzz_heard *fuzz_account_last(const struct fuzz_account *a, enum fuzz_heard_kind kind);

/* "text 5, pong 0, close 1002, end", for people. False: no memory. */
NODISCARD bool fuzz_account_print(const struct fuzz_account *a, struct buf *out);

/* The bytes it sent, behind its handshake; cut anywhere. Frames become entries: pongs, pings,
 * Closes, and messages where `echoes` (else the application's own report tells of those). Judged by
 * the law of a stream from that side: `broken` is the first breach, or the first of a MUST where
 * there is one. Compressed messages are inflated, with the largest window there is: whether a
 * smaller one was agreed on is not judged. */
struct fuzz_listener;
NODISCARD struct fuzz_listener *fuzz_listener_new(enum case_role role, bool compressed,
                                                  bool echoes);
void fuzz_listener_free(struct fuzz_listener *l); /* NULL is allowed */
NODISCARD bool fuzz_listener_feed(struct fuzz_listener *l, struct bytes in, struct fuzz_account *a);

#endif
