#include "cli/commands.h"

#include <stdio.h>
#include <string.h>

#include "cli/options/args.h"
#include "cli/session/source.h"
#include "io/file.h"
#include "script/lint.h"
#include "script/print.h"
#include "script/print_parts.h"

/* wsproof cases list|show|lint|format: looking at case files, and keeping them in order. */

#define OUTPUT_MAX (64u << 20)
#define ID_WIDTH_MAX 64 /* a longer id pushes its title to the right, not everybody's */

static struct cases_options {
    const char *role, *from;
    bool json, check;
} given;

static const struct arg_row rows[] = {
    { "--role", 0, ARG_TEXT, &given.role, "ROLE", "list: server or client cases only" },
    { "--json", 0, ARG_FLAG, &given.json, NULL, "list: as JSON" },
    { "--check", 0, ARG_FLAG, &given.check, NULL, "format: change nothing, tell what would be" },
    { "--cases-from", 0, ARG_TEXT, &given.from, "PATH",
      "cases from a folder or a .case file, not the built-in ones" },
    { 0 },
};

static const struct arg_command command = {
    .name = "cases",
    .usage = "wsproof cases list [GLOB…] | show ID | lint [FILE…] | format FILE… [options]",
    .about = "The test cases: which there are, what they prove, and whether case files are right. "
             "Their language is described in cases/README.md.",
    .examples = "  wsproof cases list 'rfc6455/5.2*' --role server\n"
                "  wsproof cases show rfc6455/5.2-reserved-bits/rsv2-on-text\n"
                "  wsproof cases lint my/own.case\n"
                "  wsproof cases format --check cases/rfc6455/*.case\n",
    .rows = rows,
};

static bool put_json_string(const char *text, struct buf *out)
{
    bool ok = buf_push(out, '"');

    for (; ok && *text; text++) {
        uint8_t c = (uint8_t)*text;
        if (c == '"' || c == '\\')
            ok = buf_print(out, "\\%c", c);
        else
            ok = c < 0x20 ? buf_print(out, "\\u%04x", c) : buf_push(out, c);
    }
    return ok && buf_push(out, '"');
}

static const char *role_name(enum case_role role)
{
    return role == ROLE_SERVER ? "server" : role == ROLE_CLIENT ? "client" : "both";
}

static bool put_json_words(const char *key, const char *const *words, size_t count, struct buf *out)
{
    bool ok = buf_print(out, ", \"%s\": [", key);

    for (size_t i = 0; ok && i < count; i++)
        ok = buf_print(out, i ? ", " : "") && put_json_string(words[i], out);
    return ok && buf_push(out, ']');
}

static bool put_json(const struct script_case *const *cases, size_t count, struct buf *out)
{
    bool ok = buf_print(out, "[");

    for (size_t i = 0; ok && i < count; i++) {
        const struct script_case *c = cases[i];
        ok = buf_print(out, "%s\n  { \"id\": ", i ? "," : "") && put_json_string(c->id, out) &&
             buf_print(out, ", \"title\": ") && put_json_string(c->title, out) &&
             buf_print(out, ", \"group\": ") && put_json_string(c->group, out) &&
             buf_print(out, ", \"role\": \"%s\", \"severity\": \"%s\", \"line\": %u",
                       role_name(c->role), script_severity_name(c->severity), c->line) &&
             put_json_words("proves", c->proves, c->n_proves, out) &&
             put_json_words("needs", c->needs, c->n_needs, out) &&
             put_json_words("tags", c->tags, c->n_tags, out) && buf_print(out, " }");
    }
    return ok && buf_print(out, "\n]\n");
}

static bool put_list(const struct script_case *const *cases, size_t count, struct buf *out)
{
    size_t width = 0;

    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(cases[i]->id);
        width = len > width && len <= ID_WIDTH_MAX ? len : width;
    }
    for (size_t i = 0; i < count; i++)
        if (!buf_print(out, "%-*s  %s\n", (int)width, cases[i]->id, cases[i]->title))
            return false;
    return buf_print(out, "%zu case%s\n", count, count == 1 ? "" : "s");
}

static bool read_role(enum case_role *role, struct err *err)
{
    *role = 0;
    if (!given.role)
        return true;
    *role = strcmp(given.role, "server") == 0   ? ROLE_SERVER
            : strcmp(given.role, "client") == 0 ? ROLE_CLIENT
                                                : 0;
    return (unsigned)*role != 0 ||
           err_set(err, ERR_USAGE, "--role wants server or client, not \"%s\"", given.role);
}

static bool list_chosen(struct source *s, const char *const *globs, size_t n_globs, struct buf *out,
                        struct err *err)
{
    struct selection selection = { .want = globs, .n_want = n_globs };
    const struct script_case **cases;
    size_t count;

    if (!read_role(&selection.role, err) ||
        !suite_select(&s->suite, &selection, &s->arena, &cases, &count, err))
        return false;
    bool ok = given.json ? put_json(cases, count, out) : put_list(cases, count, out);
    return ok || err_memory(err, "the list of cases");
}

static bool put_proves(const struct source *s, const struct script_case *c, struct buf *out)
{
    for (size_t i = 0; i < c->n_proves; i++) {
        const struct requirement *r = requirements_find(&s->requirements, c->proves[i]);
        bool ok = r ? buf_print(out, "%s  %s: %s\n", r->id, r->level_text, r->summary)
                    : buf_print(out, "%s  (no row of requirements.tsv)\n", c->proves[i]);
        if (!ok)
            return false;
    }
    return true;
}

static bool put_values(const struct script_case *c, struct buf *out)
{
    for (size_t i = 0; i < c->n_bindings; i++)
        if (!buf_print(out, "with %s = %s\n", c->bindings[i].name, c->bindings[i].text))
            return false;
    return true;
}

static bool put_case(const struct source *s, const struct script_case *c, struct buf *out)
{
    return buf_print(out, "%s\n%s\n%s:%u, role %s, severity %s\n\n", c->id, c->title, c->path,
                     c->line, role_name(c->role), script_severity_name(c->severity)) &&
           put_proves(s, c, out) && buf_push(out, '\n') && put_values(c, out) &&
           script_layout(c->source, out) && script_print_models(c, out);
}

static bool show_case(struct source *s, const char *id, struct buf *out, struct err *err)
{
    const struct script_case *c = suite_case(&s->suite, id);
    const struct script_case **cases;
    size_t count = 0;

    if (!c) {
        struct selection selection = { .want = &id, .n_want = 1 };
        if (!suite_select(&s->suite, &selection, &s->arena, &cases, &count, err))
            return false;
        if (count != 1)
            return err_set(err, ERR_USAGE, "\"%s\" is %zu cases: show wants one", id, count);
        c = cases[0];
    }
    return put_case(s, c, out) || err_memory(err, "the case");
}

/* list and show: what they print is complete or nothing. */
static bool run_on_suite(const struct arg_list *rest, struct err *err)
{
    struct source source = { 0 };
    struct buf out;

    buf_init(&out, OUTPUT_MAX);
    bool ok = source_load(&source, given.from, err) &&
              (strcmp(rest->items[0], "show") == 0
                   ? show_case(&source, rest->items[1], &out, err)
                   : list_chosen(&source, rest->items + 1, rest->count - 1, &out, err));
    if (ok)
        printf("%.*s", BYTES_ARG(buf_bytes(&out)));
    buf_free(&out);
    source_free(&source);
    return ok;
}

static void show_mistakes(const char *path, struct bytes text, const struct diagnostics *diags)
{
    struct buf out;

    buf_init(&out, OUTPUT_MAX);
    for (size_t i = 0; i < diags->count && i < SCRIPT_ERRORS_MAX; i++)
        if (!script_diag_print(path, text, &diags->list[i], &out))
            break;
    fprintf(stderr, "%.*s", BYTES_ARG(buf_bytes(&out)));
    if (diags->count > SCRIPT_ERRORS_MAX)
        fprintf(stderr, "%s: %zu more\n", path, diags->count - SCRIPT_ERRORS_MAX);
    buf_free(&out);
}

struct lint_totals {
    size_t files, cases, mistakes;
};

static void lint_text(const char *path, struct bytes text, const struct source *s,
                      struct lint_totals *totals)
{
    struct arena arena = { 0 };
    struct script_file file;
    struct diagnostics diags;

    bool ok = script_parse(&arena, path, text, s->files, &file, &diags) &&
              script_lint(&file, source_catalogue(s), &diags);
    if (!ok)
        show_mistakes(path, text, &diags);
    totals->files++;
    totals->cases += file.n_cases;
    totals->mistakes += diags.count;
    arena_free(&arena);
}

static bool lint_path(const char *path, const struct source *s, struct lint_totals *totals,
                      struct err *err)
{
    struct buf text;

    buf_init(&text, SCRIPT_FILE_MAX);
    bool ok = io_file_read(path, SCRIPT_FILE_MAX, &text, err);
    if (ok)
        lint_text(path, buf_bytes(&text), s, totals);
    buf_free(&text);
    return ok;
}

static bool is_case_file(const char *path)
{
    size_t len = strlen(path);
    return len > 5 && strcmp(path + len - 5, ".case") == 0;
}

/* What only the whole suite shows. */
static bool lint_suite(struct err *err)
{
    struct source s = { 0 };
    bool ok = source_load(&s, given.from, err) &&
              script_lint_numbers(s.suite.cases, s.suite.n_cases, err);

    source_free(&s);
    return ok;
}

static bool lint(const struct arg_list *rest, struct err *err)
{
    struct lint_totals totals = { 0 };
    struct source s = { 0 };
    bool ok = source_files(&s, given.from, err);

    for (size_t i = 1; ok && i < rest->count; i++)
        ok = lint_path(rest->items[i], &s, &totals, err);
    for (const struct embedded *f = s.files; ok && rest->count == 1 && f->path; f++)
        if (is_case_file(f->path))
            lint_text(f->path, bytes_of(f->ptr, f->len), &s, &totals);
    source_free(&s);
    if (!ok)
        return false;
    if (totals.mistakes > 0)
        return err_set(err, ERR_SYNTAX, "%zu mistake%s", totals.mistakes,
                       totals.mistakes == 1 ? "" : "s");
    if (rest->count == 1 && !lint_suite(err))
        return false;
    printf("%zu cases in %zu files, no mistakes\n", totals.cases, totals.files);
    return true;
}

/* One file in place. *changed: it was not in canonical form. */
static bool format_path(const char *path, bool *changed, struct err *err)
{
    struct diagnostics diags;
    struct buf text, out;

    buf_init(&text, SCRIPT_FILE_MAX);
    buf_init(&out, OUTPUT_MAX);
    bool ok = io_file_read(path, SCRIPT_FILE_MAX, &text, err);
    if (ok && !script_format(buf_bytes(&text), &out, &diags)) {
        show_mistakes(path, buf_bytes(&text), &diags);
        ok = err_set(err, ERR_SYNTAX, "%s is left as it was", path);
    }
    *changed = ok && !bytes_eq(buf_bytes(&text), buf_bytes(&out));
    if (*changed && !given.check)
        ok = io_file_write(path, buf_bytes(&out), err);
    buf_free(&out);
    buf_free(&text);
    return ok;
}

static bool format(const struct arg_list *rest, bool *unformatted, struct err *err)
{
    for (size_t i = 1; i < rest->count; i++) {
        bool changed;
        if (!format_path(rest->items[i], &changed, err))
            return false;
        if (changed)
            printf("%s%s\n", rest->items[i], given.check ? ": not in canonical form" : "");
        *unformatted = *unformatted || (changed && given.check);
    }
    return true;
}

static bool run(const struct arg_list *rest, bool *unformatted, struct err *err)
{
    const char *const verbs[] = { "list", "show", "lint", "format", NULL };
    const char *verb = rest->count > 0 ? rest->items[0] : "";

    if (strcmp(verb, "list") == 0)
        return run_on_suite(rest, err);
    if (strcmp(verb, "show") == 0)
        return rest->count == 2 ? run_on_suite(rest, err)
                                : err_set(err, ERR_USAGE, "show wants one id");
    if (strcmp(verb, "lint") == 0)
        return lint(rest, err);
    if (strcmp(verb, "format") == 0)
        return rest->count > 1 ? format(rest, unformatted, err)
                               : err_set(err, ERR_USAGE, "format wants files");
    const char *nearest = arg_nearest(verb, verbs);
    return err_set(err, ERR_USAGE, "expected list, show, lint or format, found \"%s\"%s%s%s", verb,
                   nearest ? ": did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
}

int command_cases(int argc, char **argv)
{
    struct arg_list rest = { 0 };
    struct err err = { 0 };
    bool help = false, unformatted = false;

    if (!arg_parse(&command, argc, argv, &rest, &help, &err))
        return arg_fail(&command, &err);
    if (help) {
        arg_help(&command);
        return EXIT_OK;
    }
    if (!run(&rest, &unformatted, &err))
        return arg_fail(&command, &err);
    return unformatted ? EXIT_UNEXPECTED : EXIT_OK;
}
