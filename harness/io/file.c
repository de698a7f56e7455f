#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Read at a time where the size is not known beforehand: a pipe, /proc. */
#define FILE_PIECE 65536

static bool cannot(struct err *err, const char *verb, const char *path)
{
    return err_set(err, ERR_SYSTEM, "cannot %s %s: %s", verb, path, strerror(errno));
}

/* One more than `max` is asked for, so that a file that is too large shows itself. */
static bool read_all(int fd, const char *path, size_t max, struct buf *out, struct err *err)
{
    for (;;) {
        size_t want = max - out->len < FILE_PIECE ? max - out->len + 1 : FILE_PIECE;
        if (!buf_reserve(out, want))
            return err_memory(err, path);
        ssize_t n = read(fd, out->ptr + out->len, want);
        if (n == 0)
            return true;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return cannot(err, "read", path);
        out->len += (size_t)n;
        if (out->len > max)
            return err_set(err, ERR_SYSTEM, "%s is larger than %zu bytes", path, max);
    }
}

bool io_file_read(const char *path, size_t max, struct buf *out, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return cannot(err, "open", path);
    buf_clear(out);
    if (out->max <= max)
        out->max = max < SIZE_MAX ? max + 1 : max;
    bool ok = read_all(fd, path, max, out, err);
    close(fd);
    return ok;
}

static bool write_all(int fd, struct bytes text)
{
    while (text.len > 0) {
        ssize_t n = write(fd, text.ptr, text.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        text = bytes_skip(text, (size_t)n);
    }
    return true;
}

static bool write_to(const char *path, int flags, struct bytes text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | flags, 0666);

    if (fd < 0)
        return false;
    bool ok = write_all(fd, text);
    return close(fd) == 0 && ok;
}

/* A device, a pipe or a link is written to, never replaced. */
static bool is_special(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

bool io_file_write(const char *path, struct bytes text, struct err *err)
{
    char beside[PATH_MAX];

    if (is_special(path))
        return write_to(path, O_TRUNC, text) || cannot(err, "write", path);
    int n = snprintf(beside, sizeof beside, "%s.%ld.new", path, (long)getpid());
    if (n < 0 || (size_t)n >= sizeof beside)
        return err_set(err, ERR_SYSTEM, "cannot write %s: the name is too long", path);
    if (write_to(beside, O_CREAT | O_TRUNC, text) && rename(beside, path) == 0)
        return true;
    cannot(err, "write", path);
    unlink(beside);
    return false;
}

bool io_file_create(const char *path, struct bytes text, bool *there, struct err *err)
{
    *there = false;
    if (write_to(path, O_CREAT | O_EXCL, text))
        return true;
    *there = errno == EEXIST;
    return *there || cannot(err, "write", path);
}

bool io_file_append(const char *path, struct bytes text, struct err *err)
{
    return write_to(path, O_CREAT | O_APPEND, text) || cannot(err, "append to", path);
}

bool io_file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

void io_file_remove(const char *path)
{
    unlink(path);
}
