#include "verdict/rounds.h"

#include <string.h>

#include "base/text.h"
#include "script/parse.h"

/* A case has at most one sweep. */
static const struct step *each_of(const struct script_case *c)
{
    for (size_t i = 0; i < c->n_steps; i++)
        if (c->steps[i].op == OP_EACH)
            return &c->steps[i];
    return NULL;
}

static size_t n_kept(const struct rounds_tally *tally)
{
    return tally->count < ROUNDS_RANGES_MAX ? tally->count : ROUNDS_RANGES_MAX;
}

/* Where the next range of that kind goes: what is worse takes the place of what is better, so that
 * no fail goes untold because much was well. NULL: nowhere. */
static struct rounds_range *make_room(struct rounds_tally *tally, enum verdict_kind kind)
{
    struct rounds_range *end = tally->ranges + n_kept(tally);

    if (tally->count < ROUNDS_RANGES_MAX)
        return end;
    for (struct rounds_range *r = end; r-- > tally->ranges;) {
        if (r->kind >= kind)
            continue;
        memmove(r, r + 1, (size_t)(end - r - 1) * sizeof *r);
        return end - 1;
    }
    return NULL;
}

void rounds_note(struct rounds_tally *tally, uint32_t round, enum verdict_kind kind)
{
    struct rounds_range *last = tally->count > 0 ? &tally->ranges[n_kept(tally) - 1] : NULL;

    tally->last = round;
    if (last && last->kind == kind && last->to + 1 == round) {
        last->to = round;
        return;
    }
    struct rounds_range *range = make_room(tally, kind);
    if (range)
        *range = (struct rounds_range){ round, round, kind };
    tally->count++;
}

#define VALUE_SHOWN_MAX 40

/* "1000", or "text 0 ping 1"; what is no plain text is quoted. */
static bool print_row(struct buf *out, const struct table *each, uint32_t round)
{
    for (size_t k = 0; k < each->width; k++) {
        struct bytes value = bytes_str(each->values[(round - 1) * each->width + k]);
        if ((k > 0 && !buf_push(out, ' ')) || !text_quote(value, VALUE_SHOWN_MAX, out))
            return false;
    }
    return true;
}

static bool print_range(struct buf *out, const struct rounds_range *range, const struct table *each)
{
    const char *between = each->width > 1 ? " to " : "-";

    return print_row(out, each, range->from) &&
           (range->from == range->to ||
            (buf_append(out, bytes_str(between)) && print_row(out, each, range->to))) &&
           buf_print(out, " %s", verdict_name(range->kind));
}

const char *rounds_text(const struct rounds_tally *tally, const struct script_case *c,
                        struct arena *a)
{
    const struct step *each = each_of(c);
    struct buf out;
    const char *text = NULL;
    bool ok = each != NULL;

    buf_init(&out, 1 << 16);
    for (size_t i = 0; ok && i < n_kept(tally); i++)
        ok = (i == 0 || buf_append(&out, BYTES_LIT(", "))) &&
             print_range(&out, &tally->ranges[i], &each->as.each);
    if (ok && tally->count > ROUNDS_RANGES_MAX)
        ok = buf_print(&out, " and %zu more ranges", tally->count - ROUNDS_RANGES_MAX);
    if (ok)
        text = arena_str(a, buf_bytes(&out));
    buf_free(&out);
    return text ? text : "";
}

const char *rounds_row(const struct script_case *c, uint32_t round, struct arena *a)
{
    const struct step *each = each_of(c);
    const char *text = NULL;
    struct buf out;

    buf_init(&out, 1 << 16);
    if (each && print_row(&out, &each->as.each, round))
        text = arena_str(a, buf_bytes(&out));
    buf_free(&out);
    return text;
}

size_t rounds_left(const struct rounds_tally *tally, const struct script_case *c)
{
    const struct step *each = each_of(c);
    return each && tally->last < each->as.each.count ? each->as.each.count - tally->last : 0;
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
    if (!script_parse_round(a, c, each, round - 1, data, &parsed, n_steps, &diags)) {
        *no_memory = diags.count == 0 || strcmp(diags.list[0].text, "out of memory") == 0;
        return false;
    }
    *steps = parsed;
    return true;
}
