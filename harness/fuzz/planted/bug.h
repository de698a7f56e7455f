#ifndef PLANTED_BUG_H
#define PLANTED_BUG_H

#include <stdbool.h>

/* The bugs of bugs.def. A program has at most one of them for all its life. */
enum bug {
    BUG_NONE,
#define BUG(name, kind, depth, role, sentence) BUG_##name,
#include "fuzz/planted/bugs.def"
#undef BUG
    BUGS
};

enum bug_kind {
    BUG_CRASH,
    BUG_OVERFLOW, /* a crash that only a sanitizer sees */
    BUG_HANG,
    BUG_CPU,
    BUG_LEAK,   /* memory that grows with the sessions */
    BUG_GROWTH, /* memory without bound in one session */
    BUG_ACCEPT,
    BUG_REFUSAL,
    BUG_CODE,
    BUG_ECHO,
    BUG_CUT,
    BUG_PONG,
    BUG_HANDSHAKE
};

enum bug_role { BUG_SERVER = 1, BUG_CLIENT = 2, BUG_BOTH = 3 };

/* False: a program of this role has no such bug. */
bool bug_choose(const char *name, enum bug_role role);

/* Is it this one that is switched on? A call, and compiled without coverage, so that the question
 * itself guides nobody. */
bool bug_is(enum bug bug);

/* Name, kind, depth, role and sentence of each, a line with tabs. */
void bug_list(void);

#endif
