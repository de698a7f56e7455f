#ifndef RUN_INTERNAL_H
#define RUN_INTERNAL_H

#include "run/greeting.h"
#include "run/run.h"

/* Shared by run.c (the machine and its inputs), steps.c (what each operation does), await.c
 * (expectations and barriers), agreement.c (compression), rounds.c (`each`), turns.c (`repeat`),
 * manners.c (what a correct peer owes) and act.c (what all of these can do). */

/* An entry of the present moment and connection. */
struct entry run_entry(const struct run *r, enum entry_kind kind);
void run_add(struct run *r, const struct entry *e);

/* May a frame of the runner's own be sent now: open, at a boundary, no Close of ours out? */
bool run_may_speak(const struct run *r);
void run_speak(struct run *r, uint8_t opcode, struct bytes payload, enum entry_by by);
void run_close(struct run *r, uint16_t code, enum entry_by by);
void run_over(struct run *r);                    /* nothing more to prove: hang up */
void run_cannot(struct run *r, const char *why); /* the case cannot be run here: a skip */

/* To what has just been heard; and, at the next frame boundary, the answers that are owed. */
void manners_react(struct run *r, enum heard heard);
void manners_pay(struct run *r);

/* Before our head goes out: what the case wants, and our answer to a client. False: its offers
 * leave no room for it and the case is over, or no memory. Behind the response, ours or theirs:
 * what was agreed on is set up. */
bool agreement_prepare(struct run *r);
void agreement_made(struct run *r, const struct http1_head *response);

/* `each`: the next round on a fresh connection, or on behind it when all values had theirs. */
void rounds_next(struct run *r, struct run_act *act);
void rounds_begin(struct run *r);
bool rounds_under_way(const struct run *r);

/* Hang up what is left of a connection: true while there is something to do for that. */
bool steps_leave(struct run *r, struct run_act *act);
void steps_fresh_connection(struct run *r);

/* One step at pc, or the next piece of the one under way. */
void steps_advance(struct run *r, struct run_act *act);
void steps_greet(struct run *r); /* our request or response goes out */
void steps_enter_branch(struct run *r, size_t branch, size_t choice_end);

/* A turn of a repeat begins; it is over, and folded if nothing about it is worth keeping. */
void turns_begin(struct run *r);
void turns_end(struct run *r);
uint64_t turns_now(const struct run *r);       /* of the innermost repeat, from 0 */
bool turns_until_stalled(const struct run *r); /* such a repeat is under way */

/* Starts to await the pattern at steps [from, to). */
void await_begin(struct run *r, size_t from, size_t to);
/* Looks whether it is decided; else what to do for it now, or until when to wait. */
void await_advance(struct run *r, struct run_act *act);

/* The case has said all: close as a correct peer does. */
void run_finish(struct run *r);

static inline uint64_t min_us(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

#endif
