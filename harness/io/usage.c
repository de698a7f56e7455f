#include "io/usage.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A tree of processes deeper or larger than this is no test target. */
#define DEPTH_MAX 16
#define TREE_MAX 256

/* A process and its descendants, parents first. */
struct tree {
    pid_t pid[TREE_MAX];
    size_t count;
};

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

static size_t read_of(pid_t pid, const char *file, char *out, size_t cap)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%ld/%s", (long)pid, file);
    return read_small(path, out, cap);
}

/* ---- which processes ---- */

static void add_process(struct tree *tree, pid_t pid, unsigned depth);

static void add_children_of_thread(struct tree *tree, pid_t pid, const char *thread, unsigned depth)
{
    char path[320], text[4096];

    snprintf(path, sizeof path, "/proc/%ld/task/%s/children", (long)pid, thread);
    if (read_small(path, text, sizeof text) == 0)
        return;
    for (char *at = text, *end;; at = end) {
        long child = strtol(at, &end, 10);
        if (end == at)
            return;
        add_process(tree, (pid_t)child, depth + 1);
    }
}

static void add_process(struct tree *tree, pid_t pid, unsigned depth)
{
    char path[64];

    if (depth >= DEPTH_MAX || tree->count == TREE_MAX)
        return;
    tree->pid[tree->count++] = pid;
    snprintf(path, sizeof path, "/proc/%ld/task", (long)pid);
    DIR *dir = opendir(path);
    if (!dir)
        return;
    for (struct dirent *e; (e = readdir(dir));) {
        if (e->d_name[0] != '.')
            add_children_of_thread(tree, pid, e->d_name, depth);
    }
    closedir(dir);
}

static void find_tree(pid_t root, struct tree *out)
{
    out->count = 0;
    add_process(out, root, 0);
}

/* ---- what one of them uses ---- */

/* Fields of /proc/PID/stat, counted as proc(5) does. */
enum {
    FIELD_STATE = 3,
    FIELD_FLAGS = 9,
    FIELD_UTIME = 14,
    FIELD_CSTIME = 17,
    FIELD_SIZE = 23,
    FIELD_RSS = 24
};

/* The second field is a name in parentheses that may hold anything, so counting starts behind the
 * last parenthesis. */
static bool add_own(pid_t pid, struct io_usage *sum)
{
    char text[1024];
    uint64_t ticks = 0;
    char *at = read_of(pid, "stat", text, sizeof text) > 0 ? strrchr(text, ')') : NULL;

    if (!at)
        return false;
    for (int field = FIELD_STATE; field <= FIELD_RSS; field++) {
        at = strchr(at + 1, ' ');
        if (!at)
            return false;
        if (field >= FIELD_UTIME && field <= FIELD_CSTIME)
            ticks += strtoull(at, NULL, 10);
        if (field == FIELD_SIZE)
            sum->reserved_kib += strtoull(at, NULL, 10) / 1024;
    }
    sum->cpu_ms += ticks * 1000 / (uint64_t)sysconf(_SC_CLK_TCK);
    sum->resident_kib += strtoull(at, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE) / 1024;
    return true;
}

/* A line "Name:   123 kB" of status or smaps_rollup; 0: there is none. */
static uint64_t kib_of(const char *text, const char *name)
{
    const char *line = strstr(text, name);
    return line ? strtoull(line + strlen(name), NULL, 10) : 0;
}

static bool memory_of(pid_t pid, struct io_marked *out)
{
    char text[4096];

    if (read_of(pid, "status", text, sizeof text) == 0)
        return false;
    out->pid = pid;
    out->resident_kib = kib_of(text, "\nVmRSS:");
    out->peak_kib = kib_of(text, "\nVmHWM:");
    return true;
}

/* What it shares with nobody: a server that forks for each connection copies only in name. */
static uint64_t private_kib(pid_t pid)
{
    char text[4096];

    if (read_of(pid, "smaps_rollup", text, sizeof text) == 0)
        return 0;
    return kib_of(text, "\nPrivate_Clean:") + kib_of(text, "\nPrivate_Dirty:");
}

/* ---- the whole tree ---- */

static bool sum_tree(const struct tree *tree, struct io_usage *out)
{
    struct io_usage sum = { 0 };

    for (size_t i = 0; i < tree->count; i++)
        if (!add_own(tree->pid[i], &sum) && i == 0)
            return false;
    *out = sum;
    return true;
}

bool usage_of(pid_t pid, struct io_usage *out)
{
    struct tree tree;

    find_tree(pid, &tree);
    return sum_tree(&tree, out);
}

static bool is_busy_thread(pid_t pid, const char *thread)
{
    char path[320], text[1024];

    snprintf(path, sizeof path, "/proc/%ld/task/%s/stat", (long)pid, thread);
    const char *at = read_small(path, text, sizeof text) > 0 ? strrchr(text, ')') : NULL;
    return at && (at[2] == 'R' || at[2] == 'D');
}

static bool is_busy(pid_t pid)
{
    char path[64];
    bool busy = false;

    snprintf(path, sizeof path, "/proc/%ld/task", (long)pid);
    DIR *dir = opendir(path);
    for (struct dirent *e; dir && !busy && (e = readdir(dir));)
        busy = e->d_name[0] != '.' && is_busy_thread(pid, e->d_name);
    if (dir)
        closedir(dir);
    return busy;
}

static void begin_peak(pid_t pid)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%ld/clear_refs", (long)pid);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)!write(fd, "5", 1);
    close(fd);
}

bool usage_mark(pid_t pid, struct io_mark *out)
{
    struct io_usage now;
    struct tree tree;

    *out = (struct io_mark){ 0 };
    find_tree(pid, &tree);
    if (!sum_tree(&tree, &now))
        return false;
    out->cpu_ms = now.cpu_ms;
    for (size_t i = 0; i < tree.count && out->count < IO_MARK_MAX; i++) {
        begin_peak(tree.pid[i]);
        out->count += memory_of(tree.pid[i], &out->of[out->count]);
    }
    return true;
}

static const struct io_marked *marked_as(const struct io_mark *mark, pid_t pid)
{
    for (size_t i = 0; i < mark->count; i++)
        if (mark->of[i].pid == pid)
            return &mark->of[i];
    return NULL;
}

static uint64_t grown_kib(const struct io_mark *mark, pid_t pid)
{
    const struct io_marked *then = marked_as(mark, pid);
    struct io_marked now;

    if (!then)
        return mark->count < IO_MARK_MAX ? private_kib(pid) : 0;
    if (!memory_of(pid, &now))
        return 0;
    uint64_t highest = now.peak_kib > then->peak_kib ? now.peak_kib : now.resident_kib;
    return highest > then->resident_kib ? highest - then->resident_kib : 0;
}

bool usage_since(pid_t pid, const struct io_mark *mark, struct io_growth *out)
{
    struct io_usage now;
    struct tree tree;

    *out = (struct io_growth){ 0 };
    find_tree(pid, &tree);
    if (!sum_tree(&tree, &now))
        return false;
    out->cpu_ms = now.cpu_ms > mark->cpu_ms ? now.cpu_ms - mark->cpu_ms : 0;
    for (size_t i = 0; i < tree.count; i++) {
        out->memory_kib += grown_kib(mark, tree.pid[i]);
        out->busy |= is_busy(tree.pid[i]);
    }
    return true;
}

/* The kernel's flag for a task that is past the point of no return: PF_EXITING. */
#define TASK_EXITING 0x4u

bool usage_is_ending(pid_t pid)
{
    char text[1024];
    char *at = read_of(pid, "stat", text, sizeof text) > 0 ? strrchr(text, ')') : NULL;

    for (int field = FIELD_STATE; at && field <= FIELD_FLAGS; field++)
        at = strchr(at + 1, ' ');
    return !at || (strtoul(at, NULL, 10) & TASK_EXITING);
}
