#include "verdict/requirements.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

#define HEADER "id\trfc\tsection\tlevel\trole\tsummary\ttestable\twhy_not\thow\n"
#define ROW_B "B-2\tRFC1\t4.1\tMUST NOT\tserver\tNo tea [pedantic]\tno\ttoo hot\t\n"
#define ROW_A "A-1\tRFC2\t5\tSHOULD\tboth\tBe kind\tboth-blackbox\t\tlook\n"

static bool parse(struct arena *a, const char *text, struct requirements *out, struct err *err)
{
    return requirements_parse(a, bytes_str(text), out, err);
}

Test(verdict_requirements, reads_every_column_and_sorts_by_id)
{
    struct arena a = { 0 };
    struct requirements r;
    struct err err = { 0 };

    cr_assert(parse(&a, HEADER ROW_B ROW_A, &r, &err), "%s", err.text);
    cr_assert_eq(r.count, 2);
    cr_assert_str_eq(r.rows[0].id, "A-1");
    const struct requirement *b = requirements_find(&r, "B-2");
    cr_assert_not_null(b);
    cr_assert_str_eq(b->rfc, "RFC1");
    cr_assert_str_eq(b->section, "4.1");
    cr_assert_eq(b->level, WS_MUST);
    cr_assert_str_eq(b->level_text, "MUST NOT");
    cr_assert_str_eq(b->role, "server");
    cr_assert_str_eq(b->summary, "No tea");
    cr_assert_str_eq(b->testable, "no");
    cr_assert_str_eq(b->why_not, "too hot");
    cr_assert(b->pedantic);
    cr_assert_not(r.rows[0].pedantic);
    cr_assert_eq(r.rows[0].level, WS_SHOULD);
    cr_assert_null(requirements_find(&r, "B-3"));
    arena_free(&a);
}

Test(verdict_requirements, an_empty_table_is_fine_and_finds_nothing)
{
    struct arena a = { 0 };
    struct requirements r;

    cr_assert(parse(&a, HEADER, &r, NULL));
    cr_assert_eq(r.count, 0);
    cr_assert_null(requirements_find(&r, "A-1"));
    arena_free(&a);
}

Test(verdict_requirements, line_ends_may_be_crlf_and_the_last_may_be_missing)
{
    struct arena a = { 0 };
    struct requirements r;

    cr_assert(parse(&a,
                    "id\trfc\tsection\tlevel\trole\tsummary\ttestable\twhy_not\thow\r\n"
                    "A\tR\t1\tMAY\tboth\tS\tno\tW\tH\r\n"
                    "B\tR\t1\tMAY\tboth\tS\tno\tW\tH",
                    &r, NULL));
    cr_assert_eq(r.count, 2);
    arena_free(&a);
}

Test(verdict_requirements, a_mistake_names_its_line)
{
    const struct {
        const char *text;
        unsigned line;
        const char *says;
    } rows[] = {
        { "", 1, "header line" },
        { "id\trfc\n", 1, "header line" },
        { HEADER ROW_A "B-2\tRFC1\n", 3, "found 2" },
        { HEADER ROW_A "\n" ROW_B "B-3\tR\t1\tWILL\tboth\tS\tno\t\t\n", 5, "\"WILL\"" },
        { HEADER "\tR\t1\tMAY\tboth\tS\tno\t\t\n", 2, "expected an id" },
        { HEADER "A\tR\t1\tMAY\tboth\tS\tno\t\t\t\n", 2, "found 10" },
        { HEADER ROW_A ROW_B ROW_A, 0, "\"A-1\" stands on two lines" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena a = { 0 };
        struct requirements r;
        struct err err = { 0 };
        cr_assert_not(parse(&a, rows[i].text, &r, &err), "row %zu", i);
        cr_assert_eq(err.code, ERR_SYNTAX, "row %zu", i);
        cr_assert_eq(err.line, rows[i].line, "row %zu: line %u", i, err.line);
        cr_assert_not_null(strstr(err.text, rows[i].says), "row %zu: %s", i, err.text);
        arena_free(&a);
    }
}

Test(verdict_requirements, says_no_when_the_heap_does)
{
    bool ok = false;

    for (unsigned long nth = 1; !ok; nth++) {
        struct arena a = { 0 };
        struct requirements r;
        struct err err = { 0 };
        alloc_fail_at(nth);
        ok = parse(&a, HEADER ROW_B ROW_A, &r, &err);
        alloc_fail_at(0);
        cr_assert(ok || err.code == ERR_MEMORY);
        cr_assert_lt(nth, 20);
        arena_free(&a);
    }
}

Test(verdict_requirements, the_catalogue_of_the_project_parses_and_knows_every_rule)
{
    static uint8_t text[1 << 20];
    struct arena a = { 0 };
    struct requirements r;
    struct err err = { 0 };
    FILE *f = fopen("cases/requirements.tsv", "rb");

    cr_assert_not_null(f, "run from the project's root");
    size_t len = fread(text, 1, sizeof text, f);
    fclose(f);
    cr_assert(requirements_parse(&a, bytes_of(text, len), &r, &err), "%u: %s", err.line, err.text);
    cr_assert_geq(r.count, 400);
    for (int rule = WS_RULE_NONE + 1; rule < WS_RULE_COUNT; rule++) {
        const struct ws_rule_row *row = ws_rule_row((enum ws_rule)rule);
        cr_assert_not_null(requirements_find(&r, row->requirement), "%s names %s", row->name,
                           row->requirement);
    }
    arena_free(&a);
}
