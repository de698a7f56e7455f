#ifndef SUPPORT_CONVERSATIONS_H
#define SUPPORT_CONVERSATIONS_H

#include "tests/support/play.h"

/* Whole conversations: the case, what the peer says, what stands in the transcript afterwards, and
 * what the verdict is. run's tests look at the first three, verdict's at the last. */
struct conversation {
    const char *name;
    enum case_role role; /* 0: a server is under test */
    const char *steps, *script, *log, *verdict;
    bool no_echo, no_barriers, no_setup, unreachable, alive;
    uint64_t memory, cpu_us, cpu_step_us, kept_waiting;
    bool cut_matters; /* our answers stand in between: only whole lines give this log */
};

#include "tests/support/conversations.inc"

#define CONVERSATIONS (sizeof conversations / sizeof *conversations)

static inline void conversation_init(struct play *p, const struct conversation *c)
{
    play_init(p, c->role ? c->role : ROLE_SERVER, c->steps, c->script);
    p->no_echo = c->no_echo;
    p->no_barriers = c->no_barriers;
    p->no_setup = c->no_setup;
    p->unreachable = c->unreachable;
    p->alive = c->alive;
    p->memory = c->memory;
    p->cpu_us = c->cpu_us;
    p->cpu_step_us = c->cpu_step_us;
    p->kept_waiting = c->kept_waiting;
}

#endif
