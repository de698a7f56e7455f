#include "script/autobahn_select.h"

#include <stdlib.h>
#include <string.h>

/* `*` any run of characters; `open`: anything may follow the end of the pattern. */
static bool fits(const char *pattern, const char *text, bool open)
{
    const char *star = NULL, *again = NULL;

    for (;;) {
        if (*pattern == '*') {
            star = ++pattern;
            again = text;
        } else if (*pattern == '\0' && (open || *text == '\0')) {
            return true;
        } else if (*pattern == *text && *text) {
            pattern++;
            text++;
        } else if (star && *again) {
            pattern = star;
            text = ++again;
        } else {
            return false;
        }
    }
}

bool autobahn_pattern_matches(const char *pattern, const char *id)
{
    return fits(pattern, id, strchr(pattern, '*') != NULL);
}

int autobahn_id_order(const char *a, const char *b)
{
    while (*a || *b) {
        char *end_a, *end_b;
        unsigned long x = strtoul(a, &end_a, 10), y = strtoul(b, &end_b, 10);
        if (end_a == a || end_b == b)
            return strcmp(a, b); /* no number at all, or one has less parts */
        if (x != y)
            return x < y ? -1 : 1;
        a = end_a + (*end_a == '.');
        b = end_b + (*end_b == '.');
    }
    return 0;
}

static int by_id(const void *a, const void *b)
{
    const struct autobahn_case *x = a, *y = b;

    return autobahn_id_order(x->id, y->id);
}

/* Every case of that role that has a number, in their order, each number once. */
static struct autobahn_case *numbered(const struct suite *s, enum case_role role, struct arena *a,
                                      size_t *count)
{
    size_t n = 0, kept = 0;

    for (size_t i = 0; i < s->n_cases; i++)
        n += s->cases[i]->n_also;
    struct autobahn_case *list = arena_array(a, n + 1, sizeof *list);
    if (!list)
        return NULL;
    n = 0;
    for (size_t i = 0; i < s->n_cases; i++) {
        const struct script_case *c = s->cases[i];
        for (size_t k = 0; k < c->n_also && ((unsigned)c->role & (unsigned)role); k++)
            if (strcmp(c->also[k].suite, "autobahn") == 0)
                list[n++] = (struct autobahn_case){ c->also[k].id, c };
    }
    qsort(list, n, sizeof *list, by_id);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || strcmp(list[kept - 1].id, list[i].id) != 0)
            list[kept++] = list[i];
    *count = kept;
    return list;
}

static bool any_matches(struct autobahn_patterns patterns, const char *id)
{
    for (size_t i = 0; i < patterns.count; i++)
        if (autobahn_pattern_matches(patterns.list[i], id))
            return true;
    return false;
}

static bool matches_any(const char *pattern, const struct autobahn_case *all, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (autobahn_pattern_matches(pattern, all[i].id))
            return true;
    return false;
}

static void note_misses(struct autobahn_patterns patterns, const struct autobahn_case *all,
                        size_t n, bool wanted, struct autobahn_selection *out)
{
    for (size_t i = 0; i < patterns.count; i++) {
        const char *pattern = patterns.list[i];
        if (matches_any(pattern, all, n))
            continue;
        if (wanted && !strchr(pattern, '*'))
            out->unknown[out->n_unknown++] = pattern;
        else
            out->idle[out->n_idle++] = pattern;
    }
}

bool autobahn_select(const struct suite *s, enum case_role role, struct autobahn_patterns want,
                     struct autobahn_patterns exclude, struct arena *a,
                     struct autobahn_selection *out)
{
    size_t n = 0;
    struct autobahn_case *all = numbered(s, role, a, &n);

    *out = (struct autobahn_selection){ .cases = all };
    out->unknown = arena_array(a, want.count + 1, sizeof *out->unknown);
    out->idle = arena_array(a, want.count + exclude.count + 1, sizeof *out->idle);
    if (!all || !out->unknown || !out->idle)
        return false;
    note_misses(want, all, n, true, out);
    note_misses(exclude, all, n, false, out);
    for (size_t i = 0; i < n; i++)
        if (any_matches(want, all[i].id) && !any_matches(exclude, all[i].id))
            out->cases[out->count++] = all[i];
    return true;
}

bool autobahn_excluded(const struct autobahn_exclusion *list, size_t count, const char *agent,
                       const char *id)
{
    for (size_t i = 0; i < count; i++) {
        if (!fits(list[i].agent, agent, false))
            continue;
        for (size_t k = 0; k < list[i].cases.count; k++)
            if (fits(list[i].cases.list[k], id, false))
                return true;
    }
    return false;
}
