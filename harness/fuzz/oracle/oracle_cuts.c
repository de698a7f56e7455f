#include "fuzz/oracle/oracle_parts.h"

/* Two accounts of the same bytes. */

static bool found(const struct fuzz_finding *out)
{
    return out->difference != FUZZ_SAME;
}

/* Behind a failed connection there may be less, and what came before it may be lost. An empty Close
 * is how some fail one. */
static bool failed(const struct fuzz_account *a)
{
    const struct fuzz_heard *close = fuzz_account_close(a);

    return close ? !close->close.has_code || close->close.code != 1000 : fuzz_account_ended(a);
}

static void compare_messages(const struct fuzz_account *whole, const struct fuzz_account *cut,
                             struct fuzz_finding *out)
{
    const struct fuzz_heard *a, *b;
    size_t at = 0, bt = 0;

    do {
        a = fuzz_account_next(whole, FUZZ_HEARD_MESSAGE, &at);
        b = fuzz_account_next(cut, FUZZ_HEARD_MESSAGE, &bt);
    } while (a && b && fuzz_heard_same(a, b));
    if (a && b)
        oracle_find(out, FUZZ_CUT_DEPENDENT, WS_RULE_NONE, "message",
                    "a message comes out otherwise when the bytes are cut otherwise");
    else if ((a && !failed(cut)) || (b && !failed(whole)))
        oracle_find(out, FUZZ_CUT_DEPENDENT, WS_RULE_NONE, "message-missing",
                    "of the same bytes, cut otherwise, it delivered %zu messages and %zu",
                    fuzz_account_count(whole, FUZZ_HEARD_MESSAGE),
                    fuzz_account_count(cut, FUZZ_HEARD_MESSAGE));
}

/* Of several pings the latest is answered; how many of them come at once depends on the cut, and so
 * it does whether a Close comes before they are answered. */
static void compare_pongs(const struct fuzz_account *whole, const struct fuzz_account *cut,
                          struct fuzz_finding *out)
{
    const struct fuzz_heard *a = fuzz_account_last(whole, FUZZ_HEARD_PONG);
    const struct fuzz_heard *b = fuzz_account_last(cut, FUZZ_HEARD_PONG);

    if (fuzz_account_close(whole) || fuzz_account_close(cut) || failed(whole) || failed(cut) ||
        (!a && !b) || (a && b && fuzz_heard_same(a, b)))
        return;
    oracle_find(out, FUZZ_CUT_DEPENDENT, WS_RULE_NONE, "pong",
                "the last pong is another one when the bytes are cut otherwise");
}

/* The failure that shows in one of them, and with which the other fails. What that says when it
 * takes the bytes is mostly the peer's own code. */
static const char *close_mark(uint16_t a, uint16_t b)
{
    const bool fails_as_protocol = a == 1002 || b == 1002;

    if (a == 1007 || b == 1007)
        return fails_as_protocol ? "close-1007-1002" : "close-1007";
    if (a == 1009 || b == 1009)
        return fails_as_protocol ? "close-1009-1002" : "close-1009";
    return fails_as_protocol ? "close-1002" : "close";
}

/* That one of them has said none yet may only be late. */
static void compare_closes(const struct fuzz_account *whole, const struct fuzz_account *cut,
                           struct fuzz_finding *out)
{
    const struct fuzz_heard *a = fuzz_account_close(whole), *b = fuzz_account_close(cut);
    if (!a || !b || (a->close.has_code == b->close.has_code && a->close.code == b->close.code))
        return;
    oracle_find(out, FUZZ_CUT_DEPENDENT, WS_RULE_NONE, close_mark(a->close.code, b->close.code),
                "it closes with %u, and with %u when the bytes are cut otherwise", a->close.code,
                b->close.code);
}

void fuzz_oracle_cuts(const struct fuzz_account *whole, const struct fuzz_account *cut,
                      struct fuzz_finding *out)
{
    *out = (struct fuzz_finding){ .difference = FUZZ_SAME };
    compare_messages(whole, cut, out);
    if (!found(out))
        compare_closes(whole, cut, out);
    if (!found(out))
        compare_pongs(whole, cut, out);
}
