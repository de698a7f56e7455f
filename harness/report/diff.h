#ifndef REPORT_DIFF_H
#define REPORT_DIFF_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "report/result.h"

/* Two runs, or two sets of runs, held against each other. Better and worse are what they are to a
 * baseline: see verdict/baseline.h. */
enum diff_kind {
    DIFF_WORSE,   /* of two fails the one that costs more */
    DIFF_UNKNOWN, /* one of the two is an error, which says nothing about the target */
    DIFF_BETTER,
    DIFF_FLAKY,   /* another verdict, where a baseline says that there may be */
    DIFF_CHANGED, /* another one that is as good: pass and info */
    DIFF_NEW,     /* only in the new run */
    DIFF_GONE,    /* only in the old one */
    DIFF_KINDS
};

struct diff_row {
    enum diff_kind kind;
    const struct result *old, *new; /* one is NULL for DIFF_NEW and DIFF_GONE */
};

/* One target. What is the same in both has no row. A target that is only on one side has no rows.
 */
struct diff_target {
    const struct run_report *old, *new;
    struct diff_row *rows; /* by kind, and then in suite order */
    size_t n_rows;
    size_t by_kind[DIFF_KINDS], same;
};

struct diff {
    struct diff_target *targets;
    size_t count;
};

/* Targets are paired by name and role; one run on each side is a pair whatever the names are.
 * Points into the runs, which must stay. False: no memory. */
NODISCARD bool report_diff_make(struct arena *a, const struct run_report *old, size_t n_old,
                                const struct run_report *new, size_t n_new, struct diff *out,
                                struct err *err);

const char *diff_kind_name(enum diff_kind kind); /* "worse" */
size_t diff_total(const struct diff *d, enum diff_kind kind);

/* Why the new side is no answer, NULL when it is: a run was cut short, ended in errors that the old
 * one has not, lacks a target, or has no case in common with the old one. */
const char *diff_doubt(const struct diff *d);

/* The formats, each of all of it. What a target said is escaped. */
NODISCARD bool report_diff_text(const struct diff *d, struct buf *out);
NODISCARD bool report_diff_markdown(const struct diff *d, struct buf *out);
NODISCARD bool report_diff_html(const struct diff *d, struct buf *out);

#endif
