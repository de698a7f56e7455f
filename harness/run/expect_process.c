#include "run/expect_process.h"

enum taken expect_alive(struct expectation *x, size_t i)
{
    const struct entry *e = expectation_entry(x, i);

    if (e->kind != ENTRY_ALIVE)
        return TAKEN_SKIP;
    return e->flag ? expectation_yes(x, GRADE_PASS, NULL)
                   : expectation_no(x, "a fresh connection did not open and answer");
}

enum taken expect_memory(struct expectation *x, size_t i)
{
    const struct entry *e = expectation_entry(x, i);

    if (e->kind != ENTRY_MEMORY || i < x->options->since)
        return TAKEN_SKIP;
    return e->len < x->step->as.expect.limit
               ? expectation_yes(x, GRADE_PASS, NULL)
               : expectation_no(x, "its memory grew beyond the limit");
}

/* As long as it is busy it may use more. */
enum taken expect_cpu(struct expectation *x, size_t i)
{
    const struct entry *e = expectation_entry(x, i);

    if (e->kind != ENTRY_CPU || i < x->options->since)
        return TAKEN_SKIP;
    if (e->len / 1000 >= x->step->as.expect.limit)
        return expectation_no(x, "it used more CPU time than the limit");
    return e->flag ? TAKEN_SKIP : expectation_yes(x, GRADE_PASS, NULL);
}

/* Is `line` what is wanted, or that and more words? An empty reason may also be left out. */
static bool report_fits(struct bytes want, struct bytes line)
{
    struct bytes none = BYTES_LIT(" \"\"");

    if (bytes_starts(line, want) && (line.len == want.len || line.ptr[want.len] == ' '))
        return true;
    return want.len == line.len + none.len && bytes_starts(want, line) &&
           bytes_eq(bytes_skip(want, line.len), none);
}

/* Lines come in order of what they tell of, so another one of the same word is the answer, and it
 * is the wrong one. That a connection is open is never passed over: it may be what is wrong. */
enum taken expect_report(struct expectation *x, size_t i)
{
    const struct entry *e = expectation_entry(x, i);
    struct bytes want = bytes_str(x->step->as.expect.text), line = bytes_trim(bytes_str(e->text));
    struct bytes word = bytes_take(want, bytes_index(want, 0, ' '));

    if (e->kind == ENTRY_PROCESS && e->connection == x->cursor->connection)
        return expectation_no(x, "the client ended without having reported it");
    if (e->kind != ENTRY_OUTPUT || e->flag || !e->text)
        return TAKEN_SKIP;
    if (report_fits(want, line))
        return expectation_yes(x, GRADE_PASS, NULL);
    return report_fits(word, line) || bytes_eq_str(line, "open")
               ? expectation_no(x, "the client reported something else")
               : TAKEN_SKIP;
}
