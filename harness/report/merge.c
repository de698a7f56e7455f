#include "report/merge.h"

#include <string.h>

#include "base/text.h"

#define SHARDS_MAX 100000 /* as --shard takes them */

struct shard {
    uint64_t i, n; /* 0 of 0: a whole run */
};

/* ---- shards ---- */

static bool is_shard(const struct run_options_row *row)
{
    return strcmp(row->name, "shard") == 0;
}

/* A value that is no shard cannot come from us; it is taken for none. */
static struct shard shard_of(const struct run_options_row *row)
{
    struct bytes text = bytes_str(row->value);
    size_t slash = bytes_index(text, 0, '/');
    struct shard s = { 0, 0 };

    if (!text_number(bytes_take(text, slash), SHARDS_MAX, &s.i) ||
        !text_number(bytes_skip(text, slash + 1), SHARDS_MAX, &s.n) || s.i < 1 || s.i > s.n)
        return (struct shard){ 0, 0 };
    return s;
}

static uint64_t shards_of(const struct run_report *r)
{
    for (size_t i = 0; i < r->n_options; i++)
        if (is_shard(&r->options[i]))
            return shard_of(&r->options[i]).n;
    return 0;
}

static bool has_shard(const struct run_report *r, const char *value)
{
    for (size_t i = 0; i < r->n_options; i++)
        if (is_shard(&r->options[i]) && strcmp(r->options[i].value, value) == 0)
            return true;
    return false;
}

static bool add_option(struct run_report *run, const struct run_options_row *row, struct arena *a)
{
    struct run_options_row *rows = arena_array(a, run->n_options + 1, sizeof *rows);

    if (!rows)
        return false;
    if (run->n_options > 0)
        memcpy(rows, run->options, run->n_options * sizeof *rows);
    rows[run->n_options++] = *row;
    run->options = rows;
    return true;
}

static bool add_shards(struct run_report *run, const struct run_report *part, const char *file,
                       struct arena *a, struct err *err)
{
    if (shards_of(run) != shards_of(part))
        return err_set(err, ERR_USAGE, "%s: one of %llu shards does not go with one of %llu", file,
                       (unsigned long long)shards_of(part), (unsigned long long)shards_of(run));
    for (size_t i = 0; i < part->n_options; i++) {
        const struct run_options_row *row = &part->options[i];
        if (!is_shard(row))
            continue;
        if (has_shard(run, row->value))
            return err_set(err, ERR_USAGE, "%s: shard %s is there already", file, row->value);
        if (!add_option(run, row, a))
            return err_memory(err, "the shards");
    }
    return true;
}

/* ---- the rest ---- */

static bool add_texts(const char ***list, size_t *n, const char *const *more, size_t n_more,
                      struct arena *a)
{
    const char **all = arena_array(a, *n + n_more, sizeof *all);

    if (!all)
        return false;
    if (*n > 0)
        memcpy(all, *list, *n * sizeof *all);
    for (size_t i = 0; i < n_more; i++) {
        bool there = false;
        for (size_t k = 0; k < *n; k++)
            there |= strcmp(all[k], more[i]) == 0;
        if (!there)
            all[(*n)++] = more[i];
    }
    *list = all;
    return true;
}

/* Each shard has said of the whole what it knows; what all say is said once. */
static bool add_baseline(struct run_report *run, const struct known_run *more, struct arena *a)
{
    struct known_run *sum;

    if (!more || !run->baseline) {
        run->baseline = more ? more : run->baseline;
        return true;
    }
    sum = arena_new(a, sizeof *sum);
    if (!sum)
        return false;
    *sum = *run->baseline;
    run->baseline = sum;
    return add_texts(&sum->problems, &sum->n_problems, more->problems, more->n_problems, a) &&
           add_texts(&sum->notes, &sum->n_notes, more->notes, more->n_notes, a);
}

bool report_merge(struct run_report *run, const struct run_report *part, const char *file,
                  struct arena *a, struct err *err)
{
    if (!add_shards(run, part, file, a, err))
        return false;
    run->duration_ms += part->duration_ms;
    run->own_cpu_ms += part->own_cpu_ms;
    if (part->own_peak_kib > run->own_peak_kib)
        run->own_peak_kib = part->own_peak_kib;
    run->deaths += part->deaths;
    run->unsolved += part->unsolved;
    run->unfinished |= part->unfinished;
    if (!run->trouble)
        run->trouble = part->trouble;
    return add_baseline(run, part->baseline, a) || err_memory(err, "what a baseline says");
}

/* ---- the end ---- */

static bool is_once(const struct result *r, const struct result *before, struct err *err)
{
    bool same = strcmp(r->id, before->id) == 0 &&
                (!r->autobahn || !before->autobahn || strcmp(r->autobahn, before->autobahn) == 0);

    return !same || err_set(err, ERR_USAGE, "%s is in two of the files", r->id);
}

/* "shards 2 and 4 of 4 are missing"; NULL when none is, or without memory. */
static const char *missing(const struct run_report *run, struct arena *a)
{
    uint64_t n = shards_of(run);
    const char *list = NULL;
    unsigned count = 0;

    for (uint64_t i = 1; i <= n; i++) {
        const char *value =
            arena_print(a, "%llu/%llu", (unsigned long long)i, (unsigned long long)n);
        if (!value || has_shard(run, value) || count++ >= 10)
            continue;
        list = list ? arena_print(a, "%s, %s", list, value) : value;
    }
    if (count == 0 || !list)
        return NULL;
    if (count == 1)
        return arena_print(a, "shard %s is missing", list);
    return arena_print(a, "%u shards are missing: %s%s", count, list, count > 10 ? ", …" : "");
}

bool report_merge_close(struct run_report *run, struct arena *a, struct err *err)
{
    const char *gap = missing(run, a);

    for (size_t i = 1; i < run->n_results; i++)
        if (!is_once(&run->results[i], &run->results[i - 1], err))
            return false;
    if (gap) {
        run->unfinished = true;
        run->trouble = gap;
    }
    return true;
}
