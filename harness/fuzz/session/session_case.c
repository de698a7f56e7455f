#include "fuzz/session/session_case.h"

#include <string.h>

/* A case on its way to be a session. */
struct reading {
    const struct script_case *c;
    struct arena *arena;
    struct fuzz_session *out;
    size_t joined_until; /* steps before this one stand in `together` */
    struct err *err;
};

static bool cannot(const struct reading *r, const struct step *step, const char *what)
{
    err_set(r->err, ERR_SYNTAX, "%s cannot be said in a session of the fuzzer", what);
    return err_at(r->err, r->c->path, step->line, step->col);
}

static bool no_memory(const struct reading *r)
{
    return err_memory(r->err, "a session");
}

/* ---- the handshake ---- */

static bool read_edits(struct reading *r, const struct step *step)
{
    for (size_t i = 0; i < step->as.head.count; i++) {
        const struct edit *e = &step->as.head.edits[i];
        if (e->value.kind != VALUE_TEXT)
            return cannot(r, step, "accept(…)");
        if (r->out->n_edits == FUZZ_EDITS_MAX)
            return cannot(r, step, "a handshake with so many changes");
        r->out->edits[r->out->n_edits++] =
            (struct fuzz_edit){ e->kind, bytes_str(e->name), e->value.text };
    }
    return true;
}

static bool has_param(const struct ext_offer *offer, const char *what)
{
    for (size_t i = 0; i < offer->n_params; i++)
        if (strstr(offer->params[i].name, what))
            return true;
    return false;
}

static bool read_extension(struct reading *r, const struct step *step)
{
    const struct ext_offer *offer = &step->as.extension;

    if (strcmp(offer->name, "permessage-deflate") != 0 || r->out->extension != FUZZ_PLAIN)
        return cannot(r, step, "this extension");
    if (offer->n_params == 0)
        r->out->extension = FUZZ_DEFLATE;
    else if (has_param(offer, "no_context_takeover"))
        r->out->extension = FUZZ_DEFLATE_NO_TAKEOVER;
    else if (has_param(offer, "max_window_bits"))
        r->out->extension = FUZZ_DEFLATE_SMALL_WINDOW;
    else
        return cannot(r, step, "this parameter");
    return true;
}

/* ---- what is sent ---- */

static const char *made_by_runs(const struct payload *p)
{
    if (payload_holds(p, PAYLOAD_TEMPLATE))
        return "a payload with places";
    if (payload_holds(p, PAYLOAD_RANDOM))
        return "a random payload";
    return payload_holds(p, PAYLOAD_NEXT) || payload_has_limit(p) ? "this payload" : NULL;
}

static bool read_payload(struct reading *r, const struct step *step, struct fuzz_step *out)
{
    const struct payload *p = step->as.send.payload;
    const struct payload_env env = { .seed = 0 };

    if (!p)
        return true;
    const char *why = made_by_runs(p);
    if (why)
        return cannot(r, step, why);
    if (p->kind == PAYLOAD_REPEAT && p->count > 0 && p->count <= FUZZ_SPREAD_MAX) {
        out->times = (uint32_t)p->count;
        p = p->a;
    }
    uint64_t len = payload_len(p, &env);
    uint64_t times = out->times > 0 ? out->times : 1;
    if (len > FUZZ_PAYLOAD_MAX || len * times > FUZZ_SPREAD_MAX)
        return cannot(r, step, "so large a payload");
    uint8_t *bytes = arena_new(r->arena, (size_t)len + 1);
    if (!bytes)
        return no_memory(r);
    payload_read(p, &env, 0, bytes, (size_t)len);
    out->payload = bytes_of(bytes, (size_t)len);
    return true;
}

static void read_mask(const struct reading *r, const struct send *send, struct fuzz_step *out)
{
    bool server = r->c->role != ROLE_CLIENT;

    switch (send->mask) {
    case MASK_BY_ROLE: break;
    case MASK_ON: out->mask = server ? FUZZ_MASK_RIGHT : FUZZ_MASK_WRONG; break;
    case MASK_OFF: out->mask = server ? FUZZ_MASK_WRONG : FUZZ_MASK_RIGHT; break;
    case MASK_KEY: out->mask = FUZZ_MASK_KEY; break;
    }
    memcpy(out->key, send->key, sizeof out->key);
}

static bool read_send(struct reading *r, const struct step *step, bool joined)
{
    const struct send *send = &step->as.send;

    if (send->fragment > 0 || send->holds)
        return cannot(r, step, send->holds ? "hold=" : "fragment=");
    if (r->out->n_steps == FUZZ_STEPS_MAX)
        return cannot(r, step, "so many sends");
    struct fuzz_step *out = &r->out->steps[r->out->n_steps++];
    *out = (struct fuzz_step){ .kind = send->opcode == SEND_RAW ? FUZZ_RAW : FUZZ_FRAME,
                               .fin = send->fin,
                               .rsv = send->rsv,
                               .opcode = send->opcode == SEND_RAW ? 0 : send->opcode,
                               .len_form = send->len_form,
                               .declares = send->declares,
                               .declare = send->declare,
                               .has_code = send->has_code,
                               .code = send->code,
                               .deflate = send->deflate,
                               .cut = (uint32_t)(send->cut <= FUZZ_SPREAD_MAX ? send->cut : 0),
                               .joined = joined };
    read_mask(r, send, out);
    return read_payload(r, step, out);
}

/* `close` is what the usual end does, where nothing follows; with a code it is a frame of its own.
 */
static bool read_close(struct reading *r, const struct step *step)
{
    if (!step->as.close.has_code)
        return true;
    if (r->out->n_steps == FUZZ_STEPS_MAX)
        return cannot(r, step, "so many sends");
    r->out->steps[r->out->n_steps++] = (struct fuzz_step){
        .kind = FUZZ_FRAME, .fin = true, .opcode = 8, .has_code = true, .code = step->as.close.code
    };
    return true;
}

static bool is_joined(const struct reading *r, size_t at)
{
    return at + 1 < r->joined_until;
}

static bool read_step(struct reading *r, const struct step *step, size_t at)
{
    switch (step->op) {
    case OP_REQUEST:
    case OP_RESPONSE: return read_edits(r, step);
    case OP_EXTENSION: return read_extension(r, step);
    case OP_SEND: return read_send(r, step, is_joined(r, at));
    case OP_CLOSE: return read_close(r, step);
    case OP_SHUTDOWN: r->out->end = FUZZ_END_SHUTDOWN; return true;
    case OP_DROP: r->out->end = FUZZ_END_DROP; return true;
    case OP_TOGETHER: r->joined_until = step->end; return true;
    case OP_CONNECT:
    case OP_EXPECT:
    case OP_UNORDERED:
    case OP_EITHER:
    case OP_BRANCH: return true;
    case OP_RAW:
    case OP_SUBPROTOCOL:
    case OP_TLS:
    case OP_URL:
    case OP_HEADER:
    case OP_LISTEN:
    case OP_RECONNECT:
    case OP_SEND_MORE:
    case OP_REPEAT:
    case OP_EACH:
    case OP_WAIT:
    case OP_READ:
    case OP_MEASURE:
    case OP_PROVOKE:
    case OP_PREFER:
    case OP_COUNT: break;
    }
    return cannot(r, step, script_op_word(step->op));
}

bool fuzz_session_from_case(const struct script_case *c, struct arena *a, struct fuzz_session *out,
                            struct err *err)
{
    struct reading r = { .c = c, .arena = a, .out = out, .err = err };

    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < c->n_steps; i++) {
        const struct step *step = &c->steps[i];
        if (step->implied && step->op == OP_CLOSE)
            continue;
        if (!read_step(&r, step, i))
            return false;
        if (step->op == OP_UNORDERED || step->op == OP_EITHER)
            i = step->end - 1; /* expectations alone */
    }
    fuzz_session_tidy(out);
    return true;
}
