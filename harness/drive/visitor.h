#ifndef DRIVE_VISITOR_H
#define DRIVE_VISITOR_H

#include "io/tcp.h"
#include "ws/conn.h"

/* A connection that came to the case server and has said nothing yet, or talks over a control path.
 */
enum visit_path {
    VISIT_RUN,     /* /runCase, or /runCase/WORD: a browser holds back connections to a path on
                      which one has failed, so that each case wants a path of its own */
    VISIT_COUNT,   /* /getCaseCount */
    VISIT_INFO,    /* /getCaseInfo */
    VISIT_STATUS,  /* /getCaseStatus: waits until the case has a result */
    VISIT_REPORTS, /* /updateReports */
    VISIT_STOP,    /* /stopServer */
    VISIT_HOME,    /* /: for people, as the next */
    VISIT_READ,    /* /reports/ */
    VISIT_OTHER    /* direct command mode: it is told what to send */
};

#define VISITOR_HEAD_MAX 65536
#define VISITOR_COMMANDS_MAX (1u << 20) /* that wait to be obeyed */

/* What a request-target asks for. Zero `number`: not given. */
struct visit {
    enum visit_path path;
    uint64_t number; /* case=N, from 1 */
    char id[256];    /* casetuple=ID */
    char agent[128];
    bool shutdown; /* shutdownOnComplete */
    bool upgrade;  /* it wants a WebSocket at all */
    bool twice;    /* a parameter is given more than once */
    char origin[256];
};

struct visitor {
    struct io_conn *io; /* NULL: the place is free */
    struct buf head;
    uint64_t came; /* its number among all that came */
    bool talking;  /* `conn` lives */
    struct ws_conn conn;
    struct visit visit;
    bool answered;
    bool told;           /* who reads events knows that it wants a report */
    struct buf commands; /* direct command mode: texts that came, each ended by a NUL */
};

/* Reads a whole request head; WS_MORE until it is there, WS_BROKEN when it is none. */
enum ws_status visit_parse(struct bytes head, struct visit *out);

NODISCARD bool visitor_begin(struct visitor *v, uint64_t seed,
                             uint64_t now_ms); /* accepts the WebSocket */
/* One text, or none when it is empty; then a Close without a code. */
void visitor_say(struct visitor *v, struct bytes text, uint64_t now_ms);
void visitor_answer(struct visitor *v, struct bytes whole); /* of HTTP, then the end */
void visitor_refuse(struct visitor *v, unsigned status,
                    struct bytes body);                  /* an HTTP error, then the end */
void visitor_show(struct visitor *v, struct bytes html); /* a page, then the end */
/* A frame whatever it says, behind all that was sent; `head` declares the length of `payload` or a
 * lie. Bytes of the payload are masked here. `chop`: bytes a write, 0: one write. */
void visitor_frame(struct visitor *v, const struct ws_head *head, struct bytes payload,
                   size_t chop);
/* Moves what came in and out. False: it is over. */
bool visitor_turn(struct visitor *v, uint8_t *in, size_t len, uint64_t now_ms);
void visitor_free(struct visitor *v);

#endif
