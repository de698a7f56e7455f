#ifndef WS_CONN_H
#define WS_CONN_H

#include "base/buf.h"
#include "base/rand.h"
#include "ws/check.h"
#include "ws/close.h"
#include "ws/handshake.h"
#include "ws/message.h"
#include "ws/policy.h"
#include "ws/reader.h"
#include "ws/unpack.h"

/* One endpoint of a connection, server or client, without I/O: the reference. Feed it what came,
 * pull events, send what it has to say, close TCP when it wants to. It obeys the law strictly and
 * fails a peer that does not. No clock, no randomness: times and masking keys are arguments. */
#define WS_CONN_STATES(X)                                                                          \
    X(HANDSHAKE, "waiting for the opening handshake")                                              \
    X(OPEN, "data and control frames both ways")                                                   \
    X(CLOSING, "our Close is out, theirs is not in")                                               \
    X(FAILING, "our Close for a broken rule is out, nothing more is taken")                        \
    X(CLOSED, "nothing more is taken or sent")

enum ws_conn_state {
#define X(name, what) WS_CONN_##name,
    WS_CONN_STATES(X)
#undef X
};

/* How an endpoint of ours compresses, when the other side agrees. RFC 7692. */
struct ws_conn_deflate {
    struct ws_permessage wanted; /* server: its limits and wishes; see ws_permessage_answer */
    const struct ws_permessage
        *offers; /* client: by preference; none: the plain one, with a hint */
    size_t n_offers;
    int level;          /* of zlib, 1 to 9; 0 means WS_DEFLATE_LEVEL */
    size_t min_size;    /* shorter messages are sent as they are */
    uint32_t ratio_max; /* see ws/unpack.h; 0: any */
};

struct ws_conn_options {
    bool server;
    struct bytes target, host; /* client: what to ask for; must outlive the connection */
    const char *const
        *protocols; /* server: those it speaks; client: those it offers, by preference */
    size_t n_protocols;
    const struct ws_header *headers; /* client: added to the request; server: added to its 101 */
    size_t n_headers;
    const struct ws_conn_deflate *deflate; /* NULL: no compression; outlives the connection */
    const struct ws_policy *policy;        /* server: NULL lets everybody in; outlives it too */
    size_t message_max;                    /* bytes, inflated; 0 means WS_CONN_MESSAGE_MAX */
    uint64_t fragments_max;                /* 0 means WS_CONN_FRAGMENTS_MAX */
    size_t out_max;                        /* bytes that wait to be sent; 0 means WS_CONN_OUT_MAX */
    uint32_t open_timeout_ms, close_timeout_ms; /* 0 means the defaults below */
    uint64_t seed;                              /* of the nonce and the masking keys */
};

#define WS_CONN_MESSAGE_MAX (32u << 20) /* twice the largest message of the suite */
#define WS_CONN_FRAGMENTS_MAX (1u << 20)
#define WS_CONN_OUT_MAX (64u << 20)
#define WS_CONN_OPEN_TIMEOUT_MS 10000
#define WS_CONN_CLOSE_TIMEOUT_MS 5000

enum ws_event_kind {
    WS_EVENT_OPEN, /* the handshake is done; server: `head` is the request, client: the response */
    WS_EVENT_REFUSED, /* handshake over without a connection: `broken` (ours or theirs), or `why`
                         our policy keeps them out; `head` if any */
    WS_EVENT_MESSAGE, /* `opcode` text or binary, `data` whole */
    WS_EVENT_PING,    /* already answered */
    WS_EVENT_PONG,
    WS_EVENT_CLOSE,   /* the peer's Close: `close`; already answered */
    WS_EVENT_FAILED,  /* the peer broke a rule: `broken`; our Close is out */
    WS_EVENT_TIMEOUT, /* no handshake, no Close or no end of TCP in time: close TCP */
    WS_EVENT_END      /* TCP ended; `clean` if both Closes had passed */
};

struct ws_event {
    enum ws_event_kind kind;
    uint8_t opcode;
    struct bytes data; /* lives until the next call of ws_conn_next or _feed */
    struct ws_close close;
    struct violation broken;
    const char *why;               /* NULL: not by policy */
    const struct http1_head *head; /* likewise */
    bool clean;
};

struct ws_conn {
    struct ws_conn_options options;
    enum ws_conn_state state;
    struct buf request;      /* client: what was asked, until it is answered */
    struct buf head_bytes;   /* the peer's head until it is complete */
    struct http1_head *head; /* until its event has been seen */
    uint64_t stream_at;      /* where that head began; once open, where the frames begin */
    struct buf out;
    size_t out_at; /* bytes of `out` that are sent */
    struct ws_reader reader;
    struct ws_message assembling;
    struct buf message, control;
    struct bytes whole; /* the message where it was fed, if it came in one piece */
    struct rand rand;
    char key[WS_KEY_TEXT + 1];
    const char *protocol; /* agreed on; NULL: none */
    bool compresses;      /* permessage-deflate is agreed on, with these parameters: */
    struct ws_permessage agreed;
    struct ws_deflater *deflater; /* made when first needed, as the next */
    struct ws_unpacker *unpacker;
    bool packed;        /* the message under way is compressed */
    struct buf packing; /* a message of ours, compressed */
    bool sent_close, got_close, tcp_done, end_told;
    bool give_up; /* TCP is to be closed now, whatever the role */
    bool out_of_memory;
    uint64_t deadline_ms; /* of the state; 0: none */
};

/* `now_ms` starts the handshake's time. A client's request is in ws_conn_out at once.
 * False: no memory; ws_conn_free is right in either case. */
NODISCARD bool ws_conn_init(struct ws_conn *c, const struct ws_conn_options *options,
                            uint64_t now_ms);
void ws_conn_free(struct ws_conn *c);

/* Straight behind ws_conn_init: the handshake has been done elsewhere, and the bytes to come are
 * frames. `agreed`: what it said of compression, with `options.deflate` set; NULL: none. */
void ws_conn_skip_handshake(struct ws_conn *c, const struct ws_permessage *agreed);

/* Bytes from the peer, unmasked in place; pull all events before the next feed. */
void ws_conn_feed(struct ws_conn *c, uint8_t *in, size_t len, uint64_t now_ms);
void ws_conn_feed_end(struct ws_conn *c, uint64_t now_ms); /* FIN or reset from the peer */

/* The next event, or false when there is none now. Also moves time: call it at ws_conn_deadline.
 * False with ws_conn_failed: out of memory. */
bool ws_conn_next(struct ws_conn *c, struct ws_event *out, uint64_t now_ms);
bool ws_conn_failed(const struct ws_conn *c);
uint64_t ws_conn_deadline(const struct ws_conn *c); /* ms; UINT64_MAX: none */

/* What is to be sent; after sending `n` bytes of it say so. */
struct bytes ws_conn_out(const struct ws_conn *c);
void ws_conn_sent(struct ws_conn *c, size_t n);

/* Should TCP be closed (once ws_conn_out is empty)? A server: when both Closes have passed or it
 * has failed the connection; a client gives the server its close timeout first. Both: after a
 * refusal, a timeout, the peer's end of TCP, and when memory ran out. RFC 6455 7.1.1. */
bool ws_conn_wants_close(const struct ws_conn *c);

/* A whole message, ping or pong, masked when we are the client, compressed when that is agreed on.
 * Nothing (true) unless OPEN.
 * False: no memory or more than out_max waits. */
NODISCARD bool ws_conn_send(struct ws_conn *c, uint8_t opcode, struct bytes data);

/* Starts the closing handshake; code 0 sends an empty Close. Nothing (true) unless OPEN. */
NODISCARD bool ws_conn_close(struct ws_conn *c, uint16_t code, struct bytes reason,
                             uint64_t now_ms);

const char *ws_conn_state_name(enum ws_conn_state state);

#endif
