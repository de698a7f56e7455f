#define _GNU_SOURCE /* kill, mkdtemp, symlink beside C11 */

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/clock.h"
#include "io/file.h"

/* A fresh folder; the test removes what it makes. */
static const char *fresh(char path[64])
{
    strcpy(path, P_tmpdir "/wsproof-test-XXXXXX");
    cr_assert(mkdtemp(path));
    return path;
}

static const char *in(const char *dir, const char *name)
{
    static char path[4][2 * IO_DIR_PRIVATE_MAX];
    static unsigned next;
    char *at = path[next++ % 4];

    snprintf(at, sizeof path[0], "%s/%s", dir, name);
    return at;
}

Test(io_file, what_is_written_is_read)
{
    char dir[64];
    struct buf b = { 0 };
    struct err err = { 0 };
    const char *path = in(fresh(dir), "f");

    cr_assert_not(io_file_exists(path));
    cr_assert(io_file_write(path, BYTES_LIT("one"), &err), "%s", err.text);
    cr_assert(io_file_append(path, BYTES_LIT(" two"), &err), "%s", err.text);
    cr_assert(io_file_exists(path));
    cr_assert(io_file_read(path, 7, &b, &err), "%s", err.text);
    cr_assert(bytes_eq_str(buf_bytes(&b), "one two"));
    cr_assert(io_file_write(path, BYTES_LIT(""), &err), "%s", err.text);
    cr_assert(io_file_read(path, 7, &b, &err), "%s", err.text);
    cr_assert_eq(b.len, 0);
    buf_free(&b);
    io_file_remove(path);
    cr_assert_eq(rmdir(dir), 0, "something else was left behind");
}

Test(io_file, no_file_is_larger_than_allowed)
{
    char dir[64];
    struct buf b = { 0 };
    struct err err = { 0 };
    const char *path = in(fresh(dir), "f");

    cr_assert(io_file_write(path, BYTES_LIT("12345678"), &err), "%s", err.text);
    cr_assert_not(io_file_read(path, 7, &b, &err));
    cr_assert(strstr(err.text, path) && strstr(err.text, "larger than 7"), "%s", err.text);
    buf_free(&b);
    io_file_remove(path);
    rmdir(dir);
}

Test(io_file, trouble_names_the_path_and_the_reason)
{
    struct buf b = { 0 };
    struct err err = { 0 };

    cr_assert_not(io_file_read("/nonexistent/f", 9, &b, &err));
    cr_assert(strstr(err.text, "/nonexistent/f: No such file"), "%s", err.text);
    cr_assert_not(io_file_write("/nonexistent/f", BYTES_LIT("x"), &err));
    cr_assert(strstr(err.text, "/nonexistent/f"), "%s", err.text);
    cr_assert_not(io_file_read("/", 9, &b, &err));
    buf_free(&b);
}

Test(io_file, a_device_is_written_to_and_not_replaced)
{
    struct err err = { 0 };
    struct stat st;

    cr_assert(io_file_write("/dev/null", BYTES_LIT("x"), &err), "%s", err.text);
    cr_assert_eq(stat("/dev/null", &st), 0);
    cr_assert(S_ISCHR(st.st_mode));
}

Test(io_file, folders_are_made_and_listed_in_order)
{
    char dir[64];
    struct buf b = { 0 };
    struct err err = { 0 };

    fresh(dir);
    cr_assert(io_dir_make(in(dir, "b/c"), &err), "%s", err.text);
    cr_assert(io_dir_make(in(dir, "b/c"), &err), "%s", err.text);
    cr_assert(io_file_write(in(dir, "b/c/2.case"), BYTES_LIT(""), &err));
    cr_assert(io_file_write(in(dir, "b/1.case"), BYTES_LIT(""), &err));
    cr_assert(io_file_write(in(dir, "a.case"), BYTES_LIT(""), &err));
    cr_assert(io_file_write(in(dir, "note.txt"), BYTES_LIT(""), &err));
    cr_assert_not(io_dir_make(in(dir, "a.case/d"), &err));
    cr_assert_eq(symlink("..", in(dir, "b/up")), 0);

    cr_assert(io_dir_list(dir, ".case", &b, &err), "%s", err.text);
    cr_assert(bytes_eq(buf_bytes(&b), bytes_of("a.case\0b/1.case\0b/c/2.case", 27)), "%.*s",
              BYTES_ARG(buf_bytes(&b)));
    cr_assert_not(io_dir_list(in(dir, "none"), "", &b, &err));
    buf_free(&b);
    static const char *const made[] = { "b/up", "b/c/2.case", "b/1.case", "a.case", "note.txt" };
    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        io_file_remove(in(dir, made[i]));
    rmdir(in(dir, "b/c"));
    rmdir(in(dir, "b"));
    cr_assert_eq(rmdir(dir), 0);
}

Test(io_file, one_folder_is_listed_without_what_is_hidden)
{
    char dir[64];
    struct buf b;
    struct err err = { 0 };

    fresh(dir);
    buf_init(&b, 4096);
    cr_assert(io_dir_make(in(dir, "z/deep"), &err), "%s", err.text);
    cr_assert(io_file_write(in(dir, "a b"), BYTES_LIT(""), &err));
    cr_assert(io_file_write(in(dir, ".hidden"), BYTES_LIT(""), &err));
    cr_assert(io_dir_names(dir, &b, &err), "%s", err.text);
    cr_expect(bytes_eq(buf_bytes(&b), bytes_of("a b\0z/", 7)), "%.*s", BYTES_ARG(buf_bytes(&b)));
    cr_expect_not(io_dir_names(in(dir, "a b"), &b, &err));
    buf_free(&b);
    io_file_remove(in(dir, "a b"));
    io_file_remove(in(dir, ".hidden"));
    rmdir(in(dir, "z/deep"));
    rmdir(in(dir, "z"));
    cr_assert_eq(rmdir(dir), 0);
}

Test(io_file, what_lies_below_is_told_after_all_links)
{
    char dir[64], top[80], outside[80];
    struct err err = { 0 };

    fresh(dir);
    snprintf(top, sizeof top, "%s", in(dir, "top"));
    snprintf(outside, sizeof outside, "%s", in(dir, "topmost"));
    cr_assert(io_dir_make(in(dir, "top/sub"), &err) && io_dir_make(outside, &err));
    cr_assert(io_file_write(in(dir, "top/f"), BYTES_LIT("x"), &err));
    cr_assert_eq(symlink("../topmost", in(dir, "top/out")), 0);
    cr_assert_eq(symlink("sub", in(dir, "top/in")), 0);
    cr_expect(io_file_below(top, top) && io_file_below(top, in(dir, "top/sub")));
    cr_expect(io_file_below(top, in(dir, "top/in")) && io_file_below("/", top));
    cr_expect_not(io_file_below(top, outside));
    cr_expect_not(io_file_below(top, in(dir, "top/out")));
    cr_expect_not(io_file_below(top, in(dir, "top/sub/../..")));
    cr_expect_not(io_file_below(top, in(dir, "top/none")));
    cr_expect_eq(io_file_kind(in(dir, "top/in")), IO_FILE_DIR);
    cr_expect_eq(io_file_kind(in(dir, "top/f")), IO_FILE_PLAIN);
    cr_expect_eq(io_file_kind(in(dir, "none")), IO_FILE_NONE);
    cr_expect_eq(io_file_kind("/dev/null"), IO_FILE_OTHER);
    static const char *const made[] = { "top/f", "top/out", "top/in" };
    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        io_file_remove(in(dir, made[i]));
    rmdir(in(dir, "top/sub"));
    rmdir(top);
    rmdir(outside);
    cr_assert_eq(rmdir(dir), 0);
}

Test(io_clock, it_runs)
{
    uint64_t us = io_now_us(), ms = io_now_ms();

    cr_assert_geq(ms, us / 1000);
    cr_assert_geq(io_now_us(), us);
    cr_assert_gt(io_wall_s(), 1700000000);
    cr_assert_neq(io_entropy(), io_entropy());
    cr_assert_gt(io_own_peak_kib(), 100);
}

Test(io_file, a_file_is_created_once)
{
    char dir[64];
    struct buf b = { 0 };
    struct err err = { 0 };
    const char *path = in(fresh(dir), "f");
    bool there;

    cr_assert(io_file_create(path, BYTES_LIT("one"), &there, &err), "%s", err.text);
    cr_expect_not(there);
    cr_assert(io_file_create(path, BYTES_LIT("two"), &there, &err), "%s", err.text);
    cr_expect(there);
    cr_assert(io_file_read(path, 100, &b, &err), "%s", err.text);
    cr_expect(bytes_eq_str(buf_bytes(&b), "one"));
    cr_expect_not(io_file_create(in(dir, "none/f"), BYTES_LIT("x"), &there, &err));
    cr_expect(!there && err.code == ERR_SYSTEM);
    io_dir_remove(dir);
    cr_expect_not(io_file_exists(dir));
    buf_free(&b);
}

Test(io_file, a_temporary_folder_goes_with_its_files_and_leaves_folders)
{
    char dir[IO_DIR_PRIVATE_MAX], other[IO_DIR_PRIVATE_MAX];
    struct err err = { 0 };

    cr_assert(io_dir_private(dir, &err) && io_dir_private(other, &err), "%s", err.text);
    cr_expect_str_neq(dir, other);
    cr_assert(io_file_append(in(dir, ".hidden"), BYTES_LIT("x"), &err), "%s", err.text);
    cr_assert(io_dir_make(in(dir, "below"), &err), "%s", err.text);
    io_dir_remove(dir);
    cr_expect_not(io_file_exists(in(dir, ".hidden")));
    cr_expect(io_file_exists(in(dir, "below")));
    io_dir_remove(in(dir, "below"));
    io_dir_remove(dir);
    io_dir_remove(other);
    cr_expect(!io_file_exists(dir) && !io_file_exists(other));
}
