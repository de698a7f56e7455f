#include "verdict/coverage.h"

#include <stdlib.h>
#include <string.h>

const char *coverage_word(enum coverage_state state)
{
    switch (state) {
    case COVERAGE_UNTESTABLE: return "untestable";
    case COVERAGE_WAITS: return "waits";
    case COVERAGE_MISSING: return "missing";
    case COVERAGE_SET_UP: return "needs set-up";
    case COVERAGE_COVERED: return "covered";
    }
    return "?";
}

static enum case_role under_test(const struct requirement *r)
{
    struct bytes testable = bytes_str(r->testable);

    if (bytes_starts(testable, BYTES_LIT("both")))
        return ROLE_BOTH;
    if (bytes_starts(testable, BYTES_LIT("server")))
        return ROLE_SERVER;
    return bytes_starts(testable, BYTES_LIT("client")) ? ROLE_CLIENT : (enum case_role)0;
}

static bool waits(const struct requirement *r)
{
    return strcmp(r->rfc, "RFC8441") == 0 || strcmp(r->rfc, "RFC9220") == 0;
}

/* -- what a row's cases need in common -- */

static bool needs_set_up(const struct script_case *c)
{
    for (size_t i = 0; i < c->n_needs; i++)
        if (script_need_is_set_up(c->needs[i]))
            return true;
    return false;
}

static bool is_listed(const char *list, const char *word)
{
    for (struct bytes rest = bytes_str(list), item; rest.len > 0;) {
        item = bytes_take(rest, bytes_index(rest, 0, ','));
        rest = bytes_skip(rest, item.len + 1);
        if (bytes_eq_str(bytes_trim(item), word))
            return true;
    }
    return false;
}

static bool list_needs(struct arena *a, const struct script_case *c, const char **list)
{
    for (size_t i = 0; i < c->n_needs; i++) {
        if (!script_need_is_set_up(c->needs[i]) || is_listed(*list, c->needs[i]))
            continue;
        *list = *list ? arena_print(a, "%s, %s", *list, c->needs[i])
                      : arena_print(a, "%s", c->needs[i]);
        if (!*list)
            return false;
    }
    return true;
}

/* -- counting -- */

static struct coverage_row *row_of(struct coverage *c, const struct requirements *all,
                                   const char *id)
{
    const struct requirement *r = requirements_find(all, id);

    return r ? &c->rows[r - all->rows] : NULL;
}

static bool count_case(struct arena *a, struct coverage *out, const struct requirements *all,
                       const struct script_case *c)
{
    for (size_t i = 0; i < c->n_proves; i++) {
        struct coverage_row *row = row_of(out, all, c->proves[i]);
        if (!row)
            continue;
        row->cases++;
        row->servers += (c->role & ROLE_SERVER) != 0;
        row->clients += (c->role & ROLE_CLIENT) != 0;
        if (!needs_set_up(c))
            row->state = COVERAGE_COVERED; /* one is enough */
        else if (!list_needs(a, c, &row->set_up))
            return false;
    }
    return true;
}

static enum coverage_state state_of(const struct coverage_row *row)
{
    if (row->under_test == 0)
        return COVERAGE_UNTESTABLE;
    if (row->cases == 0)
        return waits(row->requirement) ? COVERAGE_WAITS : COVERAGE_MISSING;
    return row->state == COVERAGE_COVERED ? COVERAGE_COVERED : COVERAGE_SET_UP;
}

bool coverage_make(struct arena *a, const struct suite *suite,
                   const struct requirements *requirements, struct coverage *out, struct err *err)
{
    *out = (struct coverage){ arena_array(a, requirements->count + 1, sizeof *out->rows),
                              requirements->count };
    if (!out->rows)
        return err_memory(err, "the coverage");
    for (size_t i = 0; i < out->count; i++)
        out->rows[i] = (struct coverage_row){ .requirement = &requirements->rows[i],
                                              .under_test = under_test(&requirements->rows[i]) };
    for (size_t i = 0; i < suite->n_cases; i++)
        if (!count_case(a, out, requirements, suite->cases[i]))
            return err_memory(err, "the coverage");
    for (size_t i = 0; i < out->count; i++) {
        struct coverage_row *row = &out->rows[i];
        row->state = state_of(row);
        row->set_up = row->state == COVERAGE_SET_UP ? row->set_up : NULL;
    }
    return true;
}

/* -- totals -- */

static struct bytes chapter_of(const char *section)
{
    struct bytes all = bytes_str(section);

    return bytes_take(all, bytes_index(all, 0, '.'));
}

static struct coverage_total *total_of(struct coverage_total *list, size_t count,
                                       const struct requirement *r, struct bytes chapter)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i].rfc, r->rfc) == 0 && bytes_eq(bytes_str(list[i].section), chapter))
            return &list[i];
    return NULL;
}

/* Chapters in the order of their numbers: 10 behind 9. */
static int by_place(const void *a, const void *b)
{
    const struct coverage_total *x = a, *y = b;
    int rfc = strcmp(x->rfc, y->rfc);

    if (rfc != 0 || !x->section || !y->section)
        return rfc;
    return atoi(x->section) - atoi(y->section);
}

static void add(struct coverage_total *total, const struct coverage_row *row, enum case_role role)
{
    size_t cases = role == ROLE_SERVER   ? row->servers
                   : role == ROLE_CLIENT ? row->clients
                                         : row->cases;

    total->testable++;
    total->covered += cases > 0;
    total->set_up += cases > 0 && row->state == COVERAGE_SET_UP;
}

bool coverage_totals(struct arena *a, const struct coverage *c, bool by_chapter,
                     enum case_role role, struct coverage_total **out, size_t *count,
                     struct err *err)
{
    *count = 0;
    *out = arena_array(a, c->count + 1, sizeof **out);
    if (!*out)
        return err_memory(err, "the totals");
    for (size_t i = 0; i < c->count; i++) {
        const struct coverage_row *row = &c->rows[i];
        if (row->under_test == 0 || (role != 0 && !(row->under_test & role)))
            continue;
        const struct requirement *r = row->requirement;
        struct bytes chapter = by_chapter ? chapter_of(r->section) : (struct bytes){ 0 };
        struct coverage_total *total = total_of(*out, *count, r, chapter);
        if (!total) {
            const char *name = by_chapter ? arena_str(a, chapter) : NULL;
            if (by_chapter && !name)
                return err_memory(err, "the totals");
            total = &(*out)[(*count)++];
            *total = (struct coverage_total){ .rfc = r->rfc, .section = name };
        }
        add(total, row, role);
    }
    if (*count > 0)
        qsort(*out, *count, sizeof **out, by_place);
    return true;
}
