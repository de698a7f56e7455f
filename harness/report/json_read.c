#include "report/json.h"

#include <limits.h>
#include <string.h>

#include "report/jsonin.h"
#include "report/jsonlog.h"
#include "report/rfc3339.h"

static int severity_named(const char *name)
{
    for (int s = SEVERITY_PEDANTIC; s <= SEVERITY_CRITICAL; s++)
        if (strcmp(script_severity_name((enum severity)s), name) == 0)
            return s;
    return -1;
}

static bool read_unsigned(const struct jsonin *in, const char *key, unsigned *out)
{
    uint64_t n = *out;
    bool ok = jsonin_number(in, key, UINT_MAX, &n);
    *out = (unsigned)n;
    return ok;
}

static bool read_size(const struct jsonin *in, const char *key, size_t *out)
{
    uint64_t n = *out;
    bool ok = jsonin_number(in, key, SIZE_MAX, &n);
    *out = (size_t)n;
    return ok;
}

static bool read_grades(const struct jsonin *in, struct verdict *v)
{
    int result = -1, behaviour = -1, closing_grade = VERDICT_PASS, closing = CLOSING_NONE;
    struct jsonin member = jsonin_member(in, "verdict");

    if (!jsonin_word(in, "verdict", verdict_named, &result) ||
        !jsonin_word(in, "behaviour", verdict_named, &behaviour) ||
        !jsonin_word(in, "closing", verdict_closing_named, &closing) ||
        !jsonin_word(in, "closing_grade", verdict_named, &closing_grade))
        return false;
    if (result < 0)
        return jsonin_wrong(&member, "a verdict");
    v->result = (enum verdict_kind)result;
    v->behaviour = (enum verdict_kind)(behaviour < 0 ? result : behaviour);
    v->closing = (enum closing)closing;
    v->closing_grade = (enum verdict_kind)closing_grade;
    return true;
}

/* A rule of a later version is none that we know: the reason still says it in words. */
static bool read_rule(const struct jsonin *in, enum ws_rule *out)
{
    const char *name = NULL;

    if (!jsonin_text(in, "rule", &name))
        return false;
    *out = name ? ws_rule_named(bytes_str(name)) : WS_RULE_NONE;
    return true;
}

static bool read_remarks(const struct jsonin *in, struct verdict *v)
{
    struct jsonin member = jsonin_member(in, "remarks");
    const char **remarks = NULL;
    size_t n = 0;

    if (!jsonin_texts(in, "remarks", &remarks, &n))
        return false;
    if (n > VERDICT_REMARKS_MAX)
        return jsonin_wrong(&member, "no more remarks than a verdict holds");
    if (n > 0)
        memcpy(v->remarks, remarks, n * sizeof *remarks);
    v->n_remarks = n;
    return true;
}

static bool read_verdict(const struct jsonin *in, struct verdict *v)
{
    v->entry = ENTRY_NO_STEP;
    return read_grades(in, v) && jsonin_flag(in, "disputed", &v->contested) &&
           read_rule(in, &v->rule) && jsonin_text(in, "requirement", &v->requirement) &&
           read_unsigned(in, "case_line", &v->line) && jsonin_text(in, "reason", &v->reason) &&
           jsonin_text(in, "expected", &v->expected) && jsonin_text(in, "got", &v->got) &&
           read_size(in, "entry", &v->entry) && jsonin_flag(in, "barrier", &v->barrier) &&
           jsonin_flag(in, "retry", &v->retry) && read_remarks(in, v);
}

static bool read_severities(const struct jsonin *in, struct result *r)
{
    int severity = SEVERITY_MINOR;

    if (!jsonin_word(in, "severity", severity_named, &severity))
        return false;
    r->severity = (enum severity)severity;
    if (!jsonin_word(in, "verdict_severity", severity_named, &severity))
        return false;
    r->verdict.severity = (enum severity)severity;
    return true;
}

/* Of the second grade the words and the code are kept, no more. */
static bool read_autobahn(const struct jsonin *in, struct result *r)
{
    uint64_t code = UINT64_MAX;
    int behavior = -1, close = -1;

    if (!jsonin_text(in, "autobahn", &r->autobahn) ||
        !jsonin_word(in, "autobahn_behavior", dropin_behavior_named, &behavior) ||
        !jsonin_word(in, "autobahn_close", dropin_close_named, &close) ||
        !jsonin_number(in, "autobahn_code", UINT16_MAX, &code))
        return false;
    if (behavior < 0 || close < 0)
        return true;
    struct dropin *grade = arena_new(in->arena, sizeof *grade);
    if (!grade)
        return false;
    grade->behavior = (enum dropin_behavior)behavior;
    grade->close = (enum dropin_close)close;
    grade->ending.local_code = -1;
    grade->ending.remote_code = code == UINT64_MAX ? -1 : (int)code;
    r->dropin = grade;
    return true;
}

static bool read_cuts(const struct jsonin *in, struct result *r)
{
    struct jsonin list = jsonin_member(in, "cuts");

    if (!list.value)
        return true;
    if (!jsonin_is_array(&list))
        return false;
    size_t count = json_array_size(list.value);
    struct result_cut *rows = arena_array(in->arena, count + 1, sizeof *rows);
    if (!rows)
        return err_memory(in->err, "a results file");
    for (size_t i = 0; i < count; i++) {
        struct jsonin item = jsonin_item(&list, i);
        int kind = VERDICT_ERROR;
        if (!jsonin_is_object(&item) || !jsonin_number(&item, "size", UINT64_MAX, &rows[i].size) ||
            !jsonin_word(&item, "verdict", verdict_named, &kind))
            return false;
        rows[i].verdict = (enum verdict_kind)kind;
    }
    r->cuts = rows;
    r->n_cuts = count;
    return true;
}

static bool read_known(const struct jsonin *in, struct known *k)
{
    struct jsonin known = jsonin_member(in, "baseline");
    int as = KNOWN_NOT, verdict = VERDICT_PASS;

    if (!known.value)
        return true;
    if (!jsonin_is_object(&known) || !jsonin_word(&known, "as", known_named, &as) ||
        !jsonin_word(&known, "verdict", verdict_named, &verdict) ||
        !jsonin_text(&known, "reason", &k->reason) || !jsonin_text(&known, "link", &k->link) ||
        !read_unsigned(&known, "line", &k->line))
        return false;
    k->as = (enum known_as)as;
    k->verdict = (enum verdict_kind)verdict;
    return true;
}

static bool read_result(const struct jsonin *in, struct result *r)
{
    struct jsonin id = jsonin_member(in, "id");

    *r = (struct result){
        .id = "", .title = "", .group = "", .path = "", .source = "", .again = ""
    };
    if (!jsonin_is_object(in))
        return false;
    if (!id.value)
        return jsonin_wrong(&id, "the id of a case");
    return jsonin_text(in, "id", &r->id) && jsonin_text(in, "title", &r->title) &&
           jsonin_text(in, "group", &r->group) && jsonin_text(in, "file", &r->path) &&
           read_unsigned(in, "line", &r->line) && jsonin_text(in, "source", &r->source) &&
           read_severities(in, r) && read_verdict(in, &r->verdict) && read_known(in, &r->known) &&
           jsonin_texts(in, "proves", &r->proves, &r->n_proves) && read_autobahn(in, r) &&
           jsonin_texts(in, "tags", &r->tags, &r->n_tags) && jsonin_text(in, "note", &r->note) &&
           jsonin_text(in, "contested", &r->contested) &&
           jsonin_number(in, "duration_us", UINT64_MAX, &r->duration_us) &&
           read_unsigned(in, "attempts", &r->attempts) && read_cuts(in, r) &&
           jsonin_text(in, "again", &r->again) && jsonin_text(in, "stderr", &r->target_stderr) &&
           jsonlog_read(in, &r->transcript);
}

static bool read_rows(const struct jsonin *in, const char *key, struct run_options_row **out,
                      size_t *n)
{
    struct jsonin list = jsonin_member(in, key);

    if (!jsonin_is_array(&list))
        return false;
    size_t count = json_array_size(list.value);
    *out = arena_array(in->arena, count, sizeof **out);
    if (!*out)
        return err_memory(in->err, "a results file");
    for (*n = 0; *n < count; (*n)++) {
        struct jsonin item = jsonin_item(&list, *n);
        struct run_options_row *row = &(*out)[*n];
        *row = (struct run_options_row){ "", "" };
        if (!jsonin_is_object(&item) || !jsonin_text(&item, "name", &row->name) ||
            !jsonin_text(&item, "value", &row->value))
            return false;
    }
    return true;
}

static bool read_started(const struct jsonin *in, uint64_t *seconds)
{
    struct jsonin member = jsonin_member(in, "started");
    const char *text = NULL;

    if (!jsonin_text(in, "started", &text))
        return false;
    return !text || report_rfc3339_parse(bytes_str(text), seconds) ||
           jsonin_wrong(&member, "a time as 2026-02-03T04:05:06Z");
}

static bool read_target(const struct jsonin *in, struct run_report *out)
{
    struct jsonin target = jsonin_member(in, "target");

    if (!target.value)
        return true;
    return jsonin_is_object(&target) && jsonin_text(&target, "address", &out->target) &&
           jsonin_text(&target, "role", &out->role) &&
           jsonin_text(&target, "server", &out->server_header);
}

static bool read_baseline(const struct jsonin *in, struct run_report *out)
{
    struct jsonin baseline = jsonin_member(in, "baseline");
    struct known_run *run;

    if (!baseline.value)
        return true;
    run = arena_new(in->arena, sizeof *run);
    if (!run)
        return err_memory(in->err, "a results file");
    out->baseline = run;
    run->file = "";
    return jsonin_is_object(&baseline) && jsonin_text(&baseline, "file", &run->file) &&
           jsonin_texts(&baseline, "problems", &run->problems, &run->n_problems) &&
           jsonin_texts(&baseline, "notes", &run->notes, &run->n_notes);
}

static bool is_ours(const struct jsonin *in)
{
    struct jsonin version_at = jsonin_member(in, "version");
    struct jsonin format_at = jsonin_member(in, "format");
    const char *format = "";
    uint64_t version = 0;

    if (!jsonin_text(in, "format", &format) || !jsonin_number(in, "version", UINT64_MAX, &version))
        return false;
    if (strcmp(format, REPORT_FORMAT) != 0)
        return jsonin_wrong(&format_at, "\"" REPORT_FORMAT "\"");
    return version == REPORT_FORMAT_VERSION || jsonin_wrong(&version_at, "version 1 of the format");
}

static bool read_run(const struct jsonin *in, struct run_report *out)
{
    *out = (struct run_report){ .version = "", .target = "", .role = "" };
    return jsonin_is_object(in) && is_ours(in) && jsonin_text(in, "tool", &out->version) &&
           read_target(in, out) && read_rows(in, "probe", &out->probe, &out->n_probe) &&
           read_rows(in, "options", &out->options, &out->n_options) &&
           jsonin_number(in, "seed", UINT64_MAX, &out->seed) && read_started(in, &out->started_s) &&
           jsonin_number(in, "duration_ms", UINT64_MAX, &out->duration_ms) &&
           jsonin_number(in, "cpu_ms", UINT64_MAX, &out->own_cpu_ms) &&
           jsonin_number(in, "peak_kib", UINT64_MAX, &out->own_peak_kib) &&
           jsonin_number(in, "deaths", UINT64_MAX, &out->deaths) &&
           jsonin_number(in, "unsolved_deaths", UINT64_MAX, &out->unsolved) &&
           read_baseline(in, out) && jsonin_flag(in, "unfinished", &out->unfinished) &&
           jsonin_text(in, "trouble", &out->trouble);
}

/* Reads one more result to the end of the report; a result that could not be read leaves nothing.
 */
static bool add_result(const struct jsonin *in, struct run_report *out, size_t *cap)
{
    void *results = out->results;

    if (out->n_results == REPORT_CASES_MAX)
        return jsonin_wrong(in, "no more cases than a report holds");
    if (!arena_grow(in->arena, &results, cap, out->n_results + 1, sizeof *out->results))
        return err_memory(in->err, "a results file");
    out->results = results;
    struct result *result = &out->results[out->n_results];
    if (read_result(in, result)) {
        out->n_results++;
        return true;
    }
    result_free(result);
    return false;
}

static bool read_whole(const struct jsonin *top, struct run_report *out)
{
    struct jsonin cases = jsonin_member(top, "cases");
    size_t cap = 0;

    if (!jsonin_is_array(&cases))
        return false;
    for (size_t i = 0; i < json_array_size(cases.value); i++) {
        struct jsonin in = jsonin_item(&cases, i);
        if (!add_result(&in, out, &cap))
            return false;
    }
    return true;
}

static struct bytes next_line(struct bytes *rest)
{
    size_t end = bytes_index(*rest, 0, '\n');
    struct bytes line = bytes_take(*rest, end);

    *rest = bytes_skip(*rest, end + 1);
    return line;
}

/* The lines behind the first. The last is dropped when it is no JSON: the run was killed in it. */
static bool read_journal(struct arena *a, struct bytes rest, struct run_report *out,
                         struct err *err)
{
    size_t cap = 0;

    out->unfinished = true;
    for (unsigned number = 2; rest.len > 0; number++) {
        struct bytes line = next_line(&rest);
        if (bytes_trim(line).len == 0)
            continue;
        json_t *value = jsonin_parse(line, err);
        struct jsonin in = { .value = value, .arena = a, .err = err };
        bool ok = value && add_result(&in, out, &cap);
        json_decref(value);
        if (ok)
            continue;
        if (!value && rest.len == 0 && (!err || err->code != ERR_MEMORY))
            break;
        if (err)
            err->line = number;
        return false;
    }
    if (err)
        *err = (struct err){ 0 };
    return true;
}

/* A journal's first line is a whole object; a results file's, as we write it, a part of one. */
static json_t *parse_first(struct bytes text, struct err *err)
{
    json_t *run = jsonin_parse(bytes_take(text, bytes_index(text, 0, '\n')), NULL);
    return run ? run : jsonin_parse(text, err);
}

static void free_results(struct run_report *r)
{
    for (size_t i = 0; i < r->n_results; i++)
        result_free(&r->results[i]);
    *r = (struct run_report){ 0 };
}

bool report_read(struct arena *a, struct bytes text, struct run_report *out, struct err *err)
{
    *out = (struct run_report){ 0 };
    if (text.len > REPORT_FILE_MAX)
        return err_set(err, ERR_SYNTAX, "expected at most %u MiB, found %zu", REPORT_FILE_MAX >> 20,
                       text.len >> 20);
    json_t *value = parse_first(text, err);
    if (!value)
        return false;
    bool journal = !json_object_get(value, "cases");
    struct jsonin top = { .value = value, .arena = a, .err = err };
    bool ok = read_run(&top, out) && (journal || read_whole(&top, out));
    json_decref(value);
    if (ok && journal) {
        next_line(&text);
        ok = read_journal(a, text, out, err);
    }
    if (!ok)
        free_results(out);
    return ok;
}
