#include "cli/report/runs.h"

#include <stdlib.h>
#include <string.h>

#include "cli/output/outputs.h"
#include "cli/session/session.h"
#include "io/file.h"
#include "report/merge.h"

/* NULL: no name is given. A name holds no slash, so that a path with a sign of equality stays one.
 */
static const char *split_name(const char **what, struct arena *a)
{
    size_t len = strcspn(*what, "=/");
    const char *name;

    if (len == 0 || (*what)[len] != '=')
        return NULL;
    name = arena_str(a, bytes_of(*what, len));
    *what += len + 1;
    return name;
}

static void free_results(struct run_report *r)
{
    for (size_t i = 0; i < r->n_results; i++)
        result_free(&r->results[i]);
    r->n_results = 0;
}

static struct run_report *run_of(struct runs *r, const struct run_report *one)
{
    for (size_t i = 0; i < r->count; i++)
        if (strcmp(r->list[i].target, one->target) == 0 && strcmp(r->list[i].role, one->role) == 0)
            return &r->list[i];
    return NULL;
}

/* What `one` says, but for its results. NULL: no memory. */
static struct run_report *new_run(struct runs *r, const struct run_report *one, struct arena *a)
{
    if (!arena_grow(a, (void **)&r->list, &r->cap, r->count + 1, sizeof *r->list) ||
        !arena_grow(a, (void **)&r->room, &r->room_cap, r->count + 1, sizeof *r->room))
        return NULL;
    r->room[r->count] = 0;
    r->list[r->count] = *one;
    r->list[r->count].results = NULL;
    r->list[r->count].n_results = 0;
    return &r->list[r->count++];
}

static bool take_results(struct runs *r, struct run_report *run, const struct run_report *one,
                         struct arena *a)
{
    if (!arena_grow(a, (void **)&run->results, &r->room[run - r->list],
                    run->n_results + one->n_results, sizeof *run->results))
        return false;
    if (one->n_results > 0)
        memcpy(run->results + run->n_results, one->results, one->n_results * sizeof *one->results);
    run->n_results += one->n_results;
    return true;
}

static bool take(struct runs *r, const char *path, struct run_report *one, struct arena *a,
                 struct err *err)
{
    struct run_report *run = run_of(r, one);

    if (run && !report_merge(run, one, path, a, err))
        return false;
    if (!run)
        run = new_run(r, one, a);
    return (run && take_results(r, run, one, a)) || err_memory(err, "the results");
}

static bool add_file(struct runs *r, const char *path, const char *name, struct arena *a,
                     struct err *err)
{
    struct run_report one;

    if (!outputs_read(path, a, &one, err))
        return false;
    if (name)
        one.target = name;
    if (take(r, path, &one, a, err))
        return true;
    free_results(&one);
    return false;
}

/* Only whole names: "my-results.json" is something else. */
static bool is_results(const char *path)
{
    const char *slash = strrchr(path, '/');

    return strcmp(slash ? slash + 1 : path, "results.json") == 0;
}

static bool add_found(struct runs *r, const char *dir, struct bytes paths, const char *name,
                      struct arena *a, struct err *err)
{
    size_t count = 0;

    while (paths.len > 0) {
        size_t len = bytes_index(paths, 0, '\0');
        const char *path = arena_print(a, "%s/%.*s", dir, BYTES_ARG(bytes_take(paths, len)));
        paths = bytes_skip(paths, len + 1);
        if (!path)
            return err_memory(err, "a path");
        if (!is_results(path))
            continue;
        if (!add_file(r, path, name, a, err))
            return false;
        count++;
    }
    return count > 0 || err_set(err, ERR_USAGE, "there is no results.json in %s", dir);
}

static bool add_folder(struct runs *r, const char *dir, const char *name, struct arena *a,
                       struct err *err)
{
    struct buf paths;
    bool ok;

    buf_init(&paths, 1 << 20);
    ok = io_dir_list(dir, "results.json", &paths, err) &&
         add_found(r, dir, buf_bytes(&paths), name, a, err);
    buf_free(&paths);
    return ok;
}

bool runs_add(struct runs *r, const char *what, struct arena *a, struct err *err)
{
    const char *name = split_name(&what, a);

    return io_file_kind(what) == IO_FILE_DIR ? add_folder(r, what, name, a, err)
                                             : add_file(r, what, name, a, err);
}

bool runs_close(struct runs *r, struct arena *a, struct err *err)
{
    for (size_t i = 0; i < r->count; i++) {
        struct run_report *run = &r->list[i];
        if (run->n_results > 0)
            qsort(run->results, run->n_results, sizeof *run->results, session_order);
        if (!report_merge_close(run, a, err))
            return false;
    }
    return true;
}

void runs_free(struct runs *r)
{
    for (size_t i = 0; i < r->count; i++)
        free_results(&r->list[i]);
    *r = (struct runs){ 0 };
}
