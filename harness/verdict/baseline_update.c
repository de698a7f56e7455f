#include "verdict/baseline_update.h"

#include <string.h>

#include "base/text.h"

/* The new baseline in the making. */
struct update {
    const struct baseline *old;
    const struct baseline_run *run;
    struct arena *arena;
    const struct baseline_line **line_of; /* each case of the suite; NULL: none, or another role */
    struct baseline next;
    bool ok;
};

static void add(struct update *u, const struct baseline_line *line)
{
    u->ok = u->ok && arena_grow(u->arena, (void **)&u->next.lines, &u->next.cap, u->next.count + 1,
                                sizeof *line);
    if (u->ok)
        u->next.lines[u->next.count++] = *line;
}

static void add_comment(struct update *u, const char *text)
{
    struct baseline_line line = { .kind = BASELINE_COMMENT, .text = text };

    u->ok = u->ok && text;
    add(u, &line);
}

/* ---- one line ---- */

/* "fail", or "fail:critical" where it costs more than the case does by itself. */
static const char *verdict_word(struct update *u, const struct baseline_now *now)
{
    const struct verdict *v = now->verdict;

    if (v->result == VERDICT_FAIL && v->severity > now->usual)
        return arena_print(u->arena, "fail:%s", script_severity_name(v->severity));
    return verdict_name(v->result);
}

/* The same line with another verdict; all else in it stays where it is. */
static void add_corrected(struct update *u, const struct baseline_line *old,
                          const struct baseline_now *now)
{
    const char *word = verdict_word(u, now);
    struct baseline_line line = *old;

    line.text = word ? arena_print(u->arena, "%.*s%s%s", (int)old->word_at, old->text, word,
                                   old->text + old->word_at + old->word_len)
                     : NULL;
    line.verdict = now->verdict->result;
    line.severe = line.verdict == VERDICT_FAIL && now->verdict->severity > now->usual;
    line.severity = now->verdict->severity;
    u->ok = u->ok && line.text;
    add(u, &line);
}

static void add_new(struct update *u, const struct baseline_now *now)
{
    const char *word = verdict_word(u, now);
    struct baseline_line line = {
        .kind = BASELINE_KNOWN,
        .pattern = now->id,
        .reason = BASELINE_NO_REASON,
        .verdict = now->verdict->result,
        .text = word ? arena_print(u->arena, "%s  %s  " BASELINE_NO_REASON, now->id, word) : NULL,
    };

    u->ok = u->ok && line.text;
    add(u, &line);
}

/* ---- the cases of a line ---- */

struct share {
    size_t cases, ran, as_recorded;
    const struct baseline_now *last; /* of those that ran */
    bool alike;                      /* they all gave the same */
};

static const struct baseline_now *now_of(const struct update *u, const char *id)
{
    for (size_t i = 0; i < u->run->count; i++)
        if (strcmp(u->run->cases[i].id, id) == 0)
            return &u->run->cases[i];
    return NULL;
}

static void take_share(const struct update *u, struct share *s, const struct baseline_now *now)
{
    struct known known = baseline_judge(u->old, now->id, now->verdict, now->usual);

    if (now->verdict->result == VERDICT_ERROR)
        return;
    s->alike = s->ran == 0 || (s->alike && now->verdict->result == s->last->verdict->result);
    s->ran++;
    s->as_recorded += known.as == KNOWN_EXPECTED;
    s->last = now;
}

/* The cases that the line is about: no other one goes before it there. */
static struct share share_of(const struct update *u, const struct baseline_line *line)
{
    const struct suite *suite = u->run->suite;
    struct share s = { 0 };

    for (size_t i = 0; i < suite->n_cases; i++) {
        if (u->line_of[i] != line)
            continue;
        const struct baseline_now *now = now_of(u, suite->cases[i]->id);
        s.cases++;
        if (now)
            take_share(u, &s, now);
    }
    return s;
}

static bool fits_a_case(const struct update *u, const struct baseline_line *line)
{
    struct baseline alone = { .lines = (struct baseline_line *)line, .count = 1 };

    return baseline_check(&alone, u->run->suite, u->run->role, NULL);
}

/* A case that is fine needs a line only where a glob would say otherwise; see complete(). */
static void update_known(struct update *u, const struct baseline_line *line)
{
    struct share s = share_of(u, line);

    if (!fits_a_case(u, line))
        return;
    if (s.ran < s.cases || s.as_recorded > 0 || s.cases == 0)
        add(u, line);
    else if (s.alike && baseline_rank(s.last->verdict->result) > 0)
        add_corrected(u, line, s.last);
}

static void update_flaky(struct update *u, const struct baseline_line *line)
{
    if (fits_a_case(u, line))
        add(u, line);
}

/* ---- the number of cases ---- */

static void add_count(struct update *u, const struct baseline_line *old)
{
    const struct baseline_tally *t = &u->run->tally;
    const char *of = *t->selection ? " of " : "";
    struct baseline_line line = { .kind = BASELINE_COUNT,
                                  .selection = t->selection,
                                  .cases = t->cases,
                                  .skipped = t->part && old ? old->skipped : t->skipped,
                                  .counts_skipped = !t->part || (old && old->counts_skipped) };

    line.text = line.counts_skipped
                    ? arena_print(u->arena, "cases %zu skipped %zu%s%s", line.cases, line.skipped,
                                  of, t->selection)
                    : arena_print(u->arena, "cases %zu%s%s", line.cases, of, t->selection);
    u->ok = u->ok && line.text;
    add(u, &line);
}

static void update_count(struct update *u, const struct baseline_line *line)
{
    const struct baseline_tally *t = &u->run->tally;
    bool same = line->cases == t->cases &&
                (t->part || (line->counts_skipped && line->skipped == t->skipped));

    if (same || strcmp(line->selection, t->selection) != 0)
        add(u, line);
    else
        add_count(u, line);
}

/* ---- the whole ---- */

static bool find_lines(struct update *u)
{
    const struct suite *suite = u->run->suite;

    u->line_of = arena_array(u->arena, suite->n_cases, sizeof *u->line_of);
    if (!u->line_of)
        return false;
    for (size_t i = 0; i < suite->n_cases; i++)
        if (((unsigned)suite->cases[i]->role & (unsigned)u->run->role) != 0)
            u->line_of[i] = baseline_find(u->old, suite->cases[i]->id);
    return true;
}

static void begin(struct update *u)
{
    if (u->old->count > 0)
        return;
    add_comment(u,
                arena_print(u->arena, "# What is known of %s: case or glob, verdict, reason, link.",
                            u->run->target));
    add_count(u, NULL);
}

static void update_line(struct update *u, const struct baseline_line *line)
{
    switch (line->kind) {
    case BASELINE_COMMENT: add(u, line); break;
    case BASELINE_COUNT: update_count(u, line); break;
    case BASELINE_KNOWN: update_known(u, line); break;
    case BASELINE_FLAKY: update_flaky(u, line); break;
    }
}

/* What the lines that are left do not say, or say wrongly, gets a line. */
static void complete(struct update *u)
{
    if (!baseline_count_of(&u->next, u->run->tally.selection))
        add_count(u, NULL);
    for (size_t i = 0; u->ok && i < u->run->count; i++) {
        const struct baseline_now *now = &u->run->cases[i];
        struct known known = baseline_judge(&u->next, now->id, now->verdict, now->usual);
        bool missing = known.as == KNOWN_NOT && now->gates && now->verdict->result == VERDICT_FAIL;
        if (missing || known.as == KNOWN_STALE || known.as == KNOWN_WORSE)
            add_new(u, now);
    }
}

bool baseline_update(const struct baseline *old, const struct baseline_run *run, struct arena *a,
                     struct buf *out)
{
    struct update u = { .old = old, .run = run, .arena = a };

    u.next.file = old->file;
    u.ok = find_lines(&u);
    begin(&u);
    for (size_t i = 0; u.ok && i < old->count; i++)
        update_line(&u, &old->lines[i]);
    complete(&u);
    for (size_t i = 0; u.ok && i < u.next.count; i++)
        u.ok = buf_append(out, bytes_str(u.next.lines[i].text)) && buf_push(out, '\n');
    return u.ok;
}
