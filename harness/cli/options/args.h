#ifndef CLI_OPTIONS_ARGS_H
#define CLI_OPTIONS_ARGS_H

#include "base/err.h"

/* One option of a sub-command, in a table that also makes its help text. */
enum arg_kind {
    ARG_FLAG,   /* --insecure            bool */
    ARG_TEXT,   /* --exec CMD            const char * */
    ARG_LIST,   /* --cases GLOB, again   struct arg_list */
    ARG_NUMBER, /* --jobs N              uint64_t */
    ARG_TIME    /* --timeout 5s          uint64_t, milliseconds */
};

/* Numbers may end in K, M or G (1024 each). A list takes the first ARG_LIST_MAX and refuses more;
 * of other options that are given again the last one holds. */
#define ARG_LIST_MAX 256

struct arg_list {
    const char *items[ARG_LIST_MAX];
    size_t count;
};

struct arg_row {
    const char *name; /* "--exec", or "-v" when there is no long one */
    char letter;      /* 'v', or 0 */
    enum arg_kind kind;
    void *into;        /* of the kind's type; holds the default */
    const char *value; /* "CMD" for the help text; NULL for flags */
    const char *help;
};

struct arg_command {
    const char *name;           /* "test" */
    const char *usage;          /* "wsproof test [URL | --exec CMD] [options]" */
    const char *about;          /* a sentence or three */
    const char *examples;       /* lines, or NULL */
    const struct arg_row *rows; /* ends with a row without name */
};

/* Reads argv (from argv[2] on) into the rows' places; what is no option goes to `rest`.
 * "--name=value" and "--name value", "--" ends options. False with ERR_USAGE: names the option and
 * the nearest one that exists. */
NODISCARD bool arg_parse(const struct arg_command *command, int argc, char **argv,
                         struct arg_list *rest, bool *help, struct err *err);
void arg_help(const struct arg_command *command); /* to stdout */

/* The one of `names` (ends with NULL) that `word` was probably meant to be, or NULL. */
const char *arg_nearest(const char *word, const char *const *names);

/* Tells on stderr what went wrong, and gives the exit code that belongs to it. */
int arg_fail(const struct arg_command *command, const struct err *err);

#endif
