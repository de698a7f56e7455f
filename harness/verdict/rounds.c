#include "verdict/rounds.h"

#include <string.h>

#include "script/parse.h"

/* A case has at most one sweep. */
static const struct step *each_of(const struct script_case *c)
{
    for (size_t i = 0; i < c->n_steps; i++)
        if (c->steps[i].op == OP_EACH)
            return &c->steps[i];
    return NULL;
}

void rounds_note(struct rounds_tally *tally, uint32_t round, enum verdict_kind kind)
{
    struct rounds_range *last = tally->count > 0 && tally->count <= ROUNDS_RANGES_MAX
                                    ? &tally->ranges[tally->count - 1]
                                    : NULL;

    if (last && last->kind == kind && last->to + 1 == round) {
        last->to = round;
        return;
    }
    if (tally->count < ROUNDS_RANGES_MAX)
        tally->ranges[tally->count] = (struct rounds_range){ round, round, kind };
    tally->count++;
}

static bool print_range(struct buf *out, const struct rounds_range *range, const struct step *each)
{
    const char *from = each->as.each.values[range->from - 1];
    const char *to = each->as.each.values[range->to - 1];

    if (range->from == range->to)
        return buf_print(out, "%s %s", from, verdict_name(range->kind));
    return buf_print(out, "%s-%s %s", from, to, verdict_name(range->kind));
}

const char *rounds_text(const struct rounds_tally *tally, const struct script_case *c,
                        struct arena *a)
{
    const struct step *each = each_of(c);
    struct buf out;
    const char *text = NULL;
    bool ok = each != NULL;

    buf_init(&out, 1 << 16);
    for (size_t i = 0; ok && i < tally->count && i < ROUNDS_RANGES_MAX; i++)
        ok = (i == 0 || buf_append(&out, BYTES_LIT(", "))) &&
             print_range(&out, &tally->ranges[i], each);
    if (ok && tally->count > ROUNDS_RANGES_MAX)
        ok = buf_print(&out, " and %zu more ranges", tally->count - ROUNDS_RANGES_MAX);
    if (ok)
        text = arena_str(a, buf_bytes(&out));
    buf_free(&out);
    return text ? text : "";
}

bool rounds_steps(const struct script_case *c, uint32_t round, const struct embedded *data,
                  struct arena *a, const struct step **steps, size_t *n_steps, bool *no_memory)
{
    const struct step *each = each_of(c);
    struct diagnostics diags = { 0 };
    struct step *parsed;

    arena_free(a);
    *no_memory = false;
    if (round == 0) {
        *steps = c->steps;
        *n_steps = c->n_steps;
        return true;
    }
    if (!each || round > each->as.each.count)
        return false;
    if (!script_parse_round(a, c, each, each->as.each.values[round - 1], data, &parsed, n_steps,
                            &diags)) {
        *no_memory = diags.count == 0 || strcmp(diags.list[0].text, "out of memory") == 0;
        return false;
    }
    *steps = parsed;
    return true;
}
