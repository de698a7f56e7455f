#include "cli/report/book.h"

#include <stdio.h>

#include "cli/output/progress.h"
#include "io/file.h"
#include "report/json.h"

bool book_add(struct book *b, const char *what, struct arena *a, struct err *err)
{
    return runs_add(&b->runs, what, a, err);
}

static bool keep_counts(struct book *b, const struct run_report *r, struct arena *a,
                        struct err *err)
{
    struct report_past *past;

    if (!arena_grow(a, (void **)&b->past, &b->past_cap, b->n_past + 1, sizeof *b->past))
        return err_memory(err, "the history");
    past = &b->past[b->n_past++];
    *past = (struct report_past){ .target = r->target,
                                  .version = r->version,
                                  .started_s = r->started_s };
    run_report_count(r, &past->counts);
    return true;
}

bool book_add_past(struct book *b, const char *what, struct arena *a, struct err *err)
{
    struct runs earlier = { 0 };
    bool ok = runs_add(&earlier, what, a, err) && runs_close(&earlier, a, err);

    for (size_t i = 0; ok && i < earlier.count; i++)
        ok = keep_counts(b, &earlier.list[i], a, err);
    runs_free(&earlier);
    return ok;
}

bool book_close(struct book *b, struct arena *a, struct err *err)
{
    return runs_close(&b->runs, a, err);
}

bool book_write(const struct book *b, const char *dir, const struct requirements *requirements,
                struct arena *a, struct err *err)
{
    const struct report_book book = { b->runs.list, b->runs.count, b->past, b->n_past };
    const char *path = arena_print(a, "%s/index.html", dir);
    struct buf text;
    bool ok;

    buf_init(&text, REPORT_FILE_MAX);
    ok = path && report_html_book(&book, requirements, &text);
    if (!ok)
        err_memory(err, "the page");
    ok = ok && io_dir_make(dir, err) && io_file_write(path, buf_bytes(&text), err);
    buf_free(&text);
    return ok;
}

void book_print(const struct book *b)
{
    for (size_t i = 0; i < b->runs.count; i++) {
        struct run_counts counts;
        run_report_count(&b->runs.list[i], &counts);
        for (size_t k = 0; k < VERDICT_KINDS; k++)
            printf("%6zu %s", counts.by_kind[k], verdict_name((enum verdict_kind)k));
        printf("  ");
        progress_name(stdout, b->runs.list[i].target);
        printf("\n");
    }
}

void book_free(struct book *b)
{
    runs_free(&b->runs);
    *b = (struct book){ 0 };
}
