#ifndef IO_WATCH_H
#define IO_WATCH_H

#include "io/source.h"

/* One file descriptor that the loop keeps an eye on for a source. libuv frees a handle only some
 * time after it was told to: so this lives on the heap and ends itself. */
struct watch {
    uv_poll_t poll;
    struct source *source;
    int fd;       /* closed with the watch */
    int interest; /* UV_READABLE | UV_WRITABLE, as last asked for */
    int ready;    /* what has come since the source last looked; the source clears it */
    bool always;  /* a plain file, which epoll does not take: always ready */
};

/* Takes `fd` over, also when it fails (and closes it then). NULL with `err`. */
NODISCARD struct watch *io_watch_open(struct source *source, int fd, struct err *err);
/* No cost when nothing changes. */
void io_watch_want(struct watch *w, int interest);
void io_watch_close(struct watch *w); /* close(2) now; NULL is harmless */

#endif
