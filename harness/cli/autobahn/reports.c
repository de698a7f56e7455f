#include "cli/autobahn/reports.h"

#include <stdio.h>
#include <string.h>

#include "cli/options/exit_code.h"
#include "cli/output/progress.h"
#include "io/file.h"
#include "report/json.h"

#define NAME_MAX_BYTES 4096
#define CLEAN_MARK "_case_0.x"

/* The writer of file names knows best: what stands before "_case_". */
const char *autobahn_reports_clean(const char *agent, struct arena *a)
{
    const char *clean = NULL;
    struct buf name;

    buf_init(&name, NAME_MAX_BYTES);
    if (autobahn_file_name(agent, "0", "x", &name))
        clean = arena_str(a, bytes_take(buf_bytes(&name), name.len - (sizeof CLEAN_MARK - 1)));
    buf_free(&name);
    return clean;
}

static bool is_taken(struct autobahn_reports *r, const char *agent)
{
    const char *clean = autobahn_reports_clean(agent, &r->arena);

    for (size_t i = 0; clean && i < r->count; i++) {
        const char *other = autobahn_reports_clean(r->agents[i].agent, &r->arena);
        if (other && strcmp(clean, other) == 0)
            return true;
    }
    return false;
}

bool autobahn_reports_add(struct autobahn_reports *r, const char *agent,
                          const struct run_report *report, struct err *err)
{
    const char *name = arena_str(&r->arena, bytes_str(agent));

    if (r->count == AUTOBAHN_AGENTS_MAX)
        return err_set(err, ERR_MEMORY, "more than %d agents", AUTOBAHN_AGENTS_MAX);
    for (unsigned n = 2; name && is_taken(r, name); n++)
        name = arena_print(&r->arena, "%s (%u)", agent, n);
    if (!name)
        return err_memory(err, "an agent's name");
    if (strcmp(name, agent) != 0) {
        fprintf(stderr, "warning: two agents would share their files: the later is \"");
        progress_name(stderr, name);
        fprintf(stderr, "\"\n");
    }
    r->agents[r->count++] = (struct autobahn_agent){ name, report };
    return true;
}

/* One file; `made`: its text could be written. */
static bool put(const struct autobahn_reports *r, const char *name, bool made,
                const struct buf *text, struct err *err)
{
    struct arena a = { 0 };
    const char *path = arena_print(&a, "%s/%s", r->dir, name);
    bool ok = made && path ? io_file_write(path, buf_bytes(text), err) : err_memory(err, name);

    arena_free(&a);
    return ok;
}

typedef bool case_writer(const struct autobahn_agent *, const struct result *, struct buf *);

static bool put_case(const struct autobahn_reports *r, size_t index, const struct result *result,
                     const char *ending, case_writer *write, struct err *err)
{
    const struct autobahn_agent *agent = &r->agents[index];
    struct buf name, text;
    bool ok;

    buf_init(&name, NAME_MAX_BYTES);
    buf_init(&text, REPORT_FILE_MAX);
    ok = autobahn_file_name(agent->agent, result->autobahn, ending, &name) && buf_push(&name, 0);
    ok = ok ? put(r, (const char *)name.ptr, write(agent, result, &text), &text, err)
            : err_memory(err, "the name of a report");
    buf_free(&text);
    buf_free(&name);
    return ok;
}

bool autobahn_reports_cases(const struct autobahn_reports *r, size_t index, struct err *err)
{
    const struct run_report *report = r->agents[index].report;

    if (!io_dir_make(r->dir, err))
        return false;
    for (size_t i = 0; i < report->n_results; i++) {
        const struct result *result = &report->results[i];
        if (result->autobahn && (!put_case(r, index, result, "json", autobahn_case_json, err) ||
                                 !put_case(r, index, result, "html", autobahn_case_html, err)))
            return false;
    }
    return true;
}

bool autobahn_reports_index(const struct autobahn_reports *r, struct err *err)
{
    struct buf text;
    bool ok;

    if (!io_dir_make(r->dir, err))
        return false;
    buf_init(&text, REPORT_FILE_MAX);
    ok = put(r, "index.json", autobahn_index_json(r->agents, r->count, &text), &text, err);
    buf_clear(&text);
    ok = ok && put(r, "index.html", autobahn_index_html(r->agents, r->count, &text), &text, err);
    buf_free(&text);
    return ok;
}

/* FAILED on the one axis, or anything but OK and INFORMATIONAL on the other. */
static bool has_failed(const struct dropin *d)
{
    return d->behavior == DROPIN_FAILED ||
           (d->close != DROPIN_CLOSE_OK && d->close != DROPIN_CLOSE_INFORMATIONAL);
}

int autobahn_reports_code(const struct run_report *report, bool strict)
{
    int code = EXIT_OK;

    for (size_t i = 0; i < report->n_results; i++) {
        const struct result *r = &report->results[i];
        if (r->verdict.result == VERDICT_ERROR)
            return EXIT_TARGET;
        if (strict && r->dropin && has_failed(r->dropin))
            code = EXIT_UNEXPECTED;
    }
    return code;
}
