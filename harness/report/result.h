#ifndef REPORT_RESULT_H
#define REPORT_RESULT_H

#include "verdict/baseline.h"
#include "verdict/dropin.h"
#include "verdict/requirements.h"
#include "verdict/verdict.h"

/* A run as reports see it: everything that results.json holds, and nothing else. Read back from
 * the file it is the same. */
struct result_cut {
    uint64_t size; /* bytes a write; 0: whole */
    enum verdict_kind verdict;
};

struct result {
    const char *id, *title, *group, *path;
    unsigned line;
    const char *source; /* the case's text, values filled in */
    const char **proves;
    size_t n_proves;
    const char *autobahn;        /* old number, or NULL */
    const struct dropin *dropin; /* that suite's grade, with a number only; NULL: none */
    const char **tags;
    size_t n_tags;
    const char *note, *contested;
    enum severity severity; /* the case's */
    struct verdict verdict;
    struct known known;           /* what a baseline makes of it */
    struct transcript transcript; /* owned: result_free */
    uint64_t duration_us;
    unsigned attempts;             /* times it was run */
    const struct result_cut *cuts; /* what each size of --cut gave; none: there was but one */
    size_t n_cuts;
    const char *again;         /* the command that runs just this case */
    const char *target_stderr; /* last lines with --exec, or NULL */
};

struct run_options_row {
    const char *name, *value;
};

/* What a baseline says of the run as a whole. */
struct known_run {
    const char *file;
    const char **problems; /* each makes the run fail: another number of cases, … */
    size_t n_problems;
    const char **notes; /* what somebody should look at */
    size_t n_notes;
};

struct run_report {
    const char *version;           /* of wsproof */
    const char *target;            /* URL or command */
    const char *role;              /* "server" or "client" */
    const char *server_header;     /* as the target named itself, or NULL */
    struct run_options_row *probe; /* what the probe learned: "echo" "yes" */
    size_t n_probe;
    struct run_options_row *options;
    size_t n_options;
    uint64_t seed;
    uint64_t started_s; /* since 1970 */
    uint64_t duration_ms;
    uint64_t own_cpu_ms, own_peak_kib;
    uint64_t deaths;                  /* the server that we started ended by itself so often */
    uint64_t unsolved;                /* of them, those of which no case was convicted */
    bool unfinished;                  /* the run was cut short */
    const struct known_run *baseline; /* NULL: there was none */
    const char *trouble;              /* the target could not be reached, …; NULL: none */
    struct result *results;           /* in suite order */
    size_t n_results;
};

struct run_counts {
    size_t by_kind[VERDICT_KINDS];
    size_t fails_by_severity[SEVERITY_CRITICAL + 1];
    size_t total, contested, retried;
    size_t known[KNOWN_KINDS];
    /* Of the fails above those that a baseline expects or calls flaky. */
    size_t expected_fails, expected_by_severity[SEVERITY_CRITICAL + 1];
};

void run_report_count(const struct run_report *r, struct run_counts *out);
/* As a baseline has it: recorded so, or flaky. */
bool result_is_expected(const struct result *r);
/* Better or worse than a baseline has it. */
bool result_is_surprise(const struct result *r);
/* A surprise, an error, or a fail that no baseline expects. */
bool result_is_bad(const struct result *r);
/* Its case is about the requirement `id`. */
bool result_proves(const struct result *r, const char *id);

void result_free(struct result *r); /* its transcript */

#endif
