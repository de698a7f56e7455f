#include "run/internal.h"

#include <string.h>

#include "script/parse.h"

/* `each NAME in LIST { … }`: its block once for every value, each on a fresh connection. The steps
 * of a round are parsed when it begins, so that a sweep over 65,536 values costs no more than one.
 */

/* How long a sweep goes on through rounds that go wrong: those in which nothing is waited for in
 * vain are a thousand times shorter. */
#define LOST_MAX_US 5000000

bool rounds_under_way(const struct run *r)
{
    return r->each != NULL;
}

static void cannot_parse(struct run *r, const struct diagnostics *diags)
{
    const char *why = diags->count > 0 ? diags->list[0].text : "out of memory";

    r->trouble = arena_print(&r->scratch, "a round of each does not parse: %s", why);
    r->no_memory |= !r->trouble || strcmp(why, "out of memory") == 0;
    r->trouble = r->trouble ? r->trouble : "out of memory";
    r->each = NULL;
    run_over(r);
}

/* "code = 1000", or "type = text, fin = 0". */
static void note_values(struct run *r, size_t row)
{
    const struct table *table = &r->each->as.each;
    struct entry e = run_entry(r, ENTRY_NOTE);

    e.text = "";
    for (size_t k = 0; e.text && k < table->width; k++)
        e.text = arena_print(&r->round_arena, "%s%s%s = %s", e.text, k > 0 ? ", " : "",
                             table->names[k], table->values[row * table->width + k]);
    run_add(r, &e);
}

/* The round's steps take the place of the case's until it is over. */
static void load_round(struct run *r)
{
    struct diagnostics diags = { 0 };
    struct step *steps;
    size_t n_steps;

    arena_free(&r->round_arena);
    if (!script_parse_round(&r->round_arena, r->c, r->each, r->round - 1, r->options.data, &steps,
                            &n_steps, &diags)) {
        cannot_parse(r, &diags);
        return;
    }
    r->steps = steps;
    r->n_steps = n_steps;
    r->pc = 0;
    r->was_silent = r->round_missed = false;
    r->round_began_us = r->now_us;
    r->cursor.entry = r->cursor.another = r->t->count;
    r->cursor.round = r->round;
    r->cursor.report = r->t->count;
    note_values(r, r->round - 1);
}

static void leave_rounds(struct run *r)
{
    r->steps = r->c->steps;
    r->n_steps = r->c->n_steps;
    r->pc = r->each->end;
    r->each = NULL;
    r->round = 0;
    r->cursor.round = 0;
}

/* A target that stalls would keep a sweep for hours. The verdict tells what was left out. */
static bool is_given_up(struct run *r)
{
    if (r->round > 0 && r->round_missed)
        r->rounds_lost_us += r->now_us - r->round_began_us;
    return r->rounds_lost_us > LOST_MAX_US;
}

static void begin_round(struct run *r)
{
    if (r->round == r->each->as.each.count || is_given_up(r)) {
        leave_rounds(r);
        return;
    }
    r->round++;
    r->n_greeting = r->each_greeting;
    r->speaker.round = r->listener.round = r->round;
    load_round(r);
}

void rounds_begin(struct run *r)
{
    r->each = &r->steps[r->pc];
    r->each_greeting = r->n_greeting;
    r->rounds_lost_us = 0;
    begin_round(r);
}

void rounds_next(struct run *r, struct run_act *act)
{
    if (steps_leave(r, act))
        return;
    if (r->tcp_closed && r->round < r->each->as.each.count)
        steps_fresh_connection(r);
    begin_round(r);
}
