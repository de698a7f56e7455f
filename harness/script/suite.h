#ifndef SCRIPT_SUITE_H
#define SCRIPT_SUITE_H

#include "script/parse.h"

/* All cases of a tree of files, in the order of their paths, and choosing among them. */
struct suite {
    struct arena arena;
    struct script_file *files;
    size_t n_files;
    const struct script_case **cases;
    const struct script_case **by_id; /* the same, sorted by id */
    size_t n_cases;
};

/* One file's mistakes, to be shown by who has a terminal. */
struct suite_fault {
    const char *path;
    struct bytes text;
    struct diagnostics diags;
};

/* Parse every *.case of `files` (ends with a NULL path; others are data for `file "…"`, under
 * "data/"). The table must outlive the suite. False at the first file with mistakes, told in
 * `fault`, or when two cases have one id. suite_free is right in either case. */
NODISCARD bool suite_load(struct suite *s, const struct embedded *files, struct suite_fault *fault);
void suite_free(struct suite *s);

const struct script_case *suite_case(const struct suite *s, const char *id); /* NULL: unknown */

/* --cases and --exclude: each pattern is an id, a prefix of one that ends at a slash, a glob over
 * ids, a tag, a requirement id, or "autobahn:GLOB". No `want` means all. */
struct selection {
    const char *const *want;
    size_t n_want;
    const char *const *exclude;
    size_t n_exclude;
    unsigned shard, shards; /* 1-based; 0 of 0: all */
    enum case_role role;    /* cases for this role only; 0: all */
    bool no_long; /* without those tagged `long`, which take minutes, where no `want` names them */
};

/* The chosen cases, in suite order, into the arena. A pattern that matches nothing is an error of
 * kind ERR_USAGE that names it and the nearest id. */
NODISCARD bool suite_select(const struct suite *s, const struct selection *selection,
                            struct arena *a, const struct script_case ***out, size_t *count,
                            struct err *err);

/* How many cases that selection has, all of its shards together. */
size_t suite_chosen(const struct suite *s, const struct selection *selection);

/* How many cases `no_long` leaves out of that selection. */
size_t suite_left_out(const struct suite *s, const struct selection *selection);

#endif
