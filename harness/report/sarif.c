#include "report/sarif.h"

#include <string.h>

#include "report/attention.h"
#include "report/escape.h"
#include "report/jsonout.h"
#include "report/rfc3339.h"

#define SCHEMA                                                                                     \
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
#define TEXT_MAX (64u << 10) /* one message */

/* ---- texts ---- */

/* A message is a small language: {0} is a place, [a](b) a link. Braces are doubled, and a bracket
 * never has a parenthesis behind it. */
static bool put_literal(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if ((*text == '{' || *text == '}') && !buf_push(out, (uint8_t)*text))
            return false;
        if (!buf_push(out, (uint8_t)*text))
            return false;
        if (text[0] == ']' && text[1] == '(' && !buf_push(out, ' '))
            return false;
    }
    return true;
}

/* "message": { "text": "…" }, of lines with labels; a NULL text is left out. */
struct line {
    const char *label, *text;
};

static void message(struct jsonout *o, const char *key, const struct line *lines, size_t n)
{
    struct buf text;
    bool ok = true;

    buf_init(&text, TEXT_MAX);
    for (size_t i = 0; ok && i < n; i++)
        ok = !lines[i].text ||
             ((i == 0 || buf_push(&text, '\n')) && buf_append(&text, bytes_str(lines[i].label)) &&
              put_literal(&text, lines[i].text));
    ok = ok && buf_push(&text, '\0');
    jsonout_open(o, key, '{');
    jsonout_text(o, "text", ok ? (const char *)text.ptr : "(too long)");
    jsonout_close(o, '}');
    buf_free(&text);
}

static void sentence(struct jsonout *o, const char *key, const char *text)
{
    message(o, key, &(struct line){ "", text }, 1);
}

/* ---- the parts of a file ---- */

static void location(struct jsonout *o, const char *path, unsigned line)
{
    struct buf uri;

    buf_init(&uri, TEXT_MAX);
    bool ok = report_escape_path(bytes_str(path), &uri) && buf_push(&uri, '\0');
    o->ok = o->ok && ok;
    jsonout_open(o, "locations", '[');
    jsonout_open(o, NULL, '{');
    jsonout_open(o, "physicalLocation", '{');
    jsonout_open(o, "artifactLocation", '{');
    jsonout_text(o, "uri", ok ? (const char *)uri.ptr : "");
    jsonout_close(o, '}');
    jsonout_open(o, "region", '{');
    jsonout_number(o, "startLine", line > 0 ? line : 1);
    jsonout_close(o, '}');
    jsonout_close(o, '}');
    jsonout_close(o, '}');
    jsonout_close(o, ']');
    buf_free(&uri);
}

/* What makes it the same fault in the next run, whatever the file looks like by then. */
static void fingerprint(struct jsonout *o, const char *id)
{
    jsonout_open(o, "partialFingerprints", '{');
    jsonout_text(o, "wsproof/v1", id);
    jsonout_close(o, '}');
}

static void begin_file(struct jsonout *o, const char *version)
{
    jsonout_open(o, NULL, '{');
    jsonout_text(o, "$schema", SCHEMA);
    jsonout_text(o, "version", "2.1.0");
    jsonout_open(o, "runs", '[');
    jsonout_open(o, NULL, '{');
    jsonout_text(o, "columnKind", "unicodeCodePoints");
    jsonout_open(o, "tool", '{');
    jsonout_open(o, "driver", '{');
    jsonout_text(o, "name", "wsproof");
    jsonout_text(o, "version", version);
    jsonout_open(o, "rules", '[');
}

static void end_rules(struct jsonout *o)
{
    jsonout_close(o, ']');
    jsonout_close(o, '}');
    jsonout_close(o, '}');
}

static void end_file(struct jsonout *o)
{
    jsonout_close(o, '}');
    jsonout_close(o, ']');
    jsonout_close(o, '}');
    o->ok = o->ok && buf_push(o->buf, '\n');
}

/* ---- cases ---- */

/* What nobody's clause forbids goes under the group of the case. */
static const char *rule_of(const struct result *r)
{
    if (r->verdict.requirement)
        return r->verdict.requirement;
    return r->group ? r->group : "wsproof";
}

/* Only fails: an error of ours is no finding. Stops at SARIF_RESULTS_MAX. */
static const struct result *next_fail(struct attention *a, const struct run_report *r, size_t *n)
{
    const struct result *one;

    while ((one = attention_next(a, r)) && one->verdict.result != VERDICT_FAIL) {
    }
    return one && (*n)++ < SARIF_RESULTS_MAX ? one : NULL;
}

static bool is_first(const struct run_report *r, const struct result *of)
{
    struct attention all = { 0 };
    const struct result *one;
    size_t n = 0;

    while ((one = next_fail(&all, r, &n)) && one != of)
        if (strcmp(rule_of(one), rule_of(of)) == 0)
            return false;
    return true;
}

static void rule(struct jsonout *o, const char *id, const struct requirements *requirements)
{
    const struct requirement *row = requirements_find(requirements, id);

    jsonout_break(o);
    jsonout_open(o, NULL, '{');
    jsonout_text(o, "id", id);
    sentence(o, "shortDescription", row ? row->summary : "A case that names no single clause");
    if (row) {
        jsonout_open(o, "properties", '{');
        jsonout_text(o, "level", row->level_text);
        jsonout_text(o, "rfc", row->rfc);
        jsonout_text(o, "section", row->section);
        jsonout_close(o, '}');
    }
    jsonout_close(o, '}');
}

static void rules(struct jsonout *o, const struct run_report *r,
                  const struct requirements *requirements)
{
    struct attention all = { 0 };
    const struct result *one;
    size_t n = 0;

    while ((one = next_fail(&all, r, &n)))
        if (is_first(r, one))
            rule(o, rule_of(one), requirements);
}

static void fail(struct jsonout *o, const struct result *r, enum severity fail_on)
{
    const struct verdict *v = &r->verdict;
    const struct line lines[] = { { "", v->reason ? v->reason : r->title },
                                  { "case: ", r->id },
                                  { "expected: ", attention_expected(v) },
                                  { "came: ", v->got },
                                  { "again: ", r->again } };
    bool gates = attention_level(r, fail_on) == ATTENTION_ERROR;

    jsonout_break(o);
    jsonout_open(o, NULL, '{');
    jsonout_text(o, "ruleId", rule_of(r));
    jsonout_text(o, "level", gates ? "error" : "warning");
    message(o, "message", lines, sizeof lines / sizeof *lines);
    location(o, r->path ? r->path : "", v->line > 0 ? v->line : r->line);
    fingerprint(o, r->id);
    jsonout_open(o, "properties", '{');
    jsonout_text(o, "severity", script_severity_name(v->severity));
    jsonout_close(o, '}');
    jsonout_close(o, '}');
}

/* A run that did not get to its end has proven nothing by what it did not find. */
static void invocation(struct jsonout *o, const struct run_report *r)
{
    char started[RFC3339_TEXT + 1];

    report_rfc3339_print(r->started_s, started);
    jsonout_open(o, "invocations", '[');
    jsonout_open(o, NULL, '{');
    jsonout_flag(o, "executionSuccessful", !r->trouble && !r->unfinished);
    jsonout_text(o, "startTimeUtc", started);
    if (r->trouble) {
        jsonout_open(o, "toolExecutionNotifications", '[');
        jsonout_open(o, NULL, '{');
        jsonout_text(o, "level", "error");
        sentence(o, "message", r->trouble);
        jsonout_close(o, '}');
        jsonout_close(o, ']');
    }
    jsonout_close(o, '}');
    jsonout_close(o, ']');
}

bool report_sarif(const struct run_report *r, enum severity fail_on,
                  const struct requirements *requirements, struct buf *out)
{
    struct attention all = { 0 };
    const struct result *one;
    struct jsonout o;
    size_t n = 0;

    jsonout_init(&o, out);
    begin_file(&o, r->version);
    rules(&o, r, requirements);
    end_rules(&o);
    invocation(&o, r);
    jsonout_open(&o, "results", '[');
    while ((one = next_fail(&all, r, &n)))
        fail(&o, one, fail_on);
    jsonout_close(&o, ']');
    end_file(&o);
    return o.ok;
}

/* ---- findings of a fuzzer ---- */

/* The name of a finding's file tells one fault from another. */
static struct bytes name_of(const struct sarif_finding *f)
{
    struct bytes path = bytes_str(f->path);
    size_t from = path.len;

    while (from > 0 && path.ptr[from - 1] != '/')
        from--;
    path = bytes_skip(path, from);
    size_t ending = strlen(".case");
    bool has = path.len > ending && memcmp(path.ptr + path.len - ending, ".case", ending) == 0;
    return bytes_take(path, has ? path.len - ending : path.len);
}

static void finding(struct jsonout *o, const struct sarif_finding *f, bool as_rule)
{
    struct buf name;

    buf_init(&name, TEXT_MAX);
    o->ok = o->ok && buf_append(&name, name_of(f)) && buf_push(&name, '\0');
    jsonout_break(o);
    jsonout_open(o, NULL, '{');
    jsonout_text(o, as_rule ? "id" : "ruleId", o->ok ? (const char *)name.ptr : "");
    if (!as_rule)
        jsonout_text(o, "level", "error");
    sentence(o, as_rule ? "shortDescription" : "message", *f->text ? f->text : "a finding");
    if (!as_rule) {
        location(o, f->path, 1);
        fingerprint(o, o->ok ? (const char *)name.ptr : "");
    }
    jsonout_close(o, '}');
    buf_free(&name);
}

bool report_sarif_findings(const char *version, const struct sarif_finding *findings, size_t n,
                           struct buf *out)
{
    struct jsonout o;

    jsonout_init(&o, out);
    begin_file(&o, version);
    for (size_t i = 0; i < n; i++)
        finding(&o, &findings[i], true);
    end_rules(&o);
    jsonout_open(&o, "results", '[');
    for (size_t i = 0; i < n; i++)
        finding(&o, &findings[i], false);
    jsonout_close(&o, ']');
    end_file(&o);
    return o.ok;
}
