#ifndef IO_CAPTURE_H
#define IO_CAPTURE_H

#include "base/buf.h"
#include "io/loop.h"

/* What passes on the sockets of a loop, for who writes it down: the bytes as they were on the wire,
 * under TLS its records, and the secrets that open them. It only listens; pull what it heard. */
struct io_capture;

struct io_place {
    bool v6;
    uint8_t address[16]; /* 4 of them without `v6` */
    uint16_t port;
};

/* One connection, from when TCP is up. Lives as long as the capture. */
struct io_flow {
    size_t number; /* from 0 */
    struct io_place us, peer;
    bool accepted;     /* the peer came to us */
    bool local;        /* a UNIX socket: the places are made up */
    const char *label; /* whose it is: io_conn_label; NULL: nobody said */
};

enum io_captured_kind {
    IO_CAPTURED_OPEN,
    IO_CAPTURED_BYTES, /* what one read or write moved */
    IO_CAPTURED_FIN,
    IO_CAPTURED_RESET
};

struct io_captured {
    enum io_captured_kind kind;
    const struct io_flow *flow;
    bool from_us;
    uint64_t us;       /* since 1970 */
    struct bytes data; /* lives until the next event of the loop; empty where it was too much */
    size_t len;        /* of what passed, in any case */
};

NODISCARD struct io_capture *io_capture_new(struct err *err);
void io_capture_free(struct io_capture *capture); /* once nothing of the loop is left */

/* From here on; NULL: no more. The capture outlives the loop's connections. */
void io_loop_capture(struct io_loop *loop, struct io_capture *capture);

/* Says whose connection this is, with a copy of `text`; nothing when it is not captured. */
void io_conn_label(struct io_conn *conn, const char *text);

size_t io_capture_waiting(const struct io_capture *capture); /* bytes that nobody has pulled */

/* First the secrets in the format of NSS key logs, which belong before what they open; they are
 * forgotten by that. Then each record; false: no more, and all of them are forgotten. */
NODISCARD bool io_capture_secrets(struct io_capture *capture, struct buf *out);
bool io_capture_next(struct io_capture *capture, struct io_captured *out);

uint64_t io_capture_lost(const struct io_capture *capture); /* records there was no room for */

#endif
