#include "report/merge.h"

#include <criterion/criterion.h>
#include <string.h>

static struct run_report part(struct run_options_row *row)
{
    return (struct run_report){ .target = "t",
                                .role = "server",
                                .options = row,
                                .n_options = row ? 1 : 0,
                                .duration_ms = 10,
                                .own_cpu_ms = 1,
                                .own_peak_kib = 7,
                                .deaths = 2,
                                .unsolved = 1 };
}

#define SHARD(value)                                                                               \
    (struct run_options_row)                                                                       \
    {                                                                                              \
        "shard", value                                                                             \
    }

Test(report_merge, the_parts_of_a_run_are_that_run_again)
{
    struct arena a = { 0 };
    struct err err = { 0 };
    struct run_options_row rows[] = { SHARD("2/3"), SHARD("1/3"), SHARD("3/3") };
    struct run_report run = part(&rows[0]), second = part(&rows[1]), third = part(&rows[2]);

    second.own_peak_kib = 9;
    third.unfinished = true;
    third.trouble = "it broke";
    cr_assert(report_merge(&run, &second, "b.json", &a, &err), "%s", err.text);
    cr_assert(report_merge(&run, &third, "c.json", &a, &err), "%s", err.text);
    cr_assert(report_merge_close(&run, &a, &err));
    cr_expect_eq(run.duration_ms, 30);
    cr_expect_eq(run.own_cpu_ms, 3);
    cr_expect_eq(run.own_peak_kib, 9);
    cr_expect_eq(run.deaths, 6);
    cr_expect_eq(run.unsolved, 3);
    cr_expect(run.unfinished);
    cr_expect_str_eq(run.trouble, "it broke");
    cr_expect_eq(run.n_options, 3); /* so that it can be merged with more */
    arena_free(&a);
}

Test(report_merge, shards_that_make_no_whole_are_told)
{
    static const struct {
        const char *first, *second, *says;
    } table[] = {
        { "1/2", "1/2", "b.json: shard 1/2 is there already" },
        { "1/2", "2/3", "b.json: one of 3 shards does not go with one of 2" },
        { "1/2", NULL, "b.json: one of 0 shards" },
        { NULL, "1/2", "b.json: one of 2 shards does not go with one of 0" },
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct arena a = { 0 };
        struct err err = { 0 };
        struct run_options_row rows[] = { SHARD(table[i].first), SHARD(table[i].second) };
        struct run_report run = part(table[i].first ? &rows[0] : NULL);
        struct run_report more = part(table[i].second ? &rows[1] : NULL);
        cr_expect_not(report_merge(&run, &more, "b.json", &a, &err), "%zu", i);
        cr_expect_eq(err.code, ERR_USAGE);
        cr_expect(strstr(err.text, table[i].says), "%zu: %s", i, err.text);
        arena_free(&a);
    }
}

Test(report_merge, shards_that_are_missing_are_trouble)
{
    struct arena a = { 0 };
    struct err err = { 0 };
    struct run_options_row rows[] = { SHARD("2/4"), SHARD("3/4") };
    struct run_report run = part(&rows[0]), second = part(&rows[1]);

    cr_assert(report_merge(&run, &second, "b.json", &a, &err));
    cr_assert(report_merge_close(&run, &a, &err));
    cr_expect(run.unfinished);
    cr_expect_str_eq(run.trouble, "2 shards are missing: 1/4, 4/4");
    struct run_options_row one = SHARD("1/2");
    run = part(&one);
    cr_assert(report_merge_close(&run, &a, &err));
    cr_expect_str_eq(run.trouble, "shard 2/2 is missing");
    struct run_options_row nonsense = SHARD("many");
    run = part(&nonsense);
    cr_assert(report_merge_close(&run, &a, &err));
    cr_expect_null(run.trouble);
    arena_free(&a);
}

Test(report_merge, a_case_is_in_one_file_only)
{
    struct arena a = { 0 };
    struct err err = { 0 };
    struct result results[] = { { .id = "g/a" }, { .id = "g/b" }, { .id = "g/b" } };
    struct run_report run = part(NULL);

    run.results = results;
    run.n_results = 2;
    cr_expect(report_merge_close(&run, &a, &err));
    run.n_results = 3;
    cr_expect_not(report_merge_close(&run, &a, &err));
    cr_expect_str_eq(err.text, "g/b is in two of the files");
    results[1].autobahn = "1.1.1"; /* one case under two numbers */
    results[2].autobahn = "1.1.2";
    cr_expect(report_merge_close(&run, &a, &err));
    arena_free(&a);
}

Test(report_merge, what_every_shard_says_of_the_baseline_is_said_once)
{
    struct arena a = { 0 };
    struct err err = { 0 };
    const char *one[] = { "x", "y" }, *two[] = { "y", "z" };
    struct known_run first = { "base", one, 2, NULL, 0 }, second = { "base", two, 2, two, 1 };
    struct run_report run = part(NULL), more = part(NULL);

    more.baseline = &second;
    cr_assert(report_merge(&run, &more, "b.json", &a, &err));
    cr_expect_eq(run.baseline, &second);
    run.baseline = &first;
    cr_assert(report_merge(&run, &more, "b.json", &a, &err));
    cr_expect_eq(run.baseline->n_problems, 3);
    cr_expect_str_eq(run.baseline->problems[2], "z");
    cr_expect_eq(run.baseline->n_notes, 1);
    cr_expect_eq(first.n_problems, 2); /* what it came from stays as it was */
    arena_free(&a);
}
