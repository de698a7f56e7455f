#define _POSIX_C_SOURCE 200809L /* fchmod, O_CLOEXEC */
#include "cli/connect/history.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/file.h"

#define FIRST_LINE "# wsproof connect: what was typed\n"
/* Twice the lines at their longest would be 8 MiB; another one's file is no history of ours. */
#define FILE_MAX (HISTORY_LINE_MAX * 2 * HISTORY_LINES + HISTORY_LINE_MAX)

static bool fits(int printed, size_t size)
{
    return printed > 0 && (size_t)printed < size;
}

bool history_path(const struct history_places *places, char *out, size_t size)
{
    if (places->named)
        return fits(snprintf(out, size, "%s", places->named), size);
    if (places->state && places->state[0] == '/')
        return fits(snprintf(out, size, "%s/wsproof/history", places->state), size);
    if (places->home && places->home[0] == '/')
        return fits(snprintf(out, size, "%s/.local/state/wsproof/history", places->home), size);
    return false;
}

bool history_keeps(struct bytes line)
{
    return line.len > 0 && line.len <= HISTORY_LINE_MAX && line.ptr[0] != ' ' &&
           bytes_index(line, 0, '\n') == line.len;
}

static bool cannot(struct err *err, const char *path)
{
    return err_set(err, ERR_SYSTEM, "cannot write %s: %s", path, strerror(errno));
}

/* Never a file that others may read, and a pipe in its place does not hold us up. */
static bool put(const char *path, int flags, struct bytes text, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | flags, 0600);
    bool ok = fd >= 0 && fchmod(fd, 0600) == 0 &&
              (text.len == 0 || write(fd, text.ptr, text.len) == (ssize_t)text.len);

    if (!ok)
        cannot(err, path);
    if (fd >= 0)
        close(fd);
    return ok;
}

static bool make_folder(const char *path, struct err *err)
{
    const char *slash = strrchr(path, '/');
    char folder[4096];

    if (!slash || slash == path)
        return true;
    return fits(snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path),
                sizeof folder) &&
           io_dir_make(folder, err);
}

static bool begin(const char *path, struct err *err)
{
    return make_folder(path, err) && put(path, O_APPEND, bytes_str(FIRST_LINE), err);
}

static size_t lines_in(struct bytes text)
{
    size_t n = 0;

    for (size_t i = 0; i < text.len; i++)
        n += text.ptr[i] == '\n';
    return n;
}

/* The last HISTORY_LINES; whether the file has to be cut is for the caller. */
static struct bytes newest(struct bytes text, size_t n)
{
    for (; n > HISTORY_LINES; n--)
        text = bytes_skip(text, bytes_index(text, 0, '\n') + 1);
    return text;
}

static bool cut(const char *path, struct bytes kept, struct err *err)
{
    struct buf text;
    bool ok;

    buf_init(&text, FILE_MAX);
    ok = buf_append(&text, bytes_str(FIRST_LINE)) && buf_append(&text, kept)
             ? put(path, O_TRUNC, buf_bytes(&text), err)
             : err_memory(err, "the history");
    buf_free(&text);
    return ok;
}

static bool take(const char *path, struct bytes text, struct buf *out, struct err *err)
{
    const struct bytes first = bytes_str(FIRST_LINE);

    if (!bytes_starts(text, first))
        return text.len > 0 ? err_set(err, ERR_USAGE, "%s is no history of wsproof connect", path)
                            : put(path, O_APPEND, first, err);
    struct bytes lines = bytes_skip(text, first.len);
    const size_t n = lines_in(lines);
    const struct bytes kept = newest(lines, n);
    if (n > 2 * HISTORY_LINES && !cut(path, kept, err))
        return false;
    return buf_append(out, kept) || err_memory(err, "the history");
}

bool history_read(const char *path, struct buf *out, struct err *err)
{
    enum io_file_kind kind = io_file_kind(path);
    struct buf text;
    bool ok;

    if (kind == IO_FILE_NONE)
        return begin(path, err);
    if (kind != IO_FILE_PLAIN)
        return err_set(err, ERR_USAGE, "%s is no plain file", path);
    buf_init(&text, FILE_MAX);
    ok = io_file_read(path, FILE_MAX, &text, err) && take(path, buf_bytes(&text), out, err);
    buf_free(&text);
    return ok;
}

bool history_add(const char *path, struct bytes line, struct err *err)
{
    struct buf text;
    bool ok;

    buf_init(&text, HISTORY_LINE_MAX + 1);
    ok = buf_append(&text, line) && buf_push(&text, '\n')
             ? put(path, O_APPEND, buf_bytes(&text), err)
             : err_memory(err, "the history");
    buf_free(&text);
    return ok;
}
