#include "cli/commands.h"

#include <stdio.h>
#include <string.h>

#include "cli/report/book.h"
#include "cli/report/diff.h"
#include "cli/session/known.h"
#include "cli/session/session.h"

/* Held against --baseline anew; without it a report keeps what its runs were told. */
static bool judge(struct session *s, struct err *err)
{
    s->role = strcmp(s->report.role, "client") == 0 ? ROLE_CLIENT : ROLE_SERVER;
    return session_fail_on(s, err) && known_open(s, err) &&
           known_settle(s, &s->report, s->report.n_results, err) &&
           known_update(s, &s->report, s->report.n_results, err);
}

static bool read_all(struct session *s, struct book *book, const struct arg_list *files,
                     const struct arg_list *history, struct err *err)
{
    for (size_t i = 0; i < files->count; i++)
        if (!book_add(book, files->items[i], &s->arena, err))
            return false;
    for (size_t i = 0; i < history->count; i++)
        if (!book_add_past(book, history->items[i], &s->arena, err))
            return false;
    return book_close(book, &s->arena, err);
}

/* Several targets make a page. The other formats, and a baseline, are about one. */
static bool make_many(struct session *s, const struct book *book, struct err *err)
{
    const struct session_options *o = &s->o;

    if (o->json || o->junit || o->tap || o->github || o->markdown || o->sarif || o->badge ||
        o->baseline || o->update_baseline)
        return err_set(err, ERR_USAGE,
                       "of %zu targets, %s and %s among them, there is a page; all but --report, "
                       "--history and --fail-on is about one",
                       book->runs.count, book->runs.list[0].target, book->runs.list[1].target);
    return session_fail_on(s, err) &&
           book_write(book, o->report_dir, &s->source.requirements, &s->arena, err);
}

static bool make_one(struct session *s, const struct book *book, struct err *err)
{
    s->report = book->runs.list[0];
    if (!judge(s, err))
        return false;
    struct outputs outputs = { s->o.report_dir, s->o.json,  s->o.junit, s->o.tap,
                               s->o.markdown,   s->o.badge, s->o.sarif, s->fail_on };
    return outputs_end(&outputs, &s->report, &s->source.requirements, &s->arena, err);
}

static bool make(struct session *s, struct book *book, const struct arg_list *files,
                 const struct arg_list *history, struct err *err)
{
    if (!source_load(&s->source, NULL, err) || !read_all(s, book, files, history, err))
        return false;
    if (book->runs.count > 1)
        return make_many(s, book, err);
    if (!make_one(s, book, err))
        return false;
    book->runs.list[0] = s->report; /* with what the baseline says */
    return history->count == 0 ||
           book_write(book, s->o.report_dir, &s->source.requirements, &s->arena, err);
}

static int worst_exit(const struct session *s, const struct book *book)
{
    int worst = EXIT_OK;

    for (size_t i = 0; i < book->runs.count; i++) {
        int one = session_exit_code(s, &book->runs.list[i]);
        worst = one > worst ? one : worst;
    }
    return worst;
}

static void tell(struct session *s, const struct book *book)
{
    if (book->runs.count == 1) {
        progress_summary(s->progress, &s->report, s->o.report_dir);
        known_print(&s->report, false, s->o.tap ? stderr : stdout);
        return;
    }
    book_print(book);
    printf("  report: %s\n", s->o.report_dir);
}

static bool is_diff(int argc, char **argv)
{
    for (int i = 2; i < argc; i++)
        if (strcmp(argv[i], "--diff") == 0)
            return true;
    return false;
}

int command_report(int argc, char **argv)
{
    static struct session s;
    struct progress_options shown = { 0 };
    struct arg_list files = { 0 }, history = { 0 };
    struct book book = { 0 };
    struct err err = { 0 };
    bool help = false;
    const struct arg_row rows[] = {
        { "--report", 0, ARG_TEXT, &s.o.report_dir, "DIR",
          "where index.html, results.json and junit.xml go" },
        { "--json", 0, ARG_TEXT, &s.o.json, "FILE", "results.json here" },
        { "--junit", 0, ARG_TEXT, &s.o.junit, "FILE", "junit.xml here" },
        { "--history", 0, ARG_LIST, &history, "FILE",
          "an earlier results.json of a target, for its history" },
        { "--tap", 0, ARG_FLAG, &s.o.tap, NULL, "TAP on standard output" },
        { "--github", 0, ARG_FLAG, &s.o.github, NULL,
          "annotations, and a summary for $GITHUB_STEP_SUMMARY" },
        { "--markdown", 0, ARG_TEXT, &s.o.markdown, "FILE", "a summary in Markdown here" },
        { "--sarif", 0, ARG_TEXT, &s.o.sarif, "FILE", "the fails as SARIF 2.1.0 here" },
        { "--badge", 0, ARG_TEXT, &s.o.badge, "FILE", "a badge (SVG) here" },
        { "--baseline", 0, ARG_TEXT, &s.o.baseline, "FILE",
          "known failures, a line each: judge by these" },
        { "--update-baseline", 0, ARG_FLAG, &s.o.update_baseline, NULL,
          "write into that file what is in RESULTS" },
        { "--fail-on", 0, ARG_TEXT, &s.o.fail_on, "LEVEL",
          "exit 1 from: pedantic, minor, major, critical" },
        { "--diff", 0, ARG_FLAG, &help, NULL,
          "what has changed: wsproof report --diff --help tells more" },
        { 0 },
    };
    const struct arg_command command = {
        "report", "wsproof report [NAME=]RESULTS... [--report DIR]",
        "Makes the reports of a run again, or of several shards of one run together; of several "
        "targets, one page with all of them. RESULTS are files or folders, and NAME= before one "
        "names its target. Also reads the results.jsonl that a "
        "killed run leaves behind.",
        "  wsproof report shard1/results.json shard2/results.json --report all\n"
        "  wsproof report shards/ --baseline known.txt\n"
        "  wsproof report ws=ws/results.json tornado=tornado/results.json --report both\n"
        "  wsproof report --diff main/results.json wsproof-report/results.json\n",
        rows
    };

    if (is_diff(argc, argv))
        return command_report_diff(argc, argv);
    memset(&s, 0, sizeof s);
    s.role = ROLE_SERVER;
    s.o.report_dir = "wsproof-report";
    s.o.fail_on = "minor";
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
    bool ok = s.progress && make(&s, &book, &files, &history, &err);
    int code = ok ? worst_exit(&s, &book) : session_exit_of(&err);
    if (ok)
        tell(&s, &book);
    else
        session_complain(&err);
    code = session_github(&s, code);
    book_free(&book);
    progress_free(s.progress);
    source_free(&s.source);
    arena_free(&s.arena);
    return code;
}
