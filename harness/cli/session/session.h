#ifndef CLI_SESSION_SESSION_H
#define CLI_SESSION_SESSION_H

#include "cli/options/args.h"
#include "cli/output/github.h"
#include "cli/output/outputs.h"
#include "cli/output/pcap_file.h"
#include "cli/output/progress.h"
#include "cli/session/source.h"
#include "drive/schedule.h"
#include "report/result.h"
#include "script/autobahn_select.h"

/* One run of `test`, `test-client` or `serve-cases` from its options to its reports: what the three
 * have in common. */
struct session_options {
    struct arg_list cases, exclude, headers, protocols;
    const char *exec, *profile, *shard, *cases_from, *cut, *sni;
    const char *cacert, *cert, *key;
    const char *report_dir, *json, *junit, *pcap, *fail_on, *baseline;
    const char *markdown, *sarif, *badge;
    uint64_t jobs, timeout_ms, case_ms, seed;
    bool insecure, strict, tap, verbose, quiet, resume, tls, long_too, github, update_baseline;
};

#define SESSION_CUTS_MAX 16

struct session {
    struct session_options o;
    /* Set before session_open, or NULL: a suite that is loaded already and outlives the session,
     * which of its cases instead of --cases and so on, and how a case is run again. */
    const struct source *shared;
    const struct autobahn_selection *numbered;
    const char *again;
    enum case_role role;
    int argc;
    char **argv;
    struct arena arena;
    struct source source;
    struct io_loop *loop;
    struct io_tls *tls;
    struct io_tls *flawed[IO_TLS_FLAWS]; /* what clients must not accept; NULL: not made */
    struct profile profile;
    struct target_options target_options;
    struct target target;
    struct probe probe;
    struct schedule_options schedule;
    const struct script_case **cases; /* to be run */
    size_t n_cases, n_left_out;       /* the long ones */
    size_t n_chosen;                  /* before they were split into shards */
    struct baseline baseline;         /* empty: no --baseline */
    uint64_t cuts[SESSION_CUTS_MAX];  /* bytes a write; 0: as the case says */
    size_t n_cuts, cut;               /* which is under way */
    struct ws_header headers[ARG_LIST_MAX];
    struct outputs outputs;
    struct github github;
    struct pcap_file pcap;
    enum severity fail_on;
    struct run_report report;
    size_t results_cap;
    struct progress *progress;
    bool foreseen;             /* by the schedule under way; not with --cut, which makes many */
    struct forecast_left left; /* by that */
    uint64_t started_ms;
};

void session_defaults(struct session_options *o, enum case_role role);

/* The rows that all three share go into `rows` (room for SESSION_ROWS), ended by an empty one. */
#define SESSION_ROWS 64
size_t session_rows(struct session_options *o, enum case_role role, struct arg_row *rows);

/* Loads, selects, starts the loop. `target` is the URL, or NULL. */
NODISCARD bool session_open(struct session *s, enum case_role role, const char *url,
                            struct err *err);

/* Probes the target and runs all cases, for each cut. */
NODISCARD bool session_run(struct session *s, struct err *err);
/* The steps of that: starts the target if it is ours, and asks it. */
NODISCARD bool session_probe(struct session *s, struct err *err);
/* What is known of the target goes into the report; the journal begins. */
NODISCARD bool session_begin(struct session *s, struct err *err);
NODISCARD bool session_cases(struct session *s, struct err *err);

/* What an outcome says, as reports have it; the transcript goes over to `out`. */
void session_result(struct session *s, struct outcome *o, struct result *out);
int session_order(const void *a, const void *b); /* for qsort: results in suite order */

/* s->fail_on from --fail-on. */
NODISCARD bool session_fail_on(struct session *s, struct err *err);

/* Exit code of a report by --fail-on and --baseline. */
int session_exit_code(const struct session *s, const struct run_report *r);

/* The run options of the cut under way. */
void session_schedule(struct session *s);

/* Takes an outcome into the report, the journal and the terminal. */
NODISCARD bool session_add(struct session *s, struct outcome *o, struct err *err);
/* The same with what each size of --cut gave. The rows live as long as the session. */
NODISCARD bool session_add_cuts(struct session *s, struct outcome *o, const struct result_cut *cuts,
                                size_t n_cuts, struct err *err);

/* A schedule's texts end with it; from here on they live as long as the session. */
void session_keep_verdict(struct session *s, struct verdict *v);

/* Writes the reports, prints the summary, frees all. `trouble` NULL: the run came to its end. Gives
 * the exit code. */
int session_close(struct session *s, const struct err *trouble);
int session_finish(struct session *s, const struct err *trouble); /* all of that but the freeing */
void session_free(struct session *s);

/* What --github wants behind everything else. Gives the exit code, `code` or a worse one. */
int session_github(struct session *s, int code);

/* Exit code of an error that ended everything early. */
int session_exit_of(const struct err *err);
void session_complain(const struct err *err);

#endif
