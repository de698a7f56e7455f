#define _POSIX_C_SOURCE 200809L /* mkdtemp */
#include "io/file.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"

/* Deeper than any tree of cases; ends a loop that bind mounts may make. */
#define DIR_DEPTH_MAX 16
/* All paths together: a hundred thousand of them. */
#define DIR_BYTES_MAX (16u << 20)

static bool cannot(struct err *err, const char *verb, const char *path)
{
    return err_set(err, ERR_SYSTEM, "cannot %s %s: %s", verb, path, strerror(errno));
}

static bool is_dir(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool make_one(const char *path)
{
    return mkdir(path, 0777) == 0 || (errno == EEXIST && is_dir(path));
}

bool io_dir_make(const char *path, struct err *err)
{
    char part[PATH_MAX];
    size_t len = strlen(path);

    if (len >= sizeof part)
        return err_set(err, ERR_SYSTEM, "cannot make %s: the name is too long", path);
    for (size_t i = 1; i <= len; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (!make_one(part))
            return cannot(err, "make", part);
    }
    return true;
}

/* A TMPDIR is passed over that is too long for a socket in it, or that a command could not name
 * without quotes. */
bool io_dir_private(char out[IO_DIR_PRIVATE_MAX], struct err *err)
{
    static const char name[] = "/wsproof-XXXXXX";
    const char *parent = getenv("TMPDIR");

    if (!parent || parent[0] != '/' || strpbrk(parent, " \t\n'\"\\") ||
        strlen(parent) + sizeof name > IO_DIR_PRIVATE_MAX)
        parent = "/tmp";
    snprintf(out, IO_DIR_PRIVATE_MAX, "%s%s", parent, name);
    return mkdtemp(out) != NULL || cannot(err, "make", out);
}

void io_dir_remove(const char *path)
{
    char file[PATH_MAX];
    DIR *dir = opendir(path);
    struct dirent *entry;

    while (dir && (entry = readdir(dir))) {
        int n = snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        if (n > 0 && (size_t)n < sizeof file)
            (void)unlink(file); /* which leaves folders, "." too, alone */
    }
    if (dir)
        closedir(dir);
    (void)rmdir(path);
}

/* A walk over a tree: the same for every folder but `at`, its path below the root. */
struct walk {
    const char *root, *suffix;
    struct buf *found;
    size_t count;
    struct err *err;
};

static bool ends_in(const char *name, const char *suffix)
{
    size_t n = strlen(name), s = strlen(suffix);

    return n >= s && strcmp(name + n - s, suffix) == 0;
}

static bool visit_dir(struct walk *w, const char *at, unsigned depth);

static bool visit(struct walk *w, const char *at, const char *name, unsigned depth)
{
    char below[PATH_MAX], full[2 * PATH_MAX];
    struct stat st;

    int n = snprintf(below, sizeof below, "%s%s%s", at, at[0] ? "/" : "", name);
    if (n < 0 || (size_t)n >= sizeof below)
        return err_set(w->err, ERR_SYSTEM, "%s/%s: the name is too long", w->root, at);
    snprintf(full, sizeof full, "%s/%s", w->root, below);
    /* A link to a folder is not followed: it may lead back up. */
    if (lstat(full, &st) == 0 && S_ISDIR(st.st_mode))
        return depth == DIR_DEPTH_MAX || visit_dir(w, below, depth + 1);
    if (!ends_in(name, w->suffix) || is_dir(full))
        return true;
    w->count++;
    return buf_append(w->found, bytes_of(below, (size_t)n + 1)) || err_memory(w->err, w->root);
}

static bool visit_dir(struct walk *w, const char *at, unsigned depth)
{
    char full[2 * PATH_MAX];
    bool ok = true;

    snprintf(full, sizeof full, "%s%s%s", w->root, at[0] ? "/" : "", at);
    DIR *dir = opendir(full);
    if (!dir)
        return cannot(w->err, "open", full);
    for (struct dirent *e; ok && (e = readdir(dir));) {
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            ok = visit(w, at, e->d_name, depth);
    }
    closedir(dir);
    return ok;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Appends `count` NUL-ended names to `out` in order. */
static bool sorted(struct buf *names, size_t count, struct buf *out)
{
    struct arena arena = { 0 };
    bool ok = false;

    char **list = arena_array(&arena, count + 1, sizeof *list);
    if (!list)
        goto done;
    char *at = (char *)names->ptr;
    for (size_t i = 0; i < count; i++, at += strlen(at) + 1)
        list[i] = at;
    qsort(list, count, sizeof *list, by_name);
    for (size_t i = 0; i < count; i++) {
        if (!buf_append(out, bytes_of(list[i], strlen(list[i]) + 1)))
            goto done;
    }
    ok = true;
done:
    arena_free(&arena);
    return ok;
}

bool io_dir_list(const char *dir, const char *suffix, struct buf *out, struct err *err)
{
    struct buf found;
    struct walk walk = { .root = dir, .suffix = suffix, .found = &found, .err = err };

    buf_init(&found, DIR_BYTES_MAX);
    buf_clear(out);
    if (out->max < DIR_BYTES_MAX)
        out->max = DIR_BYTES_MAX;
    bool ok = visit_dir(&walk, "", 0);
    if (ok && !sorted(&found, walk.count, out))
        ok = err_memory(err, dir);
    buf_free(&found);
    return ok;
}

enum io_file_kind io_file_kind(const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return IO_FILE_NONE;
    return S_ISDIR(st.st_mode) ? IO_FILE_DIR : S_ISREG(st.st_mode) ? IO_FILE_PLAIN : IO_FILE_OTHER;
}

bool io_file_below(const char *root, const char *path)
{
    char top[PATH_MAX], real[PATH_MAX];

    if (!realpath(root, top) || !realpath(path, real))
        return false;
    size_t len = strcmp(top, "/") == 0 ? 0 : strlen(top);
    return strncmp(top, real, len) == 0 && (real[len] == '/' || real[len] == '\0');
}

static bool add_name(const char *dir, const char *name, struct buf *names, struct err *err)
{
    char full[PATH_MAX + NAME_MAX + 2];

    snprintf(full, sizeof full, "%s/%s", dir, name);
    return (buf_print(names, "%s%s", name, is_dir(full) ? "/" : "") && buf_push(names, 0)) ||
           err_memory(err, dir);
}

bool io_dir_names(const char *path, struct buf *out, struct err *err)
{
    struct buf names;
    size_t count = 0;
    bool ok = true;
    DIR *dir = opendir(path);

    if (!dir)
        return cannot(err, "open", path);
    buf_init(&names, DIR_BYTES_MAX);
    buf_clear(out);
    for (struct dirent *e; ok && (e = readdir(dir));) {
        if (e->d_name[0] == '.')
            continue;
        ok = add_name(path, e->d_name, &names, err);
        count++;
    }
    closedir(dir);
    if (ok && !sorted(&names, count, out))
        ok = err_memory(err, path);
    buf_free(&names);
    return ok;
}
