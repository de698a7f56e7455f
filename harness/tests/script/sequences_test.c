#include <criterion/criterion.h>
#include <string.h>

#include "script/embedded_cases.h"
#include "script/suite.h"

/* cases/robustness/sequences.case: every sequence of up to three frames, each once. */

static size_t type_of(const struct send *send)
{
    const size_t types[] = { [0] = 0, [1] = 1, [2] = 2, [8] = 3, [9] = 4, [10] = 5 };

    cr_assert(send->opcode <= 10, "opcode %u", send->opcode);
    return types[send->opcode] * 2 + send->fin;
}

/* Its number among those of up to three frames: digits to the base 13, of which 0 is no frame. */
static size_t number_of(const struct step *steps, size_t n_steps)
{
    size_t number = 0;

    for (size_t i = 0; i < n_steps; i++)
        if (steps[i].op == OP_SEND)
            number = number * 13 + type_of(&steps[i].as.send) + 1;
    cr_assert_lt(number, 13 * 13 * 13);
    return number;
}

static void see_round(const struct script_case *c, const struct step *each, size_t round,
                      unsigned seen[])
{
    struct arena a = { 0 };
    struct diagnostics diags;
    struct step *steps;
    size_t n_steps;

    cr_assert(script_parse_round(&a, c, each, round, NULL, &steps, &n_steps, &diags), "%s, %zu: %s",
              c->id, round, diags.list[0].text);
    cr_expect(steps[n_steps - 1].proves, "%s: the model has no word", c->id);
    seen[number_of(steps, n_steps)]++;
    arena_free(&a);
}

static void see_case(const struct script_case *c, unsigned seen[])
{
    const struct step *each = NULL;

    for (size_t i = 0; i < c->n_steps && !each; i++)
        if (c->steps[i].op == OP_EACH)
            each = &c->steps[i];
    cr_assert_not_null(each, "%s", c->id);
    for (size_t round = 0; round < each->as.each.count; round++)
        see_round(c, each, round, seen);
}

static void expect_all(enum case_role role)
{
    const struct embedded *files = embedded_cases;
    static unsigned seen[13 * 13 * 13];
    struct suite s;
    struct suite_fault fault;
    size_t sequences = 0;

    memset(seen, 0, sizeof seen);
    cr_assert(suite_load(&s, files, &fault));
    for (size_t i = 0; i < s.n_cases; i++)
        if (bytes_starts(bytes_str(s.cases[i]->id), BYTES_LIT("robustness/sequences/")) &&
            (s.cases[i]->role & role))
            see_case(s.cases[i], seen);
    for (size_t i = 0; i < sizeof seen / sizeof *seen; i++) {
        cr_expect_leq(seen[i], 1, "sequence %zu comes twice", i);
        sequences += seen[i];
    }
    cr_expect_eq(sequences, 12 + 12 * 12 + 12 * 12 * 12, "%zu sequences", sequences);
    suite_free(&s);
}

Test(script_sequences, every_one_is_tried_on_a_server)
{
    expect_all(ROLE_SERVER);
}

Test(script_sequences, every_one_is_tried_on_a_client)
{
    expect_all(ROLE_CLIENT);
}
