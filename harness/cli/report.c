#include "cli/commands.h"

#include <stdlib.h>
#include <string.h>

#include "cli/session.h"

/* Adds the results of one file to a report that is under way. */
static bool add_file(struct arena *a, const char *path, struct run_report *all, size_t *cap,
                     struct err *err)
{
    struct run_report one;

    if (!outputs_read(path, a, &one, err))
        return false;
    if (all->n_results == 0 && !all->target) {
        struct result *none = NULL;
        *all = one;
        all->results = none;
        all->n_results = 0;
        all->duration_ms = 0;
    } else if (strcmp(all->target, one.target) != 0) {
        return err_set(err, ERR_USAGE, "%s is about %s, not %s: merging targets comes later", path,
                       one.target, all->target);
    }
    if (!arena_grow(a, (void **)&all->results, cap, all->n_results + one.n_results,
                    sizeof *all->results))
        return err_memory(err, "the results");
    memcpy(all->results + all->n_results, one.results, one.n_results * sizeof *one.results);
    all->n_results += one.n_results;
    all->duration_ms += one.duration_ms;
    all->unfinished |= one.unfinished;
    return true;
}

/* Two shards with one case have been mixed up. */
static bool unique(const struct run_report *r, struct err *err)
{
    for (size_t i = 1; i < r->n_results; i++)
        if (strcmp(r->results[i - 1].id, r->results[i].id) == 0)
            return err_set(err, ERR_USAGE, "%s is in two of the files", r->results[i].id);
    return true;
}

static bool make(struct session *s, const struct arg_list *files, struct err *err)
{
    struct outputs outputs = { s->o.report_dir, s->o.json,  s->o.junit, s->o.tap,
                               s->o.markdown,   s->o.badge, s->o.sarif, s->fail_on };
    size_t cap = 0;

    if (!source_load(&s->source, NULL, err))
        return false;
    for (size_t i = 0; i < files->count; i++)
        if (!add_file(&s->arena, files->items[i], &s->report, &cap, err))
            return false;
    qsort(s->report.results, s->report.n_results, sizeof *s->report.results, session_order);
    return unique(&s->report, err) &&
           outputs_end(&outputs, &s->report, &s->source.requirements, &s->arena, err);
}

int command_report(int argc, char **argv)
{
    static struct session s;
    struct progress_options shown = { 0 };
    struct arg_list files = { 0 };
    struct err err = { 0 };
    bool help = false;
    const struct arg_row rows[] = {
        { "--report", 0, ARG_TEXT, &s.o.report_dir, "DIR",
          "where index.html, results.json and junit.xml go" },
        { "--json", 0, ARG_TEXT, &s.o.json, "FILE", "results.json here" },
        { "--junit", 0, ARG_TEXT, &s.o.junit, "FILE", "junit.xml here" },
        { "--tap", 0, ARG_FLAG, &s.o.tap, NULL, "TAP on standard output" },
        { "--github", 0, ARG_FLAG, &s.o.github, NULL,
          "annotations, and a summary for $GITHUB_STEP_SUMMARY" },
        { "--markdown", 0, ARG_TEXT, &s.o.markdown, "FILE", "a summary in Markdown here" },
        { "--sarif", 0, ARG_TEXT, &s.o.sarif, "FILE", "the fails as SARIF 2.1.0 here" },
        { "--badge", 0, ARG_TEXT, &s.o.badge, "FILE", "a badge (SVG) here" },
        { 0 },
    };
    const struct arg_command command = {
        "report", "wsproof report RESULTS... [--report DIR]",
        "Makes the reports of a run again, or of several shards of one run together. Also reads "
        "the\n"
        "results.jsonl that a killed run leaves behind.",
        "  wsproof report shard1/results.json shard2/results.json --report all\n", rows
    };

    memset(&s, 0, sizeof s);
    s.role = ROLE_SERVER;
    s.o.report_dir = "wsproof-report";
    s.fail_on = SEVERITY_MINOR;
    if (!arg_parse(&command, argc, argv, &files, &help, &err))
        return arg_fail(&command, &err);
    if (help) {
        arg_help(&command);
        return EXIT_OK;
    }
    if (files.count == 0) {
        err_set(&err, ERR_USAGE, "which results.json?");
        return arg_fail(&command, &err);
    }
    if (s.o.github)
        github_begin(&s.github);
    shown.tap = s.o.tap;
    s.progress = progress_new(&shown);
    bool ok = s.progress && make(&s, &files, &err);
    int code = ok ? session_exit_code(&s, &s.report) : session_exit_of(&err);
    if (ok)
        progress_summary(s.progress, &s.report, s.o.report_dir);
    else
        session_complain(&err);
    code = session_github(&s, code);
    for (size_t i = 0; i < s.report.n_results; i++)
        result_free(&s.report.results[i]);
    progress_free(s.progress);
    source_free(&s.source);
    arena_free(&s.arena);
    return code;
}
