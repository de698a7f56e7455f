#include "cli/report/diff.h"

#include <stdio.h>
#include <string.h>

#include "cli/options/exit_code.h"
#include "cli/report/runs.h"
#include "cli/session/session.h"
#include "io/file.h"
#include "report/diff.h"
#include "report/json.h"

/* The two sides and what becomes of them. */
struct comparison {
    struct arena arena;
    struct runs old, new;
    struct diff diff;
    bool wanted; /* --diff itself */
    const char *markdown, *report_dir;
};

static bool load(struct comparison *c, const struct arg_list *files, struct err *err)
{
    return runs_add(&c->old, files->items[0], &c->arena, err) &&
           runs_close(&c->old, &c->arena, err) &&
           runs_add(&c->new, files->items[1], &c->arena, err) &&
           runs_close(&c->new, &c->arena, err) &&
           report_diff_make(&c->arena, c->old.list, c->old.count, c->new.list, c->new.count,
                            &c->diff, err);
}

/* On standard output when `path` is NULL. */
static bool put(const char *path, bool (*write)(const struct diff *, struct buf *),
                const struct diff *d, struct err *err)
{
    struct buf text;
    bool ok;

    buf_init(&text, REPORT_FILE_MAX);
    ok = write(d, &text) || err_memory(err, "a comparison of that size");
    if (ok && path)
        ok = io_file_write(path, buf_bytes(&text), err);
    else if (ok)
        fwrite(text.ptr, 1, text.len, stdout);
    buf_free(&text);
    return ok;
}

static bool put_page(struct comparison *c, struct err *err)
{
    const char *path = arena_print(&c->arena, "%s/index.html", c->report_dir);

    if (!path)
        return err_memory(err, "a path");
    return io_dir_make(c->report_dir, err) && put(path, report_diff_html, &c->diff, err);
}

static bool put_all(struct comparison *c, struct err *err)
{
    bool markdown_only = c->markdown && strcmp(c->markdown, "-") == 0;

    if (markdown_only ? !put(NULL, report_diff_markdown, &c->diff, err)
                      : !put(NULL, report_diff_text, &c->diff, err))
        return false;
    if (c->markdown && !markdown_only && !put(c->markdown, report_diff_markdown, &c->diff, err))
        return false;
    return !c->report_dir || put_page(c, err);
}

static int exit_code(const struct diff *d)
{
    if (diff_doubt(d))
        return EXIT_TARGET;
    return diff_total(d, DIFF_WORSE) > 0 ? EXIT_UNEXPECTED : EXIT_OK;
}

int command_report_diff(int argc, char **argv)
{
    static struct comparison c;
    struct arg_list files = { 0 };
    struct err err = { 0 };
    bool help = false;
    const struct arg_row rows[] = {
        { "--diff", 0, ARG_FLAG, &c.wanted, NULL, "what has changed from OLD to NEW" },
        { "--markdown", 0, ARG_TEXT, &c.markdown, "FILE", "the same as Markdown; -: only that" },
        { "--report", 0, ARG_TEXT, &c.report_dir, "DIR", "the same as a page, DIR/index.html" },
        { 0 },
    };
    const struct arg_command command = {
        "report", "wsproof report --diff OLD NEW [--markdown FILE] [--report DIR]",
        "What got better, worse, new, gone, for each target. OLD and NEW are a results.json each, "
        "or a folder with several. Exit 1: something is worse; 3: NEW is no answer, because it was "
        "cut short, say.",
        "  wsproof report --diff main/results.json wsproof-report/results.json\n"
        "  wsproof report --diff old/ new/ --markdown changed.md\n",
        rows
    };

    c = (struct comparison){ 0 };
    if (!arg_parse(&command, argc, argv, &files, &help, &err))
        return arg_fail(&command, &err);
    if (help) {
        arg_help(&command);
        return EXIT_OK;
    }
    if (files.count != 2) {
        err_set(&err, ERR_USAGE, "--diff wants two results.json, the old one and the new one");
        return arg_fail(&command, &err);
    }
    bool ok = load(&c, &files, &err) && put_all(&c, &err);
    int code = ok ? exit_code(&c.diff) : session_exit_of(&err);
    if (!ok)
        session_complain(&err);
    runs_free(&c.old);
    runs_free(&c.new);
    arena_free(&c.arena);
    return code;
}
