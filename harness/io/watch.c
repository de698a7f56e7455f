#include "io/watch.h"

#include <assert.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"

/* Errors (a reset, for one) are learned by the read or write that follows, with their errno. libuv
 * stops watching then, so the next io_watch_want has to start again. */
static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct watch *w = poll->data;

    if (status < 0)
        w->interest = 0;
    w->ready |= status < 0 ? UV_READABLE | UV_WRITABLE : events;
    io_source_ready(w->source);
}

struct watch *io_watch_open(struct source *source, int fd, struct err *err)
{
    struct watch *w = io_alloc(sizeof *w, "a descriptor's watch", err);
    int uv_err = w ? uv_poll_init(&source->loop->uv, &w->poll, fd) : 0;

    if (w && (uv_err == 0 || uv_err == UV_EPERM)) {
        w->always = uv_err == UV_EPERM;
        w->poll.data = w;
        w->source = source;
        w->fd = fd;
        return w;
    }
    if (w)
        err_set(err, ERR_SYSTEM, "cannot watch a descriptor: %s", uv_strerror(uv_err));
    alloc_free(w);
    close(fd);
    return NULL;
}

void io_watch_want(struct watch *w, int interest)
{
    if (w->always && interest != 0) {
        w->ready |= interest;
        io_source_again(w->source);
    }
    if (w->always || interest == w->interest)
        return;
    w->interest = interest;
    int uv_err = uv_poll_start(&w->poll, interest, on_poll);
    assert(uv_err == 0); /* one watch a descriptor is all that libuv asks for */
    (void)uv_err;
}

static void on_closed(uv_handle_t *handle)
{
    alloc_free(handle->data);
}

void io_watch_close(struct watch *w)
{
    if (!w)
        return;
    if (!w->always)
        uv_close((uv_handle_t *)&w->poll, on_closed);
    close(w->fd);
    if (w->always)
        alloc_free(w);
}
