#include "cli/report/book.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/file.h"
#include "report/json.h"

static struct arena arena;
static char dir[IO_DIR_PRIVATE_MAX];

static void make_dir(void)
{
    struct err err = { 0 };

    cr_assert(io_dir_private(dir, &err), "%s", err.text);
}

static void drop_dir(void)
{
    arena_free(&arena);
    io_dir_remove(dir);
}

TestSuite(book, .init = make_dir, .fini = drop_dir);

/* A results file of one case; gives its path, in `arena`. */
static const char *file_of(const char *name, const char *target, const char *id)
{
    struct result r = {
        .id = id, .title = "", .group = "", .path = "a.case", .source = "", .again = ""
    };
    const struct run_report run = {
        .version = "0.1.0", .target = target, .role = "server", .results = &r, .n_results = 1
    };
    const char *path = arena_print(&arena, "%s/%s", dir, name);
    struct buf out;
    struct err err;

    buf_init(&out, REPORT_FILE_MAX);
    cr_assert(report_json(&run, &out));
    cr_assert(io_file_write(path, buf_bytes(&out), &err));
    buf_free(&out);
    return path;
}

Test(book, shards_are_joined_and_targets_are_not)
{
    const char *a = file_of("a", "x", "one"), *b = file_of("b", "y", "one"),
               *c = file_of("c", "x", "two");
    struct book book = { 0 };
    struct err err = { 0 };

    cr_assert(book_add(&book, a, &arena, &err) && book_add(&book, b, &arena, &err) &&
              book_add(&book, c, &arena, &err) && book_close(&book, &arena, &err));
    cr_assert_eq(book.runs.count, 2);
    cr_assert_eq(book.runs.list[0].n_results, 2);
    cr_assert_eq(book.runs.list[1].n_results, 1);
    cr_assert_str_eq(book.runs.list[1].target, "y");
    book_free(&book);
}

Test(book, a_name_before_the_file_stands_for_the_target)
{
    const char *a = file_of("a", "x", "one");
    const char *named = arena_print(&arena, "mine=%s", a),
               *other = arena_print(&arena, "other=%s", a);
    struct book book = { 0 };
    struct err err = { 0 };

    cr_assert(book_add(&book, named, &arena, &err) && book_add(&book, other, &arena, &err));
    cr_assert_eq(book.runs.count, 2);
    cr_assert_str_eq(book.runs.list[0].target, "mine");
    cr_assert_str_eq(book.runs.list[1].target, "other");
    book_free(&book);
}

Test(book, a_path_with_a_sign_of_equality_is_a_path)
{
    const char *a = file_of("a=b", "x", "one");
    struct book book = { 0 };
    struct err err = { 0 };

    cr_assert(book_add(&book, a, &arena, &err), "%s", err.text);
    cr_assert_str_eq(book.runs.list[0].target, "x");
    book_free(&book);
}

Test(book, a_case_twice_in_one_target_is_an_error)
{
    const char *a = file_of("a", "x", "one");
    struct book book = { 0 };
    struct err err = { 0 };

    cr_assert(book_add(&book, a, &arena, &err) && book_add(&book, a, &arena, &err));
    cr_assert_not(book_close(&book, &arena, &err));
    cr_assert_eq(err.code, ERR_USAGE);
    cr_assert_not_null(strstr(err.text, "one is in two of the files"));
    book_free(&book);
}

Test(book, of_the_past_only_the_counts_are_kept)
{
    const char *a = file_of("a", "x", "one");
    struct book book = { 0 };
    struct err err = { 0 };

    cr_assert(book_add_past(&book, a, &arena, &err));
    cr_assert_eq(book.runs.count, 0);
    cr_assert_eq(book.n_past, 1);
    cr_assert_str_eq(book.past[0].target, "x");
    cr_assert_eq(book.past[0].counts.total, 1);
    cr_assert_eq(book.past[0].counts.by_kind[VERDICT_PASS], 1);
    book_free(&book);
}

Test(book, a_file_that_is_none_is_named)
{
    struct book book = { 0 };
    struct err err = { 0 };

    cr_assert_not(book_add(&book, "name=no/such/file", &arena, &err));
    cr_assert_eq(err.code, ERR_USAGE);
    cr_assert_eq(book.runs.count, 0);
    book_free(&book);
}
