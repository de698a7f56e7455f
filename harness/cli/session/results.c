#include "cli/session/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/options/exit_code.h"
#include "cli/session/known.h"
#include "io/clock.h"
#include "report/describe.h"
#include "script/print.h"
#include "verdict/dropin.h"

static bool takes_value(const char *arg, const char *name)
{
    return strcmp(arg, name) == 0;
}

/* The command line of this run with only this case: what chooses cases or places is left out. */
static const char *run_again(struct session *s, const char *id)
{
    static const char *const left_out[] = { "--cases", "--exclude",  "--shard", "--report",
                                            "--json",  "--junit",    "--pcap",  "--markdown",
                                            "--sarif", "--baseline", "--badge", NULL };
    struct buf line;
    const char *copy;
    bool ok;

    if (s->again)
        return arena_print(&s->arena, "%s --cases %s", s->again, id);
    buf_init(&line, 1 << 16);
    ok = buf_append(&line, BYTES_LIT("wsproof"));
    for (int i = 1; ok && i < s->argc; i++) {
        bool skip = strcmp(s->argv[i], "--resume") == 0 || strcmp(s->argv[i], "--tap") == 0 ||
                    strcmp(s->argv[i], "--long") == 0 || strcmp(s->argv[i], "--github") == 0 ||
                    strcmp(s->argv[i], "--update-baseline") == 0;
        for (size_t k = 0; left_out[k]; k++) {
            size_t n = strlen(left_out[k]);
            if (takes_value(s->argv[i], left_out[k])) {
                skip = true;
                i++;
                break;
            }
            skip |= strncmp(s->argv[i], left_out[k], n) == 0 && s->argv[i][n] == '=';
        }
        ok = skip || (buf_push(&line, ' ') && text_shell_word(bytes_str(s->argv[i]), &line));
    }
    ok = ok && buf_append(&line, BYTES_LIT(" --cases ")) && text_shell_word(bytes_str(id), &line);
    copy = ok ? arena_str(&s->arena, buf_bytes(&line)) : NULL;
    buf_free(&line);
    return copy;
}

static const char *case_source(struct session *s, const struct script_case *c)
{
    struct buf text;
    const char *copy = NULL;

    buf_init(&text, 1 << 20);
    if (script_print_case(c, &text))
        copy = arena_str(&s->arena, buf_bytes(&text));
    buf_free(&text);
    return copy;
}

static const char *described(struct session *s, const struct transcript *t, size_t entry)
{
    struct buf text;
    const char *copy = NULL;

    if (entry >= t->count)
        return NULL;
    buf_init(&text, 1 << 16);
    if (report_describe(&t->entries[entry], &text))
        copy = arena_str(&s->arena, buf_bytes(&text));
    buf_free(&text);
    return copy;
}

static const char *kept(struct session *s, const char *text)
{
    return text ? arena_str(&s->arena, bytes_str(text)) : NULL;
}

/* The schedule's texts end with it; a verdict in a report lives on. */
void session_keep_verdict(struct session *s, struct verdict *v)
{
    v->reason = kept(s, v->reason);
    v->expected = kept(s, v->expected);
    v->got = kept(s, v->got);
    for (size_t i = 0; i < v->n_remarks; i++)
        v->remarks[i] = kept(s, v->remarks[i]);
}

/* A verdict speaks of all runs of a case, the log is the last one's: where a run alone took back
 * what the first had found, the log is judged anew. */
static bool judge_log(struct session *s, const struct outcome *o, struct verdict *out)
{
    struct verdict_options options = { s->o.strict, &s->source.requirements, s->role,
                                       s->source.files };

    *out = o->verdict;
    return o->attempts <= 1 || o->verdict.result != VERDICT_INFO ||
           verdict_judge(o->c, &o->transcript, &options, &s->arena, out);
}

/* A run that came to nothing has no grade there. */
static void grade_autobahn(struct session *s, const struct outcome *o, struct result *r)
{
    struct verdict strict;
    struct dropin grade;

    if (o->c->n_also > 0)
        r->autobahn = o->c->also[0].id;
    if (!r->autobahn || o->verdict.result == VERDICT_ERROR || !judge_log(s, o, &strict) ||
        !dropin_grade(o->c, &o->transcript, s->role, &strict, &grade))
        return;
    struct dropin *kept = arena_new(&s->arena, sizeof *kept);
    if (kept)
        *kept = grade;
    r->dropin = kept;
}

void session_result(struct session *s, struct outcome *o, struct result *r)
{
    const struct script_case *c = o->c;

    *r = (struct result){ .id = c->id,
                          .title = c->title,
                          .group = c->group,
                          .path = c->path,
                          .line = c->line,
                          .proves = c->proves,
                          .n_proves = c->n_proves,
                          .tags = c->tags,
                          .n_tags = c->n_tags,
                          .note = c->note,
                          .contested = c->contested,
                          .severity = c->severity,
                          .verdict = o->verdict,
                          .transcript = o->transcript,
                          .duration_us = o->duration_us,
                          .attempts = o->attempts };
    grade_autobahn(s, o, r);
    if (s->numbered && r->autobahn)
        r->autobahn = s->numbered->cases[o->index].id;
    r->source = case_source(s, c);
    r->again = run_again(s, c->id);
    r->target_stderr = kept(s, o->err_output);
    if (!r->verdict.got && r->verdict.result != VERDICT_PASS)
        r->verdict.got = described(s, &r->transcript, r->verdict.entry);
    session_keep_verdict(s, &r->verdict);
    known_judge(s, r);
}

bool session_add(struct session *s, struct outcome *o, struct err *err)
{
    return session_add_cuts(s, o, NULL, 0, err);
}

bool session_add_cuts(struct session *s, struct outcome *o, const struct result_cut *cuts,
                      size_t n_cuts, struct err *err)
{
    struct result *r;

    if (s->report.n_results >= s->results_cap)
        return err_set(err, ERR_INTERNAL, "more results than cases");
    r = &s->report.results[s->report.n_results++];
    session_result(s, o, r);
    r->cuts = cuts;
    r->n_cuts = n_cuts;
    const struct progress_at at = { s->report.n_results, s->results_cap, s->foreseen, s->left };
    progress_result(s->progress, r, &at);
    return outputs_result(&s->outputs, r, &s->arena, err) && pcap_file_write(&s->pcap, false, err);
}

int session_order(const void *a, const void *b)
{
    const struct result *x = a, *y = b;
    int path = strcmp(x->path, y->path);

    if (path != 0)
        return path;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return strcmp(x->id, y->id);
}

int session_exit_code(const struct session *s, const struct run_report *r)
{
    struct run_counts counts;
    size_t ran;

    run_report_count(r, &counts);
    if (counts.by_kind[VERDICT_ERROR] > 0 || r->unfinished || r->trouble)
        return EXIT_TARGET;
    for (size_t i = 0; i < r->n_results; i++)
        if (known_gates(s, &r->results[i]))
            return EXIT_UNEXPECTED;
    if (r->baseline && r->baseline->n_problems > 0)
        return EXIT_UNEXPECTED;
    ran = counts.total - counts.by_kind[VERDICT_SKIP];
    /* A death counts also where no case could be told to be its cause, and above all there: that of
     * another is known to kill it explains it no more. */
    bool dead =
        r->unsolved > 0 || (r->deaths > 0 && counts.expected_by_severity[SEVERITY_CRITICAL] == 0);
    return ran == 0 || dead ? EXIT_UNEXPECTED : EXIT_OK;
}

int session_exit_of(const struct err *err)
{
    switch (err->code) {
    case ERR_NONE: return EXIT_OK;
    case ERR_USAGE:
    case ERR_SYNTAX: return EXIT_USAGE;
    case ERR_SYSTEM:
    case ERR_TARGET: return EXIT_TARGET;
    case ERR_MEMORY:
    case ERR_INTERNAL: break;
    }
    return EXIT_BUG;
}

void session_complain(const struct err *err)
{
    if (err->line > 0)
        fprintf(stderr, "wsproof: %s:%u:%u: %s\n", err->file, err->line, err->col, err->text);
    else
        fprintf(stderr, "wsproof: %s\n", err->text);
}

static int write_reports(struct session *s, int code)
{
    struct err err = { 0 };
    const char *where =
        s->o.report_dir ? arena_print(&s->arena, "%s/index.html", s->o.report_dir) : NULL;

    qsort(s->report.results, s->report.n_results, sizeof *s->report.results, session_order);
    s->report.duration_ms = io_elapsed_ms() - s->started_ms;
    s->report.own_cpu_ms = io_own_cpu_us() / 1000;
    s->report.own_peak_kib = io_own_peak_kib();
    if (!outputs_end(&s->outputs, &s->report, &s->source.requirements, &s->arena, &err) ||
        !pcap_file_write(&s->pcap, true, &err)) {
        session_complain(&err);
        return session_exit_of(&err) > code ? session_exit_of(&err) : code;
    }
    progress_summary(s->progress, &s->report, where);
    known_print(&s->report, s->o.quiet, s->o.tap ? stderr : stdout);
    return code;
}

/* Complains; gives the worse of the two codes. */
static int with_trouble(const struct err *trouble, int code)
{
    int worse = session_exit_of(trouble);

    session_complain(trouble);
    return worse > code ? worse : code;
}

static int finish(struct session *s, const struct err *trouble)
{
    struct err err = { 0 };
    int code = EXIT_OK;

    if (s->role == ROLE_SERVER)
        s->report.deaths = s->target.deaths;
    if (trouble) {
        s->report.unfinished = true;
        s->report.trouble = trouble->text;
        code = with_trouble(trouble, code);
    }
    if (!known_settle(s, &s->report, s->n_chosen, &err) ||
        !known_update(s, &s->report, s->n_chosen, &err))
        code = with_trouble(&err, code);
    int found = session_exit_code(s, &s->report);
    return write_reports(s, found > code ? found : code);
}

int session_github(struct session *s, int code)
{
    struct err err = { 0 };

    if (!s->o.github || github_end(&s->github, &s->report, s->fail_on, &err))
        return code;
    session_complain(&err);
    return session_exit_of(&err) > code ? session_exit_of(&err) : code;
}

int session_finish(struct session *s, const struct err *trouble)
{
    struct err err = { 0 };
    int code = EXIT_OK;

    if (s->report.results)
        return session_github(s, finish(s, trouble));
    if (!pcap_file_write(&s->pcap, true, &err))
        session_complain(&err);
    if (trouble) {
        s->report.trouble = trouble->text;
        session_complain(trouble);
        code = session_exit_of(trouble);
    }
    return session_github(s, code);
}

void session_free(struct session *s)
{
    for (size_t i = 0; i < s->report.n_results; i++)
        result_free(&s->report.results[i]);
    if (s->loop)
        target_free(&s->target);
    io_tls_free(s->tls);
    for (enum io_tls_flaw flaw = IO_TLS_GOOD; flaw < IO_TLS_FLAWS; flaw++)
        io_tls_free(s->flawed[flaw]);
    io_loop_free(s->loop);
    pcap_file_free(&s->pcap);
    if (!s->shared)
        source_free(&s->source);
    progress_free(s->progress);
    arena_free(&s->arena);
}

int session_close(struct session *s, const struct err *trouble)
{
    int code = session_finish(s, trouble);

    session_free(s);
    return code;
}
