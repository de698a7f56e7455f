#include "script/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_case_file(const char *path)
{
    static const char ending[] = ".case";
    size_t len = strlen(path), n = strlen(ending);

    return len > n && strcmp(path + len - n, ending) == 0;
}

static int by_path(const void *a, const void *b)
{
    const struct embedded *const *x = a, *const *y = b;
    return strcmp((*x)->path, (*y)->path);
}

static int by_id(const void *a, const void *b)
{
    const struct script_case *const *x = a, *const *y = b;
    return strcmp((*x)->id, (*y)->id);
}

static bool fault_memory(struct suite_fault *fault)
{
    fault->diags = (struct diagnostics){ .count = 1 };
    fault->diags.list[0] = (struct diagnostic){ 1, 1, 1, "out of memory" };
    return false;
}

/* The case files of the table, sorted. */
static const struct embedded **list_files(struct suite *s, const struct embedded *files)
{
    size_t count = 0;

    for (const struct embedded *f = files; f->path; f++)
        count += is_case_file(f->path);
    const struct embedded **list = arena_array(&s->arena, count, sizeof(const struct embedded *));
    s->files = arena_array(&s->arena, count, sizeof *s->files);
    if (!list || !s->files)
        return NULL;
    s->n_files = 0;
    for (const struct embedded *f = files; f->path; f++)
        if (is_case_file(f->path))
            list[s->n_files++] = f;
    if (count > 0)
        qsort(list, count, sizeof(const struct embedded *), by_path);
    return list;
}

/* One list of all cases, and one to find them by. */
static bool list_cases(struct suite *s)
{
    size_t total = 0;

    for (size_t i = 0; i < s->n_files; i++)
        total += s->files[i].n_cases;
    s->cases = arena_array(&s->arena, total, sizeof(struct script_case *));
    s->by_id = arena_array(&s->arena, total, sizeof(struct script_case *));
    if (!s->cases || !s->by_id)
        return false;
    for (size_t i = 0; i < s->n_files; i++)
        for (size_t k = 0; k < s->files[i].n_cases; k++)
            s->cases[s->n_cases++] = &s->files[i].cases[k];
    if (total > 0) {
        memcpy(s->by_id, s->cases, total * sizeof(struct script_case *));
        qsort(s->by_id, total, sizeof(struct script_case *), by_id);
    }
    return true;
}

/* Within a file the parser has seen to it; two files of one path are left. */
static bool check_ids(const struct suite *s, struct suite_fault *fault)
{
    for (size_t i = 1; i < s->n_cases; i++) {
        const struct script_case *a = s->by_id[i - 1], *b = s->by_id[i];
        if (strcmp(a->id, b->id) != 0)
            continue;
        struct diagnostic *d = &fault->diags.list[0];
        *d = (struct diagnostic){ .line = b->line, .col = 1, .len = 1 };
        snprintf(d->text, sizeof d->text, "the id \"%s\" is taken in %s, line %u", b->id, a->path,
                 a->line);
        fault->diags.count = 1;
        fault->path = b->path;
        fault->text = (struct bytes){ 0 };
        return false;
    }
    return true;
}

bool suite_load(struct suite *s, const struct embedded *files, struct suite_fault *fault)
{
    *s = (struct suite){ 0 };
    *fault = (struct suite_fault){ .path = "cases" };
    const struct embedded **list = list_files(s, files);
    if (!list)
        return fault_memory(fault);
    for (size_t i = 0; i < s->n_files; i++) {
        fault->path = list[i]->path;
        fault->text = bytes_of(list[i]->ptr, list[i]->len);
        if (!script_parse(&s->arena, fault->path, fault->text, files, &s->files[i], &fault->diags))
            return false;
    }
    return list_cases(s) ? check_ids(s, fault) : fault_memory(fault);
}

void suite_free(struct suite *s)
{
    arena_free(&s->arena);
    *s = (struct suite){ 0 };
}

const struct script_case *suite_case(const struct suite *s, const char *id)
{
    struct script_case wanted = { .id = id };
    const struct script_case *key = &wanted;

    if (s->n_cases == 0)
        return NULL;
    const struct script_case **hit =
        bsearch(&key, s->by_id, s->n_cases, sizeof(struct script_case *), by_id);
    return hit ? *hit : NULL;
}
