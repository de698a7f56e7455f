#include "script/parser.h"

#include <string.h>

#include "script/model.h"
#include "ws/frame.h"
#include "ws/permessage.h"

/* `expect model`: what the case has sent so far is given to the reference engine, and what the
 * engine says becomes ordinary expectations, with the freedoms that the RFC leaves a target. */

#define MODEL_SENDS_MAX 64

/* What a case has done on the connection that is up where `expect model` stands. */
struct so_far {
    const struct send *sends[MODEL_SENDS_MAX];
    size_t count;
    size_t told; /* how many of them expectations have dealt with */
    bool compressed;
};

static bool cannot(struct parser *p, const struct token *at, const char *what)
{
    return parse_fail(p, at, "\"expect model\" cannot stand behind %s", what);
}

/* Bytes that only a run makes cannot be known before. */
static bool is_known(const struct payload *payload)
{
    const struct payload_env env = { 0 };

    return !payload_holds(payload, PAYLOAD_RANDOM) && !payload_holds(payload, PAYLOAD_TEMPLATE) &&
           !payload_holds(payload, PAYLOAD_NEXT) &&
           (!payload || payload_len(payload, &env) <= MODEL_BYTES_MAX);
}

static bool add_send(struct parser *p, const struct token *at, struct so_far *so_far,
                     const struct send *send)
{
    bool one_role = p->role == ROLE_SERVER || p->role == ROLE_CLIENT;

    if (send->holds || (send->declares && send->fragment > 0))
        return cannot(p, at, "hold=, or declare= with fragment=");
    if (send->mask != MASK_BY_ROLE && !one_role)
        return cannot(p, at, "mask= in a case without \"role server\" or \"role client\"");
    if (send->deflate && !so_far->compressed)
        return cannot(p, at, "deflate without \"extension\"");
    if (!is_known(send->payload))
        return cannot(p, at, "a payload that is large, or made only when the case runs");
    if (so_far->count == MODEL_SENDS_MAX)
        return cannot(p, at, "more than 64 sends");
    so_far->sends[so_far->count++] = send;
    return true;
}

/* What the target agrees to is only known when the case runs; the engine plays what is certain. */
static bool add_extension(struct parser *p, const struct token *at, struct so_far *so_far,
                          const struct ext_offer *e)
{
    for (size_t i = 0; i < e->n_params; i++)
        if (e->params[i].value && strcmp(e->params[i].value, "8") == 0)
            return cannot(p, at, "a window of 8 bits");
    so_far->compressed = true;
    return strcmp(e->name, WS_PERMESSAGE_NAME) == 0 ||
           cannot(p, at, "an extension other than permessage-deflate");
}

/* What it expects by name is what the case has sent so far; the handshake alone says nothing. */
static bool speaks_of_frames(const struct step *s)
{
    if (s->op == OP_EXPECT)
        return s->as.expect.kind != EXPECT_OPEN && s->as.expect.kind != EXPECT_REQUEST &&
               s->as.expect.kind != EXPECT_RESPONSE;
    return s->op == OP_UNORDERED || s->op == OP_EITHER;
}

/* One step before `expect model`. */
static bool look_back(struct parser *p, const struct token *at, const struct step *s,
                      struct so_far *so_far)
{
    switch (s->op) {
    case OP_SEND: return add_send(p, at, so_far, &s->as.send);
    case OP_RECONNECT:
        if (so_far->compressed)
            return cannot(p, at, "a second connection with an extension");
        so_far->count = so_far->told = 0;
        return true;
    case OP_CONNECT:
    case OP_EACH: so_far->count = so_far->told = 0; return true;
    case OP_EXTENSION: return add_extension(p, at, so_far, &s->as.extension);
    case OP_RAW:
    case OP_SEND_MORE:
    case OP_REPEAT:
    case OP_DROP:
    case OP_SHUTDOWN:
    case OP_PROVOKE:
    case OP_CLOSE:
    case OP_PREFER: return cannot(p, at, script_op_word(s->op));
    case OP_REQUEST:
    case OP_RESPONSE:
    case OP_SUBPROTOCOL:
    case OP_TLS:
    case OP_URL:
    case OP_HEADER:
    case OP_LISTEN:
    case OP_TOGETHER:
    case OP_WAIT:
    case OP_READ:
    case OP_MEASURE:
    case OP_EXPECT:
    case OP_UNORDERED:
    case OP_EITHER:
    case OP_BRANCH:
    case OP_COUNT: break;
    }
    if (speaks_of_frames(s))
        so_far->told = so_far->count;
    return true;
}

/* The row that is broken when what the engine would have said does not come. */
static const char *row_of(const struct step *s)
{
    if (s->op == OP_EXPECT && s->as.expect.kind == EXPECT_PONG)
        return "RFC6455-5.5.2-2";
    if (s->op == OP_EXPECT && s->as.expect.kind == EXPECT_CLOSE)
        return "RFC6455-5.5.1-8";
    if (s->op == OP_EXPECT && s->as.expect.kind == EXPECT_EOF)
        return "RFC6455-5.5.1-13";
    if (s->op == OP_EXPECT && s->as.expect.kind == EXPECT_NOTHING)
        return "RFC6455-5.4-2";
    return "RFC6455-5.4-11"; /* messages */
}

/* SIZE_MAX: no memory. */
static size_t put(struct parser *p, const struct token *at, struct step *step)
{
    if (!step->proves)
        step->proves = row_of(step);
    return parse_push_step(p, at, step);
}

static bool put_expect_of(struct parser *p, const struct token *at, struct expect expect,
                          const char *proves)
{
    struct step step = { .op = OP_EXPECT, .proves = proves, .as.expect = expect };

    step.as.expect.opcode = step.as.expect.fin = step.as.expect.rsv = step.as.expect.masked =
        step.as.expect.len_form = -1;
    return put(p, at, &step) != SIZE_MAX;
}

static bool put_expect(struct parser *p, const struct token *at, struct expect expect)
{
    return put_expect_of(p, at, expect, NULL);
}

static size_t open_branch(struct parser *p, const struct token *at, enum grade grade,
                          const char *why)
{
    struct step branch = { .op = OP_BRANCH };

    branch.as.branch.grade = grade;
    branch.as.branch.why = why;
    return put(p, at, &branch);
}

static bool end_block(struct parser *p, size_t block)
{
    p->steps[block].end = p->n_steps;
    return true;
}

static bool put_reply(struct parser *p, const struct token *at, const struct model_reply *reply)
{
    struct payload *payload = arena_new(p->arena, sizeof *payload);
    enum expect_kind kind = reply->opcode == WS_TEXT     ? EXPECT_TEXT
                            : reply->opcode == WS_BINARY ? EXPECT_BINARY
                                                         : EXPECT_PONG;

    if (!payload)
        return parse_memory(p);
    *payload = (struct payload){ .kind = PAYLOAD_BYTES, .bytes = reply->payload, .nodes = 1 };
    return put_expect(p, at, (struct expect){ .kind = kind, .payload = payload });
}

/* Of several pings only the latest must be answered: RFC 6455 5.5.3. */
static bool is_due(const struct model *m, size_t i)
{
    if (m->replies[i].opcode != WS_PONG)
        return true;
    for (size_t k = i + 1; k < m->n_replies; k++)
        if (m->replies[k].opcode == WS_PONG)
            return false;
    return true;
}

static bool put_due(struct parser *p, const struct token *at, const struct model *m)
{
    for (size_t i = 0; i < m->n_replies; i++)
        if (is_due(m, i) && !put_reply(p, at, &m->replies[i]))
            return false;
    return true;
}

/* What may come in any order is held against what came in all orders. */
#define ANY_ORDER_MAX 6

/* Echoes come in order, but a pong may overtake them and the other way round. */
static bool put_replies(struct parser *p, const struct token *at, const struct model *m)
{
    size_t pongs = 0;

    for (size_t i = 0; i < m->n_replies; i++)
        pongs += m->replies[i].opcode == WS_PONG;
    if (pongs == 0 || pongs == m->n_replies)
        return put_due(p, at, m);
    if (m->n_replies - pongs + 1 > ANY_ORDER_MAX)
        return cannot(p, at,
                      "a ping and more than 5 messages, whose answers may come in any order");
    size_t block = put(p, at, &(struct step){ .op = OP_UNORDERED });
    return block != SIZE_MAX && put_due(p, at, m) && end_block(p, block);
}

/* The answer to our Close: with its code, which is typical, with 1000, 1001 or none (RFC 6455
 * 5.5.1); then the end. */
static bool put_answer(struct parser *p, const struct token *at, uint16_t code)
{
    const uint16_t codes[] = { 1000, 1001, code };
    size_t count = code == 0 || code == 1000 || code == 1001 ? 2 : 3;
    struct expect close = { .kind = EXPECT_CLOSE, .n_codes = count, .no_code = true };

    close.codes = arena_array(p->arena, count, sizeof *close.codes);
    if (!close.codes)
        return parse_memory(p);
    memcpy(close.codes, codes, count * sizeof *codes);
    return put_expect(p, at, close) && put_expect(p, at, (struct expect){ .kind = EXPECT_EOF });
}

/* The RFC does not say that all echoes and pongs are out before a Close is answered. */
static bool put_hasty(struct parser *p, const struct token *at, const struct model *m)
{
    size_t branch = open_branch(p, at, GRADE_INFO, "it closes before all that came is answered");

    return branch != SIZE_MAX && put_answer(p, at, m->code) && end_block(p, branch);
}

/* Behind our Close nothing may follow, and nobody says what a target does that looks at it. */
static bool put_curious(struct parser *p, const struct token *at)
{
    size_t other = open_branch(p, at, GRADE_WARN, "it looked at what follows our Close");

    if (other == SIZE_MAX ||
        !put_expect(p, at, (struct expect){ .kind = EXPECT_CLOSE, .any = true }) ||
        !put_expect(p, at, (struct expect){ .kind = EXPECT_EOF }) || !end_block(p, other))
        return false;
    size_t none = open_branch(p, at, GRADE_WARN,
                              "it ended without answering our Close, behind "
                              "which more came");
    return none != SIZE_MAX && put_expect(p, at, (struct expect){ .kind = EXPECT_EOF }) &&
           end_block(p, none);
}

static bool put_closed(struct parser *p, const struct token *at, const struct model *m, bool more)
{
    if (m->n_replies == 0 && !more)
        return put_answer(p, at, m->code);
    size_t either = put(p, at, &(struct step){ .op = OP_EITHER });
    size_t all = either == SIZE_MAX ? SIZE_MAX : open_branch(p, at, GRADE_PASS, NULL);
    return all != SIZE_MAX && put_replies(p, at, m) && put_answer(p, at, m->code) &&
           end_block(p, all) && (m->n_replies == 0 || put_hasty(p, at, m)) &&
           (!more || put_curious(p, at)) && end_block(p, either);
}

/* RFC 7692 names no code for what cannot be inflated: these are in use. */
static const uint16_t inflate_codes[] = { 1007, 1002, 1003, 1011 };

static bool is_of_compression(enum ws_rule rule)
{
    return rule == WS_RULE_INFLATE_BROKEN || rule == WS_RULE_INFLATE_CUT ||
           rule == WS_RULE_INFLATE_PADDING || rule == WS_RULE_INFLATE_LENGTHS ||
           rule == WS_RULE_WINDOW_OF_CLIENT || rule == WS_RULE_TAKEOVER_OF_CLIENT;
}

/* Echoes and pongs of what came before the violation may come or not: `expect fail` knows. */
static bool put_failed(struct parser *p, const struct token *at, const struct model *m)
{
    const struct ws_rule_row *row = ws_rule_row(m->broken);
    const uint16_t *codes = is_of_compression(m->broken) ? inflate_codes : &m->code;
    struct expect fail = { .kind = EXPECT_FAIL, .n_codes = codes == &m->code ? 1 : 4 };

    if (row->level != WS_MUST)
        return parse_fail(p, at, "the RFC does not decide this: %s", row->sentence);
    fail.codes = arena_array(p->arena, fail.n_codes, sizeof *fail.codes);
    if (!fail.codes)
        return parse_memory(p);
    memcpy(fail.codes, codes, fail.n_codes * sizeof *codes);
    return put_expect_of(p, at, fail, ws_rule_taken(m->broken));
}

static bool put_model(struct parser *p, const struct token *at, const struct model *m, bool more)
{
    switch (m->end) {
    case MODEL_OPEN:
        return put_replies(p, at, m) &&
               put_expect(p, at, (struct expect){ .kind = EXPECT_NOTHING });
    case MODEL_CLOSED: return put_closed(p, at, m, more);
    case MODEL_FAILED: return put_failed(p, at, m);
    }
    return false;
}

bool parse_model(struct parser *p, const struct token *at, enum script_op inside)
{
    struct so_far so_far = { 0 };
    struct model model;

    if (inside != OP_COUNT && inside != OP_EACH && inside != OP_MEASURE)
        return parse_fail(p, at, "\"expect model\" cannot stand in \"%s\"", script_op_word(inside));
    for (size_t i = 0; i < p->n_steps; i++)
        if (!look_back(p, at, &p->steps[i], &so_far))
            return false;
    const struct model_deal deal = { p->role, so_far.compressed };
    if (!script_model(p->arena, &deal, so_far.sends, so_far.count, so_far.told, &model))
        return parse_memory(p);
    if (model.unsure)
        return cannot(p, at, model.unsure);
    if (model.end == MODEL_OPEN && model.mid_frame)
        return cannot(p, at, "a frame that is cut off");
    if (model.end != MODEL_OPEN && model.ended_by < so_far.told)
        return cannot(p, at, "the end of the connection, of which an earlier one has told");
    return put_model(p, at, &model, model.ended_by + 1 < so_far.count);
}
