#ifndef DRIVE_VISITOR_H
#define DRIVE_VISITOR_H

#include "io/tcp.h"
#include "ws/conn.h"

/* A connection that came to the case server and has said nothing yet, or talks over a control path.
 */
enum visit_path {
    VISIT_RUN,     /* /runCase */
    VISIT_COUNT,   /* /getCaseCount */
    VISIT_INFO,    /* /getCaseInfo */
    VISIT_STATUS,  /* /getCaseStatus: waits until the case has a result */
    VISIT_REPORTS, /* /updateReports */
    VISIT_STOP,    /* /stopServer */
    VISIT_OTHER
};

#define VISITOR_HEAD_MAX 65536

/* What a request-target asks for. Zero `number`: not given. */
struct visit {
    enum visit_path path;
    uint64_t number; /* case=N, from 1 */
    char id[256];    /* casetuple=ID */
    char agent[128];
    bool shutdown; /* shutdownOnComplete */
    bool upgrade;  /* it wants a WebSocket at all */
};

struct visitor {
    struct io_conn *io; /* NULL: the place is free */
    struct buf head;
    uint64_t came; /* its number among all that came */
    bool talking;  /* `conn` lives */
    struct ws_conn conn;
    struct visit visit;
    bool answered;
};

/* Reads a whole request head; WS_MORE until it is there, WS_BROKEN when it is none. */
enum ws_status visit_parse(struct bytes head, struct visit *out);

NODISCARD bool visitor_begin(struct visitor *v, uint64_t seed,
                             uint64_t now_ms);                           /* accepts the WebSocket */
void visitor_say(struct visitor *v, struct bytes text, uint64_t now_ms); /* one text, then Close */
void visitor_refuse(struct visitor *v, unsigned status,
                    struct bytes body); /* an HTTP error, then the end */
/* Moves what came in and out. False: it is over. */
bool visitor_turn(struct visitor *v, uint8_t *in, size_t len, uint64_t now_ms);
void visitor_free(struct visitor *v);

#endif
