#include "script/suite.h"

#include "base/text.h"

#include <string.h>

/* Which cases a run is about: patterns, role, shard. */

static bool is_glob(const char *pattern)
{
    return strpbrk(pattern, "*?") != NULL;
}

/* "rfc6455" and "rfc6455/" are prefixes of "rfc6455/5.2-reserved-bits/rsv2", "rfc" is not. */
static bool is_prefix(const char *pattern, const char *id)
{
    size_t len = strlen(pattern);

    if (len == 0 || strncmp(pattern, id, len) != 0)
        return false;
    return id[len] == '\0' || id[len] == '/' || pattern[len - 1] == '/';
}

static bool fits(const char *pattern, const char *text)
{
    return is_glob(pattern) ? text_glob(pattern, text) : strcmp(pattern, text) == 0;
}

static bool matches_also(const struct script_case *c, const char *pattern)
{
    const char *colon = strchr(pattern, ':');

    for (size_t i = 0; colon && i < c->n_also; i++)
        if (strncmp(c->also[i].suite, pattern, (size_t)(colon - pattern)) == 0 &&
            c->also[i].suite[colon - pattern] == '\0' && fits(colon + 1, c->also[i].id))
            return true;
    return false;
}

static bool matches_word(const char *const *words, size_t count, const char *pattern)
{
    for (size_t i = 0; i < count; i++)
        if (fits(pattern, words[i]))
            return true;
    return false;
}

static bool matches(const struct script_case *c, const char *pattern)
{
    return is_prefix(pattern, c->id) || (is_glob(pattern) && text_glob(pattern, c->id)) ||
           matches_word(c->tags, c->n_tags, pattern) ||
           matches_word(c->proves, c->n_proves, pattern) || matches_also(c, pattern);
}

static bool matches_any(const struct script_case *c, const char *const *patterns, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (matches(c, patterns[i]))
            return true;
    return false;
}

static void nearer(const char *pattern, const char *word, unsigned *best, const char **nearest)
{
    unsigned distance = text_distance(pattern, word, *best);

    if (distance < *best) {
        *best = distance;
        *nearest = word;
    }
}

/* "rfc6455/5.1-masking/" of "rfc6455/5.1-masking/unmasked-text". */
static const char *file_part(struct arena *a, const char *id)
{
    const char *slash = strrchr(id, '/');
    size_t len = slash ? (size_t)(slash - id) + 1 : 0;

    return arena_str(a, bytes_take(bytes_str(id), len));
}

static struct bytes without_stars(const char *pattern)
{
    struct bytes b = bytes_str(pattern);

    while (b.len > 0 && b.ptr[0] == '*')
        b = bytes_skip(b, 1);
    while (b.len > 0 && b.ptr[b.len - 1] == '*')
        b = bytes_take(b, b.len - 1);
    return b;
}

/* The id, file, tag or requirement that is written most alike; NULL: nothing is near. */
static const char *nearest_word(const struct suite *s, const char *pattern, struct arena *a)
{
    const char *bare = arena_str(a, without_stars(pattern));
    unsigned best = bare ? (unsigned)strlen(bare) / 4 + 2 : 0;
    const char *nearest = NULL, *file = "";

    for (size_t i = 0; bare && i < s->n_cases; i++) {
        const struct script_case *c = s->cases[i];
        if (strncmp(c->id, file, strlen(file)) != 0 || !*file)
            file = file_part(a, c->id);
        if (!file)
            return NULL;
        nearer(bare, file, &best, &nearest);
        nearer(bare, c->id, &best, &nearest);
        for (size_t k = 0; k < c->n_tags; k++)
            nearer(bare, c->tags[k], &best, &nearest);
        for (size_t k = 0; k < c->n_proves; k++)
            nearer(bare, c->proves[k], &best, &nearest);
    }
    return nearest;
}

static bool check_patterns(const struct suite *s, const char *const *patterns, size_t count,
                           struct arena *a, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        bool hit = false;
        for (size_t k = 0; k < s->n_cases && !hit; k++)
            hit = matches(s->cases[k], patterns[i]);
        if (hit)
            continue;
        const char *nearest = nearest_word(s, patterns[i], a);
        if (nearest)
            return err_set(err, ERR_USAGE, "no case matches \"%s\": did you mean \"%s\"?",
                           patterns[i], nearest);
        return err_set(err, ERR_USAGE, "no case matches \"%s\"", patterns[i]);
    }
    return true;
}

static bool is_chosen(const struct script_case *c, const struct selection *by)
{
    if (by->n_want > 0 && !matches_any(c, by->want, by->n_want))
        return false;
    if (matches_any(c, by->exclude, by->n_exclude))
        return false;
    if (by->no_long && by->n_want == 0 && script_case_has_tag(c, "long"))
        return false;
    return (unsigned)by->role == 0 || ((unsigned)c->role & (unsigned)by->role) != 0;
}

size_t suite_chosen(const struct suite *s, const struct selection *selection)
{
    size_t count = 0;

    for (size_t i = 0; i < s->n_cases; i++)
        count += is_chosen(s->cases[i], selection);
    return count;
}

size_t suite_left_out(const struct suite *s, const struct selection *selection)
{
    struct selection all = *selection;
    size_t count = 0;

    all.no_long = false;
    for (size_t i = 0; i < s->n_cases; i++)
        count += is_chosen(s->cases[i], &all) && !is_chosen(s->cases[i], selection);
    return count;
}

bool suite_select(const struct suite *s, const struct selection *selection, struct arena *a,
                  const struct script_case ***out, size_t *count, struct err *err)
{
    unsigned shards = selection->shards > 0 ? selection->shards : 1;
    unsigned shard = selection->shard > 0 ? selection->shard - 1 : 0;
    size_t chosen = 0;

    if (!check_patterns(s, selection->want, selection->n_want, a, err) ||
        !check_patterns(s, selection->exclude, selection->n_exclude, a, err))
        return false;
    *count = 0;
    *out = arena_array(a, s->n_cases, sizeof(struct script_case *));
    if (!*out)
        return err_memory(err, "the chosen cases");
    for (size_t i = 0; i < s->n_cases; i++)
        if (is_chosen(s->cases[i], selection) && chosen++ % shards == shard)
            (*out)[(*count)++] = s->cases[i];
    return true;
}
