#include "cli/output/outputs.h"

#include <stdio.h>

#include "io/file.h"
#include "report/json.h"
#include "report/sarif.h"
#include "report/writers.h"

static const char *in_dir(const struct outputs *o, struct arena *a, const char *name)
{
    return arena_print(a, "%s/%s", o->dir, name);
}

bool outputs_read(const char *path, struct arena *a, struct run_report *out, struct err *err)
{
    struct buf text;
    bool ok;

    buf_init(&text, REPORT_FILE_MAX);
    ok = io_file_read(path, REPORT_FILE_MAX, &text, err);
    if (!ok && err->code == ERR_SYSTEM)
        err->code = ERR_USAGE; /* the name was wrong, not the machine */
    if (ok && !report_read(a, buf_bytes(&text), out, err)) {
        snprintf(err->file, sizeof err->file, "%s", path);
        ok = false;
    }
    buf_free(&text);
    return ok;
}

bool outputs_begin(const struct outputs *o, const struct run_report *r, bool resume,
                   struct arena *a, struct err *err)
{
    struct buf line;
    const char *path;
    bool ok;

    if (!o->dir)
        return true;
    if (!io_dir_make(o->dir, err))
        return false;
    path = in_dir(o, a, "results.jsonl");
    if (resume && path && io_file_exists(path))
        return true;
    buf_init(&line, REPORT_FILE_MAX);
    ok = path && report_journal_run(r, &line) ? io_file_write(path, buf_bytes(&line), err)
                                              : err_memory(err, "the journal");
    buf_free(&line);
    return ok;
}

bool outputs_result(const struct outputs *o, const struct result *result, struct arena *a,
                    struct err *err)
{
    struct buf line;
    const char *path;
    bool ok;

    if (!o->dir)
        return true;
    path = in_dir(o, a, "results.jsonl");
    buf_init(&line, REPORT_FILE_MAX);
    ok = path && report_journal_result(result, &line) ? io_file_append(path, buf_bytes(&line), err)
                                                      : err_memory(err, "the journal");
    buf_free(&line);
    return ok;
}

static bool put(const char *path, bool made, struct buf *text, struct err *err)
{
    bool ok = made && path ? io_file_write(path, buf_bytes(text), err)
                           : err_memory(err, path ? path : "a report");
    buf_clear(text);
    return ok;
}

static bool write_dir(const struct outputs *o, const struct run_report *r,
                      const struct requirements *requirements, struct arena *a, struct buf *text,
                      struct err *err)
{
    const char *journal = in_dir(o, a, "results.jsonl");

    if (!io_dir_make(o->dir, err) ||
        !put(in_dir(o, a, "results.json"), report_json(r, text), text, err) ||
        !put(in_dir(o, a, "junit.xml"), report_junit(r, text), text, err) ||
        !put(in_dir(o, a, "index.html"), report_html(r, requirements, text), text, err))
        return false;
    if (journal && !r->unfinished)
        io_file_remove(journal);
    return true;
}

bool outputs_end(const struct outputs *o, const struct run_report *r,
                 const struct requirements *requirements, struct arena *a, struct err *err)
{
    struct buf text;
    bool ok;

    buf_init(&text, REPORT_FILE_MAX);
    ok = (!o->dir || write_dir(o, r, requirements, a, &text, err)) &&
         (!o->json || put(o->json, report_json(r, &text), &text, err)) &&
         (!o->junit || put(o->junit, report_junit(r, &text), &text, err));
    ok = ok && (!o->markdown || put(o->markdown, report_markdown(r, &text), &text, err)) &&
         (!o->badge || put(o->badge, report_badge(r, &text), &text, err)) &&
         (!o->sarif || put(o->sarif, report_sarif(r, o->fail_on, requirements, &text), &text, err));
    if (ok && o->tap) {
        ok = report_tap(r, &text) || err_memory(err, "TAP");
        if (ok)
            fwrite(text.ptr, 1, text.len, stdout);
    }
    buf_free(&text);
    return ok;
}
