#include "report/json.h"

#include <inttypes.h>
#include <stdio.h>

#include "report/jsonlog.h"
#include "report/rfc3339.h"

static void write_texts(struct jsonout *o, const char *key, const char *const *texts, size_t count)
{
    if (count == 0)
        return;
    jsonout_open(o, key, '[');
    for (size_t i = 0; i < count; i++)
        jsonout_text(o, NULL, texts[i]);
    jsonout_close(o, ']');
}

static void write_verdict(struct jsonout *o, const struct verdict *v)
{
    jsonout_text(o, "verdict", verdict_name(v->result));
    jsonout_text(o, "behaviour", verdict_name(v->behaviour));
    jsonout_text(o, "closing", verdict_closing_name(v->closing));
    jsonout_text(o, "closing_grade", verdict_name(v->closing_grade));
    jsonout_flag_if(o, "disputed", v->contested);
    if (v->rule != WS_RULE_NONE)
        jsonout_text(o, "rule", ws_rule_row(v->rule)->name);
    jsonout_text(o, "requirement", v->requirement);
    jsonout_number_unless(o, "case_line", v->line, 0);
    jsonout_text(o, "reason", v->reason);
    jsonout_text(o, "expected", v->expected);
    jsonout_text(o, "got", v->got);
    jsonout_number_unless(o, "entry", v->entry, ENTRY_NO_STEP);
    jsonout_flag_if(o, "barrier", v->barrier);
    jsonout_flag_if(o, "retry", v->retry);
    write_texts(o, "remarks", (const char *const *)v->remarks, v->n_remarks);
}

static void write_cuts(struct jsonout *o, const struct result *r)
{
    if (r->n_cuts == 0)
        return;
    jsonout_open(o, "cuts", '[');
    for (size_t i = 0; i < r->n_cuts; i++) {
        jsonout_open(o, NULL, '{');
        jsonout_number(o, "size", r->cuts[i].size);
        jsonout_text(o, "verdict", verdict_name(r->cuts[i].verdict));
        jsonout_close(o, '}');
    }
    jsonout_close(o, ']');
}

static void write_autobahn(struct jsonout *o, const struct result *r)
{
    jsonout_text(o, "autobahn", r->autobahn);
    if (!r->dropin)
        return;
    jsonout_text(o, "autobahn_behavior", dropin_behavior_name(r->dropin->behavior));
    jsonout_text(o, "autobahn_close", dropin_close_name(r->dropin->close));
    if (r->dropin->ending.remote_code >= 0)
        jsonout_number(o, "autobahn_code", (uint64_t)r->dropin->ending.remote_code);
}

static void write_known(struct jsonout *o, const struct known *k)
{
    if (k->as == KNOWN_NOT)
        return;
    jsonout_open(o, "baseline", '{');
    jsonout_text(o, "as", known_name(k->as));
    if (k->as != KNOWN_FLAKY)
        jsonout_text(o, "verdict", verdict_name(k->verdict));
    jsonout_text(o, "reason", k->reason);
    jsonout_text(o, "link", k->link);
    jsonout_number(o, "line", k->line);
    jsonout_close(o, '}');
}

static void write_result(struct jsonout *o, const struct result *r)
{
    jsonout_open(o, NULL, '{');
    jsonout_text(o, "id", r->id);
    jsonout_text(o, "title", r->title);
    jsonout_text(o, "group", r->group);
    jsonout_text(o, "file", r->path);
    jsonout_number_unless(o, "line", r->line, 0);
    jsonout_text(o, "severity", script_severity_name(r->severity));
    if (r->verdict.severity != r->severity)
        jsonout_text(o, "verdict_severity", script_severity_name(r->verdict.severity));
    write_verdict(o, &r->verdict);
    write_known(o, &r->known);
    write_texts(o, "proves", (const char *const *)r->proves, r->n_proves);
    write_autobahn(o, r);
    write_texts(o, "tags", (const char *const *)r->tags, r->n_tags);
    jsonout_text(o, "note", r->note);
    jsonout_text(o, "contested", r->contested);
    jsonout_number(o, "duration_us", r->duration_us);
    jsonout_number(o, "attempts", r->attempts);
    write_cuts(o, r);
    jsonout_text(o, "again", r->again);
    jsonout_text(o, "stderr", r->target_stderr);
    jsonout_text(o, "source", r->source);
    jsonlog_write(o, &r->transcript);
    jsonout_close(o, '}');
}

static void write_rows(struct jsonout *o, const char *key, const struct run_options_row *rows,
                       size_t count)
{
    jsonout_open(o, key, '[');
    for (size_t i = 0; i < count; i++) {
        jsonout_open(o, NULL, '{');
        jsonout_text(o, "name", rows[i].name);
        jsonout_text(o, "value", rows[i].value);
        jsonout_close(o, '}');
    }
    jsonout_close(o, ']');
}

static void write_target(struct jsonout *o, const struct run_report *r)
{
    jsonout_open(o, "target", '{');
    jsonout_text(o, "address", r->target);
    jsonout_text(o, "role", r->role);
    jsonout_text(o, "server", r->server_header);
    jsonout_close(o, '}');
}

/* For who reads the file with a small tool; reading back counts anew. */
static void write_counts(struct jsonout *o, const struct run_report *r)
{
    struct run_counts counts;

    run_report_count(r, &counts);
    jsonout_open(o, "counts", '{');
    jsonout_number(o, "total", counts.total);
    for (int kind = 0; kind < VERDICT_KINDS; kind++)
        jsonout_number(o, verdict_name((enum verdict_kind)kind), counts.by_kind[kind]);
    jsonout_open(o, "fails_by_severity", '{');
    for (int s = SEVERITY_CRITICAL; s >= SEVERITY_PEDANTIC; s--)
        jsonout_number(o, script_severity_name((enum severity)s), counts.fails_by_severity[s]);
    jsonout_close(o, '}');
    if (r->baseline) {
        jsonout_number(o, "expected", counts.expected_fails);
        jsonout_number(o, "flaky", counts.known[KNOWN_FLAKY]);
        jsonout_number(o, "stale", counts.known[KNOWN_STALE]);
        jsonout_number(o, "worse", counts.known[KNOWN_WORSE]);
    }
    jsonout_number(o, "contested", counts.contested);
    jsonout_number(o, "retried", counts.retried);
    jsonout_close(o, '}');
}

static void write_baseline(struct jsonout *o, const struct known_run *b)
{
    if (!b)
        return;
    jsonout_open(o, "baseline", '{');
    jsonout_text(o, "file", b->file);
    write_texts(o, "problems", b->problems, b->n_problems);
    write_texts(o, "notes", b->notes, b->n_notes);
    jsonout_close(o, '}');
}

static void write_run(struct jsonout *o, const struct run_report *r)
{
    char started[RFC3339_TEXT + 1];
    char seed[24];

    report_rfc3339_print(r->started_s, started);
    snprintf(seed, sizeof seed, "%" PRIu64, r->seed);
    jsonout_text(o, "format", REPORT_FORMAT);
    jsonout_number(o, "version", REPORT_FORMAT_VERSION);
    jsonout_text(o, "tool", r->version);
    write_target(o, r);
    write_rows(o, "probe", r->probe, r->n_probe);
    write_rows(o, "options", r->options, r->n_options);
    jsonout_text(o, "seed", seed);
    jsonout_text(o, "started", started);
    jsonout_number(o, "duration_ms", r->duration_ms);
    jsonout_number(o, "cpu_ms", r->own_cpu_ms);
    jsonout_number(o, "peak_kib", r->own_peak_kib);
    jsonout_number_unless(o, "deaths", r->deaths, 0);
    jsonout_number_unless(o, "unsolved_deaths", r->unsolved, 0);
    write_baseline(o, r->baseline);
    jsonout_flag(o, "unfinished", r->unfinished);
    jsonout_text(o, "trouble", r->trouble);
}

bool report_json(const struct run_report *r, struct buf *out)
{
    struct jsonout o;

    jsonout_init(&o, out);
    jsonout_open(&o, NULL, '{');
    jsonout_break(&o);
    write_run(&o, r);
    jsonout_break(&o);
    write_counts(&o, r);
    jsonout_break(&o);
    jsonout_open(&o, "cases", '[');
    for (size_t i = 0; i < r->n_results; i++) {
        jsonout_break(&o);
        write_result(&o, &r->results[i]);
    }
    jsonout_close(&o, ']');
    jsonout_close(&o, '}');
    return o.ok && buf_push(out, '\n');
}

bool report_journal_run(const struct run_report *r, struct buf *out)
{
    struct jsonout o;

    jsonout_init(&o, out);
    jsonout_open(&o, NULL, '{');
    write_run(&o, r);
    jsonout_close(&o, '}');
    return o.ok && buf_push(out, '\n');
}

bool report_journal_result(const struct result *result, struct buf *out)
{
    struct jsonout o;

    jsonout_init(&o, out);
    write_result(&o, result);
    return o.ok && buf_push(out, '\n');
}
