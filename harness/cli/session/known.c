#include "cli/session/known.h"

#include <string.h>

#include "base/text.h"
#include "io/file.h"
#include "verdict/baseline_update.h"

#define NOTES_MAX 8
#define LISTED_MAX 10 /* lines of a kind on a terminal; results.json has all */

/* ---- the file ---- */

static bool read_list(struct session *s, struct err *err)
{
    struct buf text;
    bool ok;

    if (s->o.update_baseline && !io_file_exists(s->o.baseline)) {
        s->baseline.file = s->o.baseline;
        return true;
    }
    buf_init(&text, BASELINE_FILE_MAX);
    ok = io_file_read(s->o.baseline, BASELINE_FILE_MAX, &text, err);
    if (!ok && err->code == ERR_SYSTEM)
        err->code = ERR_USAGE; /* the name was wrong, not the machine */
    ok = ok && baseline_parse(&s->arena, s->o.baseline, buf_bytes(&text), &s->baseline, err);
    buf_free(&text);
    return ok;
}

bool known_open(struct session *s, struct err *err)
{
    if (!s->o.baseline)
        return !s->o.update_baseline ||
               err_set(err, ERR_USAGE, "--update-baseline wants --baseline FILE beside it");
    return read_list(s, err) &&
           (s->o.update_baseline || baseline_check(&s->baseline, &s->source.suite, s->role, err));
}

/* ---- which cases were chosen ---- */

static bool add_word(struct buf *out, const char *word)
{
    return (out->len == 0 || buf_push(out, ' ')) && text_shell_word(bytes_str(word), out);
}

static bool add_option(struct buf *out, const char *option, const char *value)
{
    return !value || (add_word(out, option) && add_word(out, value));
}

static bool add_list(struct buf *out, const char *option, const struct arg_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (!add_option(out, option, list->items[i]))
            return false;
    return true;
}

/* The options that chose the cases, as they are typed; "" when none did. Not --shard: its parts are
 * counted together. NULL: no memory. */
static const char *selection_of(struct session *s)
{
    struct buf text;
    const char *copy = NULL;

    buf_init(&text, 1 << 20);
    if (add_option(&text, "--cases-from", s->o.cases_from) &&
        add_list(&text, "--cases", &s->o.cases) && add_list(&text, "--exclude", &s->o.exclude) &&
        (!s->o.long_too || add_word(&text, "--long")))
        copy = arena_str(&s->arena, buf_bytes(&text));
    buf_free(&text);
    return copy;
}

static bool tally(struct session *s, const struct run_report *r, size_t cases,
                  struct baseline_tally *out, struct err *err)
{
    struct run_counts counts;

    run_report_count(r, &counts);
    *out = (struct baseline_tally){ .selection = selection_of(s),
                                    .cases = cases,
                                    .skipped = counts.by_kind[VERDICT_SKIP],
                                    .part = s->o.shard != NULL };
    return out->selection || err_memory(err, "the chosen cases");
}

/* ---- judging ---- */

void known_judge(const struct session *s, struct result *r)
{
    r->known = baseline_judge(&s->baseline, r->id, &r->verdict, r->severity);
}

static void say(const char **list, size_t *n, const char *text)
{
    if (text && *n < NOTES_MAX)
        list[(*n)++] = text;
}

static void note_todo(struct session *s, struct known_run *out)
{
    unsigned line = 0;
    size_t n = baseline_todo(&s->baseline, &line);

    if (n > 0)
        say(out->notes, &out->n_notes,
            arena_print(&s->arena, "%zu %s to do in %s, the first in line %u", n,
                        n == 1 ? "reason is" : "reasons are", s->o.baseline, line));
}

/* Whoever tries a few cases by hand has no number for them, and needs none. */
static void note_count(struct session *s, const struct baseline_tally *now, struct known_run *out)
{
    const struct baseline_line *line = baseline_count_of(&s->baseline, now->selection);

    if (!line)
        say(out->notes, &out->n_notes,
            arena_print(&s->arena, "%s does not record how many cases there are%s%s", s->o.baseline,
                        *now->selection ? " with " : "", now->selection));
    else if (line->counts_skipped && !now->part && now->skipped < line->skipped)
        say(out->notes, &out->n_notes,
            arena_print(&s->arena, "%zu cases are skipped, where line %u records %zu", now->skipped,
                        line->number, line->skipped));
}

static struct known_run *known_run_new(struct session *s)
{
    struct known_run *run = arena_new(&s->arena, sizeof *run);
    bool ok = run != NULL;

    if (ok) {
        run->file = s->o.baseline;
        run->problems = arena_array(&s->arena, NOTES_MAX, sizeof *run->problems);
        run->notes = arena_array(&s->arena, NOTES_MAX, sizeof *run->notes);
        ok = run->problems && run->notes;
    }
    return ok ? run : NULL;
}

bool known_settle(struct session *s, struct run_report *r, size_t cases, struct err *err)
{
    struct baseline_tally now;
    struct known_run *run;

    if (!s->o.baseline)
        return true;
    for (size_t i = 0; i < r->n_results; i++)
        known_judge(s, &r->results[i]);
    run = known_run_new(s);
    if (!run || !tally(s, r, cases, &now, err))
        return err_memory(err, "what a baseline says");
    say(run->problems, &run->n_problems, baseline_drift(&s->baseline, &now, &s->arena));
    note_count(s, &now, run);
    note_todo(s, run);
    r->baseline = run;
    return true;
}

bool known_gates(const struct session *s, const struct result *r)
{
    if (r->known.as != KNOWN_NOT)
        return result_is_surprise(r);
    return r->verdict.result == VERDICT_FAIL && r->verdict.severity >= s->fail_on;
}

/* ---- writing ---- */

static const struct baseline_now *what_is_now(struct session *s, const struct run_report *r)
{
    struct baseline_now *now = arena_array(&s->arena, r->n_results, sizeof *now);

    for (size_t i = 0; now && i < r->n_results; i++) {
        const struct result *result = &r->results[i];
        bool gates =
            result->verdict.result == VERDICT_FAIL && result->verdict.severity >= s->fail_on;
        now[i] = (struct baseline_now){ result->id, &result->verdict, result->severity, gates };
    }
    return now;
}

/* Why this run says nothing about the target; NULL: it does. */
static const char *worthless(const struct run_report *r)
{
    struct run_counts counts;

    run_report_count(r, &counts);
    if (r->unfinished || r->trouble)
        return "the run was cut short";
    if (counts.by_kind[VERDICT_SKIP] + counts.by_kind[VERDICT_ERROR] == counts.total)
        return "no case was tested";
    return NULL;
}

static bool write_list(struct session *s, const struct run_report *r, size_t cases, struct err *err)
{
    struct baseline_run run = { .suite = &s->source.suite,
                                .role = s->role,
                                .cases = what_is_now(s, r),
                                .count = r->n_results,
                                .target = r->target };
    struct buf text;
    bool ok;

    if (!run.cases || !tally(s, r, cases, &run.tally, err))
        return err_memory(err, "a baseline");
    buf_init(&text, BASELINE_FILE_MAX);
    ok = baseline_update(&s->baseline, &run, &s->arena, &text)
             ? io_file_write(s->o.baseline, buf_bytes(&text), err)
             : err_memory(err, "a baseline of that size");
    buf_free(&text);
    return ok && read_list(s, err);
}

bool known_update(struct session *s, struct run_report *r, size_t cases, struct err *err)
{
    const char *why_not = worthless(r);

    if (!s->o.baseline || !s->o.update_baseline)
        return true;
    if (why_not) {
        fprintf(stderr, "wsproof: %s is left as it is: %s\n", s->o.baseline, why_not);
        return true;
    }
    return write_list(s, r, cases, err) && known_settle(s, r, cases, err);
}

/* ---- showing ---- */

static void print_result(const struct result *r, FILE *to)
{
    fprintf(to, "    %-6s line %u: %s: %s", known_name(r->known.as), r->known.line, r->id,
            verdict_name(r->verdict.result));
    if (r->known.as != KNOWN_FLAKY && r->verdict.result != r->known.verdict)
        fprintf(to, ", where %s is recorded", verdict_name(r->known.verdict));
    else if (r->known.as == KNOWN_WORSE)
        fprintf(to, ", and %s: it costs more than recorded",
                script_severity_name(r->verdict.severity));
    fprintf(to, "\n");
}

static void print_results(const struct run_report *r, enum known_as as, FILE *to)
{
    size_t count = 0;

    for (size_t i = 0; i < r->n_results; i++)
        if (r->results[i].known.as == as && count++ < LISTED_MAX)
            print_result(&r->results[i], to);
    if (count > LISTED_MAX)
        fprintf(to, "    … and %zu more that are %s\n", count - LISTED_MAX, known_name(as));
}

void known_print(const struct run_report *r, bool quiet, FILE *to)
{
    struct run_counts counts;

    if (!r->baseline)
        return;
    run_report_count(r, &counts);
    fprintf(to, "  baseline %s: %zu expected, %zu flaky, %zu stale, %zu worse\n", r->baseline->file,
            counts.known[KNOWN_EXPECTED], counts.known[KNOWN_FLAKY], counts.known[KNOWN_STALE],
            counts.known[KNOWN_WORSE]);
    print_results(r, KNOWN_WORSE, to);
    print_results(r, KNOWN_STALE, to);
    if (!quiet)
        print_results(r, KNOWN_FLAKY, to);
    for (size_t i = 0; i < r->baseline->n_problems; i++)
        fprintf(to, "    %s\n", r->baseline->problems[i]);
    for (size_t i = 0; !quiet && i < r->baseline->n_notes; i++)
        fprintf(to, "    note: %s\n", r->baseline->notes[i]);
    if (counts.known[KNOWN_STALE] + counts.known[KNOWN_WORSE] + r->baseline->n_problems > 0)
        fprintf(to, "    --update-baseline writes what is now\n");
}
