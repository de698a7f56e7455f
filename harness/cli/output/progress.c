#define _POSIX_C_SOURCE 200809L /* isatty, fileno */
#include "cli/output/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "cli/output/summary.h"
#include "io/clock.h"
#include "report/describe.h"

#define REDRAW_MS 100       /* a terminal's line: no eye sees more */
#define TICK_MS 1000        /* and while nothing comes: the time left goes by seconds */
#define QUIET_LINE_MS 10000 /* elsewhere: that a log shows life */
#define FORECAST_MS 2000    /* before anybody can say how long it will take */
#define TEXT_MAX (1u << 20)

struct progress {
    struct progress_options options;
    bool terminal, line_open;
    struct summary_look look;
    size_t findings, seen;
    uint64_t started_ms, told_ms;
    struct progress_at at;
    struct buf text;
};

struct progress *progress_new(const struct progress_options *options)
{
    struct progress *p = alloc_resize(NULL, sizeof *p);
    const char *no_color = getenv("NO_COLOR");

    if (!p)
        return NULL;
    *p = (struct progress){ .options = *options };
    p->terminal = isatty(fileno(stdout)) && !options->quiet && !options->tap;
    p->look.color = p->terminal && !(no_color && *no_color);
    p->look.brief = options->quiet;
    p->started_ms = p->told_ms = io_elapsed_ms();
    buf_init(&p->text, TEXT_MAX);
    return p;
}

void progress_free(struct progress *p)
{
    if (p)
        buf_free(&p->text);
    alloc_free(p);
}

static void clear_line(struct progress *p)
{
    if (p->line_open)
        printf("\r\033[K");
    p->line_open = false;
}

static void print_text(struct progress *p, const char *end)
{
    printf("%.*s%s", BYTES_ARG(buf_bytes(&p->text)), end);
    buf_clear(&p->text);
}

void progress_start(struct progress *p, const struct run_report *r, size_t total, size_t left_out)
{
    p->started_ms = p->told_ms = io_elapsed_ms();
    p->at = (struct progress_at){ .total = total };
    if (p->options.quiet || p->options.tap)
        return;
    printf("%s %s", r->role, r->target);
    if (r->server_header)
        printf(" (%s)", r->server_header);
    printf(": %zu cases, seed %llu", total, (unsigned long long)r->seed);
    printf(left_out > 0 ? ", without %zu long ones (--long)\n" : "\n", left_out);
    fflush(stdout);
}

static void print_conversation(struct progress *p, const struct result *result)
{
    for (size_t i = 0; i < result->transcript.count; i++) {
        const struct entry *e = &result->transcript.entries[i];
        printf("    %9.3f ms  ", (double)e->us / 1000);
        if (!report_describe(e, &p->text))
            buf_clear(&p->text);
        print_text(p, "\n");
    }
}

static void print_finding(struct progress *p, const struct result *result)
{
    clear_line(p);
    if (summary_finding(result, p->look, &p->text))
        print_text(p, "\n");
    if (p->options.verbose)
        print_conversation(p, result);
}

/* What the run cannot foresee is told by how fast results have come. */
static struct forecast_left time_left(const struct progress *p, uint64_t elapsed_ms)
{
    const struct progress_at *at = &p->at;
    const size_t more = at->total > at->done ? at->total - at->done : 0;
    const struct forecast results = { .together_left = more,
                                      .together_ended = p->seen,
                                      .together_us = elapsed_ms * 1000 };

    if (elapsed_ms < FORECAST_MS)
        return (struct forecast_left){ 0 };
    return at->foreseen ? at->left : forecast_left(&results);
}

/* One line that is drawn again, or now and then a new one. */
static void print_progress(struct progress *p)
{
    p->told_ms = io_elapsed_ms();
    const struct forecast_left left = time_left(p, p->told_ms - p->started_ms);
    if (!summary_progress(p->at.done, p->at.total, p->findings, &left, &p->text))
        return;
    printf("%s", p->terminal ? "\r\033[K" : "");
    print_text(p, p->terminal ? "" : "\n");
    p->line_open = p->terminal;
}

static bool has_line(const struct progress *p)
{
    return !p->options.tap && !p->options.quiet;
}

/* Nobody has to see it more often. */
static bool is_fresh(const struct progress *p)
{
    uint64_t every_ms = p->terminal ? REDRAW_MS : QUIET_LINE_MS;

    return io_elapsed_ms() - p->told_ms < every_ms && (p->line_open || !p->terminal);
}

uint64_t progress_due_ms(const struct progress *p)
{
    uint64_t every_ms = p->terminal ? TICK_MS : QUIET_LINE_MS, since = io_elapsed_ms() - p->told_ms;

    if (!has_line(p))
        return UINT64_MAX;
    return io_now_ms() + (since < every_ms ? every_ms - since : 0);
}

void progress_time(struct progress *p, const struct forecast_left *left)
{
    p->at.foreseen = true;
    p->at.left = *left;
    if (!has_line(p))
        return;
    print_progress(p);
    fflush(stdout);
}

void progress_result(struct progress *p, const struct result *result, const struct progress_at *at)
{
    bool finding = result_is_bad(result);

    if (p->options.tap)
        return;
    p->at = *at;
    p->findings += finding;
    p->seen++;
    if (p->options.verbose || (finding && !p->options.quiet))
        print_finding(p, result);
    if (has_line(p) && !is_fresh(p))
        print_progress(p);
    fflush(stdout);
}

void progress_summary(struct progress *p, const struct run_report *r, const char *where)
{
    clear_line(p);
    if (p->options.tap)
        return;
    if (summary_write(r, p->look, where, &p->text))
        print_text(p, "");
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
