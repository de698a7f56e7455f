#include "fuzz/session/session_lines.h"

#include <inttypes.h>

#include "fuzz/session/spelling.h"
#include "ws/close.h"

/* ---- the handshake ---- */

static bool put_edit(const struct fuzz_edit *edit, struct buf *out)
{
    static const char *const words[] = { "line", "header", "add", "omit", "rawline", "body" };

    return buf_print(out, "%s ", words[edit->kind]) &&
           (edit->name.len == 0 || buf_print(out, "\"%.*s\" ", BYTES_ARG(edit->name))) &&
           (edit->kind == EDIT_OMIT || fuzz_spell_value(edit->value, out)) && buf_push(out, '\n');
}

static bool put_edits(const struct fuzz_session *s, enum case_role role, struct buf *out)
{
    if (s->n_edits == 0)
        return true;
    bool ok = buf_print(out, "%s {\n", role == ROLE_SERVER ? "request" : "response");
    for (size_t i = 0; ok && i < s->n_edits; i++)
        ok = put_edit(&s->edits[i], out);
    return ok && buf_print(out, "}\n");
}

static bool put_extension(enum fuzz_extension extension, struct buf *out)
{
    const char *params = NULL;

    switch (extension) {
    case FUZZ_PLAIN:
    case FUZZ_EXTENSIONS: return true;
    case FUZZ_DEFLATE: params = ""; break;
    case FUZZ_DEFLATE_NO_TAKEOVER:
        params = " { ours_no_context_takeover theirs_no_context_takeover }";
        break;
    case FUZZ_DEFLATE_SMALL_WINDOW: params = " { ours_max_window_bits 9 }"; break;
    }
    return buf_print(out, "extension \"permessage-deflate\"%s\n", params);
}

bool fuzz_lines_handshake(const struct fuzz_session *s, enum case_role role, struct buf *out)
{
    return put_extension(s->extension, out) && put_edits(s, role, out);
}

/* ---- the frames ---- */

/* Behind a code a case has room for a reason as long as there may be; others are a body. */
static bool has_long_reason(const struct fuzz_step *step)
{
    return step->has_code && fuzz_step_bytes(step) > WS_CLOSE_REASON_MAX;
}

static bool put_payload(const struct fuzz_step *step, struct buf *out)
{
    if (has_long_reason(step) &&
        !buf_print(out, " x\"%02x %02x\" +", step->code >> 8, step->code & 0xffu))
        return false;
    if (step->payload.len == 0)
        return true;
    return buf_push(out, ' ') && fuzz_spell_payload(step->payload, step->times, out);
}

static bool put_mask(const struct fuzz_step *step, enum case_role role, struct buf *out)
{
    switch (step->mask) {
    case FUZZ_MASK_RIGHT:
    case FUZZ_MASKS: return true;
    case FUZZ_MASK_WRONG: return buf_print(out, " mask=%s", role == ROLE_SERVER ? "off" : "on");
    case FUZZ_MASK_KEY:
        return buf_print(out, " mask=x\"%02x %02x %02x %02x\"", step->key[0], step->key[1],
                         step->key[2], step->key[3]);
    }
    return false;
}

static bool put_type(const struct fuzz_step *step, struct buf *out)
{
    if (ws_opcode_is_reserved(step->opcode))
        return buf_print(out, "opcode %u", step->opcode);
    return buf_print(out, "%s", ws_opcode_name(step->opcode)) &&
           (!step->has_code || has_long_reason(step) || buf_print(out, " %u", step->code));
}

/* As wide as it needs to be where the length is told by two. */
static bool put_options(const struct fuzz_step *step, enum case_role role, struct buf *out)
{
    return (step->fin || buf_print(out, " fin=0")) &&
           (!(step->rsv & WS_RSV1) || buf_print(out, " rsv1")) &&
           (!(step->rsv & WS_RSV2) || buf_print(out, " rsv2")) &&
           (!(step->rsv & WS_RSV3) || buf_print(out, " rsv3")) && put_mask(step, role, out) &&
           (step->len_form == 0 || buf_print(out, " length=%u", step->len_form)) &&
           (!step->declares || buf_print(out, " declare=%" PRIu64, step->declare)) &&
           (!step->deflate || buf_print(out, " deflate"));
}

#define CUT_MAX (1u << 30) /* of the language, and larger than any step */

static bool put_send(const struct fuzz_step *step, enum case_role role, struct buf *out)
{
    bool raw = step->kind == FUZZ_RAW, cut = step->cut > 0 && step->cut <= CUT_MAX;

    return buf_print(out, "send ") && (raw ? buf_print(out, "raw") : put_type(step, out)) &&
           put_payload(step, out) && (raw || put_options(step, role, out)) &&
           (!cut || buf_print(out, " cut=%u", step->cut)) && buf_push(out, '\n');
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

bool fuzz_lines_frames(const struct fuzz_session *s, enum case_role role, unsigned wait_ms,
                       struct buf *out)
{
    bool together = false, first = true, ok = true;

    for (size_t i = 0; ok && i < s->n_steps; i++) {
        const struct fuzz_step *step = &s->steps[i];
        bool joined = is_joined(s, i);
        if (is_nothing(step))
            continue;
        if (wait_ms > 0 && !first && !together)
            ok = buf_print(out, "wait %ums\n", wait_ms);
        first = false;
        if (joined && !together)
            ok = ok && buf_print(out, "together {\n");
        ok = ok && put_send(step, role, out);
        if (!joined && together)
            ok = ok && buf_print(out, "}\n");
        together = joined;
    }
    return ok;
}

bool fuzz_lines_end(const struct fuzz_session *s, struct buf *out)
{
    switch (s->end) {
    case FUZZ_END_USUAL:
    case FUZZ_ENDS: return true;
    case FUZZ_END_SHUTDOWN: return buf_print(out, "shutdown\n");
    case FUZZ_END_DROP: return buf_print(out, "drop\n");
    }
    return false;
}
