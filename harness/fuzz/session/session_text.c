#include "fuzz/session/session_text.h"

#include <string.h>

#include "fuzz/session/refusal.h"
#include "fuzz/session/session_lines.h"
#include "fuzz/session/spelling.h"
#include "script/print.h"

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

static bool judge_greeting(struct writer *w)
{
    enum ws_rule rule;

    w->greeting = w->s->n_edits == 0 ? GREETING_USUAL : GREETING_OPEN;
    if (!refusal_due(w->s, w->facts->role, &rule))
        return false;
    if (rule != WS_RULE_NONE) {
        w->greeting = GREETING_REFUSED;
        w->proves = ws_rule_taken(rule);
    }
    return true;
}

/* ---- the case ---- */

static bool put_handshake(struct writer *w)
{
    return fuzz_lines_handshake(w->s, w->facts->role, w->out);
}

static bool put_frames(struct writer *w)
{
    return fuzz_lines_frames(w->s, w->facts->role, w->facts->wait_ms, w->out);
}

static bool put_end(struct writer *w)
{
    return fuzz_lines_end(w->s, w->out);
}

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
    return put_front(w, false) && put_handshake(w) && put_choice(w) &&
           buf_print(w->out, "repeat %u {\n", w->facts->turns) && put_frames(w) &&
           buf_print(w->out, "}\n%sdrop\n}\n", expect);
}

/* The whole session over and over. Each is over when somebody else is served; what follows its
 * frames is a reset. */
static bool put_rounds(struct writer *w, const char *expect)
{
    return put_front(w, false) && buf_print(w->out, "each turn in 1..%u {\n", w->facts->turns) &&
           put_handshake(w) && put_choice(w) && put_frames(w) &&
           buf_print(w->out, "expect alive\ndrop\n}\n%s}\n", expect);
}

/* `expect` NULL: a handshake that is to be refused, and no frames. */
static bool put_case(struct writer *w, const char *expect, bool echo)
{
    const char *refused =
        w->facts->role == ROLE_SERVER ? "expect refused 2xx 3xx 4xx 5xx\n" : "expect eof\n";

    buf_clear(w->out);
    if (!put_front(w, echo) || !put_handshake(w))
        return false;
    if (!expect)
        return buf_print(w->out, "%s}\n", refused);
    bool model = expect == model_line;
    return put_choice(w) && put_frames(w) && (model || put_end(w)) &&
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

/* The same row, which lives longer than the case that was parsed. */
static const char *lasting(const char *proves)
{
    for (int rule = WS_RULE_NONE + 1; proves && rule < WS_RULE_COUNT; rule++)
        if (strcmp(ws_rule_taken((enum ws_rule)rule), proves) == 0)
            return ws_rule_taken((enum ws_rule)rule);
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
        out->proves = lasting(out->proves);
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
           last->len_form == 0 && last->declare > fuzz_step_bytes(last) &&
           ask_model(&front, &becomes) && becomes.silence;
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
