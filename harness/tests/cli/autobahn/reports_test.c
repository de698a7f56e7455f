#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/autobahn/reports.h"
#include "cli/options/exit_code.h"
#include "io/file.h"

static struct arena arena;

Test(autobahn_reports, agents_that_would_share_their_files_are_numbered)
{
    static const char *const names[] = { "My Agent", "my/agent", "my_agent", "other", "???", "!" };
    static const char *const kept[] = { "My Agent", "my/agent (2)", "my_agent (3)",
                                        "other",    "???",          "! (2)" };
    struct autobahn_reports r = { .dir = "." };
    static const struct run_report empty;
    struct err err;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        cr_assert(autobahn_reports_add(&r, names[i], &empty, &err), "%s", err.text);
        cr_expect_str_eq(r.agents[i].agent, kept[i], "%s", r.agents[i].agent);
    }
    for (size_t i = 0; i < r.count; i++)
        for (size_t k = 0; k < i; k++)
            cr_expect_str_neq(autobahn_reports_clean(r.agents[i].agent, &arena),
                              autobahn_reports_clean(r.agents[k].agent, &arena));
    arena_free(&arena);
    arena_free(&r.arena);
}

Test(autobahn_reports, there_is_a_file_for_each_case_with_a_number)
{
    static const char *const files[] = { "index.json", "index.html", "me_case_1_1_1.json",
                                         "me_case_1_1_1.html" };
    char dir[IO_DIR_PRIVATE_MAX], path[128];
    struct dropin grade = { .behavior = DROPIN_OK };
    struct result results[] = {
        { .id = "a/b", .title = "t", .autobahn = "1.1.1", .dropin = &grade },
        { .id = "a/c", .title = "t" }
    };
    struct run_report report = { .role = "server", .results = results, .n_results = 2 };
    struct autobahn_reports r = { .dir = dir };
    struct err err;
    struct buf names;

    cr_assert(io_dir_private(dir, &err), "%s", err.text);
    cr_assert(autobahn_reports_add(&r, "me", &report, &err), "%s", err.text);
    cr_assert(autobahn_reports_cases(&r, 0, &err) && autobahn_reports_index(&r, &err), "%s",
              err.text);
    buf_init(&names, 4096);
    cr_assert(io_dir_names(dir, &names, &err), "%s", err.text);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, files[i]);
        cr_expect(io_file_exists(path), "%s", path);
        io_file_remove(path);
    }
    cr_assert(io_dir_names(dir, &names, &err), "%s", err.text);
    cr_expect_eq(names.len, 0, "%s", (const char *)names.ptr);
    buf_free(&names);
    arena_free(&r.arena);
    io_dir_remove(dir);
}

Test(autobahn_reports, only_what_could_not_be_judged_is_an_error_unless_it_is_strict)
{
    struct dropin grades[2] = { { .behavior = DROPIN_OK }, { .behavior = DROPIN_OK } };
    struct result results[3] = { { .autobahn = "1.1.1", .dropin = &grades[0] },
                                 { .autobahn = "1.1.2", .dropin = &grades[1] },
                                 { .id = "a/c" } };
    struct run_report report = { .results = results, .n_results = 3 };

    cr_expect_eq(autobahn_reports_code(&report, true), EXIT_OK);
    grades[1].behavior = DROPIN_NON_STRICT;
    grades[1].close = DROPIN_CLOSE_INFORMATIONAL;
    cr_expect_eq(autobahn_reports_code(&report, true), EXIT_OK);
    grades[0].close = DROPIN_CLOSE_WRONG_CODE;
    cr_expect_eq(autobahn_reports_code(&report, false), EXIT_OK);
    cr_expect_eq(autobahn_reports_code(&report, true), EXIT_UNEXPECTED);
    grades[0].close = DROPIN_CLOSE_OK;
    grades[0].behavior = DROPIN_FAILED;
    cr_expect_eq(autobahn_reports_code(&report, true), EXIT_UNEXPECTED);
    results[2].verdict.result = VERDICT_ERROR;
    cr_expect_eq(autobahn_reports_code(&report, false), EXIT_TARGET);
}
