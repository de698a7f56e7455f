#define _POSIX_C_SOURCE 200809L
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/connect/history.h"
#include "cli/connect/keys.h"
#include "cli/connect/slash.h"
#include "io/file.h"

/* What a person types to `wsproof connect`: keys, commands, the history. */

/* ---- keys ---- */

static const struct {
    const char *typed;
    size_t len;
    bool known;
} typed[] = {
    { "ab", 1, true },           { "\xC3\xA9x", 2, true },
    { "\xE2\x82\xAC", 3, true }, { "\xF0\x9F\x98\x80", 4, true },
    { "\xFFx", 1, true },        { "\xC3x", 1, true }, /* no character begins so */
    { "\033[A", 3, true },       { "\033OAx", 3, true },
    { "\033[3~x", 4, true },     { "\033[1;5Cx", 6, true },
    { "\033[1;9Zx", 6, false },  { "\033Oq", 3, false },
    { "\033[990~", 6, false }, /* ours, which nobody types */
    { "\033f", 2, true },        { "\033\033[A", 1, false },
};

Test(keys, the_first_is_a_character_or_a_sequence_and_what_no_row_has_is_unknown)
{
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
        bool known = false;
        cr_expect_eq(keys_first(bytes_str(typed[i].typed), &known), typed[i].len, "row %zu", i);
        cr_expect_eq(known, typed[i].known, "row %zu", i);
    }
}

Test(keys, one_that_is_cut_is_none_yet)
{
    bool known;

    cr_expect_eq(keys_first((struct bytes){ 0 }, &known), 0);
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
        if (typed[i].len == 1 || typed[i].typed[1] == '\033')
            continue;
        for (size_t cut = 1; cut < typed[i].len; cut++)
            cr_expect_eq(keys_first(bytes_of(typed[i].typed, cut), &known), 0, "row %zu, %zu", i,
                         cut);
    }
}

Test(keys, a_sequence_that_never_ends_is_passed_over)
{
    char endless[200] = "\033[";
    bool known = true;

    memset(endless + 2, '1', sizeof endless - 3);
    size_t len = keys_first(bytes_str(endless), &known);
    cr_expect(len > 2 && len < 64 && !known, "%zu", len);
}

/* ---- commands ---- */

static void completes(const char *start, size_t n, const char *rest)
{
    struct bytes got;

    cr_expect_eq(slash_complete(bytes_str(start), &got), n, "%s", start);
    if (n > 0)
        cr_expect(bytes_eq_str(got, rest), "%s: %.*s", start, BYTES_ARG(got));
}

Test(slash, what_all_that_begin_so_have_in_common_is_put_behind_it)
{
    completes("/b", 1, "inary ");
    completes("/p", 2, "");
    completes("/pi", 1, "ng ");
    completes("/ping", 1, " ");
    completes("/ping ", 1, "");
    completes("/h", 1, "elp");
    completes("/", 5, "");
    completes("/x", 0, NULL);
    completes("/ping x", 0, NULL);
    completes("//", 0, NULL);
}

Test(slash, the_list_ends)
{
    cr_expect_str_eq(slash_usage(BYTES_LIT("/p"), 0), "/ping [TEXT]");
    cr_expect_str_eq(slash_usage(BYTES_LIT("/p"), 1), "/pong [TEXT]");
    cr_expect_null(slash_usage(BYTES_LIT("/p"), 2));
    cr_expect_null(slash_usage(BYTES_LIT("/x"), 0));
}

/* ---- the history ---- */

static const char *path_of(const char *named, const char *state, const char *home)
{
    static char path[64];
    struct history_places places = { named, state, home };

    return history_path(&places, path, sizeof path) ? path : "none";
}

Test(history, it_lies_where_it_is_told_to_or_among_the_states)
{
    cr_expect_str_eq(path_of("mine", "/state", "/me"), "mine");
    cr_expect_str_eq(path_of("", "/state", "/me"), "none");
    cr_expect_str_eq(path_of(NULL, "/state", "/me"), "/state/wsproof/history");
    cr_expect_str_eq(path_of(NULL, "state", "/me"), "/me/.local/state/wsproof/history");
    cr_expect_str_eq(path_of(NULL, "", "/me"), "/me/.local/state/wsproof/history");
    cr_expect_str_eq(path_of(NULL, NULL, ""), "none");
    cr_expect_str_eq(path_of(NULL, NULL, NULL), "none");
    cr_expect_str_eq(
        path_of("0123456789012345678901234567890123456789012345678901234567890123", NULL, NULL),
        "none", "it does not fit");
}

Test(history, a_blank_at_the_front_keeps_a_line_out)
{
    static char longest[HISTORY_LINE_MAX + 2];

    memset(longest, 'x', HISTORY_LINE_MAX + 1);
    cr_expect(history_keeps(BYTES_LIT("x")));
    cr_expect_not(history_keeps(BYTES_LIT("")));
    cr_expect_not(history_keeps(BYTES_LIT(" x")));
    cr_expect_not(history_keeps(BYTES_LIT("x\ny")));
    cr_expect(history_keeps(bytes_of(longest, HISTORY_LINE_MAX)));
    cr_expect_not(history_keeps(bytes_of(longest, HISTORY_LINE_MAX + 1)));
}

static char dir[IO_DIR_PRIVATE_MAX], file[IO_DIR_PRIVATE_MAX + 16];
static struct buf lines;
static struct err err;

static void begin(void)
{
    cr_assert(io_dir_private(dir, &err), "%s", err.text);
    snprintf(file, sizeof file, "%s/h", dir);
    buf_init(&lines, 1 << 20);
}

static void end(void)
{
    buf_free(&lines);
    io_dir_remove(dir);
}

static unsigned mode(void)
{
    struct stat st;

    cr_assert_eq(stat(file, &st), 0);
    return (unsigned)st.st_mode & 0777;
}

static void write_file(struct bytes text)
{
    cr_assert(io_file_write(file, text, &err), "%s", err.text);
}

TestSuite(history_file, .init = begin, .fini = end);

Test(history_file, what_was_added_is_read_and_nobody_else_reads_it)
{
    cr_assert(history_read(file, &lines, &err), "%s", err.text);
    cr_expect_eq(lines.len, 0);
    cr_assert(history_add(file, BYTES_LIT("one"), &err) &&
              history_add(file, BYTES_LIT("caf\xC3\xA9"), &err));
    cr_expect_eq(mode(), 0600);
    cr_assert_eq(chmod(file, 0644), 0);
    cr_assert(history_add(file, BYTES_LIT("x"), &err));
    cr_expect_eq(mode(), 0600);
    cr_assert(history_read(file, &lines, &err));
    cr_expect(bytes_eq_str(buf_bytes(&lines), "one\ncaf\xC3\xA9\nx\n"));
}

Test(history_file, another_ones_file_is_left_as_it_is)
{
    struct buf text;

    write_file(BYTES_LIT("notes\n"));
    cr_expect_not(history_read(file, &lines, &err));
    cr_expect(strstr(err.text, "no history of wsproof"), "%s", err.text);
    buf_init(&text, 100);
    cr_assert(io_file_read(file, 100, &text, &err));
    cr_expect(bytes_eq_str(buf_bytes(&text), "notes\n"));
    buf_free(&text);
    cr_expect_not(history_read(dir, &lines, &err));
    cr_expect(strstr(err.text, "no plain file"), "%s", err.text);
    cr_expect_not(history_read("/dev/zero", &lines, &err));
}

Test(history_file, an_empty_one_is_begun)
{
    write_file((struct bytes){ 0 });
    cr_assert(history_read(file, &lines, &err), "%s", err.text);
    cr_assert(history_add(file, BYTES_LIT("one"), &err) && history_read(file, &lines, &err));
    cr_expect(bytes_eq_str(buf_bytes(&lines), "one\n"));
}

/* Filled with `n` lines, the numbers from 1 on. */
static void fill(unsigned n)
{
    struct buf text;

    cr_assert(history_read(file, &lines, &err));
    buf_init(&text, 1 << 20);
    cr_assert(io_file_read(file, 1 << 20, &text, &err));
    for (unsigned i = 1; i <= n; i++)
        cr_assert(buf_print(&text, "%u\n", i));
    write_file(buf_bytes(&text));
    buf_free(&text);
}

static size_t size(void)
{
    struct stat st;

    cr_assert_eq(stat(file, &st), 0);
    return (size_t)st.st_size;
}

Test(history_file, the_newest_are_read_and_a_long_one_is_cut_to_them)
{
    fill(2 * HISTORY_LINES);
    size_t before = size();
    cr_assert(history_read(file, &lines, &err));
    cr_expect(bytes_starts(buf_bytes(&lines), BYTES_LIT("1001\n1002\n")));
    cr_expect_eq(size(), before);

    cr_assert(history_add(file, BYTES_LIT("2001"), &err));
    buf_clear(&lines);
    cr_assert(history_read(file, &lines, &err), "%s", err.text);
    cr_expect(bytes_starts(buf_bytes(&lines), BYTES_LIT("1002\n1003\n")));
    cr_expect_lt(size(), before);
    cr_expect_eq(mode(), 0600);
    struct bytes all = buf_bytes(&lines);
    cr_expect(bytes_eq_str(bytes_skip(all, all.len - 10), "2000\n2001\n"));

    struct buf again;
    buf_init(&again, 1 << 20);
    cr_assert(history_read(file, &again, &err));
    cr_expect(bytes_eq(buf_bytes(&again), all));
    buf_free(&again);
}
