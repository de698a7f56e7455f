#include "report/diff.h"

#include <criterion/criterion.h>
#include <string.h>

#define OUT_MAX (8u << 20)
#define EVIL "<script>alert(1)</script>|`\"&\x1b[31m\n# x www.x.example"

static struct result gave(const char *id, enum verdict_kind kind, enum severity severity)
{
    return (
        struct result){ .id = id,
                        .title = "A " EVIL,
                        .verdict = { .result = kind,
                                     .severity = severity,
                                     .reason = kind == VERDICT_PASS ? NULL : "it said " EVIL } };
}

static struct run_report run_of(const char *target, struct result *results, size_t n)
{
    return (struct run_report){
        .version = "0.1.0", .target = target, .role = "server", .results = results, .n_results = n
    };
}

static struct diff diff_of(struct arena *a, const struct run_report *old, size_t n_old,
                           const struct run_report *new, size_t n_new)
{
    struct diff d;
    struct err err = { 0 };

    cr_assert(report_diff_make(a, old, n_old, new, n_new, &d, &err));
    return d;
}

Test(report_diff, says_of_each_case_what_became_of_it)
{
    static const struct {
        enum verdict_kind old, new;
        enum severity was, is;
        enum known_as as;
        int kind; /* -1: the same */
    } table[] = {
        { VERDICT_PASS, VERDICT_FAIL, SEVERITY_MINOR, SEVERITY_MINOR, KNOWN_NOT, DIFF_WORSE },
        { VERDICT_WARN, VERDICT_FAIL, SEVERITY_MINOR, SEVERITY_MINOR, KNOWN_NOT, DIFF_WORSE },
        { VERDICT_PASS, VERDICT_SKIP, SEVERITY_MINOR, SEVERITY_MINOR, KNOWN_NOT, DIFF_WORSE },
        { VERDICT_FAIL, VERDICT_FAIL, SEVERITY_MINOR, SEVERITY_MAJOR, KNOWN_NOT, DIFF_WORSE },
        { VERDICT_FAIL, VERDICT_FAIL, SEVERITY_MAJOR, SEVERITY_MINOR, KNOWN_NOT, DIFF_BETTER },
        { VERDICT_FAIL, VERDICT_WARN, SEVERITY_MINOR, SEVERITY_MINOR, KNOWN_NOT, DIFF_BETTER },
        { VERDICT_INFO, VERDICT_PASS, SEVERITY_MINOR, SEVERITY_MINOR, KNOWN_NOT, DIFF_CHANGED },
        { VERDICT_PASS, VERDICT_INFO, SEVERITY_MINOR, SEVERITY_MINOR, KNOWN_NOT, DIFF_CHANGED },
        { VERDICT_WARN, VERDICT_INFO, SEVERITY_MINOR, SEVERITY_MINOR, KNOWN_NOT, DIFF_BETTER },
        { VERDICT_FAIL, VERDICT_FAIL, SEVERITY_MINOR, SEVERITY_MINOR, KNOWN_NOT, -1 },
        { VERDICT_WARN, VERDICT_WARN, SEVERITY_MINOR, SEVERITY_MAJOR, KNOWN_NOT, -1 },
        { VERDICT_PASS, VERDICT_FAIL, SEVERITY_MINOR, SEVERITY_MINOR, KNOWN_FLAKY, DIFF_FLAKY },
        { VERDICT_FAIL, VERDICT_FAIL, SEVERITY_MINOR, SEVERITY_MINOR, KNOWN_FLAKY, -1 },
        { VERDICT_PASS, VERDICT_ERROR, SEVERITY_MINOR, SEVERITY_MINOR, KNOWN_NOT, DIFF_UNKNOWN },
        { VERDICT_ERROR, VERDICT_FAIL, SEVERITY_MINOR, SEVERITY_MINOR, KNOWN_NOT, DIFF_UNKNOWN },
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct arena a = { 0 };
        struct result was = gave("g/a", table[i].old, table[i].was);
        struct result is = gave("g/a", table[i].new, table[i].is);
        is.known.as = table[i].as;
        struct run_report old = run_of("t", &was, 1), new = run_of("t", &is, 1);
        struct diff d = diff_of(&a, &old, 1, &new, 1);
        cr_assert_eq(d.count, 1);
        cr_expect_eq(d.targets[0].n_rows, table[i].kind >= 0, "%zu", i);
        cr_expect_eq(d.targets[0].same, table[i].kind < 0);
        if (d.targets[0].n_rows > 0)
            cr_expect_eq((int)d.targets[0].rows[0].kind, table[i].kind, "%zu", i);
        arena_free(&a);
    }
}

Test(report_diff, what_is_only_on_one_side_is_new_or_gone)
{
    struct arena a = { 0 };
    struct result was[] = { gave("g/gone", VERDICT_FAIL, SEVERITY_MINOR),
                            gave("g/same", VERDICT_PASS, SEVERITY_MINOR) };
    struct result is[] = { gave("g/new", VERDICT_FAIL, SEVERITY_MINOR),
                           gave("g/same", VERDICT_PASS, SEVERITY_MINOR) };
    struct run_report old = run_of("t", was, 2), new = run_of("t", is, 2);
    struct diff d = diff_of(&a, &old, 1, &new, 1);

    cr_assert_eq(d.targets[0].n_rows, 2);
    cr_expect_eq(d.targets[0].rows[0].kind, DIFF_NEW);
    cr_expect_str_eq(d.targets[0].rows[0].new->id, "g/new");
    cr_expect_eq(d.targets[0].rows[1].kind, DIFF_GONE);
    cr_expect_str_eq(d.targets[0].rows[1].old->id, "g/gone");
    cr_expect_null(diff_doubt(&d));
    arena_free(&a);
}

Test(report_diff, rows_are_sorted_by_kind_and_the_worst_comes_first)
{
    struct arena a = { 0 };
    struct result was[] = { gave("g/a", VERDICT_FAIL, SEVERITY_MINOR),
                            gave("g/b", VERDICT_PASS, SEVERITY_MINOR),
                            gave("g/c", VERDICT_PASS, SEVERITY_MINOR) };
    struct result is[] = { gave("g/a", VERDICT_PASS, SEVERITY_MINOR),
                           gave("g/b", VERDICT_FAIL, SEVERITY_MINOR),
                           gave("g/c", VERDICT_FAIL, SEVERITY_MINOR) };
    struct run_report old = run_of("t", was, 3), new = run_of("t", is, 3);
    struct diff d = diff_of(&a, &old, 1, &new, 1);

    cr_assert_eq(d.targets[0].n_rows, 3);
    cr_expect_str_eq(d.targets[0].rows[0].new->id, "g/b");
    cr_expect_str_eq(d.targets[0].rows[1].new->id, "g/c");
    cr_expect_str_eq(d.targets[0].rows[2].new->id, "g/a");
    cr_expect_eq(diff_total(&d, DIFF_WORSE), 2);
    arena_free(&a);
}

Test(report_diff, targets_are_paired_by_name_and_two_runs_whatever_they_are_called)
{
    struct arena a = { 0 };
    struct result one[] = { gave("g/a", VERDICT_PASS, SEVERITY_MINOR) };
    struct run_report old[] = { run_of("x", one, 1), run_of("gone", one, 1) };
    struct run_report new[] = { run_of("new", one, 1), run_of("x", one, 1) };
    struct diff d = diff_of(&a, old, 2, new, 2);

    cr_assert_eq(d.count, 3);
    cr_expect_null(d.targets[0].old);
    cr_expect_eq(d.targets[1].old, &old[0]);
    cr_expect_eq(d.targets[1].new, &new[1]);
    cr_expect_null(d.targets[2].new);
    cr_expect_eq(diff_total(&d, DIFF_NEW), 1);
    cr_expect_eq(diff_total(&d, DIFF_GONE), 1);
    cr_expect_eq(diff_total(&d, DIFF_WORSE), 0);
    cr_expect(strstr(diff_doubt(&d), "a target is missing"));
    d = diff_of(&a, &old[1], 1, &new[0], 1);
    cr_assert_eq(d.count, 1);
    cr_expect_eq(d.targets[0].same, 1);
    arena_free(&a);
}

Test(report_diff, a_case_under_two_numbers_is_two)
{
    struct arena a = { 0 };
    struct result was[] = { gave("g/a", VERDICT_PASS, SEVERITY_MINOR),
                            gave("g/a", VERDICT_FAIL, SEVERITY_MINOR) };
    was[0].autobahn = "1.1.1";
    was[1].autobahn = "1.1.2";
    struct run_report old = run_of("t", was, 2);
    struct diff d = diff_of(&a, &old, 1, &old, 1);

    cr_expect_eq(d.targets[0].same, 2);
    arena_free(&a);
}

Test(report_diff, a_new_run_that_says_nothing_is_no_answer)
{
    struct arena a = { 0 };
    struct result pass = gave("g/a", VERDICT_PASS, SEVERITY_MINOR);
    struct result error = gave("g/a", VERDICT_ERROR, SEVERITY_MINOR);
    struct result other = gave("g/b", VERDICT_PASS, SEVERITY_MINOR);
    struct run_report old = run_of("t", &pass, 1), new = run_of("t", &pass, 1);
    struct diff d = diff_of(&a, &old, 1, &new, 1);

    cr_expect_null(diff_doubt(&d));
    new.unfinished = true;
    cr_expect(strstr(diff_doubt(&d), "cut short"));
    new = run_of("t", &error, 1);
    d = diff_of(&a, &old, 1, &new, 1);
    cr_expect(strstr(diff_doubt(&d), "error"));
    d = diff_of(&a, &new, 1, &old, 1); /* the old one's error is no doubt of the new one */
    cr_expect_null(diff_doubt(&d));
    new = run_of("t", &other, 1);
    d = diff_of(&a, &old, 1, &new, 1);
    cr_expect(strstr(diff_doubt(&d), "no case in common"));
    new = run_of("t", NULL, 0);
    d = diff_of(&a, &old, 1, &new, 1);
    cr_expect(strstr(diff_doubt(&d), "no case in common"));
    arena_free(&a);
}

static const char *text_of(struct buf *out)
{
    cr_assert(buf_push(out, '\0'));
    return (const char *)out->ptr;
}

Test(report_diff, every_format_has_every_row_and_nothing_that_a_target_said_means_anything)
{
    struct arena a = { 0 };
    struct result was[] = { gave("g/a" EVIL, VERDICT_PASS, SEVERITY_MINOR) };
    struct result is[] = { gave("g/a" EVIL, VERDICT_FAIL, SEVERITY_MAJOR) };
    struct run_report old = run_of("t" EVIL, was, 1), new = run_of("t" EVIL, is, 1);
    struct diff d = diff_of(&a, &old, 1, &new, 1);
    struct buf out;

    buf_init(&out, OUT_MAX);
    cr_assert(report_diff_text(&d, &out));
    cr_expect(strstr(text_of(&out), "  worse   g/a<script>"), "%s", out.ptr);
    cr_expect(strstr((char *)out.ptr, "pass -> fail major: it said"));
    cr_expect(strstr((char *)out.ptr, "1 worse, 0 unknown"));
    cr_expect_null(strchr((char *)out.ptr, '\x1b'));
    cr_expect_null(strstr((char *)out.ptr, "\n# x"));
    buf_clear(&out);
    cr_assert(report_diff_markdown(&d, &out));
    cr_expect(strstr(text_of(&out), "| **worse** | g/a&#60;script&#62;"), "%s", out.ptr);
    cr_expect(strstr((char *)out.ptr, "| pass | fail (major) | it said &#60;"));
    cr_expect_null(strstr((char *)out.ptr, "<script"));
    cr_expect_null(strstr((char *)out.ptr, "\n# x"));
    cr_expect_null(strstr((char *)out.ptr, "www."), "which would be a link");
    buf_clear(&out);
    cr_assert(report_diff_html(&d, &out));
    cr_expect(strstr(text_of(&out), "1 case is worse"));
    cr_expect(strstr((char *)out.ptr, "<code>g/a&lt;script&gt;"), "%s", out.ptr);
    cr_expect_null(strstr((char *)out.ptr, "<script"));
    cr_expect(strstr((char *)out.ptr, "style-src 'sha256-"));
    buf_free(&out);
    arena_free(&a);
}

Test(report_diff, a_long_list_is_cut_in_text_and_says_so)
{
    enum { MANY = 250 };
    static struct result results[MANY];
    struct arena a = { 0 };
    struct run_report none = run_of("t", NULL, 0), many = run_of("t", results, MANY);
    struct buf out;

    for (size_t i = 0; i < MANY; i++)
        results[i] = gave(arena_print(&a, "g/%zu", i), VERDICT_PASS, SEVERITY_MINOR);
    struct diff d = diff_of(&a, &none, 1, &many, 1);
    buf_init(&out, OUT_MAX);
    cr_assert(report_diff_text(&d, &out));
    cr_expect(strstr(text_of(&out), "and 50 more that are new"));
    buf_clear(&out);
    cr_assert(report_diff_markdown(&d, &out));
    cr_expect(strstr(text_of(&out), "| new | and 50 more |"));
    buf_clear(&out);
    cr_assert(report_diff_html(&d, &out));
    cr_expect(strstr(text_of(&out), "<code>g/249</code>"));
    buf_free(&out);
    arena_free(&a);
}
