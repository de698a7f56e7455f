#include "verdict/coverage.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define HEADER "id\trfc\tsection\tlevel\trole\tsummary\ttestable\twhy_not\thow\n"
#define ROW(id, rfc, section, testable)                                                            \
    id "\t" rfc "\t" section "\tMUST\tboth\tA row\t" testable "\t\t\n"

static const char table[] = HEADER              /* sorted by id when it is read */
    ROW("A", "RFC1", "4.2.1", "both-blackbox")  /* two plain cases, one for each role */
    ROW("B", "RFC1", "4.3", "server-blackbox")  /* its only cases need set-up */
    ROW("C", "RFC1", "10.1", "client-blackbox") /* none */
    ROW("D", "RFC1", "10.1", "no")              /* nothing to prove */
    ROW("E", "RFC8441", "5", "both-blackbox")   /* waits */
    ROW("F", "RFC1", "9", "server-blackbox");   /* one needs set-up, one does not */

static const uint8_t file[] =
    "group \"G\"\n"
    "case a \"A\" { proves A\n role server\n needs echo\n send ping }\n"
    "case b \"B\" { proves A X\n role client\n needs permessage-deflate\n send ping }\n"
    "case c \"C\" { proves B\n role server\n needs origin echo\n send ping }\n"
    "case d \"D\" { proves B\n role server\n needs path origin\n send ping }\n"
    "case e \"E\" { proves F\n role server\n needs closer\n send ping }\n"
    "case f \"F\" { proves F\n role server\n send ping }\n";

struct stage {
    struct arena a;
    struct suite suite;
    struct requirements requirements;
    struct coverage coverage;
    struct err err;
};

static void set(struct stage *s)
{
    static const struct embedded files[] = { { "g.case", file, sizeof file - 1 }, { 0 } };
    struct suite_fault fault;

    memset(s, 0, sizeof *s);
    cr_assert(suite_load(&s->suite, files, &fault), "%s", fault.diags.list[0].text);
    cr_assert(requirements_parse(&s->a, bytes_str(table), &s->requirements, &s->err), "%s",
              s->err.text);
    cr_assert(coverage_make(&s->a, &s->suite, &s->requirements, &s->coverage, &s->err));
}

static void strike(struct stage *s)
{
    suite_free(&s->suite);
    arena_free(&s->a);
}

Test(verdict_coverage, a_row_is_covered_when_one_case_needs_nothing)
{
    static const struct {
        enum coverage_state state;
        enum case_role under_test;
        size_t cases, servers, clients;
        const char *set_up;
    } wanted[] = {
        { COVERAGE_COVERED, ROLE_BOTH, 2, 1, 1, NULL },
        { COVERAGE_SET_UP, ROLE_SERVER, 2, 2, 0, "origin, path" },
        { COVERAGE_MISSING, ROLE_CLIENT, 0, 0, 0, NULL },
        { COVERAGE_UNTESTABLE, (enum case_role)0, 0, 0, 0, NULL },
        { COVERAGE_WAITS, ROLE_BOTH, 0, 0, 0, NULL },
        { COVERAGE_COVERED, ROLE_SERVER, 2, 2, 0, NULL },
    };
    struct stage s;

    set(&s);
    cr_assert_eq(s.coverage.count, 6);
    for (size_t i = 0; i < 6; i++) {
        const struct coverage_row *row = &s.coverage.rows[i];
        cr_expect_eq(row->state, wanted[i].state, "row %zu is %s", i, coverage_word(row->state));
        cr_expect_eq(row->under_test, wanted[i].under_test, "row %zu", i);
        cr_expect_eq(row->cases, wanted[i].cases, "row %zu", i);
        cr_expect_eq(row->servers, wanted[i].servers, "row %zu", i);
        cr_expect_eq(row->clients, wanted[i].clients, "row %zu", i);
        cr_expect_eq(!row->set_up, !wanted[i].set_up, "row %zu", i);
        if (row->set_up && wanted[i].set_up)
            cr_expect_str_eq(row->set_up, wanted[i].set_up);
    }
    strike(&s);
}

static void expect_totals(struct stage *s, bool by_chapter, enum case_role role, const char *wanted)
{
    struct coverage_total *list;
    char said[500] = "";
    size_t count, n = 0;

    cr_assert(coverage_totals(&s->a, &s->coverage, by_chapter, role, &list, &count, &s->err));
    for (size_t i = 0; i < count; i++)
        n += (size_t)snprintf(said + n, sizeof said - n, "%s %s %zu/%zu set-up %zu\n", list[i].rfc,
                              list[i].section ? list[i].section : "-", list[i].covered,
                              list[i].testable, list[i].set_up);
    cr_expect_str_eq(said, wanted);
}

Test(verdict_coverage, totals_are_by_rfc_by_role_and_by_chapter)
{
    struct stage s;

    set(&s);
    expect_totals(&s, false, (enum case_role)0, "RFC1 - 3/4 set-up 1\nRFC8441 - 0/1 set-up 0\n");
    expect_totals(&s, false, ROLE_SERVER, "RFC1 - 3/3 set-up 1\nRFC8441 - 0/1 set-up 0\n");
    expect_totals(&s, false, ROLE_CLIENT, "RFC1 - 1/2 set-up 0\nRFC8441 - 0/1 set-up 0\n");
    expect_totals(&s, true, (enum case_role)0,
                  "RFC1 4 2/2 set-up 1\nRFC1 9 1/1 set-up 0\nRFC1 10 0/1 set-up 0\n"
                  "RFC8441 5 0/1 set-up 0\n");
    strike(&s);
}
