#include <stdio.h>

#include "fuzz/live/engine_parts.h"
#include "io/clock.h"
#include "io/file.h"

/* To count the files of a corpus takes its time. */
#define CORPUS_MS 5000

void engine_tell(const struct fuzz_news *news)
{
    struct buf line;

    buf_init(&line, 1 << 14);
    if (fuzz_news_write(news, &line))
        fwrite(line.ptr, 1, line.len, stdout);
    fflush(stdout);
    buf_free(&line);
}

static void count_corpus(struct engine *e)
{
    struct buf names;
    struct err err;

    buf_init(&names, 64u << 20);
    e->corpus = 0;
    if (e->o->corpus && io_dir_names(e->o->corpus, &names, &err))
        for (size_t i = 0; i < names.len; i++)
            e->corpus += names.ptr[i] == '\0';
    buf_free(&names);
    e->corpus_ms = io_elapsed_ms();
}

static void fill_pulse(struct engine *e, struct fuzz_news *news)
{
    struct fuzz_counters_facts facts = { 0 };

    if (e->counters)
        fuzz_counters_facts(e->counters, &facts);
    news->sessions = e->taken;
    news->seen = facts.attached ? facts.seen : e->reply_edges;
    news->edges = facts.attached && !facts.by_pc ? facts.edges : 0;
    news->coverage = facts.attached;
    news->corpus = e->corpus;
    news->suspects = e->suspects;
    snprintf(news->text, sizeof news->text, "%s", e->trying ? e->trying : "");
}

void engine_tell_pulse(struct engine *e)
{
    struct fuzz_news news = { .kind = FUZZ_NEWS_PULSE };

    if (io_elapsed_ms() - e->corpus_ms >= CORPUS_MS)
        count_corpus(e);
    fill_pulse(e, &news);
    engine_tell(&news);
    e->pulse_ms = io_elapsed_ms();
}

void engine_tell_ready(struct engine *e)
{
    struct fuzz_news news = { .kind = FUZZ_NEWS_READY };
    struct fuzz_counters_facts facts;

    count_corpus(e);
    fill_pulse(e, &news);
    news.echoes = e->stand.probe.echoes;
    news.deflate = e->stand.probe.deflate;
    if (e->counters) {
        fuzz_counters_facts(e->counters, &facts);
        const char *trouble = fuzz_counters_trouble(&facts);
        snprintf(news.text, sizeof news.text, "%s",
                 trouble && (facts.attached || facts.foreign) ? trouble : "");
    }
    engine_tell(&news);
}
