#ifndef IO_LOCAL_H
#define IO_LOCAL_H

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "io/tcp.h"

/* Inside of io: UNIX sockets. What io_connect and io_listen call a host is the path of one when it
 * holds a slash, which no name and no address does. */
struct local_address {
    struct sockaddr_un name;
    socklen_t len;
};

/* False with ERR_USAGE: the path does not fit. */
NODISCARD bool local_address(const char *path, struct local_address *out, struct err *err);

/* The file that a listener has made, to be removed by whoever still finds it there. Zeroed: none.
 */
struct local_file {
    char path[IO_LOCAL_MAX + 1];
    dev_t device;
    ino_t inode;
};

/* A listening socket. A socket's file where nobody listens any more is replaced; all else that
 * stands there is left alone. -1 with `err`. */
int local_listen(const char *path, int backlog, struct local_file *file, struct err *err);
void local_remove(const struct local_file *file); /* unless it is another one by now */

#endif
