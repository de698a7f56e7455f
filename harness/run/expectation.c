#include "run/expectation.h"

#include "run/expect_client.h"
#include "run/expect_end.h"
#include "run/expect_head.h"
#include "run/expect_process.h"
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

bool expectation_is_echo(struct expectation *x, const struct entry *e, size_t before)
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
    if (expectation_is_close(e))
        return expectation_no(x, "a Close came");
    return TAKEN_SKIP;
}

static enum taken expect_control(struct expectation *x, size_t i, uint8_t opcode)
{
    const struct entry *e = expectation_entry(x, i);

    if (e->kind == ENTRY_MESSAGE_IN && e->by != BY_RUNNER)
        return expectation_no(x, "a message came");
    if (expectation_is_close(e))
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

/* Control frames are no business of a case, but before our answer to a request nothing at all may
 * come (RFC 6455 4.1). */
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
    if (e->kind == ENTRY_FRAME_IN && x->options->role == ROLE_CLIENT &&
        !talk_answered(x->t, e->connection, i))
        return expectation_no(x, "a frame came before the answer to the request");
    return expectation_is_close(e) ? expectation_no(x, "a Close came") : TAKEN_SKIP;
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
