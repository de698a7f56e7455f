#include "cli/session/source.h"

#include <stdio.h>
#include <string.h>

#include "io/file.h"
#include "script/embedded_cases.h"

#define DIR_FILES_MAX (64u << 20)
#define CASE_ENDING ".case"

static size_t count_names(const struct buf *names)
{
    size_t n = 0;

    for (size_t i = 0; i < names->len; i++)
        n += names->ptr[i] == '\0';
    return n;
}

static bool read_into(struct arena *a, const char *path, const char *name, struct embedded *out,
                      struct err *err)
{
    struct buf text;
    bool ok;

    if (!path)
        return err_memory(err, "a file name");
    buf_init(&text, DIR_FILES_MAX);
    ok = io_file_read(path, DIR_FILES_MAX, &text, err);
    if (ok) {
        struct bytes copy = arena_copy(a, buf_bytes(&text));
        *out = (struct embedded){ arena_str(a, bytes_str(name)), copy.ptr, copy.len };
        ok = (copy.ptr && out->path) || err_memory(err, "a case file");
    }
    buf_free(&text);
    return ok;
}

/* All of a folder as the table that an embedded suite is. */
static bool read_dir(struct source *s, const char *dir, struct err *err)
{
    struct buf names;
    struct embedded *files = NULL;
    bool ok;

    buf_init(&names, DIR_FILES_MAX);
    ok = io_dir_list(dir, "", &names, err);
    if (ok) {
        files = arena_array(&s->arena, count_names(&names) + 1, sizeof *files);
        ok = files || err_memory(err, "the case files");
    }
    const char *name = (const char *)names.ptr;
    for (size_t i = 0; ok && name < (const char *)names.ptr + names.len;
         i++, name += strlen(name) + 1)
        ok = read_into(&s->arena, arena_print(&s->arena, "%s/%s", dir, name), name, &files[i], err);
    s->files = files;
    buf_free(&names);
    return ok;
}

/* One case file as such a table: its ids begin with the name of the file. */
static bool read_one(struct source *s, const char *path, struct err *err)
{
    const char *slash = strrchr(path, '/');
    struct embedded *files = arena_array(&s->arena, 2, sizeof *files);

    s->files = files;
    return files ? read_into(&s->arena, path, slash ? slash + 1 : path, files, err)
                 : err_memory(err, "the case file");
}

static void show_fault(const struct suite_fault *fault)
{
    struct buf text;

    buf_init(&text, 1 << 20);
    for (size_t i = 0; i < fault->diags.count && i < SCRIPT_ERRORS_MAX; i++)
        if (!script_diag_print(fault->path, fault->text, &fault->diags.list[i], &text))
            break;
    fprintf(stderr, "%.*s", BYTES_ARG(buf_bytes(&text)));
    buf_free(&text);
}

static const struct embedded *file_named(const struct embedded *files, const char *name)
{
    for (; files->path; files++)
        if (strcmp(files->path, name) == 0)
            return files;
    return NULL;
}

/* A folder without a catalogue of its own uses the one that we know. */
struct bytes source_catalogue(const struct source *s)
{
    const struct embedded *table = file_named(s->files, "requirements.tsv");

    if (!table)
        table = file_named(embedded_cases, "requirements.tsv");
    return table ? bytes_of(table->ptr, table->len) : (struct bytes){ 0 };
}

static bool load_requirements(struct source *s, struct err *err)
{
    struct bytes table = source_catalogue(s);

    if (table.len == 0)
        return err_set(err, ERR_INTERNAL, "the suite holds no requirements.tsv");
    return requirements_parse(&s->arena, table, &s->requirements, err);
}

bool source_is_case_file(const char *path)
{
    size_t len = strlen(path), ending = strlen(CASE_ENDING);

    return len > ending && strcmp(path + len - ending, CASE_ENDING) == 0;
}

bool source_files(struct source *s, const char *from, struct err *err)
{
    memset(s, 0, sizeof *s);
    s->files = embedded_cases;
    if (!from || (source_is_case_file(from) ? read_one(s, from, err) : read_dir(s, from, err)))
        return true;
    if (err->code == ERR_SYSTEM)
        err->code = ERR_USAGE; /* the name was wrong, not the machine */
    return false;
}

bool source_load(struct source *s, const char *from, struct err *err)
{
    struct suite_fault fault = { 0 };

    if (!source_files(s, from, err))
        return false;
    if (!suite_load(&s->suite, s->files, &fault)) {
        show_fault(&fault);
        return err_set(err, ERR_SYNTAX, "the cases have mistakes%s%s", fault.path ? ": " : "",
                       fault.path ? fault.path : "");
    }
    return load_requirements(s, err);
}

void source_free(struct source *s)
{
    suite_free(&s->suite);
    arena_free(&s->arena);
}
