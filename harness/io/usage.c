#include "io/usage.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A tree of processes deeper than this is no test target. */
#define DEPTH_MAX 16

static size_t read_small(const char *path, char *out, size_t cap)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return 0;
    ssize_t n = read(fd, out, cap - 1);
    close(fd);
    out[n > 0 ? n : 0] = '\0';
    return n > 0 ? (size_t)n : 0;
}

/* Fields of /proc/PID/stat, counted as proc(5) does. */
enum { FIELD_STATE = 3, FIELD_UTIME = 14, FIELD_CSTIME = 17, FIELD_RSS = 24 };

/* The second field is a name in parentheses that may hold anything, so counting starts behind the
 * last parenthesis. */
static bool add_own(pid_t pid, struct io_usage *sum)
{
    char path[64], text[1024];
    uint64_t ticks = 0;

    snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
    char *at = read_small(path, text, sizeof text) > 0 ? strrchr(text, ')') : NULL;
    if (!at)
        return false;
    for (int field = FIELD_STATE; field <= FIELD_RSS; field++) {
        at = strchr(at + 1, ' ');
        if (!at)
            return false;
        if (field >= FIELD_UTIME && field <= FIELD_CSTIME)
            ticks += strtoull(at, NULL, 10);
    }
    sum->cpu_ms += ticks * 1000 / (uint64_t)sysconf(_SC_CLK_TCK);
    sum->resident_kib += strtoull(at, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE) / 1024;
    return true;
}

static void add_children(pid_t pid, unsigned depth, struct io_usage *sum);

static void add_children_of_thread(pid_t pid, const char *thread, unsigned depth,
                                   struct io_usage *sum)
{
    char path[320], text[4096];

    snprintf(path, sizeof path, "/proc/%ld/task/%s/children", (long)pid, thread);
    if (read_small(path, text, sizeof text) == 0)
        return;
    for (char *at = text, *end;; at = end) {
        long child = strtol(at, &end, 10);
        if (end == at)
            return;
        if (add_own((pid_t)child, sum))
            add_children((pid_t)child, depth + 1, sum);
    }
}

static void add_children(pid_t pid, unsigned depth, struct io_usage *sum)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%ld/task", (long)pid);
    DIR *dir = depth < DEPTH_MAX ? opendir(path) : NULL;
    if (!dir)
        return;
    for (struct dirent *e; (e = readdir(dir));) {
        if (e->d_name[0] != '.')
            add_children_of_thread(pid, e->d_name, depth, sum);
    }
    closedir(dir);
}

bool usage_of(pid_t pid, struct io_usage *out)
{
    struct io_usage sum = { 0 };

    if (!add_own(pid, &sum))
        return false;
    add_children(pid, 0, &sum);
    *out = sum;
    return true;
}
