#include "io/input.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "io/conn.h"

/* Opened once more where that is possible: the loop makes it non-blocking, and the terminal that it
 * may share with our standard output and with the shell must not become so too. */
static int own_input(void)
{
    int fd = open("/proc/self/fd/0", O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    return fd >= 0 ? fd : fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
}

struct io_conn *io_input_open(struct io_loop *loop, void *owner, struct err *err)
{
    struct io_conn *c = conn_new(loop, CONN_UP, owner, err);

    if (!c)
        return NULL;
    int fd = own_input();
    if (fd < 0)
        err_set(err, ERR_SYSTEM, "cannot read standard input: %s", strerror(errno));
    else
        c->watch = io_watch_open(&c->source, fd, err);
    if (!c->watch) {
        io_conn_close(c);
        return NULL;
    }
    c->send_over = true;
    io_conn_read(c, true);
    return c;
}
