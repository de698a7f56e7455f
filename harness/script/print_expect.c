#include "script/print_parts.h"

#include "ws/frame.h"

/* expect …, behind its first word. */

static bool put_payload(const struct expect *e, struct buf *out)
{
    return !e->payload || (buf_push(out, ' ') && script_put_payload(e->payload, out));
}

static bool put_codes(const struct expect *e, const char *between, struct buf *out)
{
    for (size_t i = 0; i < e->n_codes; i++)
        if (!buf_print(out, "%s%u", i == 0 ? " " : between, e->codes[i]))
            return false;
    return true;
}

static bool put_close(const struct expect *e, struct buf *out)
{
    const char *none = e->n_codes > 0 ? " or none" : " none";
    const char *any = e->n_codes > 0 || e->no_code ? " or any" : " any";
    const char *provoked = e->n_codes > 0 || e->no_code || e->any ? " or provoked" : " provoked";

    return put_codes(e, " or ", out) && (!e->no_code || buf_print(out, "%s", none)) &&
           (!e->any || buf_print(out, "%s", any)) &&
           (!e->provoked || buf_print(out, "%s", provoked)) && put_payload(e, out);
}

static bool put_statuses(const struct expect *e, struct buf *out)
{
    for (size_t i = 0; i < e->n_statuses; i++) {
        const struct status_range *s = &e->statuses[i];
        bool ok = s->from == s->to ? buf_print(out, " %u", s->from)
                                   : buf_print(out, " %uxx", s->from / 100u);
        if (!ok)
            return false;
    }
    return true;
}

static bool put_cond(const struct cond *c, struct buf *out)
{
    static const char *const words[] = { "is", "has", "lacks", "absent" };

    if (c->kind == COND_NO_SNI)
        return buf_print(out, " sni absent");
    if (c->kind == COND_SNI)
        return buf_print(out, " sni ") && script_put_string(c->value, true, out);
    if (c->kind == COND_LINE)
        return buf_print(out, " line ") && script_put_string(c->value, true, out);
    return buf_print(out, " header ") && script_put_string(bytes_str(c->name), false, out) &&
           buf_print(out, " %s", words[c->kind]) &&
           (c->kind == COND_ABSENT ||
            (buf_push(out, ' ') && script_put_string(c->value, true, out)));
}

static bool put_conds(const struct expect *e, struct buf *out)
{
    if (e->n_conds == 0)
        return true;
    if (!buf_print(out, " {"))
        return false;
    for (size_t i = 0; i < e->n_conds; i++)
        if (!put_cond(&e->conds[i], out))
            return false;
    return buf_print(out, " }");
}

static bool put_opcode(int opcode, struct buf *out)
{
    if (opcode < 0)
        return true;
    if (ws_opcode_is_reserved((uint8_t)opcode))
        return buf_print(out, " opcode %d", opcode);
    return buf_print(out, " %s", ws_opcode_name((uint8_t)opcode));
}

static bool put_frame(const struct expect *e, struct buf *out)
{
    return put_opcode(e->opcode, out) && put_payload(e, out) &&
           (e->fin < 0 || buf_print(out, " fin=%d", e->fin)) &&
           (e->rsv < 0 || buf_print(out, " rsv=%d", e->rsv)) &&
           (e->masked < 0 || buf_print(out, " masked=%s", e->masked ? "on" : "off")) &&
           (e->len_form < 0 || buf_print(out, " length=%d", e->len_form));
}

static bool put_kind(const struct expect *e, struct buf *out)
{
    switch (e->kind) {
    case EXPECT_TEXT:
    case EXPECT_BINARY:
    case EXPECT_PING:
    case EXPECT_PONG: return put_payload(e, out);
    case EXPECT_FRAME: return put_frame(e, out);
    case EXPECT_CLOSE: return put_close(e, out);
    case EXPECT_EOF: return !e->clean || buf_print(out, " clean");
    case EXPECT_FAIL: return put_codes(e, " ", out);
    case EXPECT_MEMORY: return buf_print(out, " grows below ") && script_put_size(e->limit, out);
    case EXPECT_CPU: return buf_print(out, " below ") && script_put_duration(e->limit, out);
    case EXPECT_REFUSED:
    case EXPECT_RESPONSE: return put_statuses(e, out) && put_conds(e, out);
    case EXPECT_REQUEST: return put_conds(e, out);
    case EXPECT_REPORT: return buf_print(out, " %s", e->text);
    case EXPECT_NO_REQUEST: return buf_print(out, " request");
    case EXPECT_ANOTHER: return !e->later || buf_print(out, " later");
    case EXPECT_OPEN:
    case EXPECT_ECHO:
    case EXPECT_NOTHING:
    case EXPECT_ALIVE: return true;
    }
    return false;
}

bool script_put_expect(const struct expect *e, struct buf *out)
{
    return buf_print(out, "%s", script_expect_word(e->kind)) && put_kind(e, out) &&
           (e->within_ms == 0 ||
            (buf_print(out, " within ") && script_put_duration(e->within_ms, out)));
}
