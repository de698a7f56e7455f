#include "fuzz/planted/bug.h"

#include <ctype.h>
#include <stdio.h>

static const struct row {
    const char *name;
    enum bug_kind kind;
    unsigned depth;
    enum bug_role role;
    const char *sentence;
} rows[BUGS] = {
#define BUG(name, kind, depth, role, sentence)                                                     \
    [BUG_##name] = { #name, BUG_##kind, depth, BUG_##role, sentence },
#include "fuzz/planted/bugs.def"
#undef BUG
};

static enum bug chosen;

bool bug_is(enum bug bug)
{
    return chosen == bug;
}

/* Is "takes-opcode-11" the name TAKES_OPCODE_11? */
static bool is_name(const char *word, const char *name)
{
    for (; *name != '\0'; word++, name++)
        if (*word != (*name == '_' ? '-' : tolower(*name)))
            return false;
    return *word == '\0';
}

bool bug_choose(const char *name, enum bug_role role)
{
    for (unsigned i = 1; i < BUGS; i++) {
        if ((rows[i].role & role) != 0 && is_name(name, rows[i].name)) {
            chosen = (enum bug)i;
            return true;
        }
    }
    return false;
}

static const char *kind_name(enum bug_kind kind)
{
    switch (kind) {
    case BUG_CRASH: return "crash";
    case BUG_OVERFLOW: return "overflow";
    case BUG_HANG: return "hang";
    case BUG_CPU: return "cpu";
    case BUG_LEAK: return "leak";
    case BUG_GROWTH: return "growth";
    case BUG_ACCEPT: return "accept";
    case BUG_REFUSAL: return "refusal";
    case BUG_CODE: return "code";
    case BUG_ECHO: return "echo";
    case BUG_CUT: return "cut";
    case BUG_PONG: return "pong";
    case BUG_HANDSHAKE: return "handshake";
    }
    return "";
}

static const char *role_name(enum bug_role role)
{
    switch (role) {
    case BUG_SERVER: return "server";
    case BUG_CLIENT: return "client";
    case BUG_BOTH: return "both";
    }
    return "";
}

void bug_list(void)
{
    for (unsigned i = 1; i < BUGS; i++) {
        for (const char *c = rows[i].name; *c != '\0'; c++)
            putchar(*c == '_' ? '-' : tolower(*c));
        printf("\t%s\t%u\t%s\t%s\n", kind_name(rows[i].kind), rows[i].depth,
               role_name(rows[i].role), rows[i].sentence);
    }
}
