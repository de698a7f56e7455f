#include "fuzz/session/session_text.h"

#include <inttypes.h>
#include <string.h>

#include "fuzz/session/refusal.h"
#include "fuzz/session/spelling.h"
#include "script/print.h"
#include "ws/close.h"

/* A case is written plainly, and brought into its canonical form by the language's own formatter.
 * Whether the reference engine can say what must come is asked of the parser: it has the last word
 * about `expect model` anyway. */

/* What the handshake leads to. */
enum greeting {
    GREETING_USUAL,   /* nothing is unusual: it succeeds */
    GREETING_REFUSED, /* it breaks a MUST that everybody has to notice */
    GREETING_OPEN     /* anybody may take it or not */
};

struct writer {
    const struct fuzz_session *s;
    const struct fuzz_text_facts *facts;
    enum greeting greeting;
    const char *proves; /* a row of requirements.tsv; NULL: none */
    struct buf *out;
};

/* ---- the handshake ---- */

static bool judge_greeting(struct writer *w)
{
    enum ws_rule rule;

    w->greeting = w->s->n_edits == 0 ? GREETING_USUAL : GREETING_OPEN;
    if (!refusal_due(w->s, w->facts->role, &rule))
        return false;
    if (rule != WS_RULE_NONE) {
        w->greeting = GREETING_REFUSED;
        w->proves = ws_rule_row(rule)->requirement;
    }
    return true;
}

static bool put_edit(struct writer *w, const struct fuzz_edit *edit)
{
    static const char *const words[] = { "line", "header", "add", "omit", "rawline", "body" };

    return buf_print(w->out, "%s ", words[edit->kind]) &&
           (edit->name.len == 0 || buf_print(w->out, "\"%.*s\" ", BYTES_ARG(edit->name))) &&
           (edit->kind == EDIT_OMIT || fuzz_spell_value(edit->value, w->out)) &&
           buf_push(w->out, '\n');
}

static bool put_edits(struct writer *w)
{
    if (w->s->n_edits == 0)
        return true;
    bool ok = buf_print(w->out, "%s {\n", w->facts->role == ROLE_SERVER ? "request" : "response");
    for (size_t i = 0; ok && i < w->s->n_edits; i++)
        ok = put_edit(w, &w->s->edits[i]);
    return ok && buf_print(w->out, "}\n");
}

static bool put_extension(struct writer *w)
{
    const char *params = NULL;

    switch (w->s->extension) {
    case FUZZ_PLAIN:
    case FUZZ_EXTENSIONS: return true;
    case FUZZ_DEFLATE: params = ""; break;
    case FUZZ_DEFLATE_NO_TAKEOVER:
        params = " { ours_no_context_takeover theirs_no_context_takeover }";
        break;
    case FUZZ_DEFLATE_SMALL_WINDOW: params = " { ours_max_window_bits 9 }"; break;
    }
    return buf_print(w->out, "extension \"permessage-deflate\"%s\n", params);
}

/* ---- the frames ---- */

static uint64_t spread(const struct fuzz_step *step)
{
    return (uint64_t)step->payload.len * (step->times > 1 ? step->times : 1);
}

/* Behind a code a case has room for a reason as long as there may be; others are a body. */
static bool has_long_reason(const struct fuzz_step *step)
{
    return step->has_code && spread(step) > WS_CLOSE_REASON_MAX;
}

static bool put_payload(struct writer *w, const struct fuzz_step *step)
{
    if (has_long_reason(step) &&
        !buf_print(w->out, " x\"%02x %02x\" +", step->code >> 8, step->code & 0xffu))
        return false;
    if (step->payload.len == 0)
        return true;
    return buf_push(w->out, ' ') && fuzz_spell_payload(step->payload, step->times, w->out);
}

static bool put_mask(struct writer *w, const struct fuzz_step *step)
{
    switch (step->mask) {
    case FUZZ_MASK_RIGHT:
    case FUZZ_MASKS: return true;
    case FUZZ_MASK_WRONG:
        return buf_print(w->out, " mask=%s", w->facts->role == ROLE_SERVER ? "off" : "on");
    case FUZZ_MASK_KEY:
        return buf_print(w->out, " mask=x\"%02x %02x %02x %02x\"", step->key[0], step->key[1],
                         step->key[2], step->key[3]);
    }
    return false;
}

static bool put_type(struct writer *w, const struct fuzz_step *step)
{
    if (ws_opcode_is_reserved(step->opcode))
        return buf_print(w->out, "opcode %u", step->opcode);
    return buf_print(w->out, "%s", ws_opcode_name(step->opcode)) &&
           (!step->has_code || has_long_reason(step) || buf_print(w->out, " %u", step->code));
}

/* As wide as it needs to be where the length is told by two. */
static bool put_options(struct writer *w, const struct fuzz_step *step)
{
    return (step->fin || buf_print(w->out, " fin=0")) &&
           (!(step->rsv & WS_RSV1) || buf_print(w->out, " rsv1")) &&
           (!(step->rsv & WS_RSV2) || buf_print(w->out, " rsv2")) &&
           (!(step->rsv & WS_RSV3) || buf_print(w->out, " rsv3")) && put_mask(w, step) &&
           (step->len_form == 0 || buf_print(w->out, " length=%u", step->len_form)) &&
           (!step->declares || buf_print(w->out, " declare=%" PRIu64, step->declare)) &&
           (!step->deflate || buf_print(w->out, " deflate"));
}

#define CUT_MAX (1u << 30) /* of the language, and larger than any step */

static bool put_send(struct writer *w, const struct fuzz_step *step)
{
    bool raw = step->kind == FUZZ_RAW, cut = step->cut > 0 && step->cut <= CUT_MAX;

    return buf_print(w->out, "send ") && (raw ? buf_print(w->out, "raw") : put_type(w, step)) &&
           put_payload(w, step) && (raw || put_options(w, step)) &&
           (!cut || buf_print(w->out, " cut=%u", step->cut)) && buf_push(w->out, '\n');
}

/* Raw bytes of which there are none. */
static bool is_nothing(const struct fuzz_step *step)
{
    return step->kind == FUZZ_RAW && step->payload.len == 0;
}

/* Goes the step into one write with a later one? */
static bool is_joined(const struct fuzz_session *s, size_t at)
{
    bool later = false;

    for (size_t i = at + 1; i < s->n_steps; i++)
        later = later || !is_nothing(&s->steps[i]);
    return later && s->steps[at].joined;
}

static bool put_sends(struct writer *w)
{
    bool together = false, ok = true;

    for (size_t i = 0; ok && i < w->s->n_steps; i++) {
        const struct fuzz_step *step = &w->s->steps[i];
        bool joined = is_joined(w->s, i);
        if (is_nothing(step))
            continue;
        if (joined && !together)
            ok = buf_print(w->out, "together {\n");
        ok = ok && put_send(w, step);
        if (!joined && together)
            ok = ok && buf_print(w->out, "}\n");
        together = joined;
    }
    return ok;
}

static bool put_end(struct writer *w)
{
    switch (w->s->end) {
    case FUZZ_END_USUAL:
    case FUZZ_ENDS: return true;
    case FUZZ_END_SHUTDOWN: return buf_print(w->out, "shutdown\n");
    case FUZZ_END_DROP: return buf_print(w->out, "drop\n");
    }
    return false;
}

/* ---- the case ---- */

static bool put_remark(struct writer *w)
{
    struct bytes left = bytes_str(w->facts->remark);
    bool ok = true;

    while (ok && left.len > 0) {
        size_t end = bytes_index(left, 0, '\n');
        ok = buf_print(w->out, "#%s", end > 0 ? " " : "");
        for (size_t i = 0; ok && i < end; i++)
            ok = buf_push(w->out, left.ptr[i] >= 0x20 && left.ptr[i] < 0x7f ? left.ptr[i] : '?');
        ok = ok && buf_push(w->out, '\n');
        left = bytes_skip(left, end + 1);
    }
    return ok;
}

/* `expect` decides whether the target's echoes are needed. */
static bool put_front(struct writer *w, bool echo)
{
    const char *expect = w->facts->expect ? w->facts->expect : "";
    bool deflate = w->s->extension != FUZZ_PLAIN;
    bool exec = strstr(expect, "expect memory") || strstr(expect, "expect cpu");

    return put_remark(w) && buf_print(w->out, "group \"Found by fuzzing\"\n\n") &&
           buf_print(w->out, "case %s ", w->facts->name) &&
           fuzz_spell_title(bytes_str(w->facts->title), w->out) && buf_print(w->out, " {\n") &&
           (w->proves ? buf_print(w->out, "proves %s\n", w->proves)
                      : buf_print(w->out, "note \"found by fuzzing\"\n")) &&
           buf_print(w->out, "role %s\n", w->facts->role == ROLE_SERVER ? "server" : "client") &&
           (!(echo || deflate || exec) ||
            buf_print(w->out, "needs%s%s%s\n", echo ? " echo" : "", exec ? " exec" : "",
                      deflate ? " permessage-deflate" : "")) &&
           buf_push(w->out, '\n');
}

/* An unusual handshake that anybody may refuse, in whichever way. */
static bool put_choice(struct writer *w)
{
    return w->greeting == GREETING_USUAL ||
           buf_print(w->out, "either {\nexpect open\n"
                             "} or info \"it refuses this handshake\" {\nexpect response\n"
                             "} or info \"it ends the connection\" {\nexpect eof\n"
                             "} or info \"it waits for more\" {\nexpect nothing\n}\n");
}

/* What comes in answer to the frames is awaited before our side ends. */
static const char model_line[] = "expect model\n";

/* A case that asks for life or what it costs must not end with a Close that wants an answer. It
 * ends with a reset, and not before: that would take away what the target has not read yet. */
static bool leaves_open(const struct writer *w, const char *expect)
{
    bool asks = strstr(expect, "expect alive") || strstr(expect, "expect memory") ||
                strstr(expect, "expect cpu");

    return w->s->end != FUZZ_END_DROP && asks && !strstr(expect, "drop");
}

/* The frames over and over, on one connection. */
static bool put_turns(struct writer *w, const char *expect)
{
    return put_front(w, false) && put_extension(w) && put_edits(w) && put_choice(w) &&
           buf_print(w->out, "repeat %u {\n", w->facts->turns) && put_sends(w) &&
           buf_print(w->out, "}\n%sdrop\n}\n", expect);
}

/* The whole session over and over. Each is over when somebody else is served; what follows its
 * frames is a reset. */
static bool put_rounds(struct writer *w, const char *expect)
{
    return put_front(w, false) && buf_print(w->out, "each turn in 1..%u {\n", w->facts->turns) &&
           put_extension(w) && put_edits(w) && put_choice(w) && put_sends(w) &&
           buf_print(w->out, "expect alive\ndrop\n}\n%s}\n", expect);
}

/* `expect` NULL: a handshake that is to be refused, and no frames. */
static bool put_case(struct writer *w, const char *expect, bool echo)
{
    const char *refused =
        w->facts->role == ROLE_SERVER ? "expect refused 2xx 3xx 4xx 5xx\n" : "expect eof\n";

    buf_clear(w->out);
    if (!put_front(w, echo) || !put_extension(w) || !put_edits(w))
        return false;
    if (!expect)
        return buf_print(w->out, "%s}\n", refused);
    bool model = expect == model_line;
    return put_choice(w) && put_sends(w) && (model || put_end(w)) &&
           buf_print(w->out, "%s", expect) && (!model || put_end(w)) &&
           (!leaves_open(w, expect) || buf_print(w->out, "drop\n")) && buf_print(w->out, "}\n");
}

/* ---- what must come ---- */

/* What `expect model` has become. */
struct becomes {
    const char *proves; /* the row of the rule that is broken; NULL: none is */
    bool messages;      /* are expected */
    bool silence;       /* and nothing else */
};

static void look_into(const struct script_case *c, struct becomes *out)
{
    *out = (struct becomes){ .silence = true };
    for (size_t i = 0; i < c->n_steps; i++) {
        const struct step *s = &c->steps[i];
        if (!s->proves || s->op != OP_EXPECT)
            continue;
        if (s->as.expect.kind == EXPECT_FAIL)
            out->proves = s->proves;
        if (s->as.expect.kind == EXPECT_TEXT || s->as.expect.kind == EXPECT_BINARY)
            out->messages = true;
        if (s->as.expect.kind != EXPECT_NOTHING)
            out->silence = false;
    }
}

static const char *rule_row(const char *proves)
{
    for (int rule = WS_RULE_NONE + 1; proves && rule < WS_RULE_COUNT; rule++)
        if (strcmp(ws_rule_row((enum ws_rule)rule)->requirement, proves) == 0)
            return ws_rule_row((enum ws_rule)rule)->requirement;
    return NULL;
}

/* Can `expect model` stand there? False also without memory: then something else is written, or
 * nothing. */
static bool ask_model(struct writer *w, struct becomes *out)
{
    struct arena arena = { 0 };
    struct script_file file;
    struct diagnostics diags = { 0 };
    bool ok = put_case(w, model_line, w->facts->echoes) &&
              script_parse(&arena, "f.case", buf_bytes(w->out), NULL, &file, &diags);

    if (ok) {
        look_into(&file.cases[0], out);
        out->proves = rule_row(out->proves);
    }
    arena_free(&arena);
    return ok;
}

/* Of a target that does not echo no messages can be expected. */
static bool is_judged(struct writer *w)
{
    struct becomes becomes;

    if (!ask_model(w, &becomes) || (becomes.messages && !w->facts->echoes))
        return false;
    w->proves = becomes.proves;
    return true;
}

/* Is it a frame that tells of more than comes, behind frames that want no answer? */
static bool is_cut_off(struct writer *w)
{
    struct fuzz_session before = *w->s;
    struct writer front = *w;
    struct becomes becomes;

    if (before.n_steps == 0)
        return false;
    const struct fuzz_step *last = &before.steps[--before.n_steps];
    front.s = &before;
    return last->kind == FUZZ_FRAME && last->declares && !last->deflate && !last->has_code &&
           last->len_form == 0 && last->declare > spread(last) && ask_model(&front, &becomes) &&
           becomes.silence;
}

/* Whatever such a frame is, it never is a message: the end of TCP ends the waiting. */
#define CUT_OFF                                                                                    \
    "either {\nexpect eof\n"                                                                       \
    "} or info \"it gives up\" {\nexpect fail 1000 1001 1002 1003 1007 1008 1009 1011\n}\n"

/* The engine speaks of frames, while the connection is up and the handshake was as usual. */
static bool may_be_judged(const struct writer *w)
{
    return w->greeting == GREETING_USUAL && w->s->end != FUZZ_END_DROP;
}

static bool put_rough(struct writer *w)
{
    if (!judge_greeting(w))
        return false;
    if (w->facts->turns > 0)
        return w->facts->one_connection ? put_turns(w, w->facts->expect)
                                        : put_rounds(w, w->facts->expect);
    if (w->facts->expect)
        return put_case(w, w->facts->expect, false);
    if (w->greeting == GREETING_REFUSED)
        return put_case(w, NULL, false);
    if (may_be_judged(w) && is_judged(w))
        return put_case(w, model_line, w->facts->echoes);
    if (may_be_judged(w) && is_cut_off(w))
        return put_case(w, w->s->end == FUZZ_END_SHUTDOWN ? CUT_OFF : "shutdown\n" CUT_OFF, false);
    return put_case(w, "expect alive\n", false);
}

bool fuzz_session_text(const struct fuzz_session *s, const struct fuzz_text_facts *facts,
                       struct buf *out)
{
    struct diagnostics diags;
    struct buf rough;
    struct writer w = { .s = s, .facts = facts, .out = &rough };

    buf_init(&rough, SCRIPT_FILE_MAX);
    bool ok = put_rough(&w) && script_format(buf_bytes(&rough), out, &diags);
    buf_free(&rough);
    return ok;
}
