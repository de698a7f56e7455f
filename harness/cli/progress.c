#define _POSIX_C_SOURCE 200809L /* isatty, fileno */
#include "cli/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "report/describe.h"

struct progress {
    struct progress_options options;
    bool terminal, color, line_open;
    size_t findings;
};

struct progress *progress_new(const struct progress_options *options)
{
    struct progress *p = alloc_resize(NULL, sizeof *p);
    const char *no_color = getenv("NO_COLOR");

    if (!p)
        return NULL;
    *p = (struct progress){ .options = *options };
    p->terminal = isatty(fileno(stdout)) && !options->quiet && !options->tap;
    p->color = p->terminal && !(no_color && *no_color);
    return p;
}

void progress_free(struct progress *p)
{
    alloc_free(p);
}

static const char *color_of(const struct progress *p, enum verdict_kind kind)
{
    if (!p->color)
        return "";
    switch (kind) {
    case VERDICT_PASS: return "\033[32m";
    case VERDICT_INFO: return "\033[36m";
    case VERDICT_WARN: return "\033[33m";
    case VERDICT_FAIL:
    case VERDICT_ERROR: return "\033[31m";
    case VERDICT_SKIP:
    case VERDICT_KINDS: break;
    }
    return "\033[2m";
}

static const char *plain(const struct progress *p)
{
    return p->color ? "\033[0m" : "";
}

static void clear_line(struct progress *p)
{
    if (p->line_open)
        printf("\r\033[K");
    p->line_open = false;
}

void progress_start(struct progress *p, const struct run_report *r, size_t total, size_t left_out)
{
    if (p->options.quiet || p->options.tap)
        return;
    printf("%s %s", r->role, r->target);
    if (r->server_header)
        printf(" (%s)", r->server_header);
    printf(": %zu cases, seed %llu", total, (unsigned long long)r->seed);
    printf(left_out > 0 ? ", without %zu long ones (--long)\n" : "\n", left_out);
    fflush(stdout);
}

static void print_conversation(const struct result *result)
{
    struct buf line;

    buf_init(&line, 1 << 20);
    for (size_t i = 0; i < result->transcript.count; i++) {
        const struct entry *e = &result->transcript.entries[i];
        buf_clear(&line);
        if (report_describe(e, &line))
            printf("    %9.3f ms  %.*s\n", (double)e->us / 1000, BYTES_ARG(buf_bytes(&line)));
    }
    buf_free(&line);
}

/* The case's own words, without the first. */
static const char *without_expect(const char *expected)
{
    return strncmp(expected, "expect ", 7) == 0 ? expected + 7 : expected;
}

static void print_finding(struct progress *p, const struct result *result)
{
    const struct verdict *v = &result->verdict;

    clear_line(p);
    printf("%s%-5s%s ", color_of(p, v->result), verdict_name(v->result), plain(p));
    if (v->result == VERDICT_FAIL)
        printf("%-8s ", script_severity_name(v->severity));
    printf("%s", result->id);
    if (v->reason)
        printf(": %s", v->reason);
    if (v->requirement && v->result != VERDICT_PASS)
        printf(" [%s]", v->requirement);
    if (result->known.as != KNOWN_NOT)
        printf(" (%s: line %u of the baseline)", known_name(result->known.as), result->known.line);
    printf("\n");
    if (v->expected)
        printf("      expected %s\n", without_expect(v->expected));
    if (v->got)
        printf("      came     %s\n", v->got);
    if (p->options.verbose)
        print_conversation(result);
}

void progress_result(struct progress *p, const struct result *result, size_t done, size_t total)
{
    bool finding = result_is_bad(result);

    if (p->options.tap)
        return;
    if (p->options.verbose || (finding && !p->options.quiet))
        print_finding(p, result);
    p->findings += finding;
    if (p->terminal) {
        printf("\r\033[K%zu of %zu cases, %zu fails", done, total, p->findings);
        p->line_open = true;
    }
    fflush(stdout);
}

/* What a fail costs the run is another question where it is known. */
static void print_expected(const struct run_counts *counts)
{
    if (counts->expected_fails > 0)
        printf(", %zu expected", counts->expected_fails);
}

static void print_counts(struct progress *p, const struct run_counts *counts)
{
    static const enum verdict_kind order[] = { VERDICT_PASS, VERDICT_WARN, VERDICT_INFO,
                                               VERDICT_FAIL, VERDICT_SKIP, VERDICT_ERROR };

    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        bool fails = order[i] == VERDICT_FAIL;
        size_t n = counts->by_kind[order[i]] - (fails ? counts->expected_fails : 0);
        printf("%s%s%zu %s%s", i ? ", " : "", n ? color_of(p, order[i]) : "", n,
               verdict_name(order[i]), n ? plain(p) : "");
        if (fails)
            print_expected(counts);
    }
}

static void print_severities(const struct run_counts *counts)
{
    bool first = true;

    for (int s = SEVERITY_CRITICAL; s >= SEVERITY_PEDANTIC; s--) {
        size_t n = counts->fails_by_severity[s] - counts->expected_by_severity[s];
        if (n == 0)
            continue;
        printf("%s%zu %s", first ? "  fails: " : ", ", n, script_severity_name((enum severity)s));
        first = false;
    }
    if (!first)
        printf("\n");
}

/* Skips with one reason are one line. */
static void print_skips(const struct run_report *r)
{
    for (size_t i = 0; i < r->n_results; i++) {
        const char *why = r->results[i].verdict.reason;
        size_t same = 0;
        bool told = false;
        if (r->results[i].verdict.result != VERDICT_SKIP || !why)
            continue;
        for (size_t k = 0; k < r->n_results; k++) {
            const struct verdict *v = &r->results[k].verdict;
            bool alike = v->result == VERDICT_SKIP && v->reason && strcmp(v->reason, why) == 0;
            told |= alike && k < i;
            same += alike;
        }
        if (!told)
            printf("  skipped: %zu, %s\n", same, why);
    }
}

void progress_summary(struct progress *p, const struct run_report *r, const char *where)
{
    struct run_counts counts;

    clear_line(p);
    if (p->options.tap)
        return;
    run_report_count(r, &counts);
    print_counts(p, &counts);
    printf("; %zu cases in %.2f s\n", counts.total, (double)r->duration_ms / 1000);
    if (!p->options.quiet) {
        print_severities(&counts);
        print_skips(r);
    }
    if (r->deaths > 0)
        printf("  the server died: %llu times\n", (unsigned long long)r->deaths);
    if (r->trouble)
        printf("  cut short: %s\n", r->trouble);
    if (where)
        printf("  report: %s\n", where);
    fflush(stdout);
}

void progress_name(FILE *to, const char *name)
{
    struct buf text;

    buf_init(&text, 4096);
    if (text_quote(bytes_str(name), 400, &text))
        fprintf(to, "%.*s", BYTES_ARG(buf_bytes(&text)));
    buf_free(&text);
}
