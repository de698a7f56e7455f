#include "cli/commands.h"

#include <stdio.h>
#include <string.h>

#include "cli/session.h"

static size_t cases_for(const struct suite *s, const char *id)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n_cases; i++)
        for (size_t k = 0; k < s->cases[i]->n_proves; k++)
            n += strcmp(s->cases[i]->proves[k], id) == 0;
    return n;
}

struct tally {
    const char *rfc;
    size_t testable, covered;
};

static void count(struct tally *tallies, size_t room, const struct requirement *row, size_t cases)
{
    for (size_t i = 0; i < room; i++) {
        if (tallies[i].rfc && strcmp(tallies[i].rfc, row->rfc) != 0)
            continue;
        tallies[i].rfc = row->rfc;
        tallies[i].testable++;
        tallies[i].covered += cases > 0;
        return;
    }
}

static void print(const struct source *s, bool missing)
{
    struct tally tallies[16] = { 0 };

    for (size_t i = 0; i < s->requirements.count; i++) {
        const struct requirement *row = &s->requirements.rows[i];
        size_t cases = cases_for(&s->suite, row->id);
        bool testable = strcmp(row->testable, "no") != 0;
        if (testable)
            count(tallies, 16, row, cases);
        if (missing ? testable && cases == 0 : true)
            printf("%-22s %-10s %-8s %4zu  %s\n", row->id, row->level_text,
                   testable ? row->role : "-", cases, row->summary);
    }
    for (size_t i = 0; i < 16 && tallies[i].rfc; i++)
        printf("%s: %zu of %zu testable rows have a case\n", tallies[i].rfc, tallies[i].covered,
               tallies[i].testable);
}

int command_requirements(int argc, char **argv)
{
    struct source source;
    const char *cases_from = NULL;
    bool missing = false, help = false;
    struct arg_list rest = { 0 };
    struct err err = { 0 };
    const struct arg_row rows[] = {
        { "--missing", 0, ARG_FLAG, &missing, NULL, "only testable rows without a case" },
        { "--cases-from", 0, ARG_TEXT, &cases_from, "PATH",
          "cases from a folder or a .case file, not the built-in ones" },
        { 0 },
    };
    const struct arg_command command = {
        "requirements", "wsproof requirements [--missing]",
        "What the RFCs demand, and how many cases prove each statement.",
        "  wsproof requirements --missing\n", rows
    };

    if (!arg_parse(&command, argc, argv, &rest, &help, &err))
        return arg_fail(&command, &err);
    if (help) {
        arg_help(&command);
        return EXIT_OK;
    }
    bool ok = source_load(&source, cases_from, &err);
    if (ok)
        print(&source, missing);
    else
        session_complain(&err);
    source_free(&source);
    return ok ? EXIT_OK : session_exit_of(&err);
}
