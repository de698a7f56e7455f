#include "io/local.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "io/socket.h"

_Static_assert(IO_LOCAL_MAX == sizeof((struct sockaddr_un *)0)->sun_path - 1,
               "as the system has it");

bool io_is_local(const char *host)
{
    return strchr(host, '/') != NULL;
}

bool local_address(const char *path, struct local_address *out, struct err *err)
{
    size_t len = strlen(path);

    if (len > IO_LOCAL_MAX)
        return err_set(err, ERR_USAGE,
                       "the path of a UNIX socket has at most %d bytes, this one has %zu: %.200s",
                       IO_LOCAL_MAX, len, path);
    *out = (struct local_address){ .name.sun_family = AF_UNIX, .len = sizeof out->name };
    memcpy(out->name.sun_path, path, len + 1);
    return true;
}

/* A socket's file whose server is gone: connecting is refused. What cannot be told stays. */
static bool is_stale(const struct local_address *address)
{
    struct stat st;
    bool stale = false;

    if (lstat(address->name.sun_path, &st) != 0 || !S_ISSOCK(st.st_mode))
        return false;
    int fd = socket_new(AF_UNIX);
    if (fd >= 0)
        stale = connect(fd, (const struct sockaddr *)&address->name, address->len) != 0 &&
                errno == ECONNREFUSED;
    if (fd >= 0)
        close(fd);
    return stale;
}

static bool put_there(int fd, const struct local_address *address)
{
    const struct sockaddr *name = (const struct sockaddr *)&address->name;

    if (bind(fd, name, address->len) == 0)
        return true;
    if (errno != EADDRINUSE)
        return false;
    if (!is_stale(address)) {
        errno = EADDRINUSE;
        return false;
    }
    return unlink(address->name.sun_path) == 0 && bind(fd, name, address->len) == 0;
}

static bool note_file(const char *path, struct local_file *out)
{
    struct stat st;

    if (lstat(path, &st) != 0)
        return false;
    *out = (struct local_file){ .device = st.st_dev, .inode = st.st_ino };
    memcpy(out->path, path, strlen(path));
    return true;
}

int local_listen(const char *path, int backlog, struct local_file *file, struct err *err)
{
    struct local_address address;

    if (!local_address(path, &address, err))
        return -1;
    int fd = socket_new(AF_UNIX);
    if (fd >= 0 && put_there(fd, &address) && note_file(path, file) && listen(fd, backlog) == 0)
        return fd;
    err_set(err, ERR_SYSTEM, "cannot listen on %s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    local_remove(file);
    return -1;
}

void local_remove(const struct local_file *file)
{
    struct stat st;

    if (file->path[0] && lstat(file->path, &st) == 0 && st.st_dev == file->device &&
        st.st_ino == file->inode)
        (void)unlink(file->path);
}
