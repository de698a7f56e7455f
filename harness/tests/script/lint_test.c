#include "support/case_log.h"
#include <string.h>

#include "script/lint.h"

struct row {
    const char *text, *where, *what; /* NULL: nothing to complain about */
};

static void check(const struct row *row)
{
    static const char table[] = "id\trfc\nR-1\tx\nR-10\tx\n";
    struct arena a = { 0 };
    struct script_file file;
    struct diagnostics diags;
    char where[32] = "";

    if (!script_parse(&a, "f.case", bytes_str(row->text), NULL, &file, &diags)) {
        case_log_mistakes("f.case", bytes_str(row->text), &diags);
        cr_assert_fail("does not parse");
    }
    bool ok = script_lint(&file, bytes_str(table), &diags);
    cr_expect_eq(ok, row->what == NULL, "%s\n%s", row->text, ok ? "" : diags.list[0].text);
    if (!ok && row->what) {
        snprintf(where, sizeof where, "%u:%u+%u", diags.list[0].line, diags.list[0].col,
                 diags.list[0].len);
        cr_expect_str_eq(diags.list[0].text, row->what);
        cr_expect_str_eq(where, row->where, "%s at %s", row->text, where);
        cr_expect_eq(diags.count, 1);
    }
    arena_free(&a);
}

#define IN_CASE(steps) "case a \"A\" { note \"n\"\n" steps "\n}"

Test(script_lint, finds_what_cannot_be_meant)
{
    static const struct row rows[] = {
        { "case a \"A\" { proves R-1 R-10\n }", NULL, NULL },
        { "case a \"A\" { proves R-10 R-2\n }", "1:26+3",
          "no row of requirements.tsv is called \"R-2\"" },
        { "for x in 2 3 { case a-${x} \"A ${x}\" { proves R-${x}\n } }", "1:1+4",
          "no row of requirements.tsv is called \"R-2\"" },
        { "case a { note \"n\" }", "1:1+4", "this case has no title" },
        { "case a \"A\" { note \"n\" }\ncase b \"A\" { note \"n\" }", "2:1+4",
          "the title \"A\" is that of line 1 too" },
        { "let b = \"x\"\ncase a \"A\" { note \"n\" }", "1:5+1", "\"b\" is never used" },
        { "let b = \"x\"\nlet c = b\n" IN_CASE("send text c"), NULL, NULL },
        { IN_CASE("drop\nsend ping"), "3:1+4",
          "this is never reached: \"drop\" has ended the connection" },
        { IN_CASE("repeat 2 { send ping drop expect echo }"), "2:27+6",
          "this is never reached: \"drop\" has ended the connection" },
        { IN_CASE("drop reconnect send ping drop expect alive"), NULL, NULL },
        { IN_CASE("repeat 2 { connect drop }"), NULL, NULL },
        { IN_CASE("expect fail 1002 send ping"), "2:18+4",
          "nothing can be sent: \"expect fail\" has ended the connection" },
        { IN_CASE("expect fail repeat 2 { send ping }"), "2:13+6",
          "nothing can be sent: \"expect fail\" has ended the connection" },
        { IN_CASE("expect fail reconnect send ping"), NULL, NULL },
        { IN_CASE("respond drop expect another respond send ping"), NULL, NULL },
        { IN_CASE("drop expect no request"), NULL, NULL },
        { IN_CASE("either { expect another } or info \"i\" { expect eof }"), NULL, NULL },
        { IN_CASE("either { expect another expect eof } or { expect eof }"), "2:10+6",
          "\"expect another\" is the last step of a branch" },
        { IN_CASE("unordered { expect another expect eof }"), "2:13+6",
          "\"expect another\" is the last step of a branch" },
        { IN_CASE("prefer { expect fail } otherwise warn \"w\" { send ping }"), NULL, NULL },
        { IN_CASE("send text \"abc\" hold=1 expect nothing"), "2:24+6",
          "a frame is held here: its end comes before expect nothing" },
        { IN_CASE("send text \"abc\" hold=1 send more rest expect nothing"), NULL, NULL },
        { IN_CASE("provoke close"), "1:1+4",
          "provoke close is only there for a case that needs closer" },
        { IN_CASE("needs closer\nprovoke close expect close provoked"), NULL, NULL },
        { IN_CASE("needs path\nrequest { header \"Origin\" \"${origin}\" }"), "1:1+4",
          "${origin} is only there for a case that needs origin" },
        { IN_CASE("needs path\nrequest { line \"GET ${served} HTTP/1.1\" }"), NULL, NULL },
        { IN_CASE("send text \"a\" * ${limit+1}"), "2:1+4",
          "${limit} is only there for a case that needs limit" },
        { IN_CASE("needs limit\nsend text \"a\" * ${limit}"), NULL, NULL },
        { IN_CASE("either { expect echo } or { }"), "2:1+6",
          "an empty branch matches everything: this always passes" },
        { IN_CASE("repeat 2 { send ping repeat 3 { send pong } send text next 3 of \"ab\" }"), NULL,
          NULL },
        { IN_CASE("repeat 2 { send ping } send text \"a\" + next 3 of \"ab\""), "2:24+4",
          "outside of a repeat \"next\" gives the first bytes each time" },
        { IN_CASE("send text blocks { fixed \"a\" } rsv1 send text blocks { } deflate"), "2:37+4",
          "these blocks are compressed already: rsv1 instead of deflate" },
        { "let b = \"x\"\n" IN_CASE("send text blocks { stored b }"), NULL, NULL },
        { IN_CASE("prefer { expect echo } otherwise info \"i\" { }"), NULL, NULL },
        { IN_CASE("send text \"abc\" hold=1 shutdown expect nothing"), NULL, NULL },
        { IN_CASE("drop either { expect report closed } or { expect alive }"), NULL, NULL },
        { IN_CASE("drop either { expect report closed } or { expect eof }"), "2:6+6",
          "this is never reached: \"drop\" has ended the connection" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check(&rows[i]);
}

Test(script_lint, checks_no_ids_without_a_catalogue)
{
    static const char text[] = "case a \"A\" { proves R-9\n }";
    struct arena a = { 0 };
    struct script_file file;
    struct diagnostics diags;

    cr_assert(script_parse(&a, "f.case", bytes_str(text), NULL, &file, &diags));
    cr_expect(script_lint(&file, (struct bytes){ 0 }, &diags));
    arena_free(&a);
}

Test(script_lint, lets_one_case_have_a_number_of_another_suite)
{
    static const struct {
        const char *one, *two, *says; /* NULL: nothing to complain about */
    } rows[] = {
        { "also autobahn 3.2", "also autobahn 3.3", NULL },
        { "also autobahn 3.2", "also autobahn 3.20", NULL },
        { "", "", NULL },
        { "also autobahn 3.2", "also autobahn 3.2", "a/x and b/x are both autobahn 3.2" },
        { "also autobahn 9.1 3.2", "also autobahn 3.2 8.1", "a/x and b/x are both autobahn 3.2" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char one[200], two[200];
        struct arena a = { 0 };
        struct script_file files[2];
        struct diagnostics diags;
        struct err err = { 0 };
        snprintf(one, sizeof one, "case x \"X\" { note \"n\"\n%s\n}", rows[i].one);
        snprintf(two, sizeof two, "case x \"X\" { note \"n\"\n%s\n}", rows[i].two);
        cr_assert(script_parse(&a, "a.case", bytes_str(one), NULL, &files[0], &diags));
        cr_assert(script_parse(&a, "b.case", bytes_str(two), NULL, &files[1], &diags));
        const struct script_case *cases[] = { &files[0].cases[0], &files[1].cases[0] };
        cr_expect_eq(script_lint_numbers(cases, 2, &err), !rows[i].says, "row %zu", i);
        if (rows[i].says)
            cr_expect_str_eq(err.text, rows[i].says);
        arena_free(&a);
    }
}
