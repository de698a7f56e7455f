#include "cli/commands.h"

#include <stdio.h>
#include <string.h>

#include "cli/session/session.h"
#include "verdict/coverage.h"

static const char *role_word(enum case_role role)
{
    return role == ROLE_BOTH ? "both" : role == ROLE_SERVER ? "server" : role ? "client" : "-";
}

static void print_row(const struct coverage_row *row)
{
    const struct requirement *r = row->requirement;

    printf("%-22s %-10s %-8s %4zu  %s", r->id, r->level_text, role_word(row->under_test),
           row->cases, r->summary);
    if (row->set_up)
        printf(" (needs set-up: %s)", row->set_up);
    else if (row->state == COVERAGE_WAITS)
        printf(" (waits for its transport)");
    putchar('\n');
}

static void print_totals(const struct coverage_total *list, size_t count, const char *what)
{
    for (size_t i = 0; i < count; i++) {
        const struct coverage_total *t = &list[i];
        printf("%s%s%s%s: %zu of %zu testable rows have a case", t->rfc, t->section ? " " : "",
               t->section ? t->section : "", what, t->covered, t->testable);
        if (t->set_up > 0)
            printf(", %zu of them need set-up", t->set_up);
        putchar('\n');
    }
}

/* By RFC, then by role, then by chapter. */
static bool print_summary(struct arena *a, const struct coverage *c, bool chapters, struct err *err)
{
    static const struct {
        enum case_role role;
        const char *what;
        bool by_chapter;
    } tables[] = { { 0, "", false },
                   { ROLE_SERVER, ", servers", false },
                   { ROLE_CLIENT, ", clients", false },
                   { 0, "", true } };
    struct coverage_total *list;
    size_t count;

    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        if (tables[i].by_chapter && !chapters)
            continue;
        if (!coverage_totals(a, c, tables[i].by_chapter, tables[i].role, &list, &count, err))
            return false;
        print_totals(list, count, tables[i].what);
    }
    return true;
}

static void print_tsv(const struct coverage *c)
{
    printf("id\trfc\tsection\tlevel\tunder_test\tstate\tcases\tserver_cases\tclient_cases\tset_up\t"
           "summary\n");
    for (size_t i = 0; i < c->count; i++) {
        const struct coverage_row *row = &c->rows[i];
        const struct requirement *r = row->requirement;
        printf("%s\t%s\t%s\t%s\t%s\t%s\t%zu\t%zu\t%zu\t%s\t%s\n", r->id, r->rfc, r->section,
               r->level_text, role_word(row->under_test), coverage_word(row->state), row->cases,
               row->servers, row->clients, row->set_up ? row->set_up : "", r->summary);
    }
}

struct requirements_options {
    const char *cases_from;
    bool missing, tsv;
};

/* Exit code; `err` is filled where we cannot go on. */
static int show(const struct source *s, const struct requirements_options *o, struct err *err)
{
    struct arena a = { 0 };
    struct coverage coverage;
    size_t lost = 0;
    bool ok = coverage_make(&a, &s->suite, &s->requirements, &coverage, err);

    if (ok && o->tsv)
        print_tsv(&coverage);
    for (size_t i = 0; ok && i < coverage.count; i++) {
        const struct coverage_row *row = &coverage.rows[i];
        bool open = row->state == COVERAGE_MISSING || row->state == COVERAGE_WAITS;
        lost += row->state == COVERAGE_MISSING;
        if (!o->tsv && (open || !o->missing))
            print_row(row);
    }
    ok = ok && (o->tsv || print_summary(&a, &coverage, !o->missing, err));
    arena_free(&a);
    return !ok ? session_exit_of(err) : o->missing && lost > 0 ? EXIT_UNEXPECTED : EXIT_OK;
}

int command_requirements(int argc, char **argv)
{
    struct source source;
    struct requirements_options o = { 0 };
    struct arg_list rest = { 0 };
    struct err err = { 0 };
    bool help = false;
    const struct arg_row rows[] = {
        { "--missing", 0, ARG_FLAG, &o.missing, NULL,
          "only testable rows without a case; exit 1 if there is one, HTTP/2 and HTTP/3 aside" },
        { "--tsv", 0, ARG_FLAG, &o.tsv, NULL, "all rows as a table with tabs, for programs" },
        { "--cases-from", 0, ARG_TEXT, &o.cases_from, "PATH",
          "cases from a folder or a .case file, not the built-in ones" },
        { 0 },
    };
    const struct arg_command command = { "requirements", "wsproof requirements [options]",
                                         "What the RFCs demand, and how many cases prove each "
                                         "statement. A row \"needs set-up\" when "
                                         "all its cases do: see --profile of wsproof test.",
                                         "  wsproof requirements --missing\n"
                                         "  wsproof requirements --tsv | cut -f1,6,7\n",
                                         rows };

    if (!arg_parse(&command, argc, argv, &rest, &help, &err))
        return arg_fail(&command, &err);
    if (help) {
        arg_help(&command);
        return EXIT_OK;
    }
    if (rest.count > 0) {
        err_set(&err, ERR_USAGE, "what is \"%s\"? only options are expected", rest.items[0]);
        return arg_fail(&command, &err);
    }
    bool ok = source_load(&source, o.cases_from, &err);
    int code = ok ? show(&source, &o, &err) : session_exit_of(&err);
    if (err.code != ERR_NONE)
        session_complain(&err);
    source_free(&source);
    return code;
}
