#define _POSIX_C_SOURCE 200809L /* isatty, fileno */
#include "cli/fuzz/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/trial/remark.h"
#include "io/clock.h"

#define LINE_EVERY_MS 10000
#define RATE_OVER_MS 3000
#define NUMBER_TEXT 32

/* ---- words ---- */

/* 12,345 */
static const char *grouped(uint64_t n, char out[NUMBER_TEXT])
{
    char digits[NUMBER_TEXT];
    int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n), to = 0;

    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            out[to++] = ',';
        out[to++] = digits[i];
    }
    out[to] = '\0';
    return out;
}

/* 1:05, 2:00:00 */
static const char *clock_text(uint64_t ms, char out[NUMBER_TEXT])
{
    unsigned long long s = ms / 1000;

    if (s < 3600)
        snprintf(out, NUMBER_TEXT, "%llu:%02llu", s / 60, s % 60);
    else
        snprintf(out, NUMBER_TEXT, "%llu:%02llu:%02llu", s / 3600, s / 60 % 60, s % 60);
    return out;
}

/* A name or a sentence that somebody else made, without what a terminal would obey. */
static void print_plain(const char *text)
{
    for (; *text; text++)
        putchar((unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text);
}

static const char *red(const struct fuzz_progress *p)
{
    return p->color ? "\033[31m" : "";
}

static const char *yellow(const struct fuzz_progress *p)
{
    return p->color ? "\033[33m" : "";
}

static const char *normal(const struct fuzz_progress *p)
{
    return p->color ? "\033[0m" : "";
}

void fuzz_progress_clear(struct fuzz_progress *p)
{
    if (p->line_open) {
        printf("\r\033[K");
        fflush(stdout);
    }
    p->line_open = false;
}

/* ---- the run ---- */

void fuzz_progress_init(struct fuzz_progress *p, const struct fuzz_words *words)
{
    const char *no_color = getenv("NO_COLOR");

    memset(p, 0, sizeof *p);
    p->words = words;
    p->quiet = words->quiet;
    p->verbose = words->verbose;
    p->terminal = isatty(fileno(stdout)) && !words->quiet;
    p->color = isatty(fileno(stdout)) && !(no_color && *no_color);
    p->started_ms = p->shown_ms = p->new_ms = p->counted_ms = io_elapsed_ms();
}

void fuzz_progress_free(struct fuzz_progress *p)
{
    arena_free(&p->arena);
}

void fuzz_progress_begin(struct fuzz_progress *p, const char *target, const char *name)
{
    if (p->quiet)
        return;
    printf("fuzzing %s ", p->words->role);
    print_plain(target);
    if (*name) {
        printf(" (");
        print_plain(name);
        printf(")");
    }
    printf(", seed %llu", (unsigned long long)p->words->o.seed);
    if (p->words->jobs > 1)
        printf(", %llu at a time", (unsigned long long)p->words->jobs);
    printf("\n");
    fflush(stdout);
}

/* Once, of the first engine that has reached the target. */
static void tell_ready(struct fuzz_progress *p, const struct fuzz_news *news)
{
    char edges[NUMBER_TEXT];

    if (p->ready || p->quiet)
        return;
    p->ready = true;
    if (!news->coverage)
        printf("no coverage: replies guide; see harness/fuzz/runtime/README.md\n");
    else if (news->edges > 0)
        printf("coverage: %s edges\n", grouped(news->edges, edges));
    else
        printf("coverage: by place in the code\n");
    if (!news->echoes)
        printf("the target does not echo: what it makes of messages cannot be seen\n");
    if (!news->deflate)
        printf("the target takes no part in permessage-deflate: nothing is compressed\n");
}

static void keep(struct fuzz_progress *p, const struct fuzz_news *news, bool known)
{
    for (size_t i = 0; i < p->n_told; i++)
        if (strcmp(p->told[i].path, news->path) == 0)
            return;
    const char *path = arena_str(&p->arena, bytes_str(news->path));
    const char *text = arena_str(&p->arena, bytes_str(news->text));
    *(known ? &p->known : &p->findings) += 1;
    if (path && text && p->n_told < FUZZ_TOLD_MAX)
        p->told[p->n_told++] = (struct fuzz_told){ path, text, known };
}

static void tell_finding(struct fuzz_progress *p, const struct fuzz_news *news)
{
    printf("%sfinding%s ", red(p), normal(p));
    print_plain(news->path);
    printf(": ");
    print_plain(news->text);
    printf("\n");
}

static void tell_doubt(struct fuzz_progress *p, const struct fuzz_news *news)
{
    for (size_t i = 0; i < p->doubts && i < FUZZ_TOLD_MAX; i++)
        if (strcmp(p->doubted[i], news->path) == 0)
            return;
    const char *path = arena_str(&p->arena, bytes_str(news->path));
    if (path && p->doubts < FUZZ_TOLD_MAX)
        p->doubted[p->doubts] = path;
    p->doubts += path != NULL;
    printf("%snot reproduced%s ", yellow(p), normal(p));
    print_plain(news->path);
    printf(": ");
    print_plain(news->text);
    printf("\n");
}

void fuzz_progress_news(struct fuzz_progress *p, const struct fuzz_news *news)
{
    fuzz_progress_clear(p);
    switch (news->kind) {
    case FUZZ_NEWS_READY: tell_ready(p, news); break;
    case FUZZ_NEWS_FINDING:
        tell_finding(p, news);
        keep(p, news, false);
        p->new_ms = io_elapsed_ms();
        break;
    case FUZZ_NEWS_AGAIN: keep(p, news, true); break;
    case FUZZ_NEWS_DOUBT: tell_doubt(p, news); break;
    case FUZZ_NEWS_NOTE:
        if (p->verbose)
            fuzz_progress_log(p, news->text);
        break;
    case FUZZ_NEWS_PULSE:
    case FUZZ_NEWS_TROUBLE:
    case FUZZ_NEWS_DONE:
    case FUZZ_NEWS_KINDS: break;
    }
    fflush(stdout);
}

void fuzz_progress_log(struct fuzz_progress *p, const char *line)
{
    if (!p->verbose)
        return;
    fuzz_progress_clear(p);
    printf("  ");
    print_plain(line);
    printf("\n");
}

static void print_state(const struct fuzz_progress *p, const struct fuzz_news *all)
{
    uint64_t now = io_elapsed_ms();
    char time[NUMBER_TEXT], sessions[NUMBER_TEXT], rate[NUMBER_TEXT], seen[NUMBER_TEXT],
        edges[NUMBER_TEXT], last[NUMBER_TEXT];

    printf("%s  %s sessions, %s/s, ", clock_text(now - p->started_ms, time),
           grouped(all->sessions, sessions), grouped((uint64_t)p->rate, rate));
    if (all->coverage && all->edges > 0)
        printf("edges %s/%s, ", grouped(all->seen, seen), grouped(all->edges, edges));
    else
        printf("%s %s, ", all->coverage ? "edges" : "replies", grouped(all->seen, seen));
    printf("corpus %llu, findings %zu, last new %s ago", (unsigned long long)all->corpus,
           p->findings + p->known, clock_text(now - p->new_ms, last));
    if (*all->text) {
        printf(", trying ");
        print_plain(all->text);
    }
}

static void take_rate(struct fuzz_progress *p, const struct fuzz_news *all)
{
    uint64_t now = io_elapsed_ms(), passed = now - p->counted_ms;

    if (all->seen > p->pulse.seen || all->corpus > p->pulse.corpus)
        p->new_ms = now;
    p->pulse = *all;
    if (passed < RATE_OVER_MS && p->rate > 0)
        return;
    p->rate = passed > 0 ? (double)(all->sessions - p->counted) * 1000 / (double)passed : 0;
    p->counted = all->sessions;
    p->counted_ms = now;
}

void fuzz_progress_pulse(struct fuzz_progress *p, const struct fuzz_news *all)
{
    uint64_t now = io_elapsed_ms();

    take_rate(p, all);
    if (p->quiet || (!p->terminal && now - p->shown_ms < LINE_EVERY_MS))
        return;
    p->shown_ms = now;
    if (p->terminal)
        printf("\r\033[K");
    print_state(p, all);
    p->line_open = p->terminal;
    if (!p->terminal)
        printf("\n");
    fflush(stdout);
}

/* ---- the end ---- */

static void print_command(const struct fuzz_progress *p, const char *path)
{
    struct buf line;

    buf_init(&line, 1 << 16);
    if (remark_command(&p->words->o, path, &line))
        printf("    %.*s\n", BYTES_ARG(buf_bytes(&line)));
    buf_free(&line);
}

static void print_findings(const struct fuzz_progress *p)
{
    for (size_t i = 0; i < p->n_told; i++) {
        printf("  ");
        print_plain(p->told[i].path);
        printf("%s\n", p->told[i].known ? " (known)" : "");
        if (*p->told[i].text) {
            printf("    ");
            print_plain(p->told[i].text);
            printf("\n");
        }
        print_command(p, p->told[i].path);
    }
}

void fuzz_progress_summary(struct fuzz_progress *p, const struct fuzz_news *all)
{
    uint64_t passed = io_elapsed_ms() - p->started_ms;
    size_t n = p->findings + p->known;
    char time[NUMBER_TEXT], sessions[NUMBER_TEXT], rate[NUMBER_TEXT];

    fuzz_progress_clear(p);
    printf("%s sessions in %s (%s/s): %s%zu finding%s%s", grouped(all->sessions, sessions),
           clock_text(passed, time), grouped(passed > 0 ? all->sessions * 1000 / passed : 0, rate),
           n > 0 ? red(p) : "", n, n == 1 ? "" : "s", n > 0 ? normal(p) : "");
    if (p->known > 0)
        printf(", %zu of them known", p->known);
    if (p->doubts > 0)
        printf(", %zu not reproduced", p->doubts);
    printf("\n");
    print_findings(p);
    fflush(stdout);
}
