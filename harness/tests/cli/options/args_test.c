#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "cli/options/args.h"

static bool flag;
static const char *text;
static struct arg_list list;
static uint64_t number, span;

static const struct arg_row rows[] = {
    { "--insecure", 0, ARG_FLAG, &flag, NULL, "" },
    { "--exec", 'e', ARG_TEXT, &text, "CMD", "" },
    { "--cases", 0, ARG_LIST, &list, "GLOB", "" },
    { "--jobs", 'j', ARG_NUMBER, &number, "N", "" },
    { "--timeout", 0, ARG_TIME, &span, "TIME", "" },
    { 0 },
};

static const struct arg_command command = {
    .name = "test", .usage = "", .about = "", .rows = rows
};

/* Splits at blanks; the words stay valid until the next call. */
static bool parse(const char *line, struct arg_list *rest, bool *help, struct err *err)
{
    static char words[256];
    char *argv[32];
    int argc = 0;

    flag = false;
    text = NULL;
    list = (struct arg_list){ 0 };
    number = span = 0;
    snprintf(words, sizeof words, "wsproof test %s", line);
    for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    *err = (struct err){ 0 };
    return arg_parse(&command, argc, argv, rest, help, err);
}

/* What came of a line, as text: "flag text list|… number time : rest|…". */
static const struct {
    const char *line, *result;
} good[] = {
    { "", "0 - 0 0 :" },
    { "--insecure", "1 - 0 0 :" },
    { "--exec a", "0 a 0 0 :" },
    { "--exec=a=b", "0 a=b 0 0 :" },
    { "--exec=", "0  0 0 :" },
    { "-e a -j 4", "0 a 4 0 :" },
    { "-ea -j4", "0 a 4 0 :" },
    { "-e=a -j=4", "0 a 4 0 :" },
    { "--exec --insecure", "0 --insecure 0 0 :" },
    { "--exec a --exec b", "0 b 0 0 :" },
    { "--cases x --cases=y", "0 - x| y| 0 0 :" },
    { "--jobs 16M", "0 - 16777216 0 :" },
    { "--timeout 1500ms", "0 - 0 1500 :" },
    { "--timeout=2s url", "0 - 0 2000 : url|" },
    { "a --jobs 1 b", "0 - 1 0 : a| b|" },
    { "- -- --jobs", "0 - 0 0 : -| --jobs|" },
};

static void print(char *out, size_t cap, const struct arg_list *rest)
{
    size_t n = (size_t)snprintf(out, cap, "%d %s ", flag, text ? text : "-");

    for (size_t i = 0; i < list.count; i++)
        n += (size_t)snprintf(out + n, cap - n, "%s| ", list.items[i]);
    n += (size_t)snprintf(out + n, cap - n, "%d %d :", (int)number, (int)span);
    for (size_t i = 0; i < rest->count; i++)
        n += (size_t)snprintf(out + n, cap - n, " %s|", rest->items[i]);
}

static const struct {
    const char *line, *word;
} bad[] = {
    { "--job 3", "did you mean --jobs?" },
    { "--insecrue", "did you mean --insecure?" },
    { "--hlep", "did you mean --help?" },
    { "--quite-another", "wsproof test --help" },
    { "-x", "no option -x" },
    { "--insecure=1", "takes no value" },
    { "--jobs", "--jobs N" },
    { "--jobs x", "not \"x\"" },
    { "--jobs -1", "not \"-1\"" },
    { "--timeout 5", "unit" },
    { "--timeout", "--timeout TIME" },
};

Test(cli_args, lines_are_read_or_refused_with_a_reason)
{
    struct arg_list rest;
    struct err err;
    bool help;
    char got[256];

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        cr_assert(parse(good[i].line, &rest, &help, &err), "%s: %s", good[i].line, err.text);
        print(got, sizeof got, &rest);
        cr_assert_str_eq(got, good[i].result, "%s gave %s", good[i].line, got);
        cr_assert_not(help);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cr_assert_not(parse(bad[i].line, &rest, &help, &err), "%s", bad[i].line);
        cr_assert_eq(err.code, ERR_USAGE, "%s", bad[i].line);
        cr_assert(strstr(err.text, bad[i].word), "%s: %s", bad[i].line, err.text);
    }
}

Test(cli_args, help_is_asked_for_anywhere)
{
    struct arg_list rest;
    struct err err;
    bool help;

    cr_assert(parse("--jobs 3 -h", &rest, &help, &err) && help);
    cr_assert(parse("--help", &rest, &help, &err) && help);
    cr_assert(parse("-- --help", &rest, &help, &err) && !help);
}

Test(cli_args, a_list_has_an_end)
{
    char *argv[2 + 2 * (ARG_LIST_MAX + 1)] = { "wsproof", "test" };
    struct arg_list rest;
    struct err err = { 0 };
    bool help;

    for (int i = 2; i < 2 + 2 * (ARG_LIST_MAX + 1); i += 2) {
        argv[i] = "--cases";
        argv[i + 1] = "x";
    }
    cr_assert(arg_parse(&command, 2 + 2 * ARG_LIST_MAX, argv, &rest, &help, &err));
    list.count = 0;
    cr_assert_not(arg_parse(&command, 4 + 2 * ARG_LIST_MAX, argv, &rest, &help, &err));
}

Test(cli_args, the_nearest_word_is_suggested_and_a_far_one_is_not)
{
    static const char *const names[] = { "serve", "serve-cases", "connect", NULL };

    cr_assert_str_eq(arg_nearest("sevre", names), "serve");
    cr_assert_str_eq(arg_nearest("servecases", names), "serve-cases");
    cr_assert_null(arg_nearest("x", names));
    cr_assert_null(arg_nearest("disconnected", names));
    cr_assert_null(arg_nearest("carve", names), "two of five letters are others");
}
