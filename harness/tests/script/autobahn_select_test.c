#include "support/guard.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/alloc.h"
#include "script/autobahn_select.h"

Test(autobahn_select, a_pattern_with_a_star_is_a_prefix_and_without_one_the_whole)
{
    static const struct {
        const char *pattern, *id;
        bool matches;
    } rows[] = {
        { "1.1.1", "1.1.1", true },    { "1.1.1", "1.1.10", false }, { "1.1", "1.1.1", false },
        { "1.1.10", "1.1.1", false },  { "*", "13.7.18", true },     { "1.*", "1.1.1", true },
        { "1.*", "10.1.1", false },    { "1*", "10.1.1", true },     { "1*", "2.1", false },
        { "1*1", "1.2.12", true },     { "*.1", "7.1.5", true },     { "*.1", "2.2", false },
        { "6.*.2", "6.4.23", true },   { "6.*.2", "6.4.3", false },  { "11.*", "1.1.1", false },
        { "1.1.*1", "1.1.1", true },   { "1?1", "1.1", false },      { "1.1", "1x1", false },
        { "12.1.*", "12.1.18", true }, { "", "1.1.1", false },       { "**", "9.1.1", true },
        { "13.3.*", "13.3.18", true }, { "*9.*", "9.8.6", true },    { "*9.*", "12.1.9", false },
        { "2.10", "2.10", true },      { "2.1", "2.10", false },     { "2.1*", "2.10", true },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(autobahn_pattern_matches(rows[i].pattern, rows[i].id), rows[i].matches,
                     "%s of %s", rows[i].pattern, rows[i].id);
}

Test(autobahn_select, numbers_are_in_the_order_of_their_parts)
{
    static const char *const order[] = { "1.1.1", "1.1.2", "1.1.10", "1.2.1",  "2.1",    "2.2",
                                         "2.10",  "2.11",  "10.1.1", "12.1.1", "13.7.18" };
    enum { N = sizeof order / sizeof *order };

    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < N; k++) {
            int got = autobahn_id_order(order[i], order[k]);
            cr_expect_eq((got > 0) - (got < 0), (i > k) - (i < k), "%s %s", order[i], order[k]);
        }
}

/* ---- selecting ---- */

static const char text[] =
    "case ten \"Ten\" {\nnote \"n\"\nalso autobahn 2.10\nsend text \"a\"\nexpect echo\n}\n"
    "case nine \"Nine\" {\nnote \"n\"\nalso autobahn 2.9\nsend text \"a\"\nexpect echo\n}\n"
    "case both \"Two numbers\" {\nnote \"n\"\nalso autobahn 1.1.1\nalso autobahn 12.1.1\n"
    "send text \"a\"\nexpect echo\n}\n"
    "case none \"No number\" {\nnote \"n\"\nsend text \"a\"\nexpect echo\n}\n"
    "case client \"Clients only\" {\nnote \"n\"\nrole client\nalso autobahn 3.1\n"
    "send text \"a\"\nexpect echo\n}\n";

static struct suite suite;
static struct arena arena;

static void load(void)
{
    static struct suite_fault fault;
    static const struct embedded files[] = { { "t.case", (const uint8_t *)text, sizeof text - 1 },
                                             { 0 } };

    cr_assert(suite_load(&suite, files, &fault), "%u: %s", fault.diags.list[0].line,
              fault.diags.list[0].text);
}

#define PATTERNS(...)                                                                              \
    ((struct autobahn_patterns){ (const char *const[]){ __VA_ARGS__ },                             \
                                 sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *) })
static const struct autobahn_patterns none;

static const char *ids(const struct autobahn_selection *s)
{
    const char *line = "";

    for (size_t i = 0; i < s->count; i++)
        line = arena_print(&arena, "%s%s%s", line, *line ? " " : "", s->cases[i].id);
    return line;
}

Test(autobahn_select, cases_come_in_the_order_of_their_numbers)
{
    struct autobahn_selection s;

    load();
    cr_assert(autobahn_select(&suite, ROLE_SERVER, PATTERNS("*"), none, &arena, &s));
    cr_expect_str_eq(ids(&s), "1.1.1 2.9 2.10 12.1.1");
    cr_expect_str_eq(s.cases[3].c->id, "t/both");
    cr_assert(
        autobahn_select(&suite, ROLE_CLIENT, PATTERNS("3.*", "2.*", "2.9"), none, &arena, &s));
    cr_expect_str_eq(ids(&s), "2.9 2.10 3.1");
    cr_assert(
        autobahn_select(&suite, ROLE_SERVER, PATTERNS("*"), PATTERNS("2.9", "1*"), &arena, &s));
    cr_expect_str_eq(ids(&s), "2.10");
    arena_free(&arena);
    suite_free(&suite);
}

Test(autobahn_select, what_matches_nothing_is_told_and_is_no_mistake)
{
    struct autobahn_selection s;

    load();
    cr_assert(autobahn_select(&suite, ROLE_SERVER, PATTERNS("2.9", "11.*", "9.9.9"),
                              PATTERNS("5.*", "8.8"), &arena, &s));
    cr_expect_str_eq(ids(&s), "2.9");
    cr_assert_eq(s.n_unknown, 1);
    cr_expect_str_eq(s.unknown[0], "9.9.9");
    cr_assert_eq(s.n_idle, 3);
    cr_expect_str_eq(s.idle[0], "11.*");
    cr_expect_str_eq(s.idle[2], "8.8");
    cr_assert(autobahn_select(&suite, ROLE_SERVER, none, none, &arena, &s));
    cr_expect_eq(s.count, 0);
    arena_free(&arena);
    suite_free(&suite);
}

Test(autobahn_select, agents_are_excluded_by_whole_names_and_numbers)
{
    const struct autobahn_exclusion list[] = {
        { "old*", PATTERNS("2.*", "3.1") },
        { "A.B", PATTERNS("*") },
    };
    static const struct {
        const char *agent, *id;
        bool excluded;
    } rows[] = {
        { "old", "2.1", true },    { "old one", "2.10", true }, { "very old", "2.1", false },
        { "old", "3.1", true },    { "old", "3.10", false },    { "old", "12.1", false },
        { "A.B", "13.1.1", true }, { "AxB", "13.1.1", false },  { "", "1.1", false },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(autobahn_excluded(list, 2, rows[i].agent, rows[i].id), rows[i].excluded,
                     "%s %s", rows[i].agent, rows[i].id);
}

Test(autobahn_select, every_failing_allocation_is_an_answer)
{
    struct autobahn_selection s;

    load();
    for (unsigned long nth = 1;; nth++) {
        alloc_fail_at(nth);
        bool ok = autobahn_select(&suite, ROLE_SERVER, PATTERNS("*"), none, &arena, &s);
        alloc_fail_at(0);
        arena_free(&arena);
        if (ok)
            break;
    }
    suite_free(&suite);
}
