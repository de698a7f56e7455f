#include "run/internal.h"

#include <string.h>

#include "script/parse.h"

/* `each NAME in LIST { … }`: its block once for every value, each on a fresh connection. The steps
 * of a round are parsed when it begins, so that a sweep over 65,536 values costs no more than one.
 */

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

static void note_value(struct run *r, const char *value)
{
    struct entry e = run_entry(r, ENTRY_NOTE);

    e.text = arena_print(&r->round_arena, "%s = %s", r->each->as.each.name, value);
    run_add(r, &e);
}

/* The round's steps take the place of the case's until it is over. */
static void load_round(struct run *r)
{
    const char *value = r->each->as.each.values[r->round - 1];
    struct diagnostics diags = { 0 };
    struct step *steps;
    size_t n_steps;

    arena_free(&r->round_arena);
    if (!script_parse_round(&r->round_arena, r->c, r->each, value, r->options.data, &steps,
                            &n_steps, &diags)) {
        cannot_parse(r, &diags);
        return;
    }
    r->steps = steps;
    r->n_steps = n_steps;
    r->pc = 0;
    r->was_silent = false;
    r->cursor.entry = r->t->count;
    r->cursor.round = r->round;
    note_value(r, value);
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

static void begin_round(struct run *r)
{
    if (r->round == r->each->as.each.count) {
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
