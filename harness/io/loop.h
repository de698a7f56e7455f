#ifndef IO_LOOP_H
#define IO_LOOP_H

#include "base/bytes.h"
#include "base/err.h"

/* The one place that waits. Sockets, processes and name look-ups report here, and whoever drives
 * them pulls: io_loop_next gives one thing at a time, in the order in which it happened. Nothing
 * calls back. libuv does the waiting. */
struct io_loop;
struct io_conn;
struct io_listener;
struct io_process;

enum io_event_kind {
    IO_TIME,        /* the deadline has come; nothing else has */
    IO_ACCEPTED,    /* `listener` has a new `conn`, whose owner is NULL until set; TLS is done */
    IO_TURNED_AWAY, /* a client of `listener` broke off TLS, or spoke something else: `why` */
    IO_CONNECTED,   /* `conn` is up, TLS too */
    IO_DATA,        /* `data` came on `conn`; writable, lives until the next io_loop_next */
    IO_SENT, /* nothing waits to be sent on `conn` any more (only after io_conn_send said: waits) */
    IO_ENDED,  /* no more from `conn`: see `end`. Comes once; io_conn_close is still to be called */
    IO_OUTPUT, /* `process` wrote `data` to its stdout (`is_stderr`: stderr) */
    IO_EXITED, /* `process` is gone, its output read to the end: see io_process_status */
    IO_SIGNAL  /* SIGINT or SIGTERM reached us: `signal` */
};

/* How the bytes of a connection ended. */
enum io_end {
    IO_END_FIN,         /* orderly; on TLS with close_notify */
    IO_END_TLS_CUT,     /* TCP's FIN without close_notify */
    IO_END_RESET,       /* RST */
    IO_END_NOT_REACHED, /* connecting failed: `why` */
    IO_END_TLS_FAILED,  /* the TLS handshake failed: `why` */
    IO_END_ERROR        /* anything else: `why` */
};

struct io_event {
    enum io_event_kind kind;
    struct io_conn *conn;
    struct io_listener *listener;
    struct io_process *process;
    void *owner; /* of the conn, listener or process */
    uint8_t *data;
    size_t len;
    enum io_end end;
    const char *why; /* a sentence's end, for people; lives until the next io_loop_next */
    bool is_stderr;
    int signal;
    void *family; /* of an accepted conn, for all its life: what owned its listener */
};

NODISCARD struct io_loop *io_loop_new(struct err *err);
void io_loop_free(struct io_loop *loop); /* closes and kills what is left */

/* The next event, or IO_TIME when `deadline_ms` (of io_now_ms; UINT64_MAX: none) has come. False
 * only when the system refuses to wait. Fair: a busy connection cannot starve the others. */
NODISCARD bool io_loop_next(struct io_loop *loop, uint64_t deadline_ms, struct io_event *out,
                            struct err *err);

/* Let SIGINT and SIGTERM arrive as IO_SIGNAL instead of ending the program. */
NODISCARD bool io_loop_watch_signals(struct io_loop *loop, struct err *err);

/* As many descriptors as the system lets this program have, for who serves many connections. */
void io_allow_many_files(void);

#endif
