#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "script/embedded_cases.h"
#include "script/suite.h"

#define FILE_ROW(path, text)                                                                       \
    {                                                                                              \
        path, (const uint8_t *)(text), sizeof(text) - 1                                            \
    }

static const struct embedded files[] = {
    FILE_ROW("b/two.case", "case x \"X\" { note \"n\" tags slow\n send text file \"d\" }\n"
                           "case y \"Y\" { proves R-1 R-2\n role client }\n"),
    FILE_ROW("a/one.case", "case x \"X\" { note \"n\" also autobahn 3.2\n role server }\n"
                           "case x-1 \"X1\" { proves R-2\n }\n"
                           "case z \"Z\" { note \"n\" tags slow limits\n }\n"),
    FILE_ROW("data/d", "data"),
    FILE_ROW("README.md", "no case"),
    { 0 },
};

Test(script_suite, loads_every_case_file_in_the_order_of_paths)
{
    static const char *const ids[] = { "a/one/x", "a/one/x-1", "a/one/z", "b/two/x", "b/two/y" };
    struct suite s;
    struct suite_fault fault;

    cr_assert(suite_load(&s, files, &fault), "%s", fault.diags.list[0].text);
    cr_assert_eq(s.n_cases, 5);
    for (size_t i = 0; i < 5; i++) {
        cr_expect_str_eq(s.cases[i]->id, ids[i]);
        cr_expect_eq(suite_case(&s, ids[i]), s.cases[i]);
    }
    cr_expect_null(suite_case(&s, "a/one"));
    suite_free(&s);
}

Test(script_suite, tells_which_file_has_mistakes)
{
    static const struct embedded bad[] = {
        FILE_ROW("a.case", "case x \"X\" { note \"n\" }\n"),
        FILE_ROW("b.case", "case x \"X\" { note \"n\" sned }\n"),
        { 0 },
    };
    struct suite s;
    struct suite_fault fault;

    cr_assert_not(suite_load(&s, bad, &fault));
    cr_expect_str_eq(fault.path, "b.case");
    cr_expect_eq(fault.diags.list[0].col, 23);
    suite_free(&s);
}

Test(script_suite, refuses_an_id_that_is_taken)
{
    static const struct embedded twice[] = {
        FILE_ROW("a.case", "case x \"X\" { note \"n\" }\n"),
        FILE_ROW("a.case", "case x \"X\" { note \"n\" }\n"),
        { 0 },
    };
    struct suite s;
    struct suite_fault fault;

    cr_assert_not(suite_load(&s, twice, &fault));
    cr_expect_str_eq(fault.diags.list[0].text, "the id \"a/x\" is taken in a.case, line 1");
    suite_free(&s);
}

Test(script_suite, an_empty_table_is_an_empty_suite)
{
    static const struct embedded none[] = { { 0 } };
    struct suite s;
    struct suite_fault fault;

    cr_assert(suite_load(&s, none, &fault));
    cr_expect_eq(s.n_cases, 0);
    cr_expect_null(suite_case(&s, "a"));
    suite_free(&s);
}

/* The chosen ids, one behind the other; or the error's text. */
static void choose(const struct selection *by, char *out, size_t size)
{
    struct suite s;
    struct suite_fault fault;
    struct arena a = { 0 };
    const struct script_case **cases;
    struct err err = { 0 };
    size_t count;

    cr_assert(suite_load(&s, files, &fault));
    out[0] = '\0';
    if (!suite_select(&s, by, &a, &cases, &count, &err)) {
        cr_expect_eq(err.code, ERR_USAGE);
        snprintf(out, size, "%s", err.text);
    } else {
        for (size_t i = 0; i < count; i++)
            snprintf(out + strlen(out), size - strlen(out), "%s%s", i ? " " : "", cases[i]->id);
    }
    arena_free(&a);
    suite_free(&s);
}

Test(script_suite, selects_by_id_prefix_glob_tag_requirement_and_number)
{
    static const struct {
        const char *want, *exclude;
        unsigned shard, shards;
        enum case_role role;
        const char *chosen;
    } rows[] = {
        { NULL, NULL, 0, 0, 0, "a/one/x a/one/x-1 a/one/z b/two/x b/two/y" },
        { "a/one/x", NULL, 0, 0, 0, "a/one/x" },
        { "a", NULL, 0, 0, 0, "a/one/x a/one/x-1 a/one/z" },
        { "a/one/", NULL, 0, 0, 0, "a/one/x a/one/x-1 a/one/z" },
        { "a/on", NULL, 0, 0, 0, "no case matches \"a/on\": did you mean \"a/one/\"?" },
        { "*a/on/*", NULL, 0, 0, 0, "no case matches \"*a/on/*\": did you mean \"a/one/\"?" },
        { "*/x*", NULL, 0, 0, 0, "a/one/x a/one/x-1 b/two/x" },
        { "*/?", NULL, 0, 0, 0, "a/one/x a/one/z b/two/x b/two/y" },
        { "slow", NULL, 0, 0, 0, "a/one/z b/two/x" },
        { "R-2", NULL, 0, 0, 0, "a/one/x-1 b/two/y" },
        { "autobahn:3.*", NULL, 0, 0, 0, "a/one/x" },
        { "autobahn:3.2", NULL, 0, 0, 0, "a/one/x" },
        { "autobahn:3", NULL, 0, 0, 0, "no case matches \"autobahn:3\"" },
        { "slwo", NULL, 0, 0, 0, "no case matches \"slwo\": did you mean \"slow\"?" },
        { NULL, "slow", 0, 0, 0, "a/one/x a/one/x-1 b/two/y" },
        { "a", "a/one/x", 0, 0, 0, "a/one/x-1 a/one/z" },
        { NULL, "nothing-like-it", 0, 0, 0, "no case matches \"nothing-like-it\"" },
        { NULL, NULL, 0, 0, ROLE_SERVER, "a/one/x a/one/x-1 a/one/z b/two/x" },
        { NULL, NULL, 0, 0, ROLE_CLIENT, "a/one/x-1 a/one/z b/two/x b/two/y" },
        { NULL, NULL, 1, 2, 0, "a/one/x a/one/z b/two/y" },
        { NULL, NULL, 2, 2, 0, "a/one/x-1 b/two/x" },
        { "a", NULL, 2, 2, 0, "a/one/x-1" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct selection by = { .want = &rows[i].want,
                                .n_want = rows[i].want != NULL,
                                .exclude = &rows[i].exclude,
                                .n_exclude = rows[i].exclude != NULL,
                                .shard = rows[i].shard,
                                .shards = rows[i].shards,
                                .role = rows[i].role };
        char chosen[512];
        choose(&by, chosen, sizeof chosen);
        cr_expect_str_eq(chosen, rows[i].chosen, "row %zu gave %s", i, chosen);
    }
}
