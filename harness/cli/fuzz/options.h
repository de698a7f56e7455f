#ifndef CLI_FUZZ_OPTIONS_H
#define CLI_FUZZ_OPTIONS_H

#include "cli/options/args.h"
#include "fuzz/trial/options.h"

/* The options of `wsproof fuzz`, which its engines take too: `wsproof fuzz-engine` gets the same
 * words, with a seed, runs and folders of its own. */
struct fuzz_words {
    struct fuzz_options o;
    struct arg_list headers, protocols;
    const char *role;     /* "server" or "client" */
    const char *minimise; /* a case file */
    const char *sarif;    /* where the findings go in that form; NULL: nowhere */
    uint64_t jobs;
    bool quiet, verbose;
};

#define FUZZ_ROWS 32
void fuzz_defaults(struct fuzz_words *w);
void fuzz_rows(struct fuzz_words *w, struct arg_row rows[FUZZ_ROWS]);

/* What the rows have read becomes w->o; `rest` holds the URL, if any. False with ERR_USAGE. */
NODISCARD bool fuzz_take(struct fuzz_words *w, const struct arg_list *rest, struct err *err);

#endif
