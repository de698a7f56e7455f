#ifndef SUPPORT_TURNING_H
#define SUPPORT_TURNING_H

#include "tests/support/play.h"

/* Conversations with a `repeat`: what a turn says, what the peer says in a usual turn and in those
 * that are odd, and how many turns need not be told. */
struct turning {
    const char *name;
    enum case_role role;       /* 0: a server is under test */
    const char *before, *turn; /* steps */
    const char *open, *usual, *odd;
    unsigned times, odd_from, odd_to;
    unsigned folded;
    bool cut_matters;
};

#define TURNING_AGREED "101 \"Sec-WebSocket-Extensions: permessage-deflate\\r\\n\""
#define TURNING_ECHO "send text \"a\"\nexpect echo"
#define TURNING_TWO "send text \"a\"\nexpect echo\nsend text \"b\"\nexpect echo"

/* clang-format off */
static const struct turning turnings[] = {
    { .name = "all the same", .turn = TURNING_ECHO, .open = "101", .usual = "text \"a\"",
      .times = 20, .folded = 18 },
    { .name = "eight are told", .turn = TURNING_ECHO, .open = "101", .usual = "text \"a\"",
      .times = 8, .folded = 0 },
    { .name = "of nine two are", .turn = TURNING_ECHO, .open = "101", .usual = "text \"a\"",
      .times = 9, .folded = 7 },
    { .name = "with something before", .before = "send binary x\"00ff\"\nexpect echo",
      .turn = TURNING_TWO, .open = "101\nbinary x\"00ff\"", .usual = "text \"a\"\ntext \"b\"",
      .times = 12, .folded = 10 },
    { .name = "fragments", .turn = "send text \"ab\" fragment=1\nexpect echo", .open = "101",
      .usual = "text nofin \"a\";continuation \"b\"", .times = 12, .folded = 10 },
    { .name = "more fragments than are told", .turn = "send text \"*\" * 110 fragment=1\nexpect echo",
      .open = "101", .usual = "text \"*******************************************************"
      "*******************************************************\"", .times = 12, .folded = 10 },
    { .name = "compressed", .before = "extension \"permessage-deflate\"",
      .turn = "send text \"a\" deflate\nexpect echo", .open = TURNING_AGREED,
      .usual = "text rsv=4 x\"4a0400\"", .times = 12, .folded = 10 },
    { .name = "compressed by the case", .before = "extension \"permessage-deflate\"",
      .turn = "send text x\"4a0400\" rsv1\nexpect echo", .open = TURNING_AGREED,
      .usual = "text \"a\"", .times = 12, .folded = 10 },
    { .name = "client", .role = ROLE_CLIENT, .turn = TURNING_ECHO, .open = "request",
      .usual = "text \"a\"", .times = 20, .folded = 18 },
    { .name = "client, compressed", .role = ROLE_CLIENT, .before = "extension \"permessage-deflate\"",
      .turn = "send text \"a\" deflate\nexpect echo",
      .open = "request \"Sec-WebSocket-Extensions: permessage-deflate\\r\\n\"",
      .usual = "text rsv=4 x\"4a0400\"", .times = 12, .folded = 10 },

    { .name = "a branch of less worth", .turn = "send text \"a\"\neither {\nexpect echo\n} or warn "
      "\"two\" {\nexpect text \"b\"\nexpect echo\n}", .open = "101", .usual = "text \"a\"",
      .odd = "text \"b\";text \"a\"", .times = 20, .odd_from = 10, .odd_to = 11, .folded = 17 },
    { .name = "the other branch of a choice", .turn = "send text \"a\"\nprefer {\nexpect echo\n} "
      "otherwise warn \"two\" {\nexpect text \"b\"\nexpect echo\n}", .open = "101",
      .usual = "text \"a\"", .odd = "text \"b\"\ntext \"a\"", .times = 20, .odd_from = 10,
      .odd_to = 11, .folded = 17 },
    { .name = "the good branch of a choice", .turn = "send text \"a\"\nprefer {\nexpect echo\n} "
      "otherwise warn \"two\" {\nexpect text \"b\"\nexpect echo\n}", .open = "101",
      .usual = "text \"a\"", .times = 12, .folded = 10 },
    { .name = "their ping", .turn = TURNING_ECHO, .open = "101", .usual = "text \"a\"",
      .odd = "ping \"p\";text \"a\"", .times = 20, .odd_from = 10, .odd_to = 12, .folded = 16 },
    { .name = "our ping", .turn = "send ping \"p\"\nexpect pong \"p\"", .open = "101",
      .usual = "pong \"p\"", .times = 12, .folded = 0 },
    { .name = "a pong nobody asked for", .turn = TURNING_ECHO, .open = "101",
      .usual = "text \"a\"", .odd = "pong;text \"a\"", .times = 12, .odd_from = 5, .odd_to = 6,
      .folded = 9 },
    { .name = "a barrier", .turn = "send pong \"x\"\nexpect nothing", .open = "101",
      .usual = "time", .times = 9, .folded = 0 },
    { .name = "RSV2", .turn = TURNING_ECHO, .open = "101", .usual = "text \"a\"",
      .odd = "text rsv=2 \"a\"", .times = 20, .odd_from = 10, .odd_to = 11, .folded = 17 },
    { .name = "RSV1 without an agreement", .turn = TURNING_ECHO, .open = "101",
      .usual = "text \"a\"", .odd = "text rsv=4 \"a\"", .times = 20, .odd_from = 10, .odd_to = 11,
      .folded = 17 },
    { .name = "a fragment begins anew", .turn = TURNING_ECHO, .open = "101",
      .usual = "text \"a\"", .odd = "text nofin \"x\";text \"a\"", .times = 20, .odd_from = 10,
      .odd_to = 11, .folded = 17 },
    { .name = "a message stays open", .turn = TURNING_ECHO, .open = "101", .usual = "text \"a\"",
      .odd = "text \"a\";text nofin \"x\"", .times = 12, .odd_from = 5, .odd_to = 6, .folded = 8,
      .cut_matters = true },
    { .name = "broken text", .turn = "send text x\"ff\"\nexpect echo", .open = "101",
      .usual = "text x\"ff\"", .times = 12, .folded = 0 },
    { .name = "does not inflate", .before = "extension \"permessage-deflate\"",
      .turn = "send text \"a\"\nexpect echo", .open = TURNING_AGREED, .usual = "text \"a\"",
      .odd = "text rsv=4 x\"07\"", .times = 20, .odd_from = 10, .odd_to = 20, .folded = 8 },
    { .name = "a Close", .turn = TURNING_ECHO, .open = "101", .usual = "text \"a\"",
      .odd = "close 1000\nend fin", .times = 20, .odd_from = 10, .odd_to = 11, .folded = 8 },
    { .name = "a Close behind the echo", .turn = TURNING_ECHO, .open = "101",
      .usual = "text \"a\"", .odd = "text \"a\";close 1000", .times = 20, .odd_from = 10,
      .odd_to = 11, .folded = 8, .cut_matters = true },
    { .name = "another echo", .turn = TURNING_ECHO, .open = "101", .usual = "text \"a\"",
      .odd = "text \"b\"", .times = 20, .odd_from = 10, .odd_to = 11, .folded = 8 },
    { .name = "none", .turn = TURNING_ECHO, .open = "101", .usual = "text \"a\"",
      .odd = "time", .times = 20, .odd_from = 10, .odd_to = 11, .folded = 8 },
    { .name = "a message too many", .turn = TURNING_ECHO, .open = "101", .usual = "text \"a\"",
      .odd = "text \"a\";text \"x\"", .times = 20, .odd_from = 10, .odd_to = 11, .folded = 8,
      .cut_matters = true },
    { .name = "echoes that come late", .before = "send text \"1\"\nsend text \"2\"\nsend text "
      "\"3\"\nsend text \"4\"", .turn = TURNING_ECHO, .open = "101\ntext \"1\"\ntext \"2\"\ntext "
      "\"3\"\ntext \"4\"", .usual = "text \"a\"", .times = 20, .folded = 0 },
    { .name = "two sent and one awaited", .turn = "send text \"a\"\nsend text \"a\"\nexpect echo",
      .open = "101", .usual = "text \"a\"", .times = 12, .folded = 0 },
    { .name = "one key for all", .role = ROLE_CLIENT, .turn = TURNING_ECHO, .open = "request",
      .usual = "text key=7 \"a\"", .times = 24, .folded = 0 },
    { .name = "one key for nineteen", .role = ROLE_CLIENT, .turn = TURNING_ECHO, .open = "request",
      .usual = "text \"a\"", .odd = "text key=7 \"a\"", .times = 30, .odd_from = 5, .odd_to = 24,
      .folded = 10 },
    { .name = "one key for twenty", .role = ROLE_CLIENT, .turn = TURNING_ECHO, .open = "request",
      .usual = "text \"a\"", .odd = "text key=7 \"a\"", .times = 30, .odd_from = 5, .odd_to = 25,
      .folded = 9 },
    { .name = "one key up to the end", .role = ROLE_CLIENT, .turn = TURNING_ECHO,
      .open = "request", .usual = "text \"a\"", .odd = "text key=7 \"a\"", .times = 24,
      .odd_from = 4, .odd_to = 24, .folded = 3 },
    { .name = "one key in a turn", .role = ROLE_CLIENT, .turn = TURNING_TWO, .open = "request",
      .usual = "text \"a\"\ntext \"b\"", .odd = "text key=7 \"a\"\ntext key=7 \"b\"", .times = 12,
      .odd_from = 5, .odd_to = 6, .folded = 9 },
    { .name = "two keys by turns", .role = ROLE_CLIENT, .turn = TURNING_TWO, .open = "request",
      .usual = "text key=7 \"a\"\ntext key=8 \"b\"", .times = 30, .folded = 28 },
    { .name = "without a mask", .role = ROLE_CLIENT, .turn = TURNING_ECHO, .open = "request",
      .usual = "text \"a\"", .odd = "raw x\"810161\"", .times = 12, .odd_from = 5, .odd_to = 6,
      .folded = 9 },
    { .name = "a client that prints", .role = ROLE_CLIENT, .turn = TURNING_ECHO, .open = "request",
      .usual = "says \"message text 1\"\ntext \"a\"", .times = 12, .folded = 10 },
    { .name = "reports that are asked for", .role = ROLE_CLIENT,
      .turn = TURNING_ECHO "\nexpect report message text 1", .open = "request",
      .usual = "text \"a\"\nsays \"message text 1\"", .times = 12, .folded = 0 },
    { .name = "measured", .turn = "measure \"m\" {\n" TURNING_ECHO "\n}", .open = "101",
      .usual = "text \"a\"", .times = 12, .folded = 0 },
    { .name = "repeats in a repeat", .turn = "repeat 2 {\n" TURNING_ECHO "\n}", .open = "101",
      .usual = "text \"a\"\ntext \"a\"", .times = 12, .folded = 0 },
    { .name = "raw bytes", .turn = "send raw x\"818100000000\"\nsend raw \"a\"\nexpect text \"a\"",
      .open = "101", .usual = "text \"a\"", .times = 12, .folded = 0 },
    { .name = "on a new connection each", .turn = "reconnect\n" TURNING_ECHO, .open = "101",
      .usual = "101\ntext \"a\"", .times = 12, .folded = 0 },
};
/* clang-format on */

#define TURNINGS (sizeof turnings / sizeof *turnings)

/* What the peer says, from its head to its end of TCP. Until the next call. */
static inline const char *turning_script(const struct turning *t)
{
    static char script[1 << 16];
    char *at = script;

    at += snprintf(at, sizeof script, "%s\n", t->open);
    for (unsigned i = 0; i < t->times; i++) {
        bool odd = i >= t->odd_from && i < t->odd_to;
        cr_assert_lt(at - script, (1 << 16) - 1000);
        at += snprintf(at, 1000, "%s\n", odd ? t->odd : t->usual);
    }
    snprintf(at, 1000, "close 1000\nend fin");
    return script;
}

/* A repeat in another one is told in full: the same case, on the same lines, without folding. */
static inline void turning_init(struct play *p, const struct turning *t, bool folds)
{
    char steps[2000];

    snprintf(steps, sizeof steps, "%s\n%s\nrepeat %u {\n%s\n}\n%s", t->before ? t->before : "",
             folds ? "" : "repeat 1 {", t->times, t->turn, folds ? "" : "}");
    play_init(p, t->role ? t->role : ROLE_SERVER, steps, turning_script(t));
}

static inline unsigned turning_folded(const struct transcript *t)
{
    uint64_t folded = 0;

    for (size_t i = 0; i < t->count; i++)
        if (t->entries[i].kind == ENTRY_TURNS)
            folded += t->entries[i].len;
    return (unsigned)folded;
}

#endif
