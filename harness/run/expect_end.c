#include "run/expect_end.h"

#include "run/talk.h"
#include "ws/close.h"

static bool code_in(const struct expect *want, const struct ws_close *close)
{
    for (size_t k = 0; close->has_code && k < want->n_codes; k++)
        if (want->codes[k] == close->code)
            return true;
    return false;
}

/* As the profile's closer says: exactly so where it names a code, else any. RFC 6455 7.1.2. */
static bool as_provoked(const struct entry *provoked, const struct ws_close *close)
{
    if (!provoked || !provoked->flag)
        return true;
    return close->has_code && close->code == provoked->len &&
           (!provoked->text || bytes_eq_str(close->reason, provoked->text));
}

static bool close_fits(const struct expect *want, const struct ws_close *close,
                       const struct entry *provoked)
{
    if (want->any || (want->n_codes == 0 && !want->no_code && !want->provoked))
        return true;
    return code_in(want, close) || (want->no_code && !close->has_code && close->reason.len == 0) ||
           (want->provoked && as_provoked(provoked, close));
}

static bool reason_fits(struct expectation *x, const struct entry *e, struct bytes reason)
{
    struct talk_env env;
    struct entry as_entry = { .len = reason.len, .hash = hash_bytes(reason) };

    if (!x->step->as.expect.payload)
        return true;
    talk_env(x->t, e->connection, x->options->role, &env);
    return talk_is(&as_entry, x->step->as.expect.payload, &env.env);
}

/* Who is asked to close may answer that first. */
static bool was_asked(const struct expectation *x, size_t i)
{
    return x->step->as.expect.provoked || talk_provoked(x->t, x->cursor->connection, i);
}

enum taken expect_close(struct expectation *x, size_t i)
{
    const struct entry *e = expectation_entry(x, i);

    /* What we sent before our Close may still be on its way back (RFC 6455 5.5.1). */
    if (e->kind == ENTRY_MESSAGE_IN && e->by != BY_RUNNER && !expectation_is_echo(x, e, i) &&
        !was_asked(x, i))
        return expectation_no(x, "a message came");
    if (!expectation_is_close(e))
        return TAKEN_SKIP;
    struct ws_close close = ws_close_decode(e->data);
    if (!close_fits(&x->step->as.expect, &close, talk_provoked(x->t, e->connection, i)))
        return expectation_no(x, "the Close has another code");
    if (!reason_fits(x, e, close.reason))
        return expectation_no(x, "the Close has another reason");
    return expectation_yes(x, GRADE_PASS, NULL);
}

static bool all_was_well(const struct ws_close *close)
{
    return !close->has_code || close->code == 1000;
}

/* Plain HTTP to our request, and no tunnel. */
static bool is_refusal(const struct expectation *x, const struct entry *e)
{
    return e->kind == ENTRY_HEAD_IN && x->options->role == ROLE_SERVER && talk_status(e) >= 200;
}

enum taken expect_eof(struct expectation *x, size_t i)
{
    const struct entry *e = expectation_entry(x, i);
    struct ws_close close;

    if (is_refusal(x, e))
        return expectation_no(x, "it answered the request");
    if (e->kind == ENTRY_END_IN) {
        if (e->end == END_FIN || !x->step->as.expect.clean)
            return expectation_yes(x, GRADE_PASS, NULL);
        return expectation_no(x,
                              e->end == END_RESET ? "TCP was reset" : "TCP did not end in order");
    }
    if (e->kind == ENTRY_MESSAGE_IN &&
        !(e->by != BY_RUNNER &&
          expectation_is_echo(x, e, talk_last_send(x->t, e->connection, x->options->since))))
        return expectation_no(x, "a message came: the connection lives on");
    if (!expectation_is_close(e))
        return TAKEN_SKIP;
    close = ws_close_decode(e->data);
    if (talk_runner_closed(x->t, e->connection, i) && all_was_well(&close))
        return expectation_no(x, "it answered our Close as if all were well");
    x->grade = grade_worse(x->grade, GRADE_WARN);
    x->remark = "a Close came first";
    return TAKEN_PART;
}

static bool passed_before(const struct expectation *x, size_t i)
{
    for (size_t k = x->options->since; k < i; k++)
        if (expectation_entry(x, k)->kind == ENTRY_PASSED)
            return true;
    return false;
}

/* A Close of ours that came behind the violation, or is it, and that the target took: it answers
 * with no code, with 1000, or with the very code that we sent and that was a good one. No code to a
 * Close of the case proves nothing, if that was empty or had one: an answer need not have one (RFC
 * 6455 5.5.1), and some send none when they fail either. */
static bool answers_ours(const struct expectation *x, size_t i, const struct ws_close *close)
{
    const struct entry *e = expectation_entry(x, i);
    const struct entry *ours = talk_close_out(x->t, e->connection, i);

    if (!ours)
        return false;
    struct ws_close sent = ws_close_decode(ours->data);
    if (ours->by != BY_RUNNER && !close->has_code && (sent.has_code || ours->len == 0))
        return false;
    return all_was_well(close) || (sent.has_code && sent.code == close->code &&
                                   ws_close_check(ours->data).rule == WS_RULE_NONE);
}

static enum taken fail_close(struct expectation *x, size_t i)
{
    const struct expect *want = &x->step->as.expect;
    const struct entry *e = expectation_entry(x, i);
    struct ws_close close = ws_close_decode(e->data);
    bool fits = want->n_codes == 0 ? close.has_code && close.code != 1000 : code_in(want, &close);
    bool after_ours = talk_runner_closed(x->t, e->connection, i);

    /* Also where the case's own Close is the violation: a plain answer says that it was taken. */
    if (!fits && answers_ours(x, i, &close))
        return expectation_no(x, "it answered our Close as if all were well");
    x->closed = true;
    if (!fits) {
        x->grade = grade_worse(x->grade, GRADE_WARN);
        x->remark = "it failed the connection with another code";
    } else if (after_ours || passed_before(x, i)) {
        x->unsure = true; /* a busy machine is late too: alone it has to be so again */
        x->grade = grade_worse(x->grade, GRADE_WARN);
        x->remark = "it failed the connection late";
    }
    return TAKEN_PART;
}

static enum taken fail_end(struct expectation *x, size_t i)
{
    const struct entry *e = expectation_entry(x, i);

    if (x->closed)
        return expectation_yes(x, GRADE_PASS, NULL);
    if (e->end == END_RESET) {
        x->unsure = true;
        return expectation_yes(x, GRADE_PASS, "it was reset: a Close, if there was one, is lost");
    }
    if (talk_runner_closed(x->t, e->connection, i)) {
        x->unsure = true;
        return expectation_yes(x, GRADE_WARN, "it ended the connection late, and without a Close");
    }
    return expectation_yes(x, GRADE_WARN, "it ended the connection without a Close");
}

/* RFC 6455 7.1.7: Close with a fitting code (a SHOULD), then TCP. Going on takes positive evidence.
 */
enum taken expect_fail(struct expectation *x, size_t i)
{
    const struct entry *e = expectation_entry(x, i);

    if (e->kind == ENTRY_END_IN)
        return fail_end(x, i);
    if (x->closed)
        return TAKEN_SKIP;
    if (expectation_is_close(e))
        return fail_close(x, i);
    if (e->kind != ENTRY_MESSAGE_IN)
        return TAKEN_SKIP;
    if (e->by == BY_RUNNER)
        return expectation_no(x,
                              "it went on: it echoed a message that was sent after the violation");
    if (expectation_is_echo(x, e, talk_last_send(x->t, e->connection, x->options->since)))
        return TAKEN_SKIP;
    return expectation_no(x, "it went on: it answered with a message");
}
