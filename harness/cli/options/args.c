#include "cli/options/args.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/options/exit_code.h"

/* A longest time makes no sense as a deadline: a year is for ever. */
#define TIME_MAX_MS (365ull * 24 * 3600 * 1000)
/* Words that differ in more than a third of their letters, but in one at least, or in more than
 * these are no slips of the finger. */
#define SLIPS_MAX 3

/* ---- suggestions ---- */

const char *arg_nearest(const char *word, const char *const *names)
{
    const char *best = NULL;
    unsigned best_distance = (unsigned)strlen(word) / 3;

    if (best_distance < 1)
        best_distance = 1;
    if (best_distance > SLIPS_MAX)
        best_distance = SLIPS_MAX;
    for (; *names; names++) {
        unsigned distance = text_distance(word, *names, best_distance + 1);
        if (distance > best_distance || (best && distance == best_distance))
            continue;
        best = *names;
        best_distance = distance;
    }
    return best;
}

static bool unknown(const struct arg_command *command, const char *option, struct err *err)
{
    const char *names[128] = { "--help" };
    size_t n = 1;

    for (const struct arg_row *r = command->rows; r->name && n < 127; r++)
        names[n++] = r->name;
    const char *near = arg_nearest(option, names);
    if (near)
        return err_set(err, ERR_USAGE, "there is no option %s; did you mean %s?", option, near);
    if (strcmp(option, "--version") == 0)
        return err_set(err, ERR_USAGE, "wsproof --version tells it, without a command");
    return err_set(err, ERR_USAGE, "there is no option %s; wsproof %s --help lists them", option,
                   command->name);
}

/* ---- reading ---- */

/* What is left of argv, and the word at hand taken apart. */
struct reader {
    const struct arg_command *command;
    char **next, **end;
    char option[64];   /* "--name" of "--name=value" */
    const char *value; /* behind '=', or NULL */
    struct err *err;
};

/* "-u0": a letter with its value glued to it. */
static bool take_glued(struct reader *r, const char *word)
{
    for (const struct arg_row *row = r->command->rows; row->name; row++) {
        if (row->letter != word[1] || row->kind == ARG_FLAG)
            continue;
        memcpy(r->option, word, 2);
        r->option[2] = '\0';
        r->value = word + 2;
        return true;
    }
    return false;
}

static bool take_option(struct reader *r, const char *word)
{
    size_t len = strcspn(word, "=");

    if (word[1] != '-' && len > 2 && take_glued(r, word))
        return true;

    if (len >= sizeof r->option)
        return err_set(r->err, ERR_USAGE, "there is no option %.60s…", word);
    memcpy(r->option, word, len);
    r->option[len] = '\0';
    r->value = word[len] == '=' ? word + len + 1 : NULL;
    return true;
}

static const struct arg_row *row_of(const struct reader *r)
{
    for (const struct arg_row *row = r->command->rows; row->name; row++) {
        if (strcmp(row->name, r->option) == 0)
            return row;
        if (row->letter && r->option[0] == '-' && r->option[1] == row->letter &&
            r->option[2] == '\0')
            return row;
    }
    return NULL;
}

static bool wrong_value(const struct reader *r, const char *wanted)
{
    return err_set(r->err, ERR_USAGE, "%s wants %s, not \"%s\"", r->option, wanted, r->value);
}

static bool append(struct arg_list *list, const char *item, const char *what, struct err *err)
{
    if (list->count == ARG_LIST_MAX)
        return err_set(err, ERR_USAGE, "more than %d times %s", ARG_LIST_MAX, what);
    list->items[list->count++] = item;
    return true;
}

static bool store(const struct reader *r, const struct arg_row *row)
{
    switch (row->kind) {
    case ARG_FLAG: *(bool *)row->into = true; return true;
    case ARG_TEXT: *(const char **)row->into = r->value; return true;
    case ARG_LIST: return append(row->into, r->value, r->option, r->err);
    case ARG_NUMBER:
        return text_size(bytes_str(r->value), UINT64_MAX, row->into) ||
               wrong_value(r, "a number such as 16 or 16M");
    case ARG_TIME:
        return text_duration_ms(bytes_str(r->value), TIME_MAX_MS, row->into) ||
               wrong_value(r, "a time with its unit, such as 500ms or 2s");
    }
    return false;
}

static bool read_option(struct reader *r, const char *word, bool *help)
{
    if (!take_option(r, word))
        return false;
    if (strcmp(r->option, "--help") == 0 || strcmp(r->option, "-h") == 0)
        return *help = true;
    const struct arg_row *row = row_of(r);
    if (!row)
        return unknown(r->command, r->option, r->err);
    if (row->kind == ARG_FLAG && r->value)
        return err_set(r->err, ERR_USAGE, "%s takes no value", r->option);
    if (row->kind != ARG_FLAG && !r->value) {
        if (r->next == r->end)
            return err_set(r->err, ERR_USAGE, "%s wants a value: %s %s", r->option, r->option,
                           row->value);
        r->value = *r->next++;
    }
    return store(r, row);
}

bool arg_parse(const struct arg_command *command, int argc, char **argv, struct arg_list *rest,
               bool *help, struct err *err)
{
    struct reader r = {
        .command = command, .next = argv + (argc < 2 ? argc : 2), .end = argv + argc, .err = err
    };
    bool options = true;

    *rest = (struct arg_list){ 0 };
    *help = false;
    while (r.next < r.end) {
        const char *word = *r.next++;
        if (options && strcmp(word, "--") == 0)
            options = false;
        else if (options && word[0] == '-' && word[1] != '\0') {
            if (!read_option(&r, word, help))
                return false;
        } else if (!append(rest, word, "an argument", err))
            return false;
    }
    return true;
}

/* ---- help ---- */

#define HELP_WIDTH 80
#define HELP_COLUMN 26

/* Text broken between words, wherever it was before; from column `at` on, where the first line
 * already stands. */
static void print_wrapped(const char *text, int at)
{
    int column = at;

    for (const char *word = text; *word;) {
        int len = (int)strcspn(word, " \n");
        if (column > at && column + 1 + len > HELP_WIDTH) {
            printf("\n%*s", at, "");
            column = at;
        }
        column += printf("%s%.*s", column > at ? " " : "", len, word);
        word += len + (word[len] != '\0');
    }
    printf("\n");
}

static void print_row(const struct arg_row *row)
{
    bool both = row->letter && row->name[1] == '-';
    int n = both ? printf("  -%c, %s", row->letter, row->name) : printf("  %s", row->name);

    if (row->value)
        n += printf(" %s", row->value);
    if (n + 2 > HELP_COLUMN) {
        printf("\n");
        n = 0;
    }
    printf("%*s", HELP_COLUMN - n, "");
    print_wrapped(row->help, HELP_COLUMN);
}

void arg_help(const struct arg_command *command)
{
    printf("usage: %s\n\n", command->usage);
    print_wrapped(command->about, 0);
    if (command->rows->name)
        printf("\n");
    for (const struct arg_row *row = command->rows; row->name; row++)
        print_row(row);
    if (command->examples)
        printf("\nExamples:\n%s", command->examples);
}

/* ---- errors ---- */

static int exit_code_of(enum err_code code)
{
    switch (code) {
    case ERR_NONE: return EXIT_OK;
    case ERR_USAGE:
    case ERR_SYNTAX: return EXIT_USAGE;
    case ERR_SYSTEM:
    case ERR_TARGET: return EXIT_TARGET;
    case ERR_MEMORY:
    case ERR_INTERNAL: return EXIT_BUG;
    }
    return EXIT_BUG;
}

int arg_fail(const struct arg_command *command, const struct err *err)
{
    if (err->line > 0)
        fprintf(stderr, "%s:%u:%u: %s\n", err->file, err->line, err->col, err->text);
    else
        fprintf(stderr, "wsproof %s: %s\n", command->name, err->text);
    return exit_code_of(err->code);
}
