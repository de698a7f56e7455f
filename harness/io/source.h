#ifndef IO_SOURCE_H
#define IO_SOURCE_H

#include <uv.h>

#include "io/link.h"
#include "io/loop.h"

/* Inside of io: what the loop knows of a connection, a listener, a process. It stands in the loop's
 * queue while it may have something to tell, and is asked for one event at a time. */
struct source {
    struct link ready; /* in the queue, or alone */
    struct link all;   /* in the list of what io_loop_free ends */
    struct link limit; /* in the list of time limits, or alone */
    struct io_loop *loop;
    uint64_t limit_ms;
    bool expired; /* its time limit has passed; who takes note clears it */
    /* One event into the zeroed `out`, or false: nothing after all. May end the source itself. */
    bool (*step)(struct source *s, struct io_event *out);
    void (*drop)(struct source *s); /* ends it as its owner would, and frees it */
};

#define IO_BUFFER_LEN 65536 /* what one read takes at most */

struct io_loop {
    uv_loop_t uv;
    uv_timer_t timer;
    uv_signal_t signals[2];
    struct link ready; /* to be asked in this round */
    struct link later; /* to be asked in the next, whatever the kernel says */
    struct link all, limits;
    bool last_round; /* what is served now was asked for when the deadline had passed */
    bool served;     /* an event was given since the time was last told */
    int signal;      /* caught and not yet told */
    bool watches_signals;
    struct io_capture *capture; /* NULL: nobody wants to know */
    int spare_fd; /* given up for a moment to turn a connection away when no other is left */
    char why[256];
    uint8_t buffer[IO_BUFFER_LEN];
};

void io_source_open(struct source *s, struct io_loop *loop,
                    bool (*step)(struct source *, struct io_event *),
                    void (*drop)(struct source *));
void io_source_close(struct source *s); /* leaves all lists */

void io_source_ready(struct source *s); /* ask it in this round, if it does not wait for that yet */
void io_source_again(struct source *s); /* ask it in the next round, after everybody else */

/* Wake it with `expired` at that time; a second call replaces the first. 0: no limit. */
void io_source_limit(struct source *s, uint64_t at_ms);

/* Puts text where io_event.why may point. */
const char *io_loop_why(struct io_loop *loop, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Zeroed memory from base/alloc, or NULL with `err`. */
NODISCARD void *io_alloc(size_t size, const char *what_for, struct err *err);

#endif
