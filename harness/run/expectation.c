#include "run/expectation.h"

#include "run/expect_client.h"
#include "run/expect_head.h"
#include "run/talk.h"
#include "ws/close.h"

static enum taken no_answer(struct expectation *x)
{
    x->silent = true;
    return expectation_no(x, "nothing came in time");
}

/* A reset can destroy what the target sent before it: the next run, alone, tells more. */
static enum taken no_more(struct expectation *x, const struct entry *e)
{
    x->unsure = e->end == END_RESET;
    return expectation_no(x, e->end == END_RESET        ? "the connection was reset"
                             : e->end == END_TLS_FAILED ? "it broke off TLS"
                                                        : "the connection ended");
}

static bool is_close(const struct entry *e)
{
    return e->kind == ENTRY_FRAME_IN && e->head.opcode == WS_CLOSE;
}

/* The oldest message of ours that is not yet echoed and went out before entry `before`. */
static bool is_owed_echo(struct expectation *x, const struct entry *e, size_t before)
{
    for (size_t k = x->cursor->echo;; k++) {
        const struct entry *sent = talk_message_out(x->t, x->cursor->connection, k, before);
        if (!sent)
            return false;
        if (talk_same(sent, e)) {
            x->cursor->echo = k + 1;
            return true;
        }
    }
}

static bool fields_fit(const struct expect *want, const struct ws_head *head)
{
    return (want->opcode < 0 || want->opcode == head->opcode) &&
           (want->fin < 0 || want->fin == head->fin) && (want->rsv < 0 || want->rsv == head->rsv) &&
           (want->masked < 0 || want->masked == head->masked) &&
           (want->len_form < 0 || want->len_form == (int)head->len_form);
}

static bool payload_fits(struct expectation *x, const struct entry *e)
{
    struct talk_env env;

    if (!x->step->as.expect.payload)
        return true;
    talk_env(x->t, e->connection, x->options->role, &env);
    return talk_is(e, x->step->as.expect.payload, &env.env);
}

static enum taken take_message(struct expectation *x, size_t i)
{
    const struct expect *want = &x->step->as.expect;
    const struct entry *e = expectation_entry(x, i);
    const struct entry *sent;

    if (want->kind == EXPECT_ECHO) {
        sent = talk_message_out(x->t, x->cursor->connection, x->cursor->echo, i);
        if (!sent || !talk_same(sent, e))
            return expectation_no(x, "it is not the echo of the oldest message sent");
        x->cursor->echo++;
        return expectation_yes(x, GRADE_PASS, NULL);
    }
    if (e->head.opcode != (want->kind == EXPECT_TEXT ? WS_TEXT : WS_BINARY))
        return expectation_no(x, "the message has another type");
    if (!payload_fits(x, e))
        return expectation_no(x, "the message has another payload");
    sent = talk_message_out(x->t, x->cursor->connection, x->cursor->echo, i);
    if (sent && talk_same(sent, e))
        x->cursor->echo++;
    return expectation_yes(x, GRADE_PASS, NULL);
}

/* Which rule a message that cannot be inflated breaks. */
static const char *why_bad(const struct entry *e)
{
    enum ws_rule rule = ws_rule_named(bytes_str(e->text));
    return ws_rule_row(rule == WS_RULE_NONE ? WS_RULE_INFLATE_BROKEN : rule)->sentence;
}

static enum taken expect_message(struct expectation *x, size_t i)
{
    const struct entry *e = expectation_entry(x, i);

    if (e->kind == ENTRY_MESSAGE_IN)
        return e->by == BY_RUNNER ? TAKEN_SKIP : take_message(x, i);
    if (e->kind == ENTRY_MESSAGE_BAD)
        return expectation_no(x, why_bad(e));
    if (is_close(e))
        return expectation_no(x, "a Close came");
    return TAKEN_SKIP;
}

static enum taken expect_control(struct expectation *x, size_t i, uint8_t opcode)
{
    const struct entry *e = expectation_entry(x, i);

    if (e->kind == ENTRY_MESSAGE_IN && e->by != BY_RUNNER)
        return expectation_no(x, "a message came");
    if (is_close(e))
        return expectation_no(x, "a Close came");
    if (e->kind != ENTRY_FRAME_IN || e->head.opcode != opcode || e->by == BY_RUNNER)
        return TAKEN_SKIP;
    /* A pong that nobody asked for may come at any time, and of several pings the last one's
     * suffices: one that does not fit proves nothing. */
    return payload_fits(x, e) ? expectation_yes(x, GRADE_PASS, NULL) : TAKEN_SKIP;
}

static enum taken expect_frame(struct expectation *x, size_t i)
{
    const struct entry *e = expectation_entry(x, i);
    const struct expect *want = &x->step->as.expect;
    bool control = ws_opcode_is_control(e->head.opcode) && e->head.opcode != WS_CLOSE;

    if (e->kind != ENTRY_FRAME_IN || e->by == BY_RUNNER)
        return TAKEN_SKIP;
    if (x->t->pushes && !ws_opcode_is_control(e->head.opcode))
        return TAKEN_SKIP;
    if (control && want->opcode >= 0 && want->opcode != e->head.opcode)
        return TAKEN_SKIP;
    if (!fields_fit(want, &e->head))
        return expectation_no(x, "the frame has other fields");
    if (!payload_fits(x, e))
        return expectation_no(x, "the frame has another payload");
    x->cursor->frames_upto = i + 1;
    return expectation_yes(x, GRADE_PASS, NULL);
}

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

static enum taken expect_close(struct expectation *x, size_t i)
{
    const struct entry *e = expectation_entry(x, i);

    /* What we sent before our Close may still be on its way back (RFC 6455 5.5.1). */
    if (e->kind == ENTRY_MESSAGE_IN && e->by != BY_RUNNER && !is_owed_echo(x, e, i) &&
        !was_asked(x, i))
        return expectation_no(x, "a message came");
    if (!is_close(e))
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

static enum taken expect_eof(struct expectation *x, size_t i)
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
          is_owed_echo(x, e, talk_last_send(x->t, e->connection, x->options->since))))
        return expectation_no(x, "a message came: the connection lives on");
    if (!is_close(e))
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
 * with no code, with 1000, or with the very code that we sent and that was a good one. */
static bool answers_ours(const struct expectation *x, size_t i, const struct ws_close *close)
{
    const struct entry *e = expectation_entry(x, i);
    const struct entry *ours = talk_close_out(x->t, e->connection, i);

    if (!ours)
        return false;
    struct ws_close sent = ws_close_decode(ours->data);
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
    if (talk_runner_closed(x->t, e->connection, i))
        return expectation_yes(x, GRADE_WARN, "it ended the connection late, and without a Close");
    return expectation_yes(x, GRADE_WARN, "it ended the connection without a Close");
}

/* RFC 6455 7.1.7: Close with a fitting code (a SHOULD), then TCP. Going on takes positive evidence.
 */
static enum taken expect_fail(struct expectation *x, size_t i)
{
    const struct entry *e = expectation_entry(x, i);

    if (e->kind == ENTRY_END_IN)
        return fail_end(x, i);
    if (x->closed)
        return TAKEN_SKIP;
    if (is_close(e))
        return fail_close(x, i);
    if (e->kind != ENTRY_MESSAGE_IN)
        return TAKEN_SKIP;
    if (e->by == BY_RUNNER)
        return expectation_no(x,
                              "it went on: it echoed a message that was sent after the violation");
    if (is_owed_echo(x, e, talk_last_send(x->t, e->connection, x->options->since)))
        return TAKEN_SKIP;
    return expectation_no(x, "it went on: it answered with a message");
}

static enum taken expect_nothing(struct expectation *x, size_t i)
{
    const struct entry *e = expectation_entry(x, i);

    if (e->kind == ENTRY_PASSED && i >= x->options->since)
        return expectation_yes(x, GRADE_PASS, NULL);
    if (e->kind == ENTRY_HEAD_IN && x->options->role == ROLE_SERVER && i >= x->options->since)
        return expectation_no(x, "it answered the request");
    if (e->kind == ENTRY_ANOTHER && !talk_answered(x->t, e->connection, i))
        return expectation_no(x, "a further handshake began before this one was answered");
    if (e->kind == ENTRY_MESSAGE_IN && e->by != BY_RUNNER)
        return expectation_no(x, "a message came");
    return is_close(e) ? expectation_no(x, "a Close came") : TAKEN_SKIP;
}

static enum taken expect_alive(struct expectation *x, size_t i)
{
    const struct entry *e = expectation_entry(x, i);

    if (e->kind != ENTRY_ALIVE)
        return TAKEN_SKIP;
    return e->flag ? expectation_yes(x, GRADE_PASS, NULL)
                   : expectation_no(x, "a fresh connection did not open and answer");
}

static enum taken expect_memory(struct expectation *x, size_t i)
{
    const struct entry *e = expectation_entry(x, i);

    if (e->kind != ENTRY_MEMORY || i < x->options->since)
        return TAKEN_SKIP;
    return e->len < x->step->as.expect.limit
               ? expectation_yes(x, GRADE_PASS, NULL)
               : expectation_no(x, "its memory grew beyond the limit");
}

/* As long as it is busy it may use more. */
static enum taken expect_cpu(struct expectation *x, size_t i)
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
static enum taken expect_report(struct expectation *x, size_t i)
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

static enum taken take_silence(struct expectation *x)
{
    switch (x->step->as.expect.kind) {
    case EXPECT_NOTHING:
    case EXPECT_NO_REQUEST: return expectation_yes(x, GRADE_PASS, NULL);
    case EXPECT_CPU: /* on a busy machine the limit may be far */
        return expectation_yes(x, GRADE_INFO, "it was still busy when the time was up");
    case EXPECT_REFUSED:
        return expectation_yes(x, GRADE_WARN, "it did not answer the request in time");
    case EXPECT_FAIL:
        if (x->closed)
            return expectation_yes(x, GRADE_WARN, "it did not end TCP in time after its Close");
        return no_answer(x);
    case EXPECT_OPEN:
    case EXPECT_TEXT:
    case EXPECT_BINARY:
    case EXPECT_ECHO:
    case EXPECT_PING:
    case EXPECT_PONG:
    case EXPECT_FRAME:
    case EXPECT_CLOSE:
    case EXPECT_EOF:
    case EXPECT_ALIVE:
    case EXPECT_MEMORY:
    case EXPECT_RESPONSE:
    case EXPECT_REQUEST:
    case EXPECT_REPORT:
    case EXPECT_ANOTHER: break;
    }
    return no_answer(x);
}

static enum taken take_entry(struct expectation *x, size_t i)
{
    switch (x->step->as.expect.kind) {
    case EXPECT_OPEN: return expect_open(x, i);
    case EXPECT_TEXT:
    case EXPECT_BINARY:
    case EXPECT_ECHO: return expect_message(x, i);
    case EXPECT_PING: return expect_control(x, i, WS_PING);
    case EXPECT_PONG: return expect_control(x, i, WS_PONG);
    case EXPECT_FRAME: return expect_frame(x, i);
    case EXPECT_CLOSE: return expect_close(x, i);
    case EXPECT_EOF: return expect_eof(x, i);
    case EXPECT_FAIL: return expect_fail(x, i);
    case EXPECT_NOTHING: return expect_nothing(x, i);
    case EXPECT_ALIVE: return expect_alive(x, i);
    case EXPECT_MEMORY: return expect_memory(x, i);
    case EXPECT_CPU: return expect_cpu(x, i);
    case EXPECT_REFUSED: return expect_refused(x, i);
    case EXPECT_RESPONSE:
    case EXPECT_REQUEST: return expect_head(x, i);
    case EXPECT_REPORT: return expect_report(x, i);
    case EXPECT_NO_REQUEST: return expect_no_request(x, i);
    case EXPECT_ANOTHER: return expect_another(x, i);
    }
    return TAKEN_SKIP;
}

/* What goes past every connection: the process, a fresh or further connection, reports. */
static bool outlives_connection(enum expect_kind kind)
{
    return kind == EXPECT_ALIVE || kind == EXPECT_MEMORY || kind == EXPECT_CPU ||
           kind == EXPECT_REPORT || kind == EXPECT_ANOTHER;
}

/* A server of the world sends what it likes and when it likes: that proves nothing. One that echoes
 * has no reason to. */
static bool is_push(const struct expectation *x, const struct entry *e)
{
    enum expect_kind kind = x->step->as.expect.kind;

    return x->t->pushes && e->kind == ENTRY_MESSAGE_IN && e->by != BY_RUNNER &&
           kind != EXPECT_TEXT && kind != EXPECT_BINARY && kind != EXPECT_ECHO;
}

enum taken expectation_take(struct expectation *x, size_t i)
{
    const struct entry *e = expectation_entry(x, i);
    enum taken taken;

    if (is_push(x, e))
        return TAKEN_SKIP;
    if (e->kind == ENTRY_SILENT)
        return i < x->options->since ? TAKEN_SKIP : take_silence(x);
    if (e->kind == ENTRY_PASSED && x->options->passed_is_end && i >= x->options->since)
        return no_answer(x);
    if (e->connection != x->cursor->connection && !outlives_connection(x->step->as.expect.kind))
        return TAKEN_SKIP;
    taken = take_entry(x, i);
    if (taken == TAKEN_SKIP && e->kind == ENTRY_END_IN &&
        !outlives_connection(x->step->as.expect.kind))
        return no_more(x, e);
    return taken;
}

bool expectation_met_at_once(const struct expectation *x)
{
    return x->step->as.expect.kind == EXPECT_OPEN && x->options->role == ROLE_CLIENT;
}

unsigned expectation_wants(const struct expectation *x)
{
    switch (x->step->as.expect.kind) {
    case EXPECT_FAIL: return x->closed ? WANTS_END : WANTS_BARRIER | WANTS_DOUBT;
    case EXPECT_EOF: return WANTS_BARRIER | WANTS_DOUBT;
    case EXPECT_NOTHING: return WANTS_BARRIER;
    case EXPECT_ALIVE: return WANTS_ALIVE;
    case EXPECT_MEMORY: return WANTS_MEMORY;
    case EXPECT_CPU: return WANTS_CPU;
    case EXPECT_OPEN:
    case EXPECT_TEXT:
    case EXPECT_BINARY:
    case EXPECT_ECHO:
    case EXPECT_PING:
    case EXPECT_PONG:
    case EXPECT_FRAME:
    case EXPECT_CLOSE:
    case EXPECT_REFUSED:
    case EXPECT_RESPONSE:
    case EXPECT_REQUEST:
    case EXPECT_REPORT:
    case EXPECT_NO_REQUEST:
    case EXPECT_ANOTHER: break;
    }
    return 0;
}
