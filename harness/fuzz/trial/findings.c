#include "fuzz/trial/findings.h"

#include <stdio.h>
#include <string.h>

#include "io/file.h"

/* One signature may stand for several faults, and some of its sessions convict where others do
 * not; but most of the time must not go to what only looks odd. After so many trials that cleared
 * it, the next one comes when it was seen twice as often. */
#define TRIALS_AT_ONCE 8
#define TRY_NAME ".can-write"
#define ENDING ".case"

static bool path_of(const struct findings *f, const char *folder, const char *name,
                    char path[FINDINGS_PATH])
{
    int n =
        snprintf(path, FINDINGS_PATH, "%s%s%s/%s.case", f->dir, *folder ? "/" : "", folder, name);

    return n > 0 && n < FINDINGS_PATH;
}

/* NULL: no memory. */
static struct findings_row *row_of(struct findings *f, const char *signature)
{
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->rows[i].signature, signature) == 0)
            return &f->rows[i];
    if (!arena_grow(&f->arena, (void **)&f->rows, &f->cap, f->count + 1, sizeof *f->rows))
        return NULL;
    struct findings_row *row = &f->rows[f->count++];
    *row = (struct findings_row){ .trials = 0 };
    snprintf(row->signature, sizeof row->signature, "%s", signature);
    return row;
}

static bool can_write(struct findings *f, struct err *err)
{
    const char *path = arena_print(&f->arena, "%s/" TRY_NAME, f->dir);

    if (!path)
        return err_memory(err, "the findings");
    if (!io_dir_make(f->dir, err) || !io_file_append(path, bytes_str(""), err))
        return false;
    io_file_remove(path);
    return true;
}

/* The rows of files that are there already. */
static bool read_old(struct findings *f, struct err *err)
{
    struct buf names;
    bool ok = true;

    buf_init(&names, 1 << 20);
    if (!io_dir_names(f->dir, &names, err)) {
        buf_free(&names);
        return false;
    }
    for (size_t at = 0, len; ok && at < names.len; at += len + 1) {
        const char *name = (const char *)names.ptr + at;
        size_t ending = strlen(ENDING);
        len = strlen(name);
        if (len <= ending || strcmp(name + len - ending, ENDING) != 0)
            continue;
        char *signature = arena_str(&f->arena, bytes_of(name, len - ending));
        struct findings_row *row = signature ? row_of(f, signature) : NULL;
        ok = row || err_memory(err, "the findings");
        if (row)
            row->old = true;
    }
    buf_free(&names);
    return ok;
}

bool findings_open(struct findings *f, const char *dir, struct err *err)
{
    memset(f, 0, sizeof *f);
    f->dir = dir;
    return can_write(f, err) && read_old(f, err);
}

void findings_free(struct findings *f)
{
    arena_free(&f->arena);
    memset(f, 0, sizeof *f);
}

bool findings_there(struct findings *f, const char *signature)
{
    char path[FINDINGS_PATH];

    return path_of(f, "", signature, path) && io_file_exists(path);
}

enum findings_advice findings_advice(struct findings *f, const char *signature)
{
    struct findings_row *row = row_of(f, signature);

    if (!row)
        return FINDINGS_TIRED;
    row->known |= !row->old && findings_there(f, signature);
    if (row->known)
        return FINDINGS_KNOWN;
    row->seen++;
    if (row->trials == 0)
        return FINDINGS_TRY;
    return row->trials < TRIALS_AT_ONCE || row->seen >= row->next ? FINDINGS_RETRY : FINDINGS_TIRED;
}

static bool write_case(struct findings *f, const struct convict *c, const char *folder,
                       enum findings_stored *stored, char path[FINDINGS_PATH], struct err *err)
{
    bool there;

    if (!path_of(f, folder, c->name, path))
        return err_set(err, ERR_SYSTEM, "cannot write in %s: the name is too long", f->dir);
    if (!io_file_create(path, buf_bytes(&c->text), &there, err))
        return false;
    *stored = there ? FINDINGS_AGAIN : FINDINGS_NEW;
    return true;
}

static bool write_unconfirmed(struct findings *f, const struct convict *c,
                              enum findings_stored *stored, char path[FINDINGS_PATH],
                              struct err *err)
{
    const char *folder = arena_print(&f->arena, "%s/" FINDINGS_UNCONFIRMED, f->dir);

    if (!folder)
        return err_memory(err, "the findings");
    return io_dir_make(folder, err) && write_case(f, c, FINDINGS_UNCONFIRMED, stored, path, err);
}

/* What was seen once is seen again: it is confirmed now. */
static bool write_confirmed(struct findings *f, const struct convict *c,
                            enum findings_stored *stored, char path[FINDINGS_PATH], struct err *err)
{
    if (path_of(f, FINDINGS_UNCONFIRMED, c->name, path))
        io_file_remove(path);
    return write_case(f, c, "", stored, path, err);
}

/* Where in a name its row of the law begins: "wrong-acceptance.rfc6455-5.2-3". NULL: it has none.
 */
static const char *law_in(const char *name)
{
    const char *dot = strchr(name, '.');

    return dot && strncmp(dot + 1, "rfc", 3) == 0 ? dot + 1 : NULL;
}

/* One that breaks the same row, by another name; NULL: none in this run. */
static const struct findings_row *twin_of(const struct findings *f, const char *name)
{
    const char *law = law_in(name);

    for (size_t i = 0; law && i < f->count; i++) {
        const char *other = law_in(f->rows[i].signature);
        if (f->rows[i].known && other && strcmp(other, law) == 0)
            return &f->rows[i];
    }
    return NULL;
}

/* A suspicion that came to another fault than its own is tried again, but not without end. */
static bool store_guilty(struct findings *f, const struct convict *c, struct findings_row *row,
                         enum findings_stored *stored, char path[FINDINGS_PATH], struct err *err)
{
    const struct findings_row *twin = twin_of(f, c->name);
    bool renamed = strcmp(c->name, row->signature) != 0;

    row->known |= !renamed;
    row->trials += renamed;
    if (twin)
        return path_of(f, "", twin->signature, path) || err_set(err, ERR_SYSTEM, "a long name");
    row = row_of(f, c->name);
    if (!row)
        return err_memory(err, "the findings");
    row->known = true;
    return write_confirmed(f, c, stored, path, err);
}

bool findings_store(struct findings *f, const struct convict *c, enum findings_stored *stored,
                    char path[FINDINGS_PATH], struct err *err)
{
    struct findings_row *row = row_of(f, c->suspicion.signature);

    *stored = FINDINGS_AGAIN;
    path[0] = '\0';
    if (!row)
        return err_memory(err, "the findings");
    row->next = row->seen * 2;
    switch (c->result) {
    case CONVICT_GUILTY: return store_guilty(f, c, row, stored, path, err);
    case CONVICT_NOT_AGAIN: row->trials++; return write_unconfirmed(f, c, stored, path, err);
    case CONVICT_CLEARED:
    case CONVICT_FAILED: row->trials++; break;
    }
    return true;
}
