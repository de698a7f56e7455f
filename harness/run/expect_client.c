#include "run/expect_client.h"

/* A client that says so, or is gone, begins no handshake any more. */
static bool gave_up(const struct entry *e)
{
    if (e->kind == ENTRY_OUTPUT && !e->flag && e->text)
        return bytes_starts(bytes_str(e->text), BYTES_LIT("error")) ||
               bytes_starts(bytes_str(e->text), BYTES_LIT("closed"));
    return e->kind == ENTRY_PROCESS || e->kind == ENTRY_END_IN;
}

enum taken expect_no_request(struct expectation *x, size_t i)
{
    const struct entry *e = expectation_entry(x, i);

    if (e->kind == ENTRY_HEAD_IN || e->kind == ENTRY_HEAD_BAD)
        return expectation_no(x, "it sent a request");
    return gave_up(e) ? expectation_yes(x, GRADE_PASS, NULL) : TAKEN_SKIP;
}

/* How long the further connection at entry `at` took, from the end of the one that it follows. */
static uint64_t delay_us(const struct transcript *t, size_t at, uint32_t follows)
{
    for (size_t i = 0; i < at; i++) {
        const struct entry *e = &t->entries[i];
        if (e->connection == follows && (e->kind == ENTRY_END_IN || e->kind == ENTRY_END_OUT))
            return t->entries[at].us - e->us;
    }
    return 0;
}

static bool is_later(const struct expectation *x, size_t i)
{
    const struct cursor *cursor = x->cursor;

    if (cursor->another == 0 || cursor->connection == 0)
        return true; /* there was none before */
    return delay_us(x->t, i, cursor->connection) >
           delay_us(x->t, cursor->another - 1, cursor->connection - 1);
}

enum taken expect_another(struct expectation *x, size_t i)
{
    const struct entry *e = expectation_entry(x, i);

    if (e->kind == ENTRY_PROCESS && i >= x->cursor->entry)
        return expectation_no(x, "the client ended");
    if (e->kind != ENTRY_ANOTHER)
        return TAKEN_SKIP;
    if (x->step->as.expect.later && !is_later(x, i))
        return expectation_no(x, "it came no later than the one before");
    x->cursor->another = i + 1;
    x->cursor->connection++;
    x->cursor->echo = 0;
    return expectation_yes(x, GRADE_PASS, NULL);
}
