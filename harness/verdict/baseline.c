#include "verdict/baseline.h"

#include <string.h>

#include "base/text.h"

/* ---- better and worse ---- */

int baseline_rank(enum verdict_kind kind)
{
    switch (kind) {
    case VERDICT_PASS:
    case VERDICT_INFO: return 0; /* also: a finding that does not hold up when it is run alone */
    case VERDICT_SKIP: return 1;
    case VERDICT_WARN: return 2;
    case VERDICT_FAIL: return 3;
    case VERDICT_ERROR:
    case VERDICT_KINDS: break;
    }
    return 4;
}

static const char *const known_names[KNOWN_KINDS] = {
    [KNOWN_NOT] = "not known", [KNOWN_EXPECTED] = "expected", [KNOWN_FLAKY] = "flaky",
    [KNOWN_STALE] = "stale",   [KNOWN_WORSE] = "worse",
};

const char *known_name(enum known_as as)
{
    return known_names[as];
}

int known_named(const char *name)
{
    for (int as = 0; as < KNOWN_KINDS; as++)
        if (strcmp(name, known_names[as]) == 0)
            return as;
    return -1;
}

/* ---- which line ---- */

static bool is_about_cases(const struct baseline_line *line)
{
    return line->kind == BASELINE_KNOWN || line->kind == BASELINE_FLAKY;
}

static bool fits(const struct baseline_line *line, const char *id)
{
    return line->glob ? text_glob(line->pattern, id) : strcmp(line->pattern, id) == 0;
}

const struct baseline_line *baseline_find(const struct baseline *b, const char *id)
{
    const struct baseline_line *found = NULL;

    for (size_t i = 0; i < b->count; i++) {
        const struct baseline_line *line = &b->lines[i];
        if (!is_about_cases(line) || (found && line->glob) || !fits(line, id))
            continue;
        found = line;
        if (!line->glob)
            break;
    }
    return found;
}

/* ---- judging ---- */

/* A fail is one that was recorded only up to what was known to be its cost. */
static bool costs_more(const struct baseline_line *line, const struct verdict *v,
                       enum severity usual)
{
    return v->result == VERDICT_FAIL && v->severity > (line->severe ? line->severity : usual);
}

static enum known_as compare(const struct baseline_line *line, const struct verdict *v,
                             enum severity usual)
{
    int now = baseline_rank(v->result), then = baseline_rank(line->verdict);

    if (now < then)
        return KNOWN_STALE;
    return now > then || costs_more(line, v, usual) ? KNOWN_WORSE : KNOWN_EXPECTED;
}

struct known baseline_judge(const struct baseline *b, const char *id, const struct verdict *v,
                            enum severity usual)
{
    const struct baseline_line *line = baseline_find(b, id);

    if (!line || v->result == VERDICT_ERROR)
        return (struct known){ 0 };
    return (struct known){
        .as = line->kind == BASELINE_FLAKY ? KNOWN_FLAKY : compare(line, v, usual),
        .verdict = line->verdict,
        .reason = line->reason,
        .link = line->link,
        .line = line->number,
    };
}

/* ---- the file as a whole ---- */

static bool fits_any(const struct baseline_line *line, const struct suite *suite,
                     enum case_role role)
{
    for (size_t i = 0; i < suite->n_cases; i++)
        if (((unsigned)suite->cases[i]->role & (unsigned)role) != 0 &&
            fits(line, suite->cases[i]->id))
            return true;
    return false;
}

static const char *nearest_id(const struct suite *suite, const char *pattern)
{
    unsigned best = (unsigned)strlen(pattern) / 4 + 2;
    const char *nearest = NULL;

    for (size_t i = 0; i < suite->n_cases; i++) {
        unsigned distance = text_distance(pattern, suite->cases[i]->id, best);
        if (distance < best) {
            best = distance;
            nearest = suite->cases[i]->id;
        }
    }
    return nearest;
}

static bool fits_none(const struct baseline *b, const struct baseline_line *line,
                      const struct suite *suite, struct err *err)
{
    const char *nearest = line->glob ? NULL : nearest_id(suite, line->pattern);

    if (nearest)
        err_set(err, ERR_SYNTAX, "no case matches \"%.200s\": did you mean \"%.200s\"?",
                line->pattern, nearest);
    else
        err_set(err, ERR_SYNTAX, "no case matches \"%.200s\"", line->pattern);
    return err_at(err, b->file, line->number, 1);
}

bool baseline_check(const struct baseline *b, const struct suite *suite, enum case_role role,
                    struct err *err)
{
    for (size_t i = 0; i < b->count; i++)
        if (is_about_cases(&b->lines[i]) && !fits_any(&b->lines[i], suite, role))
            return fits_none(b, &b->lines[i], suite, err);
    return true;
}

const struct baseline_line *baseline_count_of(const struct baseline *b, const char *selection)
{
    for (size_t i = 0; i < b->count; i++)
        if (b->lines[i].kind == BASELINE_COUNT && strcmp(b->lines[i].selection, selection) == 0)
            return &b->lines[i];
    return NULL;
}

const char *baseline_drift(const struct baseline *b, const struct baseline_tally *now,
                           struct arena *a)
{
    const struct baseline_line *line = baseline_count_of(b, now->selection);

    if (!line)
        return NULL;
    if (now->cases != line->cases)
        return arena_print(a, "%zu cases, where line %u records %zu", now->cases, line->number,
                           line->cases);
    if (line->counts_skipped && !now->part && now->skipped > line->skipped)
        return arena_print(a, "%zu cases are skipped, where line %u records %zu", now->skipped,
                           line->number, line->skipped);
    return NULL;
}

size_t baseline_todo(const struct baseline *b, unsigned *first_line)
{
    size_t count = 0;

    for (size_t i = 0; i < b->count; i++) {
        if (!is_about_cases(&b->lines[i]) || strcmp(b->lines[i].reason, BASELINE_NO_REASON) != 0)
            continue;
        if (count++ == 0)
            *first_line = b->lines[i].number;
    }
    return count;
}
